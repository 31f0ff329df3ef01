"""Peak dose is the first day at the highest daily dose that was handed over; a rise is any step up."""

from __future__ import annotations

from isovigil.case import kinds
from isovigil.case.fact import Fact
from isovigil.decisions.dose_steps import at_peak_since, last_rise
from tests.decisions.judged import day, fact
from tests.laboratory.drawn import course_on


def month(number: int, issued: str, handed_over: str | None, mg: float) -> list[Fact]:
    rx = fact(kinds.Prescription, id=f"rx-{number}", issued_on=day(issued), daily_dose_mg=mg, days_supply=30)
    if handed_over is None:
        return [rx]
    return [
        rx,
        fact(
            kinds.Dispense,
            id=f"d-{number}",
            date=day(handed_over),
            days_supply=30,
            prescription=f"rx-{number}",
        ),
    ]


def test_a_constant_dose_is_at_its_peak_from_the_first_hand_over():
    course = course_on([*month(1, "2024-01-09", "2024-01-10", 40), *month(2, "2024-02-08", "2024-02-09", 40)])
    assert at_peak_since(course) == day("2024-01-10")
    assert last_rise(course) is None


def test_a_higher_dose_is_at_its_peak_from_its_own_hand_over_not_from_its_prescription():
    course = course_on([*month(1, "2024-01-09", "2024-01-10", 20), *month(2, "2024-02-08", "2024-02-12", 40)])
    assert at_peak_since(course) == last_rise(course) == day("2024-02-12")


def test_a_higher_dose_that_was_not_handed_over_is_not_taken_yet():
    course = course_on([*month(1, "2024-01-09", "2024-01-10", 20), *month(2, "2024-02-08", None, 40)])
    assert at_peak_since(course) == day("2024-01-10")


def test_back_to_an_earlier_highest_dose_is_a_rise_and_no_new_peak():
    course = course_on(
        [
            *month(1, "2024-01-09", "2024-01-10", 40),
            *month(2, "2024-02-08", "2024-02-09", 20),
            *month(3, "2024-03-09", "2024-03-10", 40),
        ]
    )
    assert at_peak_since(course) == day("2024-01-10")
    assert last_rise(course) == day("2024-03-10")


def test_without_hand_overs_the_first_dose_and_the_prescriptions_tell():
    start = fact(kinds.TreatmentStart, id="start", date=day("2024-01-12"))
    course = course_on([start, *month(1, "2024-01-09", None, 20), *month(2, "2024-02-08", None, 40)])
    assert at_peak_since(course) == day("2024-02-08")


def test_without_any_dose_the_peak_is_the_first_day():
    course = course_on([fact(kinds.TreatmentStart, id="start", date=day("2024-01-12"))])
    assert at_peak_since(course) == day("2024-01-12")
