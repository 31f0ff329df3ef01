"""Small hand-made FHIR, shaped like what record systems send: US Core, two codings, narratives."""

from __future__ import annotations

import json
from typing import Any

from isovigil.case.fact import Fact
from isovigil.exchange.fhir.outcome import Issue
from isovigil.exchange.fhir.reading import FhirReading, read_fhir

Json = dict[str, Any]
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
OWN = "urn:isovigil:codesystem:course"
UCUM = "http://unitsofmeasure.org"
SUBJECT = {"reference": "Patient/p1"}


def patient(**more: Any) -> Json:
    return {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "2001-04-02", **more}


def concept(system: str, code: str, display: str | None = None) -> Json:
    coding = {"system": system, "code": code}
    return {"coding": [{**coding, "display": display} if display else coding]}


def observation(loinc: str, system: str = LOINC, /, **more: Any) -> Json:
    found = {
        "resourceType": "Observation",
        "id": f"o-{loinc}",
        "status": "final",
        "code": concept(system, loinc),
        "subject": SUBJECT,
        "effectiveDateTime": "2024-03-04",
        **more,
    }
    return {name: value for name, value in found.items() if value is not None}


def quantity(value: float | str, unit: str, comparator: str | None = None) -> Json:
    found = {"value": value, "unit": unit, "system": UCUM, "code": unit}
    return {**found, "comparator": comparator} if comparator else found


def hcg(result: str | None = "negative", **more: Any) -> Json:
    """A urine pregnancy test; `result` None leaves the value to `more`."""
    codes = {"negative": "260385009", "positive": "10828004"}
    value = {} if result is None else {"valueCodeableConcept": concept(SNOMED, codes[result])}
    return observation("2106-3", **{**value, **more})


def order(**more: Any) -> Json:
    """An order for 20 mg twice a day, 60 capsules of 20 mg."""
    return {
        "resourceType": "MedicationRequest",
        "id": "rx1",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "medicationCodeableConcept": concept(RXNORM, "197844", "isotretinoin 20 MG Oral Capsule"),
        "authoredOn": "2024-03-05",
        "dosageInstruction": [
            {
                "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [{"doseQuantity": quantity(20, "mg")}],
            }
        ],
        "dispenseRequest": {"quantity": {"value": 60}},
        **more,
    }


def bundle(*resources: Json, kind: str = "collection") -> bytes:
    return json.dumps(
        {"resourceType": "Bundle", "type": kind, "entry": [{"resource": r} for r in resources]}
    ).encode()


def read(*resources: Json) -> FhirReading:
    """What a Bundle of a patient with these resources is read as."""
    return read_fhir([bundle(patient(), *resources)], programme="us_ipledge")


def facts(*resources: Json) -> tuple[Fact, ...]:
    return read(*resources).cases[0].facts


def grave(reading: FhirReading) -> list[Issue]:
    """Everything but information."""
    return [each for each in reading.issues if each.severity != "information"]
