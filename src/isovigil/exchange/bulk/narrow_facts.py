"""What do the plain columns of the fact store tell of each patient, without making whole facts?

For questions that many patients are asked at once: one narrow row a fact, a patient at a time, each kind in
order. Only the columns are read, never the text of `fields`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from isovigil.exchange.bulk.days_of_texts import NEW_YEAR_1970
from isovigil.exchange.bulk.fact_rows import PATIENT_ROW

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

READ: Final = ("patient", "kind", "day", "fact", "what", "number", "unit", "comparator", "upper_limit",
               "ends_on", "items", "refers_to", "supersedes", "withdrawn")  # fmt: skip
_REPEATING: Final = ("patient", "kind", "what", "unit", "comparator")
_TOLD: Final = ("what", "unit", "comparator", "upper_limit", "ends_on", "items", "refers_to")
_DAYS: Final = 1 << 22
"""More than there are days until the year 9999."""
_KINDS: Final = 1 << 6
_IN_MEMORY: Final[dict[str, Any]] = {"int32": "i", "int64": "q", "double": "d"}
"""How `memoryview.cast` calls Arrow's types."""

Wanted = Mapping[str, frozenset[str] | None]
"""The kinds that are asked for, and of each which values of `what`; None: every one."""


class NarrowFact(NamedTuple):
    """One fact as the plain columns tell it; docs/population/tables.md says what each holds.

    Days are ordinals, as `date.toordinal` counts them.
    """

    day: int
    id: str
    what: str | None
    number: float | None
    unit: str | None
    comparator: str | None
    upper_limit: float | None
    ends_on: int | None
    items: tuple[int | None, ...] | None
    refers_to: str | None


class NarrowPatient(NamedTuple):
    """One patient's facts by kind, each kind in order: day, then number (none last), then id."""

    patient: str
    facts: dict[str, list[NarrowFact]]


def read_narrow(path: Path) -> pa.Table:
    """The columns of one file of a fact store. Raises OldFactStore where it has them not."""
    import pyarrow.parquet as pq

    metadata = pq.read_metadata(path)
    missing = _missing(metadata)
    if missing:
        raise OldFactStore(
            f"{path} has no column {', '.join(missing)}: an earlier version of Isovigil wrote it. "
            "Judge its folder again (isovigil population FOLDER --on DATE --out NEW); NEW then has them."
        )
    with pq.ParquetFile(path, metadata=metadata, read_dictionary=list(_REPEATING)) as opened:
        return opened.read(columns=list(READ), use_threads=False)


def has_plain_columns(path: Path) -> bool:
    """Does a file of a fact store have every column that is read here?"""
    import pyarrow.parquet as pq

    return not _missing(pq.read_metadata(path))


def _missing(metadata: pq.FileMetaData) -> list[str]:
    held = frozenset(metadata.schema.to_arrow_schema().names)
    return [name for name in READ if name not in held]


class OldFactStore(Exception):
    """The fact store was written without the plain columns. The text says what to do."""


