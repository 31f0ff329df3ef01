"""Would a scenario notice if a number of a programme were a little different?

Each pinned number is moved one step up and one step down in memory; then one of the cases of the
files that pin it must differ from what it expects.
"""

import re
from datetime import date, timedelta
from functools import cache
from typing import Any

import msgspec
import pytest

from isovigil.law.rulebook import Rulebook
from tests.scenarios.judged import disagreements, the_rulebook
from tests.scenarios.scenario_file import ScenarioCase, programme_of, scenario_file, scenario_paths
from tests.scenarios.scenario_patient import OnFile, patients_of

NEVER_COMPARED = {
    "pregnancy_testing/tests_before_start": "the scheme decides whether there are one or two tests",
    "dispensing/lockout_days_after_first_hand_over": "nought: it says that no lockout applies",
}
"""Numbers that are only said: they explain an answer, and no rule compares anything with them."""

LENGTH = re.compile(r"P(\d+)([DWMY])")


@cache
def patients_pinning(programme: str, name: str) -> tuple[tuple[ScenarioCase, OnFile], ...]:
    return tuple(
        patient
        for path in scenario_paths()
        if programme_of(path) == programme and name in scenario_file(path).pins
        for patient in patients_of(scenario_file(path), programme)
    )


def every_pinned_number() -> list[tuple[str, str]]:
    return sorted(
        {
            (programme_of(path), name)
            for path in scenario_paths()
            if programme_of(path) in the_rulebook().programmes
            for name in scenario_file(path).pins
            if name not in NEVER_COMPARED
        }
    )


def moved(value: Any, step: int) -> Any:
    """The value one step higher or lower: one day, week, month or year, one, or a twentieth."""
    if not isinstance(value, str):
        return value + step if value == int(value) else value + step / 20
    if LENGTH.search(value):
        return LENGTH.sub(lambda length: f"P{int(length[1]) + step}{length[2]}", value)
    return (date.fromisoformat(value) + timedelta(days=step)).isoformat()


def stated(programme: str, name: str) -> list[Any]:
    return [said.value for said in the_rulebook().programmes[programme].values[name].statements]


def with_moved(programme: str, name: str, step: int) -> Rulebook:
    """The rulebook with one value one step higher or lower; what would be less than nought stays."""
    parts = the_rulebook().parts
    held = parts.programmes[programme]
    history = held.values[name]
    statements = tuple(
        said if said.value == 0 and step < 0 else msgspec.structs.replace(said, value=moved(said.value, step))
        for said in history.statements
    )
    values = {**held.values, name: msgspec.structs.replace(history, statements=statements)}
    programmes = {**parts.programmes, programme: msgspec.structs.replace(held, values=values)}
    return Rulebook(msgspec.structs.replace(parts, programmes=programmes), f"{name} moved by {step}")


def noticing(programme: str, name: str, step: int) -> list[str]:
    """The cases that agree as things stand and would differ with the number moved."""
    law = with_moved(programme, name, step)
    return [
        case.name
        for case, patient in patients_pinning(programme, name)
        if disagreements(case, patient, law) and not disagreements(case, patient)
    ]


each_pinned_number = pytest.mark.parametrize(("programme", "name"), every_pinned_number())


@each_pinned_number
def test_a_number_one_step_higher_is_noticed(programme: str, name: str):
    assert noticing(programme, name, +1)


@each_pinned_number
def test_a_number_one_step_lower_is_noticed(programme: str, name: str):
    assert noticing(programme, name, -1) or set(stated(programme, name)) == {0}


@pytest.mark.parametrize(
    ("value", "step", "expected"),
    [
        (7, 1, 8),
        (0.5, -1, 0.45),
        ("2024-04-30", 1, "2024-05-01"),
        ("P4W", -1, "P3W"),
        ("later of P1M and P30D", 1, "later of P2M and P31D"),
    ],
)
def test_a_step_is_a_small_one(value: Any, step: int, expected: Any):
    assert moved(value, step) == expected
