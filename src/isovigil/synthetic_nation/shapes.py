"""Which codes, profiles and common elements do the resources share?"""

from __future__ import annotations

from typing import Final

from isovigil.synthetic_nation.wire import Shape, coding, concept, narrative

LOINC: Final = "http://loinc.org"
OWN: Final = "urn:isovigil:codesystem:course"
SNOMED_CT: Final = "http://snomed.info/sct"
RXNORM: Final = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD10CM: Final = "http://hl7.org/fhir/sid/icd-10-cm"
UCUM: Final = "http://unitsofmeasure.org"
CLIA: Final = "urn:oid:2.16.840.1.113883.4.7"
LOCAL: Final = "urn:oid:2.16.840.1.113883.3.9999.1"
"""The sender's own codes beside the standard ones."""
_TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem"
_US_CORE: Final = "http://hl7.org/fhir/us/core/StructureDefinition"

PATIENT: Final = {"reference": "Patient/{{pid}}", "display": "{{name}}"}
PRESCRIBER: Final = {
    "reference": "Practitioner/prescriber-{{clinic}}",
    "type": "Practitioner",
    "display": "Dr. Synthia Testerby, MD, Dermatology",
}
LABORATORY: Final = {
    "type": "Organization",
    "identifier": {"system": CLIA, "value": "05D{{clinic}}"},
    "display": "Madeupham Reference Laboratory, Inc.",
}


def terminology(system: str, code: str, shown: str) -> Shape:
    """A coding of the HL7 terminology."""
    return coding(f"{_TERMINOLOGY}/{system}", code, shown)


def begun(kind: str, profile: str | None, told: str | None) -> Shape:
    """The elements that a resource begins with: its type, id, version, profile and, if told, narrative."""
    meta: Shape = {"versionId": "1", "lastUpdated": "{{updated}}", "source": "urn:example:ehr#{{id}}"}
    if profile is not None:
        meta["profile"] = [f"{_US_CORE}/{profile}"]
    begun: Shape = {"resourceType": kind, "id": "{{id}}", "meta": meta}
    return begun if told is None else {**begun, "text": narrative(told)}


def identified(kind: str) -> list[Shape]:
    """The sender's own identifier of a resource."""
    return [{"use": "official", "system": f"{LOCAL}.{kind}", "value": "{{id}}"}]


def encounter() -> Shape:
    """The visit a resource belongs to."""
    return {"reference": "Encounter/{{pid}}-visit-{{visit}}"}


def quantity(unit: str, shown: str | None = None, value: str = "{{#value}}") -> Shape:
    """A measured amount in a UCUM unit, its number a blank."""
    return {"value": value, "unit": shown or unit, "system": UCUM, "code": unit}


def category(code: str, shown: str) -> list[Shape]:
    """An Observation's category."""
    return [concept(shown, terminology("observation-category", code, shown))]


def own(code: str, text: str) -> Shape:
    """A concept of the project's own CodeSystem, with the sender's own code beside it."""
    return concept(text, coding(OWN, code, text), coding(f"{LOCAL}.flowsheet", code.upper(), text))
