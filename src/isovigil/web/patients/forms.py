"""What is asked of somebody who registers or looks for a patient?"""

from __future__ import annotations

from typing import Any, Final, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from isovigil.case.words import Sex
from isovigil.usecases.record.patient_case import Identity
from isovigil.web.fields import DatePartsField, PageForm

SEXES: Final = (
    ("", gettext_lazy("Leave it out")),
    ("female", gettext_lazy("Female")),
    ("male", gettext_lazy("Male")),
    ("other", gettext_lazy("Other")),
)


class SearchForm(PageForm):
    """Whom one looks for."""

    wanted = forms.CharField(
        label=gettext_lazy("Name, number or date of birth"),
        help_text=gettext_lazy("The beginning of a word is enough. A date of birth as 2001-11-27."),
        max_length=200,
    )


class RegisterForm(PageForm):
    """A new patient."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    second_id = forms.CharField(
        label=gettext_lazy("Clinic number"),
        help_text=gettext_lazy("Your own number, by which two people of one name are told apart."),
        max_length=60,
    )
    born_on = DatePartsField(label=gettext_lazy("Date of birth"), names=gettext_lazy("the date of birth"))
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex, for reference ranges of blood results only"),
        help_text=gettext_lazy("It never says whether somebody can become pregnant; that is asked apart."),
        choices=SEXES,
        widget=forms.RadioSelect,
        required=False,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of what the patient reads"), choices=settings.LANGUAGES
    )

    def clean_born_on(self) -> Any:
        """Nobody is born tomorrow."""
        from django.utils import timezone

        born_on = self.cleaned_data.get("born_on")
        if born_on is not None and born_on > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come. Check the year."))
        return born_on

    def identity(self) -> Identity:
        """Who that is; of a form whose every problem was mended."""
        given = self.cleaned_data
        return Identity(
            name=" ".join(given["name"].split()),
            second_id=given["second_id"].strip(),
            born_on=given["born_on"],
            sex=cast("Sex | None", given["sex"] or None),
            language=given["language"],
        )
