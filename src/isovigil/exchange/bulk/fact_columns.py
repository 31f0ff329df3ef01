"""How are the facts of patients collected as the columns of the fact store?"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from isovigil.case.fact import Fact
from isovigil.exchange.bulk.declared_tables import FACTS
from isovigil.exchange.bulk.fact_rows import PATIENT_ROW, Head, Plan, Said, StoredPatient, as_text, plan_of

if TYPE_CHECKING:
    import pyarrow as pa

_KEPT: Final = 50_000
ONLY_WHOLE: Final = frozenset({"recorded_at", "fields"})
"""The columns that nobody needs who does not read whole facts."""


class Wordings:
    """What facts say, each different thing put into words once and known by its place.

    Facts repeat: a patient's visits are alike but for id and day. A worker keeps one for all its patients.
    """

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.facts: dict[type[Fact], tuple[Plan, dict[tuple[Any, ...], int]]] = {}
        self._heads: dict[Head, int] = {}

    def of_kind(self, kind: type[Fact]) -> tuple[Plan, dict[tuple[Any, ...], int]]:
        """How facts of a kind are kept, and the places of what is in words already."""
        known = self.facts[kind] = (plan_of(kind.kind), {})
        return known

    def place(self, plan: Plan, met: dict[tuple[Any, ...], int], values: tuple[Any, ...]) -> int:
        """The place of what a fact says that was not met before."""
        place = self.place_of_said(plan.said(values))
        # Equal instants read otherwise in another zone, so they are put into words each time.
        if not plan.instants or not any(isinstance(value, datetime) for value in values):
            with suppress(TypeError):  # what cannot be a key, such as areas with their grades
                met[values] = place
        return place

    def place_of_head(self, head: Head) -> int:
        """The place of a patient's own row."""
        place = self._heads.get(head)
        if place is None:
            place = self._heads[head] = self.place_of_said(Said(PATIENT_ROW, fields=as_text(head)))
        return place

    def place_of_said(self, said: Said) -> int:
        """A place of its own for what is in words already."""
        self.said.append(said)
        return len(self.said) - 1

    def place_of_fact(self, fact: Fact) -> int:
        """The place of what a fact says."""
        plan, met = self.facts.get(type(fact)) or self.of_kind(type(fact))
        values = plan.values_of(fact)
        try:
            return met[values]
        except (KeyError, TypeError):
            return self.place(plan, met, values)

    def table(self, rows: FactArrays, without: frozenset[str] = frozenset()) -> pa.Table:
        """Rows of facts as a table: what each says comes from its place; texts that repeat are kept once.

        Some columns may be left out.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        from isovigil.exchange.bulk.table_files import schema_of

        used = rows.places.dictionary_encode()
        columns = list(zip(*[self.said[place] for place in used.dictionary.to_pylist()], strict=True))
        types = {field.name: field.type for field in schema_of(FACTS)}
        of_each: dict[str, pa.Array] = {
            "patient": rows.patient, "fact": rows.fact, "day": rows.day, "recorded_at": rows.recorded_at,
        }  # fmt: skip
        for name, values in zip(Said._fields, columns or ((),) * len(Said._fields), strict=True):
            if name in without:
                continue
            said = pa.array(values, types[name])
            own = rows.own.get(name)
            if isinstance(own, pa.DictionaryArray):
                of_each[name] = _own_or_said(own, said, used.indices)
            elif own is not None:
                of_each[name] = pc.coalesce(own, said.take(used.indices))
            elif types[name] == pa.string():
                said = said.dictionary_encode()
                of_each[name] = pa.DictionaryArray.from_arrays(
                    said.indices.take(used.indices), said.dictionary
                )
            else:
                of_each[name] = said.take(used.indices)
        return pa.table(
            {column.name: of_each[column.name] for column in FACTS.columns if column.name not in without}
        )

    def forget_where_too_many(self) -> bool:
        """Begin anew where much was met, and say so. Only between two collections: places change."""
        if len(self.said) <= _KEPT:
            return False
        self.said.clear()
        self.facts.clear()
        self._heads.clear()
        return True


class FactArrays(NamedTuple):
    """Rows of the table `facts`, as far as each has a value of its own."""

    patient: pa.DictionaryArray
    fact: pa.Array
    day: pa.Array
    recorded_at: pa.Array
    places: pa.Array
    """Where among the wordings stands what each says."""
    own: Mapping[str, pa.Array] = {}
    """Columns whose values, where not null, take the place of what stands there. Texts are dictionaries."""


class FactColumns:
    """The rows of the table `facts` for some patients, as columns."""

    def __init__(self, wordings: Wordings | None = None) -> None:
        self._wordings = wordings or Wordings()
        self._wordings.forget_where_too_many()
        self._patients: list[str] = []
        self._counts: list[int] = []
        self._days: list[date | None] = []
        self._ids: list[str] = []
        self._recorded: list[datetime | None] = []
        self._places: list[int] = []

    def __len__(self) -> int:
        return len(self._places)

    def add(self, stored: StoredPatient) -> None:
        """Add one patient: the patient's own row first, then a row a fact in the order of the case."""
        case = stored.case
        facts = () if case is None else case.facts
        self._patients.append(stored.patient)
        self._counts.append(1 + len(facts))
        self._ids.append("")
        self._days.append(None if case is None else case.patient.born_on)
        self._recorded.append(None)
        self._places.append(self._wordings.place_of_head(head_of(stored)))
        self._ids += [fact.id for fact in facts]
        self._recorded += [fact.recorded_at for fact in facts]
        known, days, places = self._wordings.facts, self._days, self._places
        for fact in facts:
            plan, met = known.get(type(fact)) or self._wordings.of_kind(type(fact))
            day = getattr(fact, plan.day_attribute)
            days.append(day.date() if plan.day_is_instant else day)
            values = plan.values_of(fact)
            try:
                places.append(met[values])
            except (KeyError, TypeError):
                places.append(self._wordings.place(plan, met, values))

    def table(self) -> pa.Table:
        """The rows as an Arrow table; texts that repeat are kept once."""
        import pyarrow as pa

        return self._wordings.table(
            FactArrays(
                _one_for_each_row(self._patients, self._counts),
                pa.array(self._ids, pa.string()),
                pa.array(self._days, pa.date32()),
                pa.array(self._recorded, pa.timestamp("us", tz="UTC")),
                pa.array(self._places, pa.int32()),
            )
        )


