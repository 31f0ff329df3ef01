"""Where does a day or a value stand in a drawing?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import ceil, floor, log10
from typing import Final

import msgspec

from isovigil.calendar.days import days_between, months_after

_NICE_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_STEPS: Final = 4
_MARGIN: Final = 0.1
_ROUNDING: Final = 1e-9
_LEAST_DAYS: Final = 28
"""A shorter axis would make one day look like a trend."""


class Axis(msgspec.Struct, frozen=True):
    """The shared time axis: which days it shows, between which two points."""

    from_: date
    until: date
    left: float
    right: float

    def x(self, day: date) -> float:
        """Where the day begins, held inside the drawing."""
        share = days_between(self.from_, day) / max(days_between(self.from_, self.until), 1)
        return round(self.left + (self.right - self.left) * min(max(share, 0.0), 1.0), 1)

    def shows(self, day: date) -> bool:
        """Does the day lie on the axis?"""
        return self.from_ <= day <= self.until

    def months(self, most: int) -> Iterator[date]:
        """The first days of months to label, so few that at most `most` labels stand side by side."""
        first = self.from_.replace(day=1)
        starts = []
        month = months_after(first, 1) if first < self.from_ else first
        while month <= self.until:
            starts.append(month)
            month = months_after(month, 1)
        step = max(ceil(len(starts) / most), 1)
        yield from starts[::step]


def long_enough(from_: date, until: date) -> date:
    """The last day to show: four weeks after the first at least. Raises ValueError where it lies before."""
    if until < from_:
        raise ValueError(f"The axis ends on {until}, before it begins on {from_}.")
    shortest = date.fromordinal(from_.toordinal() + _LEAST_DAYS)
    return max(until, shortest)


class Scale(msgspec.Struct, frozen=True):
    """A lane's scale: from which value to which, between which two heights."""

    low: float
    high: float
    bottom: float
    top: float

    def y(self, number: float) -> float:
        """The height of a value, held inside the lane."""
        share = (number - self.low) / (self.high - self.low)
        return round(self.bottom + (self.top - self.bottom) * min(max(share, 0.0), 1.0), 1)

    @property
    def labels(self) -> tuple[float, float]:
        """The two values to write beside the lane."""
        return self.low, self.high


def scale_over(numbers: list[float], begins_at: float | None, bottom: float, top: float) -> Scale:
    """A scale with round ends that holds every number.

    Without a beginning it reaches a tenth below the lowest and above the highest number, so that a change of
    a hundredth never fills the lane.
    """
    high = max(numbers, default=1.0)
    low = begins_at
    if low is None:
        low, high = min(numbers, default=0.0) * (1 - _MARGIN), high * (1 + _MARGIN)
    if high <= low:
        high = low + 1.0
    step = _nice((high - low) / _STEPS)
    return Scale(floor(low / step) * step, ceil(high / step) * step, bottom, top)


def _nice(rough: float) -> float:
    size = 10.0 ** floor(log10(rough))
    return next(step * size for step in _NICE_STEPS if step * size >= rough * (1 - _ROUNDING))
