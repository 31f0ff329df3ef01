"""Do A2, A4, A5, A9, A10 and A18 count hand-worked patients as the specification says?"""

from __future__ import annotations

from datetime import date

import pytest

from isovigil.case.fact import Fact
from isovigil.case.kinds import ClinicalDecision, Laboratory, Questionnaire
from isovigil.indicators.count import Count
from isovigil.indicators.enquiries import working_days_after
from tests.indicators.audited_by_hand import (
    cannot,
    day,
    ended,
    handed_over,
    of_one_course,
    prescribed,
    seen,
)

DONE, NOT_DONE = Count(1, 1), Count(0, 1)
BEGUN = (cannot(), prescribed("2025-01-06", "rx"), handed_over("2025-01-07", "rx"))


def drawn(analyte: str, on: str) -> Laboratory:
    unit, value = ("mg/dL", 90) if analyte in ("triglycerides", "cholesterol") else ("U/L", 20)
    return Laboratory(taken_on=day(on), analyte=analyte, value=value, unit=unit)  # type: ignore[arg-type] # a word


def both(*days: str) -> list[Fact]:
    return [drawn(analyte, on) for on in days for analyte in ("alt", "triglycerides")]


def asked(on: str, tool: str = "mood_entry", **more: object) -> Questionnaire:
    return Questionnaire(date=day(on), tool=tool, **more)  # type: ignore[arg-type] # words of the tests


def test_a2_asks_for_lipids_before_the_first_dose_and_once_during():
    before, during = drawn("triglycerides", "2025-01-07"), drawn("cholesterol", "2025-01-08")
    assert of_one_course("A2", *BEGUN, before, during) == DONE
    assert of_one_course("A2", *BEGUN, before) == NOT_DONE
    assert of_one_course("A2", *BEGUN, during) == NOT_DONE
    assert of_one_course("A2", *BEGUN, before, drawn("alt", "2025-02-01")) == NOT_DONE


def test_a2_does_not_take_a_result_after_the_last_dose_for_one_during_treatment():
    facts = (*BEGUN, ended("2025-03-07"), drawn("triglycerides", "2025-01-02"))
    assert of_one_course("A2", *facts, drawn("triglycerides", "2025-03-07")) == DONE
    assert of_one_course("A2", *facts, drawn("triglycerides", "2025-03-08")) == NOT_DONE


def test_a2_leaves_out_who_has_not_begun():
    assert of_one_course("A2", cannot(), prescribed("2025-01-06")).excluded == ("treatment has not begun",)


@pytest.mark.parametrize(
    ("first", "count"),
    [("2025-01-30", NOT_DONE), ("2025-01-31", DONE), ("2025-02-14", DONE), ("2025-02-15", NOT_DONE)],
)
def test_a2b_the_first_check_is_a_month_after_the_first_dose_seven_days_either_way(first: str, count: Count):
    """7 January plus a month is 7 February; less and plus 7 days, 31 January and 14 February."""
    assert of_one_course("A2b", *BEGUN, ended("2025-03-07"), *both("2025-01-02", first)) == count


@pytest.mark.parametrize(("last_dose", "count"), [("2025-05-07", DONE), ("2025-05-08", NOT_DONE)])
def test_a2b_after_that_three_months_may_pass_until_the_next_check(last_dose: str, count: Count):
    """7 February plus 3 months is 7 May: a course that goes on longer needed a check by then."""
    assert of_one_course("A2b", *BEGUN, ended(last_dose), *both("2025-01-02", "2025-02-07")) == count


def test_a2b_needs_enzymes_and_lipids_of_one_day():
    facts = (*BEGUN, ended("2025-03-07"), *both("2025-01-02"))
    assert of_one_course("A2b", *facts, drawn("alt", "2025-02-07")) == NOT_DONE
    assert (
        of_one_course("A2b", *facts, drawn("ast", "2025-02-07"), drawn("cholesterol", "2025-02-07")) == DONE
    )


@pytest.mark.parametrize(("last_dose", "is_left_out"), [("2025-02-07", True), ("2025-02-08", False)])
def test_a2b_is_about_courses_of_more_than_a_month(last_dose: str, is_left_out: bool):
    count = of_one_course("A2b", *BEGUN, ended(last_dose), *both("2025-01-02", "2025-02-01"))
    assert bool(count.excluded) == is_left_out


def test_a2b_waits_for_a_check_that_may_still_come():
    """On 10 February the first check is in time until 14 February."""
    assert of_one_course("A2b", *BEGUN, *both("2025-01-02"), on="2025-02-10").excluded
    assert of_one_course("A2b", *BEGUN, *both("2025-01-02"), on="2025-02-14") == NOT_DONE


