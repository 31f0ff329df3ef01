"""What does the drug do to sebum, glands, comedones, bacteria, inflammation, lesions and lips?

Seven slow states, all 1 before treatment, driven by the concentration C of isotretinoin in ng/mL
(4-oxo is carried as an output; oral tretinoin and 9-cis did not lower sebum)::

    E_s = C / (EC50_s + C)                                  occupancy
    P'  = k_r (1 - P) - k_d E_s P                           gland capacity: lost slowly, regrown in years
    G'  = k_G (P (1 - eps E_s) - G)                         gland size
    S'  = k_S (G - S)                                       sebum excretion
    M'  = k_M (S^a (1 - E_k C / (EC50_k + C)) - M)          keratinisation: microcomedones, comedones
    I'  = k_I (M S^c (1 - E_i C / (EC50_i + C)) - I)        inflammatory drive
    L'  = k_L (I - L);   N' = k_N (I - N)                   papules and pustules; nodules
    log10 C. acnes = baseline + 2 log10 S                   cheek only
    Q'  = O (1 - Q) / t_on - (1 - O) Q / t_off              lips, with O = C / (EC50_q + C)

Two time scales are needed: one turnover pool cannot be 90% down at twelve weeks and still 36%
down a year after stopping. The effects are integrated over the concentration inside every dosing
interval, because they are concave: a daily mean would bias them.

Method: between two doses C is a sum of exponentials, so the weighted means of each occupancy are
taken with Gauss-Legendre nodes crowded towards the dose, and each state advances by its exact
exponential. This module is the readable form over arrays of people; ``response_compiled`` is the
same step for populations, and a test holds the two together.
"""

from __future__ import annotations

import enum

import numpy as np
from numpy.typing import NDArray

from isovigil.forecast import chance
from isovigil.forecast.doses import HOURS_PER_DAY, Schedule
from isovigil.forecast.exposure import Exponentials, exponentials, personal_amounts
from isovigil.forecast.people import Body, People, Skin

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


class Curve(enum.IntEnum):
    """What is recorded at each output time. The first eight are the model's states."""

    CAPACITY = 0
    GLAND = 1
    SEBUM = 2
    COMEDONES = 3
    INFLAMMATION = 4
    INFLAMMATORY = 5
    NODULES = 6
    LIPS = 7
    CONCENTRATION = 8
    AVERAGE = 9
    METABOLITE = 10


STATES = 8
START = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0)

NODE_COUNT = 8
_u, _w = np.polynomial.legendre.leggauss(NODE_COUNT)
_u = 0.5 * (_u + 1.0)
# x = u**2 crowds the nodes towards the dose, where absorption makes the concentration steep
NODES: Floats = _u**2
WEIGHTS: Floats = _w * _u

DOSE_CHANCE = 0x5EED_D05E
SAME_INSTANT_H = 1e-6
NO_DRUG = 1e-7  # of the half-effect concentration


def longest_step_h(since_dose_h: float) -> float:
    """The longest step: half a day under treatment, two days in the weeks after, then a week.

    Against the equations the largest error of any normalised state is then below 2e-4 after
    treatment and below 3e-5 during it.
    """
    if since_dose_h < 240.0:
        return 13.0
    return 48.0 if since_dose_h < 1440.0 else 168.0


def taken_amounts(
    people: People, schedule: Schedule, seed: int, adherence: Floats, occasion_spread: Floats | float
) -> Floats:
    """Available mg really absorbed per person and dose, (n, doses).

    Each dose is swallowed with probability ``adherence`` (n,), and its availability varies from
    occasion to occasion by ``occasion_spread`` (natural log, one number or one a person). Chance
    depends on seed, person's number and dose only.
    """
    amounts = personal_amounts(people, schedule)
    doses = amounts.shape[1]
    spread = np.broadcast_to(np.asarray(occasion_spread, dtype=np.float64), (len(people),))
    if not spread.any() and bool(np.all(adherence >= 1.0)):
        return amounts
    draws = chance.uniforms(seed ^ DOSE_CHANCE, people.numbers, 2 * doses)
    swallowed = draws[:, 0::2] < adherence[:, np.newaxis]
    occasion = np.exp(spread[:, np.newaxis] * chance.inverse_normal(draws[:, 1::2]))
    return np.asarray(amounts * swallowed * occasion)


