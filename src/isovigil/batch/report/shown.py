"""Which numbers of a table may be shown, when nothing shown may tell a hidden one?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from isovigil.indicators.small_cells import is_small

HIDDEN: Final = "hidden"
_TOO_FEW: Final = 2
"""Cells: one hidden cell alone is the total of its line less the others."""


class Cell(NamedTuple):
    """How many acts, values or people, and of how many different people."""

    times: int
    people: int


NOBODY: Final = Cell(0, 0)
Place = tuple[str, str]


class Grid:
    """Counts by row and column. Hides what is small before anybody can ask for a number.

    A cell is small where it concerns few people, however many acts they have. `known` names the
    columns whose totals are shown or could be found elsewhere; those of rows may be known nowhere.
    """

    def __init__(
        self,
        rows: Sequence[str],
        columns: Sequence[str],
        cells: Iterable[tuple[str, str, int, int]],
        below: int,
        *,
        known: Sequence[str] = (),
    ) -> None:
        self.rows = list(rows)
        self.columns = list(columns)
        self.below = below
        self._cells = {(row, column): Cell(count, people) for row, column, count, people in cells}
        wanted = {(row, column) for row in rows for column in columns}
        self._hidden = {place for place in wanted if is_small(self._cell(place).people, below)}
        for column in known:
            line = [(row, column) for row in self.rows]
            while self._guard(line):
                pass

    def _guard(self, line: Sequence[Place]) -> bool:
        """Hide one cell more where the hidden ones of a line could be worked out. Was one hidden?"""
        hidden = [place for place in line if place in self._hidden]
        if not hidden:
            return False
        together = sum(self._cell(place).people for place in hidden)
        if len(hidden) >= _TOO_FEW and together >= self.below:
            return False
        rest = [place for place in line if place not in self._hidden]
        if not rest:
            return False
        filled = [place for place in rest if self._cell(place).people] or rest
        self._hidden.add(min(filled, key=lambda place: (self._cell(place).people, line.index(place))))
        return True

    def _cell(self, place: Place) -> Cell:
        return self._cells.get(place, NOBODY)

    def shown(self, row: str, column: str) -> int | None:
        """The count; None where it is hidden."""
        return None if (row, column) in self._hidden else self._cell((row, column)).times

    def row(self, row: str) -> list[int | None]:
        """The counts of a row."""
        return [self.shown(row, column) for column in self.columns]

    def column(self, column: str) -> list[int | None]:
        """The counts of a column."""
        return [self.shown(row, column) for row in self.rows]

    @property
    def has_hidden(self) -> bool:
        """Is any number hidden?"""
        return bool(self._hidden)


def nested(parts: Sequence[Cell], below: int) -> list[int | None]:
    """Counts of which each is part of the one before: all parts, all but the first, and so on; None: hidden.

    One is shown where neither it nor its difference from the last one shown is small. Parts may share
    people, so several together are small where none of them alone is not.
    """
    shown: list[int | None] = []
    last = 0
    for at in range(len(parts)):
        if _is_small(parts[last:at], below) or _is_small(parts[at:], below):
            shown.append(None)
        else:
            shown.append(sum(part.times for part in parts[at:]))
            last = at
    return shown


def _is_small(parts: Sequence[Cell], below: int) -> bool:
    most = max((part.people for part in parts), default=0)
    return is_small(most, below)


def less(whole: int | None, part: int | None) -> int | None:
    """A difference of two shown counts; None where one is hidden."""
    return None if whole is None or part is None else whole - part


def in_digits(count: float | None) -> str:
    """A number as it is read; the word where it is hidden."""
    return HIDDEN if count is None else f"{count:,.0f}"


def share_in_words(part: int | None, whole: int | None) -> str:
    """A share in per cent, with one decimal."""
    if part is None or whole is None:
        return HIDDEN
    return "–" if not whole else f"{100 * part / whole:.1f} %"
