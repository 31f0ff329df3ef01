"""How do a million people respond? The step of ``response``, compiled, one person at a time.

The equations and the method are those of :mod:`isovigil.forecast.response`. Here each person
walks through their own doses in scalars; decays at the nodes are kept for the few step lengths
that a regular history repeats, so the inner loop holds no exponential. People are independent, so
they run on all cores, and chance depends on seed, person and dose only, so cores and chunks
change nothing.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

from isovigil.forecast import chance, response
from isovigil.forecast.chance_compiled import LOOSE, compiled, meet_chance, mixed
from isovigil.forecast.doses import HOURS_PER_DAY, Schedule
from isovigil.forecast.exposure import exponentials
from isovigil.forecast.people import Body, People
from isovigil.forecast.response import Curve

Floats = NDArray[np.float64]

KEPT_LENGTHS = 4
REMEMBERED = 3
SAME_TERMS = 1e-7
NO_OCCUPANCY = (0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
# rows kept for each step length: decay of alpha, beta, ka fed, ka fasted; weights for G and for S
ROWS = 6
NODES, WEIGHTS = response.NODES, response.WEIGHTS
MOMENTS: Floats = NODES * WEIGHTS
NODE_COUNT = len(NODES)
KEPT_NUMBERS = 27
DOSE_CHANCE = response.DOSE_CHANCE
SAME_INSTANT_H, NO_DRUG = response.SAME_INSTANT_H, response.NO_DRUG
NEVER = 1e300


@compiled()
def _fill(table, kept, h, rates, k):  # type: ignore[no-untyped-def]  # numba infers
    """Everything of one step of ``h`` hours that does not depend on the state.

    ``table`` (ROWS, nodes): see ROWS. ``kept``: decays of the five terms (0-4), their areas
    (5-8), G and S (9-12), then decay and rate for M and I (13-16), decay and lag for L and N
    (17-20), the step in days (21), one over the
    loss of P and over the rate of I (22, 23), the lips' rates on and off (24, 25), the lips' decay (26).
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
    kept[26] = math.exp(-kept[25])
    for j in range(NODE_COUNT):
        x = NODES[j]
        for term in range(4):
            table[term, j] = math.exp(-rates[term] * h * x)
        decay_g = math.exp(-kg * (1.0 - x))
        decay_s = math.exp(-ks * (1.0 - x))
        table[4, j] = kg * decay_g * WEIGHTS[j]
        table[5, j] = kg * ks / (ks - kg) * (decay_g - decay_s) * WEIGHTS[j]


@compiled(fastmath=LOOSE)
def _occupancies(table, terms, k):  # type: ignore[no-untyped-def]  # numba infers
    """Weighted means of the occupancies over one step (see ``response._Walk._occupancies``).

    In place of the first moment of the lips' occupancy stands how late in the step it acts; for
    the sebum's both are given.
    """
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
    return e, 1.0 - e1 / e, e1, eg, es, k0, k1, i0, i1, o, 1.0 - o1 / o


@compiled(inline="always")
def _lost_share(x):  # type: ignore[no-untyped-def]  # numba infers
    """(1 - exp(-x)) / x for x from 0 to 0.3, by its series (error below 1e-9)."""
    return 1.0 - x / 2.0 * (
        1.0 - x / 3.0 * (1.0 - x / 4.0 * (1.0 - x / 5.0 * (1.0 - x / 6.0 * (1.0 - x / 7.0))))
    )


@compiled(inline="always")
def _raised(power, r, a):  # type: ignore[no-untyped-def]  # numba infers
    """``power`` times (1 + r) ** a for |r| below 0.03, by the binomial series (error below 1e-9)."""
    series = 1.0 + (a - 2.0) / 3.0 * r * (1.0 + (a - 3.0) / 4.0 * r)
    return power * (1.0 + a * r * (1.0 + (a - 1.0) / 2.0 * r * series))