def simulate(people: People, schedule: Schedule, out_days: Floats, amounts: Floats | None = None) -> Floats:
    """All curves of all people at ``out_days``, (n, times, 11).

    ``amounts`` (n, doses) replaces the available milligrams (see :func:`taken_amounts`).
    """
    walk = _Walk(people, schedule, personal_amounts(people, schedule) if amounts is None else amounts)
    return walk.through(np.asarray(out_days, dtype=np.float64) * HOURS_PER_DAY)


class _Walk:
    """One pass over time for many people; every person has their own absorption times."""

    def __init__(self, people: People, schedule: Schedule, amounts: Floats) -> None:
        self.skins = people.skins
        n = len(people)
        forms = [exponentials(people.bodies, fasted=False), exponentials(people.bodies, fasted=True)]
        # rates: alpha, beta, ka fed, ka fasted, kM
        self.rates = np.concatenate([forms[0].rates[:, :3], forms[1].rates[:, 2:]], axis=1)
        self.gains = [gains_per_mg(form, fasted) for fasted, form in enumerate(forms)]
        km = people.bodies[:, Body.METABOLITE_RATE][:, np.newaxis]
        ratio = people.bodies[:, Body.METABOLITE_RATIO][:, np.newaxis]
        self.formed = ratio * km / (km - self.rates[:, :4])
        self.terms = np.zeros((n, 5))
        self.y = np.tile(np.array(START), (n, 1))
        self.area = np.zeros(n)
        self.dry = True
        fasted_doses = schedule.fasted.astype(bool)
        lag = np.where(fasted_doses, forms[1].lag_h[:, np.newaxis], forms[0].lag_h[:, np.newaxis])
        starts = schedule.times_h + lag
        order = np.argsort(starts, axis=1, kind="stable")
        self.starts = np.take_along_axis(starts, order, axis=1)
        self.amounts = np.take_along_axis(np.broadcast_to(amounts, starts.shape), order, axis=1)
        self.fasted = fasted_doses[order]

    def through(self, out_h: Floats) -> Floats:
        """Advance to each hour in ``out_h`` and record the curves, (n, times, 11)."""
        n, times = len(self.skins), len(out_h)
        out = np.empty((n, times, len(Curve)))
        is_dose = np.concatenate([np.ones_like(self.starts), np.zeros((n, times))], axis=1).astype(bool)
        at = np.concatenate([self.starts, np.broadcast_to(out_h, (n, times))], axis=1)
        order = np.argsort(at, axis=1, kind="stable")
        which = np.where(order < self.starts.shape[1], order, order - self.starts.shape[1])
        is_dose = np.take_along_axis(is_dose, order, axis=1)
        at = np.take_along_axis(at, order, axis=1)
        now, last_out = np.zeros(n), np.zeros(n)
        last_dose = np.full(n, -1e9)
        rows = np.arange(n)
        for k in range(at.shape[1]):
            if bool((at[:, k] > out_h[-1]).all()):
                break
            until = np.minimum(at[:, k], out_h[-1])
            self._advance(until - now, float((now - last_dose).min()))
            now = until
            doses = is_dose[:, k]
            if doses.any():
                chosen = rows[doses]
                self._swallow(chosen, which[chosen, k])
                last_dose[chosen] = now[chosen]
            if not doses.all():
                chosen = rows[~doses]
                self._record(out, chosen, which[chosen, k], now - last_out)
                last_out[chosen] = now[chosen]
        return out

    def _swallow(self, chosen: NDArray[np.int64], dose: NDArray[np.int64]) -> None:
        """Begin absorbing one dose for each chosen person."""
        fasted = self.fasted[chosen, dose][:, np.newaxis]
        gains = np.where(fasted, self.gains[1][chosen], self.gains[0][chosen])
        self.terms[chosen] += gains * self.amounts[chosen, dose][:, np.newaxis]
        self.dry = False

    def _record(self, out: Floats, chosen: NDArray[np.int64], time: NDArray[np.int64], since: Floats) -> None:
        """Write the curves of the chosen people at their output time and restart their average."""
        terms = self.terms[chosen]
        out[chosen, time, :STATES] = self.y[chosen]
        concentration = terms[:, :4].sum(axis=1)
        out[chosen, time, Curve.CONCENTRATION] = concentration
        length = since[chosen]
        out[chosen, time, Curve.AVERAGE] = np.where(
            length > SAME_INSTANT_H, self.area[chosen] / np.maximum(length, SAME_INSTANT_H), concentration
        )
        out[chosen, time, Curve.METABOLITE] = (terms[:, :4] * self.formed[chosen]).sum(axis=1) + terms[:, 4]
        self.area[chosen] = 0.0

    def _advance(self, gap_h: Floats, since_dose_h: float) -> None:
        """Advance everyone by their own gap, in equal steps no longer than the longest allowed."""
        longest = float(gap_h.max())
        if longest <= SAME_INSTANT_H:
            return
        steps = int(np.ceil(longest / longest_step_h(since_dose_h) - 1e-9))
        for _ in range(steps):
            self._step(gap_h / steps)

    def _step(self, h: Floats) -> None:
        """One exponential step of ``h`` hours (n,) for every state."""
        decay = np.exp(-self.rates * h[:, np.newaxis])
        self.area += (self.terms[:, :4] * (1.0 - decay[:, :4]) / self.rates[:, :4]).sum(axis=1)
        days = h / HOURS_PER_DAY
        k = self.skins.T
        gland, sebum = k[Skin.RATE_GLAND], k[Skin.RATE_SEBUM]
        gone = bool((np.abs(self.terms[:, :4]).sum(axis=1) < NO_DRUG * k[Skin.HALF_KERATIN]).all())
        means = _NO_OCCUPANCY if gone else self._occupancies(h, gland * days, sebum * days)
        self.y = _advanced(self.y, k, days, means)
        self.terms *= decay

    def _occupancies(self, h: Floats, gland: Floats, sebum: Floats) -> tuple[Floats, ...]:
        """Weighted means of the occupancies over the step (see :func:`_advanced`)."""
        k = self.skins
        hours = h[:, np.newaxis] * NODES
        c = np.zeros_like(hours)
        for term in range(4):
            if self.terms[:, term].any():
                c += self.terms[:, term : term + 1] * np.exp(-self.rates[:, term : term + 1] * hours)
        e_s = c / (k[:, Skin.HALF_SEBUM, np.newaxis] + c)
        e_k = c / (k[:, Skin.HALF_KERATIN, np.newaxis] + c)
        e_i = c / (k[:, Skin.HALF_INFLAMMATION, np.newaxis] + c)
        lips = c / (k[:, Skin.HALF_LIPS, np.newaxis] + c)
        left = 1.0 - NODES
        decay_g = np.exp(-gland[:, np.newaxis] * left)
        decay_s = np.exp(-sebum[:, np.newaxis] * left)
        to_gland = gland[:, np.newaxis] * decay_g * WEIGHTS
        to_sebum = (gland * sebum / (sebum - gland))[:, np.newaxis] * (decay_g - decay_s) * WEIGHTS
        moments = np.stack([WEIGHTS, NODES * WEIGHTS])
        # einsum and not @: threads of a linear algebra library cost more than these sums
        e, e1 = np.einsum("nj,mj->mn", e_s, moments)
        k0, k1 = np.einsum("nj,mj->mn", e_k, moments)
        i0, i1 = np.einsum("nj,mj->mn", e_i, moments)
        o, o1 = np.einsum("nj,mj->mn", lips, moments)
        return e, e1, (e_s * to_gland).sum(axis=1), (e_s * to_sebum).sum(axis=1), k0, k1, i0, i1, o, o1