def _own_or_said(own: pa.DictionaryArray, said: pa.Array, places: pa.Array) -> pa.DictionaryArray:
    """Each row's own text, or else what stands at its place; each text once, as they first occur."""
    import pyarrow as pa
    import pyarrow.compute as pc

    words = pa.concat_arrays([own.dictionary, said]).dictionary_encode()
    which = pc.coalesce(own.indices, pc.add(places, len(own.dictionary)))
    which = words.indices.take(which).dictionary_encode()
    return pa.DictionaryArray.from_arrays(which.indices, words.dictionary.take(which.dictionary))


def _one_for_each_row(patients: list[str], counts: list[int]) -> pa.Array:
    import pyarrow as pa

    indices = [place for place, count in enumerate(counts) for _ in range(count)]
    return pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32()), pa.array(patients, pa.string()))


def head_of(stored: StoredPatient) -> Head:
    """What a patient's own row says."""
    case = stored.case
    if case is None:
        return Head(is_read=False, refusal=stored.refusal, errors=stored.errors, warnings=stored.warnings)
    return Head(
        time_zone=case.time_zone,
        programme=case.programme,
        policy=case.policy,
        sex=case.patient.sex,
        refusal=stored.refusal,
        errors=stored.errors,
        warnings=stored.warnings,
    )
