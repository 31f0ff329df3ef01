"""Which facts do the rows of many patients make, as far as the plans of their templates tell?

Rows of one template that have the same texts make the same fact but for id, days and number. So each question
is asked once of all of them. Rows about which there is more to ask are left to be read by themselves.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import compress, repeat
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import force_setattr, replace

from isovigil.case.fact import Fact
from isovigil.exchange.bulk.days_of_texts import FIRST_DAY, DaysOfTexts
from isovigil.exchange.bulk.known_templates import KnownTemplates, Template
from isovigil.exchange.bulk.rows_as_resources import Row
from isovigil.exchange.bulk.runs_of_rows import SHAPES, PatientRows, SortedRows, shapes_of
from isovigil.exchange.bulk.template_plans import DAYS_INSIDE, Numbers, Plan
from isovigil.exchange.fact_checks import Known
from isovigil.exchange.sound_facts import agrees_with_itself

if TYPE_CHECKING:
    import pyarrow as pa

_LONGEST_ID: Final = 200
_PATIENT: Final = "Patient"
_DAY, _MOMENT, _LATER_DAY, _LATER_MOMENT = range(4)
"""Where among the values of a row those stand that are read here of many rows at once."""
_DAY_TEXT: Final = Row._fields.index("day")
_SLOTS: Final = (_DAY, _MOMENT, _LATER_DAY, _LATER_MOMENT)
_KEPT: Final = 50_000
_NOT_MET: Final[Any] = object()


class PlannedRows(NamedTuple):
    """One patient's rows, as far as plans tell what they make."""

    names: Sequence[str | None]
    """Type and id of each row; None where it has no id."""
    are_plain: bool
    """Is it known that every name may be the id of a fact?"""
    facts: Sequence[Fact]
    """Of the rows whose plan says all, in their order."""
    under: Sequence[tuple[Fact, str]]
    """Those of them that name a prescription, and what they name."""
    alone: Sequence[tuple[int, tuple[Any, ...]]]
    """The rows that have to be read by themselves, and how many of the facts come before each."""


def unplanned(rows: Sequence[tuple[Any, ...]]) -> PlannedRows:
    """Rows that are all to be read by themselves."""
    names = [f"{kind}/{resource}" if resource else None for _, _, kind, resource, *_ in rows]
    return PlannedRows(names, are_plain(names), (), (), [(0, row) for row in rows])


def are_plain(names: Iterable[str | None]) -> bool:
    """May each name be the id of a fact?"""
    given = [each for each in names if each is not None]
    return "".join(given).isprintable() and max(map(len, given), default=0) <= _LONGEST_ID


class RowPlanner:
    """Finds the facts of sorted rows; keeps what rows of each template and shape make."""

    def __init__(self, known: KnownTemplates) -> None:
        self._even = _EvenPlans(known)
        self._days = DaysOfTexts(known.zone, known.told)
        self._zone = known.zone
        self._found: _Found | None = None

    def planned(self, rows: PatientRows) -> PlannedRows:
        """What is known of one patient's rows; those of the patients beside are worked out with them."""
        if self._found is None or self._found.rows is not rows.rows:
            self._found = _Making(rows.rows, self._even, self._days, self._zone).found()
        return self._found.of(rows)


class _Found(NamedTuple):
    """What was found about all rows of some patients."""

    rows: SortedRows
    names: list[str | None]
    are_plain: bool
    facts: list[Fact]
    under_at: list[int]
    """The rows whose fact names a prescription, in their order."""
    under: list[tuple[Fact, str]]
    alone_at: list[int]
    """The rows that no plan answers, in their order."""
    alone: list[tuple[Any, ...]]

    def of(self, rows: PatientRows) -> PlannedRows:
        """The part of one patient."""
        start, stop = rows.start, rows.stop
        first, last = bisect_left(self.alone_at, start), bisect_left(self.alone_at, stop)
        begin, end = bisect_left(self.under_at, start), bisect_left(self.under_at, stop)
        places = enumerate(self.alone_at[first:last], start=start)
        return PlannedRows(
            self.names[start:stop],
            self.are_plain,
            self.facts[start - first : stop - last],
            self.under[begin:end],
            [(at - before, row) for (before, at), row in zip(places, self.alone[first:last], strict=True)],
        )


class _Even(NamedTuple):
    """How rows of one template and shape are read at once, if they are."""

    base: Fact | None = None
    """The fact of any of them; None where they are read by themselves."""
    attributes: Sequence[str | None] = (None, None, None, None)
    """Where the day goes, its moment, the later day and its moment."""
    numbers: Numbers | None = None
    later_counts: bool = False
    is_under: bool = False
    has_days_inside: bool = False
    """Has each fact to be asked whether its days follow each other?"""


_BY_THEMSELVES: Final = _Even()


