"""Which case do the rows of a patient make, where nearly all of them are of templates met before?

Only what is read as in the full way (`assembling`) is answered here: each resource once, no header, no
Provenance, no fact that names another but a hand-over its prescription. For anything else there is no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from msgspec.structs import force_setattr, replace

from isovigil.case.case import Case, Patient
from isovigil.case.fact import Fact
from isovigil.case.kinds import KINDS, Prescription
from isovigil.exchange.bulk.known_templates import EARLIEST, LATEST, KnownTemplates, Template
from isovigil.exchange.bulk.rows_as_resources import Row, as_resource
from isovigil.exchange.bulk.strict_lines import sound_resource, taken_strictly
from isovigil.exchange.bulk.template_plans import NAMING_OTHERS, PRESCRIPTION, Plan
from isovigil.exchange.fact_checks import Known
from isovigil.exchange.fhir.days import DAY_LENGTH
from isovigil.exchange.fhir.facts_drafted import BY_REFERENCE, checked, fact_id_of
from isovigil.exchange.fhir.intake import Entry
from isovigil.exchange.fhir.outcome import Issue
from isovigil.exchange.fhir.reading import MOST_FACTS, READERS, SEXES, handed_over_under, subject_of
from isovigil.exchange.fhir.record import Draft, Record, References, plain_reference, type_of
from isovigil.exchange.fhir.resources import MedicationRequest, Reference, Specimen
from isovigil.exchange.fhir.resources import Patient as FhirPatient
from isovigil.exchange.sound_facts import agrees_with_itself, sound_fact

Rows = Sequence[tuple[Any, ...]]

LONGEST_ID: Final = 200
_PATIENT: Final = "Patient"
_, _, _KIND, _RESOURCE, _DAY, _LATER, _CHANGED, _NUMBER, _UNDER, _TEMPLATE, _RAW, _ = range(len(Row._fields))
_NOTHING: Final[tuple[None, None]] = (None, None)


class Unusual(Exception):
    """Something about a patient is asked in the full way only."""


class PlannedCase(NamedTuple):
    """A case, and what has to be told about the rows it was made from."""

    case: Case
    issues: list[Issue]
    read_strictly: list[Row]
    """The rows of lines that the strict loader read itself."""


class Whole(NamedTuple):
    """What the full way knows about a patient's rows, for what is seldom asked."""

    place_of: Callable[[Row], str]
    entries: Callable[[], Sequence[Entry]]
    """All resources of the patient, and those of others that they refer to."""


def planned_case(
    patient: str, rows: Rows, programme: str, known: KnownTemplates, whole: Whole
) -> PlannedCase:
    """The case of one patient's rows. Raises Unusual where it has to be made in the full way."""
    return _Reading(patient, rows, known, whole).case(programme)


class _Entries(Sequence[Entry]):
    """The entries of a patient, put together only when somebody looks into them."""

    def __init__(self, whole: Whole) -> None:
        self._whole = whole
        self._all: Sequence[Entry] | None = None

    def _entries(self) -> Sequence[Entry]:
        if self._all is None:
            self._all = self._whole.entries()
        return self._all

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries())

    def __len__(self) -> int:
        return len(self._entries())

    def __getitem__(self, place: Any) -> Any:
        return self._entries()[place]


