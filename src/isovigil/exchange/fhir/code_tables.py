"""What does a code mean here? A code is always looked up together with its system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any, Final, Literal

import msgspec

from isovigil.case.words import (
    Analyte,
    Method,
    ProductFamily,
    Severity,
    Specimen,
    SymptomCode,
    TestResult,
    Tool,
)
from isovigil.exchange.fhir.resources import CodeableConcept, Coding

OWN: Final = "urn:isovigil:codesystem:course"
LOINC: Final = "http://loinc.org"
RXNORM: Final = "http://www.nlm.nih.gov/research/umls/rxnorm"
NDC: Final = "http://hl7.org/fhir/sid/ndc"
ICD10CM: Final = "http://hl7.org/fhir/sid/icd-10-cm"
ATC: Final = "http://www.whocc.no/atc"
SNOMED_CT: Final = "http://snomed.info/sct"
UCUM: Final = "http://unitsofmeasure.org"

TABLES: Final = ("loinc", "rxnorm", "ndc", "icd10cm", "atc", "snomed_ct")
REMOVABLE: Final = frozenset({"snomed_ct"})
"""Tables whose licence a site may lack; without the file everything else still works."""
_BY_BEGINNING: Final = frozenset({ICD10CM})
_LABELLER, _PRODUCT, _PACKAGE = 5, 4, 2
"""How many digits each part of a national drug code of eleven digits has."""
_ICD_ALIASES: Final = {"http://hl7.org/fhir/sid/icd-10": ICD10CM, "urn:oid:2.16.840.1.113883.6.90": ICD10CM}


class Meaning(msgspec.Struct, frozen=True, gc=False):
    """One row of a table: what the code is read as, and what else it says."""

    code: str
    name: str
    reads: str
    verification: str
    specimen: Specimen | None = None
    analyte: Analyte | None = None
    fasting: bool | None = None
    tool: Tool | None = None
    item: int | None = None
    score: int | None = None
    result: TestResult | None = None
    yes: bool | None = None
    strength_mg: float | None = None
    product: ProductFamily | None = None
    allergy: str | None = None
    method: Method | str | None = None
    word: str | None = None
    basis: str | None = None
    symptom: SymptomCode | None = None
    severity: Severity | None = None
    route: Literal["oral", "topical"] | None = None
    seen_in: str | None = None
    """The public source of one row, where the table has no source for all of them."""


class CodeTable(msgspec.Struct, frozen=True):
    """One file of codes of one system."""

    system: str
    title: str
    source: str
    codes: tuple[Meaning, ...]


class Found(msgspec.Struct, frozen=True, gc=False):
    """A coding that is in a table."""

    coding: Coding
    meaning: Meaning


@lru_cache(maxsize=1)
def code_tables() -> Mapping[str, CodeTable]:
    """Every table by its name. A removable one may be missing."""
    folder = resources.files("isovigil.codes")
    found = {}
    for name in TABLES:
        file = folder / f"{name}.json"
        if name in REMOVABLE and not file.is_file():
            continue
        found[name] = msgspec.json.decode(file.read_bytes(), type=CodeTable)
    return found


@lru_cache(maxsize=1)
def _meanings() -> Mapping[tuple[str, str], Meaning]:
    return {(table.system, row.code): row for table in code_tables().values() for row in table.codes}


@lru_cache(maxsize=1)
def _beginnings() -> Mapping[str, tuple[str, ...]]:
    """The codes of systems that are looked up by their beginning, the longest first."""
    return {
        table.system: tuple(sorted((row.code for row in table.codes), key=len, reverse=True))
        for table in code_tables().values()
        if table.system in _BY_BEGINNING
    }


@lru_cache(maxsize=4096)
def meaning_of(system: str | None, code: str | None) -> Meaning | None:
    """What a code of a system is read as; None when it is in no table."""
    if system is None or code is None:
        return None
    system = _ICD_ALIASES.get(system, system)
    exact = _meanings().get((system, code))
    if exact is None and system == NDC:
        return _product_of(code)
    if exact is not None or system not in _BY_BEGINNING:
        return exact
    for beginning in _beginnings().get(system, ()):
        if code.startswith(beginning):
            return _meanings()[system, beginning]
    return None


@lru_cache(maxsize=1)
def _products() -> Mapping[str, Meaning]:
    """The products of the NDC table by the first nine digits of their codes of eleven."""
    return {str(_nine_digits(*row.code.split("-"))): row for row in code_tables()["ndc"].codes}


def _nine_digits(labeller: str, product: str) -> str | None:
    """Labeller and product filled up to five and four digits, as pharmacies write them; None for others."""
    if not (labeller + product).isdecimal():
        return None
    return labeller.zfill(_LABELLER) + product.zfill(_PRODUCT)


def _product_of(code: str) -> Meaning | None:
    """The product of a package: `0555-1055-56`, `00555-1055-56` or `00555105556`.

    Ten digits without hyphens may be several codes; they are taken for the one product of the table whose
    own digits they begin with, for a labeller's codes are all of one shape.
    """
    parts = code.split("-")
    if len(parts) in (2, 3):
        nine = _nine_digits(parts[0], parts[1])
        return None if nine is None else _products().get(nine)
    if not code.isdecimal():
        return None
    if len(code) == _LABELLER + _PRODUCT + _PACKAGE:
        return _products().get(code[: _LABELLER + _PRODUCT])
    if len(code) == _LABELLER + _PRODUCT + _PACKAGE - 1:
        found = [row for row in _products().values() if code.startswith(row.code.replace("-", ""))]
        return found[0] if len(found) == 1 else None
    return None


def find(concept: CodeableConcept | None, *reads: str) -> Found | None:
    """The first coding of a concept that is in a table, read as one of `reads` where they are given."""
    if concept is None:
        return None
    for coding in concept.coding:
        meaning = meaning_of(coding.system, coding.code)
        if meaning is not None and (not reads or meaning.reads in reads):
            return Found(coding, meaning)
    return None


def own_code(concept: CodeableConcept | None) -> str | None:
    """The code of a concept in the project's own CodeSystem."""
    if concept is not None:
        for coding in concept.coding:
            if coding.system == OWN:
                return coding.code
    return None


