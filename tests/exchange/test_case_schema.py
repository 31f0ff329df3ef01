"""Does the JSON Schema of the case file say what the reader reads, and is the published one the latest?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from isovigil.case.case import Case
from isovigil.case.kinds import KINDS
from isovigil.exchange.case_schema import case_file_schema, schema_text
from isovigil.exchange.case_writer import case_as_mapping
from isovigil.exchange.declared_types import fields_of
from isovigil.exchange.yaml_events import parse_yaml
from tests.strategies import any_case

ROOT = Path(__file__).parents[2]
SCHEMA = case_file_schema()
CHECKER = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
MISTAKES = parse_yaml(Path(__file__).with_name("mistakes_in_facts.yaml").read_text(), "mistakes").value

# What one field cannot know: another field, another fact, the case's zone or what a person can see.
BEYOND_A_SCHEMA = {
    "a text with a character nobody typed",
    "a version whose digits would change",
    "a fact before birth",
    "an interval that ends before it begins",
    "a result before its specimen",
    "a decision that ends before it is taken",
    "a fact dated after it was recorded",
    "a result reported after it was recorded",
    "an authorisation that ends as it begins",
    "an outage that ends before it begins",
    "limits the wrong way round",
    "a score that is not the sum",
    "a score below the answered items",
    "a correction of nothing",
    "a correction of itself",
    "a hand-over of no prescription",
    "a reversal of no hand-over",
    # JSON has no way to write this.
    "NaN",
    "infinity",
}


def with_fact(fact: Any) -> dict[str, Any]:
    return {
        "case": 1,
        "patient": {"id": "a", "born_on": "2001-04-02"},
        "programme": "us_ipledge",
        "facts": [fact],
    }


def test_the_published_schema_is_the_latest():
    published = ROOT / "docs" / "case-file.schema.json"
    assert published.read_text() == schema_text(), "run `make docs` and read what changed"


def test_the_schema_is_itself_valid():
    assert list(Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(SCHEMA)) == []


@given(case=any_case())
def test_whatever_the_reader_reads_the_schema_accepts(case: Case):
    assert list(CHECKER.iter_errors(case_as_mapping(case))) == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=[each["mistake"] for each in MISTAKES])
def test_the_schema_refuses_what_it_can_know(mistake: dict[str, str]):
    fact = parse_yaml(mistake["fact"].replace("LONG", "x" * 2001), "fact").value
    assert CHECKER.is_valid(with_fact(fact)) == (mistake["mistake"] in BEYOND_A_SCHEMA)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.kind)
def test_every_field_of_every_kind_stands_in_the_schema(kind):
    described = SCHEMA["$defs"][kind.kind]
    fields = fields_of(kind)
    assert list(described["properties"]) == ["kind", *fields]
    assert described["required"] == ["kind", *(name for name, field in fields.items() if field.required)]


def test_the_contract_example_is_valid():
    example = {"kind": "pregnancy_test", "taken_on": "2024-03-04", "result": "negative", "setting": "clinic"}
    assert CHECKER.is_valid(with_fact(example))
    assert CHECKER.is_valid({"case": 1, "patient": {"id": 7}, "facts": None})
    assert not CHECKER.is_valid({"case": 2, "patient": {"id": "a"}})


def test_the_schema_survives_being_written():
    assert json.loads(schema_text()) == SCHEMA
