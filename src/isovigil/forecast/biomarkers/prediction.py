"""Which distribution will this person's next log values have?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from isovigil.forecast.biomarkers import bursts
from isovigil.forecast.biomarkers.evidence import (
    Reading,
    Series,
    distance_from_expected,
    drug_effects,
    evidence_of,
    prior_of,
    series_of,
)
from isovigil.forecast.biomarkers.mixture import Mixture, days_of, moments, quantiles
from isovigil.forecast.biomarkers.personal_update import (
    Prior,
    model_variance,
    next_value,
    update,
)
from isovigil.forecast.biomarkers.priors import Model, baseline_of, place, sexes_considered
from isovigil.forecast.biomarkers.quadrature import Numbers
from isovigil.forecast.biomarkers.values import Analyte, DoseStep, Person

_FITS_THE_CACHE: Final = 16_000  # numbers; larger temporaries cost more per day, not less


class Prediction(NamedTuple):
    """The next log values of several analytes on T days, and how surprising the past was."""

    places: tuple[int, ...]
    mixture: Mixture
    x: Numbers  # [analyte, T], drug effect averaged over the dose exponent
    noise: Numbers  # [analyte], log variance from visit to visit
    model: Numbers  # [analyte, T], log variance from uncertain parameters
    distances: Numbers  # [analyte, J]
    touched_by_drug: bool
    at_rest: Mixture | None  # of creatine kinase, when the next value may be a burst
    burst_chance: float

    def bands(self, which: Model, chances: tuple[float, ...]) -> Numbers:
        """The values not exceeded with each of ``chances``: [analyte, T, chances]."""
        people, days, components = self.mixture.mean.shape
        block = max(1, _FITS_THE_CACHE // (people * components * len(chances)))
        parts = []
        for first in range(0, days, block):
            some = slice(first, first + block)
            start = None
            if self.at_rest is not None:
                at_rest = days_of(self.at_rest, some)
                start = bursts.likely_quantiles(which, at_rest, self.burst_chance, chances)
            parts.append(quantiles(days_of(self.mixture, some), chances, start))
        return np.exp(parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1))

    def shares(self) -> Numbers:
        """Visit to visit, between people and model, as shares of the first day's log variance."""
        total = moments(self.mixture)[1][:, 0] ** 2
        visits, doubt = self.noise / total, self.model[:, 0] / total
        return np.stack([visits, np.maximum(0.0, 1.0 - visits - doubt), doubt], axis=-1)


def predict(
    model: Model,
    person: Person,
    steps: tuple[DoseStep, ...],
    readings: Mapping[Analyte, Sequence[Reading]],
    analytes: Sequence[Analyte],
    days: Numbers,
    fasting: bool,
) -> list[Prediction]:
    """The predictions on ``days``: analytes without bursts together, creatine kinase alone.

    The person's age and weight are known and ``steps`` come from `steps_with_drug`.
    """
    if person.age_years is None or person.weight_kg is None:
        raise ValueError("Age and weight are needed; ask the support check first.")
    sexes = sexes_considered(person.sex)
    chances = bursts.burst_chances(model, person, sexes)
    mean, sd = baseline_of(model, person.age_years, sexes)
    by_place = {place(analyte): series for analyte, series in readings.items()}
    places = tuple(sorted({place(analyte) for analyte in analytes}))
    series = series_of(model, places, by_place)
    asked = np.broadcast_to(days, (len(places), len(days)))
    all_days = np.concatenate([series.days, asked], axis=1)
    x = drug_effects(model, places, steps, person.weight_kg, all_days)
    within = model.within_fasting if fasting else model.within_not_fasting
    predictions = []
    for rows, bursting in _groups(places, bool(chances.any())):
        group = places[rows]
        longest = max(len(by_place.get(at, ())) for at in group)
        predictions.append(
            _predict_group(
                model,
                group,
                prior_of(model, group, mean, sd),
                Series(*(part[rows, :longest] for part in series)),
                np.concatenate([x[rows, :, :longest], x[rows, :, -len(days) :]], axis=-1),
                within[list(group)] ** 2,
                chances if bursting else None,
            )
        )
    return predictions


def _groups(places: tuple[int, ...], bursts_possible: bool) -> list[tuple[slice, bool]]:
    """Which of the analytes share one update, and whether bursts are possible in it.

    Creatine kinase comes last among the analytes, so both groups are slices.
    """
    count = len(places)
    if not bursts_possible or place("ck") not in places:
        return [(slice(0, count), False)]
    quiet, muscle = (slice(0, count - 1), False), (slice(count - 1, count), True)
    return [quiet, muscle] if count > 1 else [muscle]


def _predict_group(
    model: Model,
    group: tuple[int, ...],
    prior: Prior,
    series: Series,
    x: Numbers,
    noise: Numbers,
    chances: Numbers | None,
) -> Prediction:
    """Update on the series, then look ahead to the days that follow it in ``x``."""
    count = series.days.shape[1]
    before, ahead = x[:, :, :count], x[:, :, count:]
    if chances is None:
        evidence = evidence_of(series, before)
        each = chances
    else:
        prior, evidence, each = bursts.with_patterns(model, prior, series, before, chances)
    weights = model.nodes.exponent_weights
    distances = distance_from_expected(prior, evidence, weights)
    belief = update(prior, evidence, model.nodes)
    mixture = next_value(belief, ahead, noise)
    doubt = model_variance(belief, ahead, mixture)
    at_rest, chance = None, 0.0
    if each is not None:
        at_rest, chance = mixture, float(belief.weight.sum(axis=(2, 3))[0] @ each)
        noise = noise + bursts.burst_variance(model, chance)
        mixture = bursts.with_next_burst(model, mixture, belief, each)
    return Prediction(
        places=group,
        mixture=mixture,
        x=np.einsum("bgt,g->bt", ahead, weights),
        noise=noise,
        model=doubt,
        distances=distances,
        touched_by_drug=bool(np.any(x > 0.0)),
        at_rest=at_rest,
        burst_chance=chance,
    )
