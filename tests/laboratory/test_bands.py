"""Each band lies inside the one before it, so that the search may end at the first that is not reached."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from isovigil.decisions.advice import gravity
from tests.decisions.judged import day, rulebook
from tests.laboratory.drawn import law_of

ON = day("2024-03-13")
TABLES = (
    *("triglyceride_actions", "triglyceride_baseline_actions", "liver_actions", "liver_baseline_actions"),
    *("cholesterol_actions", "creatine_kinase_actions", "neutrophil_actions", "platelet_actions"),
)
GRAVER = (
    "when_baseline_raised",
    "when_repeat_higher",
    "when_repeat_not_lower",
    "when_symptoms",
    "when_repeated",
)


def rows_of(policy: str, table: str) -> tuple[dict[str, Any], ...]:
    rows: tuple[dict[str, Any], ...] = law_of(policy, ON).value(f"laboratory/{table}", ON).value
    return rows


def at(row: dict[str, Any], *names: str) -> Any:
    return next((row[name] for name in names if name in row), None)


@pytest.mark.parametrize("policy", sorted(rulebook().policies))
@pytest.mark.parametrize("table", TABLES)
def test_bounds_grow_from_band_to_band(policy: str, table: str):
    for milder, graver in pairwise(rows_of(policy, table)[1:]):
        for names, falls in (
            (("from", "above"), False),
            (("below",), True),
            (("from_limit", "above_limit"), False),
            (("from_base", "above_base"), False),
        ):
            low, high = at(milder, *names), at(graver, *names)
            if low is None and high is None:
                continue
            pairs = [(low[unit], high[unit]) for unit in low] if isinstance(low, dict) else [(low, high)]
            assert all((one > other) if falls else (one < other) for one, other in pairs), graver["band"]


@pytest.mark.parametrize("policy", sorted(rulebook().policies))
@pytest.mark.parametrize("table", TABLES)
def test_a_graver_band_asks_for_no_less_and_a_condition_only_for_more(policy: str, table: str):
    rows = rows_of(policy, table)
    assert rows[0]["action"] == "continue"
    for milder, graver in pairwise(rows):
        assert gravity(milder["action"]) <= gravity(graver["action"])
        for condition in GRAVER:
            if condition in milder:
                worst = graver.get(condition, graver["action"])
                assert gravity(milder["action"]) < gravity(milder[condition]) <= gravity(worst)
