"""How much has been given, how far is it to the target, and what is left of the capsules?"""

from __future__ import annotations

import msgspec

from isovigil.case.kinds import Dispense, Prescription, Return
from isovigil.usecases.record.course_read import CourseRead


class DoseShown(msgspec.Struct, frozen=True):
    """The dose of a course in numbers; None where something needed is not recorded."""

    daily_mg: float | None
    daily_mg_per_kg: float | None
    cumulative: float | None
    target_low: float | None
    target_high: float | None
    days_to_target: int | None
    hand_overs: int
    handed_over: str
    """As `60 of 20 mg`, every hand-over of the course together."""
    returned: int


def dose_shown(read: CourseRead) -> DoseShown:
    """The numbers of the review, and which hand-overs they count."""
    course = read.review.course
    chart = read.chart
    hand_overs = [
        each for each in chart.all(Dispense) if course.started_on is None or each.date >= course.started_on
    ]
    counts: dict[float, int] = {}
    for hand_over in hand_overs:
        for capsule in hand_over.capsules or ():
            counts[capsule.mg] = counts.get(capsule.mg, 0) + capsule.count
    prescriptions = chart.all(Prescription)
    target = course.target_mg_per_kg
    return DoseShown(
        daily_mg=prescriptions[-1].daily_dose_mg if prescriptions else None,
        daily_mg_per_kg=course.daily_mg_per_kg,
        cumulative=course.cumulative_mg_per_kg,
        target_low=None if target is None else target[0],
        target_high=None if target is None else target[1],
        days_to_target=course.days_to_target,
        hand_overs=len(hand_overs),
        handed_over=", ".join(f"{count} × {mg:g} mg" for mg, count in sorted(counts.items())),
        returned=sum(each.count for back in chart.all(Return) for each in back.capsules),
    )
