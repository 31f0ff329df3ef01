"""Would a scenario notice if a number of a clinical policy were a little different?

As `test_numbers_matter` asks of the programmes, for the topics listed here: each number is moved one
step up and one down in every policy that states it.
"""

from functools import cache
from typing import Any

import msgspec
import pytest

from isovigil.law.rulebook import Rulebook
from tests.scenarios.judged import disagreements, the_rulebook
from tests.scenarios.scenario_file import ScenarioCase, programme_of, scenario_file, scenario_paths
from tests.scenarios.scenario_patient import OnFile, patients_of
from tests.scenarios.test_numbers_matter import moved

CLINICAL = "clinical"
TOPICS = ("dose", "interactions", "response", "eligibility", "harm")
NOT_A_NUMBER = ("word", "words", "flag", "map", "table")
A_FACTOR = "dose/conventional_equivalent"  # a factor of nought would be no factor: moved up alone


def every_number() -> list[str]:
    values = the_rulebook().policy("balanced").values
    return sorted(
        name
        for name, value in values.items()
        if name.partition("/")[0] in TOPICS and value.unit not in NOT_A_NUMBER
    )


@cache
def patients_pinning(name: str) -> tuple[tuple[ScenarioCase, OnFile], ...]:
    return tuple(
        patient
        for path in scenario_paths()
        if programme_of(path) == CLINICAL and name in scenario_file(path).pins
        for patient in patients_of(scenario_file(path), CLINICAL)
    )


def with_moved(name: str, step: int) -> Rulebook:
    """The rulebook with one value a step higher or lower in every policy that states it."""

    def of(value: Any) -> Any:
        return [moved(each, step) for each in value] if isinstance(value, list) else moved(value, step)

    parts = the_rulebook().parts
    policies = dict(parts.policies)
    for key, policy in parts.policies.items():
        history = policy.values.get(name)
        if history is not None:
            told = tuple(msgspec.structs.replace(said, value=of(said.value)) for said in history.statements)
            values = {**policy.values, name: msgspec.structs.replace(history, statements=told)}
            policies[key] = msgspec.structs.replace(policy, values=values)
    return Rulebook(msgspec.structs.replace(parts, policies=policies), f"{name} moved by {step}")


@pytest.mark.parametrize("name", every_number())
@pytest.mark.parametrize("step", [+1, -1], ids=["higher", "lower"])
def test_a_number_one_step_away_is_noticed(name: str, step: int):
    law = with_moved(name, +1 if name.startswith(A_FACTOR) else step)
    assert any(
        disagreements(case, patient, law) and not disagreements(case, patient)
        for case, patient in patients_pinning(name)
    )
