"""On which days is a window open, and at which instant does it close?"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from isovigil.calendar.days import days_after, in_words

_INSTANTS_KEPT: Final = 16_384
_ONE_SECOND = timedelta(seconds=1)
_LAST_SECOND = time(23, 59, 59)


class Window(msgspec.Struct, frozen=True):
    """A run of calendar days. Both the first and the last day are inside it."""

    opens_on: date
    closes_on: date

    @classmethod
    def counting_from(cls, first: date, days: int) -> Window:
        """A window of `days` days in which `first` is day 1, so the last day is `days - 1` later."""
        return cls(first, days_after(first, days - 1))

    @classmethod
    def starting_after(cls, day_zero: date, days: int) -> Window:
        """A window in which `day_zero` is day 0 and day `days` is the last one inside."""
        return cls(day_zero, days_after(day_zero, days))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.opens_on <= day <= self.closes_on

    def closes_at(self, zone: ZoneInfo) -> datetime:
        """The last instant inside the window: 23:59:59 of the last day in `zone`."""
        return last_instant(self.closes_on, zone)

    def __str__(self) -> str:
        return f"{in_words(self.opens_on)} to {in_words(self.closes_on)}"


@lru_cache(maxsize=_INSTANTS_KEPT)
def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """Midnight at the start of the day, in `zone`."""
    return datetime.combine(day, time.min, zone)


@lru_cache(maxsize=_INSTANTS_KEPT)
def last_instant(day: date, zone: ZoneInfo) -> datetime:
    """23:59:59 of the day in `zone`: the cut-off as the programmes print it."""
    return datetime.combine(day, _LAST_SECOND, zone)


@lru_cache(maxsize=_INSTANTS_KEPT)
def last_time_of_day(day: date, zone: ZoneInfo) -> str:
    """The cut-off of a day as people write it, with the zone's own name on that day: ``23:59:59 EST``."""
    last = last_instant(day, zone)
    return f"{last:%H:%M:%S} {last.tzname()}"


def instant_after(last: datetime) -> datetime:
    """The first instant after a cut-off that is itself still inside."""
    return last + _ONE_SECOND
