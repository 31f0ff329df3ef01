"""What does one indicator count in one course, and what does it leave out, and why?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Literal, NamedTuple

from isovigil.indicators.record import AuditedCourse

Measure = Literal["share", "per_courses", "median_days"]


class Count(NamedTuple):
    """How often something was done (the numerator) of how often it was due (the denominator)."""

    numerator: int
    denominator: int
    excluded: tuple[str, ...] = ()
    """Why something was left out of both, once for each time."""
    days: tuple[int, ...] = ()
    """Spans of days, where a median is asked for."""


class Indicator(NamedTuple):
    """One audit indicator as the specification states it."""

    id: str
    due: str
    """The denominator in words."""
    done: str
    """The numerator in words."""
    regimes: str
    basis: str
    """B: audit point of the British Association of Dermatologists of 2010. M: derived from the duties the
    MHRA set from 2023 on. E: European or national. P: the product's own proposal."""
    sources: tuple[str, ...]
    """Ids of the rulebook's sources."""
    measured: Callable[[AuditedCourse], Count]
    measure: Measure = "share"
    has_target: bool = True
    """Is the indicator held to the target share (`audit/target_share`)?"""


NOTHING = Count(0, 0)
"""Nothing was due."""

CATEGORY_UNKNOWN = "nobody recorded whether the patient can become pregnant"
CANNOT = "the patient cannot become pregnant"
NOT_STARTED = "treatment has not begun"
NOT_ASKED = "the programme did not ask for it then"
NO_ACTS = "no replay was made of the first hand-over"
NO_RULE = "no rule is held for a day of the course"


DONE = Count(1, 1)
MISSED = Count(0, 1)
"""One thing that was due: done, and not done."""


@cache
def excluded(reason: str) -> Count:
    """Left out, and why. Reasons are sentences of the indicators, so there are few of them."""
    return Count(0, 0, (reason,))


def counted(done: bool) -> Count:
    """One thing that was due, done or not."""
    return DONE if done else MISSED


def together(counts: Iterable[Count]) -> Count:
    """Several counts of one course as one."""
    counts = list(counts)
    if len(counts) == 1:
        return counts[0]
    numerator = denominator = 0
    left_out: list[str] = []
    days: list[int] = []
    for count in counts:
        numerator += count.numerator
        denominator += count.denominator
        left_out += count.excluded
        days += count.days
    return Count(numerator, denominator, tuple(left_out), tuple(days))


def not_concerned(course: AuditedCourse) -> Count | None:
    """Why an indicator about those who can become pregnant leaves this course out; None where it does not."""
    if course.can_become_pregnant is None:
        return excluded(CATEGORY_UNKNOWN)
    return None if course.can_become_pregnant else excluded(CANNOT)
