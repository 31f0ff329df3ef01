"""What may be supposed of a plan?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from isovigil.usecases.record.plan_read import PlanAsked
from isovigil.web.fields import DayInput, PageForm
from isovigil.web.plan.words import WEEKDAYS


class WhatIfForm(PageForm):
    """Each may be left out; nothing of it is kept."""

    test_on = forms.DateField(
        label=gettext_lazy("What if a negative pregnancy test is taken on"), widget=DayInput(), required=False
    )
    away_from = forms.DateField(label=gettext_lazy("Away from"), widget=DayInput(), required=False)
    away_until = forms.DateField(label=gettext_lazy("Away until"), widget=DayInput(), required=False)
    clinic_days = forms.MultipleChoiceField(
        label=gettext_lazy("The clinic is open on"),
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """An absence has both its ends."""
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("away_from"), given.get("away_until")
        if (first is None) != (last is None) and not self.errors:
            missing = "away_from" if first is None else "away_until"
            self.add_error(missing, _("Give the first and the last day of the absence."))
        if first is not None and last is not None and last < first:
            self.add_error("away_until", _("The absence ends before it begins. Check both days."))
        return given

    def asked(self) -> PlanAsked:
        """What is supposed; of a form whose every problem was mended."""
        given = self.cleaned_data
        absence = () if given["away_from"] is None else ((given["away_from"], given["away_until"]),)
        days = frozenset(int(day) for day in given["clinic_days"])
        return PlanAsked(given["test_on"], absence, days or None)
