"""Does each kind of mess end as the mapping says: read, read with a doubt, or refused, and always told?"""

from __future__ import annotations

import json
from datetime import date

import pytest

from isovigil.case import kinds
from isovigil.exchange.fhir.intake import take_in
from isovigil.exchange.fhir.reading import read_fhir
from tests.fhir.bundles import (
    LOINC,
    OWN,
    bundle,
    concept,
    facts,
    grave,
    hcg,
    observation,
    patient,
    quantity,
    read,
)


def test_an_observation_entered_in_error_is_a_withdrawn_fact():
    (fact,) = facts(hcg("positive", status="entered-in-error"))
    assert isinstance(fact, kinds.PregnancyTest)
    assert fact.withdrawn


@pytest.mark.parametrize("status", ["final", "corrected", "amended"])
def test_a_finished_observation_counts(status: str):
    assert len(facts(hcg(status=status))) == 1


@pytest.mark.parametrize("status", ["preliminary", "registered", "cancelled", "unknown"])
def test_an_unfinished_observation_does_not_count_and_is_told(status: str):
    reading = read(hcg(status=status))
    assert reading.cases[0].facts == ()
    (issue,) = grave(reading)
    assert issue.severity == "warning"
    assert issue.expression == "Bundle.entry[1].resource.status"
    assert status in issue.text


# 4 March 2024, 23:30 in New York (-05:00) is 5 March in UTC, and the same instant in each of these offsets.
@pytest.mark.parametrize(
    "written",
    [
        "2024-03-04T23:30:00-05:00",
        "2024-03-05T04:30:00Z",
        "2024-03-05T04:30:00+00:00",
        "2024-03-04T20:30:00-08:00",
        "2024-03-05T10:15:00+05:45",
    ],
)
def test_one_instant_in_five_offsets_is_one_day_of_the_clinic(written: str):
    (fact,) = facts(hcg(effectiveDateTime=written))
    assert fact.day == date(2024, 3, 4)


def test_a_date_without_a_time_is_that_day():
    assert facts(hcg(effectiveDateTime="2024-03-04"))[0].day == date(2024, 3, 4)


@pytest.mark.parametrize("written", ["2024-03", "2024"])
def test_a_month_or_a_year_is_no_day_of_a_test(written: str):
    reading = read(hcg(effectiveDateTime=written))
    assert reading.cases[0].facts == ()
    assert grave(reading)[0].expression == "Bundle.entry[1].resource.effective"


def test_a_positive_test_without_a_day_stops_everything():
    reading = read(hcg("positive", effectiveDateTime=None))
    assert [each.severity for each in reading.fatal] == ["fatal"]


def test_a_negative_test_without_a_day_is_left_out_and_told():
    reading = read(hcg("negative", effectiveDateTime=None, issued="2024-03-04T12:00:00Z"))
    assert reading.cases[0].facts == ()
    assert not reading.fatal
    assert "error" in {each.severity for each in reading.issues}


def test_any_of_two_codings_is_enough():
    both = {"coding": [{"system": "urn:oid:1.2.3", "code": "UPT"}, {"system": LOINC, "code": "2106-3"}]}
    assert isinstance(facts(hcg(code=both))[0], kinds.PregnancyTest)


def test_a_code_of_another_system_is_another_thing():
    """2106-3 is a race category of the CDC as well."""
    reading = read(hcg(code=concept("urn:oid:2.16.840.1.113883.6.238", "2106-3", "White")))
    assert reading.cases[0].facts == ()


def test_triglycerides_keep_the_unit_they_were_reported_in():
    per_decilitre = observation("2571-8", valueQuantity=quantity(310, "mg/dL"))
    per_litre = observation("14927-8", valueQuantity=quantity(3.5, "mmol/L"))
    found = [
        (fact.value, fact.unit)
        for fact in facts(per_decilitre, per_litre)
        if isinstance(fact, kinds.Laboratory)
    ]
    assert found == [(310.0, "mg/dL"), (3.5, "mmol/L")]