@compiled(inline="always")
def _driven(state, first, last, decay, kh, per_kh, largest, zeroth, moment):  # type: ignore[no-untyped-def]  # numba infers
    rise = last - first
    drive = first + 0.5 * rise - largest * (first * zeroth + rise * moment)
    tilt = rise / 12.0 - largest * (first * (moment - 0.5 * zeroth) + rise * moment / 6.0)
    after = state * decay + (1.0 - decay) * (drive + kh * tilt)
    return after, drive - (after - state) * per_kh


@compiled(inline="always")
def _following(state, first, last, bend, decay, lagging):  # type: ignore[no-untyped-def]  # numba infers
    return state * decay + (first + bend) * (1.0 - decay) + (last - first) * (1.0 - lagging)


@compiled(inline="always")
def _advance_skin(y, k, kept, means):  # type: ignore[no-untyped-def]  # numba infers
    """The eight states after a step (see ``response._advanced``), then S**a and S**c."""
    p, g, s, m, i, lesions, nodules, lips, s_a, s_c = y
    e, late, e1, e_gland, e_sebum, k0, k1, i0, i1, o, o_late = means
    decay_g, decay_s, through, filled, days = kept[9], kept[10], kept[11], kept[12], kept[21]
    regrowth, loss = k[5] * days, k[4] * days
    fading, growing = regrowth + loss * e, 0.5 * regrowth + loss * e1
    new_p = p - p * fading * _lost_share(fading) + regrowth * (1.0 - growing * _lost_share(growing))
    p_mean = p + (new_p - p) * late
    eps = k[1]
    together = eps * ((p - new_p + regrowth * (1.0 - p_mean)) * kept[22] - p_mean * e)
    new_g = g * decay_g + p_mean * (1.0 - decay_g - eps * e_gland) - together * (1.0 - decay_g)
    new_s = s * decay_s + g * through + p_mean * (filled - eps * e_sebum) - together * filled

    r = new_s / s - 1.0
    if abs(r) < 0.03:
        new_a, new_c = _raised(s_a, r, k[15]), _raised(s_c, r, k[16])
    else:
        log_s = math.log(new_s)
        new_a, new_c = math.exp(k[15] * log_s), math.exp(k[16] * log_s)
    new_m, _ = _driven(m, s_a, new_a, kept[13], kept[14], 0.0, k[7], k0, k1)
    new_i, i_mean = _driven(i, m * s_c, new_m * new_c, kept[15], kept[16], kept[23], k[10], i0, i1)
    bend = i_mean - 0.5 * (i + new_i)
    return (
        new_p, new_g, new_s, new_m, new_i,
        _following(lesions, i, new_i, bend, kept[17], kept[18]),
        _following(nodules, i, new_i, bend, kept[19], kept[20]),
        _lips_after(lips, kept[24], kept[25], kept[26], o, o_late),
        new_a, new_c,
    )  # fmt: skip


@compiled(inline="always")
def _lips_after(lips, on, off, decay, o, late):  # type: ignore[no-untyped-def]  # numba infers
    extra = (on - off) * o
    held = _lost_share(extra)
    rest = off * (late - extra / 12.0) - off * off / 24.0
    stays = decay * (1.0 - extra * held)
    return lips * stays + on * o * held * (1.0 - rest * _lost_share(rest))


@compiled(inline="always")
def _equal_steps(gap, longest):  # type: ignore[no-untyped-def]  # numba infers
    """How many equal steps make up the gap, and how long each is."""
    if gap <= longest + 1e-6:
        return 1, gap
    steps = math.ceil(gap / longest - 1e-9)
    return steps, gap / steps


@compiled(inline="always")
def _longest_step_h(since):  # type: ignore[no-untyped-def]  # numba infers
    if since < 240.0:
        return 13.0
    return 48.0 if since < 1440.0 else 168.0


