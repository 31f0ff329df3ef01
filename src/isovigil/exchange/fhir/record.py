"""What is known about one patient while the resources are read, and what has to be told about them?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from isovigil.exchange.fhir.code_tables import find
from isovigil.exchange.fhir.days import ReadDay, read_day
from isovigil.exchange.fhir.declared_values import Unreadable, code_in_url, field_from, fields_by_code
from isovigil.exchange.fhir.intake import Entry, contained_in
from isovigil.exchange.fhir.outcome import Issue, IssueCode, Severity
from isovigil.exchange.fhir.resources import AnyResource, CodeableConcept, Extension, HasValue, Reference
from isovigil.exchange.problems import shortened

FACT_ID: Final = "urn:isovigil:fact"
PATIENT_ID: Final = "urn:isovigil:patient"
EARLIEST: Final = date(1900, 1, 1)
"""From when on a condition or medicine counts whose beginning nobody recorded, for want of a day of birth."""

OWN_EXTENSION: Final = b"urn:isovigil:field:"
_NO_EXTENSION: Final = msgspec.Raw()
_extensions: Final = msgspec.json.Decoder(tuple[Extension, ...])


class Draft(msgspec.Struct, frozen=True, gc=False):
    """A fact as read of one resource, not yet checked."""

    kind: str
    values: dict[str, Any]
    """By the names of the case file."""
    resource_id: str
    place: str


class References:
    """What a reference leads to, by `Type/id` and by full URL; worked out when the first one is followed."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self._entries = entries
        self._found: dict[str, Entry] | None = None

    def lead_to(self, reference: str) -> Entry | None:
        """The resource of a plain reference."""
        if self._found is None:
            self._found = {}
            for entry in self._entries:
                if entry.resource.id is not None:
                    self._found[f"{type_of(entry.resource)}/{entry.resource.id}"] = entry
                if entry.full_url is not None:
                    self._found[plain_reference(entry.full_url)] = entry
        return self._found.get(reference)


class Record:
    """Everything the readers of resources share about one patient."""

    def __init__(self, zone: ZoneInfo, born_on: date | None, references: References) -> None:
        self.zone = zone
        self.born_on = born_on
        self.issues: list[Issue] = []
        self.with_drafts = False
        self.handed_over_under: set[str] = set()
        """References of the prescriptions that some hand-over names."""
        self._references = references
        self.place = ""
        self.is_withdrawn = False
        self._contained: dict[str, AnyResource] = {}

    def turn_to(self, entry: Entry) -> None:
        """Begin with another resource."""
        self.place = entry.place
        self.is_withdrawn = False
        self._contained = dict(contained_in(entry.resource)) if entry.resource.contained else {}

    def tell(self, severity: Severity, code: IssueCode, element: str, text: str) -> None:
        """Report something about an element of the resource being read.

        What a withdrawn resource lacks can harm nobody, so it is told as information.
        """
        if self.is_withdrawn:
            severity = "information"
        place = f"{self.place}.{element}" if element else self.place
        self.issues.append(Issue(severity, code, place, text))

    def resolve(self, reference: Reference | None) -> AnyResource | None:
        """The resource a reference leads to, contained or elsewhere in the input."""
        if reference is None or reference.reference is None:
            return None
        if reference.reference.startswith("#"):
            return self._contained.get(reference.reference)
        entry = self._references.lead_to(plain_reference(reference.reference))
        return None if entry is None else entry.resource

    def day(self, text: str | None, element: str) -> ReadDay | None:
        """The exact day an element gives; None, and told, where it gives none."""
        found = read_day(text, self.zone) if text is not None else None
        if found is not None and found.precision == "day":
            return found
        found = self.day_or_partial(text, element)
        if found is None or found.precision not in ("month", "year"):
            return found
        said = f"{shortened(found.written)} is no day, only a {found.precision}. The fact was not read."
        self.tell("error", "value", element, said)
        return None

    def day_or_partial(self, text: str | None, element: str) -> ReadDay | None:
        """The same, where a month or a year is better than nothing."""
        if text is None:
            return None
        found = read_day(text, self.zone)
        if found is None:
            self.tell("error", "value", element, f"{shortened(text)} is not a date of FHIR.")
        elif found.precision == "local":
            self.tell("warning", "value", element, "The time has no offset; its day is taken as written.")
        elif found.precision == "instant" and found.written != found.day.isoformat():
            said = (
                f"Written as {found.written} in the sender's offset; in the clinic's zone it is {found.day}."
            )
            self.tell("information", "value", element, said)
        return found

    def since_ever(self) -> date:
        """The day from which something counts whose beginning nobody recorded."""
        return self.born_on or EARLIEST

    def overlaid(self, resource: AnyResource, kind: str, values: dict[str, Any]) -> dict[str, Any]:
        """The values with those fields that only the project's own extensions can hold."""
        if resource.extension == _NO_EXTENSION or OWN_EXTENSION not in bytes(resource.extension):
            return values
        try:
            extensions = _extensions.decode(resource.extension)
        except msgspec.ValidationError as error:
            self.tell("error", "structure", "extension", f"{error}. The extensions were not read.")
            return values
        given = [(code, each) for each in extensions if (code := code_in_url(each.url)) is not None]
        return {**values, **self.fields(kind, given, "extension")}

    def fields(self, kind: str, given: Sequence[tuple[str, HasValue]], element: str) -> dict[str, Any]:
        """The own fields of a kind that some coded values hold; what cannot be read is told."""
        by_field: dict[str, list[tuple[str, HasValue]]] = {}
        for code, value in given:
            by_field.setdefault(code.partition(".")[0], []).append((code, value))
        found = {}
        declared = fields_by_code(kind)
        for code, values in by_field.items():
            field = declared.get(code)
            if field is None:
                self.tell("warning", "code-invalid", element, f"{shortened(code)} is not a field of {kind}.")
                continue
            try:
                found[field.name] = field_from(field, values)
            except Unreadable as why:
                self.tell("error", "value", element, f"`{field.name}` of {kind} was not read: {why}.")
        return found


def type_of(resource: AnyResource) -> str:
    """``Observation``."""
    return type(resource).__name__


def plain_reference(reference: str) -> str:
    """``Patient/p1`` for a relative, absolute or versioned reference; anything else unchanged."""
    if reference.startswith(("#", "urn:")):
        return reference
    return _plain(reference)


@lru_cache(maxsize=4096)
def _plain(reference: str) -> str:
    steps = reference.partition("/_history/")[0].split("/")
    return "/".join(steps[-2:])


def told(concept: CodeableConcept | None) -> str:
    """A concept in words: its text or display, and its first code with its system."""
    if concept is None or not (concept.coding or concept.text):
        return "something without a code"
    first = concept.coding[0] if concept.coding else None
    name = concept.text or (first.display if first is not None else None)
    code = (
        ""
        if first is None or first.code is None
        else f"{(first.system or '').rpartition('/')[2]} {first.code}"
    )
    return shortened(
        " ".join(filter(None, (name, f"({code.strip()})" if code.strip() else ""))) or "a concept"
    )


def words_of(*concepts: CodeableConcept | None) -> str:
    """Every text and display of some concepts, in small letters."""
    found = []
    for concept in concepts:
        if concept is not None:
            found += [concept.text or "", *(coding.display or "" for coding in concept.coding)]
    return " ".join(found).lower()


def severity_of(concept: CodeableConcept | None) -> str | None:
    """Mild, moderate or severe, where the concept says so."""
    found = find(concept, "severity")
    if found is not None:
        return found.meaning.severity
    words = words_of(concept)
    return next((word for word in ("severe", "moderate", "mild") if word in words), None)
