"""Which rows of the fact store do the sorted rows of an export make, without a fact for each?

What the rows of one template make is known from its plan (`plan_columns`), so whole columns are taken at
once. Rows that follow no plan are read one by one, beside the columns of their patient; a patient about whom
anything is unusual is put together as ever (`assembling`). Either way the table is the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec.structs import replace

from isovigil.case.case import Case, Patient
from isovigil.case.fact import Fact
from isovigil.case.kinds import Dispense, Prescription
from isovigil.exchange.bulk.assembling import Assembled, Assembler, Problem
from isovigil.exchange.bulk.days_of_texts import NEW_YEAR_1970, DaysOfTexts
from isovigil.exchange.bulk.fact_columns import ONLY_WHOLE, FactArrays, Wordings, head_of
from isovigil.exchange.bulk.fact_rows import Head, StoredPatient
from isovigil.exchange.bulk.facts_of_plans import FactsOfPlans
from isovigil.exchange.bulk.moments_of_texts import MomentsOfTexts
from isovigil.exchange.bulk.ordered_rows import Ordered
from isovigil.exchange.bulk.plan_columns import Makings
from isovigil.exchange.bulk.rows_as_resources import Row
from isovigil.exchange.bulk.rows_of_plans import MOST_ROWS, RowsOfPlans
from isovigil.exchange.bulk.values_of_rows import ValuesOfRows
from isovigil.exchange.fhir.reading import SEXES
from isovigil.exchange.fhir.record import plain_reference
from isovigil.exchange.fhir.resources import Patient as FhirPatient

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS: Final = 1 << 32
"""More than there are in a table."""
_AT_A_TIME: Final = 32
"""The facts of so many patients are made together: they fit into what the processor has at hand."""
_KIND, _RESOURCE, _UNDER, _RAW = map(Row._fields.index, ("kind", "resource", "under", "raw"))


class FactsRead(NamedTuple):
    """The rows of the fact store for some patients, and what had to be told on the way."""

    table: pa.Table
    problems: list[tuple[str, Problem]]
    """Each with the patient it is about."""
    unread: Counter[tuple[str, str]]
    one_by_one: Counter[str]
    """How many rows, and how many whole patients, were not taken by columns."""
    patients: Callable[[], Iterator[StoredPatient]]
    """The patients of the table, one after the other, each with whole facts."""


def stored_of(found: Assembled) -> StoredPatient | None:
    """What is kept of a patient put together; None for somebody who is not in the input."""
    if found.case is None and found.refusal is None:
        return None
    named = found.patient if found.case is None else found.case.patient.id
    return StoredPatient(named, found.case, found.refusal, *counted(found.problems))


def counted(problems: Sequence[Problem]) -> tuple[int, int]:
    """How many errors, grave ones among them, and how many warnings."""
    severities = Counter([problem.severity for problem in problems])
    return severities["fatal"] + severities["error"], severities["warning"]


class FactsOfRows:
    """Makes rows of the fact store from sorted rows, one table after the other; keeps what repeats."""

    def __init__(
        self, assembler: Assembler, wordings: Wordings | None = None, *, with_fields: bool = True
    ) -> None:
        self._assembler = assembler
        self._wordings = wordings or Wordings()
        self._with_fields = with_fields
        """Where nobody reads whole facts, what only they need is left out."""
        self._makings = Makings(assembler.known, self._wordings, with_fields=with_fields)
        self._days = DaysOfTexts(assembler.known.zone, assembler.known.told)
        self._moments = MomentsOfTexts(assembler.known, self._days)

    def read(self, rows: pa.Table) -> FactsRead:
        """The facts of patients whose rows stand together, each patient's in the order of the rows."""
        self._makings.forget_where_too_many()
        plans = RowsOfPlans(Ordered(rows), self._makings, self._days)
        values = ValuesOfRows(plans, self._days, self._moments)
        reading = _Reading(plans, values, self._assembler, self._wordings)
        return reading.read(with_fields=self._with_fields)


