"""Is this person old enough, and have those who must agree to a start said so?"""

from datetime import date

import pytest

from isovigil.case import kinds
from isovigil.case.fact import Fact
from tests.decisions.judged import UK, US, day, fact, judged

SIXTEEN = date(2009, 5, 10)  # 16 on every day from 10 May 2025 to 9 May 2026


def opinion(by: str, supports: bool = True, on: str = "2024-01-05") -> Fact:
    return fact(kinds.Opinion, id=f"{by}-{on}", date=day(on), by=by, supports_treatment=supports)


def attested(what: str, on: str = "2024-01-05") -> Fact:
    return fact(kinds.Attestation, id=what, date=day(on), what=what, by="prescriber")


@pytest.mark.parametrize("programme", [US, UK])
@pytest.mark.parametrize(
    ("born_on", "answer"),
    [
        (date(2012, 3, 4), "met"),  # twelve on 4 March 2024
        (date(2012, 3, 5), "not_met"),  # twelve on the day after
        (None, "unknown"),
    ],
)
def test_twelve_years_is_the_youngest(programme: str, born_on: date | None, answer: str):
    assert judged("eligibility.minimum_age", [], "2024-03-04", programme, born_on).answer == answer


def test_someone_born_on_29_february_turns_twelve_on_29_february_in_a_leap_year():
    born = date(2012, 2, 29)
    assert judged("eligibility.minimum_age", [], "2024-02-28", US, born).answer == "not_met"
    assert judged("eligibility.minimum_age", [], "2024-02-29", US, born).answer == "met"


def test_the_first_day_of_age_is_the_day_it_can_be_met():
    outcome = judged("eligibility.minimum_age", [], "2024-03-04", US, date(2012, 3, 5))
    assert outcome.satisfiable_from == date(2024, 3, 5)


# Until 21 January 2026 for patients under 18, from the 22nd for everyone.
@pytest.mark.parametrize(
    ("on", "born_on", "answer"),
    [
        ("2026-01-21", SIXTEEN, "unknown"),
        ("2026-01-21", date(2008, 1, 21), "not_applicable"),  # eighteen that day
        ("2026-01-21", date(2008, 1, 22), "unknown"),  # eighteen the day after
        ("2026-01-22", date(1980, 1, 1), "unknown"),
        ("2026-01-21", None, "unknown"),
    ],
)
def test_who_needs_the_attestation_that_no_alternative_exists(on: str, born_on: date | None, answer: str):
    rule = "eligibility.no_alternative_attested"
    assert judged(rule, [], on, UK, born_on).answer == answer


def test_the_attestation_that_no_alternative_exists_is_its_own_fact():
    rule = "eligibility.no_alternative_attested"
    facts = [attested("no_other_suitable_treatment", "2026-01-20")]
    assert judged(rule, facts, "2026-01-22", UK).answer == "met"
    other = [attested("second_opinion_right", "2026-01-20")]
    assert judged(rule, other, "2026-01-22", UK).answer == "unknown"


def test_the_right_to_a_second_opinion_is_acknowledged_from_22_january_2026_on():
    rule = "eligibility.second_opinion_acknowledged"
    assert judged(rule, [], "2026-01-21", UK).answer == "not_applicable"
    assert judged(rule, [], "2026-01-22", UK).answer == "unknown"
    facts = [attested("second_opinion_right", "2026-01-22")]
    assert judged(rule, facts, "2026-01-22", UK).answer == "met"


def test_golden_6_and_7_one_prescriber_at_16_fails_until_21_january_2026_and_not_after():
    rule = "eligibility.second_prescriber"
    one = [opinion("dr-a", on="2026-01-10")]
    assert judged(rule, one, "2026-01-21", UK, SIXTEEN).answer == "not_met"
    assert judged(rule, one, "2026-01-22", UK, SIXTEEN).answer == "not_applicable"


def test_golden_8_one_prescriber_is_tolerated_in_the_soft_period():
    rule = "eligibility.second_prescriber"
    born_on = date(2007, 6, 1)  # 16 in January 2024
    outcome = judged(rule, [opinion("dr-a")], "2024-01-10", UK, born_on)
    assert (outcome.answer, outcome.amber, outcome.strength) == (
        "met_by_discretion",
        True,
        "discretion",
    )


# The soft period runs to 30 April 2024, that day included.
@pytest.mark.parametrize(("on", "answer"), [("2024-04-30", "met_by_discretion"), ("2024-05-01", "not_met")])
def test_the_last_day_of_the_soft_period(on: str, answer: str):
    facts = [opinion("dr-a")]
    assert judged("eligibility.second_prescriber", facts, on, UK, date(2007, 6, 1)).answer == answer


@pytest.mark.parametrize(
    ("opinions", "answer"),
    [
        ([opinion("dr-a"), opinion("dr-b")], "met"),
        ([opinion("dr-a"), opinion("Dr-A ", on="2024-01-06")], "not_met"),  # one person twice
        ([opinion("dr-a"), opinion("dr-b", supports=False)], "not_met"),
        ([opinion("dr-a"), opinion("dr-b", supports=False), opinion("dr-c")], "met"),
        ([opinion("dr-a"), opinion("dr-b"), opinion("dr-b", False, "2024-02-01")], "not_met"),
        ([], "unknown"),
    ],
)
def test_two_prescribers_support_the_start_each_by_the_last_word(opinions: list[Fact], answer: str):
    rule = "eligibility.second_prescriber"
    assert judged(rule, opinions, "2024-06-03", UK, date(2008, 6, 1)).answer == answer


def test_the_soft_period_excuses_a_missing_prescriber_and_not_one_who_is_against():
    facts = [opinion("dr-a"), opinion("dr-b", supports=False)]
    outcome = judged("eligibility.second_prescriber", facts, "2024-01-10", UK, date(2007, 6, 1))
    assert outcome.answer == "not_met"


def test_an_adult_needs_no_second_prescriber():
    adult = date(2006, 1, 10)  # eighteen on 10 January 2024
    rule = "eligibility.second_prescriber"
    assert judged(rule, [], "2024-01-10", UK, adult).answer == "not_applicable"
    assert judged(rule, [], "2024-01-09", UK, adult).answer == "unknown"
