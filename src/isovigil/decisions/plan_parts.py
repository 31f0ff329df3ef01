"""What is a plan made of, and under which constraints is it made?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from isovigil.case.fact import Fact
from isovigil.decisions.finding import Gate, Mover, TaskWord


class Constraints(msgspec.Struct, frozen=True):
    """When nothing can be done: days on which the patient is away, and weekdays the clinic is closed."""

    unavailable: tuple[tuple[date, date], ...] = ()
    """First and last day of each absence, both included."""
    clinic_weekdays: frozenset[int] | None = None
    """0 for Monday; None for every day. Tests and prescriptions need the clinic, hand-overs do not."""

    def patient_can(self, day: date) -> bool:
        """Is the patient there?"""
        return not any(first <= day <= last for first, last in self.unavailable)

    def clinic_can(self, day: date) -> bool:
        """Are the patient and the clinic there?"""
        is_open = self.clinic_weekdays is None or day.weekday() in self.clinic_weekdays
        return is_open and self.patient_can(day)


class Step(msgspec.Struct, frozen=True):
    """One step of a plan: what, whose, when, and how far it could move by itself."""

    what: TaskWord
    who: Mover
    cycle: int
    """1 for the first hand-over planned; 0 for what comes after treatment."""
    on: date
    earliest: date
    """The first day on which it could be done with the steps before it done as planned."""
    latest: date | None
    """The last day on which its own window, or the capsules in hand, still allow it; None without one."""
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


def days_from(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)
