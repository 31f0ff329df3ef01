"""What are the numbers of rows in the units of their facts, and how does the fact store write them?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from isovigil.exchange.bulk.fact_rows import as_text
from isovigil.exchange.bulk.template_plans import Numbers

if TYPE_CHECKING:
    import pyarrow as pa


_KEPT: Final = 50_000


class OwnValues(NamedTuple):
    """One of the values that rows have for themselves."""

    rows: list[int]
    """Which rows, in their order."""
    attributes: list[Any]
    """Which attribute of each row's fact it is."""
    values: Sequence[Any]


class Met(NamedTuple):
    """What a text says as a number that is meant in some way."""

    attribute: str
    meant: float | None
    """None where no sound fact holds it."""
    stored: float | None
    """As the store holds it, which knows no zero below zero."""
    written: str | None
    """As it stands inside `fields`."""


class KnownNumbers:
    """What numbers mean, by the plans of their rows; what was met of them comes again in most tables."""

    def __init__(self) -> None:
        self._numbers: list[Numbers] = []
        self._met: dict[tuple[int, str], Met] = {}

    def place_of(self, numbers: Numbers) -> int:
        """A place for one more way in which numbers are meant."""
        self._numbers.append(numbers)
        return len(self._numbers) - 1

    def clear(self) -> None:
        """Begin anew."""
        self._numbers.clear()
        self._met.clear()

    def met(self, pairs: Sequence[tuple[int, str]]) -> list[Met]:
        """What texts say, each beside the place of how it is meant."""
        if len(self._met) > _KEPT:
            self._met.clear()
        found = map(self._met.get, pairs)
        return [each or self._meet(*pair) for each, pair in zip(found, pairs, strict=True)]

    def _meet(self, meaning: int, text: str) -> Met:
        numbers = self._numbers[meaning]
        meant = numbers.meant(text)
        stored = None if meant is None else meant + 0.0
        written = None if stored is None else as_text(stored)
        met = self._met[meaning, text] = Met(numbers.attribute, meant, stored, written)
        return met


class NumbersOfRows:
    """The numbers of the rows of a table. Each text is looked at once for all rows that mean it alike."""

    def __init__(self, meanings: pa.Array, texts: pa.Array, known: KnownNumbers) -> None:
        """`meanings` says of each row by which of the known it is meant; nothing where there is no number."""
        import pyarrow as pa
        import pyarrow.compute as pc

        self._has_one = meanings.is_valid()
        words = texts.filter(self._has_one).dictionary_encode()
        size = max(len(words.dictionary), 1)
        pairs = pc.add(pc.multiply(meanings.filter(self._has_one), size), words.indices).dictionary_encode()
        written = words.dictionary.to_pylist()
        of_pairs = [(pair // size, written[pair % size]) for pair in pairs.dictionary.to_pylist()]
        met = known.met(of_pairs)
        self._attributes = [each.attribute for each in met]
        self._meant = [each.meant for each in met]
        self._written = [each.written for each in met]
        self._pairs = pc.replace_with_mask(pa.nulls(len(meanings), pa.int32()), self._has_one, pairs.indices)
        self._values = pa.array([each.stored for each in met], pa.float64())
        self.are_meant = self._values.is_valid().take(self._pairs).fill_null(True)
        """Does a sound fact hold the number of each row, where it has one?"""

    def values(self) -> pa.Array:
        """Of each row its number as the store holds it."""
        return self._values.take(self._pairs)

    def written(self, at: pa.Array) -> pa.Array:
        """The numbers of rows in some places as they stand inside `fields`."""
        import pyarrow as pa

        return pa.array(self._written, pa.string()).take(self._pairs.take(at))

    def own(self, at: pa.Array) -> OwnValues:
        """The numbers of rows in some places, where they have one."""
        import pyarrow.compute as pc

        pairs = self._pairs.take(at)
        rows = pc.indices_nonzero(pairs.is_valid())
        which = pairs.take(rows).to_pylist()
        return OwnValues(
            rows.to_pylist(),
            list(map(self._attributes.__getitem__, which)),
            list(map(self._meant.__getitem__, which)),
        )
