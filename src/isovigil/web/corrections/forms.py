"""Which fields does the correction of a fact have? Those its kind declares, and the reason."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from isovigil.case.kinds import Weight
from isovigil.usecases.record.correct_fact import FactToCorrect
from isovigil.usecases.visit.weight_guard import doubt_about_weight
from isovigil.web.corrections.fields import field_for, said_value, same, shown_value
from isovigil.web.fields import PageForm
from isovigil.web.visit import marks, safety_words

_PREFIX: Final = "says_"
_KG: Final = _PREFIX + "kg"
_NAMES_AN_ENTRY: Final = frozenset({"prescription"})
"""Its value is the number of another entry, which nobody should have to type."""


class CorrectionForm(PageForm):
    """One fact as it stands, to be changed, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Why is this corrected?"),
        help_text=gettext_lazy("It stands beside both entries for good."),
        max_length=1000,
    )

    def __init__(self, to_correct: FactToCorrect, *args: Any, **kwargs: Any) -> None:
        self.to_correct = to_correct
        self.zone = ZoneInfo(to_correct.course.known.case.time_zone)
        initial: dict[str, Any] = {}
        made: dict[str, forms.Field] = {}
        self.left_out: list[str] = []
        for name, field in to_correct.fields.items():
            question = None if name in _NAMES_AN_ENTRY else field_for(field)
            if question is None:
                self.left_out.append(name)
                continue
            made[_PREFIX + name] = question
            value = to_correct.says.get(name, field.default)
            initial[_PREFIX + name] = shown_value(field, value, self.zone)
        if _KG in made:
            made["sure_weight"] = forms.BooleanField(label=safety_words.WEIGHT_IS_RIGHT, required=False)
        super().__init__(*args, initial=initial, auto_id="id_%s", **kwargs)
        self.fields = {**made, **self.fields}
        for question in made.values():
            question.error_messages["required"] = _("Fill in: %(name)s") % {"name": question.label}

    @property
    def is_withdrawn(self) -> bool:
        """Is the whole entry said to be an error?"""
        return self.data.get("act") == "withdraw"

    def clean(self) -> dict[str, Any]:
        """A weight is held against the others on record, never against the one it puts right."""
        cleaned: dict[str, Any] = super().clean() or {}
        kg = cleaned.get(_KG)
        wrong = self.to_correct.on_record.fact
        if kg is None or not isinstance(wrong, Weight) or kg == wrong.kg:
            return cleaned
        if marks.is_confirmed(self, "sure_weight", "asked_about_weight", _KG):
            return cleaned
        others = [each for each in self.to_correct.course.chart.all(Weight) if each.id != wrong.id]
        doubt = doubt_about_weight(kg, others[-1].kg, others[-1].date) if others else None
        if doubt is not None:
            self.add_error(_KG, safety_words.weight_doubted(doubt))
        return cleaned

    def full_clean(self) -> None:
        """Whoever says that the entry is an error need not mend its fields as well."""
        super().full_clean()
        if self.is_bound and self.is_withdrawn:
            for name in [each for each in self.errors if each.startswith(_PREFIX)]:
                del self.errors[name]

    def says(self) -> dict[str, Any] | None:
        """What the fact says now, as a case file writes it; None where it was entered in error."""
        if self.is_withdrawn:
            return None
        said: dict[str, Any] = {}
        for name, field in self.to_correct.fields.items():
            before = self.to_correct.says.get(name)
            value = before
            if _PREFIX + name in self.cleaned_data:
                value = said_value(field, self.cleaned_data[_PREFIX + name], self.zone)
                value = (
                    before if same(value, before) or (before is None and value == field.default) else value
                )
            if value is not None:
                said[name] = value
        return said