def _even(plan: Plan | None, template: Template, row: tuple[Any, ...]) -> _Even:
    """How rows of a template are read that have texts where one row has them, for which there is a plan."""
    if plan is None or plan.base is None or plan.changed_counts or plan.issues or row[_DAY_TEXT] is None:
        return _BY_THEMSELVES
    attributes = {at: attribute for attribute, at in plan.holes}
    if len(attributes) < len(plan.holes):
        return _BY_THEMSELVES
    slots = [attributes.pop(slot, None) for slot in _SLOTS]
    base = replace(plan.base)
    for at, attribute in attributes.items():
        if at < DAYS_INSIDE:
            return _BY_THEMSELVES
        force_setattr(base, attribute, (template.inside or ())[at - DAYS_INSIDE])
    return _Even(base, slots, plan.numbers, plan.later_counts, plan.is_under, plan.has_days_inside)


class _EvenPlans:
    """The plans of templates and shapes by which many rows can be read at once."""

    def __init__(self, known: KnownTemplates) -> None:
        self._known = known
        self._found: dict[tuple[int, int], _Even] = {}

    def of(self, rows: SortedRows, named: pa.Array) -> tuple[pa.Array, list[_Even]]:
        """By which of some plans each row is read; null where it is read by itself in any case."""
        import pyarrow.compute as pc

        is_taken = pc.and_(pc.is_null(rows.column("raw")), pc.not_equal(rows.column("kind"), _PATIENT))
        is_taken = pc.and_(is_taken, pc.is_valid(named))
        marks = _or_null(rows.column("template"), is_taken).dictionary_encode()
        keys = pc.add(pc.multiply(marks.indices, SHAPES), shapes_of(rows)).dictionary_encode()
        by_place = marks.dictionary.to_pylist()
        pairs = [(by_place[key // SHAPES], key % SHAPES) for key in keys.dictionary.to_pylist()]
        found = [self._found.get(pair, _NOT_MET) for pair in pairs]
        if any(each is _NOT_MET for each in found):
            self._ask_of_new(rows, keys.indices, pairs, found)
        return keys.indices, found

    def _ask_of_new(
        self, rows: SortedRows, codes: pa.Array, pairs: Sequence[tuple[int, int]], found: list[_Even]
    ) -> None:
        """Find out how rows are read of whose templates and shapes it is not known yet."""
        import pyarrow as pa
        import pyarrow.compute as pc

        places = pc.indices_nonzero(pa.array([each is _NOT_MET for each in found], pa.bool_()).take(codes))
        of_places = codes.take(places).to_pylist()
        counts = Counter(of_places)
        first = dict(zip(reversed(of_places), reversed(places.to_pylist()), strict=True))
        examples = rows.chosen(pa.array([first[code] for code in counts], pa.int64()))
        for (code, count), row in zip(counts.items(), examples, strict=True):
            found[code] = self._ask(*pairs[code], row, count)

    def _ask(self, mark: int, shape: int, row: tuple[Any, ...], count: int) -> _Even:
        """How so many rows like one are read."""
        template = self._known.template(mark)
        even, family = _BY_THEMSELVES, template.family
        if template.inside is not None and shape not in family.decided_by_number:
            plan = self._known.plan(template, row, count)
            if shape not in family.decided_by_number:
                if shape not in family.plans:
                    return even
                even = _even(plan, template, row)
        if len(self._found) >= _KEPT:
            self._found.clear()
        self._found[mark, shape] = even
        return even


class _Making:
    """Some patients' rows, while their facts are made."""

    def __init__(self, rows: SortedRows, even: _EvenPlans, days: DaysOfTexts, zone: ZoneInfo) -> None:
        import pyarrow.compute as pc

        self._rows = rows
        self._reads = days
        self._zone = zone
        resources = rows.column("resource")
        named = _or_null(resources, pc.not_equal(resources, ""))
        names = pc.binary_join_element_wise(rows.column("kind"), named, "/")
        self._names: list[str | None] = names.to_pylist()
        self._are_plain = _are_all_plain(names) or are_plain(self._names)
        self._codes, self._plans = even.of(rows, named)
        self._days = days.read(rows.column("day"))
        later_counts = self._flags([each.later_counts for each in self._plans])
        self._later = days.read(_or_null(rows.column("later"), later_counts))
        has_plan = self._flags([each.base is not None for each in self._plans])
        is_alive = pc.greater_equal(self._days, self._born())
        is_later = pc.or_kleene(pc.invert(later_counts), pc.greater_equal(self._later, self._days))
        self._are_chosen = pc.fill_null(pc.and_(pc.and_(has_plan, is_alive), is_later), False)
        self._places = pc.indices_nonzero(self._are_chosen)
        self._codes = self._codes.take(self._places)

    def found(self) -> _Found:
        """Their facts, and what is left."""
        import pyarrow.compute as pc

        plans = self._plans
        bases: list[Any] = [each.base for each in plans]
        facts: list[Fact] = list(map(replace, [bases[code] for code in self._codes.to_pylist()]))
        _set(facts, repeat("id"), [self._names[place] for place in self._places.to_pylist()])
        for slot in _SLOTS:
            attributes = [each.attributes[slot] for each in plans]
            at, places, codes = self._those([each is not None for each in attributes])
            if at:
                values = self._values(slot, places)
                _set([facts[each] for each in at], [attributes[code] for code in codes], values)
        facts = self._without(facts, {*self._odd_numbers(facts), *self._odd_days(facts)})
        at, places, _ = self._those([each.is_under for each in plans])
        under = self._rows.column("under").take(places).to_pylist()
        alone = pc.indices_nonzero(pc.invert(self._are_chosen))
        return _Found(
            self._rows,
            self._names,
            self._are_plain,
            facts,
            places.to_pylist(),
            list(zip([facts[each] for each in at], under, strict=True)),
            alone.to_pylist(),
            self._rows.chosen(alone),
        )

    def _odd_numbers(self, facts: Sequence[Fact]) -> Iterator[int]:
        """Give each fact its number; the places of those of which no sound fact holds it."""
        at, places, codes = self._those([each.numbers is not None for each in self._plans])
        texts = self._rows.column("number").take(places).to_pylist()
        for place, code, text in zip(at, codes, texts, strict=True):
            numbers = self._plans[code].numbers
            number = None if numbers is None else numbers.meant(text)
            if numbers is None or number is None:
                yield place
            else:
                force_setattr(facts[place], numbers.attribute, number)

    def _odd_days(self, facts: Sequence[Fact]) -> Iterator[int]:
        """The places of facts with a day inside their template that does not go with the others."""
        at, places, _ = self._those([each.has_days_inside for each in self._plans])
        for place, row in zip(at, places.to_pylist(), strict=True):
            if not agrees_with_itself(facts[place], self._known_of[bisect_right(self._ends, row)]):
                yield place

    def _without(self, facts: list[Fact], odd: Collection[int]) -> list[Fact]:
        """The facts but for those in some places, whose rows are read by themselves."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not odd:
            return facts
        kept = [place not in odd for place in range(len(facts))]
        are_kept = pa.array(kept)
        self._are_chosen = pc.replace_with_mask(self._are_chosen, self._are_chosen, are_kept)
        self._places, self._codes = self._places.filter(are_kept), self._codes.filter(are_kept)
        return list(compress(facts, kept))

    def _flags(self, of_plans: Sequence[bool]) -> pa.Array:
        """Of each row what is true of its plan."""
        import pyarrow as pa

        return pa.array(of_plans, pa.bool_()).take(self._codes)

    def _those(self, of_plans: Sequence[bool]) -> tuple[list[int], pa.Array, list[int]]:
        """The chosen rows of some plans: which of the chosen, which of all, and the plan of each."""
        import pyarrow as pa
        import pyarrow.compute as pc

        at = pc.indices_nonzero(pa.array(of_plans, pa.bool_()).take(self._codes))
        return at.to_pylist(), self._places.take(at), self._codes.take(at).to_pylist()

    def _values(self, slot: int, places: pa.Array) -> Sequence[Any]:
        if slot == _DAY:
            return self._reads.dates(self._days.take(places))
        if slot == _LATER_DAY:
            return self._reads.dates(self._later.take(places))
        texts = self._rows.column("day" if slot == _MOMENT else "later").take(places).to_pylist()
        return [datetime.fromisoformat(each).astimezone(self._zone) for each in texts]

    def _born(self) -> pa.Array:
        """Of each row the first day on which anything can have been about its patient."""
        import pyarrow as pa
        import pyarrow.compute as pc

        rows = self._rows
        self._ends: list[int] = rows.ends.to_pylist()
        born: list[int | None] = [None] * len(self._ends)
        own = pc.indices_nonzero(pc.equal(rows.column("kind"), _PATIENT))
        for place, day in zip(own.to_pylist(), self._days.take(own).to_pylist(), strict=True):
            born[bisect_right(self._ends, place)] = day
        days = pa.array(born, pa.int32())
        self._known_of = [Known(each, zone_is_known=True) for each in self._reads.dates(days)]
        return pc.run_end_decode(pa.RunEndEncodedArray.from_arrays(rows.ends, pc.fill_null(days, FIRST_DAY)))


def _set(facts: Iterable[Fact], attributes: Iterable[Any], values: Iterable[Any]) -> None:
    deque(map(force_setattr, facts, attributes, values), maxlen=0)


def _are_all_plain(names: pa.Array) -> bool:
    """Is it certain that each name may be the id of a fact?"""
    import pyarrow.compute as pc

    if names.null_count < len(names) and pc.max(pc.binary_length(names)).as_py() > _LONGEST_ID:
        return False
    return bool(pc.all(pc.ascii_is_printable(names)).as_py())


def _or_null(column: pa.Array, are_kept: pa.Array) -> pa.Array:
    """The column, with null wherever a value is not to be kept."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(are_kept, column, pa.scalar(None, column.type))
