"""How are the patient, visits, consents, conditions and answered questionnaires written as FHIR?"""

from __future__ import annotations

from typing import Final

from isovigil.synthetic_nation.shapes import (
    ICD10CM,
    LOCAL,
    LOINC,
    OWN,
    PATIENT,
    PRESCRIBER,
    SNOMED_CT,
    begun,
    encounter,
    identified,
    terminology,
)
from isovigil.synthetic_nation.wire import Shape, coding, compiled, concept

_CORE: Final = "http://hl7.org/fhir/us/core/StructureDefinition"


def _group(url: str, code: str, shown: str) -> Shape:
    race = "urn:oid:2.16.840.1.113883.6.238"
    return {
        "url": f"{_CORE}/{url}",
        "extension": [
            {"url": "ombCategory", "valueCoding": coding(race, code, shown)},
            {"url": "text", "valueString": shown},
        ],
    }


PATIENTS: Final = compiled(
    {
        **begun("Patient", "us-core-patient", "A made-up patient: {{name}}"),
        "extension": [
            _group("us-core-race", "2131-1", "Other Race"),
            _group("us-core-ethnicity", "2186-5", "Not Hispanic or Latino"),
        ],
        "identifier": [
            {
                "use": "usual",
                "type": concept(
                    "Medical Record Number", terminology("v2-0203", "MR", "Medical Record Number")
                ),
                "system": f"{LOCAL}.mrn",
                "value": "{{pid}}",
            }
        ],
        "active": True,
        "name": [{"use": "official", "text": "{{name}}", "family": "{{family}}", "given": ["{{given}}"]}],
        "telecom": [{"system": "phone", "value": "555-0100", "use": "home"}],
        "gender": "{{sex}}",
        "birthDate": "{{born}}",
        "address": [
            {"use": "home", "line": ["1 Example Street"], "city": "Fictley", "state": "NY", "country": "US"}
        ],
        "communication": [
            {"language": concept("English", coding("urn:ietf:bcp:47", "en-US", "English")), "preferred": True}
        ],
    }
)

VISIT: Final = compiled(
    {
        **begun("Encounter", "us-core-encounter", "Dermatology visit: {{purpose}}"),
        "identifier": identified("encounter"),
        "status": "finished",
        "class": terminology("v3-ActCode", "{{mode}}", "{{mode_text}}"),
        "type": [
            concept("{{purpose}}", coding(OWN, "{{purpose}}", "{{purpose}}")),
            concept(
                "Office or other outpatient visit",
                coding(
                    "http://www.ama-assn.org/go/cpt", "99213", "Office or other outpatient visit, established"
                ),
            ),
        ],
        "subject": PATIENT,
        "participant": [
            {
                "type": [
                    concept(
                        "primary performer", terminology("v3-ParticipationType", "PPRF", "primary performer")
                    )
                ],
                "individual": PRESCRIBER,
            }
        ],
        "period": {"start": "{{when}}", "end": "{{when}}"},
        "location": [
            {"location": {"reference": "Location/clinic-{{clinic}}", "display": "Fictley Dermatology"}}
        ],
        "serviceProvider": {"reference": "Organization/clinic-{{clinic}}", "display": "Fictley Dermatology"},
    }
)


def _consent(*signers: Shape) -> bytes:
    return compiled(
        {
            **begun("Consent", None, "{{form_text}}, signed"),
            "identifier": identified("consent"),
            "status": "active",
            "scope": concept("Treatment", terminology("consentscope", "treatment", "Treatment")),
            "category": [concept("{{form_text}}", coding(OWN, "{{form}}", "{{form_text}}"))],
            "patient": PATIENT,
            "dateTime": "{{when}}",
            "performer": list(signers),
            "organization": [
                {"reference": "Organization/clinic-{{clinic}}", "display": "Fictley Dermatology"}
            ],
            "sourceAttachment": {
                "contentType": "application/pdf",
                "language": "en-US",
                "title": "{{form_text}}, scanned",
            },
            "policyRule": {"text": "iPLEDGE REMS, all patients"},
            "provision": {"type": "permit", "period": {"start": "{{when}}"}},
        }
    )


