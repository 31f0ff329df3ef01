"""Is what real systems send read without losing what a rule needs? Resources made by hand in their shapes."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from isovigil.case import kinds
from isovigil.exchange.fhir.reading import read_fhir
from tests.fhir.bundles import (
    RXNORM,
    SNOMED,
    SUBJECT,
    bundle,
    concept,
    facts,
    grave,
    observation,
    order,
    patient,
    quantity,
    read,
)

NDC = "http://hl7.org/fhir/sid/ndc"


def demo_order(**more: Any) -> dict[str, Any]:
    """The order of a demonstration record: the ingredient's code, 90 capsules, two a day, three refills."""
    return order(
        medicationCodeableConcept=concept(RXNORM, "6064", "Isotretinoin 20 MG Oral Capsule"),
        dosageInstruction=[
            {
                "sequence": 1,
                "text": "20mg twice daily",
                "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                "route": concept(SNOMED, "26643006", "Oral route (qualifier value)"),
                "doseAndRate": [{"type": concept("urn:dose", "ordered"), "doseQuantity": quantity(20, "mg")}],
            }
        ],
        dispenseRequest={"quantity": {"value": 90, "unit": "capsule"}, "numberOfRepeatsAllowed": 3},
        **more,
    )


def test_the_demonstration_order_is_45_days_with_three_refills():
    """90 capsules × 20 mg ÷ (2 × 20 mg a day) = 45 days."""
    (fact,) = facts(demo_order())
    assert isinstance(fact, kinds.Prescription)
    assert (fact.daily_dose_mg, fact.days_supply, fact.refills) == (40.0, 45, 3)


def test_a_result_that_was_only_issued_has_no_day_and_is_told():
    """When it was issued does not say when the blood was taken; a week may lie between."""
    reading = read(
        observation(
            "1742-6",
            effectiveDateTime=None,
            issued="2024-03-11T15:30:10+01:00",
            valueQuantity=quantity(12, "U/L"),
        )
    )
    assert reading.cases[0].facts == ()
    assert [(each.severity, each.expression) for each in grave(reading)] == [
        ("error", "Bundle.entry[1].resource.effective")
    ]


def test_a_weight_in_a_unit_of_medicines_is_told_and_never_a_weight():
    """A demonstration record weighs 155 mg."""
    reading = read(observation("29463-7", valueQuantity=quantity(155, "mg")))
    assert reading.cases[0].facts == ()
    assert "kg" in grave(reading)[0].text


def test_a_condition_without_a_day_counts_from_birth_on():
    diabetes = {"resourceType": "Condition", "id": "c1", "subject": SUBJECT,
                "code": concept(SNOMED, "73211009", "Diabetes")}  # fmt: skip
    (fact,) = facts(diabetes)
    assert isinstance(fact, kinds.Condition)
    assert (fact.what, fact.from_) == ("diabetes", date(2001, 4, 2))


@pytest.mark.parametrize(
    "unnamed",
    [
        {"medicationCodeableConcept": None},
        {"medicationCodeableConcept": {}},
        {"medicationCodeableConcept": None, "medicationReference": {"reference": "Medication/elsewhere"}},
        {"medicationCodeableConcept": None, "medicationReference": {"reference": "#gone"}},
    ],
    ids=[
        "nothing",
        "an empty concept",
        "a reference that leads nowhere",
        "a contained one that is not there",
    ],
)
@pytest.mark.parametrize("kind", ["MedicationRequest", "MedicationDispense", "MedicationStatement"])
def test_a_medicine_that_nobody_names_may_be_isotretinoin_and_is_told(kind: str, unnamed: dict[str, Any]):
    one = {**order(status="completed"), "resourceType": kind, **unnamed}
    one = {name: value for name, value in one.items() if value is not None}
    reading = read(one)
    assert reading.cases[0].facts == ()
    assert [each.severity for each in grave(reading)] == ["error"]
    assert "may be isotretinoin" in grave(reading)[0].text


def test_a_medicine_named_only_where_it_is_referred_to_is_recognised():
    one = order(medicationReference={"reference": "Medication/x", "display": "isotretinoin 20 mg capsule"})
    del one["medicationCodeableConcept"]
    assert [each.kind for each in facts(one)] != []


