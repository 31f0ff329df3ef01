"""Which resources does an input hold: a Bundle of any type, one resource, a list, or NDJSON?

A key given twice in one object is refused: two readers would take two different values for the truth.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Raw

from isovigil.exchange.fhir.code_tables import codes_reading, find, own_code
from isovigil.exchange.fhir.outcome import Issue, Severity, fhirpath
from isovigil.exchange.fhir.resources import AnyResource, CodeableConcept
from isovigil.exchange.fhir.unread_resources import Listed, Unread

LARGEST: Final = 64 * 1024 * 1024
"""Bytes. A course has about a hundred resources of a few kilobytes each; a narrative may have a megabyte."""
_FHIR: Final = re.compile(rb'(?<!\\)"resourceType"\s*:')
_TYPE_NAME: Final = re.compile(r"[A-Z][A-Za-z]{1,63}")
_AN_ESCAPED_COLON: Final = b"\\u003"
"""The beginning of the only other way to write a colon."""
_GRAVE: Final = ("pregnancy_test", "pregnancy", "pregnancy_status")
_CAN_BECOME_PREGNANT: Final = b'"can-become-pregnant"'


class _BundleLink(msgspec.Struct, frozen=True):
    relation: str | None = None


class _Request(msgspec.Struct, frozen=True):
    method: str | None = None


class _BundleEntry(msgspec.Struct, frozen=True, rename={"full_url": "fullUrl"}):
    full_url: str | None = None
    resource: Raw = Raw()
    request: _Request | None = None


class _Bundle(msgspec.Struct, frozen=True):
    entry: tuple[_BundleEntry, ...] = ()
    link: tuple[_BundleLink, ...] = ()
    total: int | None = None


class _SoundEntry(msgspec.Struct, frozen=True, gc=False, rename={"full_url": "fullUrl"}):
    resource: Listed
    full_url: str | None = None


class _SoundBundle(msgspec.Struct, frozen=True):
    """A Bundle of which every entry can be read at once. Any other is read entry by entry."""

    entry: tuple[_SoundEntry, ...] = ()
    link: tuple[_BundleLink, ...] = ()
    total: int | None = None


class _Outline(msgspec.Struct, frozen=True, rename={"resource_type": "resourceType"}):
    resource_type: str = ""
    code: Raw = Raw()


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One resource of the input, as it stood there."""

    place: str
    """Its FHIRPath: ``Bundle.entry[3].resource``."""
    resource: AnyResource
    full_url: str | None


class Intake(NamedTuple):
    """The resources that could be decoded, in the order of the input, and what was wrong with the others."""

    entries: list[Entry]
    issues: list[Issue]


_resource: Final = msgspec.json.Decoder(AnyResource)
_outline: Final = msgspec.json.Decoder(_Outline)
_concept: Final = msgspec.json.Decoder(CodeableConcept)
_bundle: Final = msgspec.json.Decoder(_Bundle)
_sound_bundle: Final = msgspec.json.Decoder(_SoundBundle)
_anything: Final = msgspec.json.Decoder()
_encoder: Final = msgspec.json.Encoder()


def looks_like_fhir(data: bytes, name: str) -> bool:
    """Is this JSON whose objects say which FHIR resource they are?"""
    if name.endswith((".yaml", ".yml")):
        return False
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") and _FHIR.search(data) is not None


