"""How do a million people respond? The step of ``response``, compiled, one person at a time.

The equations and the method are those of :mod:`isovigil.forecast.response`. Here each person
walks through their own doses in scalars; decays at the nodes are kept for the few step lengths
that a regular history repeats, so the inner loop holds no exponential. People are independent, so
they run on all cores, and chance depends on seed, person and dose only, so cores and chunks
change nothing.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from isovigil.forecast import chance, response
from isovigil.forecast.doses import HOURS_PER_DAY, Schedule
from isovigil.forecast.exposure import exponentials
from isovigil.forecast.people import Body, People
from isovigil.forecast.response import Curve

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

KEPT_LENGTHS = 4
# rows kept for each step length: decay of alpha, beta, ka fed, ka fasted; weights for G and for S
ROWS = 6
NODES = response.NODES
WEIGHTS = response.WEIGHTS
MOMENTS: Floats = NODES * WEIGHTS
NODE_COUNT = len(NODES)
CURVES = len(Curve)
KEPT_NUMBERS = 26
# sums may be reordered and fused; infinities and NaN keep their meaning
LOOSE = {"reassoc", "contract", "arcp", "nsz"}
DOSE_CHANCE = response.DOSE_CHANCE
SAME_INSTANT_H = response.SAME_INSTANT_H
NO_DRUG = response.NO_DRUG
NEVER = 1e300
_A, _B, _C, _D, _TAIL = (
    chance.CENTRAL_TOP,
    chance.CENTRAL_BOTTOM,
    chance.TAIL_TOP,
    chance.TAIL_BOTTOM,
    chance.TAIL,
)


def _compiled(**options: Any) -> Any:
    """``numba.njit`` with its cache on disk where some folder is writable, else without."""

    def decorate(function: Any) -> Any:
        try:
            return numba.njit(cache=True, **options)(function)
        except RuntimeError:  # no folder to keep the cache in: a read-only install without a home
            return numba.njit(**options)(function)

    return decorate


@_compiled(inline="always")
def _mix(z):  # type: ignore[no-untyped-def]
    z = z + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@_compiled(inline="always")
def _uniform(person_key, column):  # type: ignore[no-untyped-def]
    bits = _mix(person_key + np.uint64(column))
    return (np.float64(bits >> np.uint64(11)) + 0.5) * 2.0**-53


@_compiled()
def _normal(p):  # type: ignore[no-untyped-def]
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


@_compiled()
def _fill(table, kept, h, rates, k):  # type: ignore[no-untyped-def]
    """Everything of one step of ``h`` hours that does not depend on the state.

    ``table`` (ROWS, nodes): see ROWS. ``kept``: decays of the five terms (0-4), their areas
    (5-8), G and S (9-12), then decay and rate for M and I (13-16), decay and lag for L and N
    (17-20), the step in days (21), one over the
    loss of P and over the rate of I (22, 23), the lips' rates on and off (24, 25).
    """
    days = h / HOURS_PER_DAY
    kg, ks = k[2] * days, k[3] * days
    for term in range(5):
        kept[term] = math.exp(-rates[term] * h)
    for term in range(4):
        kept[5 + term] = (1.0 - kept[term]) / rates[term]
    decay_g, decay_s = math.exp(-kg), math.exp(-ks)
    kept[9], kept[10] = decay_g, decay_s
    kept[11] = ks * (decay_g - decay_s) / (ks - kg)
    kept[12] = 1.0 - (ks * decay_g - kg * decay_s) / (ks - kg)
    kept[14], kept[16] = k[6] * days, k[9] * days
    kept[13], kept[15] = math.exp(-kept[14]), math.exp(-kept[16])
    for lesion in range(2):
        rate = k[12 + lesion] * days
        decay = math.exp(-rate)
        kept[17 + 2 * lesion] = decay
        kept[18 + 2 * lesion] = (1.0 - decay) / rate
    kept[21], kept[22], kept[23] = days, 1.0 / (k[4] * days), 1.0 / kept[16]
    kept[24], kept[25] = days / k[17], days / k[18]
    for j in range(NODE_COUNT):
        x = NODES[j]
        for term in range(4):
            table[term, j] = math.exp(-rates[term] * h * x)
        decay_g = math.exp(-kg * (1.0 - x))
        decay_s = math.exp(-ks * (1.0 - x))
        table[4, j] = kg * decay_g * WEIGHTS[j]
        table[5, j] = kg * ks / (ks - kg) * (decay_g - decay_s) * WEIGHTS[j]


@_compiled(fastmath=LOOSE)
def _occupancies(table, terms, k, means):  # type: ignore[no-untyped-def]
    """Weighted means of the occupancies over one step (see ``response._Walk._occupancies``)."""
    c0, c1, c2, c3 = terms[0], terms[1], terms[2], terms[3]
    half_s, half_k, half_i, half_l = k[0], k[8], k[11], k[14]
    e, e1, eg, es, k0, k1, i0, i1, o, o1 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for j in range(NODE_COUNT):
        c = c0 * table[0, j] + c1 * table[1, j] + c2 * table[2, j] + c3 * table[3, j]
        a_s, a_k, a_i, a_l = half_s + c, half_k + c, half_i + c, half_l + c
        sk, il = a_s * a_k, a_i * a_l
        share = c / (sk * il)  # one division gives all four occupancies
        by_s, by_k = share * a_k * il, share * a_s * il
        by_i, by_l = share * sk * a_l, share * sk * a_i
        w, wx = WEIGHTS[j], MOMENTS[j]
        e += w * by_s
        e1 += wx * by_s
        eg += table[4, j] * by_s
        es += table[5, j] * by_s
        k0 += w * by_k
        k1 += wx * by_k
        i0 += w * by_i
        i1 += wx * by_i
        o += w * by_l
        o1 += wx * by_l
    means[0], means[1], means[2], means[3], means[4] = e, e1, eg, es, k0
    means[5], means[6], means[7], means[8], means[9] = k1, i0, i1, o, o1


@_compiled(inline="always")
def _lost_share(x):  # type: ignore[no-untyped-def]
    """(1 - exp(-x)) / x for x from 0 to 0.3, by its series (error below 1e-9)."""
    return 1.0 - x / 2.0 * (
        1.0 - x / 3.0 * (1.0 - x / 4.0 * (1.0 - x / 5.0 * (1.0 - x / 6.0 * (1.0 - x / 7.0))))
    )


@_compiled(inline="always")
def _raised(power, r, exponent):  # type: ignore[no-untyped-def]
    """``power`` times (1 + r) ** exponent for small r, by the binomial series."""
    a = exponent
    tail = 1.0 + (a - 3.0) / 4.0 * r * (1.0 + (a - 4.0) / 5.0 * r * (1.0 + (a - 5.0) / 6.0 * r))
    return power * (1.0 + a * r * (1.0 + (a - 1.0) / 2.0 * r * (1.0 + (a - 2.0) / 3.0 * r * tail)))


@_compiled(inline="always")
def _driven(state, first, last, decay, kh, per_kh, largest, zeroth, moment):  # type: ignore[no-untyped-def]
    rise = last - first
    drive = first + 0.5 * rise - largest * (first * zeroth + rise * moment)
    tilt = rise / 12.0 - largest * (first * (moment - 0.5 * zeroth) + rise * moment / 6.0)
    after = state * decay + (1.0 - decay) * (drive + kh * tilt)
    return after, drive - (after - state) * per_kh


@_compiled(inline="always")
def _following(state, first, last, bend, decay, lagging):  # type: ignore[no-untyped-def]
    return state * decay + (first + bend) * (1.0 - decay) + (last - first) * (1.0 - lagging)


@_compiled(fastmath=LOOSE)
def _advance_skin(y, powers, k, kept, means):  # type: ignore[no-untyped-def]
    """The eight states after a step (see ``response._advanced``); ``powers`` keeps S**a, S**c."""
    e, e1, e_gland, e_sebum = means[0], means[1], means[2], means[3]
    o, o1 = means[8], means[9]
    decay_g, decay_s, through, filled, days = kept[9], kept[10], kept[11], kept[12], kept[21]
    p, g, s, m, i = y[0], y[1], y[2], y[3], y[4]
    regrowth, loss = k[5] * days, k[4] * days
    fading, growing = regrowth + loss * e, 0.5 * regrowth + loss * e1
    p1 = p - p * fading * _lost_share(fading) + regrowth * (1.0 - growing * _lost_share(growing))
    late = 1.0 - e1 / e if e > 0.0 else 0.5
    p_mean = p + (p1 - p) * late
    eps = k[1]
    together = eps * ((p - p1 + regrowth * (1.0 - p_mean)) * kept[22] - p_mean * e)
    g1 = g * decay_g + p_mean * (1.0 - decay_g - eps * e_gland) - together * (1.0 - decay_g)
    s1 = s * decay_s + g * through + p_mean * (filled - eps * e_sebum) - together * filled

    r = s1 / s - 1.0
    if abs(r) < 0.05:
        sa, sc = _raised(powers[0], r, k[15]), _raised(powers[1], r, k[16])
    else:
        log_s = math.log(s1)
        sa, sc = math.exp(k[15] * log_s), math.exp(k[16] * log_s)
    m1, _ = _driven(m, powers[0], sa, kept[13], kept[14], 0.0, k[7], means[4], means[5])
    i1, i_mean = _driven(i, m * powers[1], m1 * sc, kept[15], kept[16], kept[23], k[10], means[6], means[7])
    powers[0], powers[1] = sa, sc
    bend = i_mean - 0.5 * (i + i1)
    y[5] = _following(y[5], i, i1, bend, kept[17], kept[18])
    y[6] = _following(y[6], i, i1, bend, kept[19], kept[20])
    y[7] = _lips_after(y[7], kept[24], kept[25], o, o1)
    y[0], y[1], y[2], y[3], y[4] = p1, g1, s1, m1, i1


@_compiled(inline="always")
def _lips_after(lips, on, off, o, o1):  # type: ignore[no-untyped-def]
    extra = (on - off) * o
    held = _lost_share(extra)
    late = 1.0 - o1 / o if o > 0.0 else 1.0
    rest = off * (late - extra / 12.0) - off * off / 24.0
    stays = (1.0 - off * _lost_share(off)) * (1.0 - extra * held)
    return lips * stays + on * o * held * (1.0 - rest * _lost_share(rest))


@_compiled(inline="always")
def _longest_step_h(since):  # type: ignore[no-untyped-def]
    if since < 240.0:
        return 13.0
    return 48.0 if since < 1440.0 else 168.0


@_compiled(inline="always")
def _slot_of(lengths, table, kept, next_slot, h, rates, k):  # type: ignore[no-untyped-def]
    """The slot that holds step length ``h``; the oldest is filled anew when none does."""
    for slot in range(KEPT_LENGTHS):
        if abs(lengths[slot] - h) < 1e-9:
            return slot, next_slot
    lengths[next_slot] = h
    _fill(table[next_slot], kept[next_slot], h, rates, k)
    return next_slot, (next_slot + 1) % KEPT_LENGTHS


@_compiled(inline="always")
def _amount(mg, dose, chances):  # type: ignore[no-untyped-def]
    """Available mg of one dose after chance: missed or not, and its occasion."""
    person_key, adherence, occasion_spread = chances
    if adherence < 1.0 and _uniform(person_key, 2 * dose) >= adherence:
        return 0.0
    if occasion_spread > 0.0:
        return mg[dose] * math.exp(occasion_spread * _normal(_uniform(person_key, 2 * dose + 1)))
    return mg[dose]


@_compiled(inline="always")
def _next_dose(starts_h, upto, which):  # type: ignore[no-untyped-def]
    """Hour and queue (0 fed, 1 fasted) of the next dose to be absorbed."""
    dose_h, queue = NEVER, 0
    for q in range(2):
        if upto[q] < which[q].shape[0] and starts_h[q, upto[q]] < dose_h:
            dose_h, queue = starts_h[q, upto[q]], q
    return dose_h, queue


@_compiled(fastmath=LOOSE)
def _walk(out, out_h, rates, gains, formed, k, starts_h, mg, which, chances):  # type: ignore[no-untyped-def]
    """One person through all their doses (two sorted queues: fed, fasted) and output times."""
    y = np.ones(8)
    y[7] = 0.0
    powers = np.ones(2)
    terms = np.zeros(5)
    means = np.zeros(10)
    lengths = np.full(KEPT_LENGTHS, -1.0)
    table = np.empty((KEPT_LENGTHS, ROWS, NODE_COUNT))
    kept = np.empty((KEPT_LENGTHS, KEPT_NUMBERS))
    slot, next_slot = 0, 0
    now, last_out, last_dose, area, drug = 0.0, 0.0, -1e9, 0.0, 0.0
    upto = np.zeros(2, dtype=np.int64)
    time = 0
    while time < out_h.shape[0]:
        dose_h, queue = _next_dose(starts_h, upto, which)
        gap = min(dose_h, out_h[time]) - now
        if gap > SAME_INSTANT_H:
            steps = math.ceil(gap / _longest_step_h(now - last_dose) - 1e-9)
            h = gap / steps
            slot, next_slot = _slot_of(lengths, table, kept, next_slot, h, rates, k)
            for _ in range(steps):
                if drug > NO_DRUG * k[8]:
                    _occupancies(table[slot], terms, k, means)
                else:
                    means[:] = 0.0
                for term in range(4):
                    area += terms[term] * kept[slot, 5 + term]
                    terms[term] *= kept[slot, term]
                terms[4] *= kept[slot, 4]
                drug = abs(terms[0]) + abs(terms[1]) + abs(terms[2]) + abs(terms[3])
                _advance_skin(y, powers, k, kept[slot], means)
            now += gap
        if dose_h <= out_h[time]:
            dose = which[queue][upto[queue]]
            upto[queue] += 1
            amount = _amount(mg, dose, chances)
            if amount > 0.0:
                for term in range(5):
                    terms[term] += gains[queue, term] * amount
                drug = abs(terms[0]) + abs(terms[1]) + abs(terms[2]) + abs(terms[3])
                last_dose = now
        else:
            _record(out, time, y, terms, formed, area, now - last_out)
            area, last_out = 0.0, now
            powers[0], powers[1] = y[2] ** k[15], y[2] ** k[16]
            time += 1


@_compiled()
def _record(out, time, y, terms, formed, area, length):  # type: ignore[no-untyped-def]
    c, m = 0.0, terms[4]
    for term in range(4):
        c += terms[term]
        m += terms[term] * formed[term]
    for state in range(8):
        out[time, state] = y[state]
    out[time, 8] = c
    out[time, 9] = area / length if length > SAME_INSTANT_H else c
    out[time, 10] = m


@_compiled(parallel=True)
def _walk_all(out, out_h, rates, gains, formed, skins, lags, spreads, queues, mg, like_fasted, chances):  # type: ignore[no-untyped-def]
    times_fed, times_fasted, which_fed, which_fasted = queues
    seed_key, numbers, adherence, occasion_spread = chances
    n = skins.shape[0]
    longest = max(times_fed.shape[0], times_fasted.shape[0])
    for index in numba.prange(n):
        person = np.int64(index)
        starts = np.empty((2, longest))
        for dose in range(times_fed.shape[0]):
            starts[0, dose] = times_fed[dose] + lags[person, 0]
        for dose in range(times_fasted.shape[0]):
            starts[1, dose] = times_fasted[dose] + lags[person, 1]
        own = np.empty(mg.shape[1])
        row = person if mg.shape[0] > 1 else 0
        for dose in range(mg.shape[1]):
            own[dose] = mg[row, dose] * spreads[person, like_fasted[dose]]
        key = _mix(seed_key + np.uint64(numbers[person]))
        _walk(
            out[person], out_h, rates[person], gains[person], formed[person], skins[person], starts,
            own, (which_fed, which_fasted), (key, adherence[person], occasion_spread[person]),
        )  # fmt: skip


def simulate(
    people: People,
    schedule: Schedule,
    out_days: Floats,
    *,
    seed: int = 0,
    adherence: Floats | float = 1.0,
    occasion_spread: Floats | float = 0.0,
) -> Floats:
    """All curves of all people at ``out_days``, (n, times, 11).

    With ``adherence`` below 1 each dose is missed by chance; ``occasion_spread`` varies its
    availability. The same seed gives the same answer as ``response.simulate`` with
    ``response.taken_amounts``.
    """
    n = len(people)
    forms = [exponentials(people.bodies, fasted=False), exponentials(people.bodies, fasted=True)]
    rates = np.concatenate([forms[0].rates[:, :3], forms[1].rates[:, 2:]], axis=1)
    gains = np.stack([response.gains_per_mg(form, fasted) for fasted, form in enumerate(forms)], axis=1)
    km = people.bodies[:, Body.METABOLITE_RATE][:, np.newaxis]
    formed = people.bodies[:, Body.METABOLITE_RATIO][:, np.newaxis] * km / (km - rates[:, :4])
    fasted = schedule.fasted.astype(bool)
    which_fed, which_fasted = np.flatnonzero(~fasted), np.flatnonzero(fasted)
    seed_key = chance.mixed(np.array([(seed ^ DOSE_CHANCE) & 0xFFFFFFFFFFFFFFFF], dtype=np.uint64))[0]
    out = np.empty((n, len(out_days), CURVES))
    _walk_all(
        out, np.asarray(out_days, dtype=np.float64) * HOURS_PER_DAY, rates, gains, formed,
        np.ascontiguousarray(people.skins), np.stack([form.lag_h for form in forms], axis=1),
        np.ascontiguousarray(people.bodies[:, [Body.AVAILABILITY_FED, Body.AVAILABILITY_FASTED]]),
        (schedule.times_h[which_fed], schedule.times_h[which_fasted], which_fed, which_fasted),
        np.ascontiguousarray(schedule.available_mg), schedule.varies_like_fasted,
        (seed_key, people.numbers, _one_each(adherence, n), _one_each(occasion_spread, n)),
    )  # fmt: skip
    return out


def _one_each(value: Floats | float, people: int) -> Floats:
    """One number for each person."""
    return np.broadcast_to(np.asarray(value, dtype=np.float64), (people,)).copy()
