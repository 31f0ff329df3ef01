"""How do the windows become a calendar: one to print, one to import?"""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec
from django.utils.dates import MONTHS, WEEKDAYS_ABBR

from isovigil.usecases.windows import FoundWindow
from isovigil.web.calculator.words import KINDS, what_in_words

_MOST_MONTHS = 8
_SUNDAY = 6


class Entry(msgspec.Struct, frozen=True):
    """One answer in a calendar: a letter for the paper, a neutral title for other people's eyes."""

    letter: str
    words: str
    title: str
    first: date
    last: date


def entries(found: Sequence[FoundWindow]) -> tuple[Entry, ...]:
    """What can be entered now. What depends on a window going uncollected is left out."""
    told: list[Entry] = []
    for each in found:
        kind = KINDS[each.kind]
        if kind.title is None:
            continue
        last = each.closes_on or each.opens_on
        first = last if kind.is_deadline else each.opens_on
        letter = chr(ord("A") + len(told))
        told.append(Entry(letter, what_in_words(each), str(kind.title), first, last))
    return tuple(told)


class Day(msgspec.Struct, frozen=True):
    """One square of a month."""

    number: int
    letters: str


class Month(msgspec.Struct, frozen=True):
    """One month to print."""

    name: str
    heads: tuple[str, ...]
    weeks: tuple[tuple[Day | None, ...], ...]


def months(told: Sequence[Entry], programme: str) -> tuple[Month, ...]:
    """Every month that holds an entry, at most eight; weeks begin on Sunday in the US, else on Monday."""
    begins_on = _SUNDAY if programme == "us_ipledge" else 0
    starts = {(day.year, day.month) for each in told for day in (each.first, each.last)}
    heads = tuple(str(WEEKDAYS_ABBR[(begins_on + place) % 7]) for place in range(7))
    return tuple(
        Month(f"{MONTHS[month]} {year}", heads, _weeks(told, year, month, begins_on))
        for year, month in sorted(starts)[:_MOST_MONTHS]
    )


def _weeks(
    told: Sequence[Entry], year: int, month: int, begins_on: int
) -> tuple[tuple[Day | None, ...], ...]:
    weeks = calendar.Calendar(begins_on).monthdatescalendar(year, month)
    return tuple(
        tuple(Day(day.day, _letters(told, day)) if day.month == month else None for day in week)
        for week in weeks
    )


def _letters(told: Sequence[Entry], day: date) -> str:
    return " ".join(each.letter for each in told if each.first <= day <= each.last)


def as_icalendar(told: Sequence[Entry], now: datetime) -> str:
    """An iCalendar file (RFC 5545): whole days, neutral titles, and nothing that says what they are for."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Isovigil//windows//EN", "CALSCALE:GREGORIAN"]
    for each in told:
        mark = hashlib.sha256(f"{each.first} {each.last} {each.title} {each.letter}".encode()).hexdigest()
        lines += [
            "BEGIN:VEVENT",
            f"UID:{mark[:32]}@isovigil",
            f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{each.first:%Y%m%d}",
            f"DTEND;VALUE=DATE:{each.last + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{each.title}",
            "CLASS:PRIVATE",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])
