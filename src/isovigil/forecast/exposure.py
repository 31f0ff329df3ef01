"""How much isotretinoin and 4-oxo-isotretinoin is in the blood at a given hour?

Linear, two compartments, first-order absorption after a lag, one metabolite pool::

    depot' = -ka depot                                   each dose adds F D at its time + lag
    A1'    =  ka depot - (CL+Q)/V1 A1 + Q/V2 A2          C = 1000 A1 / V1   (mg, L -> ng/mL)
    A2'    =  Q/V1 A1 - Q/V2 A2
    M'     =  kM (rM C - M)                              M = 4-oxo, ng/mL

Between doses C is a sum of three exponentials with rates alpha, beta and ka, so a history of any
shape is carried by one number per exponential, each of which decays and gains its coefficient
times F D at every dose. Fed and fasted doses have their own ka and lag, hence their own three
numbers. Enterohepatic second peaks are not modelled: they change the shape inside a day, not the
area. Molar mass 300.4 (4-oxo about 314.4).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from isovigil.forecast.doses import Schedule
from isovigil.forecast.people import Body, People, disposition_rates

Floats = NDArray[np.float64]

NG_PER_ML_PER_MG_PER_L = 1000.0


class Exponentials(NamedTuple):
    """Rates (1/h) and coefficients per available mg for one kind of absorption, each (n, terms).

    ``parent`` (3 terms: alpha, beta, ka) gives ng/mL of isotretinoin, ``metabolite`` (4 terms, the
    last is kM) gives ng/mL of 4-oxo, ``peripheral`` (3 terms) gives mg in the second compartment.
    """

    rates: Floats
    parent: Floats
    metabolite: Floats
    peripheral: Floats
    lag_h: Floats


def exponentials(bodies: Floats, fasted: bool) -> Exponentials:
    """The closed form of one dose for each body (n, 12)."""
    alpha, beta = disposition_rates(bodies)
    v1 = bodies[:, Body.CENTRAL_VOLUME]
    k12 = bodies[:, Body.INTERCOMPARTMENTAL] / v1
    k21 = bodies[:, Body.INTERCOMPARTMENTAL] / bodies[:, Body.PERIPHERAL_VOLUME]
    ka = bodies[:, Body.ABSORPTION_FASTED if fasted else Body.ABSORPTION_FED]
    # ka / product of the differences, the part shared by both compartments
    shared_alpha = ka / ((beta - alpha) * (ka - alpha))
    shared_beta = ka / ((alpha - beta) * (ka - beta))
    shared_ka = ka / ((alpha - ka) * (beta - ka))
    shared = np.stack([shared_alpha, shared_beta, shared_ka], axis=1)
    rates = np.stack([alpha, beta, ka], axis=1)
    central = shared * (k21[:, np.newaxis] - rates)
    parent = NG_PER_ML_PER_MG_PER_L * central / v1[:, np.newaxis]
    km = bodies[:, Body.METABOLITE_RATE][:, np.newaxis]
    ratio = bodies[:, Body.METABOLITE_RATIO][:, np.newaxis]
    formed = parent * ratio * km / (km - rates)
    metabolite = np.concatenate([formed, -formed.sum(axis=1, keepdims=True)], axis=1)
    return Exponentials(
        rates=np.concatenate([rates, km], axis=1),
        parent=parent,
        metabolite=metabolite,
        peripheral=shared * k12[:, np.newaxis],
        lag_h=bodies[:, Body.LAG_FASTED if fasted else Body.LAG_FED],
    )


def personal_amounts(people: People, schedule: Schedule) -> Floats:
    """Available mg of each dose for each person, (n, doses): availability times personal spread."""
    like_fasted = schedule.varies_like_fasted.astype(bool)[np.newaxis, :]
    fed = people.bodies[:, Body.AVAILABILITY_FED][:, np.newaxis]
    fasted = people.bodies[:, Body.AVAILABILITY_FASTED][:, np.newaxis]
    return np.asarray(schedule.available_mg * np.where(like_fasted, fasted, fed))


class Exposure(NamedTuple):
    """Isotretinoin and 4-oxo in ng/mL, and where the mass is in mg; every array is (n, times)."""

    parent: Floats
    metabolite: Floats
    depot_mg: Floats
    central_mg: Floats
    peripheral_mg: Floats
    eliminated_mg: Floats


def exposure_at(
    people: People, schedule: Schedule, times_h: Floats, amounts: Floats | None = None
) -> Exposure:
    """Exposure of every person at every hour in ``times_h``, for any dose history.

    ``amounts`` (n, doses) overrides the available milligrams, for occasion-to-occasion chance
    and missed doses.
    """
    given = personal_amounts(people, schedule) if amounts is None else amounts
    shape = (len(people), len(times_h))
    out = Exposure(*(np.zeros(shape) for _ in Exposure._fields))
    for fasted in (False, True):
        chosen = schedule.fasted.astype(bool) == fasted
        if chosen.any():
            _add_absorption(
                out,
                people.bodies,
                times_h,
                fasted=fasted,
                dose_h=schedule.times_h[chosen],
                mg=given[:, chosen],
            )
    return out


def _add_absorption(
    out: Exposure, bodies: Floats, times_h: Floats, *, fasted: bool, dose_h: Floats, mg: Floats
) -> None:
    """Add the doses of one kind of absorption to ``out`` in place."""
    form = exponentials(bodies, fasted)
    n, doses = mg.shape
    # carried[p, d, j]: sum over doses up to d of mg * exp(-rate_j * (time since)), at dose d
    carried = np.empty((n, doses, 4))
    state = np.zeros((n, 4))
    gap_h = np.diff(dose_h, prepend=dose_h[:1])
    for d in range(doses):
        state = state * np.exp(-form.rates * gap_h[d]) + mg[:, d : d + 1]
        carried[:, d] = state
    swallowed = np.cumsum(mg, axis=1)
    clock = times_h[np.newaxis, :] - form.lag_h[:, np.newaxis]
    last = np.searchsorted(dose_h, clock, side="right") - 1
    started = last >= 0
    last = np.maximum(last, 0)
    since = np.where(started, clock - dose_h[last], 0.0)
    row = np.arange(n)[:, np.newaxis]
    terms = carried[row, last] * np.exp(-form.rates[:, np.newaxis, :] * since[:, :, np.newaxis])
    terms *= started[:, :, np.newaxis]
    parent = np.einsum("ntj,nj->nt", terms[:, :, :3], form.parent)
    depot = terms[:, :, 2]
    central = parent * bodies[:, Body.CENTRAL_VOLUME][:, np.newaxis] / NG_PER_ML_PER_MG_PER_L
    peripheral = np.einsum("ntj,nj->nt", terms[:, :, :3], form.peripheral)
    absorbed = np.where(started, swallowed[row, last], 0.0)
    # eliminated = CL times the area so far: each exponential contributes coefficient / rate
    area = np.einsum(
        "ntj,nj->nt", absorbed[:, :, np.newaxis] - terms[:, :, :3], form.parent / form.rates[:, :3]
    )
    eliminated = bodies[:, Body.CLEARANCE][:, np.newaxis] * area / NG_PER_ML_PER_MG_PER_L
    metabolite = np.einsum("ntj,nj->nt", terms, form.metabolite)
    parts = (parent, metabolite, depot, central, peripheral, eliminated)
    for so_far, part in zip(out, parts, strict=True):
        np.add(so_far, part, out=so_far)


def half_life_h(bodies: Floats) -> Floats:
    """Terminal half-life in hours, ln 2 / beta, (n,)."""
    return np.asarray(np.log(2.0) / disposition_rates(bodies)[1])


def average_at_steady_state(bodies: Floats, available_mg_per_day: float) -> Floats:
    """Average concentration in ng/mL at steady state, (n,): dose rate over clearance."""
    per_hour = available_mg_per_day / 24.0
    return np.asarray(NG_PER_ML_PER_MG_PER_L * per_hour / bodies[:, Body.CLEARANCE])


def absorption_lags(people: People, schedule: Schedule) -> Floats:
    """Hour at which each dose begins to be absorbed, for each person, (n, doses)."""
    fasted = schedule.fasted.astype(bool)[np.newaxis, :]
    fed_lag = people.bodies[:, Body.LAG_FED][:, np.newaxis]
    fasted_lag = people.bodies[:, Body.LAG_FASTED][:, np.newaxis]
    return np.asarray(schedule.times_h + np.where(fasted, fasted_lag, fed_lag))