def test_a_unit_that_cannot_be_converted_is_told_and_the_value_left_out():
    reading = read(observation("2571-8", valueQuantity=quantity(3.1, "g/dL")))
    assert reading.cases[0].facts == ()
    assert "g/dL" in grave(reading)[0].text


def test_triglycerides_in_grams_per_litre_keep_their_unit():
    (fact,) = facts(observation("2571-8", valueQuantity=quantity(3.1, "g/l")))
    assert isinstance(fact, kinds.Laboratory)
    assert (fact.value, fact.unit) == (3.1, "g/L")


def test_a_small_l_for_litre_is_the_same_unit():
    (fact,) = facts(observation("2571-8", valueQuantity=quantity(310, "mg/dl")))
    assert isinstance(fact, kinds.Laboratory)
    assert fact.unit == "mg/dL"


def test_the_upper_limit_is_the_one_of_that_observation():
    limits = [{"low": quantity(7, "U/L"), "high": quantity(41, "U/L")}]
    (fact,) = facts(observation("1742-6", valueQuantity=quantity(30, "U/L"), referenceRange=limits))
    assert isinstance(fact, kinds.Laboratory)
    assert (fact.lower_limit, fact.upper_limit) == (7.0, 41.0)


def test_two_upper_limits_that_disagree_are_none():
    limits = [{"high": quantity(33, "U/L")}, {"high": quantity(41, "U/L")}]
    reading = read(observation("1742-6", valueQuantity=quantity(30, "U/L"), referenceRange=limits))
    fact = reading.cases[0].facts[0]
    assert isinstance(fact, kinds.Laboratory)
    assert fact.upper_limit is None
    assert grave(reading)[0].expression.endswith(".referenceRange")


def test_a_fasting_status_of_the_day_belongs_to_its_values():
    status = observation("49541-6", valueCodeableConcept=concept(LOINC, "LA33-6"))
    (fact,) = facts(observation("2571-8", valueQuantity=quantity(310, "mg/dL")), status)
    assert isinstance(fact, kinds.Laboratory)
    assert fact.fasting is True


def test_a_key_given_twice_leaves_that_resource_out_and_no_other():
    twice = bundle(patient(), observation("1742-6", valueQuantity=quantity(30, "U/L")), hcg())
    twice = twice.replace(b'"id": "o-1742-6"', b'"id": "o-1742-6", "id": "o-other"')
    reading = read_fhir([twice], programme="us_ipledge")
    assert [type(fact) for fact in reading.cases[0].facts] == [kinds.PregnancyTest]
    assert [(each.severity, each.expression) for each in grave(reading)] == [
        ("error", "Bundle.entry[1].resource")
    ]


def test_a_pregnancy_test_with_a_key_given_twice_stops_everything():
    """Two values claim to be its result; a positive one must not be lost."""
    twice = bundle(patient(), hcg()).replace(
        b'"status": "final"', b'"status": "final", "status": "preliminary"'
    )
    assert read_fhir([twice], programme="us_ipledge").fatal


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("key", ['"id": "p1", "id": "p1"', '"id": "p1", "i\\u0064": "p2"'])
def test_a_repeated_key_is_seen_however_the_text_is_laid_out(indent: int | None, key: str):
    text = json.dumps({"resourceType": "Patient", "id": "p1", "n": 'a ":" b'}, indent=indent).replace(
        '"id": "p1"', key
    )
    assert [each.severity for each in take_in(text.encode()).issues] == ["error"]


@pytest.mark.parametrize("indent", [None, 2])
def test_colons_and_quotes_inside_texts_are_no_repeated_keys(indent: int | None):
    text = json.dumps({"resourceType": "Patient", "id": 'a":b', "x": ['":', '\\":']}, indent=indent)
    assert take_in(text.encode()).issues == []