def take_in(data: bytes) -> Intake:
    """The resources of one input. Never raises for a faulty one."""
    intake = Intake([], [])
    data = data.removeprefix(b"\xef\xbb\xbf")
    if len(data) > LARGEST:
        text = f"The input has {len(data):,} bytes; at most {LARGEST:,} are read."
        intake.issues.append(Issue("fatal", "too-long", "%resource", text))
        return intake
    try:
        outside = _outside_of(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        _take_lines(data, intake, error)
        return intake
    try:
        _take_document(data, outside, intake)
    except RecursionError:
        text = "Bundles are nested too deeply; what is inside was not read."
        intake.issues.append(Issue("fatal", "too-long", "%resource", text))
    return intake


def _take_lines(data: bytes, intake: Intake, error: Exception) -> None:
    """NDJSON, a resource a line; what is not JSON as a whole may be that."""
    lines = [(number, line) for number, line in enumerate(data.splitlines(), start=1) if line.strip()]
    if len(lines) < 2 or not lines[0][1].rstrip().endswith(b"}"):
        intake.issues.append(Issue("fatal", "structure", "%resource", f"This is not JSON: {error}."))
        return
    for number, line in lines:
        try:
            outside = _outside_of(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            severity: Severity = "fatal" if _is_grave(line) else "error"
            text = f"Line {number} is not JSON: {wrong}. The resource on it was not read."
            intake.issues.append(Issue(severity, "structure", f"line({number})", text))
            continue
        _take_document(line, outside, intake, f"line({number}).")


class _Outside(NamedTuple):
    """What an input is from outside."""

    shape: type
    """dict, list, or what else JSON can be."""
    kind: object
    """Which resource it says it is."""
    is_repeated: bool
    """Does some object hold a key twice?"""


def _outside_of(data: bytes) -> _Outside:
    """What is looked at here is let go again at once, before the resources are decoded."""
    whole = _anything.decode(data)
    kind = whole.get("resourceType") if isinstance(whole, dict) else None
    return _Outside(type(whole), kind, _may_repeat_a_key(data, whole))


def _take_document(data: bytes, outside: _Outside, intake: Intake, prefix: str = "") -> None:
    shape, kind, is_repeated = outside
    if shape is list:
        raws = msgspec.json.decode(data, type=list[Raw])
        for place, raw in enumerate(raws):
            if not _is_there(raw):
                continue
            _take_resource(bytes(raw), None, f"{prefix}%resource[{place}]", intake, is_repeated)
        return
    if shape is not dict:
        intake.issues.append(Issue("fatal", "structure", f"{prefix}%resource", "This is not a resource."))
        return
    if kind == "Bundle":
        _take_bundle(data, f"{prefix}Bundle", intake, is_repeated)
    else:
        named = kind if isinstance(kind, str) and _TYPE_NAME.fullmatch(kind) else "%resource"
        _take_resource(data, None, f"{prefix}{named}", intake, is_repeated)


def _take_bundle(data: bytes, place: str, intake: Intake, is_repeated: bool) -> None:
    if not is_repeated and _took_sound_bundle(data, place, intake):
        return
    try:
        bundle = _bundle.decode(data)
    except msgspec.ValidationError as error:
        intake.issues.append(_undecodable("fatal", place, error, "the Bundle"))
        return
    if is_repeated and _repeated_outside_resources(data):
        text = "A key is given twice in the Bundle itself, so it is not known which resources it holds."
        intake.issues.append(Issue("fatal", "structure", place, text))
        return
    _tell_of_its_extent(bundle, place, intake)
    for number, entry in enumerate(bundle.entry):
        at = f"{place}.entry[{number}].resource"
        if _is_there(entry.resource):
            _take_resource(bytes(entry.resource), entry.full_url, at, intake, is_repeated)
        elif entry.request is not None and entry.request.method == "DELETE":
            text = "The request to delete a resource was not carried out: facts are withdrawn, never deleted."
            intake.issues.append(Issue("warning", "not-supported", f"{place}.entry[{number}].request", text))


def _took_sound_bundle(data: bytes, place: str, intake: Intake) -> bool:
    """Take a Bundle in one step, where each of its entries is a resource that can be decoded."""
    try:
        bundle = _sound_bundle.decode(data)
    except msgspec.ValidationError:
        return False
    _tell_of_its_extent(bundle, place, intake)
    for number, entry in enumerate(bundle.entry):
        at = f"{place}.entry[{number}].resource"
        resource = entry.resource
        if isinstance(resource, Unread):
            _tell_unread(resource.resource_type, at, intake)
        else:
            intake.entries.append(Entry(at, resource, entry.full_url))
    return True


def _tell_of_its_extent(bundle: _Bundle | _SoundBundle, place: str, intake: Intake) -> None:
    """Say where a Bundle is one page of several, or holds nothing."""
    if any(link.relation == "next" for link in bundle.link):
        text = "This is one page of several: what is on the others was not read. Send all pages together."
        intake.issues.append(Issue("warning", "incomplete", f"{place}.link", text))
    if not bundle.entry:
        intake.issues.append(Issue("information", "informational", place, "The Bundle holds no entry."))


def _tell_unread(kind: str, place: str, intake: Intake) -> None:
    intake.issues.append(Issue("information", "not-supported", place, f"No rule looks at a {kind}."))


def _is_there(raw: Raw) -> bool:
    return bytes(raw) not in (b"", b"null")


def _take_resource(raw: bytes, full_url: str | None, place: str, intake: Intake, is_repeated: bool) -> None:
    if is_repeated and _repeats_a_key(raw):
        text = "A key is given twice in one object, so two values claim to be the truth. It was not read."
        intake.issues.append(Issue("fatal" if _is_grave(raw) else "error", "structure", place, text))
        return
    try:
        resource = _resource.decode(raw)
    except msgspec.ValidationError as error:
        _take_other(raw, place, intake, error, is_repeated)
        return
    intake.entries.append(Entry(place, resource, full_url))


def _take_other(
    raw: bytes, place: str, intake: Intake, error: msgspec.ValidationError, is_repeated: bool
) -> None:
    """A resource of a type no rule looks at, a Bundle within a Bundle, or a faulty one."""
    try:
        outline = _outline.decode(raw)
    except msgspec.ValidationError:
        outline = _Outline()
    kind = outline.resource_type
    if kind == "Bundle":
        _take_bundle(raw, place, intake, is_repeated)
    elif kind == "OperationOutcome":
        text = "The sender reports a failure with an OperationOutcome: something may be missing here."
        intake.issues.append(Issue("warning", "incomplete", place, text))
    elif not kind:
        intake.issues.append(
            Issue("error", "structure", place, "The object does not say which resource it is.")
        )
    elif kind == "Observation" and _is_of_no_interest(outline.code):
        text = "No rule looks at this Observation, which breaks R4 besides."
        intake.issues.append(Issue("information", "not-supported", place, text))
    elif kind in KINDS_READ:
        intake.issues.append(
            _undecodable("fatal" if _is_grave(raw) else "error", place, error, f"the {kind}")
        )
    else:
        _tell_unread(kind, place, intake)


def _is_of_no_interest(code: Raw) -> bool:
    """Is an Observation certainly about something no rule looks at?"""
    try:
        concept = _concept.decode(code)
    except msgspec.DecodeError:
        return False
    return bool(concept.coding) and find(concept) is None and own_code(concept) is None


KINDS_READ: Final = frozenset(str(each.__struct_config__.tag) for each in AnyResource.__args__)
"""The resource types that are read."""


def _undecodable(severity: Severity, place: str, error: msgspec.ValidationError, what: str) -> Issue:
    message, _, path = str(error).partition(" - at `")
    text = f"{message}. {what[:1].upper()}{what[1:]} was not read."
    return Issue(severity, "structure", fhirpath(place, path.rstrip("`")), text)


def _is_grave(raw: bytes) -> bool:
    """May it hold a pregnancy test, a pregnancy, or whether the patient can become pregnant?

    Such a resource is never passed over: what it would have said could forbid everything.
    """
    return _CAN_BECOME_PREGNANT in raw or any(code in raw for code in codes_reading(_GRAVE))


def _may_repeat_a_key(data: bytes, whole: Any) -> bool:
    """False only where it is certain that no object holds a key twice.

    A repeated key is gone once the text is read, so the same values written again have fewer colons;
    whitespace and every other way to write the same values change nothing about colons. Where what is
    written again is the input to the letter, nothing has to be counted.
    """
    written_again = _encoder.encode(whole)
    if written_again == data:
        return False
    if (b"\\" not in data or _AN_ESCAPED_COLON not in data) and data.count(b":") == written_again.count(b":"):
        return False
    return _repeats_a_key(data)


class _RepeatedKey(Exception):
    """An object holds a key twice."""


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _RepeatedKey
    return found


def _repeats_a_key(raw: bytes) -> bool:
    try:
        json.loads(raw, object_pairs_hook=_once_each)
    except (_RepeatedKey, RecursionError):
        return True
    except ValueError:
        return False
    return False


def _repeated_outside_resources(data: bytes) -> bool:
    """Is the key repeated in the Bundle or an entry, not inside a resource that can be left out alone?"""
    inside = any(
        _is_there(entry.resource) and _repeats_a_key(bytes(entry.resource))
        for entry in _bundle.decode(data).entry
    )
    return not inside


def contained_in(resource: AnyResource) -> Iterator[tuple[str, AnyResource]]:
    """The contained resources that can be decoded, by their local reference: ``#med1``."""
    for raw in resource.contained:
        try:
            one = _resource.decode(raw)
        except msgspec.ValidationError:
            continue
        if one.id is not None:
            yield f"#{one.id}", one


def take_in_all(inputs: Sequence[bytes]) -> Intake:
    """The resources of several inputs together, such as the files of one bulk export."""
    return joined(take_in(data) for data in inputs)


def joined(intakes: Iterable[Intake]) -> Intake:
    """Several intakes as one."""
    whole = Intake([], [])
    for each in intakes:
        whole.entries.extend(each.entries)
        whole.issues.extend(each.issues)
    return whole