def test_a_pharmacys_code_of_eleven_digits_is_the_product():
    (fact,) = facts(order(medicationCodeableConcept=concept(NDC, "00555105586")))
    assert isinstance(fact, kinds.Prescription)
    assert (fact.daily_dose_mg, fact.days_supply) == (40.0, 30)


def test_absoricas_own_code_says_its_family():
    (fact,) = facts(order(medicationCodeableConcept=concept(NDC, "10631-116-31")))
    assert isinstance(fact, kinds.Prescription)
    assert fact.product == "lidose"


def test_draft_orders_in_a_bundle_without_a_type_are_read_where_drafts_are_asked_about():
    drafts = {
        "resourceType": "Bundle",
        "entry": [
            {"resource": order(id="other", status="draft", medicationCodeableConcept=concept(RXNORM, "161"))},
            {"resource": demo_order(status="draft")},
        ],
    }
    inputs = [bundle(patient(), kind="searchset"), json.dumps(drafts).encode()]
    (case,) = read_fhir(inputs, programme="us_ipledge", with_drafts=True).cases
    assert [fact.kind for fact in case.facts] == ["medicine", "prescription"]


def test_one_order_sent_as_draft_and_in_the_prefetch_counts_once():
    """The same resource, written once compactly and once with spaces."""
    one = demo_order()
    reading = read_fhir([bundle(patient(), one), json.dumps(one, indent=2).encode()], programme="us_ipledge")
    assert [fact.kind for fact in reading.cases[0].facts] == ["prescription"]
    assert grave(reading) == []


def test_answers_to_another_programmes_form_are_told_for_a_person_to_read():
    reading = read(
        {
            "resourceType": "QuestionnaireResponse",
            "id": "q1",
            "status": "completed",
            "questionnaire": "http://example.org/Questionnaire/PatientEnrolment",
            "subject": SUBJECT,
            "authored": "2024-03-04",
            "item": [{"linkId": "1", "answer": [{"valueCoding": {"display": "positive"}}]}],
        }
    )
    assert reading.cases[0].facts == ()
    assert [each.severity for each in grave(reading)] == ["warning"]


@pytest.mark.parametrize("status", ["cancelled", "stopped"])
def test_a_prescription_that_ended_nobody_knows_when_counts_as_never_issued(status: str):
    """It has no last day, and one that might still stand could be handed over."""
    reading = read(order(status=status))
    (fact,) = reading.cases[0].facts
    assert fact.withdrawn
    assert [(each.severity, each.code) for each in grave(reading)] == [("warning", "incomplete")]


@pytest.mark.parametrize("status", ["cancelled", "stopped"])
def test_a_prescription_that_ended_before_its_own_day_counts_as_never_issued(status: str):
    reading = read(order(status=status, meta={"lastUpdated": "2024-03-04T12:00:00-05:00"}))
    (fact,) = reading.cases[0].facts
    assert fact.withdrawn
    assert [each.severity for each in grave(reading)] == ["warning"]


def test_a_stopped_prescription_under_which_capsules_were_handed_over_stays_on_record():
    reading = read(
        order(status="stopped"),
        {
            **{name: value for name, value in order().items() if name not in ("dosageInstruction", "intent")},
            "resourceType": "MedicationDispense",
            "id": "d1",
            "status": "completed",
            "whenHandedOver": "2024-03-06",
            "daysSupply": quantity(30, "d"),
            "authorizingPrescription": [{"reference": "MedicationRequest/rx1"}],
        },
    )
    assert [(fact.kind, fact.withdrawn) for fact in reading.cases[0].facts] == [
        ("prescription", False),
        ("dispense", False),
    ]
    assert [each.severity for each in grave(reading)] == ["warning"]


def test_a_page_among_resources_that_no_rule_looks_at_is_read_whole():
    """What a record system sends along: each is named, and nothing else is lost."""
    unread = [{"resourceType": kind, "id": kind} for kind in ("Practitioner", "Coverage", "Claim", "Novelty")]
    reading = read(*unread[:2], order(), *unread[2:])
    assert [fact.kind for fact in reading.cases[0].facts] == ["prescription"]
    told = [each.text for each in reading.issues if each.code == "not-supported"]
    assert told == [f"No rule looks at a {each['resourceType']}." for each in unread]
