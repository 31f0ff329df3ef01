"""Is the personal update the exact Bayesian answer?"""

from __future__ import annotations

import math

import numpy as np
import pytest

from isovigil.forecast.biomarkers.bursts import MOST_PATTERNS, with_patterns
from isovigil.forecast.biomarkers.drug_effect import step_weights, steps_with_drug, targets
from isovigil.forecast.biomarkers.evidence import Reading, prior_of, series_of
from isovigil.forecast.biomarkers.mixture import Mixture, chance_below, moments, normal_below, quantiles
from isovigil.forecast.biomarkers.personal_update import model_variance, next_value, update
from isovigil.forecast.biomarkers.priors import Model, baseline_of, model, model_of, place, published
from isovigil.forecast.biomarkers.quadrature import Numbers, _fejer_rule, averaging_nodes
from isovigil.forecast.biomarkers.simulation import Forecaster
from isovigil.forecast.biomarkers.values import DoseStep


def with_one_node(correlation: float = 0.0) -> Model:
    """The model with its averaged parameters held at one value, as the published table has them."""
    nodes = model().nodes._replace(
        exponents=np.ones(1),
        exponent_weights=np.ones(1),
        correlations=np.array([correlation]),
        correlation_weights=np.ones(1),
    )
    return model()._replace(nodes=nodes)


def next_triglycerides(values: list[float], effects: list[float], which: Model) -> Mixture:
    """The next value's distribution for a person whose prior median is 84 mg/dL."""
    person = Forecaster(which, place("triglycerides"), math.log(84.0), 0.45, 0.23)
    lags, doses = np.array(effects), np.ones(len(effects))
    belief = person.beliefs(np.log([values]), lags, doses)
    return person.next_values(belief, lags, doses)


# Baseline, then the next visit at full dose: median, 95% interval, P>200, P>300 (the model's own
# published table, prior median 84 mg/dL, theta 0.35 with doubt 0.10, uncorrelated).
FROM_BASELINE = [
    (60, 91, 41, 204, 0.03, 0.002),
    (84, 119, 53, 266, 0.10, 0.012),
    (150, 189, 85, 421, 0.44, 0.13),
    (250, 283, 127, 631, 0.80, 0.44),
    (350, 370, 166, 824, 0.93, 0.70),
]


@pytest.mark.parametrize(("seen", "median", "low", "high", "over_200", "over_300"), FROM_BASELINE)
def test_a_baseline_alone_gives_the_published_forecast(
    seen: float, median: float, low: float, high: float, over_200: float, over_300: float
):
    mixture = next_triglycerides([seen], [0.0, 1.0], with_one_node())
    found = np.exp(quantiles(mixture, (0.5, 0.025, 0.975)))[0, 0]
    assert found == pytest.approx([median, low, high], abs=0.5)
    passing = [1.0 - chance_below(mixture, np.log([[limit]]))[0, 0] for limit in (200.0, 300.0)]
    assert passing == pytest.approx([over_200, over_300], abs=0.006)


# After one month the effect is 0.6 of full, after two 0.9, then 1 (or the dose is halved: 0.5).
# The published table adds the doubt about theta anew at each forecast; the exact answer lets the
# person's own values speak about it too, so it may only be a little narrower and closer to them.
ON_TREATMENT = [
    ([84, 180], [0.0, 0.6, 1.0], 173, 89, 335),
    ([150, 300], [0.0, 0.6, 1.0], 284, 147, 550),
    ([150, 300, 420], [0.0, 0.6, 0.9, 1.0], 353, 195, 636),
    ([150, 300], [0.0, 0.6, 0.5], 216, 124, 379),
]


@pytest.mark.parametrize(("seen", "effects", "median", "low", "high"), ON_TREATMENT)
def test_values_on_treatment_give_the_published_forecast_or_a_slightly_narrower_one(
    seen: list[float], effects: list[float], median: float, low: float, high: float
):
    mixture = next_triglycerides(seen, effects, with_one_node())
    found = np.exp(quantiles(mixture, (0.5, 0.025, 0.975)))[0, 0]
    assert found[0] == pytest.approx(median, rel=0.03)
    width, published_width = math.log(found[2] / found[1]), math.log(high / low)
    assert 0.9 * published_width < width <= published_width + 0.01


