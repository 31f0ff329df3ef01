"""How far along is the current course?"""

from __future__ import annotations

from datetime import date
from math import ceil

import msgspec

from isovigil.calendar.days import days_between
from isovigil.decisions.course import Course
from isovigil.decisions.dose_given import dose_given, equivalence, weight_on
from isovigil.law.law import Law

TARGETED = ("range", "cap")
"""The policies about a cumulative dose that aim at a figure."""


class CourseSummary(msgspec.Struct, frozen=True):
    """The course in numbers: mg/kg, days; None where something needed is not recorded."""

    number: int
    started_on: date | None
    day: int | None
    daily_mg_per_kg: float | None
    cumulative_mg_per_kg: float | None
    nominal_cumulative_mg_per_kg: float | None
    target_mg_per_kg: tuple[float, float] | None
    days_to_target: int | None


def summarise_course(course: Course, law: Law) -> CourseSummary:
    """The current course; where it has not begun, the one that ended last. Day 1 is the first dose."""
    before = course.ended_before
    if course.started_on is None and before is not None and not course.prescriptions:
        course = before
    today = course.today.day
    started_on = course.started_on
    given = dose_given(course, law)
    weight = weight_on(course, today)
    prescription = course.latest_prescription
    target = _target(law, today)
    daily = None
    if weight is not None and prescription is not None:
        daily = prescription.daily_dose_mg / weight.kg
    days_to_target = None
    if target is not None and given is not None and daily is not None and prescription is not None:
        equivalent_daily = daily * equivalence(law, prescription.product, today)
        days_to_target = max(0, ceil((target[0] - given.equivalent) / equivalent_daily))
    return CourseSummary(
        number=course.number,
        started_on=started_on,
        day=None if started_on is None else days_between(started_on, today) + 1,
        daily_mg_per_kg=_rounded(daily),
        cumulative_mg_per_kg=_rounded(given.equivalent if given else None),
        nominal_cumulative_mg_per_kg=_rounded(given.nominal if given else None),
        target_mg_per_kg=target,
        days_to_target=days_to_target,
    )


def _target(law: Law, today: date) -> tuple[float, float] | None:
    """The mg/kg a course aims at; None where the policy names none."""
    if law.word("dose/cumulative_policy", today).value not in TARGETED:
        return None
    low, high = law.value("dose/cumulative_target", today).value
    return low, high


def _rounded(value: float | None) -> float | None:
    """Two decimals are shown; nothing is compared after rounding."""
    return None if value is None else round(value, 2)
