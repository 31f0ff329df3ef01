"""How does a paper summarise the people of one arm?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from isovigil.forecast.virtual_trial import Traits

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

DAYS_PER_MONTH = 365.25 / 12.0
CLEAR_BELOW = 0.1


class Summary(msgspec.Struct, frozen=True):
    """Mean, standard deviation, median and quartiles of one quantity."""

    mean: float
    sd: float
    median: float
    lower_quartile: float
    upper_quartile: float


class VisitSummary(msgspec.Struct, frozen=True):
    """One visit of one arm. Reductions are percent from baseline, shares are of people."""

    week: int
    still_treated: float
    exposure: Summary
    sebum_reduction: Summary
    comedone_reduction: Summary
    inflammatory_reduction: Summary
    nodule_reduction: Summary
    lesions_left: Summary
    ninety_percent_clear: float
    dry_lips: float


class ArmSummary(msgspec.Struct, frozen=True):
    """One arm: who took part, what happened at each visit, and how many relapsed."""

    label: str
    plan: str
    people: int
    female: float
    weight_kg: Summary
    adherence: Summary
    comedones: Summary
    inflammatory: Summary
    nodules: Summary
    treatment_days: Summary
    cumulative_mg_per_kg: Summary
    visits: tuple[VisitSummary, ...]
    relapse_12_months: float
    relapse_24_months: float


class TrialOutcomes:
    """What is kept of every person, in single precision: about 200 bytes each."""

    STATES = ("sebum", "comedones", "inflammatory", "nodules")
    PERSONAL = (
        "weight",
        "female",
        "adherence",
        "comedones",
        "inflammatory",
        "nodules",
        "per_kg",
        "days",
        "relapse",
    )

    def __init__(self, states: Singles, exposure: Singles, lips: Singles, personal: Singles) -> None:
        self.states, self.exposure, self.lips, self.personal = states, exposure, lips, personal

    @classmethod
    def empty(cls, people: int, visits: int) -> TrialOutcomes:
        """Room for ``people`` people and ``visits`` visits."""
        return cls(
            np.empty((people, visits, len(cls.STATES)), dtype=np.float32),
            np.empty((people, visits), dtype=np.float32),
            np.empty((people, visits), dtype=np.float32),
            np.empty((people, len(cls.PERSONAL)), dtype=np.float32),
        )

    def rows(self, start: int, size: int) -> TrialOutcomes:
        """A view of ``size`` people from ``start`` on; writing to it writes here."""
        end = start + size
        return TrialOutcomes(
            self.states[start:end], self.exposure[start:end], self.lips[start:end], self.personal[start:end]
        )

    def keep(self, chosen: NDArray[np.int64], states: Floats, exposure: Floats, lips: Floats) -> None:
        """Keep the curves of the chosen people at every visit."""
        self.states[chosen], self.exposure[chosen], self.lips[chosen] = states, exposure, lips

    def keep_people(self, traits: Traits, per_kg: Floats, days: Floats, relapse_months: Floats) -> None:
        """Keep who the people are, what they swallowed, and when (months from the start) they relapse."""
        columns = (
            traits.weight_kg, traits.female, traits.adherence, traits.comedones, traits.inflammatory,
            traits.nodules, per_kg, days, relapse_months,
        )  # fmt: skip
        for place, column in enumerate(columns):
            self.personal[:, place] = column

    def of(self, name: str) -> Singles:
        """One personal quantity of everyone, (people,)."""
        return np.asarray(self.personal[:, self.PERSONAL.index(name)])


def summarised_arm(
    label: str, plan: str, outcomes: TrialOutcomes, visit_weeks: tuple[int, ...]
) -> ArmSummary:
    """The tables of one arm."""
    since_end = outcomes.of("relapse") - outcomes.of("days") / DAYS_PER_MONTH
    return ArmSummary(
        label=label,
        plan=plan,
        people=len(outcomes.personal),
        female=float(outcomes.of("female").mean()),
        weight_kg=summary(outcomes.of("weight")),
        adherence=summary(outcomes.of("adherence")),
        comedones=summary(outcomes.of("comedones")),
        inflammatory=summary(outcomes.of("inflammatory")),
        nodules=summary(outcomes.of("nodules")),
        treatment_days=summary(outcomes.of("days")),
        cumulative_mg_per_kg=summary(outcomes.of("per_kg")),
        visits=tuple(_visit(outcomes, place, week) for place, week in enumerate(visit_weeks)),
        relapse_12_months=float((since_end <= 12.0).mean()),
        relapse_24_months=float((since_end <= 24.0).mean()),
    )


def _visit(outcomes: TrialOutcomes, place: int, week: int) -> VisitSummary:
    states = outcomes.states[:, place]
    reductions = 100.0 * (1.0 - states)
    left = states[:, 2] * outcomes.of("inflammatory") + states[:, 3] * outcomes.of("nodules")
    before = outcomes.of("inflammatory") + outcomes.of("nodules")
    return VisitSummary(
        week=week,
        still_treated=float((outcomes.of("days") >= 7.0 * week).mean()),
        exposure=summary(outcomes.exposure[:, place]),
        sebum_reduction=summary(reductions[:, 0]),
        comedone_reduction=summary(reductions[:, 1]),
        inflammatory_reduction=summary(reductions[:, 2]),
        nodule_reduction=summary(reductions[:, 3]),
        lesions_left=summary(left),
        ninety_percent_clear=float((left <= CLEAR_BELOW * before).mean()),
        dry_lips=float(outcomes.lips[:, place].mean()),
    )


def summary(values: Singles) -> Summary:
    """Mean, SD, median and quartiles."""
    wide = values.astype(np.float64)
    quartiles = np.percentile(wide, (25, 50, 75)).tolist()
    return Summary(float(wide.mean()), float(wide.std(ddof=1)), quartiles[1], quartiles[0], quartiles[2])
