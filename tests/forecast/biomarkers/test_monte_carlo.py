"""Does brute force agree with the closed form to a thousandth?

Each test draws parameters and people from the priors, weighs them by how well they explain the
values seen, and asks the survivors for the next value. Nothing of the closed form is used.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from isovigil.forecast.biomarkers import DoseStep, Person
from isovigil.forecast.biomarkers.drug_effect import steps_with_drug
from isovigil.forecast.biomarkers.evidence import Reading
from isovigil.forecast.biomarkers.mixture import chance_below
from isovigil.forecast.biomarkers.prediction import predict
from isovigil.forecast.biomarkers.priors import Model, model, place, published
from isovigil.forecast.biomarkers.quadrature import Numbers
from isovigil.forecast.biomarkers.values import Analyte
from tests.profiles import how_many

DRAWS = how_many(quick=3_000_000, nightly=8_000_000)
SQRT_2 = math.sqrt(2.0)


def normal_above(z: Numbers) -> Numbers:
    """The upper tail of the standard normal, by a route of its own."""
    from scipy.special import erfc

    tail: Numbers = 0.5 * erfc(z / SQRT_2)
    return tail


def truncated(name: str, draw: np.random.Generator) -> Numbers:
    """Draws of one uncertain parameter inside its bounds."""
    it = published()[name]
    values = it.value + it.uncertainty * draw.standard_normal(DRAWS)
    outside = (values < it.low) | (values > it.high)
    while outside.any():
        values[outside] = it.value + it.uncertainty * draw.standard_normal(int(outside.sum()))
        outside = (values < it.low) | (values > it.high)
    return values


def drawn_people(
    which: Model, at: int, sexes: list[int], draw: np.random.Generator
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Sex, level mu + b, slope theta + g and dose exponent of simulated people aged 20 to 24."""
    sex = draw.choice(sexes, DRAWS)
    rho = truncated("baseline_effect_correlation", draw)
    own = draw.standard_normal(DRAWS)
    level = which.baseline_mean[at, sex, 1] + which.baseline_sd[at, sex, 1] * own
    slope = which.effect[at] + which.effect_doubt[at] * draw.standard_normal(DRAWS)
    apart = np.sqrt(1.0 - rho**2) * draw.standard_normal(DRAWS)
    slope += which.effect_sd[at] * (rho * own + apart)
    return sex, level, slope, truncated("dose_exponent", draw)


def closed_form(
    person: Person, steps: tuple[DoseStep, ...], analyte: Analyte, seen: list[Reading], limits: list[float]
) -> list[float]:
    """The forecast's own chances of passing the limits on day 60, unrounded."""
    days = np.array([60.0])
    (one,) = predict(model(), person, steps_with_drug(steps), {analyte: seen}, [analyte], days, fasting=True)
    return [1.0 - float(chance_below(one.mixture, np.array([[math.log(c)]]))[0, 0]) for c in limits]


def agree(chances: list[float], weight: Numbers, passing: list[Numbers]) -> None:
    """Brute force must itself be sure to a quarter of a thousandth, and agree to a thousandth."""
    weight = weight / weight.sum()
    for chance, each in zip(chances, passing, strict=True):
        brute = float(weight @ each)
        error = math.sqrt(float(weight**2 @ (each - brute) ** 2))
        assert error < 4e-4, f"the brute force is only sure to {error:.1e}; draw more"
        assert chance == pytest.approx(brute, abs=1e-3)


HALF_THEN_FULL = (DoseStep(0.0, 30.0, 24.0), DoseStep(30.0, None, 48.0))
"""0.4 mg/kg for 30 days, then 0.8 mg/kg, at 60 kg: the exponent matters."""


def effects_on_day_30_and_60(exponent: Numbers) -> tuple[Numbers, Numbers]:
    """The lag equation by hand: half the reference dose to day 30, the reference dose after."""
    first = 0.5**exponent * (1.0 - math.exp(-30.0 / 21.0))
    return first, 1.0 + (first - 1.0) * math.exp(-30.0 / 21.0)


def test_triglycerides_of_a_woman_with_a_baseline_and_a_value_on_half_dose():
    which, at = model(), place("triglycerides")
    draw = np.random.default_rng(20)
    _, level, slope, exponent = drawn_people(which, at, [0], draw)
    x30, x60 = effects_on_day_30_and_60(exponent)
    s0, s30 = 0.23, 0.34  # the second sample was not fasting
    weight = np.exp(-0.5 * ((math.log(84.0) - level) / s0) ** 2)
    weight *= np.exp(-0.5 * ((math.log(180.0) - level - slope * x30) / s30) ** 2)
    limits = [120.0, 150.0, 200.0, 300.0]
    passing = [normal_above((math.log(c) - level - slope * x60) / 0.23) for c in limits]
    woman = Person(22.0, "female", 60.0, (), exercises_strenuously=False)
    seen = [Reading(-1.0, 84.0, fasting=True), Reading(30.0, 180.0, fasting=False)]
    agree(closed_form(woman, HALF_THEN_FULL, "triglycerides", seen, limits), weight, passing)


def test_hdl_of_somebody_of_unrecorded_sex():
    which, at = model(), place("hdl")
    draw = np.random.default_rng(21)
    _, level, slope, exponent = drawn_people(which, at, [0, 1], draw)
    _, x60 = effects_on_day_30_and_60(exponent)
    weight = np.exp(-0.5 * ((math.log(41.0) - level) / 0.08) ** 2)
    limits = [32.0, 36.0, 40.0]
    passing = [normal_above((math.log(c) - level - slope * x60) / 0.08) for c in limits]
    person = Person(22.0, None, 60.0, (), exercises_strenuously=False)
    seen = [Reading(-1.0, 41.0, fasting=True)]
    agree(closed_form(person, HALF_THEN_FULL, "hdl", seen, limits), weight, passing)


def test_creatine_kinase_of_a_man_who_exercises_with_one_value_that_may_be_a_burst():
    which, at = model(), place("ck")
    draw = np.random.default_rng(22)
    _, level, slope, exponent = drawn_people(which, at, [1], draw)
    x30, x60 = effects_on_day_30_and_60(exponent)
    rest, burst = 0.15, math.hypot(0.15, 0.8)

    def density(away: Numbers, sd: float) -> Numbers:
        found: Numbers = np.exp(-0.5 * (away / sd) ** 2) / sd
        return found

    weight = np.ones(DRAWS)
    for value, x in ((160.0, 0.0), (420.0, x30)):
        away = math.log(value) - level - slope * x
        weight *= 0.9 * density(away, rest) + 0.1 * density(away - 1.3, burst)
    limits = [200.0, 400.0, 1000.0]
    passing = []
    for limit in limits:
        away = math.log(limit) - level - slope * x60
        passing.append(0.9 * normal_above(away / rest) + 0.1 * normal_above((away - 1.3) / burst))
    runner = Person(22.0, "male", 60.0, (), exercises_strenuously=True)
    seen = [Reading(-1.0, 160.0, fasting=False), Reading(30.0, 420.0, fasting=False)]
    agree(closed_form(runner, HALF_THEN_FULL, "ck", seen, limits), weight, passing)
