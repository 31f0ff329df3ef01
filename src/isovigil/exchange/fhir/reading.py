"""Which cases do FHIR resources hold, and what about them was unread or doubtful?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from isovigil.case.case import DEFAULT_POLICY, Case, Patient
from isovigil.case.time_zones import DEFAULT_TIME_ZONES
from isovigil.exchange.fhir.code_tables import own_code
from isovigil.exchange.fhir.days import read_day
from isovigil.exchange.fhir.facts_drafted import Drafted, facts_of
from isovigil.exchange.fhir.from_conditions import (
    read_adverse_event,
    read_allergy,
    read_condition,
    read_procedure,
)
from isovigil.exchange.fhir.from_forms import read_consent, read_encounter, read_response
from isovigil.exchange.fhir.from_medications import read_dispense, read_request, read_statement
from isovigil.exchange.fhir.from_observations import read_observation
from isovigil.exchange.fhir.intake import Entry, Intake, take_in_all
from isovigil.exchange.fhir.outcome import Issue
from isovigil.exchange.fhir.provenance import provenances_of
from isovigil.exchange.fhir.record import PATIENT_ID, Draft, Record, References, plain_reference
from isovigil.exchange.fhir.resources import (
    AdverseEvent,
    AllergyIntolerance,
    AnyResource,
    Basic,
    Condition,
    Consent,
    Encounter,
    Extension,
    Medication,
    MedicationDispense,
    MedicationRequest,
    MedicationStatement,
    Observation,
    Organization,
    Procedure,
    Provenance,
    QuestionnaireResponse,
    Specimen,
)
from isovigil.exchange.fhir.resources import Patient as FhirPatient

HEADER: Final = "urn:isovigil:course:"
"""The beginning of the URLs of a header's extensions: programme, policy, time-zone."""
MOST_FACTS: Final = 1000

SEXES: Final[dict[str, Any]] = {"female": "female", "male": "male", "other": "other"}
READERS: Final[Mapping[type[Any], Callable[[Any, Record], list[Draft]]]] = {
    Observation: read_observation,
    Condition: read_condition,
    AllergyIntolerance: read_allergy,
    AdverseEvent: read_adverse_event,
    Procedure: read_procedure,
    MedicationRequest: read_request,
    MedicationDispense: read_dispense,
    MedicationStatement: read_statement,
    Encounter: read_encounter,
    Consent: read_consent,
    QuestionnaireResponse: read_response,
}
_LOOKED_UP: Final = frozenset({FhirPatient, Provenance, Medication, Specimen, Organization})
"""Resources that are looked into from others; they are nobody's own facts."""
_extensions: Final = msgspec.json.Decoder(tuple[Extension, ...])


class FhirReading(NamedTuple):
    """The cases of an input, one a patient, and everything that was unread or doubtful."""

    cases: tuple[Case, ...]
    issues: tuple[Issue, ...]

    @property
    def fatal(self) -> tuple[Issue, ...]:
        """Why nothing may be judged; empty where it may."""
        return tuple(each for each in self.issues if each.severity == "fatal")


class Header(NamedTuple):
    """What the Basic resource of a course says."""

    programme: str | None = None
    policy: str | None = None
    time_zone: str | None = None


def read_fhir(
    inputs: Sequence[bytes], *, programme: str | None = None, with_drafts: bool = False
) -> FhirReading:
    """The cases that FHIR R4 inputs hold together, one for each patient, in the order of the input.

    `programme` stands for a course without a header. `with_drafts` reads proposals and plans as
    prescriptions, for a question about an order that is being written. Never raises for a faulty input.
    """
    return cases_of(take_in_all(inputs), programme=programme, with_drafts=with_drafts)


def cases_of(intake: Intake, *, programme: str | None = None, with_drafts: bool = False) -> FhirReading:
    """The same for resources already taken in."""
    issues = list(intake.issues)
    references = References(intake.entries)
    patients = _patients(intake.entries, issues)
    theirs = _shared_out(intake.entries, patients, references, issues)
    cases = []
    for key, patient in patients.items():
        case, told = _case_of(patient, theirs[key], references, programme, with_drafts=with_drafts)
        issues += told
        if case is not None:
            cases.append(case)
    if not patients and not any(each.severity == "fatal" for each in issues):
        issues.append(
            Issue("fatal", "required", "Bundle", "The input holds no Patient and nothing about one.")
        )
    return FhirReading(tuple(cases), tuple(issues))


