"""What does the repeating part of a resource mean, so that the strict loader reads it only once?

A template is a resource without its id, its subject, its days and its number. It is decoded by the strict
loader's own decoder; one that decoder would refuse, or that repeats a key, sends its lines back to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from isovigil.exchange.bulk.elements import Taken
from isovigil.exchange.bulk.fast_columns import (
    FAST,
    element_names,
    template_as_json,
)
from isovigil.exchange.bulk.repeated_keys import repeats_a_key
from isovigil.exchange.fhir.code_tables import find, own_code
from isovigil.exchange.fhir.intake import Entry, Intake
from isovigil.exchange.fhir.reading import cases_of
from isovigil.exchange.fhir.resources import (
    AnyResource,
    Consent,
    Encounter,
    Observation,
    Patient,
    Reference,
)


class _Named(Struct, frozen=True, omit_defaults=True):
    """A reference of which nothing but texts is known."""

    reference: str | None = None
    type: str | None = None
    display: str | None = None


_resource: Final = msgspec.json.Decoder(AnyResource)
_references: Final = msgspec.json.Decoder(tuple[Reference, ...])
_named: Final = msgspec.json.Decoder(tuple[_Named, ...])
_encoder: Final = msgspec.json.Encoder()
_ASKS_WHO: Final = frozenset({"pregnancy_test", "contraception"})
"""What Observations are read as whose performer is looked at; those of our own codes are, too."""
REFUSED: Final = -1
"""Who the performers are cannot be told."""
_KEPT: Final = 50_000
_DAY_INSIDE: Final = re.compile(rb'(?<="valueDateTime":")([0-9]{4}-[0-9]{2}-[0-9]{2})(?=")')
_AROUND_ONE_DAY: Final = 3
"""Pieces of a template that holds one day: what stands before it, the day, and what stands after it."""
Performers: TypeAlias = tuple[Reference, ...]
_SOMEBODY: Final = Entry("", Patient(id="x"), None)
_SOMEBODYS: Final = Reference(reference="Patient/x")


class Template(NamedTuple):
    """One template: its mark, its JSON, and why no rule looks at it, where none does."""

    mark: int
    text: str
    unread: str | None


class _Family:
    """Templates that differ in the one day inside them, of which one was worked out."""

    def __init__(self) -> None:
        self.place = 0
        """What the first sight of that one said."""
        self.said: dict[int, tuple[str, str, str | None]] = {}
        """By who the performers are: what stands before and after the day, and why no rule looks at it."""


class _Asking(NamedTuple):
    """A template that depends on its performers."""

    name: str
    whole: bytes
    family: _Family | None
    day: str


class Templates:
    """The templates met so far; each is worked out once."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self.met: list[Template] = [Template(0, "", None)]
        """Every template by its place. The first stands for what the strict loader has to read."""
        self._places: dict[tuple[str, tuple[str, ...]], dict[bytes, int]] = {}
        self._asking: list[_Asking] = []
        self._families: dict[tuple[bytes, bytes], _Family] = {}
        """By the JSON before and after the one day inside."""
        self._performers: dict[str, dict[bytes, int]] = {}
        self._meant: list[Performers] = [()]
        self._meant_at: dict[Performers, int] = {(): 0}
        self._together: dict[tuple[int, int], int] = {}
        self._read: set[tuple[Any, ...]] = set()

    def forget_where_too_many(self) -> bool:
        """Begin anew where much was met; whether that is so. Every place is another then."""
        is_much = max(len(self.met), len(self._meant), len(self._together)) > _KEPT
        if is_much:
            self._forget()
        return is_much

    def of_rows(self, name: str, taken: Taken) -> list[int]:
        """For each row the place of its template in `met`; 0 where the strict loader has to read the line."""
        return self.together(*self.parts_of_rows(name, taken))

    def parts_of_rows(self, name: str, taken: Taken) -> tuple[list[int], Sequence[int]]:
        """For each row what its template and its performers are by themselves, to be put `together`."""
        known = self._places.setdefault((name, taken.repeating), {})
        places: list[Any] = list(map(known.get, taken.templates))
        if None in places:
            for row, place in enumerate(places):
                if place is None:
                    text = taken.templates[row]
                    if text not in known:
                        known[text] = self._first_sight(name, template_as_json(name, taken.repeating, text))
                    places[row] = known[text]
        return places, self._whom(name, taken, len(places))

    def together(self, places: Sequence[int], whom: Sequence[int]) -> list[int]:
        """For each row the place of its template in `met`, from what `parts_of_rows` said."""
        found: list[Any] = list(map(self._together.get, zip(places, whom, strict=True)))
        if None in found:
            return list(map(self._answer, places, whom))
        return found

    def _whom(self, name: str, taken: Taken, count: int) -> Sequence[int]:
        """Who the performers of each row are, as a place in `_meant`."""
        if "performer" not in taken.columns or "performer" not in element_names(FAST[name].kind):
            return (0,) * count
        if len(self._performers.get(name, ())) > _KEPT:
            del self._performers[name]
        known = self._performers.setdefault(name, {b"": 0})
        written = list(map(bytes, taken.columns["performer"]))
        whom: list[Any] = list(map(known.get, written))
        if None in whom:
            for row, who in enumerate(whom):
                if who is None:
                    whom[row] = known[written[row]] = self._performer(name, written[row])
        return whom

    def _first_sight(self, name: str, whole: bytes) -> int:
        """A place in `met`; below 0, where it depends on the performers, one in `_asking` from its end.

        Of templates that differ in a day alone, such as until when a medicine was tried, one is worked out.
        """
        parted = _DAY_INSIDE.split(whole)
        if len(parted) != _AROUND_ONE_DAY or whole.count(b"valueDateTime") != 1:
            return self._worked_out(name, whole, None, "")
        before, written, after = parted
        day, family = written.decode(), self._families.get((before, after))
        if family is None:
            family = self._families[before, after] = _Family()
            family.place = self._worked_out(name, whole, family, day)
            return family.place
        if family.place < 0:
            self._asking.append(_Asking(name, whole, family, day))
            return -len(self._asking)
        return self._place_of(name, whole, (), family, day, 0) if family.place else 0

    def _worked_out(self, name: str, whole: bytes, family: _Family | None, day: str) -> int:
        resource = _sound(whole)
        if resource is None:
            return 0
        if isinstance(resource, Consent) or (isinstance(resource, Observation) and _asks_who(resource)):
            self._asking.append(_Asking(name, whole, family, day))
            return -len(self._asking)
        return self._place_of(name, whole, (), family, day, 0)

    def _place_of(
        self, name: str, whole: bytes, performers: Performers, family: _Family | None, day: str, who: int
    ) -> int:
        """The place of a new template; said as the one of its family was said, where that is known."""
        known = None if family is None else family.said.get(who)
        if known is not None:
            before, after, unread = known
            plain = f"{before}{day}{after}"
        else:
            resource: AnyResource = _resource.decode(whole)
            if performers:
                resource = replace(resource, performer=performers)
            plain = _encoder.encode(resource).decode()
            unread = self.why_unread(resource)
            around = plain.split(f'"valueDateTime":"{day}"')
            if family is not None and len(around) == 2:
                before, after = around
                family.said[who] = f'{before}"valueDateTime":"', f'"{after}', unread
        mark = int.from_bytes(blake2b(plain.encode(), digest_size=8).digest(), "big", signed=True)
        self.met.append(Template(mark, plain, unread))
        return len(self.met) - 1

    def why_unread(self, resource: AnyResource) -> str | None:
        """Why nobody looks at rows of a template: no rule does. A subclass may ask for less.

        Asked once of Observations that differ in their numbers only.

        One that is only like a template some rule looks at counts as looked at: its rows are kept and read.
        """
        if not isinstance(resource, Observation):
            return _why_unread(resource)
        key = (resource.code, resource.valueCodeableConcept, resource.status)
        if key in self._read:
            return None
        why = _why_unread(resource)
        if why is None:
            self._read.add(key)
        return why

    def _performer(self, name: str, written: bytes) -> int:
        meant = _performers_meant(written, _signer if name == "Consent" else _who)
        if meant is None:
            return REFUSED
        if meant not in self._meant_at:
            self._meant_at[meant] = len(self._meant)
            self._meant.append(meant)
        return self._meant_at[meant]

    def _answer(self, place: int, who: int) -> int:
        """A template with its performers, where somebody asks who they are. All of them have to be sound."""
        found = self._together.get((place, who))
        if found is None:
            found = place if who != REFUSED else 0
            if found < 0:
                name, whole, family, day = self._asking[-place - 1]
                found = self._place_of(name, whole, self._meant[who], family, day, who)
            self._together[place, who] = found
        return found


