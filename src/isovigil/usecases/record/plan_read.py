"""Which plan does one patient's record lead to, and which one if something were otherwise?

Every day of it comes from `decisions.plan`; nothing here or on the page counts one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import msgspec

from isovigil.case.fact import Fact
from isovigil.case.kinds import PregnancyTest
from isovigil.decisions.finding import TaskWord
from isovigil.decisions.plan import plan
from isovigil.decisions.plan_parts import Constraints, Plan, Step
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.course_read import CourseRead, read_course
from isovigil.usecases.record.judging import rulebook_in_use


class PlanAsked(msgspec.Struct, frozen=True):
    """What is supposed: a test on a day, absences, and the weekdays of the clinic."""

    test_on: date | None = None
    """A negative test, taken where the last one was."""
    unavailable: tuple[tuple[date, date], ...] = ()
    clinic_weekdays: frozenset[int] | None = None

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


def read_plan(acting: Acting, patient: UUID, asked: PlanAsked) -> PlanRead:
    """The plan from the day of the request on.

    Raises what `read_course` and `decisions.plan.plan` raise.
    """
    course = read_course(acting, patient, page="plan")
    own = _planned(course, PlanAsked())
    if not asked.supposes_something:
        return PlanRead(course, own, ())
    other = _planned(course, asked)
    return PlanRead(course, other, tuple(_moved(own.steps, other.steps)))


def _planned(course: CourseRead, asked: PlanAsked) -> Plan:
    supposed: tuple[Fact, ...] = ()
    if asked.test_on is not None:
        last = course.chart.latest(PregnancyTest)
        setting = "laboratory" if last is None else last.setting
        supposed = (PregnancyTest(taken_on=asked.test_on, result="negative", setting=setting),)
    return plan(
        course.known.case,
        rulebook_in_use(),
        course.review.on,
        constraints=Constraints(asked.unavailable, asked.clinic_weekdays),
        what_if=supposed,
        programme=course.judging.programme,
        policy=course.judging.policy,
    )


def _moved(own: Sequence[Step], other: Sequence[Step]) -> list[Moved]:
    before, after = _first_days(own), _first_days(other)
    return [
        Moved(what, cycle, before.get((what, cycle)), after.get((what, cycle)))
        for what, cycle in dict.fromkeys((*after, *before))
        if before.get((what, cycle)) != after.get((what, cycle))
    ]


def _first_days(steps: Sequence[Step]) -> dict[tuple[TaskWord, int], date]:
    first: dict[tuple[TaskWord, int], date] = {}
    for step in steps:
        if step.cycle:
            first.setdefault((step.what, step.cycle), step.on)
    return first
