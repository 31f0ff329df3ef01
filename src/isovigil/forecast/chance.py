"""Where does each random number come from, so that a seed gives the same people everywhere?

A number depends only on (seed, person, column): a counter is mixed by SplitMix64 (Steele, Lea and
Flood 2014) and turned into a normal deviate by Acklam's rational inverse of the normal
distribution (relative error below 1.2e-9). Nothing is shared or advanced, so the same person has
the same numbers in any order, in any chunk and on any number of cores.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CENTRAL_TOP = (-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2,
      1.383577518672690e2, -3.066479806614716e1, 2.506628277459239)  # fmt: skip
CENTRAL_BOTTOM = (-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2,
      6.680131188771972e1, -1.328068155288572e1)  # fmt: skip
TAIL_TOP = (-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838,
      -2.549732539343734, 4.374664141464968, 2.938163982698783)  # fmt: skip
TAIL_BOTTOM = (7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416)
TAIL = 0.02425


def mixed(counter: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's output function, elementwise."""
    z = counter + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)), dtype=np.uint64)


def uniforms(seed: int, numbers: NDArray[np.int64], columns: int) -> Floats:
    """Uniform numbers strictly inside (0, 1) for the people of ``numbers``, shape (people, columns)."""
    person = np.asarray(numbers).astype(np.uint64)[:, np.newaxis]
    column = np.arange(columns, dtype=np.uint64)[np.newaxis, :]
    with np.errstate(over="ignore"):
        start = mixed(np.full((1, 1), seed & 0xFFFFFFFFFFFFFFFF, dtype=np.uint64))
        bits = mixed(mixed(start + person) + column)
    return (np.asarray(bits >> np.uint64(11), dtype=np.float64) + 0.5) * 2.0**-53


def inverse_normal(probability: Floats) -> Floats:
    """The standard normal quantile of each probability in (0, 1)."""
    p = np.asarray(probability, dtype=np.float64)
    q = p - 0.5
    r = q * q
    top = (
        (((CENTRAL_TOP[0] * r + CENTRAL_TOP[1]) * r + CENTRAL_TOP[2]) * r + CENTRAL_TOP[3]) * r
        + CENTRAL_TOP[4]
    ) * r + CENTRAL_TOP[5]
    bottom = (
        (((CENTRAL_BOTTOM[0] * r + CENTRAL_BOTTOM[1]) * r + CENTRAL_BOTTOM[2]) * r + CENTRAL_BOTTOM[3]) * r
        + CENTRAL_BOTTOM[4]
    ) * r + 1.0
    central = top * q / bottom
    in_tail = (p < TAIL) | (p > 1.0 - TAIL)
    if not in_tail.any():
        return np.asarray(central)
    near = np.sqrt(-2.0 * np.log(np.minimum(p[in_tail], 1.0 - p[in_tail])))
    top = (
        (((TAIL_TOP[0] * near + TAIL_TOP[1]) * near + TAIL_TOP[2]) * near + TAIL_TOP[3]) * near + TAIL_TOP[4]
    ) * near + TAIL_TOP[5]
    bottom = (
        ((TAIL_BOTTOM[0] * near + TAIL_BOTTOM[1]) * near + TAIL_BOTTOM[2]) * near + TAIL_BOTTOM[3]
    ) * near + 1.0
    central[in_tail] = np.where(p[in_tail] < 0.5, top / bottom, -top / bottom)
    return np.asarray(central)


def normals(seed: int, numbers: NDArray[np.int64], columns: int) -> Floats:
    """Independent standard normal numbers, shape (people, columns)."""
    return inverse_normal(uniforms(seed, numbers, columns))


@lru_cache(maxsize=16)
def evenly_spread_normals(seed: int, people: int, columns: int) -> Floats:
    """Normals whose every column fills the quantiles evenly (a Latin hypercube).

    For the bands of one forecast: 200 such people give steadier percentiles than 200 independent
    ones (McKay, Beckman and Conover 1979). Use :func:`normals` where people must be independent.
    The answer is kept and shared by every forecast of as many people, so it cannot be written to.
    """
    random = uniforms(seed, np.arange(people), columns)
    ranks = np.argsort(np.argsort(random, axis=0), axis=0)
    spread = inverse_normal((ranks + 0.5) / people)
    spread.setflags(write=False)
    return spread
