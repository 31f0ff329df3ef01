"""Which case does a case file hold, or everything that is wrong with it?"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path as FilePath
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from isovigil.case.case import CASE_FORMAT, DEFAULT_POLICY, Case, Patient
from isovigil.case.fact import Fact, Label
from isovigil.case.kinds import KINDS
from isovigil.case.time_zones import DEFAULT_TIME_ZONES
from isovigil.exchange.case_checks import faults_between_facts, generated_id
from isovigil.exchange.case_text import LARGEST, Form, ReadText, read_text, too_large
from isovigil.exchange.fact_checks import Known, faults_of_fact
from isovigil.exchange.field_reading import read_struct
from isovigil.exchange.problems import (
    CaseProblems,
    Document,
    Fault,
    Path,
    Problem,
    did_you_mean,
    in_order,
    located,
    opening,
    shown,
    with_article,
)

__all__ = [
    "CaseHeader",
    "CaseProblems",
    "Problem",
    "case_from_mapping",
    "load_case",
    "read_case_text",
]

MOST_FACTS: Final = 1000
STANDARD_INPUT: Final = "-"


class CaseHeader(msgspec.Struct, frozen=True):
    """What stands above the facts of a case file, as written."""

    patient: Patient
    programme: Label | None = None
    policy: Label = DEFAULT_POLICY
    time_zone: Label | None = None
    case: int = CASE_FORMAT
    facts: Sequence[Mapping[str, Any]] = ()


def load_case(path: str | FilePath, *, programme: str | None = None) -> Case:
    """The case of a file, or of standard input for `-`: a case file, or FHIR R4 about one patient.

    `programme` gives a time zone to a case that names neither a zone nor a programme.
    Raises CaseProblems with everything that is wrong, also when there is no such file.
    """
    name = str(path)
    try:
        if name == STANDARD_INPUT:
            data, name = sys.stdin.buffer.read(LARGEST + 1), "standard input"
            size = len(data)
        else:
            with FilePath(path).open("rb") as file:
                data = file.read(LARGEST + 1)
                size = max(len(data), FilePath(path).stat().st_size)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problem = Problem(
            "the file", name, f"It cannot be read: {reason}.", "Check the path; `-` reads standard input."
        )
        raise CaseProblems(name, [problem]) from None
    fhir = _whole_fhir(data, path, name)
    if fhir is not None:
        from isovigil.exchange.fhir.one_case import case_of_fhir

        return case_of_fhir(fhir, name, programme=programme)
    if len(data) > LARGEST:
        raise CaseProblems(name, [too_large(size)])
    return read_case_text(data, name, programme=programme)


def _whole_fhir(beginning: bytes, path: str | FilePath, name: str) -> bytes | None:
    """The whole input where it is FHIR, which may be larger than a case file; None where it is not."""
    if b"resourceType" not in beginning:
        return None
    from isovigil.exchange.fhir.intake import LARGEST as LARGEST_FHIR
    from isovigil.exchange.fhir.intake import looks_like_fhir

    if not looks_like_fhir(beginning, name):
        return None
    if len(beginning) <= LARGEST:
        return beginning
    if str(path) == STANDARD_INPUT:
        return beginning + sys.stdin.buffer.read(LARGEST_FHIR)
    with FilePath(path).open("rb") as file:
        return file.read(LARGEST_FHIR + 1)


def read_case_text(
    text: bytes | str, name: str, form: Form | None = None, *, programme: str | None = None
) -> Case:
    """The case a text holds; `form` None lets the name, else the text itself, say YAML or JSON.

    Raises CaseProblems with everything that is wrong, each with its line.
    """
    read = read_text(text, name, form)
    if not read.is_readable:
        raise CaseProblems(name, in_order(read.problems))
    case, faults = _read_case(read.document, programme)
    return _case_or_problems(name, case, read, faults)


def case_from_mapping(
    mapping: Mapping[str, Any], *, name: str = "case", programme: str | None = None
) -> Case:
    """The case that plain values hold, in the same shape as a case file.

    Days and instants may be texts or `date` and `datetime` values. Raises CaseProblems.
    """
    document = Document(mapping)
    case, faults = _read_case(document, programme)
    return _case_or_problems(name, case, ReadText(document, [], is_readable=True), faults)


def _case_or_problems(name: str, case: Case | None, read: ReadText, faults: Sequence[Fault]) -> Case:
    told = {each.mark[0] for each in read.problems}
    untold = [fault for fault in faults if not (fault.holds_null and _line_of(fault, read.document) in told)]
    problems = in_order([*read.problems, *located(read.document, untold)])
    if case is None or problems:
        raise CaseProblems(name, problems)
    return case


def _line_of(fault: Fault, document: Document) -> int | None:
    mark = document.line_and_column(fault.path)
    return None if mark is None else mark[0]


def _read_case(document: Document, programme: str | None) -> tuple[Case | None, list[Fault]]:
    given = document.value
    if not isinstance(given, Mapping):
        remedy = "A case file begins with `case: 1` and a `patient`; its facts stand in a list `facts`."
        what = "nothing" if given is None else shown(given)
        return None, [Fault((), given, f"The file holds {what}, not one case.", remedy)]
    header = {key: value for key, value in given.items() if key != "facts"}
    read = read_struct(CaseHeader, header, (), document, "a case")
    faults = [*read.faults, *_faults_of_format(given)]
    zone, zone_faults = _zone_of(read.values, programme)
    faults += zone_faults
    patient = read.values.get("patient")
    known = Known(_born_on(patient, given), zone is not None)
    facts, fact_faults = _read_facts(given.get("facts"), document, known, zone)
    faults += fact_faults
    if faults or read.struct is None or patient is None:
        return None, faults
    return Case(
        patient=patient,
        time_zone=str(zone or UTC_NAME),
        facts=tuple(facts),
        programme=read.struct.programme,
        policy=read.struct.policy,
    ), []


UTC_NAME: Final = "UTC"


def _faults_of_format(given: Mapping[str, Any]) -> list[Fault]:
    version = given.get("case")
    if version is None:
        message = "The file does not say that it is a case file, and in which format."
        return [Fault((), None, message, f"Begin it with `case: {CASE_FORMAT}`.")]
    if type(version) is not int or version == CASE_FORMAT:
        return []
    message = f"The case file has format {version}; this Isovigil reads format {CASE_FORMAT}."
    return [Fault(("case",), version, message, f"Write `case: {CASE_FORMAT}`, or use a newer Isovigil.")]


def _born_on(patient: Patient | None, given: Mapping[str, Any]) -> date | None:
    """The day of birth, also of a patient with some other fault."""
    if patient is not None:
        return patient.born_on
    try:
        return msgspec.convert(given["patient"]["born_on"], date)
    except (KeyError, TypeError, msgspec.ValidationError):
        return None


def _zone_of(header: Mapping[str, Any], programme: str | None) -> tuple[ZoneInfo | None, list[Fault]]:
    """The clinic's zone: as written, else by programme. None when it cannot be known.

    A programme that is not modelled has no zone here and needs none: the review refuses it by name.
    """
    written = header.get("time_zone")
    if written is not None:
        try:
            if written[0].isupper():  # `localtime` and `posix/...` mean another zone on another machine
                return ZoneInfo(written), []
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
        return None, [_unknown_zone(written)]
    named = header.get("programme") or programme
    for each in (header.get("programme"), programme):
        if each in DEFAULT_TIME_ZONES:
            return ZoneInfo(DEFAULT_TIME_ZONES[each]), []
    if named is not None or "programme" not in header or "time_zone" not in header:
        return None, []
    return None, [
        Fault(
            (),
            None,
            "The case names neither a `time_zone` nor a `programme`, so its days cannot be placed.",
            f"Add `programme:` ({', '.join(DEFAULT_TIME_ZONES)}), or `time_zone:` such as Europe/Berlin.",
        )
    ]


def _unknown_zone(written: str) -> Fault:
    from zoneinfo import available_timezones

    zones = sorted(available_timezones())
    place = written.rpartition("/")[2].lower().replace(" ", "_")
    same = next((zone for zone in zones if zone.rpartition("/")[2].lower() == place), None)
    hint = f"Did you mean {same}? " if same else did_you_mean(written, tuple(zones))
    return Fault(
        ("time_zone",),
        written,
        f"{shown(written)} is not a time zone.",
        f"{hint}Write a name of the IANA time zone database, such as America/New_York.",
    )


def _read_facts(
    given: Any, document: Document, known: Known, zone: ZoneInfo | None
) -> tuple[list[Fact], list[Fault]]:
    if given is None:
        return [], []
    path: Path = ("facts",)
    if not isinstance(given, list | tuple):
        remedy = "Write each fact on a line of its own: `- {kind: …, …}`."
        return [], [Fault(path, given, f"`facts` is a list, not {shown(given)}.", remedy)]
    if len(given) > MOST_FACTS:
        message = f"The case has {len(given):,} facts; at most {MOST_FACTS:,} are read."
        return [], [Fault(path, given, message, "One case file holds one patient's therapy.")]
    facts: list[Fact] = []
    faults: list[Fault] = []
    outlines: list[Mapping[str, Any]] = []
    for place, one in enumerate(given):
        read = _read_fact(one, place, document, known, zone)
        outlines.append(read.outline)
        faults += read.faults
        if read.fact is not None:
            facts.append(read.fact)
    faults += faults_between_facts(outlines)
    return facts, faults


class _ReadFact(NamedTuple):
    fact: Fact | None
    outline: Mapping[str, Any]
    """What could be read, with its kind and id."""
    faults: list[Fault]


def _read_fact(given: Any, place: int, document: Document, known: Known, zone: ZoneInfo | None) -> _ReadFact:
    path: Path = ("facts", place)
    outline: dict[str, Any] = {"id": generated_id(place), "id_is_generated": True}
    if not isinstance(given, Mapping):
        remedy = "Write it as `- {kind: …, …}`."
        return _ReadFact(None, outline, [Fault(path, given, f"{opening(given)} is not a fact.", remedy)])
    fields = {key: value for key, value in given.items() if key != "kind"}
    if fields.get("id") is not None:
        outline = {"id": str(fields["id"]), "id_is_generated": False}
    else:
        fields["id"] = outline["id"]
    kind = KINDS.get(given["kind"]) if isinstance(given.get("kind"), str) else None
    if kind is None:
        return _ReadFact(None, outline, [_unknown_kind(given.get("kind"), path)])
    read = read_struct(kind, fields, path, document, f"{with_article(kind.kind)} fact")
    values, fact = read.values, read.struct
    instants = {
        name: value.astimezone(zone or UTC) for name, value in values.items() if type(value) is datetime
    }
    if instants:
        values = {**values, **instants}
        fact = None if fact is None else msgspec.structs.replace(fact, **instants)
    faults = [*read.faults, *faults_of_fact(kind, values, known, path)]
    return _ReadFact(fact, {**values, **outline, "kind": kind.kind}, faults)


def _unknown_kind(kind: Any, path: Path) -> Fault:
    words = tuple(KINDS)
    if kind is None:
        return Fault(path, None, "The fact has no `kind`.", f"Add `kind`, one of: {', '.join(words)}.")
    hint = did_you_mean(kind, words) if isinstance(kind, str) else ""
    message = f"{opening(kind)} is not a kind of fact."
    return Fault((*path, "kind"), kind, message, f"{hint}Kinds: {', '.join(words)}.")
