"""Which fact does every row of one template make, and what of that fact comes from the row itself?

The strict readers are asked about the template with made-up days. What they say each time comes from the
template; what moves with a day comes from the row. A template that does not answer as plainly as that has
no plan, and its rows are read one by one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from isovigil.case.fact import Fact
from isovigil.case.kinds import KINDS
from isovigil.exchange.bulk.rows_as_resources import DECIMAL, Row, as_resource
from isovigil.exchange.declared_types import fields_of
from isovigil.exchange.fact_checks import Known
from isovigil.exchange.fhir.days import DAY_LENGTH, read_day
from isovigil.exchange.fhir.intake import Entry
from isovigil.exchange.fhir.outcome import Issue
from isovigil.exchange.fhir.reading import READERS
from isovigil.exchange.fhir.record import Record, References
from isovigil.exchange.fhir.resources import AnyResource, Reference
from isovigil.exchange.sound_facts import sound_fact

SILENT: Final = frozenset({"value", "duplicate", "not-found"})
"""Information of these codes is told to nobody in a population."""
NAMING_OTHERS: Final = frozenset({"supersedes", "dispense", "supersedes_resource", "dispense_resource"})
"""Values by which a fact names another, beside the prescription of a hand-over."""
PRESCRIPTION: Final = "prescription"
DAYS_INSIDE: Final = 6
"""Where among the values of a row the days inside its template begin.

Before them stand the day and the instant of `day`, of `later` and of `changed`.
"""
_MEASURED: Final = {"laboratory": "value", "weight": "kg", "height": "cm"}
"""The kinds whose number goes into one field, times a factor, and decides nothing else."""
_NUMBERS_TRIED: Final = (1.0, 50.0, 150.0)
"""One of them is possible in each unit of weight, height or laboratory value, if any number is."""
_NUMBERS_WRITTEN: Final = ("1", "20.5")
_SOMEBODY: Final = Reference(reference="Patient/probe")
_NOBODY_BORN: Final = Known(None, zone_is_known=True)
_TIME: Final = "T11:22:33+00:00"
_EARLY: Final = "1950-02-03"
_NO_DAY: Final = "not a day!"
_KEPT: Final = 20_000


class Plan(NamedTuple):
    """What the rows of one template make."""

    base: Fact | None
    """The fact of a made-up row; None where they make none."""
    holes: tuple[tuple[str, int], ...] = ()
    """The attributes that come from the row, and where among its values each stands."""
    later_counts: bool = False
    """Does it make any difference what stands in the column `later`?"""
    changed_counts: bool = False
    numbers: Numbers | None = None
    is_under: bool = False
    """Does the fact name the prescription that the row names?"""
    has_days_inside: bool = False
    """Are there days inside the template, which have to agree with the row's own?"""
    issues: tuple[Issue, ...] = ()
    """What has to be told of each row, by the element it is about."""
    number_decides: bool = False
    """May the number of a row do more than to be the value of one field?"""


class Numbers:
    """What the numbers of rows are in the unit of their fact."""

    def __init__(self, kind: type[Fact], attribute: str, factor: float) -> None:
        self.attribute = attribute
        self._type = next(each.type for each in fields_of(kind).values() if each.attribute == attribute)
        self._factor = factor
        self._known: dict[str, float | None] = {}

    def meant(self, text: str) -> float | None:
        """The number in the fact's unit; None where no sound fact holds it.

        A made-up number made a sound fact, and nothing in a fact of these kinds is compared with its number:
        so this one does, where the field alone may hold it.
        """
        try:
            return self._known[text]
        except KeyError:
            pass
        if len(self._known) >= _KEPT:
            self._known.clear()
        value: float | None = DECIMAL.decode(text) * self._factor
        try:
            msgspec.convert(value, self._type)
        except msgspec.ValidationError:
            value = None
        self._known[text] = value if value is not None and math.isfinite(value) else None
        return self._known[text]


class Family:
    """Templates that differ in nothing but the days inside them."""

    def __init__(self, days: int, made_with: Callable[[Sequence[date]], AnyResource]) -> None:
        self.plans: dict[Any, Plan | None] = {}
        """By the shape of a row, which of its texts it has; and by its number where that may decide."""
        self.met: Counter[Any] = Counter()
        """How often rows were met that there is no plan for yet."""
        self.decided_by_number: set[int] = set()
        """The shapes of rows whose number does more than to be the value of one field."""
        self.made_with = made_with
        """Makes the template of some days."""
        self._days = days

    def days_inside(self, first: int) -> list[date]:
        """Made-up days, of which the first has this ordinal."""
        return [date.fromordinal(first + 3 * place) for place in range(self._days)]


