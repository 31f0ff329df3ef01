"""Would the random timelines notice a number of the law that is wrong by one?"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from types import ModuleType
from typing import Any

import pytest

from tests.oracle import uk_days, us_days
from tests.oracle.answers import DayAnswer
from tests.oracle.day_by_day import day_answer, readings_on
from tests.oracle.timelines import timeline

ENOUGH = 2_000
"""As many timelines as the quick comparison with the engine draws."""

PROGRAMMES = {us_days: "us_ipledge", uk_days: "uk_mhra"}

NUMBERS: list[tuple[ModuleType, str]] = [
    (us_days, "WINDOW_DAYS"),
    (us_days, "NCGP_WINDOW_DAYS"),
    (us_days, "LOCKOUT_DAYS"),
    (us_days, "TEST_GAP_DAYS"),
    (us_days, "LEAD_DAYS"),
    (us_days, "LAST_MENSES_DAY"),
    (us_days, "POST_TEST_DAYS"),
    (us_days, "SUPPLY_DAYS"),
    (us_days, "R3_BEGINS"),
    (uk_days, "TEST_BEFORE_PRESCRIPTION_DAYS"),
    (uk_days, "HAND_OVER_DAYS"),
    (uk_days, "AMBER_DAY"),
    (uk_days, "SUPPLY_DAYS"),
    (uk_days, "LEAD_DAYS"),
    (uk_days, "REMOTE_TESTS_BEGIN"),
]


def answers_of(seed: int) -> list[DayAnswer | None]:
    case, days = timeline(seed)
    return [day_answer(case, on, reading) for on in days for reading in readings_on(case, on)]


@cache
def right_answers_of(seed: int) -> list[DayAnswer | None]:
    return answers_of(seed)


@pytest.mark.parametrize("step", [-1, 1])
@pytest.mark.parametrize(("module", "name"), NUMBERS, ids=lambda part: getattr(part, "__name__", part))
def test_a_number_wrong_by_one_changes_the_answer_of_some_timeline(
    module: ModuleType, name: str, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    right: Any = getattr(module, name)
    for seed in range(ENOUGH):
        if timeline(seed)[0]["programme"] != PROGRAMMES[module]:
            continue
        expected = right_answers_of(seed)
        with monkeypatch.context() as patched:
            patched.setattr(
                module, name, right + step if isinstance(right, int) else right + timedelta(days=step)
            )
            if answers_of(seed) != expected:
                return
    pytest.fail(f"no timeline of {ENOUGH} notices {name} moved by {step}")
