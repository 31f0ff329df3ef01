"""Which rows of a sorted table are whose, and which of them are alike but for ids, numbers and days?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from isovigil.exchange.bulk.plan_columns import Key
from isovigil.exchange.bulk.runs_of_rows import SHAPES, SortedRows, shapes_of

if TYPE_CHECKING:
    import pyarrow as pa


class Ordered(SortedRows):
    """The rows of some patients, who are known by their number."""

    def __init__(self, table: pa.Table) -> None:
        super().__init__(table)
        self.starts: list[int] = [0, *self.ends.to_pylist()]
        """Where the rows of each patient begin, and where the last one's end."""

    @cached_property
    def of_patient(self) -> pa.Array:
        """Of each row whose it is."""
        import pyarrow as pa
        import pyarrow.compute as pc

        numbers = pa.array(range(len(self.patients)), pa.int32())
        return pc.run_end_decode(pa.RunEndEncodedArray.from_arrays(self.ends, numbers))

    def rows_of(self, patient: int) -> list[tuple[Any, ...]]:
        """All rows of one patient."""
        return self.tuples(*self.starts[patient : patient + 2])


class Sorts:
    """Rows by template, by which texts they have, and perhaps by number. They stand as they first occur."""

    def __init__(self, rows: Ordered, at: pa.Array, *, by_number: bool = False) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        shape = shapes_of(rows).take(at)
        template = rows.column("template").take(at).dictionary_encode()
        key = pc.add(pc.multiply(template.indices.cast(pa.int64()), SHAPES), shape)
        if by_number:
            number = rows.column("number").take(at).dictionary_encode()
            numbers = number.indices.cast(pa.int64()).fill_null(len(number.dictionary))
            key = pc.add(pc.multiply(key, len(number.dictionary) + 1), numbers)
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
        marks = template.dictionary.take(template.indices.take(self.firsts)).to_pylist()
        texts: list[str | None] = [None] * len(marks)
        if by_number:
            texts = rows.column("number").take(at.take(self.firsts)).to_pylist()
        self.keys: list[Key] = list(zip(marks, shape.take(self.firsts).to_pylist(), texts, strict=True))
