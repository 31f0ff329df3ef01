"""Which case do one patient's rows make, and what about them was unread or doubtful?

A fast row is put together again into the resource the strict loader would have decoded, and read by the
same readers. A strict row holds its whole line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

import msgspec
from msgspec.structs import replace

from isovigil.case.case import Case
from isovigil.exchange.bulk.flatten import is_doubtful, may_be_grave
from isovigil.exchange.bulk.repeated_keys import what_is_looked_at
from isovigil.exchange.fhir.intake import Entry, Intake, take_in
from isovigil.exchange.fhir.outcome import Issue
from isovigil.exchange.fhir.reading import cases_of
from isovigil.exchange.fhir.record import plain_reference
from isovigil.exchange.fhir.resources import (
    AnyResource,
    Condition,
    DispenseRequest,
    Encounter,
    MedicationDispense,
    MedicationRequest,
    Meta,
    Observation,
    Patient,
    Period,
    Quantity,
    Reference,
)

ORPHAN: Final = "It is about somebody who is not in the input. It was not read."
OTHER_VERSION: Final = "It is written in {} of FHIR, not in R4; what R4 words otherwise is not seen."
_OLDER: Final = {
    "MedicationOrder": "DSTU2", "DiagnosticOrder": "DSTU2", "ProcedureRequest": "DSTU2 or STU3",
    "ReferralRequest": "DSTU2 or STU3", "DeviceUseRequest": "DSTU2", "MedicationUsage": "R5",
}  # fmt: skip
_R5: Final = re.compile(rb'"medication"\s*:\s*\{|"reason"\s*:\s*\[\s*\{\s*"(?:concept|reference)"\s*:\s*\{')
_PLACE: Final = re.compile(r"^(?P<file>.*)\((?P<line>\d+)\)\.?(?P<element>.*)$", re.DOTALL)
_DECIMAL: Final = msgspec.json.Decoder(float)


class Row(NamedTuple):
    """A row of the sorted file, without its patient."""

    chunk: int
    line: int
    kind: str
    resource: str | None
    day: str | None
    later: str | None
    changed: str | None
    number: str | None
    under: str | None
    template: int | None
    raw: bytes | None
    trouble: str | None


class Place(NamedTuple):
    """Where the lines of a chunk stand: the file's name, and how many lines come before in it."""

    file: str
    before: int


class Problem(NamedTuple):
    """A row of the table `problems`, without its patient."""

    severity: str
    code: str
    file: str
    line: int | None
    resource_type: str | None
    resource_id: str | None
    element: str | None
    says: str
    loader: str


class Assembled(NamedTuple):
    """One patient: the case, unless something grave could not be read, and what has to be told."""

    patient: str
    case: Case | None
    refusal: str | None
    problems: tuple[Problem, ...]
    unread: Counter[tuple[str, str]]


class Assembler:
    """Puts patients together, one after the other; keeps what their templates mean."""

    def __init__(
        self,
        templates: Mapping[int, str],
        places: Sequence[Place],
        shared: Mapping[str, Entry],
        programme: str | None,
        line_again: Callable[[int, int], bytes | None],
    ) -> None:
        self._templates = templates
        self._places = places
        self._shared = shared
        self._programme = programme
        self._line_again = line_again
        self._decoder = msgspec.json.Decoder(AnyResource)
        self._decoded: dict[int, AnyResource] = {}

    def assemble(self, patient: str, rows: Iterable[tuple[Any, ...]]) -> Assembled:
        """The case of one patient's rows."""
        own = [Row(*row) for row in rows]
        subject = Reference(reference=f"Patient/{patient}")
        intake = Intake([], [])
        loaders: dict[str, str] = {}
        about: dict[str, tuple[str, str | None]] = {}
        twice = _given_twice(own)
        for row in own:
            place = self._place(row)
            about[place] = (row.kind, row.resource)
            raw = self._line_again(row.chunk, row.line) if (row.kind, row.resource) in twice else row.raw
            if row.template is not None and raw is None:
                resource = _BUILT[row.kind](self._base(row.template), row, subject)
                intake.entries.append(Entry(f"{place}.{row.kind}", resource, None))
            else:
                loaders[place] = "strict"
                self._take_strictly(row, raw, place, intake)
        return self._read(patient, intake, about, loaders)

    def _place(self, row: Row) -> str:
        where = self._places[row.chunk]
        return f"{where.file}({where.before + row.line + 1})"

    def _base(self, mark: int) -> AnyResource:
        found = self._decoded.get(mark)
        if found is None:
            found = self._decoded[mark] = self._decoder.decode(self._templates[mark])
        return found

    def _take_strictly(self, row: Row, raw: bytes | None, place: str, intake: Intake) -> None:
        if raw is None:
            severity, _, says = (row.trouble or "error The line is no longer there.").partition(" ")
            intake.issues.append(Issue(cast("Any", severity), "too-long", place, says))
            return
        taken = take_in(raw)
        if taken.issues and not taken.entries and not is_doubtful(raw):
            seen = what_is_looked_at(raw)
            taken = taken if seen is None else take_in(seen)
        for issue in taken.issues:
            intake.issues.append(_of_a_line(issue, raw, place))
        for entry in taken.entries:
            intake.entries.append(replace(entry, place=f"{place}.{entry.place}"))
        version = _OLDER.get(row.kind) or ("R5" if _R5.search(raw) is not None else None)
        if version is not None:
            text = OTHER_VERSION.format(version)
            intake.issues.append(Issue("warning", "not-supported", place, text))

    def _read(
        self,
        patient: str,
        intake: Intake,
        about: Mapping[str, tuple[str, str | None]],
        loaders: Mapping[str, str],
    ) -> Assembled:
        if not any(isinstance(each.resource, Patient) for each in intake.entries):
            orphans = [Issue("error", "not-found", each.place, ORPHAN) for each in intake.entries]
            problems, unread = _told([*intake.issues, *orphans], about, loaders)
            return Assembled(patient, None, None, problems, unread)
        if self._shared:
            named = (name for entry in intake.entries for name in _looked_up(entry.resource))
            wanted = list(dict.fromkeys(named))
            intake.entries.extend(self._shared[name] for name in wanted if name in self._shared)
        reading = cases_of(intake, programme=self._programme)
        problems, unread = _told(reading.issues, about, loaders)
        grave = [each for each in reading.issues if each.severity == "fatal"]
        refusals = [f"{each.expression}: {each.text}" for each in grave]
        case = reading.cases[0] if reading.cases else None
        refusal = "; ".join(refusals) or (None if case is not None else "Nothing could be read.")
        return Assembled(patient, case, refusal, problems, unread)


