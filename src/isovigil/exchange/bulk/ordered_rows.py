"""Which rows of a sorted table are whose, and which of them are alike but for ids and days?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from isovigil.exchange.bulk.known_templates import shape_of
from isovigil.exchange.bulk.plan_columns import Key
from isovigil.exchange.bulk.rows_as_resources import Row
from isovigil.exchange.fhir.days import DAY_LENGTH

if TYPE_CHECKING:
    import pyarrow as pa

_SHAPES: Final = 1 + shape_of("", "", "", "", "")


class Ordered:
    """The rows of some patients, those of one patient together."""

    def __init__(self, rows: pa.Table) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        self._table = rows.combine_chunks()
        self.count = self._table.num_rows
        runs = pc.run_end_encode(self["patient"])
        self.names: list[str] = runs.values.to_pylist()
        """The patients, by number."""
        self.starts: list[int] = [0, *runs.run_ends.to_pylist()]
        """Where the rows of each begin, and where the last one's end."""
        numbers = pa.array(range(len(self.names)), pa.int32())
        self.of_patient = pc.run_end_decode(pa.RunEndEncodedArray.from_arrays(runs.run_ends, numbers))

    def __getitem__(self, name: str) -> pa.Array:
        import pyarrow as pa

        chunks = self._table.column(name).chunks
        return chunks[0] if chunks else pa.array([], self._table.schema.field(name).type)

    def rows_of(self, patient: int) -> list[tuple[Any, ...]]:
        """All rows of one patient."""
        start, end = self.starts[patient : patient + 2]
        return self._as_tuples(self._table.slice(start, end - start))

    def rows_at(self, places: pa.Array) -> list[tuple[Any, ...]]:
        """Some rows by their places."""
        return self._as_tuples(self._table.take(places))

    def _as_tuples(self, table: pa.Table) -> list[tuple[Any, ...]]:
        return list(zip(*(table.column(name).to_pylist() for name in Row._fields), strict=True))


class Sorts:
    """Rows by template, by which texts they have, and by number. The sorts stand as they first occur."""

    def __init__(self, rows: Ordered, at: pa.Array) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        shape = _shapes(rows).take(at)
        number = rows["number"].take(at).dictionary_encode()
        template = rows["template"].take(at).dictionary_encode()
        numbers = len(number.dictionary)
        key = pc.add(pc.multiply(template.indices.cast(pa.int64()), _SHAPES), shape)
        key = pc.add(pc.multiply(key, numbers + 1), number.indices.cast(pa.int64()).fill_null(numbers))
        sorts = key.dictionary_encode()
        self.of_rows = sorts.indices
        """The sort of each row."""
        self.counts: list[int] = pc.value_counts(self.of_rows).field("counts").to_pylist()
        so_far = pc.cumulative_max(self.of_rows)
        is_first = pc.not_equal(so_far[1:], so_far[:-1])
        self.firsts = pc.indices_nonzero(
            pa.concat_arrays([pa.array([True][: len(at)], pa.bool_()), is_first])
        )
        """The first row of each sort."""
        marks, texts = (
            each.dictionary.take(each.indices.take(self.firsts)).to_pylist() for each in (template, number)
        )
        self.keys: list[Key] = list(zip(marks, shape.take(self.firsts).to_pylist(), texts, strict=True))


def _shapes(rows: Ordered) -> pa.Array:
    """Which texts each row has, as `shape_of` says it of one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    shape = pa.nulls(rows.count, pa.int64()).fill_null(0)
    for column, weight in (("day", 1), ("later", 3), ("changed", 9)):
        length = pc.binary_length(rows[column])
        days = pc.if_else(pc.equal(length, DAY_LENGTH), weight, 2 * weight).fill_null(0)
        shape = pc.add(shape, days)
    for column, weight in (("under", 27), ("number", 54)):
        is_there = rows[column].is_valid()
        shape = pc.add(shape, pc.multiply(is_there.cast(pa.int64()), weight))
    return shape
