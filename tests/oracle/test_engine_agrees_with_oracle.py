"""Does the engine give the oracle's answer on thousands of random timelines?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from tests.oracle.disagreement import Judge, disagreements, kind_of, told
from tests.oracle.timelines import timeline
from tests.profiles import how_many

TIMELINES = how_many(quick=2_000, nightly=100_000)
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
    seen: Counter[str] = Counter()
    examples: list[str] = []
    for seed in range(batch, TIMELINES, BATCHES):
        case, days = timeline(seed)
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
