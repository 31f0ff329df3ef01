"""How much has been given, how far is it to the target, and what is left of the capsules?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from isovigil.calendar.days import days_between
from isovigil.case.kinds import CapsuleCount, Dispense, Prescription, Return
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import capsules_last_until
from isovigil.decisions.dose_given import product_of
from isovigil.decisions.whole_capsules import whole_capsules
from isovigil.usecases.record.course_read import CourseRead
from isovigil.usecases.record.visit_read import law_of
from isovigil.usecases.visit.asks import strengths_of


class HandOverShown(msgspec.Struct, frozen=True):
    """One hand-over that the cumulative dose counts."""

    id: str
    date: date
    capsules: str
    """As `60 × 20 mg`; empty where they were not recorded and the prescription is taken for them."""
    product: str


class DoseShown(msgspec.Struct, frozen=True):
    """The dose of a course in numbers; None where something needed is not recorded."""

    daily_mg: float | None
    daily_mg_per_kg: float | None
    a_day: str
    """The whole capsules of a day, as `1 × 40 mg, 1 × 20 mg`; empty where none make up the dose."""
    cumulative: float | None
    target_low: float | None
    target_high: float | None
    percent: int | None
    """Of the lower end of the target."""
    days_to_target: int | None
    hand_overs: tuple[HandOverShown, ...]
    """Those the cumulative dose counts: of this course, and not reversed."""
    handed_over: str
    """As `60 × 20 mg`, every one of them together."""
    returned: str
    last_until: date | None
    """The first day without capsules."""
    left_days: int | None
    """For how many days capsules are left, today among them."""
    left: str
    """The same in capsules, if every one was taken as prescribed."""


def dose_shown(read: CourseRead) -> DoseShown:
    """The numbers of the review, and which hand-overs they count."""
    summary = read.review.course
    course = _course_of_the_summary(read)
    prescription = course.latest_prescription
    target = summary.target_mg_per_kg
    last_until = capsules_last_until(course)
    left = None if last_until is None else max(0, days_between(read.review.on, last_until))
    a_day = _capsules_a_day(read, prescription)
    cumulative = summary.cumulative_mg_per_kg
    return DoseShown(
        daily_mg=None if prescription is None else prescription.daily_dose_mg,
        daily_mg_per_kg=summary.daily_mg_per_kg,
        a_day=_told(a_day),
        cumulative=cumulative,
        target_low=None if target is None else target[0],
        target_high=None if target is None else target[1],
        percent=None if target is None or cumulative is None else round(100 * cumulative / target[0]),
        days_to_target=summary.days_to_target,
        hand_overs=tuple(_shown(course, each) for each in course.hand_overs),
        handed_over=_together([each.capsules or () for each in course.hand_overs]),
        returned=_together([each.capsules for each in course.all(Return)]),
        last_until=last_until,
        left_days=left,
        left=_told(tuple((mg, count * left) for mg, count in a_day)) if left else "",
    )


def _capsules_a_day(read: CourseRead, prescription: Prescription | None) -> tuple[tuple[float, int], ...]:
    """Strengths in mg with how many a day; none where whole capsules do not make up the dose."""
    if prescription is None:
        return ()
    strengths = strengths_of(law_of(read.judging, read.review), str(prescription.product), read.review.on)
    plan = whole_capsules(prescription.daily_dose_mg, strengths) if strengths else None
    return plan.a_day if plan is not None and plan.daily_mg == prescription.daily_dose_mg else ()


def _course_of_the_summary(read: CourseRead) -> Course:
    """The current course; where it has not begun, the one that ended last, as `summarise_course` has it."""
    course = Course(read.chart)
    before = course.ended_before
    if course.started_on is None and before is not None and not course.prescriptions:
        return before
    return course


def _shown(course: Course, hand_over: Dispense) -> HandOverShown:
    return HandOverShown(
        hand_over.id, hand_over.date, _together([hand_over.capsules or ()]), product_of(course, hand_over)
    )


def _together(many: Sequence[Sequence[CapsuleCount]]) -> str:
    counts: dict[float, int] = {}
    for capsules in many:
        for each in capsules:
            counts[each.mg] = counts.get(each.mg, 0) + each.count
    return _told(tuple(sorted(counts.items(), reverse=True)))


def _told(capsules: Sequence[tuple[float, int]]) -> str:
    return ", ".join(f"{count} × {mg:g} mg" for mg, count in capsules)
