"""How much of the drug's full effect on the blood is acting on a given day?

The effect x follows the daily dose as a first-order lag:

    dx/dt = (target - x) / tau
    target = (dose * exposure * adherence / (weight * reference))^gamma

with tau = the onset time while the drug is taken and the offset time while it is not, so that a
constant dose gives x = target * (1 - exp(-t / onset)), and after stopping x decays with offset.
Because the equation is linear, x on any day is a weighted sum of the targets of the dose steps;
the weights depend on the days alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from isovigil.forecast.biomarkers.quadrature import Numbers
from isovigil.forecast.biomarkers.values import DoseStep


def steps_with_drug(steps: Sequence[DoseStep]) -> tuple[DoseStep, ...]:
    """The steps in which any drug is taken, in order of time."""
    taken = (step for step in steps if relative_amount(step) > 0.0)
    return tuple(sorted(taken, key=lambda step: step.from_day))


def relative_amount(step: DoseStep) -> float:
    """Milligrams a day that act: dose times share taken times relative exposure."""
    return step.daily_dose_mg * step.adherence * step.relative_exposure


def step_weights(steps: Sequence[DoseStep], days: Numbers, onset: float, offset: float) -> Numbers:
    """How much of each step's target acts on each day: array [days, steps], each row at most 1.

    With L(t) the accumulated time in units of tau, the step from s to e contributes on day t
    exp(-(L(t) - L(min(t, e)))) - exp(-(L(t) - L(min(t, s)))), the solution of the lag equation.
    ``steps`` come from `steps_with_drug`; times are in days.
    """
    if not steps:
        return np.zeros((len(days), 0))
    starts = np.array([step.from_day for step in steps])
    ends = np.array([np.inf if step.to_day is None else step.to_day for step in steps])
    last = float(max(days.max(), starts[-1])) + 1.0
    closed = np.minimum(ends, last)
    edges = np.empty(2 * len(steps) + 1)
    edges[0:-1:2], edges[1:-1:2], edges[-1] = starts, np.maximum(closed, starts), last + 1.0
    rates = np.empty(2 * len(steps))
    rates[0::2], rates[1::2] = 1.0 / onset, 1.0 / offset
    elapsed = np.concatenate(([0.0], np.cumsum(np.diff(edges) * rates)))
    at_day = np.interp(days, edges, elapsed)[:, None]
    until_end = at_day - np.minimum(at_day, elapsed[1:-1:2])
    until_start = at_day - np.minimum(at_day, elapsed[0:-1:2])
    weights: Numbers = np.exp(-until_end) - np.exp(-until_start)
    return weights


def targets(
    steps: Sequence[DoseStep], weight_kg: float, reference_dose: float, exponents: Numbers
) -> Numbers:
    """The effect each step would reach if it went on, per exponent: array [steps, exponents].

    ``reference_dose`` is in mg/kg/day; at it the target is 1 whatever the exponent.
    """
    amounts = np.array([relative_amount(step) for step in steps])
    ratios = amounts / (weight_kg * reference_dose)
    powers: Numbers = ratios[:, None] ** exponents
    return powers
