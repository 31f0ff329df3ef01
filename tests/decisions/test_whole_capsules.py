"""Which whole capsules of one product come nearest to a daily dose?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.decisions.whole_capsules import whole_capsules

US_CONVENTIONAL = (10, 20, 25, 30, 35, 40)
MICRONISED = (8, 16, 20, 24, 28, 32)


@pytest.mark.parametrize(
    ("daily", "strengths", "a_day"),
    [
        (40, US_CONVENTIONAL, ((40, 1),)),
        (60, (10, 20, 40), ((40, 1), (20, 1))),
        (44, (10, 20, 40), ((40, 1),)),  # 4 mg from 40, 6 mg from 50
        (46, (10, 20, 40), ((40, 1), (10, 1))),  # 6 mg from 40, 4 mg from 50
        (45, (10, 20, 40), ((40, 1),)),  # as near to 40 as to 50: the smaller dose
        (52, MICRONISED, ((32, 1), (20, 1))),
        (3, (10, 20), ((10, 1),)),  # there is nothing smaller than one capsule
    ],
)
def test_the_nearest_day_is_made_of_the_fewest_capsules(
    daily: float, strengths: tuple[int, ...], a_day: tuple[tuple[float, int], ...]
):
    plan = whole_capsules(daily, strengths)
    assert plan is not None
    assert plan.a_day == a_day


def test_the_dose_that_comes_of_it_is_told_for_each_kg():
    plan = whole_capsules(38, (10, 20, 40), weight_kg=80)
    assert plan is not None
    assert (plan.daily_mg, plan.daily_mg_per_kg) == (40, 0.5)  # 40 / 80


def test_leftover_capsules_are_used_before_new_ones_are_handed_over():
    # 30 mg as three of 10 mg, for there are twelve of those; 3 x 30 days - 12 = 78 more
    plan = whole_capsules(30, (10, 20, 30), {10: 12}, days=30)
    assert plan is not None
    assert plan.a_day == ((10, 3),)
    assert plan.to_hand_over == ((10, 78),)


def test_without_leftover_capsules_one_of_thirty_is_enough():
    plan = whole_capsules(30, (10, 20, 30), days=30)
    assert plan is not None
    assert plan.to_hand_over == ((30, 30),)


def test_nothing_is_handed_over_while_the_leftover_capsules_last():
    plan = whole_capsules(20, (10, 20), {20: 40}, days=30)
    assert plan is not None
    assert plan.to_hand_over == ()


def test_where_one_capsule_is_too_much_there_is_no_plan():
    assert whole_capsules(5, (10, 20), at_most_mg=9) is None


@pytest.mark.parametrize(
    ("daily", "strengths", "days"),
    [(0, (10,), 1), (-1, (10,), 1), (10, (), 1), (10, (0,), 1), (10, (10,), 0)],
)
def test_what_is_no_dose_is_refused(daily: float, strengths: tuple[int, ...], days: int):
    with pytest.raises(ValueError, match="above nought"):
        whole_capsules(daily, strengths, days=days)


doses = st.floats(min_value=0.5, max_value=400, allow_nan=False)
ladders = st.sampled_from([US_CONVENTIONAL, MICRONISED, (5, 10, 20), (10,), (7.5, 40)])


@given(doses, ladders, st.floats(min_value=1, max_value=400))
def test_rounding_never_passes_the_ceiling(daily: float, strengths: tuple[float, ...], ceiling: float):
    plan = whole_capsules(daily, strengths, at_most_mg=ceiling)
    assert plan is None or plan.daily_mg <= ceiling


@given(doses, ladders)
def test_a_day_is_what_its_capsules_add_up_to_and_no_capsule_is_nearer(
    daily: float, strengths: tuple[float, ...]
):
    plan = whole_capsules(daily, strengths)
    assert plan is not None
    assert plan.daily_mg == sum(mg * count for mg, count in plan.a_day)
    off = abs(plan.daily_mg - daily)
    assert all(abs(plan.daily_mg + mg - daily) >= off for mg in strengths)
    assert all(plan.daily_mg == mg or abs(plan.daily_mg - mg - daily) >= off for mg, _ in plan.a_day)


@given(doses, ladders)
def test_a_dose_that_was_rounded_is_rounded_no_further(daily: float, strengths: tuple[float, ...]):
    once = whole_capsules(daily, strengths)
    assert once is not None
    assert whole_capsules(once.daily_mg, strengths) == once
