"""Which case do the rows of a patient make, where nearly all of them are of templates met before?

Only what is read as in the full way (`assembling`) is answered here: each resource once, no header, no
Provenance, no fact that names another but a hand-over its prescription. For anything else there is no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from msgspec.structs import force_setattr, replace

from isovigil.case.case import Case, Patient
from isovigil.case.fact import Fact
from isovigil.case.kinds import KINDS, Prescription
from isovigil.exchange.bulk.known_templates import EARLIEST, LATEST, KnownTemplates, Template
from isovigil.exchange.bulk.rows_as_resources import Row, as_resource
from isovigil.exchange.bulk.strict_lines import taken_strictly
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

_PATIENT: Final = "Patient"
_KIND, _DAY, _TEMPLATE, _RAW = (Row._fields.index(name) for name in ("kind", "day", "template", "raw"))
_LONGEST_ID: Final = 200
_NOTHING: Final = (None, None)


class Unusual(Exception):
    """Something about a patient is asked in the full way only."""


class PlannedCase(NamedTuple):
    """A case, and what has to be told about the rows it was made from."""

    case: Case
    issues: list[Issue]
    read_strictly: set[str]
    """The places of the lines that the strict loader read itself."""


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
        self._own = _row_of_the_patient(rows)
        self._born_on = self._birth()
        self._born_known = Known(self._born_on, zone_is_known=True)
        self._earliest = EARLIEST if self._born_on is None else max(self._born_on, EARLIEST)
        self._subject = Reference(reference=f"{_PATIENT}/{patient}")
        self._entries = _Entries(whole)
        self._record = Record(known.zone, self._born_on, References(self._entries))
        self._knows_hand_overs = False
        self._names: set[str] = set()
        self._facts: list[Fact | None] = []
        self._under: list[tuple[int, str]] = []
        """The places of hand-overs among the facts, and the prescription that each names."""
        self._drafted: list[tuple[int, Draft, bool]] = []
        """The places of facts that no plan made, their drafts, and whether they are withdrawn."""
        self._strict: set[str] = set()

    def case(self, programme: str) -> PlannedCase:
        """The case. Raises Unusual."""
        own, names, known = self._own, self._names, self._known
        templates = known.templates
        for row in self._rows:
            mark = row[_TEMPLATE]
            if row is own:
                names.add(f"{_PATIENT}/{self._patient}")
            elif mark is None or row[_RAW] is not None:
                self._read_line(Row(*row))
            else:
                template = templates.get(mark) or known.template(mark)
                if not self._follows_a_plan(template, row):
                    self._read_row(template, Row(*row))
        if len(names) < len(self._rows):
            raise Unusual
        for place, draft, is_withdrawn in self._drafted:
            self._facts[place] = self._checked(place, draft, is_withdrawn=is_withdrawn)
        if self._under:
            self._name_prescriptions()
        facts = tuple([fact for fact in self._facts if fact is not None])
        if len(facts) > MOST_FACTS:
            raise Unusual
        resource = known.template(own[_TEMPLATE]).resource()
        sex = SEXES.get(resource.gender or "") if isinstance(resource, FhirPatient) else None
        patient = Patient(id=self._patient, born_on=self._born_on, sex=sex)
        case = Case(patient=patient, time_zone=str(known.zone), facts=facts, programme=programme)
        return PlannedCase(case, self._record.issues, self._strict)

    def _birth(self) -> date | None:
        text = self._own[_DAY]
        if text is None:
            return None
        born_on = self._known.day(text) if len(text) == DAY_LENGTH else None
        if born_on is None:
            raise Unusual
        return born_on

    def _follows_a_plan(self, template: Template, row: tuple[Any, ...]) -> bool:
        """Take a row by the plan of its template; False where it has to be read."""
        _, _, kind, resource, day, later, changed, number, under, _, _, _ = row
        inside = template.inside
        if inside is None or not resource:
            return False
        plan = self._known.plan(template.family, row, day, later, changed, number)
        name = f"{kind}/{resource}"
        if plan is None or not name.isprintable() or len(name) > _LONGEST_ID:
            return False
        values = self._values(
            day, later if plan.later_counts else None, changed if plan.changed_counts else None
        )
        if values is None:
            return False
        if plan.base is not None:
            fact = self._made(plan, name, values + inside if inside else values, number)
            if fact is None:
                return False
            if plan.is_under:
                self._under.append((len(self._facts), under))
            self._facts.append(fact)
        self._names.add(name)
        if plan.issues:
            place = f"{self._whole.place_of(Row(*row))}.{kind}"
            self._record.issues += [_at(place, issue) for issue in plan.issues]
        return True

    def _made(self, plan: Plan, name: str, values: list[Any], number: str | None) -> Fact | None:
        """The fact of a row; None where it may not be sound."""
        assert plan.base is not None  # asked only where there is a fact
        fact = replace(plan.base, id=name)
        for attribute, at in plan.holes:
            force_setattr(fact, attribute, values[at])
        if plan.numbers is not None:
            meant = plan.numbers.meant(number or "", self._known.zone)
            if meant is None:
                return None
            force_setattr(fact, plan.numbers.attribute, meant)
        if plan.has_days_inside and not agrees_with_itself(fact, self._born_known):
            return None
        return fact

    def _values(self, day: str | None, later: str | None, changed: str | None) -> list[Any] | None:
        """The days and instants of a row, as a plan names their places; None where one is unusual.

        The readers compare the other days with the first; where one comes before it, they have to be asked.
        """
        found: list[Any] = []
        first = self._earliest
        if day is not None:
            on, at = self._known.told(day)
            if on is None or not first <= on <= LATEST:
                return None
            if later is None and changed is None:
                return [on, at, None, None, None, None]
            first = on
            found += (on, at)
        else:
            found += _NOTHING
        for text in (later, changed):
            if text is None:
                found += _NOTHING
                continue
            on, at = self._known.told(text)
            if on is None or not first <= on <= LATEST:
                return None
            if not any(found):
                first = on
            found += (on, at)
        return found

    def _read_row(self, template: Template, row: Row) -> None:
        place = f"{self._whole.place_of(row)}.{row.kind}"
        resource = as_resource(template.resource(), row, self._subject)
        self._read(Entry(place, resource, None))

    def _read_line(self, row: Row) -> None:
        place = self._whole.place_of(row)
        taken = taken_strictly(row, row.raw, place)
        if taken.issues or len(taken.entries) != 1:
            raise Unusual
        resource = taken.entries[0].resource
        if type(resource) not in READERS and type(resource) is not Specimen:
            raise Unusual
        subject = subject_of(resource)
        if subject is None or plain_reference(subject) != self._subject.reference:
            raise Unusual
        if type_of(resource) != row.kind:
            raise Unusual
        if not resource.id or resource.id != row.resource or fact_id_of(resource.identifier) is not None:
            raise Unusual
        self._strict.add(place)
        known = self._known.template_of(resource)
        if known is None or not self._follows_a_plan(known[0], row._replace(day=known[1])):
            self._read(taken.entries[0])

    def _read(self, entry: Entry) -> None:
        resource = entry.resource
        if not resource.id:
            raise Unusual
        name = f"{type_of(resource)}/{resource.id}"
        self._names.add(name)
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

    def _checked(self, place: int, draft: Draft, *, is_withdrawn: bool) -> Fact | None:
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
            self._under.append((place, named.removeprefix(BY_REFERENCE)))
        fact = sound_fact(KINDS[draft.kind], values, self._born_known, self._known.zone)
        return checked(draft, self._record, self._born_known) if fact is None else fact

    def _name_prescriptions(self) -> None:
        """Let each hand-over name the prescription it was made under, where that is in the input."""
        prescriptions = {fact.id for fact in self._facts if type(fact) is Prescription}
        for place, reference in self._under:
            named, fact = plain_reference(reference), self._facts[place]
            if named in prescriptions and fact is not None:
                force_setattr(fact, PRESCRIPTION, named)
            elif named in self._names:
                raise Unusual


def _row_of_the_patient(rows: Rows) -> tuple[Any, ...]:
    """The one row about the patient himself, where it was taken apart. Raises Unusual."""
    found = [row for row in rows if row[_KIND] == _PATIENT]
    if len(found) != 1 or found[0][_TEMPLATE] is None or found[0][_RAW] is not None:
        raise Unusual
    return found[0]


def _at(place: str, issue: Issue) -> Issue:
    """The issue of a template, at the place of one of its rows."""
    element = f".{issue.expression}" if issue.expression else ""
    return replace(issue, expression=f"{place}{element}")
