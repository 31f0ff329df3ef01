"""Does one course's forecast hold together, and say what it does not know?"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from isovigil.forecast.course import (
    CourseForecast,
    CourseQuestion,
    CourseRefused,
    dose_steps,
    dry_lips_probability,
    forecast_course,
    percentiles,
)
from isovigil.forecast.doses import Dose, DoseHistory
from isovigil.forecast.parameters import Reading, load
from isovigil.forecast.plan_text import read_plan


def question(plan: str = "40 mg twice daily with food until 120 mg/kg", **known: object) -> CourseQuestion:
    weight = float(known.pop("weight_kg", 70.0))  # type: ignore[arg-type]  # read by name
    return CourseQuestion(read_plan(plan).doses(weight), weight, **known)  # type: ignore[arg-type]  # read by name


@cache
def usual() -> CourseForecast:
    return forecast_course(question())


def test_bands_are_nested_around_the_median_everywhere() -> None:
    for curve in usual().curves.values():
        levels = np.array([curve.p2_5, curve.p10, curve.p50, curve.p90, curve.p97_5])
        assert (np.diff(levels, axis=0) >= -1e-12).all()
        assert (np.array(curve.typical_low) <= np.array(curve.typical_high) + 1e-12).all()


def test_the_forecast_runs_two_years_beyond_the_last_dose() -> None:
    """105 days of treatment; the last dose is on day 104.5."""
    assert usual().last_dose_day == 104.5
    assert usual().days[-1] >= 104.5 + 2 * 365.25 - 28


def test_glands_stay_smaller_for_a_year_after_treatment() -> None:
    days = np.array(usual().days)
    a_year_after = int(np.searchsorted(days, 104.5 + 365))
    assert usual().curves["gland"].typical[a_year_after] < 0.75


def test_the_cumulative_dose_is_what_the_plan_says() -> None:
    assert usual().cumulative_mg == 8400.0
    assert usual().cumulative_mg_per_kg == 120.0
    assert usual().dose_steps == ((0.0, 80.0), (104.5, 0.0))


def steps_of(*days: tuple[int, float]) -> tuple[tuple[float, float], ...]:
    return dose_steps(DoseHistory.of(Dose(24.0 * day, mg) for day, mg in days))


def test_twenty_on_alternate_days_is_ten_a_day() -> None:
    assert steps_of(*((2 * k, 20.0) for k in range(10))) == ((0.0, 10.0), (18.0, 0.0))


def test_one_day_without_capsules_between_supplies_is_a_pause_and_not_a_lower_dose() -> None:
    found = steps_of(*((k, 40.0) for k in range(5)), *((k, 60.0) for k in range(6, 9)))
    assert found == ((0.0, 40.0), (5.0, 0.0), (6.0, 60.0), (8.0, 0.0))


def test_missing_one_dose_in_five_lowers_the_cumulative_dose_by_a_fifth() -> None:
    found = forecast_course(question(adherence=0.8), people=20, plausible_models=4)
    assert found.cumulative_mg_per_kg == pytest.approx(96.0)
    assert any("80%" in said for said in found.assumptions)


def test_the_compiled_forecast_is_the_same_forecast() -> None:
    compiled = forecast_course(question(), compiled=True)
    for key, curve in usual().curves.items():
        assert np.allclose(curve.p90, compiled.curves[key].p90, rtol=2e-3, atol=2e-3)
    assert compiled.parameter_hash == usual().parameter_hash


def test_a_seed_repeats_the_forecast_exactly() -> None:
    assert forecast_course(question()) == usual()


def test_baseline_counts_turn_shares_into_counts() -> None:
    counted = forecast_course(question(baseline={"nodules": 12.0}))
    assert counted.curves["nodules"].unit == "count"
    assert counted.curves["nodules"].typical[0] == 12.0
    assert counted.curves["inflammatory"].unit == "of baseline"


@pytest.mark.parametrize(
    ("known", "says"),
    [
        ({"age_years": 11.0}, "age 11"),
        ({"age_years": 41.0}, "age 41"),
        ({"weight_kg": 39.9}, "weight 39.9"),
        ({"weight_kg": 110.1}, "weight 110.1"),
        ({"plan": "2.1 mg/kg daily with food for 4 weeks"}, "2.10 mg/kg"),
        ({"plan": "0.09 mg/kg daily with food for 4 weeks"}, "0.09 mg/kg"),
        ({"plan": "20 mg daily with food for 368 days"}, "367 days"),
    ],
)
def test_every_extrapolation_is_named(known: dict[str, object], says: str) -> None:
    found = forecast_course(question(**known), people=4, plausible_models=2)  # type: ignore[arg-type]  # read by name
    assert any(says in limit for limit in found.limits)


@pytest.mark.parametrize(
    "known",
    [
        {"age_years": 12.0}, {"age_years": 40.0}, {"weight_kg": 40.0}, {"weight_kg": 110.0},
        {"plan": "2 mg/kg daily with food for 4 weeks"}, {"plan": "20 mg daily with food for 366 days"},
    ],
)  # fmt: skip
def test_the_last_value_inside_support_is_not_an_extrapolation(known: dict[str, object]) -> None:
    assert forecast_course(question(**known), people=4, plausible_models=2).limits == ()  # type: ignore[arg-type]  # read by name


def test_nothing_taken_and_no_weight_are_refused_together() -> None:
    with pytest.raises(CourseRefused) as caught:
        forecast_course(CourseQuestion(DoseHistory.of([]), 0.0))
    assert len(caught.value.problems) == 2


def test_almost_everyone_has_dry_lips_at_a_quarter_mg_per_kg() -> None:
    """At a constant 78 ng/mL (15 mg a day at 70 kg) 47 of 48: 1 / (1 + (25/78)^3.4) = 0.98."""
    skin = Reading(load("response"))
    share = 78.0 / 25.0 * (14.0 / 6.0)  # odds of the state that 78 ng/mL keeps up
    held = np.array([share / (1.0 + share)])
    expected = 1.0 / (1.0 + math.pow(25.0 / 78.0, 3.4))
    assert dry_lips_probability(held, skin)[0] == pytest.approx(expected, abs=1e-9)
    assert expected == pytest.approx(47 / 48, abs=0.002)


def test_each_output_carries_only_the_sources_it_used() -> None:
    """A conventional capsule with food never consults the Lidose crossover's availability."""
    cited = {source.key for source in usual().citations}
    assert {"label_2", "colburn_food_1983", "hughes_cunliffe_1994", "lai_barbieri_2025"} <= cited
    assert "absorica_label" not in cited
    fasted = forecast_course(question("20 mg daily fasted lidose for 4 weeks"), people=4, plausible_models=2)
    assert "absorica_label" in {source.key for source in fasted.citations}


def test_a_percentile_lies_between_its_neighbours_in_rank_by_their_distance() -> None:
    """Of 10, 20, 30, 40, 50: 10% has rank 0.4, so 10 + 0.4 x 10 = 14; 97.5% has rank 3.9: 49."""
    people = np.array([50.0, 10.0, 40.0, 20.0, 30.0]).reshape(1, 5, 1)
    assert percentiles(people, (0.0, 10.0, 50.0, 97.5, 100.0)).ravel() == pytest.approx(
        [10.0, 14.0, 30.0, 49.0, 50.0]
    )