_NO_OCCUPANCY: tuple[Floats, ...] = (np.zeros(1),) * 10


def gains_per_mg(form: Exponentials, fasted: int) -> Floats:
    """What one available mg adds to the five running terms (ng/mL), (n, 5)."""
    gains = np.zeros((len(form.lag_h), 5))
    gains[:, :2] = form.parent[:, :2]
    gains[:, 2 + fasted] = form.parent[:, 2]
    gains[:, 4] = form.metabolite[:, 3]
    return gains


def _advanced(y: Floats, k: Floats, days: Floats, means: tuple[Floats, ...]) -> Floats:
    """The eight states after a step of ``days``, given the weighted mean occupancies.

    Each mean occupancy comes with its first moment (the mean of x times it, x from 0 to 1 through
    the step), so that what a state does inside the step is right to second order:

    - P is exact in its loss; the mean of E P over the step follows from the equation of P itself.
    - G and S use the exact response of their chain to the occupancy.
    - M and I follow (linear in time) times (1 - effect), weighted by 1 + k h (x - 1/2).
    - L and N follow I, whose mean over the step follows from the equation of I itself.
    """
    e, e1, e_gland, e_sebum, k0, k1, i0, i1, o, o1 = means
    p, g, s, m, i, lesions, nodules, lips = y.T
    regrowth, loss = k[Skin.RATE_REGROWTH] * days, k[Skin.RATE_LOSS] * days
    p1 = p * np.exp(-regrowth - loss * e) + regrowth * np.exp(-0.5 * regrowth - loss * e1)
    late = np.where(e > 0.0, 1.0 - e1 / np.where(e > 0.0, e, 1.0), 0.5)
    p_mean = p + (p1 - p) * late
    together = (p - p1 + regrowth * (1.0 - p_mean)) / loss - p_mean * e

    kg, ks, eps = k[Skin.RATE_GLAND], k[Skin.RATE_SEBUM], k[Skin.LARGEST_SEBUM]
    decay_g, decay_s = np.exp(-kg * days), np.exp(-ks * days)
    g1 = g * decay_g + p_mean * (1.0 - decay_g - eps * e_gland) - eps * together * (1.0 - decay_g)
    through = ks * (decay_g - decay_s) / (ks - kg)
    filled = 1.0 - (ks * decay_g - kg * decay_s) / (ks - kg)
    s1 = s * decay_s + g * through + p_mean * (filled - eps * e_sebum) - eps * together * filled

    a, c = k[Skin.EXPONENT_COMEDO], k[Skin.EXPONENT_INFLAMMATION]
    m1, _ = _driven(m, s**a, s1**a, k[Skin.RATE_COMEDONES] * days, (k[Skin.LARGEST_KERATIN], k0, k1))
    kh = k[Skin.RATE_INFLAMMATION] * days
    new_i, i_mean = _driven(i, m * s**c, m1 * s1**c, kh, (k[Skin.LARGEST_INFLAMMATION], i0, i1))
    bend = i_mean - 0.5 * (i + new_i)
    return np.stack([
        p1, g1, s1, m1, new_i,
        _following(lesions, (i, new_i, bend), k[Skin.RATE_LESIONS] * days),
        _following(nodules, (i, new_i, bend), k[Skin.RATE_NODULES] * days),
        _lips_after(lips, days / k[Skin.LIPS_ON], days / k[Skin.LIPS_OFF], o, o1),
    ], axis=1)  # fmt: skip


