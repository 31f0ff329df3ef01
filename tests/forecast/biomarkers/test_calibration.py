"""Are the intervals honest when the model is true, and where do they fail when it is not?"""

from __future__ import annotations

import math

import numpy as np
import pytest

from isovigil.forecast.biomarkers.calibration import (
    Limits,
    Reliability,
    calibration_ranks,
    reliability,
    uniformity,
)
from isovigil.forecast.biomarkers.priors import baseline_of, model
from isovigil.forecast.biomarkers.simulation import Forecaster, Truth
from isovigil.forecast.biomarkers.values import ANALYTES
from tests.profiles import how_many

SEED = 20
PEOPLE = how_many(quick=40_000, nightly=1_000_000)
LN_84 = math.log(84.0)
TRIGLYCERIDES = Forecaster(model(), 0, LN_84, 0.45, 0.23)
MONTHLY = 1.0 - np.exp(-np.array([0.0, 30.0, 60.0]) / 21.0)  # lag before the drug, months 1 and 2
FULL = np.ones(3)
SUPPORT = Limits(math.log(500.0), math.log(300.0), math.log(300.0), math.log(500.0))
UNLIMITED = SUPPORT._replace(baseline_support=math.inf, value_support=math.inf)
AS_FITTED = Truth(LN_84, 0.45, 0.23, effect=0.35, correlation=0.0, exponent=0.7)


def under(truth: Truth, limits: Limits = UNLIMITED) -> Reliability:
    return reliability(TRIGLYCERIDES, truth, MONTHLY, FULL, limits, PEOPLE, SEED)


@pytest.mark.parametrize("at", range(len(ANALYTES)), ids=ANALYTES)
def test_ranks_are_uniform_for_every_analyte(at: int):
    # Chi-square over 19 degrees of freedom; 2.31 is its 99.9% point (43.82 / 19). Doses change, so
    # the exponent, the correlation and the typical effect are all unknown to the forecast.
    which = model()
    mean, sd = baseline_of(which, 27.0, (1,))
    level, width, within = float(mean[at, 0]), float(sd[at, 0]), float(which.within_fasting[at])
    forecaster = Forecaster(which, at, level, width, within)
    lags, doses = np.array([0.0, 0.5, 0.8, 0.9, 1.0]), np.array([1.0, 0.4, 0.4, 1.5, 0.7])
    people = how_many(quick=10_000, nightly=200_000)
    ranks = calibration_ranks(forecaster, Truth(level, width, within), lags, doses, people, SEED + at)
    assert [uniformity(each) < 2.31 for each in ranks] == [True, True, True]


@pytest.mark.parametrize(
    "wrong",
    [
        TRIGLYCERIDES._replace(within=0.20),
        TRIGLYCERIDES._replace(mean=math.log(90.0)),
        TRIGLYCERIDES._replace(baseline_sd=0.35),
    ],
    ids=["error too small", "prior too high", "people too alike"],
)
def test_ranks_show_a_wrong_forecast(wrong: Forecaster):
    truth = Truth(LN_84, 0.45, 0.23)
    ranks = calibration_ranks(wrong, truth, MONTHLY, FULL, people=20_000, seed=SEED)
    assert max(uniformity(each) for each in ranks) > 4.0


def test_when_the_model_is_true_intervals_cover_and_chances_come_true():
    # Standard errors at 40,000 people: 0.2 points at 80%, 0.11 points at 95%.
    found = under(Truth(LN_84, 0.45, 0.23))
    assert found.coverage_80 == pytest.approx(0.80, abs=0.008)
    assert found.coverage_95 == pytest.approx(0.95, abs=0.005)
    for stated, observed, people in found.bins:
        error = math.sqrt(stated * (1.0 - stated) / people)
        assert observed == pytest.approx(stated, abs=4.0 * error + 1e-4)
    assert found.likely_observed == pytest.approx(found.likely_predicted, abs=0.05)


def test_when_the_typical_effect_is_exactly_as_published_coverage_is_a_little_high():
    # The forecast allows for doubt about the effect that this truth does not have.
    found = under(AS_FITTED)
    assert 0.80 <= found.coverage_80 <= 0.83
    assert 0.95 <= found.coverage_95 <= 0.965


def test_heavy_tailed_residuals_leave_the_95_percent_interval_honest():
    found = under(AS_FITTED._replace(residuals="t4"))
    assert found.coverage_95 == pytest.approx(0.95, abs=0.01)
    assert found.coverage_80 > 0.82


def test_people_of_differing_steadiness_are_covered_less_than_promised():
    found = under(AS_FITTED._replace(own_within_ln_sd=0.4))
    assert 0.90 < found.coverage_95 < 0.94


def test_unfasted_samples_taken_for_fasting_break_the_forecast():
    found = under(AS_FITTED._replace(within=0.34))
    assert found.coverage_80 < 0.72
    assert found.coverage_95 < 0.90
    assert found.likely_observed < found.likely_predicted - 0.08


def test_unfasted_samples_known_as_such_are_covered():
    knowing = TRIGLYCERIDES._replace(within=0.34)
    truth = AS_FITTED._replace(within=0.34)
    found = reliability(knowing, truth, MONTHLY, FULL, UNLIMITED, PEOPLE, SEED)
    assert 0.80 <= found.coverage_80 <= 0.83
    assert 0.95 <= found.coverage_95 <= 0.965


def test_a_weaker_drug_than_published_makes_stated_event_chances_too_high():
    found = under(AS_FITTED._replace(effect=0.20))
    assert found.coverage_95 == pytest.approx(0.95, abs=0.01)
    assert found.events_predicted > 1.3 * found.events_observed


def test_averaging_over_the_correlation_nearly_repairs_what_ignoring_it_breaks():
    truth = AS_FITTED._replace(correlation=0.4)
    averaged = under(truth)
    nodes = model().nodes._replace(correlations=np.zeros(1), correlation_weights=np.ones(1))
    blind = TRIGLYCERIDES._replace(model=model()._replace(nodes=nodes))
    ignoring = reliability(blind, truth, MONTHLY, FULL, UNLIMITED, PEOPLE, SEED)
    missed = averaged.events_observed - averaged.events_predicted
    assert 0.0 < missed < ignoring.events_observed - ignoring.events_predicted


def test_the_declined_are_counted_and_left_out():
    everyone, supported = under(AS_FITTED), under(AS_FITTED, SUPPORT)
    assert everyone.declined == 0
    assert supported.declined > 0
    assert supported.people + supported.declined == PEOPLE
