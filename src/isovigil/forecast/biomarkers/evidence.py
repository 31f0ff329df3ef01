"""How do one person's recorded facts become the arrays of the closed-form update?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from isovigil.case.units import canonical_value
from isovigil.forecast.biomarkers.drug_effect import step_weights, targets
from isovigil.forecast.biomarkers.personal_update import Evidence, Prior
from isovigil.forecast.biomarkers.priors import Model
from isovigil.forecast.biomarkers.quadrature import Numbers
from isovigil.forecast.biomarkers.values import Analyte, DoseStep, Measurement


class Reading(NamedTuple):
    """One usable earlier value in the model's unit; sorting them fixes one order of summation."""

    day: float
    value: float
    fasting: bool


def readings_of(measurements: Iterable[Measurement]) -> dict[Analyte, list[Reading]]:
    """The exact values of each analyte, oldest first. Censored values (`<5`) are left out."""
    found: dict[Analyte, list[Reading]] = {}
    for one in measurements:
        if one.comparator is None:
            value = canonical_value(one.analyte, one.value, one.unit)
            found.setdefault(one.analyte, []).append(Reading(one.day, value, one.fasting is True))
    for series in found.values():
        series.sort()
    return found


class Series(NamedTuple):
    """Readings of several analytes side by side, padded: arrays [analyte, J]."""

    y: Numbers
    precision: Numbers
    days: Numbers


def series_of(model: Model, places: Sequence[int], readings: Mapping[int, Sequence[Reading]]) -> Series:
    """Log values, precisions (0 where padded) and days for the analytes at ``places``."""
    longest = max((len(readings.get(at, ())) for at in places), default=0)
    shape = (len(places), longest)
    y, precision, days = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for row, at in enumerate(places):
        fasting, not_fasting = model.within_fasting[at], model.within_not_fasting[at]
        for column, one in enumerate(readings.get(at, ())):
            y[row, column] = math.log(one.value)
            precision[row, column] = (fasting if one.fasting else not_fasting) ** -2
            days[row, column] = one.day
    return Series(y, precision, days)


def drug_effects(
    model: Model,
    places: Sequence[int],
    steps: Sequence[DoseStep],
    weight_kg: float,
    days: Numbers,
) -> Numbers:
    """The drug effect x of each analyte on its days [analyte, D]: array [analyte, G, D].

    ``steps`` come from `steps_with_drug`.
    """
    exponents = model.nodes.exponents
    x = np.zeros((len(places), days.shape[1], len(exponents)))
    if not steps:
        return np.moveaxis(x, 1, 2)
    aims = targets(steps, weight_kg, model.reference_dose, exponents)
    rows_by_speed: dict[tuple[float, float], list[int]] = {}
    for row, at in enumerate(places):
        rows_by_speed.setdefault((model.onset[at], model.offset[at]), []).append(row)
    for (onset, offset), rows in rows_by_speed.items():
        weights = step_weights(steps, days[rows].ravel(), onset, offset)
        x[rows] = (weights @ aims).reshape(len(rows), days.shape[1], len(exponents))
    return np.moveaxis(x, 1, 2)


def prior_of(model: Model, places: Sequence[int], mean: Numbers, sd: Numbers) -> Prior:
    """The prior of the analytes at ``places``; ``mean`` and ``sd`` are [analyte, hypotheses]."""
    at = list(places)
    hypotheses = mean.shape[1]
    return Prior(
        log_weight=np.full((len(at), hypotheses), -math.log(hypotheses)),
        mean=mean[at],
        baseline_sd=sd[at],
        effect=model.effect[at],
        effect_sd=model.effect_sd[at],
        effect_doubt=model.effect_doubt[at],
    )


def evidence_of(series: Series, x: Numbers) -> Evidence:
    """The evidence of a series without bursts: one hypothesis of the values for all."""
    return Evidence(y=series.y[:, None, :], precision=series.precision[:, None, :], x=x)


def distance_from_expected(prior: Prior, evidence: Evidence, exponent_weights: Numbers) -> Numbers:
    """How many standard deviations each value lies from what the model expects: [analyte, J].

    The expectation is the population's at that visit, before any of the person's own values;
    with several hypotheses the nearest counts. Padded places are 0.
    """
    x = np.einsum("bgj,g->bj", evidence.x, exponent_weights)[:, None, :]
    slope_variance = (prior.effect_sd**2 + prior.effect_doubt**2)[:, None, None]
    counts = evidence.precision > 0.0
    noise = 1.0 / np.where(counts, evidence.precision, 1.0)
    variance = prior.baseline_sd[:, :, None] ** 2 + x * x * slope_variance + noise
    away = evidence.y - prior.mean[:, :, None] - prior.effect[:, None, None] * x
    distance = np.where(counts, np.abs(away) / np.sqrt(variance), 0.0)
    nearest: Numbers = distance.min(axis=1)
    return nearest