class _Probe(NamedTuple):
    """Made-up texts of a row."""

    name: str
    day: str
    later: str
    changed: str
    inside: int
    """The first of the days inside the template, as an ordinal."""
    born_on: date

    def row(self, like: Row) -> Row:
        """A row that has the same texts as another, all of them made up."""
        return like._replace(
            resource=self.name,
            day=_written(self.day, like.day),
            later=_written(self.later, like.later),
            changed=_written(self.changed, like.changed),
            under=None if like.under is None else f"MedicationRequest/{self.name}",
        )


_ONE: Final = _Probe("one", "2011-03-07", "2011-05-10", "2011-05-21", 733_500, date(1990, 1, 2))
_OTHER: Final = _Probe("other", "2012-09-18", "2012-12-29", "2012-11-08", 734_100, date(1986, 4, 5))
_SAME: Final = _Probe("same", "2013-06-06", "2013-06-06", "2013-06-06", 734_200, date(1983, 7, 8))
"""The readers compare days with the first of a row only; here later and changed come in either order."""
_MUCH_LATER: Final = 735_800
"""A day inside the template may have to come before the row's own, or after it."""


class _Answer(NamedTuple):
    """What the readers make of one resource."""

    kinds: tuple[str, ...]
    values: dict[str, Any]
    issues: tuple[Issue, ...]


class _Noted(References):
    """What a reference leads to among the resources that are everybody's; notes what was asked."""

    def __init__(self, shared: Mapping[str, Entry]) -> None:
        super().__init__()
        self._shared = shared
        self.asked: set[str] = set()

    def lead_to(self, reference: str) -> Entry | None:
        self.asked.add(reference)
        return self._shared.get(reference)


class Planner:
    """Asks the strict readers what rows of a template mean in one time zone."""

    def __init__(self, shared: Mapping[str, Entry], zone: ZoneInfo) -> None:
        self._shared = shared
        self._zone = zone

    def plan(self, family: Family, like: Row) -> Plan | None:
        """What the rows of a family make that have texts where this one has them, and its number.

        None where that depends on anything a plan cannot say.
        """
        return _Question(family, like, self._shared, self._zone).plan()


