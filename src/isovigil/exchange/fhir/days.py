"""Which calendar day does a FHIR date, dateTime or instant mean in the clinic's zone?

A dateTime with an offset is an instant: its day is the day the clinic's calendar showed then, whatever
offset the sender happened to write. A date without a time is that day.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime
from functools import lru_cache
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

_PARTIAL: Final = re.compile(r"(\d{4})(?:-(\d{2}))?")
DAY_LENGTH: Final = len("2024-03-11")

Precision = Literal["instant", "day", "local", "month", "year"]


class ReadDay(NamedTuple):
    """A day, how exactly it was given, and the instant where one was."""

    day: date
    precision: Precision
    instant: datetime | None
    last: date
    """The last day it can mean: the same day, or the end of the month or year."""
    written: str
    """The day as the sender wrote it."""


def read_day(text: str, zone: ZoneInfo) -> ReadDay | None:
    """The day of a FHIR date, dateTime or instant; None when it is none."""
    return _whole_day(text) if len(text) == DAY_LENGTH else _partial_or_instant(text, zone)


@lru_cache(maxsize=16_384)
def _whole_day(text: str) -> ReadDay | None:
    # Days come again in every patient of a population, so many are kept: some forty years of them.
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return ReadDay(day, "day", None, day, text)


@lru_cache(maxsize=64)
def _partial_or_instant(text: str, zone: ZoneInfo) -> ReadDay | None:
    # Instants hardly ever come again; one resource is asked for its own several times.
    try:
        partial = _PARTIAL.fullmatch(text)
        if partial is not None:
            return _read_partial(int(partial[1]), partial[2], text)
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            return ReadDay(at.date(), "local", None, at.date(), text[:DAY_LENGTH])
        here = at.astimezone(zone)
    except (ValueError, OverflowError):
        return None
    return ReadDay(here.date(), "instant", here, here.date(), text[:DAY_LENGTH])


def _read_partial(year: int, month: str | None, text: str) -> ReadDay:
    if month is None:
        return ReadDay(date(year, 1, 1), "year", None, date(year, 12, 31), text)
    number = int(month)
    last = calendar.monthrange(year, number)[1]
    return ReadDay(date(year, number, 1), "month", None, date(year, number, last), text)


def read_instant(text: str | None, zone: ZoneInfo) -> datetime | None:
    """The instant of a FHIR instant or dateTime with its offset, in the clinic's zone."""
    if text is None:
        return None
    found = read_day(text, zone)
    return None if found is None else found.instant
