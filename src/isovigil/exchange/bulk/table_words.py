"""How are the columns of a table written of which whole rows repeat but for whom and when?"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

_KEPT: Final = 50_000


class Columns(Protocol):
    """The rows of a table for some patients, collected as columns."""

    def __len__(self) -> int:
        """How many rows."""

    def table(self) -> pa.Table:
        """The rows as an Arrow table."""


class Words:
    """What the rows of one table say, each different thing kept once and known by its place.

    A worker keeps one a table for all its patients.
    """

    def __init__(self) -> None:
        self.said: list[tuple[Any, ...]] = []
        self.met: dict[Hashable, Any] = {}
        """What was met before; whoever collects rows says by what it is known."""

    def place(self, said: tuple[Any, ...]) -> int:
        """A place for what was not said before."""
        self.said.append(said)
        return len(self.said) - 1

    def forget_where_too_many(self) -> None:
        """Begin anew where much was met. Only between two collections: places change."""
        if max(len(self.said), len(self.met)) > _KEPT:
            self.said.clear()
            self.met.clear()


class TableWords:
    """The words of every table that is collected by what its rows say."""

    def __init__(self) -> None:
        self.findings = Words()
        self.laboratory = Words()


def gathered(
    said: Sequence[tuple[Any, ...]], places: pa.Array, fields: Sequence[pa.Field]
) -> dict[str, pa.Array]:
    """The columns of rows of which each says what stands at its place; texts are kept once."""
    once = places.dictionary_encode()
    rows, used = once.indices, once.dictionary.to_pylist()
    columns = list(zip(*[said[place] for place in used], strict=True)) or [()] * len(fields)
    return {
        field.name: _repeating(values, field.type).take(rows)
        for field, values in zip(fields, columns, strict=True)
    }


def _repeating(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    once = pa.array(values, kind)
    if kind == pa.string():
        return once.dictionary_encode()
    if pa.types.is_list(kind):
        return pa.ListArray.from_arrays(once.offsets, once.values.dictionary_encode())
    return once


def whole_numbers(numbers: Iterable[int]) -> pa.Array:
    """Places or counts, none of them missing, as a column."""
    import pyarrow as pa

    held = array("i", numbers)
    return pa.Array.from_buffers(pa.int32(), len(held), [None, pa.py_buffer(held)])


def lists(values: Sequence[Any], counts: pa.Array, kind: pa.DataType) -> pa.Array:
    """A column of lists, none of them missing, from all their values and how many each holds."""
    import pyarrow as pa
    import pyarrow.compute as pc

    ends = pa.concat_arrays([whole_numbers((0,)), pc.cumulative_sum(counts)])
    return pa.ListArray.from_arrays(ends, pa.array(values, kind.value_type))


def one_for_each_row(values: Sequence[str], counts: Sequence[int]) -> pa.Array:
    """A text for so many rows each (one or more), one after the other."""
    import pyarrow as pa

    places = rows_of_each(list(accumulate(counts)))
    return pa.DictionaryArray.from_arrays(places, pa.array(values, pa.string()))


def rows_of_each(ends: Sequence[int]) -> pa.Array:
    """For each row the number of the run that it is in: a run ends before these rows, none is empty."""
    import pyarrow as pa
    import pyarrow.compute as pc

    runs = pa.RunEndEncodedArray.from_arrays(whole_numbers(ends), whole_numbers(range(len(ends))))
    return pc.run_end_decode(runs)
