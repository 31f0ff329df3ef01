"""Which case do one patient's rows make, and what about them was unread or doubtful?

A fast row is put together again into the resource the strict loader would have decoded, and read by the
same readers. A strict row holds its whole line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from isovigil.case.case import Case
from isovigil.case.time_zones import DEFAULT_TIME_ZONES
from isovigil.exchange.bulk.known_templates import KnownTemplates
from isovigil.exchange.bulk.planned_patients import Unusual, Whole, issue_at, planned_case
from isovigil.exchange.bulk.rows_as_resources import Row, as_resource
from isovigil.exchange.bulk.strict_lines import taken_strictly
from isovigil.exchange.fhir.intake import Entry, Intake
from isovigil.exchange.fhir.outcome import Issue
from isovigil.exchange.fhir.reading import cases_of
from isovigil.exchange.fhir.record import plain_reference
from isovigil.exchange.fhir.resources import (
    AnyResource,
    MedicationDispense,
    MedicationRequest,
    MedicationStatement,
    Observation,
    Patient,
    Reference,
)

ORPHAN: Final = "It is about somebody who is not in the input. It was not read."
_PLACE: Final = re.compile(r"^(?P<file>.*)\((?P<line>\d+)\)\.?(?P<element>.*)$", re.DOTALL)


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


class _TakenIn(NamedTuple):
    """The resources of some rows, what was wrong with lines, and which places the strict loader read."""

    entries: list[Entry]
    issues: list[Issue]
    loaders: dict[str, str]


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
        self._places = places
        self._shared = shared
        self._programme = programme
        self._line_again = line_again
        zone = DEFAULT_TIME_ZONES.get(programme or "")
        self._has_a_zone = zone is not None
        self._known = KnownTemplates(templates, shared, ZoneInfo(zone or "UTC"))

    def assemble(self, patient: str, rows: Sequence[tuple[Any, ...]]) -> Assembled:
        """The case of one patient's rows."""
        found = self.assemble_some(patient, rows, lambda: rows) if self._has_a_zone else None
        return self.assemble_in_full(patient, rows) if found is None else found

    @property
    def known(self) -> KnownTemplates:
        """What its templates mean."""
        return self._known

    def cuts_days_for_all(self) -> str | None:
        """The programme by whose clock everybody's days are cut; None where each patient's header says it."""
        return self._programme if self._has_a_zone else None

    def assemble_some(
        self, patient: str, rows: Sequence[tuple[Any, ...]], every: Callable[[], Sequence[tuple[Any, ...]]]
    ) -> Assembled | None:
        """The case of some of a patient's rows, the patient's own among them, read as beside all the others.

        `every` gives all rows of the patient. None where only all of them together tell what they mean.
        """
        whole = Whole(self._place, lambda: self._taken_in(patient, every()).entries)
        try:
            planned = planned_case(patient, rows, self._programme or "", self._known, whole)
        except Unusual:
            return None
        if not planned.issues:
            return Assembled(patient, planned.case, None, (), Counter())
        loaders = dict.fromkeys(map(self._place, planned.read_strictly), "strict")
        return _assembled(patient, planned.case, planned.issues, self._about(rows), loaders)

    def told(
        self, row: tuple[Any, ...], issues: Sequence[Issue]
    ) -> tuple[tuple[Problem, ...], Counter[tuple[str, str]]]:
        """What has to be told of a row that was taken apart, by what is told of every one like it."""
        place = f"{self._place(Row(*row))}.{Row(*row).kind}"
        return _told([issue_at(place, each) for each in issues], self._about([row]), {})

    def assemble_in_full(self, patient: str, rows: Sequence[tuple[Any, ...]]) -> Assembled:
        """The case as the strict loader reads it of the resources put together again."""
        about, taken = self._about(rows), self._taken_in(patient, rows)
        if not any(isinstance(each.resource, Patient) for each in taken.entries):
            orphans = [Issue("error", "not-found", each.place, ORPHAN) for each in taken.entries]
            problems, unread = _told([*taken.issues, *orphans], about, taken.loaders)
            return Assembled(patient, None, None, problems, unread)
        reading = cases_of(Intake(taken.entries, taken.issues), programme=self._programme)
        case = reading.cases[0] if reading.cases else None
        return _assembled(patient, case, reading.issues, about, taken.loaders)

    def _taken_in(self, patient: str, rows: Sequence[tuple[Any, ...]]) -> _TakenIn:
        """Every resource of a patient, and those of others that they refer to."""
        own = [Row(*row) for row in rows]
        subject = Reference(reference=f"Patient/{patient}")
        taken = _TakenIn([], [], {})
        twice = _given_twice(own)
        for row in own:
            place = self._place(row)
            raw = self._line_again(row.chunk, row.line) if (row.kind, row.resource) in twice else row.raw
            if row.template is not None and raw is None:
                resource = as_resource(self._known.template(row.template).resource(), row, subject)
                taken.entries.append(Entry(f"{place}.{row.kind}", resource, None))
            else:
                taken.loaders[place] = "strict"
                strictly = taken_strictly(row, raw, place)
                taken.issues.extend(strictly.issues)
                taken.entries.extend(strictly.entries)
        if self._shared and any(isinstance(each.resource, Patient) for each in taken.entries):
            named = (name for entry in taken.entries for name in _looked_up(entry.resource))
            wanted = list(dict.fromkeys(named))
            taken.entries.extend(self._shared[name] for name in wanted if name in self._shared)
        return taken

    def _place(self, row: Row) -> str:
        where = self._places[row.chunk]
        return f"{where.file}({where.before + row.line + 1})"

    def _about(self, rows: Sequence[tuple[Any, ...]]) -> dict[str, tuple[str, str | None]]:
        own = [Row(*row) for row in rows]
        return {self._place(row): (row.kind, row.resource) for row in own}


def _assembled(
    patient: str,
    case: Case | None,
    issues: Sequence[Issue],
    about: Mapping[str, tuple[str, str | None]],
    loaders: Mapping[str, str],
) -> Assembled:
    problems, unread = _told(issues, about, loaders)
    grave = [each for each in issues if each.severity == "fatal"]
    refusals = [f"{each.expression}: {each.text}" for each in grave]
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
    elif isinstance(resource, MedicationRequest | MedicationDispense | MedicationStatement):
        named = resource.medicationReference
        found = [] if named is None else [named.reference]
    return tuple(plain_reference(each) for each in found if each is not None)


def _place_of(issue: Issue) -> str:
    """The file and line of what an issue is about."""
    where = _PLACE.match(issue.expression)
    return f"{where['file']}({where['line']})" if where is not None else ""


def _told(
    issues: Iterable[Issue],
    about: Mapping[str, tuple[str, str | None]],
    loaders: Mapping[str, str],
) -> tuple[tuple[Problem, ...], Counter[tuple[str, str]]]:
    """What has to be told of each resource, and how often something no rule looks at occurred."""
    problems = []
    unread: Counter[tuple[str, str]] = Counter()
    for issue in issues:
        where, place = _PLACE.match(issue.expression), _place_of(issue)
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