def narrow_patients(table: pa.Table, wanted: Wanted, until: date) -> Iterator[NarrowPatient]:
    """Every patient of a table of facts, with the facts asked for that stand and are of `until` or earlier.

    A fact stands where it was not entered in error and nothing on file corrects it. Raises KeyError for
    more kinds than fit, which is more than there are.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = table.combine_chunks()
    own = _holds(whole, "kind", frozenset({PATIENT_ROW}))
    # Counted from 1 at each patient's own row, which comes first.
    of_patient = pc.cumulative_sum(own.cast(pa.int64()))
    names = _one(whole, "patient").filter(own).cast(pa.string()).to_pylist()
    fallen = _fallen(whole, of_patient)
    is_asked = pc.and_(_is_wanted(whole, wanted), pc.less_equal(_one(whole, "day"), pa.scalar(until)))
    rows, facts = _in_order(whole, of_patient, is_asked.fill_null(False))
    kinds: list[str] = rows.kinds
    found: dict[str, list[NarrowFact]] = {}
    number, start = 1, 0
    for group, end in zip(rows.groups, rows.ends, strict=True):
        patient, kind = divmod(group, _KINDS)
        while number < patient:
            yield NarrowPatient(names[number - 1], found)
            number, found = number + 1, {}
        several = facts[start:end]
        if patient in fallen:
            several = [fact for fact in several if fact.id not in fallen[patient]]
        found[kinds[kind]] = several
        start = end
    while number <= len(names):
        yield NarrowPatient(names[number - 1], found)
        number, found = number + 1, {}


class _Order(NamedTuple):
    """Where the runs of one patient and kind end among the rows in order."""

    kinds: list[str]
    groups: list[int]
    ends: list[int]


def _in_order(whole: pa.Table, of_patient: pa.Array, is_asked: pa.Array) -> tuple[_Order, list[NarrowFact]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = pc.indices_nonzero(is_asked)
    kind = _encoded(whole, "kind")
    days = pc.add(_one(whole, "day").take(rows).cast(pa.int32()), NEW_YEAR_1970)
    group = pc.add(pc.multiply(of_patient.take(rows), _KINDS), kind.indices.take(rows).cast(pa.int64()))
    keys = pa.table(
        {
            "key": pc.add(pc.multiply(group, _DAYS), days.cast(pa.int64())),
            "number": _one(whole, "number").take(rows),
            "fact": _one(whole, "fact").take(rows),
        }
    )
    order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.schema.names])
    asked = whole.select(list(_TOLD)).take(rows.take(order)).combine_chunks()
    keys = keys.select(["number", "fact"]).take(order).combine_chunks()
    runs = pc.run_end_encode(group.take(order))
    ends_on = pc.add(_one(asked, "ends_on").cast(pa.int32()), NEW_YEAR_1970)
    columns = (
        _numbers(days.take(order)),
        _one(keys, "fact").to_pylist(),
        _words(_one(asked, "what")),
        _numbers(_one(keys, "number")),
        _words(_one(asked, "unit")),
        _words(_one(asked, "comparator")),
        _words(_one(asked, "upper_limit")),
        _words(ends_on),
        _lists(_one(asked, "items")),
        _rare(_one(asked, "refers_to")),
    )
    facts = list(map(partial(tuple.__new__, NarrowFact), zip(*columns, strict=True)))
    ends = [] if not facts else runs.run_ends.to_pylist()
    groups = [] if not facts else runs.values.to_pylist()
    return _Order(kind.dictionary.to_pylist(), groups, ends), facts


def _is_wanted(whole: pa.Table, wanted: Wanted) -> pa.Array:
    import pyarrow.compute as pc

    every = frozenset(kind for kind, what in wanted.items() if what is None)
    asked = _holds(whole, "kind", every)
    for kind, what in wanted.items():
        if what is not None:
            these = pc.and_(_holds(whole, "kind", frozenset({kind})), _holds(whole, "what", what))
            asked = pc.or_(asked, these)
    return asked


def _fallen(whole: pa.Table, of_patient: pa.Array) -> dict[int, frozenset[str]]:
    """By patient the ids of facts that do not stand: entered in error, or corrected by a fact that counts.

    A correction that was itself entered in error corrects nothing; a correction that was later corrected
    still stands between the first entry and the last.
    """
    import pyarrow.compute as pc

    withdrawn = _one(whole, "withdrawn").fill_null(False)
    told = pc.or_(withdrawn, _one(whole, "supersedes").is_valid())
    if not pc.any(told).as_py():
        return {}
    columns = (
        of_patient.filter(told), _one(whole, "fact").filter(told), _one(whole, "supersedes").filter(told),
        withdrawn.filter(told),
    )  # fmt: skip
    by_patient: dict[int, list[tuple[str, str | None, bool]]] = {}
    for patient, *fact in zip(*(column.to_pylist() for column in columns), strict=True):
        by_patient.setdefault(patient, []).append((fact[0], fact[1], fact[2]))
    return {patient: _fallen_of(several) for patient, several in by_patient.items()}


def _fallen_of(several: list[tuple[str, str | None, bool]]) -> frozenset[str]:
    void = {corrects or name for name, corrects, is_withdrawn in several if is_withdrawn}
    replaced = {
        corrects
        for name, corrects, is_withdrawn in several
        if corrects and (is_withdrawn or name not in void)
    }
    return frozenset({name for name, _, is_withdrawn in several if is_withdrawn} | replaced)


def _one(table: pa.Table, name: str) -> pa.Array:
    import pyarrow as pa

    chunks = table.column(name).chunks
    return chunks[0] if chunks else pa.array([], table.schema.field(name).type)


def _encoded(table: pa.Table, name: str) -> pa.DictionaryArray:
    import pyarrow.compute as pc

    return pc.dictionary_encode(_one(table, name))


def _words(column: pa.Array) -> list[Any]:
    """A column of few different values as a list."""
    import pyarrow.compute as pc

    encoded = pc.dictionary_encode(column)
    words = [*encoded.dictionary.to_pylist(), None]
    return [words[at] for at in _numbers(encoded.indices.fill_null(len(words) - 1))]


def _numbers(column: pa.Array) -> list[Any]:
    """A column of numbers as a list, straight from memory. Raises KeyError for a type not known here."""
    import pyarrow.compute as pc

    held, code = column.buffers()[1], _IN_MEMORY[str(column.type)]
    if held is None or not len(column):
        return [None] * len(column)
    numbers: list[Any] = memoryview(held).cast("B").cast(code)[column.offset :][: len(column)].tolist()
    if column.null_count:
        for at in pc.indices_nonzero(column.is_null()).to_pylist():
            numbers[at] = None
    return numbers


def _rare(column: pa.Array) -> list[Any]:
    """A column of texts that is null nearly everywhere as a list."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: list[Any] = [None] * len(column)
    texts = column.drop_null().cast(pa.string()).to_pylist()
    for at, text in zip(pc.indices_nonzero(column.is_valid()).to_pylist(), texts, strict=True):
        found[at] = text
    return found


def _holds(table: pa.Table, name: str, words: frozenset[str]) -> pa.BooleanArray:
    """For each row: is it one of these words?"""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = _encoded(table, name)
    places = [at for at, word in enumerate(column.dictionary.to_pylist()) if word in words]
    return pc.is_in(column.indices, value_set=pa.array(places, pa.int32()))


def _lists(column: pa.ListArray) -> list[tuple[int | None, ...] | None]:
    """A column of few lists as a list of tuples."""
    import pyarrow.compute as pc

    found: list[tuple[int | None, ...] | None] = [None] * len(column)
    given = column.drop_null()
    values, start = given.flatten().to_pylist(), 0
    lengths = pc.list_value_length(given).to_pylist()
    for at, length in zip(pc.indices_nonzero(column.is_valid()).to_pylist(), lengths, strict=True):
        found[at] = tuple(values[start : start + length])
        start += length
    return found
