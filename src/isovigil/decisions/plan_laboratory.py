"""Which blood draws of the policy's schedule fall into a plan, and on which of its days?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from isovigil.calendar.days import days_after, in_words
from isovigil.decisions.asked import joined
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Task
from isovigil.decisions.laboratory import prepared
from isovigil.decisions.laboratory_results import name_of
from isovigil.decisions.laboratory_schedule import (
    Draw,
    Schedule,
    last_complete_draw,
    next_draw_after,
    schedule_of,
)
from isovigil.decisions.plan_parts import JOURNEYS, Constraints, Step, last_day_of, step_of
from isovigil.law.law import Law

_BASELINE = "laboratory.baseline"
_DUE = "laboratory.due"


class Draws:
    """The draws of a patient's schedule up to the last dose, while the days of a plan are chosen.

    Planned results are supposed to be normal: an abnormal one asks for draws of its own.
    """

    def __init__(self, course: Course, law: Law, last_dose: date) -> None:
        self.course = course
        self.law = law
        self.last_dose = last_dose
        self.schedule: Schedule | None = None
        self._open: Draw | None = None
        if course.started_on is not None:
            self.schedule = schedule_of(course, law)
            last = last_complete_draw(course, self.schedule.analytes.value)
            self._open = self._after(last)

    def _after(self, last: date | None) -> Draw | None:
        assert self.schedule is not None
        draw = next_draw_after(self.course, self.law, self.schedule, last)
        return None if draw is None or draw.due_on > self.last_dose else draw

    def served_on(self, day: date) -> int:
        """How many draws a journey on this day would serve."""
        return int(self._open is not None and self._open.opens_on <= day <= self._open.due_on)

    def go_past(self, day: date) -> None:
        """A journey was planned for this day: a draw it serves asks for no other day."""
        while self.served_on(day):
            self._open = self._after(day)

    def tasks_after(self, last: date | None) -> Task | None:
        """The next draw as a step, if the last complete one was made on a day; None when all are made."""
        draw = self._after(last)
        if draw is None or self.schedule is None:
            return None
        names = joined([name_of(name) for name in self.schedule.analytes.value])
        says = (
            f"A blood draw for {names}, from {in_words(draw.opens_on)} to {in_words(draw.due_on)}"
            f"{prepared(self.law, self.course)}."
        )
        return Task("laboratory", "prescriber", draw.opens_on, draw.due_on, None, _DUE, says)


def with_draws(
    steps: Sequence[Step], first_steps: Sequence[Task], draws: Draws, on: date, constraints: Constraints
) -> list[Step]:
    """The blood draws of a plan whose other steps stand: on a day of a journey where one is in time.

    Of such days the earliest, which leaves the most slack; else the first day the clinic can.
    """
    found: list[Step] = []
    baseline = next((task for task in first_steps if task.rule == _BASELINE), None)
    started_on = next((step.on for step in steps if step.what == "dispense"), None)
    give_up = _give_up(draws)
    if baseline is not None:
        found.append(_baseline(baseline, steps, started_on, draws, on, constraints))
    if draws.schedule is None:
        return found
    last = last_complete_draw(draws.course, draws.schedule.analytes.value)
    if baseline is not None and draws.course.started_on is not None and found[0].on > draws.course.started_on:
        last = found[0].on
    task = draws.tasks_after(last)
    while task is not None:
        first = max(on, task.opens_on or on)
        day = first_journey(steps, constraints, first, last_day_of(task, first), give_up)
        found.append(step_of(task, day, constraints, cycle=0, from_day=on))
        task = draws.tasks_after(day)
    return found


def _give_up(draws: Draws) -> int:
    return draws.law.days("plan/gives_up_after", draws.course.today.day).value


def _baseline(
    task: Task,
    steps: Sequence[Step],
    started_on: date | None,
    draws: Draws,
    on: date,
    constraints: Constraints,
) -> Step:
    """Before the first dose and not too long before it; on treatment as soon as somebody can."""
    first, last = on, None
    if draws.course.started_on is None or draws.course.started_on == started_on:
        last = started_on
    if last is not None:
        within = draws.law.period("laboratory/baseline_within", last).value
        while within.after(first) < last:
            first = days_after(first, 1)
    day = first_journey(steps, constraints, first, last, _give_up(draws))
    if last is not None and day > last:
        day = last
    return step_of(task, day, constraints, cycle=0, from_day=first, last=last)


def first_journey(
    steps: Sequence[Step], constraints: Constraints, first: date, last: date | None, give_up_after: int
) -> date:
    """The first day from one to another on which the patient comes anyway, else on which the clinic can.

    Without a last day, and where none up to it can be, the first on which the clinic can.
    """
    if last is not None:
        coming = [
            step.on
            for step in steps
            if step.what in JOURNEYS and first <= step.on <= last and constraints.allow("laboratory", step.on)
        ]
        if coming:
            return min(coming)
    return constraints.first_for("laboratory", first, days_after(first, give_up_after)) or first
