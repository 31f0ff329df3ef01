"""What does one row of a clinic's sheet say, asked for by meaning?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from isovigil.exchange.problems import Problem
from isovigil.exchange.spreadsheet_columns import Column
from isovigil.exchange.spreadsheet_values import Order, Unclear, day_in, number_in


class Row:
    """One row, whose cells are asked for by meaning; what cannot be read is noted once."""

    def __init__(
        self,
        number: int,
        cells: Sequence[str],
        columns: Sequence[Column],
        by_target: Mapping[str, int],
        order: Order | None,
        problems: list[Problem],
    ) -> None:
        self.number = number
        self._cells = cells
        self._columns = columns
        self._by_target = by_target
        self._order = order
        self._problems = problems
        self._known: dict[str, Any] = {}
        self._refused: set[str] = set()

    def text(self, target: str) -> str:
        """The cell of a meaning; empty where there is none."""
        place = self._by_target.get(target)
        return "" if place is None or place >= len(self._cells) else self._cells[place]

    def unit(self, target: str) -> str | None:
        """The unit of the column of a meaning."""
        return self._columns[self._by_target[target]].unit

    def read(self, target: str, how: Callable[[str], Any]) -> Any:
        """The value of a cell, or None where it is empty or refused."""
        if target not in self._known:
            self._known[target] = self._read(target, how)
        return self._known[target]

    def _read(self, target: str, how: Callable[[str], Any]) -> Any:
        cell = self.text(target)
        if not cell:
            return None
        try:
            return how(cell)
        except Unclear as why:
            self.refuse(target, cell, str(why))
            return None

    def day(self, target: str) -> date | None:
        """The day of a cell."""
        found: date | None = self.read(target, lambda cell: day_in(cell, self._order))
        return found

    def number_of(self, target: str) -> float | None:
        """The number of a cell that may hold no sign."""
        found = self.read(target, number_in)
        if found is not None and found.comparator is not None:
            self.refuse(target, self.text(target), "A sign before this number means nothing here.")
            return None
        return None if found is None else float(found.value)

    def refuse(self, target: str, cell: str, why: str) -> None:
        """Note a problem of a cell."""
        self._refused.add(target)
        place = self._by_target.get(target)
        heading = target if place is None else self._columns[place].heading
        self._problems.append(Problem(f"row {self.number}, {heading}", cell, why, "Nothing was imported."))

    def lacks(self, target: str, why: str, *days: str) -> None:
        """Note that nothing dates a cell, unless the day is there and was refused itself."""
        if self._refused.isdisjoint(days):
            self.refuse(target, self.text(target), why)


def first_day(row: Row, *targets: str) -> date | None:
    """The first of several days that the row gives."""
    return next(
        (day for target in targets if row.text(target) and (day := row.day(target)) is not None), None
    )
