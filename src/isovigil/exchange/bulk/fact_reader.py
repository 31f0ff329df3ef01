"""Which patients and facts does a fact store hold?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from isovigil.case.case import Case, Patient
from isovigil.case.fact import Fact
from isovigil.exchange.bulk.days_of_texts import NEW_YEAR_1970
from isovigil.exchange.bulk.fact_rows import PATIENT_ROW, Head, Plan, StoredPatient, plan_of

if TYPE_CHECKING:
    import pyarrow as pa

READ: Final = ("patient", "kind", "day", "fact", "recorded_at", "fields")
"""The columns in which a whole fact stands; the others say parts of it again, for other readers."""
_REPEATING: Final = ("patient", "kind", "fields")
_KEPT: Final = 50_000
_FIRST_INSTANT: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ANY_DAY: Final = "1970-01-01"


class _Alike(NamedTuple):
    """Facts that say the same: one of them, and how another is made of it."""

    one: Fact
    another: Callable[[Fact, str, date], Fact]
    """The same with another id and day."""
    instants: dict[str, datetime]
    """What has to be put into the patient's zone."""


class FactReader:
    """Reads patients back from the fact store; keeps what repeats."""

    def __init__(self) -> None:
        self._met: dict[tuple[str, str], _Alike] = {}
        self._heads: dict[str, tuple[Head, ZoneInfo]] = {}
        self._decoders: dict[str, Callable[[str], Fact]] = {}

    def patients(self, table: pa.Table) -> Iterator[StoredPatient]:
        """The patients of a table of facts, one after the other, each with the facts in their order."""
        if len(self._met) > _KEPT:
            self._met.clear()
        rows = _Rows.of(table)
        ends = [*rows.starts[1:], len(rows.ids)]
        alike = [None if kind == PATIENT_ROW else self._alike(kind, fields) for kind, fields in rows.said]
        for patient, start, end in zip(rows.patients, rows.starts, ends, strict=True):
            head, zone = self._head(rows.said[rows.places[start]][1])
            case = None
            if head.is_read:
                born = rows.days[start]
                case = Case(
                    Patient(patient, None if born is None else rows.day[born], head.sex),
                    head.time_zone,
                    tuple(_facts(rows, alike, start + 1, end, zone)),
                    head.programme,
                    head.policy,
                )
            yield StoredPatient(patient, case, head.refusal, head.errors, head.warnings)

    def _head(self, fields: str) -> tuple[Head, ZoneInfo]:
        known = self._heads.get(fields)
        if known is None:
            head = msgspec.json.decode(fields, type=Head)
            known = self._heads[fields] = (head, ZoneInfo(head.time_zone))
        return known

    def _alike(self, kind: str, fields: str) -> _Alike:
        known = self._met.get((kind, fields))
        if known is None:
            plan = plan_of(kind)
            decode = self._decoders.get(kind)
            if decode is None:
                decode = self._decoders[kind] = msgspec.json.Decoder(plan.kind).decode
            one = decode(fields if plan.day_is_instant else _with_a_day(plan.day_name, fields))
            instants = {each: at for each in plan.instants if (at := getattr(one, each)) is not None}
            known = self._met[kind, fields] = _Alike(one, _another(plan), instants)
        return known


@lru_cache(maxsize=64)
def _another_of(day_attribute: str) -> Callable[[Fact, str, date], Fact]:
    replace = msgspec.structs.replace
    return lambda one, name, day: replace(one, id=name, **{day_attribute: day})


def _another(plan: Plan) -> Callable[[Fact, str, date], Fact]:
    if plan.day_is_instant:
        return lambda one, name, _: msgspec.structs.replace(one, id=name)
    return _another_of(plan.day_attribute)


def _with_a_day(name: str, fields: str) -> str:
    more = "" if fields == "{}" else ","
    return f'{{"{name}":"{_ANY_DAY}"{more}{fields[1:]}'


class _Rows(NamedTuple):
    """The columns of a table of facts as lists."""

    starts: list[int]
    """The places of the patients' own rows."""
    patients: list[str]
    """Whose they are."""
    ids: list[str]
    days: list[int | None]
    """Days since the first of 1970."""
    day: dict[int, date]
    recorded: list[int | None]
    """Microseconds since then, in UTC."""
    places: list[int]
    """For each row the place of what it says."""
    said: list[tuple[str, str]]
    """Each kind with each `fields` that occurs."""

    @classmethod
    def of(cls, table: pa.Table) -> _Rows:
        import pyarrow as pa
        import pyarrow.compute as pc

        whole = table.combine_chunks()
        kinds, fields = (pc.dictionary_encode(_one(whole, name)) for name in ("kind", "fields"))
        width = max(len(kinds.dictionary), 1)
        pairs = pc.add(pc.multiply(fields.indices.cast(pa.int64()), width), kinds.indices.cast(pa.int64()))
        pairs = pc.dictionary_encode(pairs)
        kind_words, field_words = kinds.dictionary.to_pylist(), fields.dictionary.to_pylist()
        own = pc.indices_nonzero(pc.equal(_one(whole, "kind"), PATIENT_ROW))
        patients = _one(whole, "patient").take(own).cast(pa.string())
        days = _one(whole, "day").cast(pa.int32()).to_pylist()
        return cls(
            own.to_pylist(),
            patients.to_pylist(),
            _one(whole, "fact").to_pylist(),
            days,
            {each: date.fromordinal(NEW_YEAR_1970 + each) for each in set(days) if each is not None},
            _one(whole, "recorded_at").cast(pa.int64()).to_pylist(),
            pairs.indices.to_pylist(),
            [(kind_words[pair % width], field_words[pair // width]) for pair in pairs.dictionary.to_pylist()],
        )


def _one(table: pa.Table, name: str) -> pa.Array:
    import pyarrow as pa

    chunks = table.column(name).chunks
    return chunks[0] if chunks else pa.array([], table.schema.field(name).type)


def _facts(
    rows: _Rows, alike: Sequence[_Alike | None], start: int, end: int, zone: ZoneInfo
) -> Iterator[Fact]:
    several = slice(start, end)
    for place, name, day, recorded in zip(
        rows.places[several], rows.ids[several], rows.days[several], rows.recorded[several], strict=True
    ):
        said = alike[place]
        assert said is not None  # only a patient's own row says nothing
        assert day is not None  # every fact has one
        one, another, instants = said
        fact = another(one, name, rows.day[day])
        if instants:
            fact = msgspec.structs.replace(
                fact, **{each: at.astimezone(zone) for each, at in instants.items()}
            )
        if recorded is not None:
            at = (_FIRST_INSTANT + timedelta(microseconds=recorded)).astimezone(zone)
            fact = msgspec.structs.replace(fact, recorded_at=at)
        yield fact


def read_facts(path: Path) -> pa.Table:
    """The columns of one file of a fact store in which whole facts stand."""
    import pyarrow.parquet as pq

    return pq.read_table(path, columns=list(READ), read_dictionary=list(_REPEATING), use_threads=False)
