"""Which plan does one patient's record lead to, and which one if something were otherwise?

Every day of it comes from `decisions.plan`; nothing here or on the page counts one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from isovigil.case.fact import Fact
from isovigil.case.kinds import PregnancyTest
from isovigil.decisions.finding import TaskWord
from isovigil.decisions.plan import plan
from isovigil.decisions.plan_parts import Constraints, KeptDay, Plan, Step
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.course_read import CourseRead, read_course
from isovigil.usecases.record.judging import rulebook_in_use

MOVABLE: Final[frozenset[TaskWord]] = frozenset(
    {"pregnancy_test", "confirmatory_test", "laboratory", "visit", "prescription", "dispense"}
)
"""Steps whose day people agree on; what is done beside them goes along."""


class Move(msgspec.Struct, frozen=True):
    """The so-and-so-manyth step of a kind, on another day."""

    what: TaskWord
    number: int
    """1 for the first of its kind in the plan."""
    on: date


class PlanAsked(msgspec.Struct, frozen=True):
    """What is supposed: a test on a day, absences, the weekdays of the clinic, and steps on other days."""

    test_on: date | None = None
    """A negative test, taken where the last one was."""
    unavailable: tuple[tuple[date, date], ...] = ()
    clinic_weekdays: frozenset[int] | None = None
    moves: tuple[Move, ...] = ()

    @property
    def supposes_something(self) -> bool:
        """Is it another plan than the record's own?"""
        return self != PlanAsked()


class Moved(NamedTuple):
    """One step on another day than in the record's own plan."""

    what: TaskWord
    cycle: int
    before: date | None
    after: date | None


class PlanRead(NamedTuple):
    """A plan, and how it differs from the one without suppositions."""

    course: CourseRead
    plan: Plan
    moved: tuple[Moved, ...]
    own: Plan
    """The record's own plan, without suppositions."""
    not_followed: tuple[Move, ...] = ()
    """Moves to a day that the rules, the clinic or the patient do not allow; the plan is without them."""


def read_plan(acting: Acting, patient: UUID, asked: PlanAsked) -> PlanRead:
    """The plan from the day of the request on.

    Raises what `read_course` and `decisions.plan.plan` raise.
    """
    course = read_course(acting, patient, page="plan")
    own = _planned(course, PlanAsked())
    if not asked.supposes_something:
        return PlanRead(course, own, (), own)
    other, not_followed = _with_moves(course, asked)
    return PlanRead(course, other, tuple(_moved(own.steps, other.steps)), own, not_followed)


def _with_moves(course: CourseRead, asked: PlanAsked) -> tuple[Plan, tuple[Move, ...]]:
    """The plan with one move after the other, each within what the ones before it leave; and those that no
    plan can follow.
    """
    planned = _planned(course, asked)
    kept: tuple[KeptDay, ...] = ()
    not_followed = []
    for move in asked.moves:
        step = _step_of(planned, move)
        tried = None
        if step is not None:
            last = max(step.latest or step.on, step.on, move.on)
            day = KeptDay(move.what, min(step.earliest, move.on), last, move.on)
            tried = _planned(course, asked, (*kept, day))
            if any(each.what == move.what and each.on == move.on for each in tried.steps):
                planned, kept = tried, (*kept, day)
                continue
        not_followed.append(move)
    return planned, tuple(not_followed)


def _step_of(planned: Plan, move: Move) -> Step | None:
    of_its_kind = [step for step in planned.steps if step.what == move.what]
    return of_its_kind[move.number - 1] if 0 < move.number <= len(of_its_kind) else None


def _planned(course: CourseRead, asked: PlanAsked, kept: tuple[KeptDay, ...] = ()) -> Plan:
    supposed: tuple[Fact, ...] = ()
    if asked.test_on is not None:
        last = course.chart.latest(PregnancyTest)
        setting = "laboratory" if last is None else last.setting
        supposed = (PregnancyTest(taken_on=asked.test_on, result="negative", setting=setting),)
    return plan(
        course.known.case,
        rulebook_in_use(),
        course.review.on,
        constraints=Constraints(asked.unavailable, asked.clinic_weekdays, kept),
        what_if=supposed,
        programme=course.judging.programme,
        policy=course.judging.policy,
    )


def _moved(own: Sequence[Step], other: Sequence[Step]) -> list[Moved]:
    before, after = _first_days(own), _first_days(other)
    return [
        Moved(what, cycle, before.get((what, cycle, number)), after.get((what, cycle, number)))
        for what, cycle, number in dict.fromkeys((*after, *before))
        if before.get((what, cycle, number)) != after.get((what, cycle, number))
    ]


def _first_days(steps: Sequence[Step]) -> dict[tuple[TaskWord, int, int], date]:
    """The day of the first step of each kind in each cycle; of blood draws, which belong to none, each by
    its number.
    """
    first: dict[tuple[TaskWord, int, int], date] = {}
    draws = 0
    for step in steps:
        if step.cycle:
            first.setdefault((step.what, step.cycle, 0), step.on)
        elif step.what == "laboratory":
            draws += 1
            first[step.what, 0, draws] = step.on
    return first
