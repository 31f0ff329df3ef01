"""What does one cell of a clinic's sheet say: a day, a number, yes or no?

Nothing is guessed: a date that could be two days, or a comma that could mean two numbers, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final, Literal, NamedTuple

Order = Literal["dmy", "mdy"]

_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_NUMBERS: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_NUMBER: Final = re.compile(r"(<=|>=|<|>)?\s*(\d+(?:[.,]\d+)?)")
_MONTHS_IN_A_YEAR: Final = 12
_YES: Final = frozenset({"yes", "y", "true", "1", "x"})
_NO: Final = frozenset({"no", "n", "false", "0"})
_RESULTS: Final = {
    "negative": "negative",
    "neg": "negative",
    "neg.": "negative",
    "-": "negative",
    "positive": "positive",
    "pos": "positive",
    "pos.": "positive",
    "+": "positive",
    "invalid": "invalid",
}


class Unclear(Exception):
    """A cell cannot be read. The text says why and what to write."""


class Measured(NamedTuple):
    """A number with the sign that may stand before it."""

    value: float
    comparator: str | None


def order_of(cells: Iterable[str]) -> Order | None:
    """Day or month first? What some date in the sheet leaves no doubt about; None where none does.

    Raises Unclear where the dates contradict each other.
    """
    found: set[Order] = set()
    for cell in cells:
        numbers = _NUMBERS.fullmatch(cell.strip())
        if numbers is None:
            continue
        if int(numbers[1]) > _MONTHS_IN_A_YEAR:
            found.add("dmy")
        if int(numbers[2]) > _MONTHS_IN_A_YEAR:
            found.add("mdy")
    if len(found) > 1:
        raise Unclear(
            "Some dates can only be day first and others only month first. Write them as 2024-03-11."
        )
    return next(iter(found), None)


def day_in(cell: str, order: Order | None) -> date:
    """The day of a cell. Raises Unclear."""
    text = cell.strip()
    try:
        iso = _ISO.fullmatch(text)
        if iso is not None:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        numbers = _NUMBERS.fullmatch(text)
        if numbers is not None:
            first, second, year = int(numbers[1]), int(numbers[2]), int(numbers[3])
            if order is None and first != second:
                raise Unclear(
                    f"{text!r} could be two days. Say --dates dmy or --dates mdy, or write it as 2024-03-11."
                )
            return date(year, first, second) if order == "mdy" else date(year, second, first)
    except ValueError:
        raise Unclear(f"{text!r} is not a day of the calendar. Write it as 2024-03-11.") from None
    raise Unclear(f"{text!r} is not a day. Write it as 2024-03-11.")


def number_in(cell: str) -> Measured:
    """The number of a cell, with `<` or `>` before it. Raises Unclear."""
    found = _NUMBER.fullmatch(cell.strip())
    if found is None:
        raise Unclear(
            f"{cell.strip()!r} is not a number. Write the number alone; its unit stands in the heading."
        )
    digits = found[2]
    if "," in digits and len(digits.partition(",")[2]) == 3:
        raise Unclear(f"{cell.strip()!r} could be a thousand or a fraction. Write it without the comma.")
    return Measured(float(digits.replace(",", ".")), found[1])


def yes_or_no_in(cell: str) -> bool:
    """Yes or no. Raises Unclear."""
    word = cell.strip().lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise Unclear(f"{cell.strip()!r} is neither yes nor no. Write yes or no.")


def result_in(cell: str) -> str:
    """What a pregnancy test showed. Raises Unclear."""
    word = cell.strip().lower()
    if word in _RESULTS:
        return _RESULTS[word]
    raise Unclear(f"{cell.strip()!r} is not a result. Write negative, positive or invalid.")
