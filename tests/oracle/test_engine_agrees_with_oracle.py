"""Does the engine give the oracle's answer on thousands of random timelines?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pytest

from tests.oracle.disagreement import Judge, disagreements, kind_of, told
from tests.oracle.european_timelines import european_timeline
from tests.oracle.timelines import Case, timeline
from tests.profiles import how_many

TIMELINES = how_many(quick=2_000, nightly=100_000)
EUROPEAN_TIMELINES = how_many(quick=1_500, nightly=60_000)
BATCHES = 10
"""Parts that can run side by side."""
ONCE_WRONG = (4964, 8955, 12432, 15963, 27421, 37024)
"""Timelines beyond the quick ones on which the two once differed."""
EXAMPLES_SHOWN = 2
"""How many patients are shrunk and printed for each kind of difference."""


@pytest.fixture(scope="module")
def judge() -> Judge:
    """The engine through its public face: `review` and the reader of case files."""
    from isovigil import load_rulebook, review
    from isovigil.exchange.case_file import case_from_mapping

    law = load_rulebook()

    def judge(case: Mapping[str, Any], on: date) -> Any:
        return review(case_from_mapping(case), law, on=on)

    return judge


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_engine_gives_the_oracles_answer_on_every_random_timeline(batch: int, judge: Judge) -> None:
    agree_on_every(judge, ((seed, *timeline(seed)) for seed in range(batch, TIMELINES, BATCHES)))


@pytest.mark.parametrize("batch", range(BATCHES))
def test_so_it_does_in_the_other_european_programmes(batch: int, judge: Judge) -> None:
    seeds = range(batch, EUROPEAN_TIMELINES, BATCHES)
    agree_on_every(judge, ((seed, *european_timeline(seed)) for seed in seeds))


def agree_on_every(judge: Judge, told_cases: Iterable[tuple[int, Case, tuple[date, ...]]]) -> None:
    """Judge every patient on every day, and show each difference on the smallest patient that has it."""
    seen: Counter[str] = Counter()
    examples: list[str] = []
    for seed, case, days in told_cases:
        for on in days:
            for kind in sorted(set(map(kind_of, disagreements(case, on, judge)))):
                seen[kind] += 1
                if seen[kind] <= EXAMPLES_SHOWN:
                    examples.append(told(case, on, kind, judge, seed))
    counted = "\n".join(f"{times:6d} x {kind}" for kind, times in seen.most_common())
    assert not seen, f"\n{counted}\n\n" + "\n\n".join(examples)


@pytest.mark.parametrize("seed", ONCE_WRONG)
def test_the_engine_gives_the_oracles_answer_where_it_once_did_not(seed: int, judge: Judge) -> None:
    case, days = timeline(seed)
    for on in days:
        for kind in sorted(set(map(kind_of, disagreements(case, on, judge)))):
            raise AssertionError(told(case, on, kind, judge, seed))
