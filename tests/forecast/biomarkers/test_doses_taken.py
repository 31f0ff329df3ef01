"""Do single doses become the dose steps a clinician would write down?"""

from __future__ import annotations

import pytest

from isovigil.forecast.biomarkers import DoseStep, dose_steps_of
from isovigil.forecast.doses import Dose, DoseHistory, Meal, Product

USUAL = Meal.STANDARD


def test_twenty_milligrams_twice_daily_for_four_weeks_is_one_step_of_forty():
    history = DoseHistory.regular(20.0, 12.0, 56, meal=USUAL)
    assert dose_steps_of(history) == (DoseStep(0.0, 28.0, 40.0),)


def test_alternate_days_are_half_the_dose_every_day():
    history = DoseHistory.regular(20.0, 48.0, 14, meal=USUAL)
    assert dose_steps_of(history) == (DoseStep(0.0, 28.0, 10.0),)


def test_a_dose_step_and_a_pause_are_kept_apart():
    first = DoseHistory.regular(20.0, 24.0, 10, meal=USUAL).doses
    second = DoseHistory.regular(40.0, 24.0, 5, meal=USUAL, first_at_h=240.0).doses
    third = DoseHistory.regular(40.0, 24.0, 5, meal=USUAL, first_at_h=600.0).doses
    assert dose_steps_of(DoseHistory.of([*third, *first, *second])) == (
        DoseStep(0.0, 10.0, 20.0),
        DoseStep(10.0, 15.0, 40.0),
        DoseStep(25.0, 30.0, 40.0),
    )


@pytest.mark.parametrize(("gap_days", "steps"), [(7, 1), (8, 2)])
def test_a_week_apart_is_a_regimen_and_eight_days_a_pause(gap_days: int, steps: int):
    history = DoseHistory.of([Dose(0.0, 20.0, USUAL), Dose(24.0 * gap_days, 20.0, USUAL)])
    assert len(dose_steps_of(history)) == steps


def test_exposure_is_relative_to_conventional_capsules_with_an_ordinary_meal():
    # Per mg relative to a high-fat meal: ordinary meal 0.65, fasted 0.37, lidose fasted 0.67.
    def exposure(meal: Meal, product: Product = Product.CONVENTIONAL) -> float:
        (step,) = dose_steps_of(DoseHistory.of([Dose(0.0, 40.0, meal, product)]))
        return step.relative_exposure

    assert exposure(USUAL) == 1.0
    assert exposure(Meal.HIGH_FAT) == pytest.approx(1.0 / 0.65)
    assert exposure(Meal.FASTED) == pytest.approx(0.37 / 0.65)
    assert exposure(Meal.FASTED, Product.LIDOSE) == pytest.approx(0.67 / 0.65)


def test_adherence_applies_from_its_day_on():
    history = DoseHistory.regular(20.0, 24.0, 20, meal=USUAL)
    steps = dose_steps_of(history, adherence=0.8, adherence_from_day=10.0)
    assert steps == (DoseStep(0.0, 10.0, 20.0), DoseStep(10.0, 20.0, 20.0, adherence=0.8))


def test_no_doses_are_no_steps():
    assert dose_steps_of(DoseHistory.of([])) == ()
    assert dose_steps_of(DoseHistory.of([Dose(0.0, 0.0)])) == ()