def by_conditioning(
    y: Numbers, x: Numbers, ahead: float, which: Model, correlation: float
) -> tuple[float, float, float]:
    """Mean, variance and the model's share of the next value, by conditioning one joint normal.

    An independent route: build the covariance of (next, theta, y_1 .. y_n) and condition.
    """
    at = place("triglycerides")
    sb, sg, st = 0.45, float(which.effect_sd[at]), float(which.effect_doubt[at])
    theta, within = float(which.effect[at]), 0.23
    points = np.concatenate([[ahead], x])
    shared = sb**2 + correlation * sb * sg * (points[:, None] + points)
    shared = shared + np.outer(points, points) * (sg**2 + st**2)
    covariance = shared + within**2 * np.eye(len(points))
    residual = y - math.log(84.0) - theta * x
    gain = np.linalg.solve(covariance[1:, 1:], covariance[1:, 0])
    with_theta = st**2 * points
    theta_gain = np.linalg.solve(covariance[1:, 1:], with_theta[1:])
    theta_variance = st**2 - with_theta[1:] @ theta_gain
    theta_next = with_theta[0] - with_theta[1:] @ gain
    return (
        math.log(84.0) + theta * ahead + float(gain @ residual),
        float(covariance[0, 0] - covariance[1:, 0] @ gain),
        float(theta_next**2 / theta_variance),
    )


@pytest.mark.parametrize("correlation", [-0.4, 0.0, 0.6])
@pytest.mark.parametrize("count", [0, 1, 2, 5, 40])
def test_the_update_equals_conditioning_one_joint_normal(count: int, correlation: float):
    draw = np.random.default_rng(count)
    x, ahead = np.round(draw.random(count), 2), 0.8
    y = math.log(120.0) + 0.3 * draw.standard_normal(count)
    which = with_one_node(correlation)
    person = Forecaster(which, place("triglycerides"), math.log(84.0), 0.45, 0.23)
    lags, doses = np.append(x, ahead), np.ones(count + 1)
    belief = person.beliefs(y[None], lags, doses)
    mixture = person.next_values(belief, lags, doses)
    mean, sd = moments(mixture)
    doubt = model_variance(belief, np.full((1, 1, 1), ahead), mixture)[0, 0]
    expected = by_conditioning(y, x, ahead, which, correlation)
    assert (mean[0, 0], sd[0, 0] ** 2, doubt) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_each_node_is_weighed_by_how_well_it_explains_the_values():
    # The weight of a node is its prior weight times the joint normal density of the values there.
    which, lags = model(), np.array([0.0, 0.7, 0.9, 1.0])
    doses = np.array([1.0, 0.3, 0.3, 1.0])
    y = np.log([[60.0, 220.0, 260.0]])
    person = Forecaster(which, 0, math.log(84.0), 0.45, 0.23)
    found = person.beliefs(y, lags, doses).weight[0, 0]
    expected = np.empty_like(found)
    for g, exponent in enumerate(which.nodes.exponents):
        x = lags[:3] * doses[:3] ** exponent
        for r, rho in enumerate(which.nodes.correlations):
            shared = 0.45**2 + rho * 0.45 * 0.25 * (x[:, None] + x) + np.outer(x, x) * (0.25**2 + 0.10**2)
            covariance = shared + 0.23**2 * np.eye(3)
            away = y[0] - math.log(84.0) - 0.35 * x
            density = math.exp(-0.5 * away @ np.linalg.solve(covariance, away))
            expected[g, r] = density / math.sqrt(np.linalg.det(covariance))
    expected *= which.nodes.exponent_weights[:, None] * which.nodes.correlation_weights
    assert found == pytest.approx(expected / expected.sum(), rel=1e-9)


def test_more_averaging_nodes_change_no_chance_by_a_thousandth():
    few, many = model(), model_of(published(), nodes_per_parameter=21)
    lags, doses = np.array([0.0, 0.8, 0.9, 1.0]), np.array([1.0, 0.4, 0.4, 1.6])
    y = np.log([[90.0, 200.0, 150.0], [60.0, 70.0, 75.0], [280.0, 350.0, 400.0]])
    chances = []
    for which in (few, many):
        person = Forecaster(which, 0, math.log(84.0), 0.45, 0.23)
        mixture = person.next_values(person.beliefs(y, lags, doses), lags, doses)
        limits = np.tile(np.log([150.0, 200.0, 300.0, 500.0]), (3, 1))
        each = [chance_below(mixture, limits[:, k : k + 1])[:, 0] for k in range(4)]
        chances.append(np.array(each))
    assert np.abs(chances[0] - chances[1]).max() < 1e-3


def test_averaging_nodes_reproduce_the_moments_of_a_truncated_normal():
    # Standard normal cut at 0: mean sqrt(2/pi), second moment 1, third moment 2 sqrt(2/pi).
    nodes, weights = averaging_nodes(0.0, 1.0, 0.0, 50.0, 5)
    found = [float(weights @ nodes**power) for power in range(4)]
    root = math.sqrt(2.0 / math.pi)
    assert found == pytest.approx([1.0, root, 1.0, 2.0 * root], abs=1e-10)