@pytest.mark.parametrize(("on", "count"), [("2025-01-07", DONE), ("2025-01-08", NOT_DONE)])
def test_a4_and_a9_an_entry_counts_up_to_the_day_of_the_first_dose(on: str, count: Count):
    assert of_one_course("A4", *BEGUN, asked(on)) == count
    assert of_one_course("A9", *BEGUN, asked(on, "sexual_function_entry")) == count


def test_a4_takes_a_scored_tool_for_an_entry_and_another_topic_for_none():
    assert of_one_course("A4", *BEGUN, asked("2025-01-02", "phq9", score=3)) == DONE
    assert of_one_course("A4", *BEGUN, asked("2025-01-02", "asex", score=8)) == NOT_DONE


def test_a5_counts_each_follow_up_visit_with_an_entry_since_the_visit_before():
    """Three visits: an entry of its own day, one of the week before, none since the second visit."""
    facts = (
        *BEGUN, seen("2025-01-06"), seen("2025-02-06"), seen("2025-03-06"), seen("2025-04-03"),
        asked("2025-02-06"), asked("2025-03-01"),
    )  # fmt: skip
    assert of_one_course("A5", *facts) == Count(2, 3)


def test_a5_an_entry_serves_one_visit_only():
    facts = (*BEGUN, seen("2025-02-06"), seen("2025-03-06"), asked("2025-02-06"))
    assert of_one_course("A5", *facts) == Count(1, 2)


def test_a5_visits_after_the_last_dose_are_no_follow_up():
    facts = (*BEGUN, ended("2025-03-06"), seen("2025-03-06"), seen("2025-03-07"))
    assert of_one_course("A5", *facts) == Count(0, 1)


@pytest.mark.parametrize(
    ("depth", "on", "visits", "count"),
    [
        ("full", "2025-10-26", 2, DONE),
        ("brief", "2025-10-26", 3, NOT_DONE),  # before 27 October 2025 no brief entry was endorsed
        ("brief", "2025-10-27", 3, DONE),  # from then on from the third appointment
        ("brief", "2025-10-27", 2, NOT_DONE),
    ],
)
def test_a10_asks_for_a_full_entry_unless_a_brief_one_may_serve(
    depth: str, on: str, visits: int, count: Count
):
    begun = (cannot("2025-09-01"), prescribed("2025-09-10", "rx"), handed_over("2025-09-10", "rx"))
    earlier = [seen("2025-09-01"), seen("2025-09-10")][: visits - 1]
    entry = asked(on, "sexual_function_entry", depth=depth)
    assert of_one_course("A10", *begun, *earlier, seen(on), entry, on="2025-12-01") == count


@pytest.mark.parametrize(("score", "denominator"), [(9, 0), (10, 1)])
def test_a18_a_screen_asks_for_action_from_ten_points_on(score: int, denominator: int):
    assert of_one_course("A18", *BEGUN, asked("2025-02-06", "phq9", score=score)).denominator == denominator


def test_a18_item_nine_asks_for_action_at_any_score():
    items = (0, 0, 0, 0, 0, 0, 0, 0, 1)
    assert of_one_course("A18", *BEGUN, asked("2025-02-06", "phq9", items=items)) == NOT_DONE


@pytest.mark.parametrize(("acted", "count"), [("2025-02-10", DONE), ("2025-02-11", NOT_DONE)])
def test_a18_action_by_the_next_working_day_is_in_time(acted: str, count: Count):
    """7 February 2025 is a Friday, so Monday 10 February is one working day later."""
    decision = ClinicalDecision(
        date=day(acted), about="mental_health.mood_score", decision="continue", by="Dr", reason="seen"
    )
    assert of_one_course("A18", *BEGUN, asked("2025-02-07", "phq9", score=12), decision) == count


def test_a18_waits_for_an_action_that_may_still_come():
    screen = asked("2025-02-07", "phq9", score=12)
    assert of_one_course("A18", *BEGUN, screen, on="2025-02-09").excluded == (
        "the action may still come in time",
    )
    assert of_one_course("A18", *BEGUN, screen, on="2025-02-10") == NOT_DONE


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2025-02-06", 1, "2025-02-07"),  # Thursday to Friday
        ("2025-02-07", 1, "2025-02-10"),  # Friday to Monday
        ("2025-02-08", 1, "2025-02-10"),  # Saturday to Monday
        ("2025-02-09", 1, "2025-02-10"),  # Sunday to Monday
        ("2025-02-07", 0, "2025-02-07"),
        ("2025-02-06", 3, "2025-02-11"),  # Friday, Monday, Tuesday
    ],
)
def test_working_days_leave_out_the_weekend(start: str, days: int, expected: str):
    assert working_days_after(date.fromisoformat(start), days, ("saturday", "sunday")) == date.fromisoformat(
        expected
    )
