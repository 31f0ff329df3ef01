"""A small made-up export, the ways it can go wrong, and what each loader reads of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from isovigil.case.case import Case
from isovigil.case.fact import Fact
from isovigil.exchange.bulk.assembling import Assembler, Place, Problem
from isovigil.exchange.bulk.facts_of_rows import FactsOfRows
from isovigil.exchange.bulk.flatten import Flattener, is_doubtful
from isovigil.exchange.bulk.input_files import chunks_of, survey
from isovigil.exchange.bulk.lines import line_of
from isovigil.exchange.bulk.repeated_keys import what_is_looked_at
from isovigil.exchange.bulk.shards import Limits, cut_into_shards, rows_of
from isovigil.exchange.bulk.sorted_pieces import PieceWriter
from isovigil.exchange.fhir.intake import Intake, take_in
from isovigil.exchange.fhir.reading import cases_of
from isovigil.synthetic_nation.nation import Nation, write_one

ON = date(2025, 6, 30)
PROGRAMME = "us_ipledge"
TYPES = (
    "Patient", "Condition", "Consent", "Encounter", "MedicationDispense", "MedicationRequest",
    "MedicationStatement", "Observation", "QuestionnaireResponse",
)  # fmt: skip
Lines = dict[str, list[bytes]]
Told = Counter[tuple[str, str, str]]


def nation_lines(patients: int, seed: int = 5) -> Lines:
    """The lines of a few made-up patients by resource type."""
    nation = Nation(patients, seed, ON)
    written: list[list[bytes]] = [[] for _ in TYPES]
    for patient in range(patients):
        write_one(nation, patient, written)
    return {kind: [line.rstrip(b"\n") for line in lines] for kind, lines in zip(TYPES, written, strict=True)}


def write_export(folder: Path, lines: Mapping[str, Sequence[bytes]]) -> Path:
    """The lines as files of an export."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, listed in lines.items():
        if listed:
            (folder / f"{kind}.ndjson").write_bytes(b"\n".join(listed) + b"\n")
    return folder


class ReadByRows(NamedTuple):
    """What was read of one patient, who may not be in the input: then there are only problems."""

    patient: str
    case: Case | None
    refusal: str | None
    problems: Sequence[Problem]


def read_by_rows(export: Path, work: Path, *, is_fast: bool) -> tuple[list[ReadByRows], Counter[str]]:
    """What the population's own way reads of an export: taken apart, sorted, taken by columns."""
    work.mkdir(parents=True, exist_ok=True)
    flattener = Flattener(is_fast=is_fast)
    chunks = chunks_of(survey(str(export)).files)
    flats = [flattener.flatten(chunk) for chunk in chunks]
    pieces = work / "pieces"
    writer = PieceWriter(pieces)
    for chunk, flat in zip(chunks, flats, strict=True):
        writer.add(chunk.number, flat.table)
        writer.flush()
    templates = {mark: text for flat in flats for mark, text in flat.templates.items()}
    assembler = Assembler(
        templates,
        [Place(chunk.file.name, 0) for chunk in chunks],
        {},
        PROGRAMME,
        lambda chunk, line: line_of(chunks[chunk], line),
    )
    by_columns, found = FactsOfRows(assembler), []
    for shard in cut_into_shards(pieces, Limits(256, 1)):
        read = by_columns.read(rows_of(pieces, shard))
        stored = {each.patient: each for each in read.patients()}
        told: dict[str, list[Problem]] = {name: [] for name in stored}
        for name, problem in read.problems:
            told.setdefault(name, []).append(problem)
        for name, problems in told.items():
            own = stored.get(name)
            case, refusal = (None, None) if own is None else (own.case, own.refusal)
            found.append(ReadByRows(name, case, refusal, problems))
    return found, Counter(fast=sum(flat.fast for flat in flats), strict=sum(flat.strict for flat in flats))


