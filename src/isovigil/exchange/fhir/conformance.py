"""Which FHIR R4 conformance resources publish the project's own codes, profiles and questionnaires?

All of them are made from the declaration of fact kinds.
`python -m isovigil.exchange.fhir.conformance docs/fhir` writes them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal, Union

from isovigil.case.case import CASE_FORMAT
from isovigil.case.kinds import KINDS
from isovigil.exchange.case_file import case_from_mapping
from isovigil.exchange.declared_types import Declared, DeclaredField, declared, fields_of
from isovigil.exchange.fhir.code_tables import LOINC, OWN, RXNORM, code_tables
from isovigil.exchange.fhir.declared_values import (
    EMPTY_LIST,
    EMPTY_MAP,
    NOT_RECORDED,
    code_of_field,
    code_of_kind,
    code_of_word,
    own_fields_of,
)
from isovigil.exchange.fhir.from_forms import QUESTIONNAIRE
from isovigil.exchange.fhir.standard_resources import STANDARD
from isovigil.exchange.fhir.writing import bundle_of

Json = dict[str, Any]

FHIR_VERSION: Final = "4.0.1"
VERSION: Final = "0.1.0"
ASKED_OF_PEOPLE: Final = ("acknowledgement", "attestation", "comprehension", "counselling", "enrolment")
"""Kinds that a form can ask about."""
_STANDARD_TYPES: Final = {
    "prescription": "MedicationRequest",
    "dispense": "MedicationDispense",
    "condition": "Condition",
    "medicine": "MedicationStatement",
    "visit": "Encounter",
}
_MARKS: Final = {
    "course": "The header of a course: programme, policy, time zone",
    "laboratory": "A laboratory",
    EMPTY_LIST: "Nothing is in the list",
    EMPTY_MAP: "Nothing is in the map",
    NOT_RECORDED: "Nobody recorded it",
}


def _about(kind: str, name: str, title: str) -> Json:
    """What every conformance resource begins with."""
    return {
        "resourceType": kind,
        "id": name.lower().replace("_", "-"),
        "url": f"urn:isovigil:{kind.lower()}:{name}",
        "version": VERSION,
        "name": "".join(part.capitalize() for part in name.replace(".", "-").replace("_", "-").split("-")),
        "title": title,
        "status": "draft",
        "publisher": "The Isovigil contributors",
    }


def _words_of(wanted: Declared) -> tuple[str, ...]:
    """The words a type lists, itself or as items, keys or alternatives."""
    if wanted.shape is Literal:
        return tuple(word for word in wanted.arguments if isinstance(word, str) and word[0].isalnum())
    if wanted.shape in (tuple, dict):
        return _words_of(declared(wanted.arguments[0]))
    if wanted.shape is Union:
        return tuple(word for each in wanted.arguments for word in _words_of(declared(each)))
    return ()


def _lead(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def code_system() -> Json:
    """Every kind, field and word as a concept of one CodeSystem."""
    concepts: dict[str, str] = dict(_MARKS)
    for name, kind in KINDS.items():
        concepts[code_of_kind(name)] = _lead(kind.__doc__)
    for name in KINDS:
        for field in own_fields_of(name).values():
            code = code_of_field(name, field.name)
            concepts.setdefault(code, f"The field `{field.name}`")
            wanted = declared(field.type)
            for word in _words_of(wanted):
                concepts.setdefault(code_of_word(word), word.replace("_", " "))
            for shape in (wanted, *map(declared, _alternatives(wanted))):
                for word in _words_of(shape) if shape.shape is dict else ():
                    concepts.setdefault(f"{code}.{code_of_word(word)}", f"{field.name} of {word}")
    for word in _words_of(declared(fields_of(KINDS["enrolment"])["entered_by"].type)):
        concepts.setdefault(code_of_word(word), word)
    return {
        **_about("CodeSystem", "course", "What Isovigil records about a course of isotretinoin"),
        "url": OWN,
        "description": "Kinds of facts, their fields and words. A code is the case file's word with hyphens.",
        "caseSensitive": True,
        "content": "complete",
        "count": len(concepts),
        "concept": [{"code": code, "display": display} for code, display in concepts.items()],
    }


def _alternatives(wanted: Declared) -> tuple[Any, ...]:
    return wanted.arguments if wanted.shape is Union else ()


def value_sets() -> Iterator[Json]:
    """The words of each field, and the standard codes that are read."""
    for kind in KINDS:
        for field in own_fields_of(kind).values():
            words = _words_of(declared(field.type))
            if words:
                include = {"system": OWN, "concept": [{"code": code_of_word(word)} for word in words]}
                name = f"{code_of_kind(kind)}-{code_of_field(kind, field.name)}"
                title = f"The words of {field.name} of {kind}"
                yield {**_about("ValueSet", name, title), "compose": {"include": [include]}}
    for name, title, system, reads in (
        ("pregnancy-tests", "Observations read as a pregnancy test", LOINC, "pregnancy_test"),
        ("laboratory-values", "Observations read as a laboratory value", LOINC, "laboratory"),
        ("isotretinoin", "Products read as oral isotretinoin", RXNORM, "isotretinoin"),
    ):
        rows = [row for table in code_tables().values() if table.system == system for row in table.codes]
        concepts = [{"code": row.code} for row in rows if row.reads == reads]
        compose = {"include": [{"system": system, "concept": concepts}]}
        yield {**_about("ValueSet", name, title), "compose": compose}


def profiles() -> Iterator[Json]:
    """One profile a kind of fact, and one extension for each field no standard element holds."""
    for name, kind in KINDS.items():
        base = _STANDARD_TYPES.get(name, "Observation")
        elements: list[Json] = [{"id": base, "path": base, "short": _lead(kind.__doc__)}]
        if base == "Observation":
            elements += _observed(name)
        yield _profile(code_of_kind(name), f"{name} as {base}", base, elements)
    for code, field in _extension_fields().items():
        url = f"urn:isovigil:field:{code}"
        elements = [
            {"id": "Extension", "path": "Extension", "short": f"The field `{field.name}`"},
            {"id": "Extension.url", "path": "Extension.url", "fixedUri": url},
        ]
        found = _profile(f"field-{code}", f"The field {field.name}", "Extension", elements)
        yield {**found, "url": url, "context": [{"type": "element", "expression": "Resource"}]}


def _extension_fields() -> dict[str, DeclaredField]:
    return {
        code_of_field(kind, field.name): field
        for kind in STANDARD
        for field in own_fields_of(kind).values()
        if field.attribute != KINDS[kind].day_field
    }


def _observed(kind: str) -> Iterator[Json]:
    yield {"id": "Observation.subject", "path": "Observation.subject", "min": 1}
    yield {"id": "Observation.effective[x]", "path": "Observation.effective[x]", "min": 1}
    if kind in STANDARD or kind == "symptom":
        return
    pattern = {"coding": [{"system": OWN, "code": code_of_kind(kind)}]}
    yield {"id": "Observation.code", "path": "Observation.code", "patternCodeableConcept": pattern}
    shown = [field for field in own_fields_of(kind).values() if field.attribute != KINDS[kind].day_field]
    if not shown:
        return
    slicing = {"discriminator": [{"type": "pattern", "path": "code"}], "rules": "open"}
    yield {"id": "Observation.component", "path": "Observation.component", "slicing": slicing}
    for field in shown:
        code = code_of_field(kind, field.name)
        at = f"Observation.component:{code}"
        yield {"id": at, "path": "Observation.component", "sliceName": code, "min": 0}
        coded = {"coding": [{"system": OWN, "code": code}]}
        path = "Observation.component.code"
        yield {"id": f"{at}.code", "path": path, "patternCodeableConcept": coded}


def _profile(name: str, title: str, base: str, elements: list[Json]) -> Json:
    return {
        **_about("StructureDefinition", name, title),
        "fhirVersion": FHIR_VERSION,
        "kind": "complex-type" if base == "Extension" else "resource",
        "abstract": False,
        "type": base,
        "baseDefinition": f"http://hl7.org/fhir/StructureDefinition/{base}",
        "derivation": "constraint",
        "differential": {"element": elements},
    }


def questionnaires() -> Iterator[Json]:
    """The forms whose answers are read as facts."""
    for kind in ASKED_OF_PEOPLE:
        items = [_item(kind, field) for field in own_fields_of(kind).values()]
        found = _about("Questionnaire", code_of_kind(kind), _lead(KINDS[kind].__doc__))
        yield {
            **found,
            "url": f"{QUESTIONNAIRE}{code_of_kind(kind)}",
            "subjectType": ["Patient"],
            "item": items,
        }


def _item(kind: str, field: DeclaredField) -> Json:
    wanted = declared(field.type)
    item = declared(wanted.arguments[0]) if wanted.shape is tuple else wanted
    types = {bool: "boolean", int: "integer", float: "decimal", str: "string", Literal: "choice"}
    found: Json = {
        "linkId": code_of_field(kind, field.name),
        "text": field.name.replace("_", " "),
        "type": types.get(item.shape, "date"),
        "required": field.required,
    }
    if item.shape is Literal:
        found["answerValueSet"] = (
            f"urn:isovigil:valueset:{code_of_kind(kind)}-{code_of_field(kind, field.name)}"
        )
    return {**found, "repeats": True} if wanted.shape is tuple else found


def example() -> Json:
    """An invented course of a few facts, as it is written."""
    given = [
        {"kind": "category", "date": "2024-01-02", "can_become_pregnant": True, "by": "prescriber"},
        {"kind": "contraception", "from": "2024-01-02", "reported_by": "patient", "primary": "iud_copper"},
        {"kind": "pregnancy_test", "taken_on": "2024-01-02", "result": "negative", "setting": "clinic"},
        {
            "kind": "laboratory",
            "taken_on": "2024-01-02",
            "analyte": "alt",
            "value": 23,
            "unit": "U/L",
            "upper_limit": 40,
        },
        {"kind": "weight", "date": "2024-01-02", "kg": 61},
        {"kind": "prescription", "issued_on": "2024-02-02", "daily_dose_mg": 40, "days_supply": 30},
        {"kind": "dispense", "date": "2024-02-05", "days_supply": 30, "capsules": [{"mg": 20, "count": 60}]},
        {
            "kind": "symptom",
            "date": "2024-03-01",
            "code": "AE01",
            "severity": "mild",
            "entered_by": "patient",
        },
        {"kind": "visit", "date": "2024-03-01", "mode": "video", "purpose": "follow_up"},
    ]
    header = {
        "case": CASE_FORMAT,
        "patient": {"id": "example-1", "born_on": "2001-04-02"},
        "programme": "us_ipledge",
    }
    return bundle_of(case_from_mapping({**header, "facts": given}))


def conformance_files() -> dict[str, list[Json]]:
    """The resources by the name of the file they are published in."""
    return {
        "code-systems": [code_system()],
        "value-sets": list(value_sets()),
        "profiles": list(profiles()),
        "questionnaires": list(questionnaires()),
        "example": [example()],
    }


def as_text(resources: list[Json]) -> str:
    """One resource as it is; several in one Bundle, a resource a line."""
    if len(resources) == 1:
        return json.dumps(resources[0], ensure_ascii=False, indent=1) + "\n"
    entries = [{"fullUrl": each["url"], "resource": each} for each in resources]
    lines = ",\n".join("  " + json.dumps(each, ensure_ascii=False) for each in entries)
    return '{"resourceType": "Bundle", "type": "collection", "entry": [\n' + lines + "\n]}\n"


def write_conformance(folder: Path) -> None:
    """Write every file of the folder again."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, resources in conformance_files().items():
        (folder / f"{name}.json").write_text(as_text(resources), encoding="utf-8")


if __name__ == "__main__":
    write_conformance(Path(sys.argv[1]))