_CARER: Final = {"reference": "RelatedPerson/{{pid}}-parent", "display": "parent or guardian"}
CONSENTS: Final = {
    "adult": _consent(PATIENT, PRESCRIBER),
    "minor": _consent(PATIENT, _CARER, PRESCRIBER),
}


def _condition(category: str, *codings: Shape, text: str) -> bytes:
    return compiled(
        {
            **begun("Condition", f"us-core-condition-{category}", text),
            "identifier": identified("problem"),
            "clinicalStatus": concept("Active", terminology("condition-clinical", "active", "Active")),
            "verificationStatus": concept(
                "Confirmed", terminology("condition-ver-status", "confirmed", "Confirmed")
            ),
            "category": [
                concept(
                    "Problem List Item",
                    terminology("condition-category", "problem-list-item", "Problem List Item"),
                )
            ],
            "severity": concept("Severe", coding(SNOMED_CT, "24484000", "Severe (severity modifier)")),
            "code": concept(text, *codings, coding(f"{LOCAL}.problem", "PL", text.upper())),
            "subject": PATIENT,
            "encounter": encounter(),
            "onsetDateTime": "{{day}}",
            "recordedDate": "{{recorded}}",
            "recorder": PRESCRIBER,
        }
    )


CONDITIONS: Final = {
    "acne": _condition(
        "problems-health-concerns",
        coding(ICD10CM, "L70.0", "Acne vulgaris"),
        coding(SNOMED_CT, "88616000", "Acne vulgaris (disorder)"),
        text="Acne vulgaris",
    ),
    "depression": _condition(
        "problems-health-concerns",
        coding(ICD10CM, "F32.9", "Major depressive disorder, single episode, unspecified"),
        coding(SNOMED_CT, "35489007", "Depressive disorder (disorder)"),
        text="Depressive disorder",
    ),
}

_ITEMS: Final = (
    ("44250-9", "Little interest or pleasure in doing things"),
    ("44255-8", "Feeling down, depressed, or hopeless"),
    ("44259-0", "Trouble falling or staying asleep, or sleeping too much"),
    ("44254-1", "Feeling tired or having little energy"),
    ("44251-7", "Poor appetite or overeating"),
    ("44258-2", "Feeling bad about yourself"),
    ("44252-5", "Trouble concentrating on things"),
    ("44253-3", "Moving or speaking so slowly that other people could have noticed"),
    ("44260-8", "Thoughts that you would be better off dead"),
)
ANSWERS: Final = (
    (b"LA6568-5", b"Not at all"),
    (b"LA6569-3", b"Several days"),
    (b"LA6570-1", b"More than half the days"),
    (b"LA6571-9", b"Nearly every day"),
)
"""The codes of the answers 0 to 3."""
BLANKS_OF_ITEMS: Final = tuple(
    (f"item_{letter}".encode(), f"said_{letter}".encode()) for letter in "abcdefghi"
)
"""The blanks of each item's answer code and text."""

MOOD: Final = compiled(
    {
        **begun("QuestionnaireResponse", "us-core-questionnaireresponse", "PHQ-9, answered by the patient"),
        "questionnaire": "http://loinc.org/q/44249-1",
        "status": "completed",
        "subject": PATIENT,
        "encounter": encounter(),
        "authored": "{{when}}",
        "source": PATIENT,
        "item": [
            {
                "linkId": f"/{code}",
                "text": text,
                "answer": [
                    {"valueCoding": coding(LOINC, f"{{{{item_{letter}}}}}", f"{{{{said_{letter}}}}}")}
                ],
            }
            for (code, text), letter in zip(_ITEMS, "abcdefghi", strict=True)
        ],
    }
)
