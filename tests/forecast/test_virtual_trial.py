"""Does a virtual trial repeat exactly, and does it find what the plans differ in?"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from isovigil.forecast import virtual_trial
from isovigil.forecast.parameters import Reading, load
from isovigil.forecast.plan_text import read_plan
from isovigil.forecast.virtual_trial import Arm, TrialRefused, TrialResult, run_trial, traits_of

USUAL = Arm("usual", read_plan("0.5 mg/kg daily with food for 4 weeks then 1 mg/kg daily until 120 mg/kg"))
LOW = Arm("low", read_plan("20 mg daily with food for 24 weeks"))


@cache
def a_trial() -> TrialResult:
    return run_trial([USUAL, LOW], 400, seed=3)


def test_a_seed_repeats_the_trial_exactly() -> None:
    assert run_trial([USUAL, LOW], 400, seed=3) == a_trial()


def test_another_seed_gives_another_trial() -> None:
    assert run_trial([USUAL, LOW], 400, seed=4).arms != a_trial().arms


def test_the_size_of_a_chunk_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_trial, "CHUNK", 77)
    assert run_trial([USUAL, LOW], 400, seed=3) == a_trial()


def test_the_same_people_can_be_given_to_every_arm() -> None:
    found = run_trial([USUAL, Arm("again", USUAL.plan)], 100, seed=3, same_people=True)
    assert found.arms[0].visits == found.arms[1].visits


def test_a_higher_cumulative_dose_relapses_less_and_dries_more_sebum() -> None:
    """120 mg/kg x 0.88 average adherence against 24 weeks x 20 mg / 66 kg = 51 mg/kg."""
    usual, low = a_trial().arms
    assert usual.cumulative_mg_per_kg.mean > low.cumulative_mg_per_kg.mean
    assert usual.relapse_24_months < low.relapse_24_months
    assert usual.visits[4].sebum_reduction.mean > low.visits[4].sebum_reduction.mean


def test_people_with_enough_to_120_mg_per_kg_swallow_that_times_their_adherence() -> None:
    arm = a_trial().arms[0]
    assert arm.cumulative_mg_per_kg.mean == pytest.approx(120.0 * arm.adherence.mean, rel=0.01)


def test_lesion_counts_have_the_mean_and_the_spread_asked_for() -> None:
    """Negative binomial: mean 35, variance 35 + 35^2 / 2.5 = 525."""
    found = traits_of(Reading(load("population")), 5, np.arange(200_000)).inflammatory
    assert found.mean() == pytest.approx(35.0, rel=0.01)
    assert found.var() == pytest.approx(525.0, rel=0.03)


def test_two_arms_of_one_name_and_too_few_people_are_refused_together() -> None:
    with pytest.raises(TrialRefused) as caught:
        run_trial([USUAL, USUAL], 1, seed=1)
    assert len(caught.value.problems) == 2
    assert len(run_trial([USUAL], 2, seed=1).arms) == 1


def test_progress_counts_every_person_once() -> None:
    seen: list[int] = []
    run_trial([LOW], 100, seed=1, progress=seen.append)
    assert sum(seen) == 100