def read_strictly(lines: Mapping[str, Sequence[bytes]]) -> tuple[dict[str, Case], Told]:
    """What the strict loader alone reads of the same lines, all at once."""
    whole = Intake([], [])
    for kind in sorted(lines):
        for number, line in enumerate(lines[kind], start=1):
            # In elements nobody looks at, a key given twice is no reason to refuse a line of an export.
            seen = None if is_doubtful(line) else what_is_looked_at(line)
            taken = take_in(line if seen is None else seen) if line.strip() else Intake([], [])
            whole.issues.extend(taken.issues)
            for entry in taken.entries:
                place = f"{kind}.ndjson({number}).{entry.place}"
                whole.entries.append(type(entry)(place, entry.resource, entry.full_url))
    reading = cases_of(whole, programme=PROGRAMME)
    told: Told = Counter()
    told.update(
        (each.severity, each.code, each.text) for each in reading.issues if each.severity != "information"
    )
    return {case.patient.id: case for case in reading.cases}, told


def facts_by_id(case: Case) -> dict[str, Fact]:
    """The facts of a case by their ids; their order says nothing."""
    return {fact.id: fact for fact in case.facts}


def told_of(found: Sequence[ReadByRows]) -> Told:
    """The problems of several patients, without their places."""
    return Counter(
        (problem.severity, problem.code, problem.says) for each in found for problem in each.problems
    )


Change = Callable[[dict[str, Any], Random], object]


def _set(*path: str | int, to: Any) -> Change:
    def change(resource: dict[str, Any], chance: Random) -> None:
        inner: Any = resource
        for step in path[:-1]:
            inner = inner[step]
        if path[-1] in inner or isinstance(path[-1], str):
            inner[path[-1]] = to

    return change


def _drop(name: str) -> Change:
    return lambda resource, _: resource.pop(name, None)


