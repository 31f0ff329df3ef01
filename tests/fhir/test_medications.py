"""Which prescriptions, hand-overs and other medicines are read, and how are doses and days worked out?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from isovigil.case import kinds
from isovigil.exchange.fhir.reading import read_fhir
from tests.fhir.bundles import RXNORM, SUBJECT, bundle, concept, facts, grave, order, patient, quantity, read


def prescribed(**more: Any) -> kinds.Prescription:
    (fact,) = facts(order(**more))
    assert isinstance(fact, kinds.Prescription)
    return fact


def test_dose_and_days_are_worked_out():
    """20 mg twice a day is 40 mg; 60 capsules × 20 mg / 40 mg a day is 30 days."""
    fact = prescribed()
    assert (fact.daily_dose_mg, fact.days_supply, fact.refills) == (40.0, 30, 0)


def test_ninety_capsules_twice_a_day_are_45_days():
    """The reference order: 90 × 20 / 40 = 45 days, with three repeats."""
    fact = prescribed(dispenseRequest={"quantity": {"value": 90}, "numberOfRepeatsAllowed": 3})
    assert (fact.days_supply, fact.refills) == (45, 3)


def test_the_stated_duration_goes_before_the_quantity():
    wanted = {"quantity": {"value": 90}, "expectedSupplyDuration": quantity(4, "wk")}
    assert prescribed(dispenseRequest=wanted).days_supply == 28


def test_a_range_takes_its_high_end():
    dosage = {
        "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
        "doseAndRate": [{"doseRange": {"low": quantity(20, "mg"), "high": quantity(40, "mg")}}],
    }
    assert prescribed(dosageInstruction=[dosage]).daily_dose_mg == 40.0


def test_one_capsule_every_other_day_is_half_its_strength():
    """1 capsule of 20 mg / 2 days = 10 mg a day."""
    dosage = {
        "timing": {"repeat": {"frequency": 1, "period": 2, "periodUnit": "d"}},
        "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "capsule"}}],
    }
    assert prescribed(dosageInstruction=[dosage]).daily_dose_mg == 10.0


@pytest.mark.parametrize(
    ("code", "product"),
    [
        ("197844", "conventional"),
        ("1547561", "lidose"),
        ("1300006", "lidose"),
        ("2262729", "micronised"),
    ],
)
def test_the_product_family_is_the_codes(code: str, product: str):
    assert prescribed(medicationCodeableConcept=concept(RXNORM, code)).product == product


@pytest.mark.parametrize("where", ["contained", "referenced"])
def test_the_medicine_may_stand_elsewhere(where: str):
    medication = {"resourceType": "Medication", "id": "m", "code": concept(RXNORM, "404059")}
    inside = where == "contained"
    reference = {"reference": "#m" if inside else "Medication/m"}
    one = order(medicationReference=reference, contained=[medication] if inside else [])
    del one["medicationCodeableConcept"]
    found = facts(one) if inside else facts(one, medication)
    assert [type(fact) for fact in found] == [kinds.Prescription]


def test_the_ingredient_with_an_oral_route_is_a_prescription():
    dosage = order()["dosageInstruction"][0] | {"route": concept("http://snomed.info/sct", "26643006")}
    reading = read(
        order(
            medicationCodeableConcept=concept(RXNORM, "6064"),
            dosageInstruction=[dosage],
            dispenseRequest={"expectedSupplyDuration": quantity(30, "d")},
        )
    )
    assert [type(fact) for fact in reading.cases[0].facts] == [kinds.Prescription]
    assert grave(reading) == []


def test_isotretinoin_for_the_skin_is_no_prescription_of_capsules():
    dosage = order()["dosageInstruction"][0] | {"route": concept("http://snomed.info/sct", "6064005")}
    (fact,) = facts(order(medicationCodeableConcept=concept(RXNORM, "6064"), dosageInstruction=[dosage]))
    assert isinstance(fact, kinds.Medicine)
    assert fact.class_ == "topical_retinoid"


def test_a_name_without_a_code_is_read_and_doubted():
    reading = read(order(medicationCodeableConcept={"text": "isotretinoin 20 mg capsule"}))
    assert [type(fact) for fact in reading.cases[0].facts] == [kinds.Prescription]
    assert [each.severity for each in grave(reading)] == ["warning"]


def test_a_prescription_without_a_dose_is_told_and_left_out():
    reading = read(order(dosageInstruction=[]))
    assert reading.cases[0].facts == ()
    assert "daily dose" in grave(reading)[0].text


@pytest.mark.parametrize(("drafts", "count"), [(False, 0), (True, 1)])
def test_a_draft_is_a_prescription_only_where_drafts_are_asked_about(drafts: bool, count: int):
    draft = bundle(patient(), order(intent="proposal", status="draft"))
    assert len(read_fhir([draft], programme="us_ipledge", with_drafts=drafts).cases[0].facts) == count


def test_a_cancelled_prescription_ends_when_it_was_cancelled():
    changed = {"lastUpdated": "2024-03-07T12:00:00-05:00"}
    first, ended = facts(order(status="cancelled", meta=changed))
    assert not first.withdrawn
    assert (ended.withdrawn, ended.supersedes) == (True, first.id)
    assert ended.recorded_at is not None
    assert ended.recorded_at.date() == date(2024, 3, 7)


def handed_over(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationDispense",
        "id": "d1",
        "status": "completed",
        "subject": SUBJECT,
        "medicationCodeableConcept": concept(RXNORM, "197844"),
        "quantity": {"value": 60},
        "daysSupply": quantity(30, "d"),
        "whenHandedOver": "2024-03-06",
        **more,
    }


def test_a_hand_over_names_its_prescription():
    _, fact = facts(order(), handed_over(authorizingPrescription=[{"reference": "MedicationRequest/rx1"}]))
    assert isinstance(fact, kinds.Dispense)
    assert (fact.days_supply, fact.prescription) == (30, "MedicationRequest/rx1")
    assert fact.capsules == (kinds.CapsuleCount(mg=20.0, count=60),)


def test_a_stopped_hand_over_is_reversed():
    fact, undone = facts(handed_over(status="stopped"))
    assert isinstance(undone, kinds.Reversal)
    assert undone.dispense == fact.id


@pytest.mark.parametrize("status", ["preparation", "in-progress", "on-hold", "declined", "cancelled"])
def test_what_was_not_handed_over_is_no_hand_over(status: str):
    reading = read(handed_over(status=status, whenHandedOver=None))
    assert reading.cases[0].facts == ()
    assert grave(reading)


def statement(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "id": "s1",
        "status": "active",
        "subject": SUBJECT,
        "medicationCodeableConcept": concept(RXNORM, "3640", "doxycycline"),
        **more,
    }


def test_a_medicine_without_a_day_still_counts_and_is_told():
    reading = read(statement())
    (fact,) = reading.cases[0].facts
    assert isinstance(fact, kinds.Medicine)
    assert (fact.name, fact.rxnorm, fact.to) == ("doxycycline", "3640", None)
    assert [each.severity for each in grave(reading)] == ["warning"]


def test_a_medicine_that_ended_has_its_last_day():
    (fact,) = facts(
        statement(status="completed", effectivePeriod={"start": "2024-01-01", "end": "2024-02-01"})
    )
    assert isinstance(fact, kinds.Medicine)
    assert fact.to == date(2024, 2, 1)


def test_a_medicine_that_is_not_taken_is_none():
    assert facts(statement(status="not-taken")) == ()
