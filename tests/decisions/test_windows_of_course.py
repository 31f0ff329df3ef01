"""Which hand-over windows has a course had, and is the present one always among them?"""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case import kinds
from isovigil.case.case import Case, Patient
from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import hand_over_window
from isovigil.decisions.windows_of_course import windows_of_course
from isovigil.usecases.synthetic_clinic.clinic import make_clinic
from tests.decisions.judged import (
    GROWN_UP,
    UK,
    US,
    ZONES,
    can,
    cannot,
    day,
    fact,
    handed_over,
    law_of,
    negative,
    prescribed,
)  # fmt: skip


def windows(facts: Iterable[Fact], on: str, programme: str = US) -> list[tuple[str, str]]:
    """First and last day of each window of a course, as seen on a day."""
    zone, at = ZONES[programme], day(on)
    case = Case(Patient("p-1", GROWN_UP), str(zone), tuple(facts))
    course = Course(Chart(case, Moment(first_instant(at, zone), zone), last_instant(at, zone)))
    return [
        (str(each.window.opens_on), str(each.window.closes_on))
        for each in windows_of_course(course, law_of(programme, at))
    ]


def counselled(on: str) -> Fact:
    return fact(kinds.Counselling, id=f"counselling-{on}", date=day(on))


# The specimen's day is day 1 of 7: 5 to 11 February, 5 to 11 March 2024.
def test_in_the_us_each_test_that_counted_opened_seven_days():
    facts = [
        can(),
        negative("2024-01-05", "screening"),
        negative("2024-02-05", "february"),
        prescribed("2024-02-06", "february-prescription"),
        handed_over("2024-02-07", "february-hand-over"),
        negative("2024-03-05", "march"),
    ]
    assert windows(facts, "2024-03-06")[-2:] == [("2024-02-05", "2024-02-11"), ("2024-03-05", "2024-03-11")]


# Day 1 of 30 is the day of counselling: 2 to 31 May, 5 June to 4 July 2023. The counselling of 3 June counts
# no more once that of 5 June follows it, before any hand-over.
def test_for_those_who_cannot_become_pregnant_the_last_counselling_of_each_cycle_opened_thirty_days():
    facts = [
        cannot("2023-05-01"),
        counselled("2023-05-02"),
        handed_over("2023-05-03"),
        counselled("2023-06-03"),
        counselled("2023-06-05"),
    ]
    assert windows(facts, "2023-06-06") == [("2023-05-02", "2023-05-31"), ("2023-06-05", "2023-07-04")]


# Seven days from the prescription, whose own day is day 0: 1 to 8 and 29 March 2024 to 5 April.
def test_in_the_uk_each_prescription_opened_its_own():
    facts = [
        can(),
        prescribed("2024-03-01", "march"),
        fact(kinds.Dispense, id="given", date=day("2024-03-02"), days_supply=28, prescription="march"),
        prescribed("2024-03-29", "april"),
    ]
    assert windows(facts, "2024-03-30", UK) == [("2024-03-01", "2024-03-08"), ("2024-03-29", "2024-04-05")]


def test_nothing_opened_none():
    assert windows([can()], "2024-03-06") == []


@pytest.mark.parametrize("programme", [US, UK])
def test_the_present_window_is_always_among_them(programme: str):
    today, zone = date(2026, 5, 4), ZONES[programme]
    seen = 0
    for patient in make_clinic(programme, today, seed=3, courses=60):
        for before in range(0, 90, 9):
            at = today - timedelta(days=before)
            course = Course(
                Chart(patient.case, Moment(first_instant(at, zone), zone), last_instant(at, zone))
            )
            law = law_of(programme, at)
            present = hand_over_window(course, law)
            if present is not None:
                seen += 1
                assert present.window in [each.window for each in windows_of_course(course, law)]
    assert seen > 20
