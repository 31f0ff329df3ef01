"""What is a plan made of, and under which constraints is it made?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from isovigil.calendar.days import days_after, days_between
from isovigil.case.fact import Fact
from isovigil.decisions.finding import Gate, Mover, Task, TaskWord

WITHOUT_THE_CLINIC: frozenset[TaskWord] = frozenset(
    {"comprehension", "contraception_entry", "questionnaire", "dispense", "return_capsules"}
)
"""What a patient does at home or at the pharmacy; everything else needs the clinic."""
JOURNEYS: frozenset[TaskWord] = frozenset(
    {"pregnancy_test", "confirmatory_test", "end_of_treatment_test", "post_treatment_test", "laboratory",
     "visit", "dispense", "eye_examination", "weight", "counselling"}
)  # fmt: skip
"""What a patient goes somewhere for."""

AFTER_TREATMENT: frozenset[TaskWord] = frozenset({"end_of_treatment_test", "post_treatment_test"})
"""Due from a day on, and not by it."""


class KeptDay(msgspec.Struct, frozen=True):
    """One kind of step is done on one day, and on no other from a first to a last one, both included."""

    what: TaskWord
    first: date
    last: date
    on: date

    def forbids(self, what: TaskWord, day: date) -> bool:
        """Is this another day for this kind of step?"""
        return what == self.what and self.first <= day <= self.last and day != self.on


class Constraints(msgspec.Struct, frozen=True):
    """When nothing can be done: days on which the patient is away, weekdays the clinic is closed, and days
    other than the one to which a step was moved.
    """

    unavailable: tuple[tuple[date, date], ...] = ()
    """First and last day of each absence, both included."""
    clinic_weekdays: frozenset[int] | None = None
    """0 for Monday; None for every day. Tests, draws and prescriptions need the clinic, hand-overs do not."""
    kept_days: tuple[KeptDay, ...] = ()

    def patient_can(self, day: date) -> bool:
        """Is the patient there?"""
        return not any(first <= day <= last for first, last in self.unavailable)

    def clinic_can(self, day: date) -> bool:
        """Are the patient and the clinic there?"""
        is_open = self.clinic_weekdays is None or day.weekday() in self.clinic_weekdays
        return is_open and self.patient_can(day)

    def allow(self, what: TaskWord, day: date) -> bool:
        """Can this kind of step be done on this day?"""
        if any(each.forbids(what, day) for each in self.kept_days):
            return False
        return self.patient_can(day) if what in WITHOUT_THE_CLINIC else self.clinic_can(day)

    def first_for(self, what: TaskWord, first: date, last: date) -> date | None:
        """The first day from one to another on which this kind of step can be done."""
        return next((day for day in days_from(first, last) if self.allow(what, day)), None)

    def last_for(self, what: TaskWord, first: date, last: date) -> date | None:
        """The last day from one to another on which this kind of step can be done."""
        day = last
        while day >= first:
            if self.allow(what, day):
                return day
            day = days_after(day, -1)
        return None


class Step(msgspec.Struct, frozen=True):
    """One step of a plan: what, whose, when, and how far it could move by itself."""

    what: TaskWord
    who: Mover
    cycle: int
    """1 for the first hand-over planned; 0 for what belongs to no hand-over."""
    on: date
    earliest: date
    """The first day on which it helps, with the steps before it done as planned."""
    latest: date | None
    """The last day on which it still counts and nothing is lost: its own window is open, the capsules last
    and whoever it needs is there, with the steps before it done as planned. None where no day is the last.
    """
    slack: int | None
    """Days between the planned day and the latest one."""
    rule: str | None
    says: str
    gate: Gate | None = None
    """The gate that was found ready for this step."""
    facts: tuple[Fact, ...] = ()
    """What following the step would put on file."""


class Obstacle(msgspec.Struct, frozen=True):
    """Why the plan ends before treatment does: a rule that no step can meet in time."""

    rule: str
    says: str
    needs: str | None
    looked_until: date
    relaxing: tuple[str, ...] = ()
    """The constraints of which each, alone taken away, would let the plan go on."""


class Plan(msgspec.Struct, frozen=True):
    """Every step from one day to the test after treatment, or to what stands in the way."""

    patient: str
    programme: str
    on: date
    until: date
    """The planned day of the last dose."""
    steps: tuple[Step, ...]
    obstacle: Obstacle | None
    days_without_capsules: int
    """Between the first hand-over and the last dose."""
    first_steps: tuple[Task, ...] = ()
    """The tasks of the review of the first day: each is a step of the plan."""


def days_from(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def last_day_of(task: Task, on: date) -> date | None:
    """The last day of a task that is not over on a day: its window's, or the one by which nothing is lost."""
    due_on = None if task.what in AFTER_TREATMENT else task.due_on
    return min((day for day in (due_on, task.closes_on) if day is not None and day >= on), default=None)


def step_of(
    task: Task,
    on: date,
    constraints: Constraints,
    *,
    cycle: int,
    from_day: date,
    last: date | None = None,
    gate: Gate | None = None,
    facts: tuple[Fact, ...] = (),
) -> Step:
    """A task as a step on a day. Its days are the task's own, as far as the constraints allow them.

    `last`: a day that an earlier step sets as well.
    """
    ends = [day for day in (last_day_of(task, on), last) if day is not None]
    latest = constraints.last_for(task.what, on, min(ends)) if ends else None
    earliest = min(on, max(from_day, task.opens_on or from_day))
    slack = None if latest is None else days_between(on, latest)
    return Step(task.what, task.who, cycle, on, earliest, latest, slack, task.rule, task.says, gate, facts)
