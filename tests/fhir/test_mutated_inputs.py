"""Is a Bundle read without failing whatever befell it: always facts, or problems with a place?"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from isovigil.decisions.review import review
from isovigil.exchange.case_file import case_from_mapping
from isovigil.exchange.case_writer import case_as_mapping
from isovigil.exchange.fhir.outcome import SEVERITIES, operation_outcome
from isovigil.exchange.fhir.reading import FhirReading, read_fhir
from isovigil.exchange.fhir.writing import bundle_of
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.law.refusal import NoRuleInForce
from isovigil.usecases.synthetic_clinic.clinic import make_clinic
from tests.fhir.bundles import hcg, observation, order, patient, quantity
from tests.profiles import how_many
from tests.strategies import any_case

ON = date(2026, 11, 20)
JUNK: Sequence[Any] = (
    *(None, True, 0, -1, 1.5, 10**30, 1e308, "", " ", "\u0000", "x" * 3000, "\ud83d\ude00"),
    *("2024", "2024-13-45", "9999-12-31T23:59:59+14:00", "0001-01-01", "2024-03-04T10:00:00"),
    *([], {}, [[]], [None], {"a": 1}, [{"system": None}], {"coding": [None]}, {"value": "NaN"}),
    *("Observation", "Bundle", "#self", "Patient/p1", "urn:uuid:0", "http://loinc.org"),
    *({"resourceType": "Bundle", "entry": [{}]}, {"resourceType": "Patient"}, {"reference": "#"}),
)
rulebook = lru_cache(maxsize=1)(load_rulebook)


def by_hand() -> dict[str, Any]:
    limits = [{"high": quantity(40, "U/L")}]
    resources = [
        patient(),
        hcg(performer=[{"reference": "Practitioner/d1"}]),
        observation("1742-6", valueQuantity=quantity(23, "U/L"), referenceRange=limits),
        order(),
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}


def places_in(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if way:
        yield way
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield from places_in(each, (*way, key))


@st.composite
def mutated(draw: DrawFn) -> bytes:
    """A Bundle in which up to four values were dropped, doubled, moved or put in another's place."""
    whole = draw(st.one_of(st.builds(by_hand), any_case(most_facts=4, fewest_facts=1).map(bundle_of)))
    tree = json.loads(json.dumps(whole))
    for _ in range(draw(st.integers(1, 4))):
        way = draw(st.sampled_from(list(places_in(tree)) or [()]))
        if not way:
            break
        inside: Any = tree
        for step in way[:-1]:
            inside = inside[step]
        last = way[-1]
        done = draw(st.sampled_from(["drop", "junk", "double", "wrap", "rename"]))
        if done == "drop":
            del inside[last]
        elif done == "junk":
            inside[last] = copy.deepcopy(draw(st.sampled_from(JUNK)))
        elif done == "double" and isinstance(inside, list):
            inside.append(copy.deepcopy(inside[last]))
        elif done == "rename" and isinstance(inside, dict):
            inside[draw(st.sampled_from(["value", "code", "resourceType", "status", "x"]))] = inside[last]
        else:
            inside[last] = [inside[last]]
    return json.dumps(tree).encode()


def is_answered(reading: FhirReading) -> None:
    """Every problem has a severity, a place and a text; every case goes through the other doors."""
    assert reading.cases or reading.issues
    for each in reading.issues:
        assert each.severity in SEVERITIES
        assert each.expression
        assert each.text
    json.dumps(operation_outcome(reading.issues)).encode()
    for case in reading.cases:
        again = case_from_mapping(case_as_mapping(case), programme="us_ipledge")
        assert again.facts == case.facts
        if not reading.fatal:
            with suppress(NoRuleInForce):  # a day outside the dates held is refused by name
                assert review(case, rulebook(), on=ON, programme="us_ipledge", policy="balanced").gates


@settings(max_examples=how_many(quick=250, nightly=20_000))
@given(data=mutated(), with_drafts=st.booleans())
def test_a_mutated_bundle_is_facts_or_problems(data: bytes, with_drafts: bool):
    is_answered(read_fhir([data], programme="us_ipledge", with_drafts=with_drafts))


@settings(max_examples=how_many(quick=150, nightly=20_000))
@given(place=st.integers(0, 10_000), byte=st.integers(0, 255), cut=st.booleans())
def test_a_byte_that_changed_or_an_end_that_is_missing_is_facts_or_problems(place: int, byte: int, cut: bool):
    data = json.dumps(by_hand()).encode()
    place %= len(data)
    is_answered(
        read_fhir([data[:place] if cut else data[:place] + bytes([byte]) + data[place + 1 :]],
                  programme="us_ipledge")
    )  # fmt: skip


@settings(max_examples=how_many(quick=100, nightly=5_000))
@given(data=st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_what_is_no_fhir_at_all_is_a_problem(data: bytes):
    reading = read_fhir([data], programme="us_ipledge")
    assert not any(case.facts for case in reading.cases)
    assert reading.issues


@pytest.mark.parametrize("junk", JUNK, ids=lambda value: repr(value)[:20])
def test_a_resource_that_a_rule_needs_is_never_lost_in_silence(junk: Any):
    """Each element of a pregnancy test in turn becomes junk: it is read, or an issue names its entry."""
    for element in hcg():
        if element == "id":
            continue
        whole = by_hand()
        whole["entry"][1]["resource"][element] = copy.deepcopy(junk)
        reading = read_fhir([json.dumps(whole).encode()], programme="us_ipledge")
        tests = [fact for case in reading.cases for fact in case.facts if fact.kind == "pregnancy_test"]
        told = [each for each in reading.issues if each.expression.startswith("Bundle.entry[1]")]
        assert tests or told, element


def test_a_clinic_of_whole_courses_survives_the_loss_of_any_one_entry():
    """Facts that others refer to go missing; what is left is judged, and what is left out is told."""
    for each in make_clinic("us_ipledge", ON, seed=3, courses=6):
        whole = bundle_of(each.case)
        for number in range(1, len(whole["entry"]), 7):
            entries = [one for place, one in enumerate(whole["entry"]) if place != number]
            is_answered(read_fhir([json.dumps({**whole, "entry": entries}).encode()], programme="us_ipledge"))
