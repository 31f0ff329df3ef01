"""Resources whose reading depends on more than one thing, many of each template."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.population.exports import Lines

OWN = "urn:isovigil:codesystem:course"
LOINC = "http://loinc.org"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"


def concept(system: str, code: str, text: str = "as coded") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}], "text": text}


def _observation(system: str, code: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "code": concept(system, code), **more}


def _quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "code": unit, "system": "http://unitsofmeasure.org"}


def _part(code: str, **value: Any) -> dict[str, Any]:
    return {"code": concept(OWN, code), **value}


def _request(status: str, medicine: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": medicine,
        **more,
    }


def _statement(status: str, medicine: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    """A statement whose `period` is that of the patient's copy, but for what is said otherwise."""
    named = {} if medicine is None else {"medicationCodeableConcept": medicine}
    return {"resourceType": "MedicationStatement", "status": status, **named, **more}


_CAPSULES = concept(RXNORM, "197844", "isotretinoin 20 MG Oral Capsule")
_A_DAY = [
    {
        "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
        "doseAndRate": [{"doseQuantity": _quantity(20, "mg")}],
    }
]
_THIRTY_DAYS = {"expectedSupplyDuration": _quantity(30, "d")}
_VALID = {"validityPeriod": {"start": "2025-01-01", "end": "2025-05-20"}}
_CHANGED = {"meta": {"lastUpdated": "2025-04-01T10:00:00Z"}}