class _Person(NamedTuple):
    entry: Entry | None
    id: str


def _patients(entries: Sequence[Entry], issues: list[Issue]) -> dict[str, _Person]:
    """Every patient by `Patient/id`; where none is in the input, the one all resources refer to."""
    found: dict[str, _Person] = {}
    for entry in entries:
        if type(entry.resource) is FhirPatient:
            key = (
                f"Patient/{entry.resource.id}"
                if entry.resource.id is not None
                else entry.full_url or entry.place
            )
            earlier = found[key].entry if key in found else None
            if earlier is not None and earlier.resource != entry.resource:
                text = f"{key} is in the input twice with different contents; the later one is used."
                issues.append(Issue("warning", "duplicate", entry.place, text))
            found[key] = _Person(entry, _patient_id(entry.resource, key))
    if found:
        return found
    named = {
        plain_reference(subject)
        for entry in entries
        if (subject := subject_of(entry.resource)) is not None and "Patient/" in subject
    }
    if len(named) != 1:
        return {}
    key = named.pop()
    text = f"{key} is referred to but not in the input, so the day of birth is not known."
    issues.append(Issue("warning", "not-found", "Bundle", text))
    return {key: _Person(None, key.partition("/")[2])}


def _patient_id(patient: FhirPatient, key: str) -> str:
    identifiers = patient.identifier if isinstance(patient.identifier, list) else []
    for each in identifiers:
        if isinstance(each, dict) and each.get("system") == PATIENT_ID and isinstance(each.get("value"), str):
            return str(each["value"])
    return patient.id or key


def subject_of(resource: AnyResource) -> str | None:
    """The reference to the patient a resource is about."""
    subject = resource.subject or resource.patient
    return None if subject is None else subject.reference


def _shared_out(
    entries: Sequence[Entry],
    patients: Mapping[str, _Person],
    references: References,
    issues: list[Issue],
) -> dict[str, list[Entry]]:
    """Each patient's resources; one whose patient is not known is told, not guessed."""
    theirs: dict[str, list[Entry]] = {key: [] for key in patients}
    listed: dict[str, list[Entry]] = {}
    for entry in entries:
        resource = entry.resource
        if type(resource) in _LOOKED_UP:
            continue
        subject = subject_of(resource)
        if subject is not None:
            known = listed.get(subject)
            if known is None:
                key = _patient_meant(subject, patients, references)
                known = None if key is None else listed.setdefault(subject, theirs[key])
            if known is not None:
                known.append(entry)
                continue
        if subject is None and len(patients) == 1:
            text = "It does not say whom it is about; it is taken for the only patient's."
            issues.append(Issue("warning", "required", f"{entry.place}.subject", text))
            next(iter(theirs.values())).append(entry)
        elif patients:
            text = "It is about somebody who is not in the input. It was not read."
            issues.append(Issue("error", "not-found", f"{entry.place}.subject", text))
    provenances = [entry for entry in entries if type(entry.resource) is Provenance]
    for each in theirs.values():
        each.extend(provenances)
    return theirs


def _patient_meant(subject: str, patients: Mapping[str, _Person], references: References) -> str | None:
    """Which of the patients a reference leads to; None where it leads to none of them."""
    key = plain_reference(subject)
    if key in patients:
        return key
    found = references.lead_to(key)
    key = "" if found is None else f"Patient/{found.resource.id}"
    return key if key in patients else None


def _case_of(
    person: _Person,
    entries: Sequence[Entry],
    references: References,
    programme: str | None,
    *,
    with_drafts: bool,
) -> tuple[Case | None, list[Issue]]:
    issues: list[Issue] = []
    headers = [
        each for each in entries if type(each.resource) is Basic and own_code(each.resource.code) == "course"
    ]
    header = _header(headers, issues)
    place = person.entry.place if person.entry is not None else "Bundle"
    programme = header.programme or programme
    zone = _zone(header.time_zone, programme, place, issues)
    if not headers and programme is None:
        text = "No header (a Basic with the code `course`) names the programme. Name one with --programme."
        issues.append(Issue("fatal", "required", place, text))
    if zone is None:
        return None, issues
    patient = _patient(person, zone, place, issues)
    record = Record(zone, patient.born_on, references)
    record.with_drafts = with_drafts
    record.handed_over_under = handed_over_under(entries)
    drafted = []
    for entry in _once_each(entries, issues):
        reader = READERS.get(type(entry.resource))
        if reader is not None:
            record.turn_to(entry)
            for draft in reader(entry.resource, record):
                drafted.append(Drafted(draft, entry, record.is_withdrawn))  # noqa: PERF401 - it is faster
    facts = facts_of(drafted, record, provenances_of(entries, zone, issues))
    issues += record.issues
    if len(facts) > MOST_FACTS:
        text = f"The patient has {len(facts):,} facts; at most {MOST_FACTS:,} are judged."
        issues.append(Issue("fatal", "too-long", place, text))
        return None, issues
    return Case(
        patient=patient,
        time_zone=str(zone),
        facts=facts,
        programme=programme,
        policy=header.policy or DEFAULT_POLICY,
    ), issues


