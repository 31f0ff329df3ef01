"""Is relapse what the published cohorts say, in each definition by itself?"""

from __future__ import annotations

import numpy as np
import pytest

from isovigil.forecast import chance
from isovigil.forecast.parameters import Reading, load
from isovigil.forecast.relapse import Definition, hazard_ratio, months_to_relapse, relapse_forecast

RELAPSE = Reading(load("relapse"))


def test_one_and_two_years_at_150_mg_per_kg() -> None:
    """1 - exp(-(12/166)^0.7) = 14.7%; 1 - exp(-(24/166)^0.7) = 22.8%."""
    found = relapse_forecast(RELAPSE, 150.0, (12.0, 24.0))
    assert found.probability == pytest.approx((0.147, 0.228), abs=0.001)


def test_a_hundred_more_mg_per_kg_multiplies_the_hazard_by_two_thirds() -> None:
    """0.996^100 = 0.67."""
    assert hazard_ratio(RELAPSE, Definition.SYSTEMIC_THERAPY, 100.0) == pytest.approx(0.67, abs=0.01)


def test_no_benefit_is_counted_beyond_220_mg_per_kg() -> None:
    at_the_limit = relapse_forecast(RELAPSE, 220.0)
    assert relapse_forecast(RELAPSE, 219.0).probability[0] > at_the_limit.probability[0]
    assert relapse_forecast(RELAPSE, 221.0).probability == at_the_limit.probability
    assert any("220" in limit for limit in relapse_forecast(RELAPSE, 221.0).limits)


def test_a_dose_below_those_studied_says_so_and_one_at_the_edge_does_not() -> None:
    assert any("below the doses studied" in limit for limit in relapse_forecast(RELAPSE, 59.9).limits)
    assert not any("below the doses studied" in limit for limit in relapse_forecast(RELAPSE, 60.0).limits)


def test_the_sexes_average_to_the_cohort() -> None:
    """Hazards 1.43/1.215 and 1/1.215 average to 1 with half of each."""
    each = [relapse_forecast(RELAPSE, 150.0, (12.0,), sex=sex).probability[0] for sex in ("female", "male")]
    hazards = [-np.log1p(-p) for p in each]
    assert hazards[0] / hazards[1] == pytest.approx(1.43, abs=1e-9)
    unknown = -np.log1p(-relapse_forecast(RELAPSE, 150.0, (12.0,)).probability[0])
    assert np.mean(hazards) == pytest.approx(unknown, rel=1e-9)


def test_the_widest_definition_counts_the_most_relapses() -> None:
    at_a_year = [relapse_forecast(RELAPSE, 150.0, (12.0,), d).probability[0] for d in Definition]
    assert at_a_year == sorted(at_a_year, reverse=True)
    assert at_a_year[0] == pytest.approx(0.33, abs=0.001)


def test_half_of_those_who_relapse_within_three_years_do_so_before_nine_months() -> None:
    """Published median 7.5 months among observed relapses, with follow-up of 12 to 36 months."""
    draws = chance.uniforms(5, np.arange(200_000), 2)
    dose = np.full(200_000, 150.0)
    half = np.arange(200_000) % 2 == 0
    months = months_to_relapse(RELAPSE, dose, half, draws[:, 0])
    seen = months[months < 12.0 + 24.0 * draws[:, 1]]
    assert len(seen) / 200_000 == pytest.approx(0.225, abs=0.01)
    assert np.median(seen) == pytest.approx(7.5, abs=1.5)


def test_a_negative_dose_is_refused() -> None:
    with pytest.raises(ValueError, match=r"-1"):
        relapse_forecast(RELAPSE, -1.0)
