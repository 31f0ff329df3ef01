"""What do a person's own earlier values say about that person?

For one analyte, on the natural log scale, with parameters held fixed:

    y_j = mu + b + (theta + g) x_j + e_j
    b ~ N(0, sb^2),  g ~ N(0, sg^2),  corr(b, g) = rho,  theta ~ N(theta0, st^2),  e_j ~ N(0, s_j^2)

b is how this person differs from others before the drug, g how differently this person responds,
x_j the share of the drug's full effect acting that day. The pair u = (b, theta - theta0 + g) is
normal with covariance S0 = [[sb^2, rho sb sg], [., sg^2 + st^2]], so with h_j = (1, x_j) and
r_j = y_j - mu - theta0 x_j the update is closed form for any number of values (Lindley and Smith
1972; Gelman et al., Bayesian Data Analysis, 3rd edition, section 14.8):

    S = (S0^-1 + sum_j h_j h_j' / s_j^2)^-1,   m = S sum_j h_j r_j / s_j^2
    log p(y) = -(log det S0 - log det S + sum r_j^2/s_j^2 - q' S q)/2 + sum log(1/s_j^2)/2 + const

theta is averaged over exactly (it is inside S0). The dose exponent (inside x_j), rho and, where
they apply, the unknown sex and bursts of creatine kinase are averaged over by weighting each
node with its prior weight times p(y).

Only sums over the values enter, so their order cannot matter.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from isovigil.forecast.biomarkers.mixture import Mixture
from isovigil.forecast.biomarkers.quadrature import Numbers


class Nodes(NamedTuple):
    """The averaged parameters: exponents [G] and correlations [R] with their weights."""

    exponents: Numbers
    exponent_weights: Numbers
    correlations: Numbers
    correlation_weights: Numbers


class Prior(NamedTuple):
    """What is believed before any value. B analytes or people, H hypotheses (sex, bursts)."""

    log_weight: Numbers  # [B, H]
    mean: Numbers  # [B, H], mu
    baseline_sd: Numbers  # [B, H], sb
    effect: Numbers  # [B], theta0
    effect_sd: Numbers  # [B], sg
    effect_doubt: Numbers  # [B], st


class Evidence(NamedTuple):
    """The person's values. J is the longest series; shorter ones are padded with precision 0."""

    y: Numbers  # [B, H or 1, J], natural log, any burst already taken off
    precision: Numbers  # [B, H or 1, J], 1 / s_j^2
    x: Numbers  # [B, G, J]


class Belief(NamedTuple):
    """The person after the update; arrays [B, H, G, R], G and R over the averaged parameters."""

    weight: Numbers
    baseline: Numbers  # mu + E b
    slope: Numbers  # theta0 + E(theta - theta0 + g)
    baseline_variance: Numbers
    covariance: Numbers
    slope_variance: Numbers
    theta_on_baseline: Numbers  # Cov(theta, b) after the update
    theta_on_slope: Numbers  # Cov(theta, theta + g) after the update
    theta_variance: Numbers


def update(prior: Prior, evidence: Evidence, nodes: Nodes) -> Belief:
    """The belief about each person after their values, at every node, with its weight."""
    rho = nodes.correlations
    vb = (prior.baseline_sd**2)[:, :, None, None]
    vg = prior.effect_sd**2
    vt = (prior.effect_doubt**2)[:, None, None, None]
    vs = vg[:, None, None, None] + vt
    cov = (prior.baseline_sd * prior.effect_sd[:, None])[:, :, None, None] * rho
    det0 = vb * vs - cov * cov

    n0, n1, n2, q0, q1, misfit = _sums(prior, evidence)
    a, d, c = vs / det0 + n0, vb / det0 + n2, -cov / det0 + n1
    det = a * d - c * c
    s_bb, s_ss, s_bs = d / det, a / det, -c / det
    m_b, m_s = s_bb * q0 + s_bs * q1, s_bs * q0 + s_ss * q1

    log_weight = -0.5 * (np.log(det0 * det) + misfit - (m_b * q0 + m_s * q1))
    log_weight += 0.5 * _log_precision(evidence)[:, :, None, None]
    log_weight += prior.log_weight[:, :, None, None]
    log_weight -= log_weight.max(axis=(1, 2, 3), keepdims=True)
    known = nodes.exponent_weights[:, None] * nodes.correlation_weights
    weight = np.exp(log_weight) * known
    weight /= weight.sum(axis=(1, 2, 3), keepdims=True)

    # Cov(theta, u | y) = Cov(theta, u) S0^-1 S, because theta tells y nothing beyond u.
    t_b, t_s = -vt * cov / det0, vt * vb / det0
    theta_b, theta_s = t_b * s_bb + t_s * s_bs, t_b * s_bs + t_s * s_ss
    theta_variance = vt - vt * t_s + theta_b * t_b + theta_s * t_s
    return Belief(
        weight=weight,
        baseline=prior.mean[:, :, None, None] + m_b,
        slope=prior.effect[:, None, None, None] + m_s,
        baseline_variance=s_bb,
        covariance=s_bs,
        slope_variance=s_ss,
        theta_on_baseline=theta_b,
        theta_on_slope=theta_s,
        theta_variance=theta_variance,
    )


