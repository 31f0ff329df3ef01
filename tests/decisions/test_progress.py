"""Do the lesions fall as they do in most people?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.case import kinds
from isovigil.case.fact import Fact
from isovigil.decisions.response import ExpectedFall, expected_by, is_on_track, judge_progress, share_lost
from tests.decisions.judged import US, day, fact, law_of
from tests.decisions.switched import course_of

ON = "2024-03-08"
LAW = law_of(US, day(ON))
FORECAST = (ExpectedFall(8, 0.5, 0.9),)
"""A stricter band than the table's, as a forecast would hand it over."""


def counted(on: str, lesions: int) -> Fact:
    return fact(kinds.Acne, id=f"acne-{on}", date=day(on), inflammatory=lesions)


def started() -> Fact:
    return fact(kinds.Dispense, id="dispense", date=day("2024-01-10"), days_supply=30)


# (50 - 30) / 50 = 40 %: above the table's slow 20 %, below the forecast's 50 %
@pytest.mark.parametrize(("band", "action"), [(None, "continue"), (FORECAST, "recheck")])
def test_a_band_that_a_forecast_hands_over_takes_the_place_of_the_table(
    band: tuple[ExpectedFall, ...] | None, action: str
):
    course = course_of([started(), counted("2024-01-02", 50), counted("2024-03-06", 30)], ON)
    assert judge_progress(course, LAW, band).action == action


def test_before_the_first_dose_nobody_judges_the_response():
    assert judge_progress(course_of([counted("2024-01-02", 50)], ON), LAW).answer == "not_applicable"


def test_nought_lesions_before_treatment_give_nothing_to_compare():
    course = course_of([started(), counted("2024-01-02", 0), counted("2024-03-06", 0)], ON)
    assert judge_progress(course, LAW).answer == "unknown"


def test_a_share_that_is_lost():
    assert share_lost(50, 40) == 0.2
    assert share_lost(50, 60) == -0.2


@pytest.mark.parametrize(("week", "reached"), [(7.9, None), (8, 8), (11.9, 8), (12, 12), (60, 12)])
def test_the_last_step_that_was_reached_is_what_is_expected(week: float, reached: int | None):
    step = expected_by(week, (ExpectedFall(8, 0.2, 0.5), ExpectedFall(12, 0.4, 0.7)))
    assert (None if step is None else step.week) == reached


@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 500))
def test_fewer_lesions_are_never_further_off_the_track(before: int, some: int, more: int):
    some, more = sorted((some, more))
    expected = ExpectedFall(8, 0.2, 0.5)
    if is_on_track(share_lost(before, more), expected):
        assert is_on_track(share_lost(before, some), expected)