class _Question:
    """What do the rows of one family make that have texts where one row has them?"""

    def __init__(self, family: Family, like: Row, shared: Mapping[str, Entry], zone: ZoneInfo) -> None:
        self._family = family
        self._like = like
        self._shared = shared
        self._zone = zone
        self._templates: dict[tuple[date, ...], AnyResource] = {}

    def plan(self) -> Plan | None:
        """The plan; None where there is none."""
        one, other, same = (self._answer(each, each.row(self._like)) for each in (_ONE, _OTHER, _SAME))
        if one is None or other is None or same is None:
            return None
        if not one.kinds == other.kinds == same.kinds or not one.issues == other.issues == same.issues:
            return None
        later_counts, changed_counts = self._counts("later", one), self._counts("changed", one)
        if not one.kinds:
            if later_counts or changed_counts:
                return None
            return Plan(None, issues=one.issues, number_decides=self._number_decides(one))
        holes = self._holes(one.values, other.values)
        if holes is None or self._filled(one.values, holes, _SAME) != same.values:
            return None
        kind = KINDS[one.kinds[0]]
        measured = None
        if self._like.number is not None and kind.kind in _MEASURED:
            measured = self._measured(_MEASURED[kind.kind], one)
            if measured is None:
                return None
        base = self._sound(kind, self._given(one.values, holes, measured))
        if base is None:
            return None
        names = {name: field.attribute for name, field in fields_of(kind).items()}
        places = tuple((names[name], at) for name, at in holes.items())
        if _holds_a_day_of_its_own(base, places):
            return None
        return Plan(
            base,
            places,
            later_counts,
            changed_counts,
            None if measured is None else Numbers(kind, *measured),
            PRESCRIPTION in one.values,
            any(at >= DAYS_INSIDE for _, at in places),
            one.issues,
            self._like.number is not None and measured is None,
        )

    def _answer(self, probe: _Probe, row: Row) -> _Answer | None:
        """What the readers make of a row; None where that is more than one fact, or asks for other rows."""
        inside = tuple(self._family.days_inside(probe.inside))
        template = self._templates.get(inside)
        if template is None:
            template = self._templates[inside] = self._family.made_with(inside)
        resource = as_resource(template, row, _SOMEBODY)
        references = _Noted(self._shared)
        record = Record(self._zone, probe.born_on, references)
        if probe is _OTHER:
            record.handed_over_under = {f"{row.kind}/{row.resource}"}
        record.turn_to(Entry("", resource, None))
        drafts = READERS[type(resource)](resource, record)
        if row.under is not None and row.under in references.asked:
            return None
        if len(drafts) > 1 or any(each.kind not in KINDS for each in drafts):
            return None
        values = dict(drafts[0].values) if drafts else {}
        if any(each.resource_id != row.resource for each in drafts) or not _names_no_other(values, row):
            return None
        if PRESCRIPTION in values:
            values[PRESCRIPTION] = None
        if record.is_withdrawn and drafts:
            values["withdrawn"] = True
        issues = tuple(
            msgspec.structs.replace(each, expression=each.expression.removeprefix("."))
            for each in record.issues
            if each.severity != "information" or each.code not in SILENT
        )
        if any(each.severity == "fatal" for each in issues):
            return None
        return _Answer(tuple(each.kind for each in drafts), values, issues)

    def _counts(self, column: str, one: _Answer) -> bool:
        """Does it make any difference what stands in a column, or whether anything does?"""
        text = getattr(self._like, column)
        if text is None:
            return False
        row = _ONE.row(self._like)
        for other in (None, _written(_EARLY, text), _written(_NO_DAY, text)):
            changes: dict[str, Any] = {column: other}
            if self._answer(_ONE, row._replace(**changes)) != one:
                return True
        return False

    def _number_decides(self, one: _Answer) -> bool:
        """May it make any difference which number stands there? Not where they do not even ask for one."""
        if self._like.number is None:
            return False
        row = _ONE.row(self._like)
        others = (row._replace(number=number) for number in (None, *_NUMBERS_WRITTEN))
        return any(self._answer(_ONE, other) != one for other in others)

    def _texts(self, probe: _Probe) -> list[Any]:
        """The values of a made-up row, as a plan names their places."""
        row = probe.row(self._like)
        found: list[Any] = []
        for text in (row.day, row.later, row.changed):
            read = None if text is None else read_day(text, self._zone)
            found += [None, None] if read is None else [read.day, read.instant]
        return found + self._family.days_inside(probe.inside)

    def _holes(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, int] | None:
        """Where each value comes from that is not the same in two rows; None where that cannot be told."""
        if one.keys() != other.keys():
            return None
        texts = list(zip(self._texts(_ONE), self._texts(_OTHER), strict=True))
        found = {}
        for name, value in one.items():
            pair = (value, other[name])
            if _is_same(*pair):
                continue
            places = [at for at, both in enumerate(texts) if all(map(_is_same, both, pair))]
            if len(places) != 1:
                return None
            found[name] = places[0]
        return found

    def _filled(self, values: Mapping[str, Any], holes: Mapping[str, int], probe: _Probe) -> dict[str, Any]:
        texts = self._texts(probe)
        return {**values, **{name: texts[at] for name, at in holes.items()}}

    def _measured(self, field: str, one: _Answer) -> tuple[str, float] | None:
        """The field that holds the number, and the factor; None where it is not only multiplied."""
        factor = None
        for number in (*_NUMBERS_WRITTEN, str(self._like.number)):
            answer = self._answer(_ONE, _ONE.row(self._like._replace(number=number)))
            if answer is None or field not in answer.values:
                return None
            factor = answer.values[field] if factor is None else factor
            expected = {**one.values, field: DECIMAL.decode(number) * factor}
            if answer != one._replace(values=expected):
                return None
        return None if factor is None else (field, factor)

    def _given(
        self, values: Mapping[str, Any], holes: Mapping[str, int], measured: tuple[str, float] | None
    ) -> Iterator[dict[str, Any]]:
        """Made-up values of which some should make a sound fact, if any do."""
        for inside in (_ONE.inside, _MUCH_LATER):
            given = {"id": "made up", **self._filled(values, holes, _ONE._replace(inside=inside))}
            if measured is None:
                yield given
            else:
                yield from ({**given, measured[0]: number * measured[1]} for number in _NUMBERS_TRIED)

    def _sound(self, kind: type[Fact], tried: Iterator[dict[str, Any]]) -> Fact | None:
        for given in tried:
            fact = sound_fact(kind, given, _NOBODY_BORN, self._zone)
            if fact is not None:
                return fact
        return None


def _names_no_other(values: Mapping[str, Any], row: Row) -> bool:
    """Does a fact name no other, but for the prescription that its row names?"""
    named = values.get(PRESCRIPTION)
    return NAMING_OTHERS.isdisjoint(values) and (named is None or named == f"reference:{row.under}")


def _is_same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _holds_a_day_of_its_own(base: Fact, places: Sequence[tuple[str, int]]) -> bool:
    """Does the template itself say when? Whether that goes with the row's own days, the readers tell."""
    moving = {attribute for attribute, _ in places}
    held = msgspec.structs.asdict(base)
    return any(isinstance(value, date) and name not in moving for name, value in held.items())


def _written(day: str, like: str | None) -> str | None:
    """A day as long as another text: with a time where that has one, none where there is none."""
    if like is None:
        return None
    return day if len(like) == DAY_LENGTH else f"{day}{_TIME}"
