"""How are measurements, pregnancy tests and answers written as FHIR?"""

from __future__ import annotations

from typing import Final, NamedTuple

from isovigil.synthetic_nation.shapes import (
    LABORATORY,
    LOCAL,
    LOINC,
    OWN,
    PATIENT,
    PRESCRIBER,
    SNOMED_CT,
    begun,
    category,
    encounter,
    quantity,
    terminology,
)
from isovigil.synthetic_nation.wire import Shape, coding, compiled, concept

_LABORATORY: Final = category("laboratory", "Laboratory")
_FASTING: Final[dict[bool, tuple[str, str]]] = {True: ("LA33-6", "Yes"), False: ("LA32-8", "No")}
_SETTINGS: Final = {
    "laboratory": LABORATORY,
    "clinic": PRESCRIBER,
    "home": {**PATIENT, "type": "Patient"},
}


def _observation(profile: str, kind: list[Shape], code: Shape) -> Shape:
    return {
        **begun("Observation", profile, None),
        "status": "{{status}}",
        "category": kind,
        "code": code,
        "subject": PATIENT,
        "encounter": encounter(),
        "effectiveDateTime": "{{when}}",
    }


class Measure(NamedTuple):
    """One blood value as a laboratory reports it."""

    code: str
    name: str
    unit: str
    limit: float


MEASURES: Final = {
    "alt": Measure(
        "1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 40
    ),
    "ast": Measure(
        "1920-8", "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 40
    ),
    "triglycerides": Measure("2571-8", "Triglyceride [Mass/volume] in Serum or Plasma", "mg/dL", 150),
    "triglycerides_fasting": Measure(
        "3048-6", "Triglyceride [Mass/volume] in Serum or Plasma --fasting", "mg/dL", 150
    ),
    "triglycerides_mmol": Measure("14927-8", "Triglyceride [Moles/volume] in Serum or Plasma", "mmol/L", 1.7),
    "cholesterol": Measure("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", 200),
}


def _blood(measure: Measure, fasting: bool | None) -> bytes:
    code = concept(
        measure.name,
        coding(LOINC, measure.code, measure.name),
        coding(f"{LOCAL}.lab", f"LAB{measure.code[:4]}", measure.name.split(" [")[0].upper()),
    )
    shape = _observation("us-core-observation-lab", _LABORATORY, code)
    shape |= {
        "issued": "{{issued}}",
        "performer": [LABORATORY],
        "valueQuantity": quantity(measure.unit),
        "referenceRange": [
            {
                "high": {**quantity(measure.unit), "value": measure.limit},
                "text": f"up to {measure.limit:g} {measure.unit}",
            }
        ],
    }
    if fasting is not None:
        answer, shown = _FASTING[fasting]
        shape["component"] = [
            {
                "code": concept("Fasting status", coding(LOINC, "49541-6", "Fasting status - Reported")),
                "valueCodeableConcept": concept(shown, coding(LOINC, answer, shown)),
            }
        ]
    return compiled(shape)


BLOOD: Final = {
    (name, fasting): _blood(measure, fasting)
    for name, measure in MEASURES.items()
    for fasting in (True, False, None)
}
"""By analyte as reported and whether the patient had fasted; None where nobody said."""

# -- pregnancy tests ---------------------------------------------------------------------------------

_TESTS: Final = {
    "urine": ("2106-3", "Choriogonadotropin (pregnancy test) [Presence] in Urine"),
    "serum": ("2118-8", "Choriogonadotropin (pregnancy test) [Presence] in Serum or Plasma"),
    "quantity": ("19080-1", "Choriogonadotropin [Units/volume] in Serum or Plasma"),
}
_RESULTS: Final = {
    "negative": (("LA6577-6", "Negative"), ("260385009", "Negative (qualifier value)"), ("NEG", "Negative")),
    "positive": (("LA6576-8", "Positive"), ("10828004", "Positive (qualifier value)"), ("POS", "Positive")),
}


