"""What does one answer over the tables consist of: words, tables, a drawing?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from isovigil.batch.report.shown import HIDDEN
from isovigil.exchange.html_text import Html

Value = str | int | float | None
"""None stands for a hidden number."""


class Told(NamedTuple):
    """One table: its caption, its heads, its rows."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Value]]
    is_long: bool = False
    """Do its cells hold sentences? Then a narrow screen shows each row as a block."""


class Figure(NamedTuple):
    """One question about everybody, and its answer."""

    name: str
    """A word for ids and file names."""
    title: str
    says: Sequence[str]
    tables: Sequence[Told]
    svg: Html | None = None


def in_words(value: Value) -> str:
    """A cell as it is read."""
    if value is None:
        return HIDDEN
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else value


def span_of(first: date, last: date) -> str:
    """Which spans of time a plot cuts the days into: months, quarters or years, 24 at most."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return "month" if months <= _MOST else "quarter" if months <= 3 * _MOST else "year"


def spans_between(first: date, last: date, span: str) -> list[date]:
    """The first day of every span, also of those in which nothing happened."""
    step = {"month": 1, "quarter": 3, "year": 12}[span]
    at = first.year * 12 + (first.month - 1) // step * step
    end = last.year * 12 + last.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(at, end + 1, step)]


def span_in_words(day: date, span: str) -> str:
    """A span as a label: 2024-03, 2024 Q1, 2024."""
    if span == "month":
        return f"{day:%Y-%m}"
    return f"{day.year} Q{(day.month + 2) // 3}" if span == "quarter" else str(day.year)


_MOST = 24
