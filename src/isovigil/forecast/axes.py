"""Where on the page does a day or a value lie?"""

from __future__ import annotations

import math

import msgspec

from isovigil.forecast.panels import Panel

DAYS_PER_MONTH = 365.25 / 12.0
AFTER_TREATMENT = 56.0
SHARE_OF_TREATMENT = 0.62


class Axes(msgspec.Struct, frozen=True):
    """One axis in pixels. Beyond ``split`` the axis is compressed to end at ``high``."""

    low: float
    split: float
    high: float
    start: float
    bend: float
    end: float
    ticks: tuple[tuple[float, str], ...]

    def at(self, value: float) -> float:
        """The pixel of a value, held inside the axis."""
        inside = min(max(value, self.low), self.high)
        if inside <= self.split or self.high <= self.split:
            return self.start + (inside - self.low) / (self.split - self.low) * (self.bend - self.start)
        return self.bend + (inside - self.split) / (self.high - self.split) * (self.end - self.bend)


def time_axis(last_dose_day: float, end_day: float, left: float, right: float) -> Axes:
    """Weeks until eight weeks after the last dose, then months after it, compressed."""
    split = min(last_dose_day + AFTER_TREATMENT, end_day)
    compressed = end_day > split + 30.0
    bend = left + (right - left) * (SHARE_OF_TREATMENT if compressed else 1.0)
    weeks = split / 7.0
    every = next(step for step in (2, 4, 8, 12, 26, 52) if weeks / step * 26.0 <= bend - left)
    ticks = [
        (7.0 * week, f"{week}" if week else "wk 0") for week in range(0, int(weeks - every * 0.4) + 1, every)
    ]
    if compressed:
        for month in (6, 12, 18, 24):
            day = last_dose_day + month * DAYS_PER_MONTH
            if split + 20.0 < day <= end_day + 20.0:
                ticks.append((min(day, end_day), f"+{month} m"))
        ticks = _not_crowded(ticks, split, (right - bend) / max(1.0, end_day - split))
    return Axes(0.0, split, max(end_day, split), left, bend, right, tuple(ticks))


def _not_crowded(
    ticks: list[tuple[float, str]], split: float, pixels_per_day: float
) -> list[tuple[float, str]]:
    """Drop month labels that would touch the one before."""
    kept: list[tuple[float, str]] = []
    for day, text in ticks:
        crowded = kept and day > split and kept[-1][0] > split and (day - kept[-1][0]) * pixels_per_day < 34.0
        if not crowded:
            kept.append((day, text))
    return kept


def value_axis(panel: Panel, top: float, bottom: float) -> Axes:
    """From zero (or the lowest value) to a little over the highest value or near limit shown."""
    values = [
        value
        for series in panel.series
        for row in (series.middle, *(series.band_95 or ()), *(series.doubt or ()))
        for value in row
    ] or [0.0, 1.0]
    values += [value for _, value in panel.points]
    highest, lowest = max(values), min(values)
    near = [value for value, _ in panel.thresholds if value <= 1.6 * highest]
    highest = max([highest, *near])
    if panel.key == "dose":
        highest *= 1.1  # room for the word "today"
    if panel.percent:
        highest = max(highest, 100.0)
    low = lowest if panel.floor is None else panel.floor
    step = _round_step((highest - low) / 4.0)
    first = math.floor(low / step) * step
    high = first + math.ceil((highest - first) / step - 1e-6) * step
    ticks = []
    for k in range(round((high - first) / step) + 1):
        value = first + k * step
        ticks.append((value, f"{value:,.0f}" if step >= 1 and step == round(step) else f"{value:.1f}"))
    return Axes(first, high, high, bottom, top, top, tuple(ticks))


def _round_step(rough: float) -> float:
    """The next of 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(max(rough, 1e-9)))
    return next(m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= rough * 0.999)