def test_a_narrative_of_a_megabyte_is_passed_over():
    told = {"status": "generated", "div": "<div>" + "x" * 1_000_000 + "</div>"}
    assert len(facts(hcg(text=told))) == 1


def test_a_number_in_quotes_is_told_with_its_place_and_the_rest_is_read():
    bad = observation("1742-6", valueQuantity=quantity("30", "U/L"))
    reading = read(bad, hcg())
    assert [type(fact) for fact in reading.cases[0].facts] == [kinds.PregnancyTest]
    assert grave(reading)[0].expression == "Bundle.entry[1].resource.value.value"


def test_a_mistake_where_no_rule_looks_is_no_mistake():
    """The demonstration's own Coverage breaks R4; so may a telecom or an address."""
    coverage = {"resourceType": "Coverage", "id": 7, "class": "wrong"}
    reading = read_fhir([bundle(patient(telecom="wrong"), coverage, hcg())], programme="us_ipledge")
    assert len(reading.cases[0].facts) == 1
    assert grave(reading) == []


def test_a_partial_day_of_birth_is_its_latest_day_and_told():
    """Born in 2012: at the latest on 31 December 2012, so that nobody is taken for older than they are."""
    reading = read_fhir([bundle(patient(birthDate="2012"))], programme="us_ipledge")
    assert reading.cases[0].patient.born_on == date(2012, 12, 31)
    assert grave(reading)[0].expression == "Bundle.entry[0].resource.birthDate"


def test_gender_never_says_who_can_become_pregnant():
    assert facts() == ()


def test_evidence_is_shown_and_not_applied():
    code = concept("http://hl7.org/fhir/sid/icd-10-cm", "Z90.710", "Acquired absence of uterus")
    reading = read(
        {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}, "code": code}
    )
    assert reading.cases[0].facts == ()
    assert "hysterectomy" in reading.issues[0].text


def test_who_can_become_pregnant_is_read_from_the_own_code_system():
    basis = {"code": concept(OWN, "basis"), "valueCodeableConcept": concept(OWN, "hysterectomy")}
    (fact,) = facts(
        observation(
            "can-become-pregnant",
            OWN,
            valueBoolean=False,
            component=[basis],
            performer=[{"reference": "Practitioner/dr1"}],
        )
    )
    assert isinstance(fact, kinds.Category)
    assert (fact.can_become_pregnant, fact.basis, fact.by) == (False, "hysterectomy", "prescriber")


def test_no_header_and_no_programme_stops_everything():
    assert [each.code for each in read_fhir([bundle(patient())]).fatal] == ["required"]


def test_the_issue_of_a_withdrawn_resource_is_information():
    assert grave(read(hcg("positive", status="entered-in-error", effectiveDateTime=None))) == []


def test_a_mistake_in_an_observation_no_rule_looks_at_is_information():
    """A blood pressure, 85354-9, whose number is in quotes."""
    assert grave(read(observation("85354-9", valueQuantity=quantity("120", "mm[Hg]")))) == []


@pytest.mark.parametrize("kind", ["", "x" * 3000, "a b", 7, None])
def test_an_object_of_no_type_still_has_a_place(kind):
    reading = read_fhir([json.dumps({"resourceType": kind, "entry": []}).encode()], programme="us_ipledge")
    assert {each.expression for each in reading.issues} <= {"%resource", "Bundle"}
    assert reading.fatal


@pytest.mark.parametrize(("loinc", "value", "unit"), [("8302-2", 9.9, "cm"), ("29463-7", 0.9, "kg")])
def test_a_height_or_weight_of_nobody_is_told_and_left_out(loinc: str, value: float, unit: str):
    """A body mass index is divided by the height; nobody is below 10 cm or 1 kg."""
    reading = read(observation(loinc, valueQuantity=quantity(value, unit)))
    assert reading.cases[0].facts == ()
    assert [each.severity for each in grave(reading)] == ["error"]