def _condition(system: str, code: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Condition", "code": concept(system, code), "onsetDateTime": "2025-02-03", **more}


TEMPLATES: Mapping[str, dict[str, Any]] = {
    "fasting": _observation(LOINC, "49541-6", valueCodeableConcept=concept(LOINC, "LA33-6")),
    "one answer of nine": _observation(
        LOINC,
        "44260-8",
        valueCodeableConcept=concept(LOINC, "LA6569-3"),
        performer=[{"reference": "Patient/x"}],
    ),
    "a score": _observation(LOINC, "44261-6", valueQuantity=_quantity(7, "{score}")),
    "a score too high": _observation(LOINC, "44261-6", valueQuantity=_quantity(70, "{score}")),
    "hCG as a number": _observation(LOINC, "21198-7", valueQuantity=_quantity(4.9, "m[IU]/mL")),
    "hCG in another unit": _observation(LOINC, "21198-7", valueQuantity=_quantity(4.9, "ng/mL")),
    "a test in a laboratory": _observation(
        LOINC,
        "2106-3",
        valueCodeableConcept=concept(LOINC, "LA6577-6"),
        performer=[{"reference": "Organization/laboratory"}],
    ),
    "a test in a clinic": _observation(
        LOINC, "2106-3", valueString="Positive", performer=[{"reference": "Organization/nowhere"}]
    ),
    "a test without a result": _observation(LOINC, "2106-3", status="amended"),
    "a weight in pounds": _observation(LOINC, "29463-7", valueQuantity=_quantity(120, "[lb_av]")),
    "a weight in stones": _observation(LOINC, "29463-7", valueQuantity=_quantity(9, "stone")),
    "a height in metres": _observation(LOINC, "8302-2", valueQuantity=_quantity(1.7, "m")),
    "ALT with limits": _observation(
        LOINC,
        "1742-6",
        valueQuantity=_quantity(33, "U/L"),
        status="corrected",
        referenceRange=[{"low": _quantity(5, "U/L"), "high": _quantity(40, "U/L")}],
    ),
    "ALT that is not final": _observation(
        LOINC, "1742-6", valueQuantity=_quantity(33, "U/L"), status="preliminary"
    ),
    "ALT in words": _observation(LOINC, "1742-6", valueString="high"),
    "triglycerides without a known unit": _observation(
        LOINC, "2571-8", valueQuantity=_quantity(3, "furlong")
    ),
    "a period with its day": _observation(LOINC, "8665-2", valueDateTime="2025-02-01"),
    "a period with a time": _observation(LOINC, "8665-2", valueDateTime="2025-02-01T23:59:00-05:00"),
    "pregnant": _observation(LOINC, "82810-3", valueCodeableConcept=concept(SNOMED, "77386006")),
    "pregnant or not": _observation(LOINC, "82810-3", valueCodeableConcept=concept(SNOMED, "102874004")),
    "nobody reported a method": _observation(LOINC, "8659-5", valueCodeableConcept=concept(OWN, "iud")),
    "a treatment before": _observation(
        OWN,
        "prior-therapy",
        component=[
            _part("what", valueCodeableConcept=concept(OWN, "oral-antibiotic")),
            _part("outcome", valueCodeableConcept=concept(OWN, "inadequate")),
            _part("to", valueDateTime="2025-03-03"),
        ],
    ),
    "a decision until a day": _observation(
        OWN,
        "clinical-decision",
        component=[
            _part("about", valueCodeableConcept=concept(OWN, "mood")),
            _part("decision", valueCodeableConcept=concept(OWN, "continue")),
            _part("by", valueString="Dr. A"),
            _part("reason", valueString="seen"),
            _part("valid-until", valueDateTime="2025-06-01"),
        ],
    ),
    "an authorisation": _observation(
        OWN,
        "authorisation",
        component=[
            _part("number", valueString="R1"),
            _part("do-not-dispense-after", valueDateTime="2025-06-01T23:59:59-04:00"),
        ],
    ),
    "an own field of its day": _observation(
        OWN,
        "weight",
        component=[_part("kg", valueQuantity=_quantity(61, "kg")), _part("date", valueDateTime="2025-01-02")],
    ),
    "acne in numbers": _observation(OWN, "iga", valueQuantity=_quantity(3, "{score}")),
    "acne in no number": _observation(OWN, "nodule-count", valueString="many"),
    "category": _observation(
        OWN, "can-become-pregnant", valueBoolean=True, performer=[{"reference": "Practitioner/7"}]
    ),
    "a correction of a day": _observation(LOINC, "1742-6", status="entered-in-error"),
    "depression until a day": _condition(ICD, "F32.9", abatementDateTime="2025-04-04"),
    "depression, over": _condition(ICD, "F32.9", clinicalStatus=concept("x", "resolved")),
    "depression in doubt": _condition(ICD, "F32.9", verificationStatus=concept("x", "provisional")),
    "a pregnancy, ended": _condition(ICD, "Z33.1", abatementDateTime="2025-04-04"),
    "dry skin": _condition(ICD, "L85.3", severity=concept(SNOMED, "255604002")),
    "dry skin, how bad nobody says": _condition(ICD, "L85.3", recordedDate="2025-02-04"),
    "no uterus": _condition(ICD, "Z90.710"),
    "stopped": _request(
        "stopped", _CAPSULES, dosageInstruction=_A_DAY, dispenseRequest=_THIRTY_DAYS, **_CHANGED
    ),
    "cancelled, nobody says when": _request(
        "cancelled", _CAPSULES, dosageInstruction=_A_DAY, dispenseRequest=_THIRTY_DAYS
    ),
    "on hold": _request(
        "on-hold", _CAPSULES, dosageInstruction=_A_DAY, dispenseRequest={**_THIRTY_DAYS, **_VALID}
    ),
    "without a dose": _request("active", _CAPSULES, dispenseRequest=_THIRTY_DAYS),
    "entered in error": _request(
        "entered-in-error", _CAPSULES, dosageInstruction=_A_DAY, dispenseRequest=_THIRTY_DAYS, **_CHANGED
    ),
    "doxycycline, completed": _request(
        "completed", concept(RXNORM, "3640"), dispenseRequest=_VALID, **_CHANGED
    ),
    "doxycycline, no end": _request("completed", concept(RXNORM, "3640"), **_CHANGED),
    "doxycycline, running": _request("active", concept(RXNORM, "3640"), dispenseRequest=_VALID, **_CHANGED),
    "a medicine elsewhere": _request(
        "active", {"text": ""}, medicationReference={"reference": "Medication/m1"}
    ),
    "handed over": {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "medicationCodeableConcept": _CAPSULES,
        "daysSupply": _quantity(30, "d"),
        "quantity": _quantity(30, "{capsule}"),
        "whenPrepared": "2025-03-04",
    },
    "handed over, nobody says for how long": {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "medicationCodeableConcept": _CAPSULES,
        "quantity": _quantity(30, "{capsule}"),
    },
    "handed over and undone": {
        "resourceType": "MedicationDispense",
        "status": "stopped",
        "medicationCodeableConcept": _CAPSULES,
        "daysSupply": _quantity(30, "d"),
    },
    "doxycycline, reported": _statement("completed", concept(RXNORM, "3640")),
    "doxycycline, reported and going on": _statement("active", concept(RXNORM, "3640"), period={}),
    "doxycycline, nobody says until when": _statement("stopped", concept(RXNORM, "3640"), period={}),
    "doxycycline, reported by months": _statement(
        "completed", concept(RXNORM, "3640"), period={"start": "2024-11", "end": "2025-02"}
    ),
    "doxycycline, until a day": _statement("completed", concept(RXNORM, "3640"), period={"start": None}),
    "doxycycline, on a day": _statement(
        "completed", concept(RXNORM, "3640"), period=None, effectiveDateTime="2025-02-03"
    ),
    "doxycycline, a day and a period": _statement(
        "completed", concept(RXNORM, "3640"), effectiveDateTime="2024-02-03"
    ),
    "doxycycline, when it was reported": _statement("active", concept(RXNORM, "3640"), period=None),
    "doxycycline, not taken": _statement("not-taken", concept(RXNORM, "3640")),
    "doxycycline, reported in error": _statement("entered-in-error", concept(RXNORM, "3640")),
    "isotretinoin, reported": _statement("completed", _CAPSULES),
    "a pill, reported": _statement("active", concept(RXNORM, "748962"), period={}),
    "a medicine elsewhere, reported": _statement(
        "active", None, medicationReference={"reference": "Medication/m1"}
    ),
    "another medicine elsewhere, reported": _statement(
        "active", None, medicationReference={"reference": "Medication/m2"}
    ),
    "a visit": {"resourceType": "Encounter", "status": "finished", "class": {"code": "VR"}},
    "a visit to come": {"resourceType": "Encounter", "status": "planned", "class": {"code": "AMB"}},
    "a form": {
        "resourceType": "Consent",
        "status": "active",
        "category": [concept(OWN, "us-patient-consent")],
        "performer": [{"reference": "RelatedPerson/r1"}],
    },
    "a form that does not count": {
        "resourceType": "Consent",
        "status": "draft",
        "category": [concept(OWN, "us-patient-consent")],
    },
    "nine answers": {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": "http://loinc.org/q/44249-1",
        "item": [{"linkId": "/44260-8", "answer": [{"valueCoding": {"system": LOINC, "code": "LA6570-1"}}]}],
    },
}
"""Each of them many times in an export, so that a plan for it is asked for."""

_DAYS = {
    "Observation": ("effectiveDateTime", "issued"),
    "MedicationRequest": ("authoredOn", None),
    "MedicationDispense": ("whenHandedOver", None),
    "Consent": ("dateTime", None),
    "QuestionnaireResponse": ("authored", None),
}


def odd_lines(patients: list[str], each: int = 3) -> Lines:
    """Lines of every template for some patients."""
    lines: Lines = {}
    for patient in patients:
        for resource in _of(patient, each):
            text = json.dumps(resource, separators=(",", ":")).encode()
            lines.setdefault(resource["resourceType"], []).append(text)
    return lines


def _of(patient: str, each: int) -> Iterator[dict[str, Any]]:
    for place, template in enumerate(TEMPLATES.values()):
        for copy in range(each):
            kind = template["resourceType"]
            whose = "patient" if kind == "Consent" else "subject"
            day = f"2025-{1 + place % 5:02}-{1 + copy:02}"
            resource = {
                **template,
                "id": f"{patient}-odd-{place}-{copy}",
                whose: {"reference": f"Patient/{patient}"},
            }
            first, second = _DAYS.get(kind, (None, None))
            if first is not None:
                resource[first] = f"{day}T15:30:00-04:00" if copy % 2 else day
            if second is not None and copy:
                resource[second] = f"2025-06-{1 + copy:02}T09:00:00Z"
            if kind == "Encounter":
                resource["period"] = {"start": day, "end": day}
            if kind == "MedicationStatement":
                resource |= _reported(resource.pop("period", {"end": f"2025-06-{1 + copy:02}"}), day)
            if kind == "MedicationDispense":
                under = f"MedicationRequest/{patient}-odd-{place - 8 if copy else 0}-{copy}"
                resource["authorizingPrescription"] = [{"reference": under}]
            yield resource


def _reported(said: dict[str, Any] | None, day: str) -> dict[str, Any]:
    """The days of a statement: from the day on, unless it says otherwise."""
    asserted = {"dateAsserted": f"{day}T08:00:00Z"}
    if said is None:
        return asserted
    period = {name: text for name, text in {"start": day, **said}.items() if text is not None}
    return {"effectivePeriod": period, **asserted}
