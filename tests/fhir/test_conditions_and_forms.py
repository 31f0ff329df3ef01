"""Which conditions, allergies, symptoms, appointments, forms and answers are read?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from isovigil.case import kinds
from tests.fhir.bundles import (
    ICD,
    LOINC,
    OWN,
    SNOMED,
    SUBJECT,
    concept,
    facts,
    grave,
    observation,
    quantity,
    read,
)


def condition(system: str, code: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": "c1",
        "subject": SUBJECT,
        "code": concept(system, code),
        "onsetDateTime": "2024-01-10",
        **more,
    }


@pytest.mark.parametrize(
    ("system", "code", "word"),
    [
        (ICD, "F33.9", "depression"),
        (ICD, "K50.90", "ibd"),
        (ICD, "G93.2", "intracranial_hypertension"),
        (ICD, "K74.60", "cirrhosis"),
        (ICD, "E66.01", "obesity"),  # every code that begins with E66
        (SNOMED, "35489007", "depression"),
        (ICD, "J30.1", "other"),
    ],
)
def test_a_condition_is_its_word(system: str, code: str, word: str):
    (fact,) = facts(condition(system, code))
    assert isinstance(fact, kinds.Condition)
    assert (fact.what, fact.code) == (word, code)


def test_a_condition_without_a_day_still_counts_from_birth_and_is_told():
    reading = read({**condition(ICD, "F33.9"), "onsetDateTime": None})
    assert reading.cases[0].facts[0].day == date(2001, 4, 2)
    assert [each.severity for each in grave(reading)] == ["warning"]


def test_the_day_it_was_recorded_stands_in_for_the_onset():
    one = condition(ICD, "F33.9", recordedDate="2023-12-01")
    del one["onsetDateTime"]
    assert facts(one)[0].day == date(2023, 12, 1)


def test_a_refuted_condition_is_none():
    status = concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", "refuted")
    assert facts(condition(ICD, "F33.9", verificationStatus=status)) == ()


@pytest.mark.parametrize(
    ("system", "code"), [(ICD, "Z33.1"), (ICD, "Z32.01"), (ICD, "O26.91"), (SNOMED, "77386006")]
)
def test_a_pregnancy_is_a_pregnancy(system: str, code: str):
    assert isinstance(facts(condition(system, code))[0], kinds.Pregnancy)


def test_a_pregnancy_without_a_day_stops_everything():
    assert read({**condition(ICD, "O26.91"), "onsetDateTime": None}).fatal


def test_a_pregnancy_status_is_a_pregnancy():
    status = observation("82810-3", valueCodeableConcept=concept(SNOMED, "77386006"))
    assert isinstance(facts(status)[0], kinds.Pregnancy)


def test_not_pregnant_is_no_pregnancy_test():
    assert facts(observation("82810-3", valueCodeableConcept=concept(SNOMED, "60001007"))) == ()


@pytest.mark.parametrize(
    ("allergy", "word"),
    [
        (concept(ICD, "Z91.010"), "allergy_peanut"),
        ({"text": "Soybean oil"}, "allergy_soya"),
        ({"text": "Propylparaben"}, "allergy_parabens"),
        ({"text": "FD&C Yellow No. 5"}, "allergy_tartrazine"),
    ],
)
def test_an_allergy_to_what_a_capsule_holds_is_read(allergy: dict[str, Any], word: str):
    one = {"resourceType": "AllergyIntolerance", "id": "a", "patient": SUBJECT, "code": allergy}
    (fact,) = facts(one)
    assert isinstance(fact, kinds.Condition)
    assert fact.what == word


def test_any_other_allergy_is_told_for_a_person_to_compare():
    reading = read(
        {"resourceType": "AllergyIntolerance", "id": "a", "patient": SUBJECT, "code": {"text": "latex"}}
    )
    assert reading.cases[0].facts == ()
    assert "compare" in grave(reading)[0].text


def test_a_symptom_of_the_checklist():
    severity = concept("http://example.org/severity", "m", "mild")
    one = {"resourceType": "AdverseEvent", "id": "e", "subject": SUBJECT, "date": "2024-03-01",
           "event": concept(SNOMED, "7847004"), "severity": severity}  # fmt: skip
    (fact,) = facts(one)
    assert isinstance(fact, kinds.Symptom)
    assert (fact.code, fact.severity) == ("AE01", "mild")


def test_a_symptom_whose_severity_nobody_stated_counts_as_severe_and_is_told():
    reading = read(condition(ICD, "K13.0"))
    fact = reading.cases[0].facts[0]
    assert isinstance(fact, kinds.Symptom)
    assert fact.severity == "severe"
    assert [each.severity for each in grave(reading)] == ["warning"]


def encounter(code: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": "v",
        "status": "finished",
        "class": {"code": code},
        "subject": SUBJECT,
        "period": {"start": "2024-03-04T09:00:00-05:00"},
        **more,
    }


@pytest.mark.parametrize(("code", "mode"), [("AMB", "in_person"), ("VR", "video")])
def test_an_appointment_is_a_visit(code: str, mode: str):
    (fact,) = facts(encounter(code))
    assert isinstance(fact, kinds.Visit)
    assert fact.mode == mode


def test_an_appointment_that_did_not_take_place_is_none():
    assert facts(encounter("AMB", status="cancelled")) == ()


def test_a_consent_is_an_acknowledgement_by_those_who_signed():
    consent = {
        "resourceType": "Consent",
        "id": "k",
        "status": "active",
        "patient": SUBJECT,
        "category": [concept(OWN, "us-patient-consent")],
        "dateTime": "2024-01-02",
        "performer": [SUBJECT, {"reference": "Practitioner/dr"}],
    }
    (fact,) = facts(consent)
    assert isinstance(fact, kinds.Acknowledgement)
    assert (fact.form, fact.by) == ("us_patient_consent", ("patient", "prescriber"))


def test_the_answers_to_an_own_questionnaire_are_a_fact():
    chosen = [{"valueCoding": {"system": OWN, "code": word}} for word in ("birth-defects", "mood")]
    response = {
        "resourceType": "QuestionnaireResponse",
        "id": "q",
        "status": "completed",
        "questionnaire": "urn:isovigil:questionnaire:counselling|0.1.0",
        "subject": SUBJECT,
        "authored": "2024-01-02",
        "item": [{"linkId": "topics", "answer": chosen}],
    }
    (fact,) = facts(response)
    assert isinstance(fact, kinds.Counselling)
    assert fact.topics == ("birth_defects", "mood")


def test_the_answers_to_the_phq_9_are_its_items():
    answers = [{"linkId": f"/{code}", "answer": [{"valueCoding": {"system": LOINC, "code": "LA6569-3"}}]}
               for code in ("44250-9", "44260-8")]  # fmt: skip
    response = {"resourceType": "QuestionnaireResponse", "id": "q", "status": "completed", "subject": SUBJECT,
                "authored": "2024-01-02", "item": answers}  # fmt: skip
    (fact,) = facts(response)
    assert isinstance(fact, kinds.Questionnaire)
    assert fact.items == (1, None, None, None, None, None, None, None, 1)


def test_item_nine_joins_the_score_of_its_day():
    total = observation("44261-6", valueInteger=7)
    ninth = observation("44260-8", valueInteger=2)
    (fact,) = facts(total, ninth)
    assert isinstance(fact, kinds.Questionnaire)
    assert fact.score == 7
    assert fact.items is not None
    assert fact.items[8] == 2


@pytest.mark.parametrize(
    ("loinc", "value", "unit", "expected"),
    [
        ("29463-7", 61.5, "kg", 61.5),
        ("29463-7", 100, "[lb_av]", 45.359237),
        ("8302-2", 1.7, "m", 170.0),
        ("8302-2", 70, "[in_i]", 177.8),
    ],
)
def test_weight_and_height_are_converted_by_ucum(loinc: str, value: float, unit: str, expected: float):
    """One [lb_av] is 0.45359237 kg, one [in_i] 2.54 cm, both exactly."""
    (fact,) = facts(observation(loinc, valueQuantity=quantity(value, unit)))
    measured = fact.kg if isinstance(fact, kinds.Weight) else getattr(fact, "cm", None)
    assert measured == pytest.approx(expected)


def test_contraception_is_reported_by_whoever_performed_it():
    component = {"code": concept(OWN, "secondary"), "valueCodeableConcept": concept(OWN, "condom")}
    (fact,) = facts(
        observation(
            "8659-5",
            valueCodeableConcept=concept(OWN, "iud-copper"),
            component=[component],
            performer=[SUBJECT],
        )
    )
    assert isinstance(fact, kinds.Contraception)
    assert (fact.reported_by, fact.primary, fact.secondary) == ("patient", "iud_copper", "condom")