def _sound(whole: bytes) -> AnyResource | None:
    if repeats_a_key(whole):
        return None
    try:
        resource: AnyResource = _resource.decode(whole)
    except (msgspec.DecodeError, RecursionError):
        return None
    return resource


def _performers_meant(written: bytes, as_meant: Callable[[Reference], Reference]) -> Performers | None:
    if not _is_plainly_named(written) and repeats_a_key(written):
        return None
    try:
        return tuple(map(as_meant, _references.decode(written)))
    except (msgspec.DecodeError, RecursionError):
        return None


def _is_plainly_named(written: bytes) -> bool:
    """Are there only texts, each of them once? Then no shorter text holds as much."""
    try:
        found = _named.decode(written)
    except msgspec.DecodeError:
        return False
    return len(_encoder.encode(found)) == len(written)


def _asks_who(one: Observation) -> bool:
    found = find(one.code)
    return own_code(one.code) is not None or (found is not None and found.meaning.reads in _ASKS_WHO)


def _signer(performer: Reference) -> Reference:
    """One who signed a form, without what no reader looks at: what stands before the first stroke is kept."""
    before, slash, _ = (performer.reference or "").partition("/")
    return Reference(reference=f"{before}{slash}-" if slash else performer.reference, type=performer.type)


def _who(performer: Reference) -> Reference:
    """A performer without what no reader looks at: of people the type, of an identifier its system."""
    reference = performer.reference
    if reference is not None and "Organization/" not in reference and not reference.startswith(("#", "urn:")):
        before, slash, _ = reference.rpartition("/")
        reference = f"{before.rpartition('/')[2]}/-" if slash else reference
    identifier = performer.identifier
    if identifier is not None and identifier.value is not None:
        identifier = replace(identifier, value="-")
    return replace(performer, reference=reference, identifier=identifier, display=None)


def _why_unread(resource: AnyResource) -> str | None:
    """Why no rule looks at any resource of this template; None where one may.

    Asked of the strict loader itself, with somebody's resource of some day.
    """
    if not isinstance(resource, Observation | Encounter):
        return None
    probe = replace(resource, id="x", subject=_SOMEBODYS)
    reading = cases_of(Intake([_SOMEBODY, Entry("", probe, None)], []), programme="us_ipledge")
    issues = reading.issues
    if not issues or any(case.facts for case in reading.cases):
        return None
    if any(each.severity != "information" or each.code != "not-supported" for each in issues):
        return None
    return issues[0].text
