"""An independent oracle: the differential equations as written, solved by scipy to 1e-11."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from isovigil.forecast.doses import Schedule
from isovigil.forecast.exposure import absorption_lags, personal_amounts
from isovigil.forecast.people import Body, People, Skin

Floats = NDArray[np.float64]

# depot fed, depot fasted, A1, A2, 4-oxo, P, G, S, M, I, L, N, lips
START = np.array([0.0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0])


def slopes(_: float, y: Floats, b: Floats, k: Floats) -> Floats:
    """The right-hand side per hour; skin rates are per day."""
    fed, fasted, a1, a2, m, p, g, s, mc, i, le, no, lips = y
    cl, v1, q, v2 = (
        b[Body.CLEARANCE],
        b[Body.CENTRAL_VOLUME],
        b[Body.INTERCOMPARTMENTAL],
        b[Body.PERIPHERAL_VOLUME],
    )
    ka_fed, ka_fasted = b[Body.ABSORPTION_FED], b[Body.ABSORPTION_FASTED]
    c = 1000.0 * a1 / v1
    e_s = c / (k[Skin.HALF_SEBUM] + c)
    e_k = k[Skin.LARGEST_KERATIN] * c / (k[Skin.HALF_KERATIN] + c)
    e_i = k[Skin.LARGEST_INFLAMMATION] * c / (k[Skin.HALF_INFLAMMATION] + c)
    o = c / (k[Skin.HALF_LIPS] + c)
    per_day = np.array([
        k[Skin.RATE_REGROWTH] * (1 - p) - k[Skin.RATE_LOSS] * e_s * p,
        k[Skin.RATE_GLAND] * (p * (1 - k[Skin.LARGEST_SEBUM] * e_s) - g),
        k[Skin.RATE_SEBUM] * (g - s),
        k[Skin.RATE_COMEDONES] * (s ** k[Skin.EXPONENT_COMEDO] * (1 - e_k) - mc),
        k[Skin.RATE_INFLAMMATION] * (mc * s ** k[Skin.EXPONENT_INFLAMMATION] * (1 - e_i) - i),
        k[Skin.RATE_LESIONS] * (i - le),
        k[Skin.RATE_NODULES] * (i - no),
        o * (1 - lips) / k[Skin.LIPS_ON] - (1 - o) * lips / k[Skin.LIPS_OFF],
    ])  # fmt: skip
    return np.concatenate([
        [-ka_fed * fed, -ka_fasted * fasted,
         ka_fed * fed + ka_fasted * fasted - (cl + q) / v1 * a1 + q / v2 * a2,
         q / v1 * a1 - q / v2 * a2,
         b[Body.METABOLITE_RATE] * (b[Body.METABOLITE_RATIO] * c - m)],
        per_day / 24.0,
    ])  # fmt: skip


def solve(people: People, schedule: Schedule, times_h: Floats, tolerance: float = 1e-11) -> Floats:
    """Every state at every hour for every person, (n, times, 13)."""
    starts = absorption_lags(people, schedule)
    mg = personal_amounts(people, schedule)
    out = np.empty((len(people), len(times_h), len(START)))
    for person in range(len(people)):
        breaks = np.unique(np.concatenate([[0.0], starts[person], times_h]))
        breaks = breaks[breaks <= times_h[-1]]
        y = START.copy()
        at = {0.0: y.copy()}
        for left, right in pairwise(breaks):
            for dose in np.flatnonzero(starts[person] == left):
                y[1 if schedule.fasted[dose] else 0] += mg[person, dose]
            done = solve_ivp(
                slopes, (left, right), y, method="DOP853", rtol=tolerance, atol=tolerance * 1e-2,
                args=(people.bodies[person], people.skins[person]),
            )  # fmt: skip
            y = done.y[:, -1].copy()
            at[right] = y.copy()
        out[person] = [at[hour] for hour in times_h]
    return out
