"""Does a faulty scenario fail: one that is misspelt, and one that expects the wrong answer?"""

from pathlib import Path

import msgspec
import pytest

from tests.scenarios.judged import disagreements
from tests.scenarios.scenario_file import (
    SCENARIOS,
    BaseFile,
    ScenarioCase,
    ScenarioFile,
    ScenarioProblem,
    read_strictly,
    scenario_file,
)
from tests.scenarios.scenario_patient import OnFile, changed, dropped, joined, patients_of


def a_case() -> tuple[ScenarioCase, OnFile]:
    path = SCENARIOS / "us_ipledge" / "dispensing" / "inside_the_window.yaml"
    return next(
        (case, patient)
        for case, patient in patients_of(scenario_file(path), "us_ipledge")
        if case.name == "V1, the seventh day is still inside"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"gates": {"dispense": "waiting"}},
        {"first_reason": {"dispense": "dispensing.no_lockout"}},
        {"because": {"dispense": ["dispensing.no_lockout"]}},
        {"findings": {"dispensing.inside_the_window": {"answer": "not_met"}}},
        {"findings": {"dispensing.inside_the_window": {"amber": True}}},
        {"findings": {"dispensing.inside_the_window": {"satisfiable_from": "2024-03-11"}}},
        {"findings": {"dispensing.inside_the_window": {"needs_names": "a test"}}},
        {"findings": {"visits.first_in_person": {"answer": "met"}}},
        {"window": {"opens_on": "2024-03-04", "closes_on": "2024-03-11"}},
        {"window": None},
        {"regime": "us_ipledge/2026-modification"},
        {"overlays": []},
        {"alternatives": [{}]},
        {"tasks": [{"what": "report_pregnancy"}]},
        {"refusal": "no rule in force"},
    ],
    ids=str,
)
def test_a_wrong_expectation_is_noticed(wrong: dict[str, object]):
    case, patient = a_case()
    assert disagreements(case, patient) == []
    expecting_wrongly = msgspec.convert({"name": "wrong", "on": case.on, "expect": wrong}, ScenarioCase)
    assert len(disagreements(expecting_wrongly, patient)) == 1


HEAD = "about: a.b\nsource: {x: y}\nbase: b\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("cases: []\ncasses: []\n", "unknown field `casses`"),
        ("cases: [{name: n, expect: {gate: {}}}]\n", "unknown field `gate`"),
        ("cases: [{name: n, expect: {gates: {start: redy}}}]\n", "Invalid enum value 'redy'"),
        ("cases: [{name: n, expect: {gates: {begin: ready}}}]\n", "Invalid enum value 'begin'"),
        ("cases: [{name: n, expect: {findings: {a.b: {anwser: met}}}}]\n", "unknown field `anwser`"),
        ("about: a.c\ncases: []\n", "already given on line 1"),
        ("", "missing required field `cases`"),
    ],
)
def test_a_misspelt_scenario_is_refused(
    text: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tests.scenarios.scenario_file.SCENARIOS", tmp_path)
    file = tmp_path / "wrong.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(ScenarioProblem, match=complaint):
        read_strictly(file, ScenarioFile)


def test_a_base_file_is_read_as_strictly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tests.scenarios.scenario_file.SCENARIOS", tmp_path)
    file = tmp_path / "bases.yaml"
    file.write_text("programme: p\nbases: {b: {about: a, fact: []}}\n", encoding="utf-8")
    with pytest.raises(ScenarioProblem, match="unknown field `fact`"):
        read_strictly(file, BaseFile)


def test_dropping_or_changing_a_fact_that_is_not_there_is_refused():
    facts = {"test": {"id": "test", "kind": "pregnancy_test"}}
    with pytest.raises(ScenarioProblem, match="neither the id nor the kind"):
        dropped(facts, ["tset"])
    with pytest.raises(ScenarioProblem, match="no fact on file has the id 'tset'"):
        changed(facts, {"tset": {"result": "negative"}})
    with pytest.raises(ScenarioProblem, match="an id that no other has"):
        joined(facts, [{"id": "test", "kind": "menses"}])


def test_a_base_that_is_not_there_is_refused():
    with pytest.raises(ScenarioProblem, match="has no base named 'frist'"):
        OnFile.of_base("us_ipledge", "frist")
