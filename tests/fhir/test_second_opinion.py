"""Does a second, independent validator (Medplum's) find anything wrong with the FHIR that is written?"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from isovigil.case.kinds import KINDS
from isovigil.exchange.fhir.conformance import conformance_files
from isovigil.exchange.fhir.writing import bundle_of
from isovigil.usecases.synthetic_clinic.clinic import make_clinic
from tests.code_health.house_rules.house_rule import REPOSITORY
from tests.profiles import how_many
from tests.strategies import any_case

VALIDATOR = REPOSITORY / "tests" / "fhir" / "second_opinion" / "validate.mjs"
INSTALLED = REPOSITORY / ".venv" / "second_opinion"
WHY_NOT = (
    "The second validator is not installed. Type `make install-test`; where it says that node or npm is "
    "missing: sudo apt-get install --yes nodejs npm && make install-test"
)
INVALID: Sequence[tuple[Any, str]] = (
    ({"resourceType": "Observation", "status": "final", "code": {}, "valueString": 7}, "value[x]"),
    ({"resourceType": "Patient", "birthDate": "2001-13-45"}, "birthDate"),
    (
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": {"resourceType": "Observation", "status": "final"}}],
        },
        "Bundle.entry[0].resource.code",
    ),
)


def faults_of(resources: Sequence[Any]) -> list[list[str]]:
    """What the validator finds wrong with each resource. Fails where it is not installed."""
    node = shutil.which("node")
    if node is None or not (INSTALLED / "node_modules" / "@medplum" / "core").is_dir():
        pytest.fail(WHY_NOT, pytrace=False)
    ran = subprocess.run(
        [node, str(VALIDATOR), str(INSTALLED)],
        input=json.dumps(resources, default=str),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found: list[list[str]] = json.loads(ran.stdout)
    assert len(found) == len(resources)
    return found


def test_what_is_published_is_valid():
    resources = [each for listed in conformance_files().values() for each in listed]
    assert [each for each in faults_of(resources) if each] == []


def test_every_kind_of_fact_is_written_as_valid_resources():
    bundles = []
    for kind in KINDS.values():

        @settings(max_examples=how_many(quick=5, nightly=200), phases=(Phase.generate,))
        @given(case=any_case([kind], most_facts=3, fewest_facts=1))
        def write(case):
            bundles.append(bundle_of(case))

        write()
    assert len(bundles) >= len(KINDS)
    assert [each for each in faults_of(bundles) if each] == []


@pytest.mark.parametrize("programme", ["us_ipledge", "uk_mhra"])
def test_every_patient_of_the_made_up_clinic_is_written_as_a_valid_bundle(programme: str):
    clinic = make_clinic(programme, date(2026, 11, 20), seed=7, courses=how_many(quick=20, nightly=200))
    assert [each for each in faults_of([bundle_of(one.case) for one in clinic]) if each] == []


def test_the_validator_sees_a_mistake_and_says_where():
    """Guards the others: they could not fail if the validator accepted anything."""
    for faults, (_, where) in zip(faults_of([one for one, _ in INVALID]), INVALID, strict=True):
        assert any(where in each for each in faults), faults
