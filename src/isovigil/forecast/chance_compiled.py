"""How do compiled functions meet the same chance as the readable ones?

The counter, the mixing and the inverse normal are those of :mod:`isovigil.forecast.chance`.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from isovigil.forecast import chance

_A, _B, _TAIL = chance.CENTRAL_TOP, chance.CENTRAL_BOTTOM, chance.TAIL
_C, _D = chance.TAIL_TOP, chance.TAIL_BOTTOM
# sums may be reordered and fused; infinities and NaN keep their meaning
LOOSE = {"reassoc", "contract", "arcp", "nsz"}


def compiled(**options: Any) -> Any:
    """``numba.njit`` with its cache on disk where some folder is writable, else without."""

    def decorate(function: Any) -> Any:
        try:
            return numba.njit(cache=True, **options)(function)
        except RuntimeError:  # no folder to keep the cache in: a read-only install without a home
            return numba.njit(**options)(function)

    return decorate


@compiled(inline="always")
def mixed(z):  # type: ignore[no-untyped-def]  # numba infers
    """SplitMix64's output function, as ``chance.mixed``."""
    z = z + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@compiled(inline="always")
def _uniform(person_key, column):  # type: ignore[no-untyped-def]  # numba infers
    bits = mixed(person_key + np.uint64(column))
    return (np.float64(bits >> np.uint64(11)) + 0.5) * 2.0**-53


@compiled()
def _normal(p):  # type: ignore[no-untyped-def]  # numba infers
    q = p - 0.5
    r = q * q
    if _TAIL <= p <= 1.0 - _TAIL:
        top = ((((_A[0] * r + _A[1]) * r + _A[2]) * r + _A[3]) * r + _A[4]) * r + _A[5]
        bottom = ((((_B[0] * r + _B[1]) * r + _B[2]) * r + _B[3]) * r + _B[4]) * r + 1.0
        return top * q / bottom
    near = math.sqrt(-2.0 * math.log(min(p, 1.0 - p)))
    top = ((((_C[0] * near + _C[1]) * near + _C[2]) * near + _C[3]) * near + _C[4]) * near + _C[5]
    bottom = (((_D[0] * near + _D[1]) * near + _D[2]) * near + _D[3]) * near + 1.0
    return top / bottom if p < 0.5 else -top / bottom


@compiled(fastmath=LOOSE)
def meet_chance(own, person_key, adherence, occasion_spread):  # type: ignore[no-untyped-def]  # numba infers
    """Miss doses and vary their availability in place, as ``response.taken_amounts`` does."""
    if occasion_spread > 0.0:
        for dose in range(own.shape[0]):
            own[dose] *= math.exp(occasion_spread * _normal(_uniform(person_key, 2 * dose + 1)))
    if adherence < 1.0:
        for dose in range(own.shape[0]):
            if _uniform(person_key, 2 * dose) >= adherence:
                own[dose] = 0.0