def _header(headers: Sequence[Entry], issues: list[Issue]) -> Header:
    if not headers:
        return Header()
    if len(headers) > 1:
        text = "The patient has several headers; the last one is used."
        issues.append(Issue("warning", "multiple-matches", headers[0].place, text))
    last = headers[-1]
    raw = bytes(last.resource.extension)
    try:
        extensions = _extensions.decode(raw) if raw else ()
    except msgspec.ValidationError as error:
        issues.append(Issue("fatal", "structure", f"{last.place}.extension", f"{error}."))
        return Header()
    said = {each.url: each.valueString for each in extensions}
    return Header(said.get(f"{HEADER}programme"), said.get(f"{HEADER}policy"), said.get(f"{HEADER}time-zone"))


def _zone(written: str | None, programme: str | None, place: str, issues: list[Issue]) -> ZoneInfo | None:
    named = written or DEFAULT_TIME_ZONES.get(programme or "")
    if named is None:
        if programme is None:
            return ZoneInfo("UTC")
        issues.append(
            Issue("warning", "required", place, f"{programme} has no time zone here; days are cut in UTC.")
        )
        return ZoneInfo("UTC")
    try:
        return ZoneInfo(named)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        issues.append(Issue("fatal", "value", place, f"{named} is not a time zone."))
        return None


def _patient(person: _Person, zone: ZoneInfo, place: str, issues: list[Issue]) -> Patient:
    resource = person.entry.resource if person.entry is not None else None
    if not isinstance(resource, FhirPatient):
        return Patient(id=person.id)
    return Patient(
        id=person.id,
        born_on=_born_on(resource, zone, place, issues),
        sex=SEXES.get(resource.gender or ""),
    )


def _born_on(patient: FhirPatient, zone: ZoneInfo, place: str, issues: list[Issue]) -> date | None:
    if patient.birthDate is None:
        return None
    born = read_day(patient.birthDate, zone)
    if born is None:
        issues.append(Issue("error", "value", f"{place}.birthDate", "It is not a date. It was not read."))
        return None
    if born.precision in ("month", "year"):
        text = f"Only the {born.precision} of birth is given; it counts as {born.last}, the latest it can be."
        issues.append(Issue("warning", "value", f"{place}.birthDate", text))
    return born.last


def handed_over_under(entries: Sequence[Entry]) -> set[str]:
    """The prescriptions, by reference or identifier, that some hand-over names."""
    found = set()
    for entry in entries:
        if type(entry.resource) is MedicationDispense and entry.resource.status == "completed":
            for each in entry.resource.authorizingPrescription:
                if each.reference is not None:
                    found.add(plain_reference(each.reference))
                if each.identifier is not None and each.identifier.value is not None:
                    found.add(each.identifier.value)
    return found


def _once_each(entries: Sequence[Entry], issues: list[Issue]) -> list[Entry]:
    """Each resource once: the same text sent twice is one resource; two texts under one id are both read."""
    first: dict[tuple[type[AnyResource], str], Entry] = {}
    kept = []
    for entry in entries:
        if entry.resource.id is None:
            kept.append(entry)
            continue
        key = (type(entry.resource), entry.resource.id)
        earlier = first.setdefault(key, entry)
        if earlier is entry:
            kept.append(entry)
        elif earlier.resource == entry.resource:
            text = f"It is the same as {earlier.place}; it counts once."
            issues.append(Issue("information", "duplicate", entry.place, text))
        else:
            text = (
                f"It has the id of {earlier.place} and other contents; both were read. Send the newest only."
            )
            issues.append(Issue("warning", "duplicate", entry.place, text))
            kept.append(entry)
    return kept
