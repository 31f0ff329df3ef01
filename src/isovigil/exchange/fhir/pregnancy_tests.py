"""What did a pregnancy test show, and where was it taken?

The mapping (docs/fhir.md) gives the order: a coded value, else the laboratory's interpretation, else the
number. Where any of them says positive and another does not, the test is positive until a person settles it.
"""

from __future__ import annotations

import math
from typing import Final, get_args

from isovigil.case.words import TestResult, TestSetting
from isovigil.exchange.fhir.code_tables import as_one_of, code_of, find, own_code
from isovigil.exchange.fhir.record import Record, told
from isovigil.exchange.fhir.resources import Observation, Organization, Quantity, Reference

NEGATIVE_BELOW: Final = 5.0
"""m[IU]/mL: a value below it is negative."""
POSITIVE_ABOVE: Final = 25.0
"""m[IU]/mL: a value above it is positive; from 5 to 25, both included, the test is to be repeated."""
HCG_UNIT: Final = "m[IU]/mL"

_INTERPRETATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
_INTERPRETED: Final[dict[str, TestResult]] = {
    "NEG": "negative",
    "ND": "negative",
    "POS": "positive",
    "DET": "positive",
}
_SPELLED: Final[dict[str, TestResult]] = {
    "negative": "negative",
    "neg": "negative",
    "not detected": "negative",
    "positive": "positive",
    "pos": "positive",
    "detected": "positive",
}
_OWN_WORDS: Final[dict[str | None, TestResult]] = {word: word for word in get_args(TestResult)}
_CLIA: Final = "urn:oid:2.16.840.1.113883.4.7"
_LABORATORY_TYPES: Final = frozenset({"laboratory", "lab", "pathology"})


def result_of(one: Observation, record: Record) -> TestResult:
    """What the test showed. One that cannot be read is invalid, to be repeated, and told."""
    said = [
        each for each in (_coded(one, record), _interpreted(one), _measured(one, record)) if each is not None
    ]
    if not said:
        text = f"The result of {told(one.code)} cannot be read. It counts as invalid, to be repeated."
        record.tell("error", "value", "value", text)
        return "invalid"
    if "positive" in said and said[0] != "positive":
        text = (
            f"The value says {said[0]} and the interpretation or the number positive. It counts as positive."
        )
        record.tell("warning", "invariant", "value", text)
        return "positive"
    return said[0]


def _coded(one: Observation, record: Record) -> TestResult | None:
    found = find(one.valueCodeableConcept, "test_result")
    if found is not None:
        return found.meaning.result
    concept = one.valueCodeableConcept
    own = own_code(concept)
    if own in _OWN_WORDS:
        return _OWN_WORDS[own]
    spelled = one.valueString or (concept.text if concept is not None else None)
    if concept is not None and spelled is None and concept.coding:
        spelled = concept.coding[0].display
    result = None if spelled is None else _SPELLED.get(spelled.strip().lower())
    if result is not None:
        record.tell(
            "warning", "code-invalid", "value", f"The result has no known code; its text says {result}."
        )
    return result


def _interpreted(one: Observation) -> TestResult | None:
    for each in one.interpretation:
        code = code_of(_INTERPRETATION, each)
        if code in _INTERPRETED:
            return _INTERPRETED[code]
    return None


def _measured(one: Observation, record: Record) -> TestResult | None:
    quantity = one.valueQuantity
    if quantity is None or quantity.value is None:
        return None
    if as_one_of(quantity.code or quantity.unit, (HCG_UNIT,)) is None:
        text = f"hCG in {quantity.code or quantity.unit} cannot be compared with limits in {HCG_UNIT}."
        record.tell("error", "value", "value.code", text)
        return "invalid"
    return result_of_quantity(quantity)


def result_of_quantity(quantity: Quantity) -> TestResult:
    """Negative or positive where the whole range the number allows is; else to be repeated.

    ``<5`` is below 5, so negative; ``<=5`` may be 5, so invalid; ``>25`` is positive; ``>=25`` may be 25.
    """
    value = quantity.value
    if value is None or not math.isfinite(value):
        return "invalid"
    comparator = quantity.comparator
    at_most = math.inf if comparator in (">", ">=") else value
    at_least = -math.inf if comparator in ("<", "<=") else value
    if at_most < NEGATIVE_BELOW or (comparator == "<" and value <= NEGATIVE_BELOW):
        return "negative"
    if at_least > POSITIVE_ABOVE or (comparator == ">" and value >= POSITIVE_ABOVE):
        return "positive"
    return "invalid"


def setting_of(one: Observation, record: Record) -> TestSetting:
    """Where the test was taken, by who performed it; unknown passes no rule about settings."""
    settings = {_setting_of_performer(each, record) for each in one.performer}
    order: tuple[TestSetting, ...] = ("home", "laboratory", "clinic")
    return next((setting for setting in order if setting in settings), "unknown")


def _setting_of_performer(performer: Reference, record: Record) -> TestSetting:
    named = performer.type or (performer.reference or "").rpartition("/")[0].rpartition("/")[2]
    resource = record.resolve(performer)
    if isinstance(resource, Organization):
        return "laboratory" if _is_laboratory(resource) else "clinic"
    if performer.identifier is not None and performer.identifier.system == _CLIA:
        return "laboratory"
    if named in {"Patient", "RelatedPerson"}:
        return "home"
    if named in ("Practitioner", "PractitionerRole", "Organization"):
        return "clinic"
    return "unknown"


def _is_laboratory(organization: Organization) -> bool:
    identifiers = organization.identifier if isinstance(organization.identifier, list) else []
    if any(isinstance(each, dict) and each.get("system") == _CLIA for each in identifiers):
        return True
    return any(
        coding.code is not None and coding.code.lower() in _LABORATORY_TYPES
        for concept in organization.type
        for coding in concept.coding
    )
