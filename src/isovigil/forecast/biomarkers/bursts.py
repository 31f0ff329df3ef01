"""When creatine kinase may have burst after exercise, which values were bursts?

At each visit, with probability p, the log value carries an extra N(m, s^2). Every value was
either at rest or a burst, so the belief is a mixture over patterns of rests and bursts; each
pattern is one hypothesis of the closed-form update. All patterns are kept while they are few;
beyond that the most probable are kept, value by value in order of time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from isovigil.forecast.biomarkers.evidence import Series
from isovigil.forecast.biomarkers.mixture import Mixture, moments
from isovigil.forecast.biomarkers.personal_update import Belief, Evidence, Prior, update
from isovigil.forecast.biomarkers.priors import PRIOR_SEXES, Model
from isovigil.forecast.biomarkers.quadrature import Numbers
from isovigil.forecast.biomarkers.values import Person

MOST_PATTERNS: Final = 32
_KNEE: Final = 2.0  # beyond this many SDs of a value at rest, bursts carry the tail
_LEAST: Final = 0.03
Patterns = npt.NDArray[np.bool_]


def burst_chances(model: Model, person: Person, sexes: Sequence[int]) -> Numbers:
    """The chance of a burst at a visit under each sex considered: [sexes].

    Bursts are modelled in men who exercise strenuously, as in the source studies; exercise that
    nobody recorded counts as strenuous.
    """
    possible = person.exercises_strenuously is not False
    male = PRIOR_SEXES.index("male")
    return np.array([model.burst_chance if possible and sex == male else 0.0 for sex in sexes])


def with_patterns(
    model: Model, prior: Prior, series: Series, x: Numbers, chances: Numbers
) -> tuple[Prior, Evidence, Numbers]:
    """Prior and evidence with one hypothesis per sex and pattern, and each one's burst chance.

    ``prior`` and ``series`` hold creatine kinase alone (B = 1). The last answer is [hypotheses].
    """
    count = series.y.shape[1]
    patterns = _all_patterns(min(count, MOST_PATTERNS.bit_length() - 1))
    for known in range(patterns.shape[1], count):
        grown = _one_longer(patterns)
        patterns = _most_probable(model, prior, series, x, chances, grown, known + 1)
    expanded, evidence = _hypotheses(model, prior, series, x, chances, patterns)
    return expanded, evidence, np.repeat(chances, len(patterns))


@cache
def _all_patterns(count: int) -> Patterns:
    """Every pattern of rests (False) and bursts (True) over ``count`` values."""
    patterns: Patterns = np.zeros((1, 0), dtype=np.bool_)
    for _ in range(count):
        patterns = _one_longer(patterns)
    return patterns


def _one_longer(patterns: Patterns) -> Patterns:
    """Each pattern followed by a rest, and by a burst."""
    grown = np.repeat(patterns, 2, axis=0)
    return np.column_stack([grown, np.tile(np.array([False, True]), len(patterns))])


def _hypotheses(
    model: Model, prior: Prior, series: Series, x: Numbers, chances: Numbers, patterns: Patterns
) -> tuple[Prior, Evidence]:
    """One hypothesis per sex and pattern, over the values that the patterns cover."""
    sexes, (many, count) = prior.mean.shape[1], patterns.shape
    bursts = patterns.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        on = np.where(bursts > 0, bursts * np.log(chances)[:, None], 0.0)
    off = (count - bursts) * np.log1p(-chances)[:, None]
    log_weight = prior.log_weight[0][:, None] + on + off
    y = series.y[0, :count] - model.burst_mean * patterns
    variance = 1.0 / series.precision[0, :count] + model.burst_sd**2 * patterns
    expanded = prior._replace(
        log_weight=log_weight.reshape(1, -1),
        mean=np.repeat(prior.mean, many, axis=1),
        baseline_sd=np.repeat(prior.baseline_sd, many, axis=1),
    )
    evidence = Evidence(
        y=np.tile(y, (sexes, 1))[None],
        precision=np.tile(1.0 / variance, (sexes, 1))[None],
        x=x[:, :, :count],
    )
    return expanded, evidence


def _most_probable(
    model: Model,
    prior: Prior,
    series: Series,
    x: Numbers,
    chances: Numbers,
    patterns: Patterns,
    count: int,
) -> Patterns:
    """The patterns of the first ``count`` values that those values make most probable."""
    expanded, evidence = _hypotheses(model, prior, series, x[:, :, :count], chances, patterns)
    belief = update(expanded, evidence, model.nodes)
    by_hypothesis = belief.weight.sum(axis=(2, 3)).reshape(-1, len(patterns)).sum(axis=0)
    keep = np.sort(np.argsort(-by_hypothesis, kind="stable")[:MOST_PATTERNS])
    return patterns[keep]


def with_next_burst(model: Model, mixture: Mixture, belief: Belief, chances: Numbers) -> Mixture:
    """The next value's mixture when it may itself be a burst; ``chances`` is [hypotheses]."""
    each = np.broadcast_to(chances[None, :, None, None], belief.weight.shape).reshape(1, 1, -1)
    weight = np.concatenate([mixture.weight * (1.0 - each), mixture.weight * each], axis=-1)
    mean = np.concatenate([mixture.mean, mixture.mean + model.burst_mean], axis=-1)
    wider = np.sqrt(mixture.sd**2 + model.burst_sd**2)
    return Mixture(weight, mean, np.concatenate([mixture.sd, wider], axis=-1))


def likely_quantiles(model: Model, at_rest: Mixture, chance: float, chances: tuple[float, ...]) -> Numbers:
    """Roughly where the quantiles lie when a value bursts with this chance: [1, T, Q].

    Low quantiles are those of a value at rest, of the share ``1 - chance``; high ones of a burst.
    """
    places = _rest_or_burst(round(chance, 3), chances)
    centre, sd = (part[:, :, None] for part in moments(at_rest))
    width = np.sqrt(sd * sd + model.burst_sd**2)
    rest, burst = centre + sd * places[0], centre + model.burst_mean + width * places[1]
    return np.where(np.isnan(places[0]), np.maximum(burst, centre + _KNEE * sd), rest)


@cache
def _rest_or_burst(chance: float, chances: tuple[float, ...]) -> tuple[Numbers, Numbers]:
    """For each chance its standard normal place at rest (NaN when a burst), and within a burst."""
    normal = NormalDist()
    resting, bursting = [], []
    for p in chances:
        at_rest, in_burst = p / (1.0 - chance), (p - 1.0 + chance) / max(chance, _LEAST)
        resting.append(normal.inv_cdf(at_rest) if at_rest < 1.0 - _LEAST else math.nan)
        bursting.append(normal.inv_cdf(min(max(in_burst, _LEAST), 1.0 - _LEAST)))
    return np.array(resting), np.array(bursting)


def burst_variance(model: Model, chance: float) -> float:
    """The log variance that a burst of this chance adds from visit to visit."""
    return chance * (model.burst_sd**2 + (1.0 - chance) * model.burst_mean**2)
