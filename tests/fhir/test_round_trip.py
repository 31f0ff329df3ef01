"""Does a case written as FHIR read in as the same case, and is what is written valid FHIR R4?"""

from __future__ import annotations

from datetime import date

import fhirkit
import msgspec
import pytest
from hypothesis import given, settings

from isovigil.case.case import Case
from isovigil.case.kinds import KINDS
from isovigil.exchange.fhir.reading import read_fhir
from isovigil.exchange.fhir.writing import bundle_of, write_fhir
from isovigil.usecases.synthetic_clinic.clinic import make_clinic
from tests.profiles import how_many
from tests.strategies import any_case


def assert_reads_in_as_itself(case: Case) -> None:
    reading = read_fhir([write_fhir(case).encode()])
    assert reading.cases == (case,)
    assert [each for each in reading.issues if each.severity in ("fatal", "error")] == []


@settings(max_examples=how_many(quick=100, nightly=5_000))
@given(case=any_case())
def test_out_then_in_is_the_same_case(case: Case):
    assert_reads_in_as_itself(case)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.kind)
def test_each_kind_goes_out_and_comes_in_and_is_valid_r4(kind):
    @settings(max_examples=how_many(quick=12, nightly=500))
    @given(case=any_case([kind], most_facts=3, fewest_facts=1))
    def survives(case: Case):
        assert_reads_in_as_itself(case)
        assert [str(each) for each in fhirkit.validate(write_fhir(case))] == []

    survives()


@given(case=any_case(most_facts=4))
def test_writing_what_was_read_gives_the_same_bundle(case: Case):
    written = write_fhir(case)
    assert write_fhir(read_fhir([written.encode()]).cases[0]) == written


@given(case=any_case(most_facts=4))
def test_every_resource_of_a_written_case_has_an_id_of_its_own(case: Case):
    urls = [entry["fullUrl"] for entry in bundle_of(case)["entry"]]
    assert len(urls) == len(set(urls))


@pytest.mark.parametrize("programme", ["us_ipledge", "uk_mhra"])
def test_every_story_of_the_made_up_clinic_survives(programme: str):
    for each in make_clinic(programme, date(2026, 11, 20), seed=7, courses=40):
        assert_reads_in_as_itself(each.case)


def test_the_validator_sees_a_mistake_in_what_is_written():
    """Guards the property above: it could not fail if the validator accepted anything."""
    broken = msgspec.json.encode(
        {"resourceType": "Observation", "status": "final", "valueString": 7}
    ).decode()
    assert [str(each) for each in fhirkit.validate(broken)]
