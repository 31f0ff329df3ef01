"""Would a scenario notice if a threshold of symptoms, mood, sexual function or eyes were one step off?

Each threshold of these tables is moved one step down and one step up in memory; then one of the cases
about it must differ from what it expects. By when a step is due is no threshold.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import msgspec
import pytest

from isovigil.law.rulebook import Rulebook
from tests.scenarios.judged import disagreements, the_rulebook
from tests.scenarios.scenario_file import SCENARIOS, ScenarioCase, scenario_file, scenario_paths
from tests.scenarios.scenario_patient import OnFile, patients_of

POLICY = "balanced"
TOPICS = ("symptoms", "mental_health", "sexual_function", "eyes")
THRESHOLDS = ("from", "for_days", "reported_on_days", "settles_within_days", "course_from", "items")
NOT_BY_SCENARIO = {
    "eyes/examination_every_days": "no policy schedules examinations; tests/decisions/test_symptoms.py does",
}
SETTLES_UNSEEN = {
    "symptoms/hair": "its trigger for lasting hair loss has the same 84 days and is looked at instead",
    "symptoms/flare": "AE08 stands for the symptoms that settle",
    "symptoms/tiredness": "AE08 stands for the symptoms that settle",
    "symptoms/joints_and_back": "AE08 stands for the symptoms that settle",
}
Path = tuple[str | int, ...]


def thresholds(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where in a value a threshold stands."""
    if isinstance(value, dict):
        for key, each in value.items():
            is_number = isinstance(each, int | float) and not isinstance(each, bool)
            counted = key in THRESHOLDS or (key == "within_days" and "when" in path)
            if is_number and counted:
                yield (*path, key)
            elif not is_number:
                yield from thresholds(each, (*path, key))
    elif isinstance(value, list | tuple):
        for place, each in enumerate(value):
            yield from thresholds(each, (*path, place))


def every_threshold() -> list[tuple[str, Path]]:
    found: list[tuple[str, Path]] = []
    for name, history in sorted(the_rulebook().policy(POLICY).values.items()):
        if name.partition("/")[0] not in TOPICS or name in NOT_BY_SCENARIO:
            continue
        value = history.statements[0].value
        if isinstance(value, int | float) and not isinstance(value, bool):
            found.append((name, ()))
        found += [
            (name, path)
            for path in thresholds(value)
            if path != ("settles_within_days",) or name not in SETTLES_UNSEEN
        ]
    return found


def moved(name: str, path: Path, step: int) -> Rulebook:
    """The rulebook with one threshold one step higher or lower."""
    parts = the_rulebook().parts
    held = parts.policies[POLICY]
    history = held.values[name]
    value = deepcopy(history.statements[0].value)
    if path:
        place = value
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] += step
    else:
        value += step
    said = (msgspec.structs.replace(history.statements[0], value=value),)
    values = {**held.values, name: msgspec.structs.replace(history, statements=said)}
    policies = {**parts.policies, POLICY: msgspec.structs.replace(held, values=values)}
    return Rulebook(msgspec.structs.replace(parts, policies=policies), f"{name} {path} moved by {step}")


@cache
def patients_about(name: str) -> tuple[tuple[ScenarioCase, OnFile], ...]:
    topic = name.partition("/")[0]
    value = the_rulebook().policy(POLICY).values[name].statements[0].value
    code = value.get("code", "") if isinstance(value, dict) else ""
    return tuple(
        patient
        for path in scenario_paths()
        if path.parent == SCENARIOS / "clinical" / topic and code in path.read_text(encoding="utf-8")
        for patient in patients_of(scenario_file(path), "clinical")
    )


@pytest.mark.parametrize(("name", "path"), every_threshold(), ids=str)
@pytest.mark.parametrize("step", [-1, +1])
def test_a_threshold_one_step_off_is_noticed(name: str, path: Path, step: int):
    law = moved(name, path, step)
    assert any(disagreements(case, patient, law) for case, patient in patients_about(name))


def test_there_are_thresholds_to_move():
    assert len(every_threshold()) > 20