@compiled(inline="always")
def _slot_of(lengths, table, kept, next_slot, h, rates, k):  # type: ignore[no-untyped-def]  # numba infers
    """The slot that holds step length ``h``; the oldest is filled anew when none does."""
    for slot in range(KEPT_LENGTHS):
        if abs(lengths[slot] - h) < 1e-9:
            return slot, next_slot
    lengths[next_slot] = h
    _fill(table[next_slot], kept[next_slot], h, rates, k)
    return next_slot, (next_slot + 1) % KEPT_LENGTHS


@compiled(inline="always")
def _remembered(memory, terms, length, drug):  # type: ignore[no-untyped-def]  # numba infers
    """At steady state a step repeats: the entry in which the same step was done before, or -1.

    Two steps are the same when their length is and their terms agree to 1e-7 of the concentration.
    """
    for entry in range(REMEMBERED):
        if (
            abs(memory[entry, 1] - terms[0]) <= SAME_TERMS * drug
            and abs(memory[entry, 2] - terms[1]) <= SAME_TERMS * drug
            and abs(memory[entry, 3] - terms[2]) <= SAME_TERMS * drug
            and abs(memory[entry, 4] - terms[3]) <= SAME_TERMS * drug
            and memory[entry, 0] == length
        ):
            return entry
    return -1


@compiled(inline="always")
def _recalled(row):  # type: ignore[no-untyped-def]  # numba infers
    return (row[5], row[6], row[7], row[8], row[9], row[10], row[11], row[12], row[13], row[14], row[15])


@compiled(inline="always")
def _remember(memory, oldest, terms, length, means):  # type: ignore[no-untyped-def]  # numba infers
    row = memory[oldest]
    row[0] = length
    row[1], row[2], row[3], row[4] = terms[0], terms[1], terms[2], terms[3]
    row[5], row[6], row[7], row[8], row[9], row[10], row[11], row[12], row[13], row[14], row[15] = means
    return (oldest + 1) % REMEMBERED


@compiled(inline="always")
def _start_h(times, place, lag):  # type: ignore[no-untyped-def]  # numba infers
    """Hour at which a dose of one queue begins to be absorbed; NEVER after the last."""
    return times[place] + lag if place < times.shape[0] else NEVER


@compiled(inline="always")
def _size(terms):  # type: ignore[no-untyped-def]  # numba infers
    return abs(terms[0]) + abs(terms[1]) + abs(terms[2]) + abs(terms[3])


@compiled(inline="always")
def _swallowed(terms, gains, amount):  # type: ignore[no-untyped-def]  # numba infers
    """The terms once one dose begins to be absorbed."""
    t0, t1, t2, t3, t4 = terms
    return (
        t0 + gains[0] * amount, t1 + gains[1] * amount, t2 + gains[2] * amount,
        t3 + gains[3] * amount, t4 + gains[4] * amount,
    )  # fmt: skip


@compiled(inline="always")
def _decayed(terms, kept):  # type: ignore[no-untyped-def]  # numba infers
    """The terms after a step."""
    t0, t1, t2, t3, t4 = terms
    return t0 * kept[0], t1 * kept[1], t2 * kept[2], t3 * kept[3], t4 * kept[4]


@compiled(inline="always")
def _area(terms, kept):  # type: ignore[no-untyped-def]  # numba infers
    """The area under the concentration over a step, ng h/mL."""
    return terms[0] * kept[5] + terms[1] * kept[6] + terms[2] * kept[7] + terms[3] * kept[8]


