"""What would a trial of these plans show in a population of virtual people?

Every person has their own weight, sex, lesion counts, adherence, body and skin. A person's numbers
depend on the seed and the person's number only, so a trial repeats exactly, in any chunking and on
any number of cores. Arms hold different people, as in a parallel-group trial, unless the same
people are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from isovigil.forecast import chance, response_compiled
from isovigil.forecast.course import INTENDED_USE, dry_lips_probability
from isovigil.forecast.doses import HOURS_PER_DAY, schedule_of
from isovigil.forecast.parameters import Reading, Source, hash_of, load
from isovigil.forecast.people import People, independent_people
from isovigil.forecast.plan_text import Plan
from isovigil.forecast.relapse import Definition, months_to_relapse
from isovigil.forecast.response import Curve
from isovigil.forecast.trial_summary import ArmSummary, TrialOutcomes, summarised_arm

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

CHUNK = 8192
TRAIT_SEED = 0x7EA17
TRAITS = 9
VISIT_WEEKS = (4, 8, 12, 16, 20, 24, 52, 104)
MONTHS_PER_DAY = 12.0 / 365.25


class Arm(msgspec.Struct, frozen=True):
    """One arm: its name and the plan its people are given."""

    label: str
    plan: Plan


class TrialResult(msgspec.Struct, frozen=True):
    """The summary of every arm, with what is needed to repeat the trial."""

    arms: tuple[ArmSummary, ...]
    people_per_arm: int
    seed: int
    same_people: bool
    visit_weeks: tuple[int, ...]
    parameter_hash: str
    citations: tuple[Source, ...]
    assumptions: tuple[str, ...]
    intended_use: str = INTENDED_USE


class TrialRefused(ValueError):
    """The trial cannot be run; every reason is listed."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("No trial: " + "; ".join(problems))


class Traits(msgspec.Struct, frozen=True):
    """Who the people of a chunk are: kg, sex, adherence, counts before treatment, all (n,)."""

    weight_kg: Floats
    female: NDArray[np.bool_]
    adherence: Floats
    comedones: Floats
    inflammatory: Floats
    nodules: Floats
    relapse_draw: Floats


def run_trial(
    arms: Sequence[Arm],
    people: int,
    seed: int,
    *,
    same_people: bool = False,
    visit_weeks: tuple[int, ...] = VISIT_WEEKS,
    progress: Callable[[int], None] | None = None,
) -> TrialResult:
    """Give ``people`` virtual people to each arm and summarise them as a paper would.

    ``progress`` is called with the number of people just finished. Memory grows by about 200 bytes
    a person. Raises TrialRefused naming every impossible argument.
    """
    problems = [] if arms else ["there is no arm"]
    if people < 2:
        problems.append(f"{people} people in an arm; a summary needs at least 2")
    labels = [arm.label for arm in arms]
    problems += [
        f"two arms are called {label!r}" for label in sorted({x for x in labels if labels.count(x) > 1})
    ]
    if problems:
        raise TrialRefused(problems)
    readings = {name: Reading(load(name)) for name in ("exposure", "response", "relapse", "population")}
    summaries = []
    for number, arm in enumerate(arms):
        first = 0 if same_people else number * people
        outcomes = TrialOutcomes.empty(people, len(visit_weeks))
        for start in range(0, people, CHUNK):
            size = min(CHUNK, people - start)
            _run_chunk(arm, readings, outcomes, (first, start, size), seed, visit_weeks)
            if progress is not None:
                progress(size)
        summaries.append(summarised_arm(arm.label, arm.plan.text, outcomes, visit_weeks))
    return TrialResult(
        arms=tuple(summaries),
        people_per_arm=people,
        seed=seed,
        same_people=same_people,
        visit_weeks=visit_weeks,
        parameter_hash=hash_of(*(reading.parameters for reading in readings.values())),
        citations=tuple(dict.fromkeys(c for r in readings.values() for c in r.citations())),
        assumptions=(
            "weights, sexes, lesion counts and adherence of the people are assumed",
            "counts at a visit are each person's expected count",
            "no one leaves the trial",
            *dict.fromkeys(said for arm in arms for said in arm.plan.assumptions),
        ),
    )


