"""On which days did the daily dose rise, and when was it first at its highest?"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import NamedTuple

from isovigil.decisions.course import Course


class Step(NamedTuple):
    """From this day on, so many mg a day."""

    day: date
    daily_dose_mg: float


def dose_steps(course: Course) -> list[Step]:
    """Each prescribed daily dose from the day its capsules were first handed over, oldest first.

    Where no hand-over is recorded, from the day of prescribing or of the first dose. Worked out once.
    """
    return course.remember("dose steps", lambda: _steps(course))


def _steps(course: Course) -> list[Step]:
    steps = []
    recorded = bool(course.hand_overs)
    for prescription in course.prescriptions:
        handed_over = course.hand_overs_of(prescription) if recorded else []
        if handed_over:
            steps.append(Step(handed_over[0].date, prescription.daily_dose_mg))
        elif not recorded and course.started_on is not None:
            steps.append(Step(max(prescription.issued_on, course.started_on), prescription.daily_dose_mg))
    return sorted(steps)


def at_peak_since(course: Course) -> date | None:
    """The first day at the highest daily dose so far; without a known dose, the day of the first one."""
    steps = dose_steps(course)
    if not steps:
        return course.started_on
    highest = max([step.daily_dose_mg for step in steps])
    return next(step.day for step in steps if step.daily_dose_mg == highest)


def last_rise(course: Course) -> date | None:
    """The last day on which the daily dose rose; None where it never did."""
    steps = dose_steps(course)
    rises = [later.day for earlier, later in pairwise(steps) if later.daily_dose_mg > earlier.daily_dose_mg]
    return rises[-1] if rises else None