CHANGES: dict[str, Change] = {
    "entered in error": _set("status", to="entered-in-error"),
    "preliminary": _set("status", to="preliminary"),
    "cancelled": _set("status", to="cancelled"),
    "stopped, and when": lambda resource, _: resource.update(
        status="stopped", meta={"lastUpdated": "2025-05-05T10:00:00Z"}
    ),
    "no status": _drop("status"),
    "status is a number": _set("status", to=7),
    "status is null": _set("status", to=None),
    "no id": _drop("id"),
    "id is a number": _set("id", to=12),
    "id with escapes": _set("id", to='a"b\\c'),
    "no subject": _drop("subject"),
    "subject elsewhere": _set("subject", to={"reference": "Patient/nobody"}),
    "subject is a list": _set("subject", to=[]),
    "subject by another server": lambda resource, _: resource.update(
        subject={"reference": "https://a.invalid/fhir/" + resource["subject"]["reference"]}
    ),
    "subject with a version": lambda resource, _: resource.update(
        subject={"reference": resource["subject"]["reference"] + "/_history/2"}
    ),
    "day only": _set("effectiveDateTime", to="2025-03-04"),
    "month only": _set("effectiveDateTime", to="2025-03"),
    "year 0001": _set("effectiveDateTime", to="0001-01-01"),
    "no day": _drop("effectiveDateTime"),
    "no such day": _set("effectiveDateTime", to="2025-02-30"),
    "another offset": _set("effectiveDateTime", to="2025-03-04T23:30:00-11:00"),
    "no offset": _set("effectiveDateTime", to="2025-03-04T23:30:00"),
    "day is a number": _set("effectiveDateTime", to=20250304),
    "issued before": _set("issued", to="2020-01-01T00:00:00Z"),
    "period instead": lambda resource, _: resource.update(
        effectivePeriod={"start": resource.pop("effectiveDateTime", None)}
    ),
    "value is text": _set("valueQuantity", to={"value": "7", "unit": "U/L"}),
    "value is huge": _set("valueQuantity", to={"value": 1e300, "unit": "U/L", "code": "U/L"}),
    "value is long": _set("valueQuantity", to={"value": 2.8200000000001, "unit": "mmol/L", "code": "mmol/L"}),
    "value is negative": _set("valueQuantity", to={"value": -3, "unit": "U/L", "code": "U/L"}),
    "value is empty": _set("valueQuantity", to={}),
    "value is a list": _set("valueQuantity", to=[{"value": 7}]),
    "unknown unit": _set("valueQuantity", to={"value": 7, "unit": "furlong", "code": "furlong"}),
    "other spelling": _set("valueQuantity", to={"value": 41, "unit": "IU/L"}),
    "below": _set("valueQuantity", to={"value": 5, "comparator": "<", "unit": "U/L", "code": "U/L"}),
    "odd comparator": _set("valueQuantity", to={"value": 5, "comparator": "~", "unit": "U/L"}),
    "limits disagree": _set("referenceRange", to=[{"high": {"value": 40}}, {"high": {"value": 50}}]),
    "limits are an object": _set("referenceRange", to={"high": {"value": 40}}),
    "two interpretations": _set("interpretation", to=[{"text": "H"}, {"coding": [{"code": "POS"}]}]),
    "code is a list": _set("code", to=[{"text": "x"}]),
    "code without codings": _set("code", to={"text": "isotretinoin 20 mg oral capsule"}),
    "performer is the patient": _set("performer", to=[{"reference": "Patient/anybody"}]),
    "performer is an object": _set("performer", to={"reference": "Patient/anybody"}),
    "contained": _set("contained", to=[{"resourceType": "Organization", "id": "o"}]),
    "own extension": _set(
        "extension", to=[{"url": "urn:isovigil:field:setting", "valueString": "laboratory"}]
    ),
    "own fact id": _set("identifier", to=[{"system": "urn:isovigil:fact", "value": "mine"}]),
    "meta is a list": _set("meta", to=[]),
    "meta has a number": _set("meta", to={"lastUpdated": 5}),
    "another type": _set("resourceType", to="Device"),
    "no type": _drop("resourceType"),
    "older type": _set("resourceType", to="MedicationOrder"),
    "handed over under two": _set("authorizingPrescription", to=[{"reference": "a/b"}, {"reference": "c/d"}]),
    "handed over under nothing known": _set(
        "authorizingPrescription", to=[{"reference": "MedicationRequest/x"}]
    ),
    "refills": lambda resource, _: resource.setdefault("dispenseRequest", {}).update(
        numberOfRepeatsAllowed=2, validityPeriod={"start": "2025-01-01", "end": "2025-02-01"}
    ),
    "refills as text": lambda resource, _: resource.setdefault("dispenseRequest", {}).update(
        numberOfRepeatsAllowed="2"
    ),
    "class is a list": _set("class", to=[{"code": "AMB"}]),
    "remote": _set("class", to={"code": "VR"}),
    "birth year": _set("birthDate", to="2004"),
    "unicode": _set("text", to={"div": "naïve — 日本語 \U0001f600"}),
    "an element nobody knows": _set("somethingNew", to={"a": [1, {"b": "c"}]}),
    "so many elements nobody knows": lambda resource, chance: resource.update(
        {f"new{number}": number for number in range(chance.choice((50, 300)))}
    ),
    "a name with an umlaut": _set("subject", to={"reference": "Patient/nobody", "display": "Jos\u00e9"}),
    "an empty object": _set("meta", to={}),
    "an empty text": _set("issued", to=""),
    "a null inside": _set("meta", to={"lastUpdated": None}),
    "about two": lambda resource, _: resource.update(
        subject={"reference": "Patient/nobody"}, patient={"reference": "Patient/somebody"}
    ),
    "value after its unit": _set("valueQuantity", to={"unit": "U/L", "code": "U/L", "value": 41}),
    "value with naughts": _set("valueQuantity", to={"value": 41.50, "unit": "U/L", "code": "U/L"}),
    "signed elsewhere": _set("performer", to=[{"reference": "https://a.invalid/fhir/Practitioner/p/_history/2"}]),
    "signed by a type": _set("performer", to=[{"type": "Patient", "display": "x"}, {"display": "y"}]),
    "answers within answers": _set(
        "item", to=[{"linkId": "1", "answer": [{"valueInteger": 1, "item": [{"linkId": "2"}]}]}]
    ),
    "line separators inside": _set("text", to={"div": "a\u2028b\u2029c"}),
}  # fmt: skip
"""What can be different about a resource, by a name that says it."""


