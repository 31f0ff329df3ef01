"""How is a consent asked: a question for each risk, then who signed?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from isovigil.usecases.enrolment.consent_texts import MEANINGS, ConsentText, Language, shown_order
from isovigil.usecases.record.enrolment_acts import Signer
from isovigil.web.fields import DayInput, PageForm


class ConsentForm(PageForm):
    """The teach-back in the patient's language, and the signatures."""

    def __init__(self, text: ConsentText, *args: Any, asks_version: str | None, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_%s", **kwargs)
        self.text = text
        language: Language = text.language
        self.wrong: list[str] = []
        for risk in text.risks:
            choices = [(str(place), risk.answers[place].in_language(language)) for place in shown_order(risk)]
            self.fields[f"told_{risk.key}"] = forms.ChoiceField(
                label=risk.question.in_language(language), choices=choices, widget=forms.RadioSelect
            )
            self.fields[f"told_{risk.key}"].error_messages["required"] = _("Answer: %(asked)s") % {
                "asked": risk.question.in_language(language)
            }
        self.fields["signed_on"] = forms.DateField(label=gettext_lazy("Signed on"), widget=DayInput())
        if asks_version is not None:
            self.fields["version"] = forms.CharField(
                label=gettext_lazy("Version of the official form"),
                help_text=_("Version %(version)s counts today.") % {"version": asks_version},
                max_length=60,
            )
        for role, label in (
            ("patient", gettext_lazy("The patient signed: name")),
            ("carer", gettext_lazy("A parent or carer signed: name")),
            ("prescriber", gettext_lazy("The prescriber signed: name")),
        ):
            self.fields[role] = forms.CharField(label=label, max_length=200, required=False)

    @property
    def told_back(self) -> list[tuple[Any, forms.BoundField]]:
        """Each risk with its question."""
        return [(risk, self[f"told_{risk.key}"]) for risk in self.text.risks]

    def clean(self) -> dict[str, Any]:
        """A wrong answer is explained and asked again; nobody fails."""
        given: dict[str, Any] = super().clean() or {}
        for risk in self.text.risks:
            answer = given.get(f"told_{risk.key}")
            if answer is not None and answer != "0":
                self.wrong.append(risk.key)
                self.add_error(f"told_{risk.key}", risk.why.in_language(self.text.language))
        if not any(str(given.get(role) or "").strip() for role in ("patient", "carer", "prescriber")):
            self.add_error("patient", _("Write the name of everybody who signed."))
        return given

    def signers(self) -> tuple[Signer, ...]:
        """Who signed, as what, and what that means in the language of the text."""
        return tuple(
            Signer(role, name.strip(), MEANINGS[role].in_language(self.text.language))
            for role in ("patient", "carer", "prescriber")
            if (name := str(self.cleaned_data.get(role) or "")).strip()
        )
