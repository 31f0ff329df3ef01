"""Which rows of a sorted table are whose?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from isovigil.exchange.bulk.known_templates import shape_of
from isovigil.exchange.bulk.rows_as_resources import Row
from isovigil.exchange.fhir.days import DAY_LENGTH

if TYPE_CHECKING:
    import pyarrow as pa

SHAPES: Final = 1 + shape_of("", "", "", "", "")
"""So many shapes can rows have: which texts there are, and which of the days have a time."""


class SortedRows:
    """The rows of some patients, one patient after the other. A row is made a tuple only when asked for."""

    def __init__(self, table: pa.Table | pa.RecordBatch) -> None:
        self._table = table
        self._columns: dict[str, pa.Array] = {}

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def column(self, name: str) -> pa.Array:
        """A column, in one piece."""
        found = self._columns.get(name)
        if found is None:
            found = self._columns[name] = _in_one_piece(self._table.column(name))
        return found

    @cached_property
    def ends(self) -> pa.Array:
        """The row after the last of each patient."""
        return self._runs.run_ends

    @cached_property
    def patients(self) -> list[str]:
        """Whose rows they are, in their order."""
        names: list[str] = self._runs.values.to_pylist()
        return names

    @cached_property
    def _runs(self) -> pa.Array:
        import pyarrow.compute as pc

        return pc.run_end_encode(self.column("patient"))

    def tuples(self, start: int, stop: int) -> list[tuple[Any, ...]]:
        """Rows that follow each other, as tuples in the order of `Row`."""
        return _as_tuples([self._table.column(name).slice(start, stop - start) for name in Row._fields])

    def chosen(self, places: pa.Array) -> list[tuple[Any, ...]]:
        """The rows in these places, as tuples in the order of `Row`."""
        return _as_tuples([self._table.column(name).take(places) for name in Row._fields])


def _in_one_piece(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa

    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return pa.concat_arrays(whole.chunks) if isinstance(whole, pa.ChunkedArray) else whole


def _as_tuples(columns: list[pa.ChunkedArray]) -> list[tuple[Any, ...]]:
    return list(zip(*(each.to_pylist() for each in columns), strict=True))


def shapes_of(rows: SortedRows) -> pa.Array:
    """Which texts each row has, as `shape_of` says it of one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    few = pa.int8()  # all shapes are less than 128, and small numbers are quickest to add
    shape = pa.repeat(pa.scalar(0, few), len(rows))
    for column, weight in (("day", 1), ("later", 3), ("changed", 9)):
        texts = rows.column(column)
        if texts.null_count == len(texts):
            continue
        is_day = pc.equal(pc.binary_length(texts), pa.scalar(DAY_LENGTH, pa.int32()))
        days = pc.if_else(is_day, pa.scalar(weight, few), pa.scalar(2 * weight, few))
        shape = pc.add(shape, days.fill_null(pa.scalar(0, few)))
    for column, weight in (("under", 27), ("number", 54)):
        is_there = rows.column(column).is_valid()
        shape = pc.add(shape, pc.if_else(is_there, pa.scalar(weight, few), pa.scalar(0, few)))
    return shape
