"""What may be supposed of a plan?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from isovigil.decisions.finding import TaskWord
from isovigil.decisions.plan_parts import Step
from isovigil.usecases.record.plan_read import MOVABLE, Move, PlanAsked
from isovigil.web.fields import DayInput, PageForm
from isovigil.web.plan.words import STEPS, WEEKDAYS

MOST: Final = 6
"""So many absences, and so many moves: each move is planned anew, and more are no plan any more."""
_STEP: Final = re.compile(r"(?P<what>[a-z_]+)\.(?P<number>[1-9][0-9]?)")


class WhatIfForm(PageForm):
    """Each may be left out; nothing of it is kept but in the address of the page."""

    test_on = forms.DateField(
        label=gettext_lazy("What if a negative pregnancy test is taken on"), widget=DayInput(), required=False
    )
    clinic_days = forms.MultipleChoiceField(
        label=gettext_lazy("The clinic is open on"),
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST + 1):
            self._add_day(f"away_from_{number}", _("Away from"))
            self._add_day(f"away_until_{number}", _("Away until"))
            self.fields[f"move_{number}"] = forms.CharField(
                label=_("Move"), widget=forms.Select(), required=False, max_length=40
            )
            self._add_day(f"move_to_{number}", _("To"))

    def _add_day(self, name: str, label: str) -> None:
        self.fields[name] = forms.DateField(label=label, widget=DayInput(), required=False)

    def offer(self, steps: Sequence[Step]) -> None:
        """Let each step of a plan whose day can be agreed on be chosen, by its kind and number."""
        counted: dict[str, int] = {}
        choices: list[tuple[str, str]] = [("", _("Nothing"))]
        for step in steps:
            if step.what in MOVABLE:
                counted[step.what] = counted.get(step.what, 0) + 1
                said = f"{STEPS[step.what]}, {date_format(step.on)}"
                choices.append((f"{step.what}.{counted[step.what]}", said))
        for number in range(1, MOST + 1):
            cast(forms.Select, self.fields[f"move_{number}"].widget).choices = choices

    @property
    def absences(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each absence that was entered, and one to enter."""
        return list(self._pairs("away_from", "away_until"))

    @property
    def moves(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each move that was entered, and one to enter."""
        return list(self._pairs("move", "move_to"))

    def _pairs(self, first: str, second: str) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        for number in range(1, MOST + 1):
            one, other = self[f"{first}_{number}"], self[f"{second}_{number}"]
            yield one, other
            if not one.value() and not other.value():
                return

    def clean(self) -> dict[str, Any]:
        """An absence has both its ends, and a move both a step and a day."""
        given: dict[str, Any] = super().clean() or {}
        for number in range(1, MOST + 1):
            self._check_absence(given, f"away_from_{number}", f"away_until_{number}")
            self._check_move(given, f"move_{number}", f"move_to_{number}")
        return given

    def _check_absence(self, given: Mapping[str, Any], from_: str, until: str) -> None:
        if from_ in self.errors or until in self.errors:
            return
        first, last = given.get(from_), given.get(until)
        if (first is None) != (last is None):
            missing = from_ if first is None else until
            self.add_error(missing, _("Give the first and the last day of the absence."))
        elif first is not None and last is not None and last < first:
            self.add_error(until, _("The absence ends before it begins. Check both days."))

    def _check_move(self, given: Mapping[str, Any], step: str, to: str) -> None:
        chosen, day = given.get(step), given.get(to)
        if chosen and not self._step_of(chosen):
            self.add_error(step, _("This is no step that can be moved. Choose one of the list."))
        elif chosen and day is None and to not in self.errors:
            self.add_error(to, _("Say to which day the step is moved."))
        elif day is not None and not chosen:
            self.add_error(step, _("Say which step is moved to that day."))

    @staticmethod
    def _step_of(chosen: str) -> tuple[TaskWord, int] | None:
        found = _STEP.fullmatch(chosen)
        if found is None or found["what"] not in MOVABLE:
            return None
        return cast(TaskWord, found["what"]), int(found["number"])

    def asked(self) -> PlanAsked:
        """What is supposed; of a form whose every problem was mended."""
        given = self.cleaned_data
        numbers = range(1, MOST + 1)
        absences = [(given[f"away_from_{each}"], given[f"away_until_{each}"]) for each in numbers]
        moved = [(self._step_of(given[f"move_{each}"]), given[f"move_to_{each}"]) for each in numbers]
        days = frozenset(int(day) for day in given["clinic_days"])
        return PlanAsked(
            given["test_on"],
            tuple((first, last) for first, last in absences if first is not None),
            days or None,
            tuple(Move(*step, on) for step, on in moved if step is not None),
        )
