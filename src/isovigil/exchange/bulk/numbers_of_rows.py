"""What are the numbers of rows in the units of their facts, and how does the fact store write them?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from isovigil.exchange.bulk.fact_rows import as_text
from isovigil.exchange.bulk.template_plans import Numbers

if TYPE_CHECKING:
    import pyarrow as pa


class OwnValues(NamedTuple):
    """One of the values that rows have for themselves."""

    rows: list[int]
    """Which rows, in their order."""
    attributes: list[Any]
    """Which attribute of each row's fact it is."""
    values: Sequence[Any]


class NumbersOfRows:
    """The numbers of the rows of a table. Each text is looked at once for all rows that mean it alike."""

    def __init__(self, meanings: pa.Array, texts: pa.Array, known: Sequence[Numbers]) -> None:
        """`meanings` says of each row by which of the known it is meant; nothing where there is no number."""
        import pyarrow as pa
        import pyarrow.compute as pc

        self._has_one = meanings.is_valid()
        words = texts.filter(self._has_one).dictionary_encode()
        size = max(len(words.dictionary), 1)
        pairs = pc.add(pc.multiply(meanings.filter(self._has_one), size), words.indices).dictionary_encode()
        written = words.dictionary.to_pylist()
        of_pairs = [divmod(pair, size) for pair in pairs.dictionary.to_pylist()]
        self._meant = [known[meaning].meant(written[word]) for meaning, word in of_pairs]
        self._attributes = [known[meaning].attribute for meaning, _ in of_pairs]
        self._pairs = pc.replace_with_mask(pa.nulls(len(meanings), pa.int32()), self._has_one, pairs.indices)
        is_meant = pa.array([each is not None for each in self._meant], pa.bool_())
        self.are_meant = is_meant.take(self._pairs).fill_null(True)
        """Does a sound fact hold the number of each row, where it has one?"""

    def values(self) -> pa.Array:
        """Of each row its number as the store holds it, which knows no zero below zero."""
        import pyarrow as pa

        stored = [None if each is None else each + 0.0 for each in self._meant]
        return pa.array(stored, pa.float64()).take(self._pairs)

    def written(self, at: pa.Array) -> pa.Array:
        """The numbers of rows in some places as they stand inside `fields`."""
        import pyarrow as pa

        texts = [None if each is None else as_text(each + 0.0) for each in self._meant]
        return pa.array(texts, pa.string()).take(self._pairs.take(at))

    def own(self, at: pa.Array) -> OwnValues:
        """The numbers of rows in some places, where they have one."""
        import pyarrow.compute as pc

        pairs = self._pairs.take(at)
        rows = pc.indices_nonzero(pairs.is_valid())
        which = pairs.take(rows).to_pylist()
        return OwnValues(
            rows.to_pylist(),
            [self._attributes[each] for each in which],
            [self._meant[each] for each in which],
        )