class _Reading:
    """One table of rows, while it is read."""

    def __init__(
        self, plans: RowsOfPlans, values: ValuesOfRows, assembler: Assembler, wordings: Wordings
    ) -> None:
        self._plans = plans
        self._values = values
        self._rows = rows = plans.rows
        self._assembler = assembler
        self._wordings = wordings
        self._whole = self._plans.unusual if assembler.cuts_days_for_all() else set(range(len(rows.patients)))
        self._problems: list[tuple[str, Problem]] = []
        self._unread: Counter[tuple[str, str]] = Counter()
        self._one_by_one: Counter[str] = Counter()
        self._stored_as = list(rows.patients)
        """What the patients are called in the store."""
        self._put_together: dict[int, StoredPatient] = {}
        """Those who were put together as ever."""
        self._single = _SingleRows(wordings)
        self._heads: dict[int, Head] = {}

    def read(self, *, with_fields: bool) -> FactsRead:
        """The table, and what had to be told."""
        beside, told = self._read_beside(), self._rows_told()
        for patient, name in enumerate(self._rows.patients):
            found = beside.get(patient)
            if patient in self._whole:
                self._take_whole(patient, self._assembler.assemble(name, self._rows.rows_of(patient)))
            elif found is not None:
                self._take_beside(patient, *found)
            else:
                head = self._head(patient, told.get(patient, ()))
                self._single.add_head(patient, head, self._born_on(patient))
        self._one_by_one["patients"] = len(self._whole)
        order = self._order()
        table = self._table(order, with_fields=with_fields)
        return FactsRead(
            table, self._problems, self._unread, self._one_by_one, partial(self._patients, order)
        )

    def _read_beside(self) -> dict[int, tuple[dict[str, int], Assembled]]:
        """What the rows make that follow no plan, by patient, with the places of their rows.

        A patient of whom only all rows together tell is put among the whole ones.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        rows, plans = self._rows, self._plans
        places = pc.indices_nonzero(plans.is_read)
        several: dict[int, list[int]] = {}
        for patient, place in zip(rows.of_patient.take(places).to_pylist(), places.to_pylist(), strict=True):
            if patient not in self._whole:
                several.setdefault(patient, [plans.own_at[patient]]).append(place)
        own = [place for each in several.values() for place in sorted(each)]
        taken = iter(rows.chosen(pa.array(own, pa.int64())))
        self._one_by_one["rows"] = len(own) - len(several)
        found = {}
        for patient, each in several.items():
            chosen = [next(taken) for _ in each]
            names = [f"{row[_KIND]}/{row[_RESOURCE]}" for row in chosen]
            assembled = self._assembler.assemble_some(
                rows.patients[patient], chosen, partial(rows.rows_of, patient)
            )
            if assembled is None or not self._is_whole_without_the_others(patient, chosen, assembled):
                self._whole.add(patient)
            else:
                found[patient] = (dict(zip(names, sorted(each), strict=True)), assembled)
        return found

    def _is_whole_without_the_others(
        self, patient: int, chosen: Sequence[tuple[Any, ...]], found: Assembled
    ) -> bool:
        """Do some rows of a patient mean beside the others what they mean without them?"""
        rows, plans = self._rows, self._plans
        facts = () if found.case is None else found.case.facts
        size = rows.starts[patient + 1] - rows.starts[patient]
        if found.case is None or size + len(facts) > MOST_ROWS:
            return False
        if patient not in plans.with_course_read:
            return not any(isinstance(fact, Prescription | Dispense) for fact in facts)
        row_of = {f"{row[_KIND]}/{row[_RESOURCE]}": row for row in chosen}
        prescriptions = {fact.id for fact in facts if isinstance(fact, Prescription)}
        for fact in facts:
            if not isinstance(fact, Dispense):
                continue
            row = row_of[fact.id]
            if row[_RAW] is not None:
                return False
            under = row[_UNDER]
            is_open = under is not None and prescriptions.isdisjoint((under, plain_reference(under)))
            if is_open and plans.names_any(patient, under):
                return False
        return True

    def _take_whole(self, patient: int, found: Assembled) -> None:
        """Somebody put together as ever."""
        stored = stored_of(found)
        if stored is not None:
            self._stored_as[patient] = stored.patient
            self._put_together[patient] = stored
            born_on = None if stored.case is None else stored.case.patient.born_on
            self._single.add_head(patient, head_of(stored), born_on)
            for place, fact in enumerate(() if stored.case is None else stored.case.facts):
                self._single.add(patient, place, fact)
        self._tell(patient, found)

    def _take_beside(self, patient: int, place_of: dict[str, int], found: Assembled) -> None:
        """Somebody of whom some rows were read one by one."""
        stored = stored_of(found)
        assert stored is not None  # there is a case
        self._single.add_head(patient, head_of(stored), self._born_on(patient))
        for fact in () if found.case is None else found.case.facts:
            self._single.add(patient, place_of[fact.id], fact)
        self._tell(patient, found)

    def _tell(self, patient: int, found: Assembled) -> None:
        self._problems.extend((self._stored_as[patient], each) for each in found.problems)
        self._unread.update(found.unread)

    def _rows_told(self) -> dict[int, list[tuple[Any, ...]]]:
        """The rows that follow plans of which something has to be told, with that, by patient."""
        import pyarrow.compute as pc

        at = pc.indices_nonzero(self._plans.tells)
        found: dict[int, list[tuple[Any, ...]]] = {}
        for patient, making, row in zip(
            self._rows.of_patient.take(at).to_pylist(),
            self._plans.of_each.take(at).to_pylist(),
            self._rows.chosen(at),
            strict=True,
        ):
            found.setdefault(patient, []).append((row, self._plans.issues[making]))
        return found

    def _head(self, patient: int, told: Sequence[tuple[Any, ...]]) -> Head:
        """The own row of somebody of whom all rows follow plans, once what is told of them is told."""
        mark = self._plans.marks[patient]
        head = self._heads.get(mark) or self._head_of(mark)
        if not told:
            return head
        problems: list[Problem] = []
        for row, issues in told:
            more, unread = self._assembler.told(row, issues)
            problems += more
            self._unread.update(unread)
        self._problems.extend((self._stored_as[patient], each) for each in problems)
        errors, warnings = counted(problems)
        return replace(head, errors=errors, warnings=warnings)

    def _head_of(self, mark: int) -> Head:
        """What the own row of everybody says whose resource has this template, where nothing is told."""
        known = self._assembler.known
        resource = known.template(mark).resource()
        sex = SEXES.get(resource.gender or "") if isinstance(resource, FhirPatient) else None
        head = Head(time_zone=known.zone_name, programme=self._assembler.cuts_days_for_all(), sex=sex)
        self._heads[mark] = head
        return head

    def _born_on(self, patient: int) -> date | None:
        born = self._plans.born[patient]
        return None if born is None else date.fromordinal(NEW_YEAR_1970 + born)

    def _order(self) -> _Order:
        """How all rows stand: of each patient the own one, then those of facts as in the input."""
        import pyarrow as pa
        import pyarrow.compute as pc

        plans, single, whose = self._plans, self._single, self._rows.of_patient
        is_taken = plans.makes_a_fact
        if self._whole:
            others = pc.is_in(whose, value_set=pa.array(sorted(self._whole), pa.int32()))
            is_taken = pc.and_not(is_taken, others)
        at = pc.indices_nonzero(is_taken).cast(pa.int64())
        key = pc.add(pc.multiply(whose.take(at).cast(pa.int64()), _ROWS), pc.add(at, 1))
        keys = pa.concat_arrays([key, pa.array(single.keys, pa.int64())])
        order = pc.sort_indices(keys)
        return _Order(at, order, pc.divide(keys.take(order), _ROWS))

    def _patients(self, order: _Order) -> Iterator[StoredPatient]:
        """Each patient with the facts in their order."""
        import pyarrow.compute as pc

        by_plans = FactsOfPlans(self._plans, self._values, order.at)
        every = by_plans.facts
        every += self._single.made
        runs = pc.run_end_encode(order.patients)
        patients, ends = runs.values.to_pylist(), [0, *runs.run_ends.to_pylist()]
        begin = 0
        for first in range(0, len(patients), _AT_A_TIME):
            some = patients[first : first + _AT_A_TIME]
            stands = ends[first : first + len(some) + 1]
            places = order.order[stands[0] : stands[-1]].to_pylist()
            end = stands[-1] - bisect_left(self._single.keys, (some[-1] + 1) * _ROWS)
            by_plans.make(begin, end)
            # From the last to the first, and taken from the end: whoever was judged is gone while still near.
            made = list(map(every.__getitem__, reversed(places)))
            by_plans.let_go(begin, end)
            begin = end
            for patient, start, stop in zip(some, stands, stands[1:], strict=False):
                *facts, head = made[start - stop :]
                del made[start - stop :]
                stored = self._put_together.get(patient)
                yield self._with_facts(patient, head, facts[::-1]) if stored is None else stored

    def _with_facts(self, patient: int, head: Head, facts: Sequence[Fact]) -> StoredPatient:
        """Somebody of whom most rows were taken by columns."""
        who = Patient(self._stored_as[patient], self._born_on(patient), head.sex)
        case = Case(who, head.time_zone, tuple(facts), head.programme, head.policy)
        return StoredPatient(who.id, case, head.refusal, head.errors, head.warnings)

    def _table(self, order: _Order, *, with_fields: bool) -> pa.Table:
        """All rows in their order."""
        import pyarrow as pa

        plans, values, single = self._plans, self._values, self._single
        count, more = len(self._rows), len(single.keys)
        places = pa.concat_arrays([order.at, pa.arange(count, count + more)])
        places = places.take(order.order)

        def in_order(of_rows: pa.Array, of_single: Sequence[Any] | None = None) -> pa.Array:
            if isinstance(of_rows, pa.DictionaryArray):
                return pa.DictionaryArray.from_arrays(in_order(of_rows.indices), of_rows.dictionary)
            own = pa.nulls(more, of_rows.type) if of_single is None else pa.array(of_single, of_rows.type)
            return pa.concat_arrays([of_rows, own]).take(places)

        refers_to = plans.refers_to.dictionary_encode()
        own = {"number": plans.numbers.values(), "ends_on": values.ends_on(), "refers_to": refers_to}
        if with_fields:
            own["fields"] = values.fields()
        whole = FactArrays(
            self._whose(order.patients),
            in_order(plans.names, single.ids),
            in_order(plans.day.cast(pa.date32()), single.days),
            in_order(values.recorded_at(), single.recorded),
            in_order(plans.said, single.places),
            {name: in_order(column) for name, column in own.items()},
        )
        return self._wordings.table(whole, frozenset() if with_fields else ONLY_WHOLE)

    def _whose(self, patients: pa.Array) -> pa.DictionaryArray:
        import pyarrow as pa

        found = patients.dictionary_encode()
        names = [self._stored_as[patient] for patient in found.dictionary.to_pylist()]
        return pa.DictionaryArray.from_arrays(found.indices, pa.array(names, pa.string()))


class _Order(NamedTuple):
    """In which order the rows of the fact store stand: those that plans make, and then the single ones."""

    at: pa.Array
    """The rows of the input that make a fact by their plans."""
    order: pa.Array
    """Which of these, or after them of the single ones, stands at each place."""
    patients: pa.Array
    """Whose row stands at each place, by number."""


class _SingleRows:
    """Rows of the fact store that were made one by one, each with its place in the order of all."""

    def __init__(self, wordings: Wordings) -> None:
        self._wordings = wordings
        self.keys: list[int] = []
        self.places: list[int] = []
        self.ids: list[str] = []
        self.days: list[date | None] = []
        self.recorded: list[datetime | None] = []
        self.made: list[Head | Fact] = []

    def add_head(self, patient: int, head: Head, born_on: date | None) -> None:
        """A patient's own row."""
        self.made.append(head)
        self._add(patient * _ROWS, self._wordings.place_of_head(head), "", born_on, None)

    def add(self, patient: int, row: int, fact: Fact) -> None:
        """A fact that one row made."""
        self.made.append(fact)
        key = patient * _ROWS + row + 1
        self._add(key, self._wordings.place_of_fact(fact), fact.id, fact.day, fact.recorded_at)

    def _add(self, key: int, place: int, name: str, day: date | None, recorded: datetime | None) -> None:
        self.keys.append(key)
        self.places.append(place)
        self.ids.append(name)
        self.days.append(day)
        self.recorded.append(recorded)
