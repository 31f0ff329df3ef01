"""Does the ordinary strict reader read every resource of the made-up nation, and lose no fact?"""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

import fhirkit
import pytest

from isovigil.case.kinds import Dispense, Laboratory, PregnancyTest, Prescription
from isovigil.exchange.fhir.days import read_day
from isovigil.synthetic_nation.clock import CLINIC
from tests.synthetic_nation.made_up import ON, MadeUp, people

HARMLESS = {
    "does not count until it is final",
    "Written as",
}
"""What may be told: a preliminary result, and a day written in the sender's own offset."""


@pytest.fixture(scope="module")
def nation() -> list[MadeUp]:
    return list(people(range(300), seed=7))


def resources_of(one: MadeUp) -> list[dict[str, Any]]:
    return [json.loads(line) for line in one.text().splitlines()]


def test_every_resource_but_the_patient_and_the_preliminary_is_one_fact(nation: list[MadeUp]):
    for each in nation:
        resources = resources_of(each)
        counted = [
            one
            for one in resources
            if one["resourceType"] != "Patient" and one.get("status") != "preliminary"
        ]
        assert len(each.case().facts) == len(counted)


def test_nothing_is_doubtful_or_unread(nation: list[MadeUp]):
    for each in nation:
        told = each.reading().issues
        assert not [one for one in told if one.severity in ("fatal", "error")]
        strange = [one.text for one in told if not any(known in one.text for known in HARMLESS)]
        assert strange == []


def test_no_resource_is_of_a_day_after_the_records_were_looked_at(nation: list[MadeUp]):
    assert max(fact.day for each in nation for fact in each.case().facts) <= ON


def test_ids_are_given_once(nation: list[MadeUp]):
    ids = Counter((one["resourceType"], one["id"]) for each in nation for one in resources_of(each))
    assert set(ids.values()) == {1}


def test_the_mess_of_real_exports_is_there(nation: list[MadeUp]):
    resources = [one for each in nation for one in resources_of(each)]
    statuses = {one.get("status") for one in resources}
    assert {"final", "corrected", "preliminary", "entered-in-error"} <= statuses
    moments = [str(one["effectiveDateTime"]) for one in resources if "effectiveDateTime" in one]
    date_only = sum(len(each) == 10 for each in moments) / len(moments)
    assert 0.02 < date_only < 0.04
    offsets = {each[-6:] for each in moments if len(each) > 10}
    assert offsets == {"-04:00", "-05:00", "-06:00", "-07:00", "+00:00"}


def test_some_days_are_another_in_the_senders_own_writing(nation: list[MadeUp]):
    moved = 0
    for each in nation:
        for one in resources_of(each):
            written = str(one.get("effectiveDateTime", ""))
            found = read_day(written, CLINIC) if len(written) > 10 else None
            moved += found is not None and found.day != date.fromisoformat(written[:10])
    assert moved > 0


def test_one_in_ten_triglycerides_is_in_mmol_per_litre(nation: list[MadeUp]):
    facts = [fact for each in nation for fact in each.case().facts]
    units = Counter(
        fact.unit for fact in facts if isinstance(fact, Laboratory) and fact.analyte == "triglycerides"
    )
    assert set(units) == {"mg/dL", "mmol/L"}
    assert 0.06 < units["mmol/L"] / units.total() < 0.14


def test_pregnancy_tests_are_coded_or_measured_some_below_five(nation: list[MadeUp]):
    tests = [one for each in nation for one in resources_of(each) if "hcg" in str(one["id"])]
    measured = [one for one in tests if "valueQuantity" in one]
    below = [one for one in measured if one["valueQuantity"].get("comparator") == "<"]
    assert below
    assert 0.08 < len(measured) / len(tests) < 0.25
    results = {
        fact.result for each in nation for fact in each.case().facts if isinstance(fact, PregnancyTest)
    }
    assert "negative" in results


def test_every_code_of_a_result_has_a_second_coding(nation: list[MadeUp]):
    for one in resources_of(nation[0]):
        if one["resourceType"] == "Observation":
            assert len(one["code"]["coding"]) == 2


def test_a_resource_and_a_patient_are_of_the_published_size(nation: list[MadeUp]):
    """About 1 to 1.5 kB a resource, 40 to 60 resources a patient, each within a tenth."""
    lines = [line for each in nation for line in each.text().splitlines()]
    assert 40 * 0.9 < len(lines) / len(nation) < 60 * 1.1
    assert 1_000 * 0.9 < sum(map(len, lines)) / len(lines) < 1_500 * 1.1


def test_hand_overs_name_their_prescription(nation: list[MadeUp]):
    for each in nation:
        facts = each.case().facts
        prescribed = {fact.id for fact in facts if isinstance(fact, Prescription)}
        for fact in facts:
            if isinstance(fact, Dispense):
                assert fact.prescription in prescribed


def test_an_independent_validator_finds_nothing_against_fhir_r4(nation: list[MadeUp]):
    faults = [
        f"{line[:60]!r}: {fault}"
        for each in nation[:60]
        for line in each.text().splitlines()
        for fault in fhirkit.validate(line.decode())
    ]
    assert faults == []
