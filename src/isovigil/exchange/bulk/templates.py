"""What does the repeating part of a resource mean, so that the strict loader reads it only once?

A template is a resource without its id, its subject, its days and its number. It is decoded by the strict
loader's own decoder; one that decoder would refuse, or that repeats a key, sends its lines back to it.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import msgspec
from msgspec import Raw, Struct

from isovigil.exchange.bulk.fast_columns import template_as_json
from isovigil.exchange.bulk.repeated_keys import repeats_a_key
from isovigil.exchange.fhir.code_tables import find, own_code
from isovigil.exchange.fhir.intake import Entry, Intake
from isovigil.exchange.fhir.reading import cases_of
from isovigil.exchange.fhir.record import plain_reference
from isovigil.exchange.fhir.resources import AnyResource, Encounter, Observation, Patient, Reference

if TYPE_CHECKING:
    import pyarrow as pa

_resource: Final = msgspec.json.Decoder(AnyResource)
_references: Final = msgspec.json.Decoder(tuple[Reference, ...])
_ASKS_WHO: Final = frozenset({"pregnancy_test", "contraception"})
"""What Observations are read as whose performer is looked at; those of our own codes are, too."""
_KEPT: Final = 50_000
Performers: TypeAlias = tuple[Reference, ...]
_SOMEBODY: Final = Entry("", Patient(id="x"), None)
_SOMEBODYS: Final = Reference(reference="Patient/x")


class Template(NamedTuple):
    """One template: its mark, its JSON, and why no rule looks at it, where none does."""

    mark: int
    text: str
    unread: str | None


class _Base(NamedTuple):
    """A template without its performers."""

    resource: AnyResource
    asks_who: bool


class Templates:
    """The templates met so far; each is worked out once."""

    def __init__(self) -> None:
        self._bases: dict[tuple[str, str], _Base | None] = {}
        self._performers: dict[str, Performers | None] = {}
        self._whole: dict[tuple[str, str, Performers], Template] = {}

    def of_rows(
        self, name: str, texts: pa.Array, performers: pa.Array
    ) -> tuple[pa.Array, list[Template | None]]:
        """For each line taken apart the place of its template, and the templates.

        None where the strict loader has to read the line.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        for kept in (self._bases, self._performers, self._whole):
            if len(kept) >= _KEPT:
                kept.clear()
        texts, performers = texts.dictionary_encode(), performers.dictionary_encode("encode")
        written = texts.dictionary.to_pylist()
        bases = [self._base(name, text) for text in written]
        meant = [() if who is None else self._meant(who) for who in performers.dictionary.to_pylist()]
        first = {who: place for place, who in reversed(list(enumerate(meant)))}
        same = pa.array([first[who] for who in meant], pa.int64()).take(performers.indices)
        is_looked_at = pa.array([base is None or base.asks_who for base in bases]).take(texts.indices)
        is_refused = pa.array([who is None for who in meant]).take(performers.indices)
        who = pc.if_else(pc.or_(is_looked_at, is_refused), pc.add(same, 1), pa.scalar(0, pa.int64()))
        pairs = pc.add(pc.multiply(texts.indices.cast(pa.int64()), len(meant) + 1), who).dictionary_encode()
        found = []
        for pair in pairs.dictionary.to_pylist():
            place, asked = divmod(pair, len(meant) + 1)
            performer = meant[asked - 1] if asked else ()
            found.append(self._joined(name, written[place], bases[place], performer))
        return pairs.indices, found

    def _base(self, name: str, text: str) -> _Base | None:
        if (name, text) not in self._bases:
            self._bases[name, text] = _base(name, text)
        return self._bases[name, text]

    def _meant(self, performer: str) -> Performers | None:
        if performer not in self._performers:
            self._performers[performer] = _performers_meant(performer)
        return self._performers[performer]

    def _joined(
        self, name: str, text: str, base: _Base | None, performers: Performers | None
    ) -> Template | None:
        if base is None or performers is None:
            return None
        key = (name, text, performers)
        if key not in self._whole:
            self._whole[key] = _whole(name, base.resource, performers)
        return self._whole[key]


def _base(name: str, text: str) -> _Base | None:
    whole = template_as_json(name, text)
    if repeats_a_key(whole):
        return None
    try:
        resource = _resource.decode(whole)
    except msgspec.DecodeError:
        return None
    return _Base(resource, isinstance(resource, Observation) and _asks_who(resource))


def _performers_meant(performer: str) -> Performers | None:
    if repeats_a_key(performer):
        return None
    try:
        return tuple(map(_who, _references.decode(performer)))
    except msgspec.DecodeError:
        return None


def _whole(name: str, resource: AnyResource, performers: Performers) -> Template:
    if performers:
        resource = msgspec.structs.replace(resource, performer=performers)
    plain = msgspec.json.encode({"resourceType": name, **_said(resource)})
    mark = int.from_bytes(blake2b(plain, digest_size=8).digest(), "big", signed=True)
    return Template(mark, plain.decode(), _why_unread(name, resource))


def _asks_who(one: Observation) -> bool:
    found = find(one.code)
    return own_code(one.code) is not None or (found is not None and found.meaning.reads in _ASKS_WHO)


def _who(performer: Reference) -> Reference:
    """A performer without what no reader looks at: of people the type, of an identifier its system."""
    reference = performer.reference
    if reference is not None and "Organization/" not in reference and not reference.startswith(("#", "urn:")):
        before, slash, _ = plain_reference(reference).rpartition("/")
        reference = f"{before}{slash}-" if slash else reference
    identifier = performer.identifier
    if identifier is not None and identifier.value is not None:
        identifier = msgspec.structs.replace(identifier, value="-")
    return msgspec.structs.replace(performer, reference=reference, identifier=identifier, display=None)


def _said(value: Struct) -> dict[str, Any]:
    """What a resource says, by the names of JSON, without what it leaves open."""
    said: dict[str, Any] = {}
    for name, encoded in _names(type(value)):
        held = getattr(value, name)
        if held is None or held == () or isinstance(held, Raw):
            continue
        said[encoded] = _plain(held)
    return said


@cache
def _names(kind: type[Struct]) -> tuple[tuple[str, str], ...]:
    return tuple((field.name, field.encode_name) for field in msgspec.structs.fields(kind))


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