def test_a_parameter_known_exactly_has_one_node():
    nodes, weights = averaging_nodes(0.7, 0.0, 0.0, 1.0, 5)
    assert (nodes.tolist(), weights.tolist()) == ([0.7], [1.0])


def test_the_normal_table_agrees_with_the_error_function():
    z = np.linspace(-8.5, 8.5, 4001)
    exact = np.array([0.5 * math.erfc(-one / math.sqrt(2.0)) for one in z])
    assert np.abs(normal_below(z) - exact).max() < 1e-11


def test_quantiles_undo_the_distribution_even_for_two_far_humps():
    mixture = Mixture(
        weight=np.array([[[0.7, 0.25, 0.05]]]),
        mean=np.array([[[0.0, 2.5, 6.0]]]),
        sd=np.array([[[0.1, 0.9, 0.05]]]),
    )
    chances = (0.001, 0.025, 0.1, 0.5, 0.7, 0.9, 0.96, 0.975, 0.999)
    found = quantiles(mixture, chances)[0, 0]
    back = [float(chance_below(mixture, np.array([[one]]))[0, 0]) for one in found]
    assert back == pytest.approx(chances, abs=2e-6)


def test_the_drug_effect_solves_its_lag_equation():
    # Euler steps of a thousandth of a day against the closed form, over a rise, a cut and a stop.
    steps = steps_with_drug(
        (
            DoseStep(0.0, 40.0, 48.0),
            DoseStep(40.0, 70.0, 24.0, adherence=0.5),
            DoseStep(90.0, None, 96.0, relative_exposure=0.65),
        )
    )
    aims = targets(steps, 60.0, 0.8, np.array([0.7]))[:, 0]
    # Shares of 0.8 mg/kg at 60 kg: 48/48, 24*0.5/48 and 96*0.65/48, each to the power 0.7.
    assert aims == pytest.approx([1.0, 0.25**0.7, 1.3**0.7])
    days = np.arange(-5.0, 130.0, 5.0)
    closed = step_weights(steps, days, 21.0, 14.0) @ aims
    x, step, followed = 0.0, 1e-3, []
    for tick in range(-5000, 130_000):
        day = tick * step
        if tick % 5000 == 0:
            followed.append(x)
        on = next((k for k, s in enumerate(steps) if s.from_day <= day < (s.to_day or math.inf)), None)
        x += step * ((aims[on] - x) / 21.0 if on is not None else -x / 14.0)
    assert closed == pytest.approx(followed, abs=1e-4)


def test_a_constant_dose_and_a_stop_follow_the_two_exponentials():
    steps = steps_with_drug((DoseStep(0.0, 60.0, 48.0),))
    closed = step_weights(steps, np.array([0.0, 30.0, 60.0, 88.0]), 21.0, 14.0)[:, 0]
    peak = 1.0 - math.exp(-60.0 / 21.0)
    assert closed == pytest.approx([0.0, 1.0 - math.exp(-30.0 / 21.0), peak, peak * math.exp(-28.0 / 14.0)])


def test_pruned_burst_patterns_agree_with_all_of_them():
    # Eight values make 256 patterns; the forecast keeps 32. Three of the values are plain bursts.
    which, at = model(), place("ck")
    values = [150.0, 160.0, 900.0, 140.0, 420.0, 170.0, 155.0, 2000.0]
    readings = [Reading(float(day), value, fasting=False) for day, value in enumerate(values)]
    mean, sd = baseline_of(which, 22.0, (1,))
    series = series_of(which, (at,), {at: readings})
    x = np.full((1, len(which.nodes.exponents), 9), 0.9)
    centres = []
    for kept in (MOST_PATTERNS, 256):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("isovigil.forecast.biomarkers.bursts.MOST_PATTERNS", kept)
            prior = prior_of(which, (at,), mean, sd)
            prior, evidence, _ = with_patterns(which, prior, series, x[:, :, :8], np.array([0.1]))
        assert prior.mean.shape[1] == kept
        belief = update(prior, evidence, which.nodes)
        centres.append(moments(next_value(belief, x[:, :, 8:], np.array([0.15**2]))))
    assert centres[0][0] == pytest.approx(centres[1][0], abs=1e-3)
    assert centres[0][1] == pytest.approx(centres[1][1], abs=1e-3)


@pytest.mark.parametrize(("power", "integral"), [(0, 2.0), (1, 0.0), (2, 2.0 / 3.0), (40, 2.0 / 41.0)])
def test_the_fine_rule_integrates_powers_exactly(power: int, integral: float):
    """The integral of x**n over [-1, 1] is 2 / (n + 1) for even n and 0 for odd n."""
    points, weights = _fejer_rule()
    assert float((weights * points**power).sum()) == pytest.approx(integral, abs=1e-14)
