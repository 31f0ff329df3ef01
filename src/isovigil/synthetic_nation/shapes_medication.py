"""How are prescriptions, hand-overs and other medicines written as FHIR?"""

from __future__ import annotations

from typing import Final

from isovigil.synthetic_nation.shapes import (
    LOCAL,
    PATIENT,
    PRESCRIBER,
    RXNORM,
    SNOMED_CT,
    begun,
    encounter,
    identified,
    quantity,
    terminology,
)
from isovigil.synthetic_nation.wire import Shape, coding, compiled, concept

_CAPSULES: Final = {20: "197844", 30: "403930", 40: "197845"}
STRENGTHS: Final = tuple(_CAPSULES)
"""mg in one capsule."""


def _isotretinoin(mg: int) -> Shape:
    name = f"isotretinoin {mg} MG Oral Capsule"
    return concept(
        name,
        coding(RXNORM, _CAPSULES[mg], name),
        coding(RXNORM, "6064", "isotretinoin"),
        coding(f"{LOCAL}.medication", f"ISO{mg}", f"ISOTRETINOIN {mg} MG CAPSULE"),
    )


def _prescription(mg: int) -> bytes:
    each = {"value": mg, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
    return compiled(
        {
            **begun(
                "MedicationRequest", "us-core-medicationrequest", f"isotretinoin {mg} mg, {{{{times}}}} a day"
            ),
            "identifier": identified("order"),
            "status": "{{status}}",
            "intent": "order",
            "category": [
                concept("Community", terminology("medicationrequest-category", "community", "Community"))
            ],
            "medicationCodeableConcept": _isotretinoin(mg),
            "subject": PATIENT,
            "encounter": encounter(),
            "authoredOn": "{{when}}",
            "requester": PRESCRIBER,
            "reasonCode": [
                concept("Acne vulgaris", coding("http://hl7.org/fhir/sid/icd-10-cm", "L70.0", "Acne"))
            ],
            "dosageInstruction": [
                {
                    "text": f"Take {mg} mg with food, {{{{times}}}} time(s) a day",
                    "timing": {"repeat": {"frequency": "{{#times}}", "period": 1, "periodUnit": "d"}},
                    "route": concept("Oral route", coding(SNOMED_CT, "26643006", "Oral route")),
                    "doseAndRate": [
                        {
                            "type": concept("Ordered", terminology("dose-rate-type", "ordered", "Ordered")),
                            "doseQuantity": each,
                        }
                    ],
                }
            ],
            "dispenseRequest": {
                "numberOfRepeatsAllowed": "{{#refills}}",
                "quantity": {"value": "{{#count}}", "unit": "capsule"},
                "expectedSupplyDuration": quantity("d", "days", "{{#days}}"),
            },
        }
    )


def _dispense(mg: int) -> bytes:
    return compiled(
        {
            **begun("MedicationDispense", "us-core-medicationdispense", f"isotretinoin {mg} mg handed over"),
            "identifier": identified("fill"),
            "status": "{{status}}",
            "medicationCodeableConcept": _isotretinoin(mg),
            "subject": PATIENT,
            "performer": [
                {"actor": {"reference": "Organization/pharmacy-{{clinic}}", "display": "Sampleton Pharmacy"}}
            ],
            "authorizingPrescription": [{"reference": "MedicationRequest/{{order}}"}],
            "type": concept("First Fill", terminology("v3-ActCode", "FF", "First Fill")),
            "quantity": {"value": "{{#count}}", "unit": "capsule"},
            "daysSupply": quantity("d", "days", "{{#days}}"),
            "whenHandedOver": "{{when}}",
            "receiver": [PATIENT],
            "dosageInstruction": [{"text": f"Take {mg} mg with food. Do not share. Do not donate blood."}],
        }
    )


PRESCRIPTIONS: Final = {mg: _prescription(mg) for mg in STRENGTHS}
DISPENSES: Final = {mg: _dispense(mg) for mg in STRENGTHS}

_DOXYCYCLINE: Final = concept(
    "doxycycline hyclate 100 MG Oral Tablet",
    coding(RXNORM, "3640", "doxycycline"),
    coding(f"{LOCAL}.medication", "DOXY100", "DOXYCYCLINE 100 MG TABLET"),
)
DOXYCYCLINE: Final = compiled(
    {
        **begun("MedicationStatement", None, "doxycycline 100 mg, reported by the patient"),
        "identifier": identified("reported-medication"),
        "status": "completed",
        "category": concept(
            "Community", terminology("medication-statement-category", "community", "Community")
        ),
        "medicationCodeableConcept": _DOXYCYCLINE,
        "subject": PATIENT,
        "effectivePeriod": {"start": "{{day}}", "end": "{{until}}"},
        "dateAsserted": "{{asserted}}",
        "informationSource": PATIENT,
        "dosage": [{"text": "100 mg twice a day by mouth"}],
    }
)