def _twice(key: bytes, line: bytes) -> bytes:
    return b'{"' + key + b'":"x",' + line.lstrip()[1:]


def _spaced(line: bytes) -> bytes:
    return json.dumps(json.loads(line)).encode()


RAW_CHANGES: dict[str, Callable[[bytes], list[bytes]]] = {
    "cut off": lambda line: [line[: len(line) // 2]],
    "given twice": lambda line: [line, line],
    "id given twice": lambda line: [_twice(b"id", line)],
    "status given twice": lambda line: [_twice(b"status", line)],
    "type given twice": lambda line: [_twice(b"resourceType", line)],
    "not UTF-8": lambda line: [line.replace(b'"status"', b'"st\xff\xfe"', 1)],
    "two on a line": lambda line: [line + line],
    "an empty line before": lambda line: [b"", line],
    "carriage return": lambda line: [line + b"\r"],
    "blanks around": lambda line: [b"  " + line + b"\t "],
    "an array": lambda line: [b"[" + line + b"]"],
    "a bare number": lambda _: [b"17"],
    "null": lambda _: [b"null"],
    "same id, other text": lambda line: [line, line.replace(b'"final"', b'"amended"', 1)],
    "two on a line and none on the next": lambda line: [line + line, b""],
    "an element nobody knows given twice": lambda line: [_twice(b"new", _twice(b"new", line))],
    "text given twice": lambda line: [_twice(b"text", _twice(b"text", line))],
    "whose given twice": lambda line: [_twice(b"subject", line), _twice(b"patient", line)],
    "reference given twice inside": lambda line: [
        line.replace(b'"reference":', b'"reference":"Patient/x","reference":')
    ],
    "last change given twice inside": lambda line: [
        line.replace(b'"lastUpdated":', b'"lastUpdated":"2020-01-01","lastUpdated":')
    ],
    "value given twice inside": lambda line: [line.replace(b'"value":', b'"value":1,"value":')],
    "unit given twice inside": lambda line: [line.replace(b'"unit":', b'"unit":"x","unit":')],
    "day given twice inside": lambda line: [line.replace(b'"start":', b'"start":"2020","start":')],
    "performer given twice inside": lambda line: [
        line.replace(b'"performer":[{', b'"performer":[{"type":"Patient","type":"Device",', 1)
    ],
    "an answer given twice inside": lambda line: [line.replace(b'"answer":', b'"answer":[],"answer":', 1)],
    "blanks inside": lambda line: [_spaced(line)],
    "blanks inside and id given twice": lambda line: [_twice(b"id", _spaced(line))],
    "a key with an escape": lambda line: [line.replace(b'"status"', b'"st\\u0061tus"', 1)],
    "a key given twice, once with an escape": lambda line: [_twice(b"st\\u0061tus", line)],
    "a text with an escape": lambda line: [line.replace(b"T", b"\\u0054")],
    "half of a character": lambda line: [_twice(b"text\\ud800", line)],
    "a bell": lambda line: [line.replace(b'"id":"', b'"new":"\x07","id":"', 1)],
    "not UTF-8 where nobody looks": lambda line: [line.replace(b'"id":"', b'"new":"\xff","id":"', 1)],
    "a mark of bytes before": lambda line: [b"\xef\xbb\xbf" + line],
    "a number FHIR knows not": lambda line: [line.replace(b'"value":', b'"value":0', 1)],
    "a number by its power": lambda line: [line.replace(b'"value":', b'"value":1E1,"was":', 1)],
    "a comma at the end": lambda line: [line[:-1] + b",}"],
    "code given twice inside": lambda line: [line.replace(b'"coding":', b'"coding":[],"coding":', 1)],
}
"""What can be wrong with a line as such."""


def changed(line: bytes, name: str, chance: Random) -> list[bytes]:
    """A line with one thing different about it: none, one or two lines."""
    if name in RAW_CHANGES:
        return RAW_CHANGES[name](line)
    resource = json.loads(line)
    try:
        CHANGES[name](resource, chance)
    except (KeyError, IndexError, TypeError):
        return [line]
    return [json.dumps(resource, separators=(",", ":"), ensure_ascii=False).encode()]