def _driven(
    state: Floats, first: Floats, last: Floats, kh: Floats, effect: tuple[Floats, ...]
) -> tuple[Floats, Floats]:
    """A state following (first..last) x (1 - largest x occupancy) at rate kh, and its mean."""
    largest, zeroth, moment = effect
    rise = last - first
    drive = first + 0.5 * rise - largest * (first * zeroth + rise * moment)
    tilt = rise / 12.0 - largest * (first * (moment - 0.5 * zeroth) + rise * moment / 6.0)
    decay = np.exp(-kh)
    after = state * decay + (1.0 - decay) * (drive + kh * tilt)
    return after, drive - (after - state) / kh


def _following(state: Floats, led: tuple[Floats, Floats, Floats], kh: Floats) -> Floats:
    """A state following ``led`` (first, last, and how far its mean is off the straight line)."""
    first, last, bend = led
    decay = np.exp(-kh)
    lagging = (1.0 - decay) / kh
    return state * decay + (first + bend) * (1.0 - decay) + (last - first) * (1.0 - lagging)


def _lips_after(lips: Floats, on: Floats, off: Floats, o: Floats, o1: Floats) -> Floats:
    """Q after a step: exact in the part of its rate that follows the occupancy, else second order."""
    extra = (on - off) * o
    held = np.where(np.abs(extra) > 1e-12, -np.expm1(-extra) / np.where(extra == 0.0, 1.0, extra), 1.0)
    late = 1.0 - np.where(o > 0.0, o1 / np.where(o > 0.0, o, 1.0), 0.0)
    rest = off * (late - extra / 12.0) - off * off / 24.0
    return np.asarray(lips * np.exp(-off - extra) + on * o * held * np.exp(-rest))