@compiled(fastmath=LOOSE)
def _walk(out, out_h, rates, gains, formed, k, queues, lags, mg):  # type: ignore[no-untyped-def]  # numba infers
    """One person through all their doses (two sorted queues: fed, fasted) and output times."""
    y = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0)
    terms = (0.0, 0.0, 0.0, 0.0, 0.0)
    lengths = np.full(KEPT_LENGTHS, -1.0)
    table = np.empty((KEPT_LENGTHS, ROWS, NODE_COUNT))
    kept = np.empty((KEPT_LENGTHS, KEPT_NUMBERS))
    memory = np.zeros((REMEMBERED, 16))
    slot, next_slot, oldest = 0, 0, 0
    now, last_out, last_dose, area, drug = 0.0, 0.0, -1e9, 0.0, 0.0
    times_fed, times_fasted, which_fed, which_fasted = queues
    fed, fasted, time = 0, 0, 0
    fed_h, fasted_h = _start_h(times_fed, 0, lags[0]), _start_h(times_fasted, 0, lags[1])
    while time < out_h.shape[0]:
        dose_h = min(fed_h, fasted_h)
        gap = min(dose_h, out_h[time]) - now
        if gap > SAME_INSTANT_H:
            steps, h = _equal_steps(gap, _longest_step_h(now - last_dose))
            slot, next_slot = _slot_of(lengths, table, kept, next_slot, h, rates, k)
            for _ in range(steps):
                entry = _remembered(memory, terms, lengths[slot], drug)
                if drug <= NO_DRUG * k[8]:
                    means = NO_OCCUPANCY
                elif entry >= 0:
                    means = _recalled(memory[entry])
                else:
                    means = _occupancies(table[slot], terms, k)
                    oldest = _remember(memory, oldest, terms, lengths[slot], means)
                area += _area(terms, kept[slot])
                terms = _decayed(terms, kept[slot])
                drug = _size(terms)
                y = _advance_skin(y, k, kept[slot], means)
            now += gap
        if dose_h <= out_h[time]:
            if fed_h <= fasted_h:
                terms = _swallowed(terms, gains[0], mg[which_fed[fed]])
                fed += 1
                fed_h = _start_h(times_fed, fed, lags[0])
            else:
                terms = _swallowed(terms, gains[1], mg[which_fasted[fasted]])
                fasted += 1
                fasted_h = _start_h(times_fasted, fasted, lags[1])
            drug, last_dose = _size(terms), now
        else:
            _record(out, time, y, terms, formed, area, now - last_out)
            area, last_out = 0.0, now
            y = _with_exact_powers(y, k)
            time += 1


@compiled(inline="always")
def _with_exact_powers(y, k):  # type: ignore[no-untyped-def]  # numba infers
    """The same states with S**a and S**c afresh, so that their series never drift."""
    return (y[0], y[1], y[2], y[3], y[4], y[5], y[6], y[7], y[2] ** k[15], y[2] ** k[16])


@compiled()
def _record(out, time, y, terms, formed, area, length):  # type: ignore[no-untyped-def]  # numba infers
    c = terms[0] + terms[1] + terms[2] + terms[3]
    m = terms[0] * formed[0] + terms[1] * formed[1] + terms[2] * formed[2] + terms[3] * formed[3] + terms[4]
    out[time, 0], out[time, 1], out[time, 2], out[time, 3] = y[0], y[1], y[2], y[3]
    out[time, 4], out[time, 5], out[time, 6], out[time, 7] = y[4], y[5], y[6], y[7]
    out[time, 8] = c
    out[time, 9] = area / length if length > SAME_INSTANT_H else c
    out[time, 10] = m


@compiled(parallel=True)
def _walk_all(out, out_h, rates, gains, formed, skins, lags, spreads, queues, mg, like_fasted, chances):  # type: ignore[no-untyped-def]  # numba infers
    seed_key, numbers, adherence, occasion_spread = chances
    for index in numba.prange(skins.shape[0]):
        person = np.int64(index)
        own = np.empty(mg.shape[1])
        row = person if mg.shape[0] > 1 else 0
        for dose in range(mg.shape[1]):
            own[dose] = mg[row, dose] * spreads[person, like_fasted[dose]]
        key = mixed(seed_key + np.uint64(numbers[person]))
        meet_chance(own, key, adherence[person], occasion_spread[person])
        _walk(
            out[person], out_h, rates[person], gains[person], formed[person], skins[person], queues,
            lags[person], own,
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
    out = np.empty((n, len(out_days), len(Curve)))
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
