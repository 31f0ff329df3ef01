"""Are the forecasts honest on simulated people: do the intervals cover, do the chances come true?"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from isovigil.forecast.biomarkers.mixture import chance_below
from isovigil.forecast.biomarkers.quadrature import Numbers
from isovigil.forecast.biomarkers.simulation import (
    Forecaster,
    Simulated,
    Truth,
    posterior_draws,
    simulate,
)

_CHUNK: Final = 10_000
_DRAWS: Final = 99


class Reliability(NamedTuple):
    """How a forecast did against what happened next, over many simulated people."""

    people: int
    declined: int
    coverage_80: float
    coverage_95: float
    events_predicted: float
    events_observed: float
    likely_predicted: float
    likely_observed: float
    likely_people: int
    bins: tuple[tuple[float, float, int], ...]
    pit: Numbers


class Limits(NamedTuple):
    """The two thresholds reported on, and the support limits, all natural logs."""

    event: float
    likely: float
    baseline_support: float
    value_support: float


def forecast_everyone(
    forecaster: Forecaster, seen: Simulated, lags: Numbers, doses: Numbers, limits: Limits
) -> tuple[Numbers, Numbers, Numbers]:
    """Each person's predictive distribution at what happened, and chances of passing both limits."""
    parts: list[Numbers] = []
    for start in range(0, len(seen.y), _CHUNK):
        stop = start + _CHUNK
        belief = forecaster.beliefs(seen.y[start:stop], lags, doses)
        mixture = forecaster.next_values(belief, lags, doses)
        asked = [seen.following[start:stop, None]]
        asked += [np.full_like(asked[0], limit) for limit in (limits.event, limits.likely)]
        parts.append(np.hstack([chance_below(mixture, limit) for limit in asked]))
    together = np.concatenate(parts)
    return together[:, 0], 1.0 - together[:, 1], 1.0 - together[:, 2]


def reliability(
    forecaster: Forecaster,
    truth: Truth,
    lags: Numbers,
    doses: Numbers,
    limits: Limits,
    people: int,
    seed: int,
) -> Reliability:
    """Coverage, event rates and the reliability of stated chances when ``truth`` holds.

    People whom the shipped forecast declines (first value above the baseline limit, or any value
    above the value limit) are left out and counted.
    """
    seen = simulate(forecaster.model, forecaster.at, truth, lags, doses, people, seed)
    kept = (seen.y[:, 0] <= limits.baseline_support) & (seen.y <= limits.value_support).all(axis=1)
    inside = Simulated(*(part[kept] for part in seen))
    pit, event, likely = forecast_everyone(forecaster, inside, lags, doses, limits)
    happened = inside.following > limits.event
    passed = inside.following > limits.likely
    bold = likely >= 0.5
    return Reliability(
        people=int(kept.sum()),
        declined=int(people - kept.sum()),
        coverage_80=float(np.mean(np.abs(pit - 0.5) <= 0.4)),
        coverage_95=float(np.mean(np.abs(pit - 0.5) <= 0.475)),
        events_predicted=float(event.mean()),
        events_observed=float(happened.mean()),
        likely_predicted=float(likely[bold].mean()) if bold.any() else math.nan,
        likely_observed=float(passed[bold].mean()) if bold.any() else math.nan,
        likely_people=int(bold.sum()),
        bins=_binned(likely, passed),
        pit=pit,
    )


def _binned(chances: Numbers, passed: npt.NDArray[np.bool_]) -> tuple[tuple[float, float, int], ...]:
    """Stated against observed share in tenths of the stated chance, with the people in each."""
    tenth = np.minimum((chances * 10).astype(int), 9)
    rows = []
    for bin_ in range(10):
        inside = tenth == bin_
        if inside.any():
            rows.append((float(chances[inside].mean()), float(passed[inside].mean()), int(inside.sum())))
    return tuple(rows)


class Ranks(NamedTuple):
    """Ranks of the hidden baseline, slope and next value among posterior draws, 0 to 99."""

    baseline: Numbers
    slope: Numbers
    following: Numbers


def calibration_ranks(
    forecaster: Forecaster, truth: Truth, lags: Numbers, doses: Numbers, people: int, seed: int
) -> Ranks:
    """Simulation-based calibration (Talts et al. 2018): ranks are uniform when the update is right.

    The truth is drawn from the forecast's own priors, so any error in the closed form shows.
    """
    seen = simulate(forecaster.model, forecaster.at, truth, lags, doses, people, seed)
    ranks = []
    for start in range(0, people, _CHUNK):
        part = Simulated(*(values[start : start + _CHUNK] for values in seen))
        belief = forecaster.beliefs(part.y, lags, doses)
        level, slope = posterior_draws(belief, _DRAWS, seed + 1 + start)
        mixture = forecaster.next_values(belief, lags, doses)
        hidden = forecaster.mean + part.baseline
        ranks.append(
            np.stack(
                [
                    (level < hidden[:, None]).sum(axis=1),
                    (slope < part.slope[:, None]).sum(axis=1),
                    np.floor(chance_below(mixture, part.following[:, None])[:, 0] * (_DRAWS + 1)),
                ]
            )
        )
    together = np.concatenate(ranks, axis=1).astype(np.float64)
    return Ranks(*together)


def uniformity(ranks: Numbers, bins: int = 20) -> float:
    """Chi-square over its degrees of freedom of ranks 0 to 99: near 1 when they are uniform."""
    counts = np.histogram(ranks, bins=bins, range=(0, _DRAWS + 1))[0]
    expected = len(ranks) / bins
    return float(np.sum((counts - expected) ** 2) / expected / (bins - 1))
