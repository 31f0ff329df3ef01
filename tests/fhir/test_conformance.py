"""Are the published conformance resources what the declaration makes of them, and valid FHIR R4?"""

from __future__ import annotations

import json

import fhirkit
import pytest

from isovigil.case.kinds import KINDS
from isovigil.exchange.fhir.conformance import as_text, conformance_files
from isovigil.exchange.fhir.declared_values import code_of_field, code_of_kind, own_fields_of
from tests.code_health.house_rules.house_rule import REPOSITORY

each_file = pytest.mark.parametrize("name", conformance_files())


@each_file
def test_the_published_file_is_the_generated_one(name: str):
    """`python -m isovigil.exchange.fhir.conformance docs/fhir` writes it again."""
    published = (REPOSITORY / "docs" / "fhir" / f"{name}.json").read_text(encoding="utf-8")
    assert published == as_text(conformance_files()[name])


@each_file
def test_every_resource_is_valid_r4(name: str):
    faults = [str(each) for one in conformance_files()[name] for each in fhirkit.validate(json.dumps(one))]
    assert faults == []


def test_every_kind_and_field_is_a_concept():
    (system,) = conformance_files()["code-systems"]
    codes = [each["code"] for each in system["concept"]]
    assert len(codes) == len(set(codes)) == system["count"]
    for kind in KINDS:
        assert code_of_kind(kind) in codes
        assert {code_of_field(kind, field) for field in own_fields_of(kind)} <= set(codes)


def test_every_kind_has_a_profile():
    ids = {each["id"] for each in conformance_files()["profiles"]}
    assert {code_of_kind(kind) for kind in KINDS} <= ids


def test_every_value_set_a_form_names_is_published():
    published = {each["url"] for each in conformance_files()["value-sets"]}
    named = {
        item["answerValueSet"]
        for form in conformance_files()["questionnaires"]
        for item in form["item"]
        if "answerValueSet" in item
    }
    assert named
    assert named <= published