class _Reading:
    """One patient's rows, while they are read."""

    def __init__(self, patient: str, rows: Rows, known: KnownTemplates, whole: Whole) -> None:
        self._patient = patient
        self._rows = rows
        self._known = known
        self._whole = whole
        self._names = [f"{row[_KIND]}/{row[_RESOURCE]}" for row in rows if row[_RESOURCE]]
        self._own = _row_of_the_patient(rows)
        self._born_on = self._birth()
        self._born_known = Known(self._born_on, zone_is_known=True)
        self._earliest = EARLIEST if self._born_on is None else max(self._born_on, EARLIEST)
        self._subject = Reference(reference=f"{_PATIENT}/{patient}")
        self._entries = _Entries(whole)
        self._record = Record(known.zone, self._born_on, References(self._entries))
        self._knows_hand_overs = False
        self._facts: list[Fact | None] = []
        self._under: list[tuple[Fact | None, str]] = []
        """The hand-overs, and the prescription that each names."""
        self._drafted: list[tuple[int, Draft, bool]] = []
        """The places of facts that no plan made, their drafts, and whether they are withdrawn."""
        self._strict: list[Row] = []

    def case(self, programme: str) -> PlannedCase:
        """The case. Raises Unusual."""
        names = self._names
        if len(set(names)) < len(names) or not _are_plain(names):
            raise Unusual
        for row in self._rows:
            self._take(row)
        for place, draft, is_withdrawn in self._drafted:
            self._facts[place] = self._checked(draft, is_withdrawn=is_withdrawn)
        if self._under:
            self._name_prescriptions()
        facts = tuple([fact for fact in self._facts if fact is not None])
        if len(facts) > MOST_FACTS:
            raise Unusual
        known = self._known
        resource = known.template(self._own[_TEMPLATE]).resource()
        sex = SEXES.get(resource.gender or "") if isinstance(resource, FhirPatient) else None
        patient = Patient(id=self._patient, born_on=self._born_on, sex=sex)
        case = Case(patient=patient, time_zone=known.zone_name, facts=facts, programme=programme)
        return PlannedCase(case, self._record.issues, self._strict)

    def _birth(self) -> date | None:
        text = self._own[_DAY]
        if text is None:
            return None
        born_on = self._known.told(text)[0] if len(text) == DAY_LENGTH else None
        if born_on is None:
            raise Unusual
        return born_on

    def _take_slowly(self, template: Template, row: tuple[Any, ...]) -> None:
        """Take a row whose template is new, has no plan, or has one for each number."""
        if row[_KIND] == _PATIENT:
            raise Unusual
        if not self._follows_some(template, row):
            self._read_row(template, Row(*row))

    def _follows_some(self, template: Template, row: tuple[Any, ...]) -> bool:
        plan, day = self._known.plan(template, row), row[_DAY]
        if plan is None:
            return False
        on, at = _NOTHING if day is None else self._known.told(day)
        if day is not None and (on is None or not self._earliest <= on <= LATEST):
            return False
        return self._follows(plan, template, row, on, at)

    def _follows(
        self, plan: Plan, template: Template, row: tuple[Any, ...], on: date | None, at: datetime | None
    ) -> bool:
        """Take a row by its plan, of whose day it is known which it is; False where it has to be read.

        The readers compare the other days with the first; where one comes before it, they have to be asked.
        """
        values: list[Any] = [on, at]
        for text, counts in ((row[_LATER], plan.later_counts), (row[_CHANGED], plan.changed_counts)):
            if text is None or not counts:
                values += _NOTHING
                continue
            other, moment = self._known.told(text)
            if other is None or not (on or self._earliest) <= other <= LATEST:
                return False
            on = on or other
            values += (other, moment)
        name = f"{row[_KIND]}/{row[_RESOURCE]}"
        if plan.base is not None:
            fact = self._made(
                plan, name, values + template.inside if template.inside else values, row[_NUMBER]
            )
            if fact is None:
                return False
            if plan.is_under:
                self._under.append((fact, row[_UNDER]))
            self._facts.append(fact)
        if plan.issues:
            place = f"{self._whole.place_of(Row(*row))}.{row[_KIND]}"
            self._record.issues += [issue_at(place, issue) for issue in plan.issues]
        return True

    def _made(self, plan: Plan, name: str, values: list[Any], number: str | None) -> Fact | None:
        """The fact of a row; None where it may not be sound."""
        assert plan.base is not None  # asked only where there is a fact
        fact = replace(plan.base, id=name)
        for attribute, at in plan.holes:
            force_setattr(fact, attribute, values[at])
        if plan.numbers is not None:
            meant = plan.numbers.meant(number or "")
            if meant is None:
                return None
            force_setattr(fact, plan.numbers.attribute, meant)
        if plan.has_days_inside and not agrees_with_itself(fact, self._born_known):
            return None
        return fact

    def _take(self, row: tuple[Any, ...]) -> None:
        """Take a row about which there is something to ask."""
        if row is self._own:
            return
        if not row[_RESOURCE]:
            raise Unusual
        if row[_TEMPLATE] is None or row[_RAW] is not None:
            self._read_line(Row(*row))
        else:
            self._take_slowly(self._known.template(row[_TEMPLATE]), row)

    def _read_row(self, template: Template, row: Row) -> None:
        place = f"{self._whole.place_of(row)}.{row.kind}"
        resource = as_resource(template.resource(), row, self._subject)
        self._read(Entry(place, resource, None))

    def _read_line(self, row: Row) -> None:
        """Take a line that was not taken apart. Raises Unusual where it is not one sound resource."""
        resource = sound_resource(row)
        if resource is None:
            taken = taken_strictly(row, row.raw, "")
            if taken.issues or len(taken.entries) != 1:
                raise Unusual
            resource = taken.entries[0].resource
        if type(resource) not in READERS and type(resource) is not Specimen:
            raise Unusual
        subject = subject_of(resource)
        if subject is None or plain_reference(subject) != self._subject.reference:
            raise Unusual
        if type_of(resource) != row.kind or resource.id != row.resource:
            raise Unusual
        if not resource.id or fact_id_of(resource.identifier) is not None:
            raise Unusual
        self._strict.append(row)
        known = self._known.template_of(resource)
        if known is None or not self._follows_some(known[0], (*row[:_DAY], known[1], *row[_LATER:])):
            self._read(Entry(f"{self._whole.place_of(row)}.{row.kind}", resource, None))

    def _read(self, entry: Entry) -> None:
        resource = entry.resource
        if not resource.id:
            raise Unusual
        name = f"{type_of(resource)}/{resource.id}"
        reader = READERS.get(type(resource))
        if reader is None:
            return
        record = self._record
        if isinstance(resource, MedicationRequest) and not self._knows_hand_overs:
            record.handed_over_under = handed_over_under(self._entries)
            self._knows_hand_overs = True
        record.turn_to(entry)
        for draft in reader(resource, record):
            if draft.resource_id != resource.id or draft.kind not in KINDS:
                raise Unusual
            draft.values["id"] = name
            self._drafted.append((len(self._facts), draft, record.is_withdrawn))
            self._facts.append(None)

    def _checked(self, draft: Draft, *, is_withdrawn: bool) -> Fact | None:
        """The fact of a draft, as `facts_of` makes it."""
        values = draft.values
        if not NAMING_OTHERS.isdisjoint(values):
            raise Unusual
        if is_withdrawn:
            values["withdrawn"] = True
        named = values.pop(PRESCRIPTION, None)
        if named is not None:
            if not isinstance(named, str) or not named.startswith(BY_REFERENCE):
                raise Unusual
            named = named.removeprefix(BY_REFERENCE)
        fact = sound_fact(KINDS[draft.kind], values, self._born_known, self._known.zone)
        if fact is None:
            fact = checked(draft, self._record, self._born_known)
        if named is not None:
            self._under.append((fact, named))
        return fact

    def _name_prescriptions(self) -> None:
        """Let each hand-over name the prescription it was made under, where that is in the input."""
        prescriptions = {fact.id for fact in self._facts if type(fact) is Prescription}
        for fact, reference in self._under:
            named = reference if reference in prescriptions else plain_reference(reference)
            if named in prescriptions and fact is not None:
                force_setattr(fact, PRESCRIPTION, named)
            elif named in self._names:
                raise Unusual


def _are_plain(names: Sequence[str]) -> bool:
    """May each name be the id of a fact?"""
    return "".join(names).isprintable() and max(map(len, names), default=0) <= LONGEST_ID


def _row_of_the_patient(rows: Rows) -> tuple[Any, ...]:
    """The one row about the patient himself, where it was taken apart. Raises Unusual."""
    own = (row for row in reversed(rows) if row[_KIND] == _PATIENT)
    found: tuple[Any, ...] | None = next(own, None)
    if found is None or found[_TEMPLATE] is None or found[_RAW] is not None:
        raise Unusual
    return found


def issue_at(place: str, issue: Issue) -> Issue:
    """The issue of a template, at the place of one of its rows."""
    element = f".{issue.expression}" if issue.expression else ""
    return replace(issue, expression=f"{place}{element}")
