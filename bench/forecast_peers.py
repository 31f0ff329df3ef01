"""The full model as three general solvers would integrate it: scipy, numbalsoda and diffrax.

Each takes the same people and doses (no lag: peers are spared it), integrates from dose to dose,
and returns the eight skin states and the concentration each week, (people, weeks, 9).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isovigil.forecast.people import Body, People, Skin

Floats = NDArray[np.float64]
EVERY_H = 12.0
DOSES_A_WEEK = 14
STATES = 12  # depot, A1, A2, 4-oxo, then the eight skin states
START = np.array([0.0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0])


def parameters_of(people: People) -> Floats:
    """One row of 26 numbers for each person, rates per hour."""
    b, k = people.bodies, people.skins
    v1 = b[:, Body.CENTRAL_VOLUME]
    hourly = {Skin.RATE_GLAND, Skin.RATE_SEBUM, Skin.RATE_LOSS, Skin.RATE_REGROWTH, Skin.RATE_COMEDONES,
              Skin.RATE_INFLAMMATION, Skin.RATE_LESIONS, Skin.RATE_NODULES}  # fmt: skip
    skin = [k[:, place] / 24.0 if place in hourly else k[:, place] for place in Skin]
    skin[Skin.LIPS_ON], skin[Skin.LIPS_OFF] = (
        1.0 / (24.0 * k[:, Skin.LIPS_ON]),
        1.0 / (24.0 * k[:, Skin.LIPS_OFF]),
    )
    body = [
        b[:, Body.ABSORPTION_FED], (b[:, Body.CLEARANCE] + b[:, Body.INTERCOMPARTMENTAL]) / v1,
        b[:, Body.INTERCOMPARTMENTAL] / b[:, Body.PERIPHERAL_VOLUME], b[:, Body.INTERCOMPARTMENTAL] / v1,
        v1, b[:, Body.METABOLITE_RATE], b[:, Body.METABOLITE_RATIO],
    ]  # fmt: skip
    return np.ascontiguousarray(np.stack([*body, *skin], axis=1))


def slope(t: float, u: Any, p: Any) -> tuple[Any, ...]:
    """The right-hand side; written once, traced or compiled by each peer."""
    depot, a1, a2, m, cap, g, s, mc, i, le, no, lips = (
        u[0],
        u[1],
        u[2],
        u[3],
        u[4],
        u[5],
        u[6],
        u[7],
        u[8],
        u[9],
        u[10],
        u[11],
    )
    c = 1000.0 * a1 / p[4]
    e_s = c / (p[7] + c)
    o = c / (p[21] + c)
    return (
        -p[0] * depot,
        p[0] * depot - p[1] * a1 + p[2] * a2,
        p[3] * a1 - p[2] * a2,
        p[5] * (p[6] * c - m),
        p[12] * (1.0 - cap) - p[11] * e_s * cap,
        p[9] * (cap * (1.0 - p[8] * e_s) - g),
        p[10] * (g - s),
        p[13] * (s ** p[22] * (1.0 - p[14] * c / (p[15] + c)) - mc),
        p[16] * (mc * s ** p[23] * (1.0 - p[17] * c / (p[18] + c)) - i),
        p[19] * (i - le),
        p[20] * (i - no),
        o * (1.0 - lips) * p[24] - (1.0 - o) * lips * p[25],
    )


def by_scipy(
    people: People, mg: Floats, weeks: int, rtol: float, atol: float, method: str = "LSODA"
) -> Floats:
    """scipy.integrate.solve_ivp, one interval after another."""
    from scipy.integrate import solve_ivp

    rows = parameters_of(people)
    out = np.empty((len(people), weeks, 9))
    for person, p in enumerate(rows):
        u = START.copy()
        for interval in range(weeks * DOSES_A_WEEK):
            u[0] += mg[person]
            done = solve_ivp(
                lambda t, y, p=p: slope(t, y, p), (0.0, EVERY_H), u, method=method, rtol=rtol, atol=atol
            )
            u = done.y[:, -1].copy()
            if (interval + 1) % DOSES_A_WEEK == 0:
                out[person, interval // DOSES_A_WEEK] = [*u[4:], 1000.0 * u[1] / p[4]]
    return out


def numbalsoda_solver() -> Any:
    """A compiled loop over people (on all cores) and intervals around numbalsoda's LSODA."""
    from numba import cfunc, njit, prange
    from numbalsoda import lsoda, lsoda_sig

    compiled = njit(slope)

    @cfunc(lsoda_sig)
    def right_hand_side(t, u, du, p):  # type: ignore[no-untyped-def]  # numba infers
        found = compiled(t, u, p)
        for state in range(STATES):
            du[state] = found[state]

    address = right_hand_side.address

    @njit(parallel=True)
    def solve(rows, mg, weeks, rtol, atol):  # type: ignore[no-untyped-def]  # numba infers
        out = np.empty((rows.shape[0], weeks, 9))
        span = np.array([0.0, EVERY_H])
        for person in prange(rows.shape[0]):
            u = START.copy()
            for interval in range(weeks * DOSES_A_WEEK):
                u[0] += mg[person]
                found, _ = lsoda(address, u, span, rows[person], rtol=rtol, atol=atol)
                u = found[-1].copy()
                if (interval + 1) % DOSES_A_WEEK == 0:
                    out[person, interval // DOSES_A_WEEK, :8] = u[4:]
                    out[person, interval // DOSES_A_WEEK, 8] = 1000.0 * u[1] / rows[person, 4]
        return out

    return lambda people, mg, weeks, rtol, atol: solve(parameters_of(people), mg, weeks, rtol, atol)


def diffrax_solver(weeks: int, rtol: float, atol: float) -> Any:
    """Tsit5 with an adaptive step, vectorised over people, scanned over intervals, compiled."""
    import diffrax
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    term = diffrax.ODETerm(lambda t, u, p: jnp.stack(slope(t, u, p)))
    control = diffrax.PIDController(rtol=rtol, atol=atol)

    def person(p: Any, mg: Any) -> Any:
        def interval(u: Any, _: Any) -> Any:
            done = diffrax.diffeqsolve(
                term, diffrax.Tsit5(), 0.0, EVERY_H, None, u.at[0].add(mg), args=p,
                stepsize_controller=control, max_steps=4096, adjoint=diffrax.ForwardMode(),
                saveat=diffrax.SaveAt(t1=True),
            )  # fmt: skip
            return done.ys[0], None

        def week(u: Any, _: Any) -> Any:
            u, _ = jax.lax.scan(interval, u, None, length=DOSES_A_WEEK)
            return u, jnp.concatenate([u[4:], 1000.0 * u[1:2] / p[4]])

        return jax.lax.scan(week, jnp.asarray(START), None, length=weeks)[1]

    solve = jax.jit(jax.vmap(person))
    return lambda people, mg: np.asarray(solve(parameters_of(people), mg))
