"""Are plans in words read as a prescriber means them, and refused when they are not clear?"""

from __future__ import annotations

import pytest

from isovigil.forecast.doses import Meal, Product
from isovigil.forecast.plan_text import PlanNotUnderstood, read_plan


def test_forty_twice_daily_until_120_mg_per_kg_takes_105_days_at_70_kg() -> None:
    """120 mg/kg x 70 kg = 8,400 mg; at 80 mg a day that is 105 days, 210 doses."""
    doses = read_plan("40 mg twice daily with food until 120 mg/kg").doses(70.0)
    assert len(doses.doses) == 210
    assert doses.cumulative_mg() == 8400.0
    assert doses.doses[-1].at_h == 209 * 12.0
    assert doses.doses[0].meal is Meal.STANDARD


def test_what_was_already_taken_counts_towards_the_total() -> None:
    doses = read_plan("40 mg twice daily with food until 120 mg/kg").doses(70.0, already_mg=8320.0)
    assert doses.cumulative_mg() == 80.0


def test_steps_follow_each_other_and_food_carries_over() -> None:
    plan = read_plan("0.5 mg/kg daily with a high-fat meal for 4 weeks then 1 mg/kg daily for 16 weeks")
    doses = plan.doses(60.0).doses
    assert len(doses) == 28 + 112
    assert (doses[27].mg, doses[28].mg) == (30.0, 60.0)
    assert doses[28].at_h == 28 * 24.0
    assert {dose.meal for dose in doses} == {Meal.HIGH_FAT}
    assert plan.assumptions == ()


def test_an_amount_a_day_is_shared_between_the_doses_of_the_day() -> None:
    doses = read_plan("1 mg/kg/day twice daily with food for 1 week").doses(70.0).doses
    assert len(doses) == 14
    assert doses[0].mg == 35.0


@pytest.mark.parametrize(
    ("words", "every_h"),
    [("daily", 24.0), ("twice daily", 12.0), ("on alternate days", 48.0), ("every 3 days", 72.0)],
)
def test_how_often(words: str, every_h: float) -> None:
    first, second = read_plan(f"20 mg {words} with food for 12 weeks").doses(70.0).doses[:2]
    assert second.at_h - first.at_h == every_h


def test_product_and_empty_stomach() -> None:
    step = read_plan("32 mg daily, micronized, fasted, for 20 weeks").steps[0]
    assert (step.product, step.meal) == (Product.MICRONISED, Meal.FASTED)


def test_a_pause_takes_time_and_no_capsules() -> None:
    plan = read_plan("20 mg daily with food for 1 week then nothing for 2 weeks then 20 mg daily for 1 week")
    assert [dose.at_h / 24 for dose in plan.doses(70.0).doses[6:8]] == [6.0, 21.0]


def test_food_left_unsaid_is_an_assumption_that_is_said() -> None:
    assert "food not said" in read_plan("20 mg daily for 24 weeks").assumptions[0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("40 mg twice daily with food", "no end"),
        ("twice daily until 120 mg/kg", "no amount"),
        ("40 mg until 120 mg/kg", "how often"),
        ("40 mg sometimes daily for 2 weeks", "sometimes"),
        ("0 mg daily for 2 weeks", "above 0"),
        ("40 mg daily for 2 weeks until 120 mg/kg", "both a length and a total"),
        ("40 mg daily for 1099 days", "1098 days"),
    ],
)
def test_an_unclear_plan_is_refused_with_the_reason(words: str, says: str) -> None:
    with pytest.raises(PlanNotUnderstood, match=says):
        read_plan(words)


def test_the_longest_plan_is_still_accepted() -> None:
    assert len(read_plan("10 mg daily for 1098 days").doses(70.0).doses) == 1098


def test_all_problems_are_named_together() -> None:
    with pytest.raises(PlanNotUnderstood) as caught:
        read_plan("sometimes 40 mg")
    assert len(caught.value.problems) == 3


def test_a_total_that_would_take_more_than_three_years_is_refused() -> None:
    """1 mg a day to 120 mg/kg at 70 kg is 8,400 days."""
    with pytest.raises(PlanNotUnderstood, match="three years"):
        read_plan("1 mg daily with food until 120 mg/kg").doses(70.0)
