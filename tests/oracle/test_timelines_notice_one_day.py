"""Would the random timelines notice a number of the law that is wrong by one?"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from types import ModuleType
from typing import Any

import pytest

from tests.oracle import eu_days, uk_days, us_days
from tests.oracle.answers import DayAnswer
from tests.oracle.day_by_day import day_answer, readings_on
from tests.oracle.european_timelines import european_timeline
from tests.oracle.timelines import Case, timeline

ENOUGH = 2_000
"""As many timelines as the quick comparison with the engine draws."""

PROGRAMMES = {us_days: ("us_ipledge",), uk_days: ("uk_mhra",), eu_days: tuple(eu_days.COUNTRIES)}

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
    (eu_days, "TEST_BEFORE_PRESCRIPTION_DAYS"),
    (eu_days, "HAND_OVER_DAYS"),
    (eu_days, "GERMAN_HAND_OVER_DAYS"),
    (eu_days, "ITALIAN_LEAD_DAYS"),
    (eu_days, "SUPPLY_DAYS"),
    (eu_days, "FIVE_WEEKS"),
]


def told(seed: int, module: ModuleType) -> tuple[Case, tuple[date, ...]]:
    return european_timeline(seed) if module is eu_days else timeline(seed)


def answers_of(seed: int, module: ModuleType) -> list[DayAnswer | None]:
    case, days = told(seed, module)
    return [day_answer(case, on, reading) for on in days for reading in readings_on(case, on)]


@cache
def right_answers_of(seed: int, module: ModuleType) -> list[DayAnswer | None]:
    return answers_of(seed, module)


@pytest.mark.parametrize("step", [-1, 1])
@pytest.mark.parametrize(("module", "name"), NUMBERS, ids=lambda part: getattr(part, "__name__", part))
def test_a_number_wrong_by_one_changes_the_answer_of_some_timeline(
    module: ModuleType, name: str, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    right: Any = getattr(module, name)
    for seed in range(ENOUGH):
        if told(seed, module)[0]["programme"] not in PROGRAMMES[module]:
            continue
        expected = right_answers_of(seed, module)
        with monkeypatch.context() as patched:
            patched.setattr(
                module, name, right + step if isinstance(right, int) else right + timedelta(days=step)
            )
            if answers_of(seed, module) != expected:
                return
    pytest.fail(f"no timeline of {ENOUGH} notices {name} moved by {step}")
