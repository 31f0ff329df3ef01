"""Does the closed form agree with the differential equations, and keep the laws of mass?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isovigil.forecast.doses import Dose, DoseHistory, Meal, Product, schedule_of
from isovigil.forecast.exposure import average_at_steady_state, exponentials, exposure_at, half_life_h
from isovigil.forecast.parameters import Reading, load
from isovigil.forecast.people import Body, People, independent_people, kept_apart, typical_people
from tests.forecast import reference

EXPOSURE = Reading(load("exposure"))
RESPONSE = Reading(load("response"))


def some_people(number: int, seed: int = 7) -> People:
    return independent_people(EXPOSURE, RESPONSE, np.linspace(45.0, 105.0, number), seed)


IRREGULAR = DoseHistory.of([
    Dose(0.0, 40), Dose(11.0, 20, Meal.FASTED), Dose(25.5, 40, Meal.STANDARD), Dose(25.5, 20),
    Dose(61.0, 80, Meal.FASTED), Dose(96.0, 16, Meal.FASTED, Product.MICRONISED),
    Dose(110.0, 40, Meal.FASTED, Product.LIDOSE),
])  # fmt: skip


def test_the_closed_form_agrees_with_the_equations_to_one_part_in_a_million() -> None:
    people = some_people(4)
    hours = np.array([1.0, 6.0, 24.0, 30.0, 60.0, 70.0, 100.0, 130.0, 240.0])
    schedule = schedule_of(IRREGULAR, EXPOSURE)
    ours = exposure_at(people, schedule, hours)
    oracle = reference.solve(people, schedule, hours)
    concentration = 1000.0 * oracle[:, :, 2] / people.bodies[:, Body.CENTRAL_VOLUME][:, None]
    reached = concentration > 1e-6
    relative = np.abs(ours.parent - concentration)[reached] / concentration[reached]
    assert relative.max() < 1e-6
    metabolite = oracle[:, :, 4]
    relative = np.abs(ours.metabolite - metabolite)[reached] / metabolite[reached]
    assert relative.max() < 1e-6


def test_rates_that_coincide_still_give_the_concentration_of_the_equations() -> None:
    """An absorption rate equal to alpha makes the textbook formula 0/0."""
    person = typical_people(EXPOSURE, RESPONSE, 70.0)
    bodies = person.bodies.copy()
    alpha = exponentials(bodies, fasted=False).rates[0, 0]
    bodies[0, Body.ABSORPTION_FED] = alpha
    person = People(kept_apart(bodies), person.skins, person.numbers)
    schedule = schedule_of(DoseHistory.regular(40, 12, 4), EXPOSURE)
    hours = np.array([3.0, 5.0, 20.0, 48.0])
    oracle = reference.solve(person, schedule, hours)[0, :, 2] * 1000.0 / bodies[0, Body.CENTRAL_VOLUME]
    ours = exposure_at(person, schedule, hours).parent[0]
    assert np.abs(ours / oracle - 1.0).max() < 1e-6


doses = st.lists(
    st.builds(
        Dose,
        at_h=st.floats(0, 200),
        mg=st.floats(0, 120),
        meal=st.sampled_from(Meal),
        product=st.sampled_from(Product),
    ),
    min_size=1,
    max_size=12,
)
HOURS = np.linspace(0.0, 400.0, 41)


@settings(max_examples=40, deadline=None)
@given(doses)
def test_every_milligram_is_in_one_place_and_nothing_is_negative(taken: list[Dose]) -> None:
    people = some_people(3)
    schedule = schedule_of(DoseHistory.of(taken), EXPOSURE)
    found = exposure_at(people, schedule, HOURS)
    total = found.depot_mg + found.central_mg + found.peripheral_mg + found.eliminated_mg
    from isovigil.forecast.exposure import absorption_lags, personal_amounts

    started = absorption_lags(people, schedule)[:, :, None] <= HOURS[None, None, :]
    swallowed = (personal_amounts(people, schedule)[:, :, None] * started).sum(axis=1)
    scale = max(1.0, float(swallowed.max()))
    assert np.allclose(total, swallowed, atol=1e-8 * scale)
    for part in found:
        assert part.min() > -1e-7 * scale


@settings(max_examples=30, deadline=None)
@given(doses, st.floats(0.1, 5.0))
def test_exposure_is_linear_in_dose(taken: list[Dose], factor: float) -> None:
    people = some_people(2)
    once = exposure_at(people, schedule_of(DoseHistory.of(taken), EXPOSURE), HOURS)
    scaled = [Dose(d.at_h, d.mg * factor, d.meal, d.product) for d in taken]
    more = exposure_at(people, schedule_of(DoseHistory.of(scaled), EXPOSURE), HOURS)
    assert np.allclose(more.parent, factor * once.parent, rtol=1e-9, atol=1e-7)


@settings(max_examples=30, deadline=None)
@given(doses, doses)
def test_two_histories_together_give_the_sum_of_each_alone(one: list[Dose], other: list[Dose]) -> None:
    people = some_people(2)
    both = exposure_at(people, schedule_of(DoseHistory.of(one + other), EXPOSURE), HOURS)
    first = exposure_at(people, schedule_of(DoseHistory.of(one), EXPOSURE), HOURS)
    second = exposure_at(people, schedule_of(DoseHistory.of(other), EXPOSURE), HOURS)
    assert np.allclose(both.parent, first.parent + second.parent, rtol=1e-9, atol=1e-7)
    assert np.allclose(both.metabolite, first.metabolite + second.metabolite, rtol=1e-9, atol=1e-7)


@settings(max_examples=30, deadline=None)
@given(doses, st.randoms(use_true_random=False))
def test_the_order_in_which_doses_are_written_changes_nothing(taken: list[Dose], shuffler: object) -> None:
    shuffled = list(taken)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert DoseHistory.of(taken) == DoseHistory.of(shuffled)


def test_one_milligram_per_kilogram_a_day_gives_364_ng_per_ml_at_70_kg() -> None:
    """70 mg a day / (8.0 L/h x 24 h) = 0.3646 mg/L."""
    body = typical_people(EXPOSURE, RESPONSE, 70.0).bodies
    assert average_at_steady_state(body, 70.0)[0] == pytest.approx(364.6, abs=0.1)


def test_the_typical_terminal_half_life_is_between_19_and_20_hours() -> None:
    """k10 = 8/49, k12 = 9/49, k21 = 9/104: beta = 0.0355 per hour, ln 2 / beta = 19.5 h."""
    assert half_life_h(typical_people(EXPOSURE, RESPONSE, 70.0).bodies)[0] == pytest.approx(19.5, abs=0.1)


def test_a_negative_dose_and_a_dose_before_the_clock_are_both_named() -> None:
    with pytest.raises(ValueError, match=r"dose 1.*dose 2"):
        DoseHistory.of([Dose(-1.0, 40), Dose(3.0, -40)])


def test_a_person_is_the_same_in_any_chunk() -> None:
    weights = np.full(10, 70.0)
    whole = independent_people(EXPOSURE, RESPONSE, weights, seed=3)
    part = independent_people(EXPOSURE, RESPONSE, weights[4:], seed=3, first_person=4)
    assert np.array_equal(whole.bodies[4:], part.bodies)
    assert np.array_equal(whole.skins[4:], part.skins)


def test_another_seed_gives_other_people() -> None:
    assert not np.allclose(some_people(5, seed=1).bodies, some_people(5, seed=2).bodies)
