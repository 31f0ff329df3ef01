"""Which values of an uncertain parameter does the forecast average over, with what weights?"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

_GRID: Final = 400
_REACH: Final = 9.0


@cache
def averaging_nodes(mean: float, sd: float, low: float, high: float, count: int) -> tuple[Numbers, Numbers]:
    """Nodes and weights of the Gauss rule for a normal truncated to [low, high].

    Exact for polynomials of degree 2*count - 1 in the parameter, and the same at every call: no
    random draw is involved. Weights add to 1. A parameter known exactly (sd 0) has one node.

    The rule is built by the discretised Stieltjes procedure (Gautschi, Orthogonal Polynomials:
    Computation and Approximation, 2004, section 2.2) and the eigenvalues of its Jacobi matrix
    (Golub and Welsch 1969).
    """
    if sd == 0.0 or count == 1:
        return np.array([mean]), np.array([1.0])
    points, mass = _discretised(mean, sd, low, high)
    diagonal, beside = np.zeros(count), np.zeros(count)
    before, now = np.zeros_like(points), np.ones_like(points)
    norm_before = 1.0
    for k in range(count):
        norm = float(np.sum(mass * now * now))
        diagonal[k] = float(np.sum(mass * points * now * now)) / norm
        beside[k] = norm / norm_before
        following = (points - diagonal[k]) * now - (beside[k] if k else 0.0) * before
        before, now, norm_before = now, following, norm
    off = np.sqrt(beside[1:])
    jacobi = np.diag(diagonal) + np.diag(off, 1) + np.diag(off, -1)
    nodes, vectors = np.linalg.eigh(jacobi)
    return nodes, vectors[0] ** 2


def _discretised(mean: float, sd: float, low: float, high: float) -> tuple[Numbers, Numbers]:
    """A fine set of points with the truncated normal's mass on each."""
    left, right = max(low, mean - _REACH * sd), min(high, mean + _REACH * sd)
    unit_points, unit_weights = _fejer_rule()
    points = 0.5 * (right - left) * (unit_points + 1.0) + left
    mass = unit_weights * np.exp(-0.5 * ((points - mean) / sd) ** 2)
    return points, mass / mass.sum()


@cache
def _fejer_rule() -> tuple[Numbers, Numbers]:
    """Points and weights of Fejer's first rule on [-1, 1] (Gautschi 2004, section 2.2).

    Closed form. Gauss-Legendre points of this many nodes would ask a linear algebra library for
    the eigenvalues of a large matrix, and its threads cost more than the whole forecast.
    """
    angle = (2.0 * np.arange(_GRID) + 1.0) * np.pi / (2.0 * _GRID)
    term = np.arange(1.0, _GRID // 2 + 1.0)
    series = (np.cos(2.0 * term * angle[:, None]) / (4.0 * term**2 - 1.0)).sum(axis=1)
    return -np.cos(angle), (2.0 - 4.0 * series) / _GRID
