"""How many days are there between two days, and which day is a month later?"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal

import msgspec

MONTHS_IN_A_YEAR = 12
DAYS_IN_A_WEEK = 7

_DAYS_KEPT: Final = 16_384
"""Answers about days asked for lately: the same ones come up for one patient after another."""
_MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@lru_cache(maxsize=_DAYS_KEPT)
def in_words(day: date) -> str:
    """The day as a person writes it: ``10 March 2024``."""
    return f"{day.day} {_MONTH_NAMES[day.month - 1]} {day.year}"


def days_after(day: date, days: int) -> date:
    """The day `days` whole calendar days after `day` (before it, when negative)."""
    return day + _lasting(days)


@lru_cache(maxsize=_DAYS_KEPT)
def _lasting(days: int) -> timedelta:
    """Making a length of time costs more than adding it to a day."""
    return timedelta(days=days)


def days_between(earlier: date, later: date) -> int:
    """Whole calendar days from `earlier` to `later`; the first day counts as 0."""
    return later.toordinal() - earlier.toordinal()


def month_end(year: int, month: int) -> date:
    """The last day of a calendar month."""
    following = date(year + month // MONTHS_IN_A_YEAR, month % MONTHS_IN_A_YEAR + 1, 1)
    return following - timedelta(days=1)


@lru_cache(maxsize=_DAYS_KEPT)
def months_after(day: date, months: int) -> date:
    """The same day of the month `months` later, clamped to the end of that month.

    31 January plus one month is 28 February (29 in a leap year). Clamping is the reading
    named `P1M` in the UK and EU rule tables; where another reading is possible the caller
    says so to the reader.
    """
    index = day.year * MONTHS_IN_A_YEAR + day.month - 1 + months
    year, month = divmod(index, MONTHS_IN_A_YEAR)
    last = month_end(year, month + 1)
    return last if day.day > last.day else date(year, month + 1, day.day)


def age_in_years(born_on: date, day: date) -> int:
    """Completed years of age on `day`; someone born on 29 February ages on 1 March."""
    before_birthday = (day.month, day.day) < (born_on.month, born_on.day)
    return day.year - born_on.year - before_birthday


def birthday(born_on: date, years: int) -> date:
    """The first day of that age; someone born on 29 February ages on 1 March."""
    day = months_after(born_on, years * MONTHS_IN_A_YEAR)
    return day if age_in_years(born_on, day) >= years else days_after(day, 1)


@lru_cache
def _length_in_words(count: int, unit: str) -> str:
    name = "calendar month" if unit == "month" else unit
    return f"{count} {name}" + ("" if count == 1 else "s")


_LONGEST = {"day": 1, "week": DAYS_IN_A_WEEK, "month": 31, "year": 366}
"""The most days of each unit of a period."""
_PERIOD = re.compile(r"P(\d+)([DWMY])")


class Period(msgspec.Struct, frozen=True):
    """A length of time that says how it is counted: days, weeks, calendar months or years.

    A month is never a number of days here. Where a rule's source leaves it open whether a
    month is 30 days or a calendar month, `or_later` holds the other reading and the later of
    the two days wins.
    """

    count: int
    unit: Literal["day", "week", "month", "year"]
    or_later: Period | None = None

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``P30D``, ``P4W``, ``P1M``, ``P1Y`` or ``later of P1M and P30D``.

        Raises ValueError with the text when it is none of these.
        """
        if text.startswith("later of ") and " and " in text:
            first, second = text.removeprefix("later of ").split(" and ", 1)
            one = cls.parse(first)
            return Period(one.count, one.unit, cls.parse(second))
        match = _PERIOD.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a period such as P30D, P4W, P1M or P1Y")
        count, letter = match.groups()
        if letter == "D":
            return cls(int(count), "day")
        if letter == "W":
            return cls(int(count), "week")
        return cls(int(count), "month" if letter == "M" else "year")

    def after(self, day: date) -> date:
        """The day this period ends when it starts on `day` (day 0)."""
        unit = self.unit
        if unit == "month":
            end = months_after(day, self.count)
        elif unit == "day":
            end = days_after(day, self.count)
        elif unit == "week":
            end = days_after(day, self.count * DAYS_IN_A_WEEK)
        else:
            end = months_after(day, self.count * MONTHS_IN_A_YEAR)
        return end if self.or_later is None else max(end, self.or_later.after(day))

    @property
    def longest_days(self) -> int:
        """The most days it can last, whenever it begins."""
        days = self.count * _LONGEST[self.unit]
        return days if self.or_later is None else max(days, self.or_later.longest_days)

    def in_words(self) -> str:
        """``30 days``, ``4 weeks``, ``1 calendar month``; with the other reading when there is one."""
        text = _length_in_words(self.count, self.unit)
        return text if self.or_later is None else f"the later of {text} and {self.or_later.in_words()}"

    def as_text(self) -> str:
        """The same text that `parse` reads."""
        text = f"P{self.count}{self.unit[0].upper()}"
        return text if self.or_later is None else f"later of {text} and {self.or_later.as_text()}"
