"""What does a weighted mixture of normal distributions say: chances, quantiles, moments?"""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist
from typing import Final, NamedTuple

import numpy as np

from isovigil.forecast.biomarkers.quadrature import Numbers

_STEPS_PER_UNIT: Final = 64
_EDGE: Final = 9.0
_NEXT_ROUND_IS_EXACT: Final = 3e-4  # Newton squares the error, so it is already below 1e-6
_SMALLEST: Final = 1e-300
_MOST_ROUNDS: Final = 60
_IGNORED_WEIGHT: Final = 1e-12


class Mixture(NamedTuple):
    """Normal components on the log scale: weight [B, 1, K], mean and sd [B, T, K].

    B counts people or analytes, T days, K components. Weights add to 1 over K.
    """

    weight: Numbers
    mean: Numbers
    sd: Numbers


def days_of(mixture: Mixture, days: slice) -> Mixture:
    """The same mixture on some of its days."""
    return Mixture(mixture.weight, mixture.mean[:, days], mixture.sd[:, days])


@cache
def _table() -> tuple[Numbers, Numbers]:
    """The standard normal distribution and density on a grid of 1/64."""
    count = int(2 * _EDGE * _STEPS_PER_UNIT) + 1
    grid = np.linspace(-_EDGE, _EDGE, count)
    below = np.array([0.5 * math.erfc(-z / math.sqrt(2.0)) for z in grid])
    return below, np.exp(-0.5 * grid**2) / math.sqrt(2.0 * math.pi)


def normal_below(z: Numbers) -> Numbers:
    """The standard normal distribution function, absolute error below 1e-12.

    A table with a four-term Taylor step: numpy alone has no error function.
    """
    below, density = _table()
    bounded = np.minimum(np.maximum(z, -_EDGE), _EDGE)
    nearest = (bounded * _STEPS_PER_UNIT + (_EDGE * _STEPS_PER_UNIT + 0.5)).astype(np.intp)
    at = nearest * (1.0 / _STEPS_PER_UNIT) - _EDGE
    d = bounded - at
    square = at * at
    series = 1.0 - d * (at / 2.0 - d * ((square - 1.0) / 6.0 - d * (at * (square - 3.0) / 24.0)))
    answer: Numbers = below[nearest] + density[nearest] * d * series
    return answer


def chance_below(mixture: Mixture, ln_value: Numbers) -> Numbers:
    """The chance of a value below ``ln_value`` [B, T]; answers [B, T]."""
    z = (ln_value[:, :, None] - mixture.mean) / mixture.sd
    chance: Numbers = (mixture.weight * normal_below(z)).sum(axis=-1)
    return chance


def moments(mixture: Mixture) -> tuple[Numbers, Numbers]:
    """Mean and standard deviation on the log scale, each [B, T]."""
    mean = (mixture.weight * mixture.mean).sum(axis=-1)
    away = mixture.mean - mean[:, :, None]
    variance = (mixture.weight * (mixture.sd * mixture.sd + away * away)).sum(axis=-1)
    return mean, np.sqrt(variance)


def quantiles(mixture: Mixture, chances: tuple[float, ...], start: Numbers | None = None) -> Numbers:
    """The log values not exceeded with each of ``chances``: [B, T, Q], error below 1e-6.

    Newton's method on the logarithm of the nearer tail, from the normal of equal moments, kept
    inside a bracket: a mixture's quantile lies between its components' quantiles. A caller who
    knows the mixture's shape may hand in a better ``start``; it saves time and changes nothing else.
    """
    z, p = _normal_quantiles(chances), np.array(chances)
    upper = p > 0.5
    tail = np.where(upper, 1.0 - p, p)
    if start is None:
        centre, width = moments(mixture)
        start = centre[:, :, None] + width[:, :, None] * z
    guess = start
    low, high = _bracket(mixture, z)
    weight = mixture.weight[:, :, None, :]
    mean, precision = mixture.mean[:, :, None, :], 1.0 / mixture.sd[:, :, None, :]
    scaled = weight * precision * (1.0 / math.sqrt(2.0 * math.pi))
    for _ in range(_MOST_ROUNDS):
        standard = (guess[..., None] - mean) * precision
        below = (weight * normal_below(standard)).sum(axis=-1)
        slope = (scaled * np.exp(-0.5 * standard * standard)).sum(axis=-1)
        low = np.where(below < p, guess, low)
        high = np.where(below > p, guess, high)
        mass = np.maximum(np.where(upper, 1.0 - below, below), _SMALLEST)
        step = mass * np.log(mass / tail) / np.maximum(slope, _SMALLEST)
        following = np.where(upper, guess + step, guess - step)
        inside = (following >= low) & (following <= high)
        following = np.where(inside, following, 0.5 * (low + high))
        moved = float(np.abs(following - guess).max())
        guess = following
        if moved < _NEXT_ROUND_IS_EXACT:
            break
    return guess


@cache
def _normal_quantiles(chances: tuple[float, ...]) -> Numbers:
    """The standard normal quantiles of these chances."""
    return np.array([NormalDist().inv_cdf(chance) for chance in chances])


def _bracket(mixture: Mixture, z: Numbers) -> tuple[Numbers, Numbers]:
    """Between which log values each quantile lies: [B, T, Q] twice."""
    each = mixture.mean[:, :, None, :] + mixture.sd[:, :, None, :] * z[:, None]
    counted = mixture.weight[:, :, None, :] > _IGNORED_WEIGHT
    low = np.where(counted, each, np.inf).min(axis=-1)
    high = np.where(counted, each, -np.inf).max(axis=-1)
    return low, high
