"""Do both loaders read the same facts of the same lines, whatever is wrong with them?"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from tests.population.exports import (
    CHANGES,
    RAW_CHANGES,
    Lines,
    changed,
    facts_by_id,
    nation_lines,
    read_by_rows,
    read_strictly,
    told_of,
    write_export,
)
from tests.profiles import how_many

PATIENTS = 6
EVERY = (*CHANGES, *RAW_CHANGES)


@pytest.fixture(scope="module")
def sound() -> Lines:
    return nation_lines(PATIENTS)


def assert_same_facts(lines: Lines, folder: Path) -> None:
    """Facts and problems of the fast way, of the strict way by rows, and of the strict loader alone."""
    export = write_export(folder / "export", lines)
    fast, _ = read_by_rows(export, folder / "fast", is_fast=True)
    slow, counts = read_by_rows(export, folder / "slow", is_fast=False)
    assert counts["fast"] == 0
    cases, _ = read_strictly(lines)
    by_patient = {each.patient: each.case for each in fast}
    by_strict_rows = {each.patient: each.case for each in slow}
    # A Patient without an id is nobody's record in an export: it is told, and has no case.
    cases = {name: case for name, case in cases.items() if "(" not in name}
    assert {name for name, case in by_patient.items() if case is not None} == set(cases)
    for name, expected in cases.items():
        for found in (by_patient[name], by_strict_rows[name]):
            assert found is not None
            assert facts_by_id(found) == facts_by_id(expected)
            assert (found.patient, found.time_zone) == (expected.patient, expected.time_zone)
    assert told_of(fast) == told_of(slow)
    assert {each.patient: each.refusal for each in fast} == {each.patient: each.refusal for each in slow}


def test_sound_lines_are_read_fast_and_as_the_strict_loader_reads_them(sound: Lines, tmp_path: Path):
    export = write_export(tmp_path / "export", sound)
    found, counts = read_by_rows(export, tmp_path / "fast", is_fast=True)
    assert counts["strict"] == 0
    assert counts["fast"] == sum(map(len, sound.values()))
    assert sum(len(each.case.facts) for each in found if each.case is not None) > 100
    assert_same_facts(sound, tmp_path / "again")


@pytest.mark.parametrize("name", EVERY)
def test_one_thing_wrong_in_each_type_changes_nothing_between_the_loaders(
    name: str, sound: Lines, tmp_path: Path
):
    chance = Random(name)
    messy = {kind: list(lines) for kind, lines in sound.items()}
    for lines in messy.values():
        for place in sorted(chance.sample(range(len(lines)), min(4, len(lines))), reverse=True):
            lines[place : place + 1] = changed(lines[place], name, chance)
    assert_same_facts(messy, tmp_path)


@pytest.mark.parametrize("seed", range(how_many(quick=6, nightly=200)))
def test_many_things_wrong_at_once_change_nothing_between_the_loaders(
    seed: int, sound: Lines, tmp_path: Path
):
    chance = Random(seed)
    messy: Lines = {}
    for kind, lines in sound.items():
        messy[kind] = []
        for line in lines:
            wrong = chance.random() < 0.15
            messy[kind] += changed(line, chance.choice(EVERY), chance) if wrong else [line]
        chance.shuffle(messy[kind])
    assert_same_facts(messy, tmp_path)


def test_a_line_with_a_doubt_goes_back_to_the_strict_loader_and_its_problem_names_it(
    sound: Lines, tmp_path: Path
):
    messy = {kind: list(lines) for kind, lines in sound.items()}
    place = next(place for place, line in enumerate(messy["Observation"]) if b'"valueQuantity"' in line)
    [messy["Observation"][place]] = changed(messy["Observation"][place], "value is text", Random(1))
    found, counts = read_by_rows(write_export(tmp_path / "e", messy), tmp_path / "w", is_fast=True)
    before = read_by_rows(write_export(tmp_path / "e2", sound), tmp_path / "w2", is_fast=True)[1]
    # The line itself, with up to two of its neighbours where DuckDB stopped at it.
    assert before["strict"] < counts["strict"] <= before["strict"] + 4
    [problem] = [
        problem for each in found for problem in each.problems if problem.line == place + 1
        and problem.file == "Observation.ndjson" and problem.severity in ("error", "fatal")
    ]  # fmt: skip
    assert problem.loader == "strict"
    assert problem.element == "value.value"


def test_who_recorded_a_resource_is_read_with_it(sound: Lines, tmp_path: Path):
    name = json.loads(sound["Observation"][0])["id"]
    told = {
        "resourceType": "Provenance",
        "target": [{"reference": f"https://a.invalid/fhir/Observation/{name}/_history/3"}],
        "recorded": "2025-06-29T10:00:00Z",
        "agent": [{"type": {"coding": [{"system": "urn:isovigil:codesystem:course", "code": "prescriber"}]}}],
    }
    lines = {**sound, "Provenance": [json.dumps(told).encode()]}
    assert_same_facts(lines, tmp_path)
    found, _ = read_by_rows(tmp_path / "export", tmp_path / "again", is_fast=True)
    facts = {fact.id: fact for each in found if each.case is not None for fact in each.case.facts}
    assert facts[f"Observation/{name}"].entered_by == "prescriber"
