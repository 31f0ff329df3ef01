"""What would patients look like, if the model were true, or false in a chosen way?

Simulated patients test the forecast. Every draw comes from the seed handed in.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from isovigil.forecast.biomarkers.mixture import Mixture
from isovigil.forecast.biomarkers.personal_update import (
    Belief,
    Evidence,
    Nodes,
    Prior,
    next_value,
    update,
)
from isovigil.forecast.biomarkers.priors import Model
from isovigil.forecast.biomarkers.quadrature import Numbers

_STUDENT_FREEDOM = 4


class Truth(NamedTuple):
    """One analyte's simulated world, on the natural log scale.

    ``residuals`` "t4" are Student t with 4 degrees of freedom scaled to the same SD.
    ``own_within_ln_sd`` is how much the within-person SD differs between people. ``None`` for
    the effect, the correlation or the exponent draws it for each person from the model's doubt.
    """

    mean: float
    baseline_sd: float
    within: float
    effect: float | None = None
    correlation: float | None = None
    exponent: float | None = None
    residuals: Literal["normal", "t4"] = "normal"
    own_within_ln_sd: float = 0.0


class Simulated(NamedTuple):
    """Simulated people: values [P, J], the next value [P], and what was hidden [P] each."""

    y: Numbers
    following: Numbers
    baseline: Numbers  # b, the person's distance from the population
    slope: Numbers  # theta + g


def simulate(
    model: Model,
    at: int,
    truth: Truth,
    lags: Numbers,
    doses: Numbers,
    people: int,
    seed: int,
) -> Simulated:
    """Values of ``people`` at J visits and the one after them.

    ``lags`` and ``doses`` [J + 1] give each visit's share of the lag passed (0 before the drug)
    and the dose as a share of the reference, so that x = lag * dose**exponent.
    """
    draw = np.random.default_rng(seed)
    nodes = model.nodes
    theta = _drawn(truth.effect, float(model.effect[at]), float(model.effect_doubt[at]), people, draw)
    rho = _picked(truth.correlation, nodes.correlations, nodes.correlation_weights, people, draw)
    gamma = _picked(truth.exponent, nodes.exponents, nodes.exponent_weights, people, draw)
    own = draw.standard_normal(people)
    baseline = truth.baseline_sd * own
    apart = np.sqrt(1.0 - rho**2) * draw.standard_normal(people)
    slope = theta + model.effect_sd[at] * (rho * own + apart)
    x = lags * np.where(lags > 0.0, doses, 1.0) ** gamma[:, None]
    within = truth.within * np.exp(truth.own_within_ln_sd * draw.standard_normal(people))
    noise = within[:, None] * _residuals(truth, (people, len(lags)), draw)
    values = truth.mean + baseline[:, None] + slope[:, None] * x + noise
    return Simulated(values[:, :-1], values[:, -1], baseline, slope)


def _drawn(fixed: float | None, mean: float, sd: float, people: int, draw: np.random.Generator) -> Numbers:
    """The fixed value for all, or one normal draw a person."""
    return np.full(people, fixed) if fixed is not None else mean + sd * draw.standard_normal(people)


def _picked(
    fixed: float | None, nodes: Numbers, weights: Numbers, people: int, draw: np.random.Generator
) -> Numbers:
    """The fixed value for all, or one averaging node a person, by its weight."""
    return np.full(people, fixed) if fixed is not None else draw.choice(nodes, people, p=weights)


def _residuals(truth: Truth, shape: tuple[int, int], draw: np.random.Generator) -> Numbers:
    """Residuals of unit standard deviation."""
    if truth.residuals == "normal":
        return draw.standard_normal(shape)
    freedom = _STUDENT_FREEDOM
    scaled: Numbers = draw.standard_t(freedom, shape) * np.sqrt((freedom - 2) / freedom)
    return scaled


class Forecaster(NamedTuple):
    """What the forecast believes: its priors for one analyte, and the errors it assumes."""

    model: Model
    at: int
    mean: float
    baseline_sd: float
    within: float

    def beliefs(self, y: Numbers, lags: Numbers, doses: Numbers) -> Belief:
        """The closed-form update of every person at once: arrays [people, 1, G, R].

        ``lags`` and ``doses`` include the next visit, which only decides the averaging nodes.
        """
        people = len(y)
        model, at = self.model, self.at
        whole = np.ones(people)
        prior = Prior(
            log_weight=np.zeros((people, 1)),
            mean=np.full((people, 1), self.mean),
            baseline_sd=np.full((people, 1), self.baseline_sd),
            effect=model.effect[at] * whole,
            effect_sd=model.effect_sd[at] * whole,
            effect_doubt=model.effect_doubt[at] * whole,
        )
        x = effects_at(self.nodes(doses), lags[:-1], doses[:-1])
        evidence = Evidence(
            y=y[:, None, :],
            precision=np.full((people, 1, y.shape[1]), self.within**-2),
            x=np.broadcast_to(x, (people, *x.shape)),
        )
        return update(prior, evidence, self.nodes(doses))

    def next_values(self, belief: Belief, lags: Numbers, doses: Numbers) -> Mixture:
        """The predictive mixture of every person's value at the last of the visits."""
        x = effects_at(self.nodes(doses), lags[-1:], doses[-1:])
        people = len(belief.weight)
        whole = np.broadcast_to(x, (people, *x.shape))
        return next_value(belief, whole, np.full(people, self.within**2))

    def nodes(self, doses: Numbers) -> Nodes:
        """The averaging nodes; at the reference dose the exponent has no effect and one is enough."""
        nodes = self.model.nodes
        if np.all(doses == 1.0):
            return nodes._replace(exponents=np.ones(1), exponent_weights=np.ones(1))
        return nodes


def effects_at(nodes: Nodes, lags: Numbers, doses: Numbers) -> Numbers:
    """The drug effect at each exponent and visit: [G, J]."""
    effects: Numbers = lags * np.where(lags > 0.0, doses, 1.0) ** nodes.exponents[:, None]
    return effects


def posterior_draws(belief: Belief, count: int, seed: int) -> tuple[Numbers, Numbers]:
    """Draws of (mu + b, theta + g) from the belief: [people, count] each."""
    draw = np.random.default_rng(seed)
    people = len(belief.weight)
    flat = belief.weight.reshape(people, -1)
    cumulative = np.cumsum(flat, axis=1)
    uniform = draw.random((people, count))
    chosen = (uniform[:, :, None] > cumulative[:, None, :-1]).sum(axis=2)

    def at(array: Numbers) -> Numbers:
        whole = np.broadcast_to(array, belief.weight.shape).reshape(people, -1)
        return np.take_along_axis(whole, chosen, axis=1)

    first, second = draw.standard_normal((2, people, count))
    variance, together = at(belief.baseline_variance), at(belief.covariance)
    level = at(belief.baseline) + np.sqrt(variance) * first
    left = np.maximum(at(belief.slope_variance) - together**2 / variance, 0.0)
    slope = at(belief.slope) + together / np.sqrt(variance) * first + np.sqrt(left) * second
    return level, slope