def _sums(prior: Prior, evidence: Evidence) -> tuple[Numbers, ...]:
    """The sums over a person's values that the update needs, each [B, H or 1, G or 1, 1]."""
    y, precision = evidence.y[:, :, None, :], evidence.precision[:, :, None, :]
    x = evidence.x[:, None, :, :]
    residual = y - prior.mean[:, :, None, None] - prior.effect[:, None, None, None] * x
    px, pr = precision * x, precision * residual
    sums = (
        precision.sum(axis=-1),
        px.sum(axis=-1),
        (px * x).sum(axis=-1),
        pr.sum(axis=-1),
        (px * residual).sum(axis=-1),
        (pr * residual).sum(axis=-1),
    )
    return tuple(total[..., None] for total in sums)


def _log_precision(evidence: Evidence) -> Numbers:
    """Sum of log(1/s_j^2) over the values that count: [B, H or 1]."""
    p = evidence.precision
    total: Numbers = np.sum(np.log(np.where(p > 0.0, p, 1.0)), axis=-1)
    return total


def next_value(belief: Belief, x: Numbers, noise: Numbers) -> Mixture:
    """The distribution of the next log value on T days: components [B, T, H*G*R].

    ``x`` [B, G, T] is the drug effect on those days, ``noise`` [B] the visit-to-visit variance.
    """
    weight = belief.weight
    people, hypotheses, exponents, correlations = weight.shape
    days = x.shape[-1]
    at = np.moveaxis(x, -1, 1)[:, :, None, :, None]
    mean = belief.baseline[:, None] + belief.slope[:, None] * at
    variance = (
        belief.baseline_variance[:, None]
        + at * (2.0 * belief.covariance[:, None] + at * belief.slope_variance[:, None])
        + noise[:, None, None, None, None]
    )
    flat = (people, days, hypotheses * exponents * correlations)
    whole = np.broadcast_shapes(mean.shape, (people, days, *weight.shape[1:]))
    return Mixture(
        weight=weight.reshape(people, 1, -1),
        mean=np.broadcast_to(mean, whole).reshape(flat),
        sd=np.sqrt(np.broadcast_to(variance, whole)).reshape(flat),
    )


def model_variance(belief: Belief, x: Numbers, mixture: Mixture) -> Numbers:
    """The part of the log variance that comes from uncertain parameters: [B, T].

    Within a node Var(E(y | theta)) = Cov(y, theta)^2 / Var(theta); between nodes the spread of
    their means. With the hypotheses (an unknown sex) it is what more studies would not remove
    for this person but knowing the parameters or the sex would.
    """
    at = np.moveaxis(x, -1, 1)[:, :, None, :, None]
    together = belief.theta_on_baseline[:, None] + at * belief.theta_on_slope[:, None]
    spread = np.where(belief.theta_variance > 0.0, belief.theta_variance, 1.0)[:, None]
    within = together**2 / spread
    average = (belief.weight[:, None] * within).sum(axis=(2, 3, 4))
    centre = (mixture.weight * mixture.mean).sum(axis=-1, keepdims=True)
    away = mixture.mean - centre
    between = (mixture.weight * away * away).sum(axis=-1)
    total: Numbers = average + between
    return total
