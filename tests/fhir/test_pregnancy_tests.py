"""What does a pregnancy test show? The limits are the mapping's: below 5 negative, above 25 positive."""

from __future__ import annotations

from typing import Any

import pytest

from isovigil.case import kinds
from tests.fhir.bundles import LOINC, OWN, SUBJECT, concept, facts, grave, hcg, observation, quantity, read

HCG = "21198-7"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


def the_test(**more: Any) -> kinds.PregnancyTest:
    (fact,) = facts(hcg(None, **more))
    assert isinstance(fact, kinds.PregnancyTest)
    return fact


@pytest.mark.parametrize(
    ("value", "comparator", "result"),
    [
        (4.9, None, "negative"),
        (5, None, "invalid"),  # 5 to 25, both included, is to be repeated
        (25, None, "invalid"),
        (25.1, None, "positive"),
        (5, "<", "negative"),  # below 5
        (5, "<=", "invalid"),  # may be 5
        (4.9, "<=", "negative"),
        (5.1, "<", "invalid"),  # may be 5
        (25, ">", "positive"),  # above 25
        (25, ">=", "invalid"),  # may be 25
        (25.1, ">=", "positive"),
        (24.9, ">", "invalid"),  # may be 25
    ],
)
def test_a_number_is_judged_by_the_whole_range_it_allows(value: float, comparator: str | None, result: str):
    assert the_test(valueQuantity=quantity(value, "m[IU]/mL", comparator)).result == result


@pytest.mark.parametrize(
    ("system", "code", "result"),
    [
        ("http://snomed.info/sct", "260385009", "negative"),
        ("http://snomed.info/sct", "260415000", "negative"),
        ("http://snomed.info/sct", "10828004", "positive"),
        ("http://snomed.info/sct", "260373001", "positive"),
        (LOINC, "LA6577-6", "negative"),
        (LOINC, "LA6576-8", "positive"),
        (OWN, "invalid", "invalid"),
    ],
)
def test_a_coded_result(system: str, code: str, result: str):
    assert the_test(valueCodeableConcept=concept(system, code)).result == result


@pytest.mark.parametrize(("code", "result"), [("NEG", "negative"), ("POS", "positive")])
def test_the_interpretation_stands_in_for_a_value(code: str, result: str):
    assert the_test(interpretation=[concept(INTERPRETATION, code)]).result == result


def test_a_value_and_an_interpretation_that_disagree_are_positive_and_told():
    reading = read(hcg("negative", interpretation=[concept(INTERPRETATION, "POS")]))
    fact = reading.cases[0].facts[0]
    assert isinstance(fact, kinds.PregnancyTest)
    assert fact.result == "positive"
    assert [each.severity for each in grave(reading)] == ["warning"]


def test_a_result_that_cannot_be_read_is_to_be_repeated_and_told():
    reading = read(hcg(None, valueString="see comment"))
    fact = reading.cases[0].facts[0]
    assert isinstance(fact, kinds.PregnancyTest)
    assert fact.result == "invalid"
    assert [each.severity for each in grave(reading)] == ["error"]


def test_a_number_in_a_foreign_unit_is_never_negative():
    assert the_test(valueQuantity=quantity(2, "ng/mL")).result == "invalid"


@pytest.mark.parametrize(
    ("code", "specimen"),
    [("2106-3", "urine"), ("80384-1", "urine"), ("2112-1", "urine"), ("2118-8", "serum"),
     ("80385-8", "serum"), ("2110-5", "serum"), ("19080-1", "serum"), ("21198-7", "serum"),
     ("45194-8", "serum")],
)  # fmt: skip
def test_the_code_says_the_specimen(code: str, specimen: str):
    (fact,) = facts(observation(code, valueCodeableConcept=concept(LOINC, "LA6577-6")))
    assert isinstance(fact, kinds.PregnancyTest)
    assert fact.specimen == specimen


LABORATORY = {"resourceType": "Organization", "id": "org", "type": [concept(OWN, "laboratory")]}
CERTIFIED = {
    "resourceType": "Organization",
    "id": "org",
    "identifier": [{"system": "urn:oid:2.16.840.1.113883.4.7", "value": "12D4567890"}],
}


@pytest.mark.parametrize(
    ("performer", "contained", "setting"),
    [
        ([SUBJECT], [], "home"),
        ([{"reference": "Practitioner/dr"}], [], "clinic"),
        ([{"reference": "PractitionerRole/dr"}], [], "clinic"),
        ([{"reference": "#org"}], [LABORATORY], "laboratory"),
        ([{"reference": "#org"}], [CERTIFIED], "laboratory"),
        ([{"reference": "#org"}], [{"resourceType": "Organization", "id": "org"}], "clinic"),
        ([{"reference": "Practitioner/dr"}, SUBJECT], [], "home"),
        ([{"display": "somebody"}], [], "unknown"),
        ([], [], "unknown"),
    ],
)
def test_the_setting_is_who_performed_it(performer: list[Any], contained: list[Any], setting: str):
    (fact,) = facts(hcg(performer=performer, contained=contained))
    assert isinstance(fact, kinds.PregnancyTest)
    assert fact.setting == setting


def test_the_day_is_the_specimens_where_the_observation_has_none():
    specimen = {"resourceType": "Specimen", "id": "s", "collection": {"collectedDateTime": "2024-03-03"}}
    (fact,) = facts(
        hcg(
            effectiveDateTime=None,
            specimen={"reference": "#s"},
            contained=[specimen],
            issued="2024-03-06T08:00:00Z",
        )
    )
    assert fact.day.isoformat() == "2024-03-03"
