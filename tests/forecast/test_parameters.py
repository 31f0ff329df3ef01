"""Is every number of the forecast data, bounded and cited?"""

from __future__ import annotations

import pytest

from isovigil.forecast import parameters

MINIMAL = """
title = "t"
version = "1"
[sources.label]
cite = "a label"
[parameters.rate]
value = 2.0
unit = "1/h"
low = 1.0
high = 3.0
row = "Table 1"
confidence = "A"
sources = ["label"]
"""


def test_a_value_at_its_bound_is_accepted_and_one_just_outside_is_refused() -> None:
    at_the_bound = MINIMAL.replace("value = 2.0", "value = 3.0")
    assert parameters.read_set("x", at_the_bound).value("rate") == 3.0
    with pytest.raises(parameters.ParameterSetInvalid, match="outside its bounds"):
        parameters.read_set("x", MINIMAL.replace("value = 2.0", "value = 3.0001"))


def test_all_problems_are_reported_together() -> None:
    text = MINIMAL.replace('sources = ["label"]', 'sources = ["nowhere"]')
    text = text.replace('confidence = "A"', 'confidence = "Z"').replace("value = 2.0", "value = 9.0")
    with pytest.raises(parameters.ParameterSetInvalid) as caught:
        parameters.read_set("x", text)
    assert len(caught.value.problems) == 3


def test_a_parameter_without_a_source_is_refused() -> None:
    with pytest.raises(parameters.ParameterSetInvalid, match="no source"):
        parameters.read_set("x", MINIMAL.replace('sources = ["label"]', "sources = []"))


def test_the_hash_follows_the_values_and_not_the_layout() -> None:
    one = parameters.read_set("x", MINIMAL)
    spaced = parameters.read_set("x", MINIMAL.replace("value = 2.0", "\nvalue   = 2.0 # a comment"))
    changed = parameters.read_set("x", MINIMAL.replace("value = 2.0", "value = 2.1"))
    assert one.hash == spaced.hash
    assert one.hash != changed.hash


def test_a_reading_cites_only_what_it_used() -> None:
    reading = parameters.Reading(parameters.load("exposure"))
    reading.value("available_lidose_fasted")
    assert [source.key for source in reading.citations()] == ["webster_2013", "absorica_label"]


def test_an_unknown_set_names_the_sets_that_exist() -> None:
    with pytest.raises(FileNotFoundError, match="exposure"):
        parameters.load("nowhere")


@pytest.mark.parametrize(
    "name", ["exposure", "response", "relapse", "targets", "population", "reference_lines"]
)
def test_every_published_set_is_read_without_a_problem(name: str) -> None:
    found = parameters.load(name)
    assert found.parameters or found.tables
    assert len(found.hash) == 64
