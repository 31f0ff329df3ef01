"""What does the repeating part of a resource mean, so that the strict loader reads it only once?

A template is a resource without its id, its subject, its days and its number. It is decoded by the strict
loader's own decoder; one that decoder would refuse, or that repeats a key, sends its lines back to it.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Raw, Struct

from isovigil.exchange.bulk.fast_columns import template_as_json
from isovigil.exchange.bulk.repeated_keys import repeats_a_key
from isovigil.exchange.fhir.code_tables import find, own_code
from isovigil.exchange.fhir.intake import Entry, Intake
from isovigil.exchange.fhir.reading import cases_of
from isovigil.exchange.fhir.record import plain_reference
from isovigil.exchange.fhir.resources import AnyResource, Encounter, Observation, Patient, Reference

_resource: Final = msgspec.json.Decoder(AnyResource)
_references: Final = msgspec.json.Decoder(tuple[Reference, ...])
_ASKS_WHO: Final = frozenset({"pregnancy_test", "contraception"})
"""What Observations are read as whose performer is looked at; those of our own codes are, too."""
_KEPT: Final = 100_000
_SOMEBODY: Final = Entry("", Patient(id="x"), None)
_SOMEBODYS: Final = Reference(reference="Patient/x")


class Template(NamedTuple):
    """One template: its mark, its JSON, and why no rule looks at it, where none does."""

    mark: int
    text: str
    unread: str | None


class Templates:
    """The templates met so far; each is worked out once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str | None], Template | None] = {}

    def of(self, name: str, text: str, performer: str | None) -> Template | None:
        """The template of a line taken apart; None where the strict loader has to read the line."""
        key = (name, text, performer)
        if key not in self._found:
            if len(self._found) >= _KEPT:
                self._found.clear()
            self._found[key] = _template(name, text, performer)
        return self._found[key]


def _template(name: str, text: str, performer: str | None) -> Template | None:
    whole = template_as_json(name, text, performer)
    if repeats_a_key(whole):
        return None
    try:
        resource = _resource.decode(whole)
    except msgspec.DecodeError:
        return None
    if isinstance(resource, Observation) and resource.performer:
        performers = () if not _asks_who(resource) else tuple(map(_who, resource.performer))
        resource = msgspec.structs.replace(resource, performer=performers)
    plain = msgspec.json.encode({"resourceType": name, **_said(resource)})
    mark = int.from_bytes(blake2b(plain, digest_size=8).digest(), "big", signed=True)
    return Template(mark, plain.decode(), _why_unread(name, resource))


def _asks_who(one: Observation) -> bool:
    found = find(one.code)
    return own_code(one.code) is not None or (found is not None and found.meaning.reads in _ASKS_WHO)


def _who(performer: Reference) -> Reference:
    """A performer without what no reader looks at: of people only the type counts."""
    reference = performer.reference
    if reference is not None and "Organization/" not in reference and not reference.startswith(("#", "urn:")):
        before, slash, _ = plain_reference(reference).rpartition("/")
        reference = f"{before}{slash}-" if slash else reference
    return msgspec.structs.replace(performer, reference=reference, display=None)


def _said(value: Struct) -> dict[str, Any]:
    """What a resource says, by the names of JSON, without what it leaves open."""
    said: dict[str, Any] = {}
    for field in msgspec.structs.fields(value):
        held = getattr(value, field.name)
        if held is None or held == () or isinstance(held, Raw):
            continue
        said[field.encode_name] = _plain(held)
    return said


def _plain(value: Any) -> Any:
    if isinstance(value, Struct):
        return _said(value)
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _why_unread(name: str, resource: AnyResource) -> str | None:
    """Why no rule looks at any resource of this template; None where one may.

    Asked of the strict loader itself, with somebody's resource of some day.
    """
    if not isinstance(resource, Observation | Encounter):
        return None
    probe = msgspec.structs.replace(resource, id="x", subject=_SOMEBODYS)
    reading = cases_of(Intake([_SOMEBODY, Entry("", probe, None)], []), programme="us_ipledge")
    issues = reading.issues
    if not issues or any(case.facts for case in reading.cases):
        return None
    if any(each.severity != "information" or each.code != "not-supported" for each in issues):
        return None
    return issues[0].text