def code_of(system: str, concept: CodeableConcept | None) -> str | None:
    """The first code of a concept in a system."""
    if concept is None:
        return None
    return next((coding.code for coding in concept.coding if coding.system == system), None)


class UnitTable(msgspec.Struct, frozen=True):
    """The spellings of units, and the factors of masses, weights, heights and times."""

    system: str
    title: str
    source: str
    spellings: tuple[Mapping[str, Any], ...]
    weight: Mapping[str, float]
    height: Mapping[str, float]
    mass: Mapping[str, float]
    days: Mapping[str, float]


@lru_cache(maxsize=1)
def unit_table() -> UnitTable:
    """Units by UCUM, with the other spellings laboratories use."""
    file = resources.files("isovigil.codes") / "ucum.json"
    return msgspec.json.decode(file.read_bytes(), type=UnitTable)


@lru_cache(maxsize=256)
def as_one_of(written: str | None, accepted: tuple[str, ...]) -> str | None:
    """The accepted unit that a written one is, itself or in another spelling; None when it is none."""
    if written is None or written in accepted:
        return written
    for row in unit_table().spellings:
        if written in row["also"] and row["unit"] in accepted:
            unit: str = row["unit"]
            return unit
    return None


def codes_reading(reads: Iterable[str]) -> frozenset[bytes]:
    """The codes, as bytes of JSON, that are read as one of these."""
    wanted = frozenset(reads)
    return frozenset(f'"{code}"'.encode() for (_, code), row in _meanings().items() if row.reads in wanted)
