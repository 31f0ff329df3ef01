"""What can stand on the time axis? Plain values, in the words of whoever hands them in."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from isovigil.calendar.days import days_after
from isovigil.web.components import Words

Censored = Literal["below", "above"]
"""A result given only as a bound: `<10` lies below 10, `>500` above 500."""
BarTone = Literal["ready", "waiting", "hold", "stop", "quiet"]
Shape = Literal["circle", "square", "diamond", "triangle"]


class Bar(msgspec.Struct, frozen=True):
    """Something that lasts from one day to another, both inside: a window, an authorisation, a hold."""

    first: date
    last: date
    words: Words
    tone: BarTone = "quiet"
    url: str | None = None


class Tick(msgspec.Struct, frozen=True):
    """Something that happened on one day."""

    day: date
    words: Words
    shape: Shape = "circle"
    is_filled: bool = True
    is_alarm: bool = False
    url: str | None = None


class Band(msgspec.Struct, frozen=True):
    """The reference range that came with one result; either end may be missing."""

    low: float | None
    high: float | None


class Value(msgspec.Struct, frozen=True):
    """One measured value on its day."""

    day: date
    number: float
    censored: Censored | None = None
    band: Band | None = None
    is_alarm: bool = False
    """Needs a person's eyes: item 9 of a PHQ-9, a value far outside its range."""
    alarm: Words = ""
    """Why, in a word or two; it stands beside the mark."""
    note: Words = ""
    """Where it comes from, for the table: laboratory, who entered it."""
    url: str | None = None
    """Its provenance."""


class ForecastPoint(msgspec.Struct, frozen=True):
    """What is expected on a day, and between which bounds."""

    day: date
    middle: float
    low: float
    high: float


class Forecast(msgspec.Struct, frozen=True):
    """A band of what is expected, with what it says and how sure it is: never drawn like a measured value."""

    points: tuple[ForecastPoint, ...]
    words: Words
    """As `expected, 9 of 10 people`."""


class BarLane(msgspec.Struct, frozen=True):
    """Bars, and under them rows of ticks: windows, and the tests and hand-overs that belong to them.

    Acts of one cycle lie a day or two apart: in one row their marks would hide each other.
    """

    title: Words
    bars: tuple[Bar, ...] = ()
    bars_words: Words = ""
    """What the bars are, beside them; may stay empty where the title says it."""
    rows: tuple[tuple[Words, tuple[Tick, ...]], ...] = ()


class TickLane(msgspec.Struct, frozen=True):
    """Ticks alone, one row a name: symptoms by grade, events."""

    title: Words
    rows: tuple[tuple[Words, tuple[Tick, ...]], ...]


class DoseStep(msgspec.Struct, frozen=True):
    """A dose from a day on; 0 where the course is interrupted."""

    from_: date
    mg_a_day: float
    url: str | None = None


class Doses(msgspec.Struct, frozen=True):
    """The dose as steps, until a last day."""

    title: Words
    steps: tuple[DoseStep, ...]
    until: date
    unit: Words = "mg"

    @property
    def spans(self) -> tuple[tuple[DoseStep, date], ...]:
        """Each step with its last day."""
        ends = (*(days_after(step.from_, -1) for step in self.steps[1:]), self.until)
        return tuple(zip(self.steps, ends, strict=False))


class ValueLane(msgspec.Struct, frozen=True):
    """Measured values of one kind and one unit, on a scale of their own that begins at zero unless said."""

    title: Words
    unit: Words
    values: tuple[Value, ...]
    forecast: Forecast | None = None
    begins_at: float | None = 0.0
    """None: at the lowest value (weight)."""
    at_least: float | None = None
    """The scale reaches this far even where no value does: 27 for a PHQ-9."""
    joined_within_days: int = 45
    """Neighbours farther apart are not joined: a missed month is a gap, not a line."""
    is_second: bool = False
    """Drawn in the second colour and with the second shape, so that neighbours are told apart."""


Lane = BarLane | TickLane | Doses | ValueLane
