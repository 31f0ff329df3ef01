"""What would a treated group show, if the model is true?

A group is integrated over, not sampled: people over a grid of baseline and response, parameters
over their averaging nodes. Everything is deterministic.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from isovigil.forecast.biomarkers.mixture import normal_below
from isovigil.forecast.biomarkers.priors import Model
from isovigil.forecast.biomarkers.quadrature import Numbers, averaging_nodes

_PEOPLE_NODES: Final = 40
_DOUBT_NODES: Final = 5
_FAR: Final = 40.0


class Group(NamedTuple):
    """People with one baseline distribution: its ln median, its SD and its share of the cohort."""

    share: float
    mean: float
    sd: float


class Cohort(NamedTuple):
    """A cohort as weighted points: ln level before the drug and slope on the drug effect.

    Sums are numpy's own: a product of vectors this long would wake a linear algebra library's threads.
    """

    weight: Numbers
    level: Numbers
    slope: Numbers
    within: float

    def above(self, ln_limit: float, x: float) -> Numbers:
        """Each point's chance of a value above the limit at drug effect ``x``."""
        centre = self.level + self.slope * x
        return normal_below((centre - ln_limit) / self.within)

    def share_above(self, limit: float, x: float) -> float:
        """The share of values above ``limit`` at drug effect ``x``."""
        return float((self.weight * self.above(math.log(limit), x)).sum())

    def share_ever_above(self, limit: float, effects: Sequence[float]) -> float:
        """The share of people with any value above ``limit`` over the visits."""
        return float((self.weight * (1.0 - self._never(math.log(limit), effects))).sum())

    def share_newly_above(self, limit: float, effects: Sequence[float]) -> float:
        """Of those not above ``limit`` before the drug, the share ever above it on the drug."""
        normal = self.weight * (1.0 - self.above(math.log(limit), 0.0))
        ever = 1.0 - self._never(math.log(limit), effects)
        return float((normal * ever).sum() / normal.sum())

    def mean(self, x: float) -> float:
        """The arithmetic mean of the values at drug effect ``x``."""
        centre = self.level + self.slope * x + 0.5 * self.within**2
        return float((self.weight * np.exp(centre)).sum())

    def _never(self, ln_limit: float, effects: Sequence[float]) -> Numbers:
        """Each point's chance of no value above the limit at any of the visits."""
        never = np.ones_like(self.level)
        for x in effects:
            never = never * (1.0 - self.above(ln_limit, x))
        return never


def cohort_of(model: Model, at: int, groups: Sequence[Group]) -> Cohort:
    """The cohort of these groups for the analyte at ``at``, fasting, as the model is shipped.

    The typical effect is averaged over its doubt and the correlation of baseline and response
    over its nodes.
    """
    z, mass = averaging_nodes(0.0, 1.0, -_FAR, _FAR, _PEOPLE_NODES)
    doubt, doubt_mass = averaging_nodes(0.0, 1.0, -_FAR, _FAR, _DOUBT_NODES)
    effects = model.effect[at] + model.effect_doubt[at] * doubt
    rho = model.nodes.correlations[:, None, None, None]
    apart = np.sqrt(1.0 - rho**2)
    own = model.effect_sd[at] * (rho * z[:, None] + apart * z)
    slope = own + effects[:, None, None]
    known = model.nodes.correlation_weights[:, None, None, None] * doubt_mass[:, None, None]
    weight = np.broadcast_to(known * mass[:, None] * mass, slope.shape)
    parts = [
        (group.share * weight, np.broadcast_to(group.mean + group.sd * z[:, None], slope.shape), slope)
        for group in groups
    ]
    points, level, slopes = (np.concatenate([part[i].ravel() for part in parts]) for i in range(3))
    return Cohort(points, level, slopes, within=float(model.within_fasting[at]))
