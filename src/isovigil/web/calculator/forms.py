"""What does the window calculator ask, and of whom?"""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from isovigil.usecases.windows import WindowDates
from isovigil.web.components import Words
from isovigil.web.fields import DatePartsField, PageForm

OTHER: Final = "other"
COUNTRIES: Final[dict[str, Words]] = {
    "us_ipledge": gettext_lazy("United States (iPLEDGE)"),
    "uk_mhra": gettext_lazy("United Kingdom"),
    "de_amvv": gettext_lazy("Germany"),
    "fr_ansm": gettext_lazy("France"),
    "it_aifa": gettext_lazy("Italy"),
    "nl_ppp": gettext_lazy("Netherlands"),
    "eu_ppp": gettext_lazy("European Union, the common core only"),
    OTHER: gettext_lazy("Another country"),
}
CATEGORIES: Final[dict[str, Words]] = {
    "can": gettext_lazy("Can become pregnant"),
    "cannot": gettext_lazy("Cannot become pregnant"),
}
_AROUND_SPECIMENS: Final = ("screening", "contraception_from", "menses", "cycle_days", "test", "last_dose")
_AROUND_PRESCRIPTIONS: Final = ("contraception_from", "test", "prescription", "last_dose")
_SHORTEST_CYCLE, _LONGEST_CYCLE = 15, 90
"""Beyond these a slip of the keyboard is likelier than a cycle; no rule rests on them."""


def fields_for(programme: str, category: str) -> tuple[str, ...]:
    """The dates from which something can be counted for this programme and category."""
    if category == "cannot":
        return ("counselling" if programme == "us_ipledge" else "prescription", "last_dose")
    if programme == "us_ipledge":
        return _AROUND_SPECIMENS
    if programme == "it_aifa":
        return ("contraception_from", "test", "certificate", "last_dose")
    return _AROUND_PRESCRIPTIONS


class Setting(PageForm):
    """Whose rules, and whom do they concern? Nothing is assumed."""

    programme = forms.ChoiceField(
        label=gettext_lazy("Country and programme"),
        choices=lambda: [("", gettext_lazy("Choose")), *COUNTRIES.items()],
    )
    category = forms.ChoiceField(
        label=gettext_lazy("Category of the patient"),
        help_text=gettext_lazy("As the prescriber entered it."),
        choices=tuple(CATEGORIES.items()),
        widget=forms.RadioSelect,
    )

    def clean_programme(self) -> str:
        """Refuses a country whose rules are not held, by saying so."""
        programme: str = self.cleaned_data["programme"]
        if programme == OTHER:
            raise ValidationError(
                _(
                    "The rules of other countries are not held here, and another country’s windows would be "
                    "wrong there. Ask its regulator, or choose a country of the list."
                ),
                code="not_modelled",
            )
        return programme


class Dates(PageForm):
    """The dates at hand. Every one may be missing, but not all."""

    screening = DatePartsField(
        required=False,
        label=gettext_lazy("Screening test"),
        names=gettext_lazy("the day of the screening test"),
        help_text=gettext_lazy("The day the specimen of the first negative test was taken."),
    )
    contraception_from = DatePartsField(
        required=False,
        label=gettext_lazy("Contraception in use since"),
        names=gettext_lazy("the first day of contraception"),
        help_text=gettext_lazy("The first day all required forms were in use, or abstinence began."),
    )
    menses = DatePartsField(
        required=False,
        label=gettext_lazy("First day of a period"),
        names=gettext_lazy("the first day of the period"),
        help_text=gettext_lazy("Only with regular cycles."),
    )
    cycle_days = forms.IntegerField(
        required=False,
        label=gettext_lazy("Usual length of the cycle"),
        min_value=_SHORTEST_CYCLE,
        max_value=_LONGEST_CYCLE,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": gettext_lazy("Write the length of the cycle as whole days, such as 28.")},
    )
    test = DatePartsField(
        required=False,
        label=gettext_lazy("Pregnancy test"),
        names=gettext_lazy("the day of the test"),
        help_text=gettext_lazy("The day the specimen was taken, if the result was negative."),
    )
    prescription = DatePartsField(
        required=False,
        label=gettext_lazy("Prescription"),
        names=gettext_lazy("the day of the prescription"),
        help_text=gettext_lazy("The day it was issued."),
    )
    certificate = DatePartsField(
        required=False,
        label=gettext_lazy("Certificate of non-pregnancy"),
        names=gettext_lazy("the day of the certificate"),
        help_text=gettext_lazy("The day it was issued."),
    )
    counselling = DatePartsField(
        required=False,
        label=gettext_lazy("Counselling"),
        names=gettext_lazy("the day of the counselling"),
        help_text=gettext_lazy("The day the prescriber confirmed it in the programme."),
    )
    last_dose = DatePartsField(
        required=False,
        label=gettext_lazy("Last dose"),
        names=gettext_lazy("the day of the last dose"),
        help_text=gettext_lazy("The day the last capsule was taken, or is to be taken."),
    )

    def __init__(self, programme: str, category: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category = category
        asked = fields_for(programme, category)
        self.fields = {name: self.fields[name] for name in asked}

    def clean(self) -> dict[str, Any]:
        """Asks for one date at least."""
        given: dict[str, Any] = super().clean() or {}
        days = [value for name, value in given.items() if name != "cycle_days" and value is not None]
        if not days and not self.errors:
            first = next(iter(self.fields))
            self.add_error(first, _("Fill in at least one day: there is nothing yet to count from."))
        return given

    def window_dates(self) -> WindowDates:
        """What was given, for the use case. Only after is_valid()."""
        given = self.cleaned_data
        return WindowDates(
            tests=tuple(day for day in (given.get("test"),) if day is not None),
            menses=tuple(day for day in (given.get("menses"),) if day is not None),
            can_become_pregnant=self.category == "can",
            **{
                name: given.get(name)
                for name in (
                    "screening",
                    "contraception_from",
                    "cycle_days",
                    "prescription",
                    "certificate",
                    "counselling",
                    "last_dose",
                )
            },
        )