def _test(how: str, setting: str, result: str) -> bytes:
    code, name = _TESTS[how]
    coded = concept(name, coding(LOINC, code, name), coding(f"{LOCAL}.lab", "HCG", "PREGNANCY TEST, HCG"))
    shape = _observation("us-core-observation-lab", _LABORATORY, coded)
    shape |= {"issued": "{{issued}}", "performer": [_SETTINGS[setting]]}
    loinc, snomed, flag = _RESULTS[result]
    if result != "negative" or how != "quantity":
        shape["interpretation"] = [concept(flag[1], terminology("v3-ObservationInterpretation", *flag))]
    shape["valueCodeableConcept"] = concept(flag[1], coding(LOINC, *loinc), coding(SNOMED_CT, *snomed))
    shape["method"] = concept("Immunoassay", coding(f"{LOCAL}.method", "IA", "Immunoassay"))
    return compiled(shape)


def _measured_test(comparator: str | None) -> bytes:
    code, name = _TESTS["quantity"]
    coded = concept(name, coding(LOINC, code, name), coding(f"{LOCAL}.lab", "BHCGQ", "HCG, QUANTITATIVE"))
    shape = _observation("us-core-observation-lab", _LABORATORY, coded)
    value = quantity("m[IU]/mL", "mIU/mL")
    if comparator is not None:
        value["comparator"] = comparator
    shape |= {"issued": "{{issued}}", "performer": [LABORATORY], "valueQuantity": value}
    shape["referenceRange"] = [
        {"high": {**quantity("m[IU]/mL"), "value": 5}, "text": "not pregnant: below 5"}
    ]
    return compiled(shape)


TESTS: Final = {
    (how, setting, result): _test(how, setting, result)
    for how in ("urine", "serum")
    for setting in _SETTINGS
    for result in _RESULTS
}
"""Coded pregnancy tests, by specimen, setting and result."""
MEASURED_TESTS: Final = {comparator: _measured_test(comparator) for comparator in (None, "<")}
"""Quantitative ones of a laboratory, with their comparator."""

# -- weight, height, answers, periods ----------------------------------------------------------------

_VITAL: Final = category("vital-signs", "Vital Signs")


def _measurement(profile: str, code: str, name: str, unit: str) -> bytes:
    coded = concept(name, coding(LOINC, code, name), coding(f"{LOCAL}.flowsheet", code[:4], name.upper()))
    shape = _observation(profile, _VITAL, coded)
    return compiled({**shape, "performer": [PRESCRIBER], "valueQuantity": quantity(unit)})


WEIGHT: Final = _measurement("us-core-body-weight", "29463-7", "Body weight", "kg")
HEIGHT: Final = _measurement("us-core-body-height", "8302-2", "Body height", "cm")


def _score(code: str, name: str) -> bytes:
    coded = concept(name, coding(LOINC, code, name), coding(f"{LOCAL}.flowsheet", "PHQ", name.upper()))
    shape = _observation(
        "us-core-observation-screening-assessment",
        category("survey", "Survey"),
        coded,
    )
    return compiled({**shape, "performer": [PATIENT], "valueInteger": "{{#value}}"})


SCORES: Final = {
    "phq9": _score("44261-6", "Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]"),
    "phqa": _score(
        "89204-2", "Patient Health Questionnaire-9: Modified for Teens total score [Reported.PHQ.Teen]"
    ),
}


def _period() -> bytes:
    name = "Last menstrual period start date"
    coded = concept(name, coding(LOINC, "8665-2", name), coding(f"{LOCAL}.flowsheet", "LMP", "LMP"))
    shape = _observation(
        "us-core-simple-observation",
        category("social-history", "Social History"),
        coded,
    )
    return compiled({**shape, "performer": [PATIENT], "valueDateTime": "{{day}}"})


PERIOD: Final = _period()


def _methods(reporter: str) -> bytes:
    name = "Birth control method - Reported"
    coded = concept(name, coding(LOINC, "8659-5", name), coding(f"{LOCAL}.flowsheet", "BCM", "BIRTH CONTROL"))
    shape = _observation(
        "us-core-simple-observation",
        category("social-history", "Social History"),
        coded,
    )
    shape["performer"] = [PATIENT if reporter == "patient" else PRESCRIBER]
    shape["valueCodeableConcept"] = concept(
        "{{primary_text}}", coding(OWN, "{{primary}}", "{{primary_text}}")
    )
    shape["component"] = [
        {
            "code": concept("Second birth control method", coding(LOINC, "8659-5", name)),
            "valueCodeableConcept": concept(
                "{{secondary_text}}", coding(OWN, "{{secondary}}", "{{secondary_text}}")
            ),
        }
    ]
    return compiled(shape)


METHODS: Final = {reporter: _methods(reporter) for reporter in ("patient", "prescriber")}