def traits_of(reading: Reading, seed: int, numbers: NDArray[np.int64]) -> Traits:
    """The people with these numbers."""
    draws = chance.uniforms(seed ^ TRAIT_SEED, numbers, TRAITS)
    female = draws[:, 0] < reading.value("share_female")
    z = chance.inverse_normal(draws[:, 1])
    weights = [
        found.value * np.exp(found.spread * z)
        for found in (reading.parameter("weight_female"), reading.parameter("weight_male"))
    ]
    bounds = reading.parameter("weight_male")
    weight = np.clip(np.where(female, weights[0], weights[1]), bounds.low, bounds.high)
    taking = reading.parameter("adherence")
    odds = taking.value / (1 - taking.value) * np.exp(taking.spread * chance.inverse_normal(draws[:, 2]))
    size = reading.value("count_dispersion")
    counts = [
        np.maximum(1.0, _counts(reading.value(f"baseline_{kind}"), size, draws[:, 3 + place]))
        for place, kind in enumerate(("comedones", "inflammatory", "nodules"))
    ]
    return Traits(weight, female, odds / (1 + odds), counts[0], counts[1], counts[2], draws[:, 8])


def _counts(mean: float, size: float, uniforms: Floats) -> Floats:
    """Negative binomial counts with the given mean and size, by inversion of the distribution."""
    chance_of_none = (size / (size + mean)) ** size
    terms = [chance_of_none]
    for k in range(1, round(20 * mean) + 50):
        terms.append(terms[-1] * (k - 1 + size) / k * mean / (size + mean))
    return np.searchsorted(np.cumsum(terms), uniforms).astype(np.float64)


def _run_chunk(
    arm: Arm,
    readings: dict[str, Reading],
    outcomes: TrialOutcomes,
    where: tuple[int, int, int],
    seed: int,
    visit_weeks: tuple[int, ...],
) -> None:
    """Simulate one chunk of one arm and keep what the summary needs."""
    first, start, size = where
    numbers = np.arange(first + start, first + start + size, dtype=np.int64)
    traits = traits_of(readings["population"], seed, numbers)
    weight = np.rint(traits.weight_kg)  # doses by weight are written for whole kilograms
    people = independent_people(
        readings["exposure"], readings["response"], weight, seed, first_person=first + start
    )
    by_weight = any(step.per_kg or step.until_mg_per_kg is not None for step in arm.plan.steps)
    classes = np.unique(weight).tolist() if by_weight else [70.0]
    days = np.array([7.0 * week for week in visit_weeks])
    spread = readings["exposure"].value("availability_spread_between_occasions")
    swallowed, last_day = np.empty(size), np.empty(size)
    rows = outcomes.rows(start, size)
    for kilograms in classes:
        chosen = np.flatnonzero(weight == kilograms) if by_weight else np.arange(size)
        doses = arm.plan.doses(kilograms)
        group = People(people.bodies[chosen], people.skins[chosen], people.numbers[chosen])
        found = response_compiled.simulate(
            group, schedule_of(doses, readings["exposure"]), days,
            seed=seed, adherence=traits.adherence[chosen], occasion_spread=spread,
        )  # fmt: skip
        swallowed[chosen] = doses.cumulative_mg() * traits.adherence[chosen]
        last_day[chosen] = doses.doses[-1].at_h / HOURS_PER_DAY if doses.doses else 0.0
        rows.keep(
            chosen,
            found[:, :, [Curve.SEBUM, Curve.COMEDONES, Curve.INFLAMMATORY, Curve.NODULES]],
            found[:, :, Curve.AVERAGE],
            dry_lips_probability(found[:, :, Curve.LIPS], readings["response"]),
        )
    per_kg = swallowed / weight
    relapse = last_day * MONTHS_PER_DAY + months_to_relapse(
        readings["relapse"], per_kg, traits.female, traits.relapse_draw, Definition.SYSTEMIC_THERAPY
    )
    rows.keep_people(traits, per_kg, last_day, relapse)