def _given_twice(rows: Sequence[Row]) -> frozenset[tuple[str, str | None]]:
    """The resources that have the same type and id as another; whether they are the same, the lines tell."""
    counted = Counter((row.kind, row.resource) for row in rows if row.resource is not None)
    if len(counted) == len(rows):
        return frozenset()
    return frozenset(key for key, count in counted.items() if count > 1)


def _looked_up(resource: AnyResource) -> tuple[str, ...]:
    """The references of a resource that are looked into."""
    found: list[str | None] = []
    if isinstance(resource, Observation):
        found = [each.reference for each in (*resource.performer, resource.specimen) if each is not None]
    elif isinstance(resource, MedicationRequest | MedicationDispense) and resource.medicationReference:
        found = [resource.medicationReference.reference]
    return tuple(plain_reference(each) for each in found if each is not None)


def _of_a_line(issue: Issue, raw: bytes, place: str) -> Issue:
    """An issue of a line in its place. A line that is no JSON is fatal only where it may be grave."""
    if issue.expression == "%resource":
        severity = issue.severity
        if severity == "fatal" and not may_be_grave(raw):
            severity = "error"
        return replace(issue, severity=severity, expression=place)
    return replace(issue, expression=f"{place}.{issue.expression}")


def _told(
    issues: Iterable[Issue],
    about: Mapping[str, tuple[str, str | None]],
    loaders: Mapping[str, str],
) -> tuple[tuple[Problem, ...], Counter[tuple[str, str]]]:
    """What has to be told of each resource, and how often something no rule looks at occurred."""
    problems = []
    unread: Counter[tuple[str, str]] = Counter()
    for issue in issues:
        where = _PLACE.match(issue.expression)
        place = f"{where['file']}({where['line']})" if where is not None else ""
        kind, resource = about.get(place, (None, None))
        if issue.severity == "information":
            if issue.code not in ("value", "duplicate", "not-found"):
                unread[kind or "", issue.text] += 1
            continue
        element = where["element"].partition(".")[2] if where is not None else None
        problems.append(
            Problem(
                issue.severity,
                issue.code,
                where["file"] if where is not None else "",
                int(where["line"]) if where is not None else None,
                kind or None,
                resource,
                element or None,
                issue.text,
                loaders.get(place, "fast"),
            )
        )
    return tuple(problems), unread


def _patient(base: Any, row: Row, subject: Reference) -> AnyResource:
    return replace(cast("Patient", base), id=row.resource, birthDate=row.day)


def _observation(base: Any, row: Row, subject: Reference) -> AnyResource:
    one = cast("Observation", base)
    quantity = one.valueQuantity
    if row.number is not None:
        value = _DECIMAL.decode(row.number)
        quantity = Quantity(value=value) if quantity is None else replace(quantity, value=value)
    return replace(
        one,
        id=row.resource,
        subject=subject,
        effectiveDateTime=row.day,
        issued=row.later,
        valueQuantity=quantity,
    )


def _condition(base: Any, row: Row, subject: Reference) -> AnyResource:
    return replace(
        cast("Condition", base),
        id=row.resource,
        subject=subject,
        onsetDateTime=row.day,
        recordedDate=row.later,
        abatementDateTime=row.changed,
    )


def _request(base: Any, row: Row, subject: Reference) -> AnyResource:
    one = cast("MedicationRequest", base)
    wanted = one.dispenseRequest
    if row.later is not None:
        wanted = replace(wanted or DispenseRequest(), validityPeriod=Period(end=row.later))
    return replace(
        one,
        id=row.resource,
        subject=subject,
        authoredOn=row.day,
        dispenseRequest=wanted,
        meta=None if row.changed is None else Meta(lastUpdated=row.changed),
    )


def _dispense(base: Any, row: Row, subject: Reference) -> AnyResource:
    return replace(
        cast("MedicationDispense", base),
        id=row.resource,
        subject=subject,
        whenHandedOver=row.day,
        whenPrepared=row.later,
        authorizingPrescription=(Reference(reference=row.under),) if row.under else (),
    )


def _encounter(base: Any, row: Row, subject: Reference) -> AnyResource:
    period = None if row.day is None and row.later is None else Period(row.day, row.later)
    return replace(cast("Encounter", base), id=row.resource, subject=subject, period=period)


_BUILT: Final[Mapping[str, Callable[[Any, Row, Reference], AnyResource]]] = {
    "Patient": _patient,
    "Observation": _observation,
    "Condition": _condition,
    "MedicationRequest": _request,
    "MedicationDispense": _dispense,
    "Encounter": _encounter,
}
