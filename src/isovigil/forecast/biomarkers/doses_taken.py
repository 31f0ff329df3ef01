"""Which stretches of constant daily dose do the swallowed capsules amount to?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from isovigil.forecast.biomarkers.priors import published
from isovigil.forecast.biomarkers.values import DoseStep
from isovigil.forecast.doses import HOURS_PER_DAY, Dose, DoseHistory, Meal, Product, availability
from isovigil.forecast.parameters import Reading, load


def dose_steps_of(
    history: DoseHistory, adherence: float = 1.0, adherence_from_day: float = 0.0
) -> tuple[DoseStep, ...]:
    """The dose steps of a history of single doses, days counted from its clock.

    A day's capsules last until the next day with any, so that 20 mg on alternate days is 10 mg a
    day; a gap longer than a regimen's is a pause. Exposure is relative to how the patients of the
    source studies took the drug, as the published parameters state it. ``adherence`` (0 to 1)
    applies from ``adherence_from_day`` on.
    """
    days = _amounts_by_day(history.doses)
    lasts = _how_long_each_lasts([day for day, _, _ in days])
    steps: list[DoseStep] = []
    for (day, mg, exposure), length in zip(days, lasts, strict=True):
        share = adherence if day >= adherence_from_day else 1.0
        one = DoseStep(float(day), float(day + length), mg / length, share, exposure)
        if steps and _continues(steps[-1], one):
            one = DoseStep(steps[-1].from_day, one.to_day, *_constant(one))
            steps.pop()
        steps.append(one)
    return tuple(steps)


def _amounts_by_day(doses: Iterable[Dose]) -> list[tuple[int, float, float]]:
    """Each day with capsules, its milligrams, and its exposure per mg relative to usual intake."""
    reading = Reading(load("exposure"))
    usual = published().tables["usual_intake"]
    reference = availability(reading, Product(usual["product"]), Meal(usual["meal"]))
    amounts: dict[int, tuple[float, float]] = {}
    for dose in doses:
        if dose.mg > 0.0:
            day = int(dose.at_h // HOURS_PER_DAY)
            per_mg = availability(reading, dose.product, dose.meal) / reference
            mg, acting = amounts.get(day, (0.0, 0.0))
            amounts[day] = (mg + dose.mg, acting + dose.mg * per_mg)
    return [(day, mg, acting / mg) for day, (mg, acting) in sorted(amounts.items())]


def _how_long_each_lasts(days: Sequence[int]) -> list[int]:
    """Days until the next day with capsules; after a regimen's last, as long as the one before."""
    longest = published().value("longest_dose_spacing")
    gaps = np.diff(days).tolist()
    lasts: list[int] = []
    for place in range(len(days)):
        gap = gaps[place] if place < len(gaps) else None
        if gap is None or gap > longest:
            gap = lasts[-1] if lasts and gaps[place - 1] <= longest else 1
        lasts.append(gap)
    return lasts


def _constant(step: DoseStep) -> tuple[float, float, float]:
    """What must stay the same for two steps to be one."""
    return step.daily_dose_mg, step.adherence, step.relative_exposure


def _continues(before: DoseStep, after: DoseStep) -> bool:
    """Whether ``after`` goes on where ``before`` ends, at the same dose taken the same way."""
    return before.to_day == after.from_day and np.allclose(_constant(before), _constant(after))
