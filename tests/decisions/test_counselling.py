"""Was the patient counselled for this cycle?"""

import pytest

from isovigil.case import kinds
from isovigil.case.fact import Fact
from tests.decisions.judged import UK, US, can, cannot, day, fact, handed_over, judged, negative, prescribed

RULE = "counselling.recorded"


def counselled(on: str) -> Fact:
    return fact(kinds.Counselling, id=f"counselling-{on}", date=day(on))


def test_the_uk_keeps_no_such_record():
    assert judged(RULE, [can()], "2024-03-04", UK).answer == "not_applicable"


def test_without_any_counselling_and_without_a_category_nothing_passes():
    assert judged(RULE, [can()], "2024-03-04").answer == "unknown"
    assert judged(RULE, [counselled("2024-03-01")], "2024-03-04").answer == "unknown"


def test_the_first_prescription_takes_any_counselling_of_the_course():
    facts = [can(), counselled("2024-01-02"), negative("2024-03-04")]
    assert judged(RULE, facts, "2024-03-05").answer == "met"


# Capsules were handed over on 7 February; the next test is of 4 March 2024. Seven days before it
# is 26 February (29 days in February: 4 + 29 - 7 = 26).
@pytest.mark.parametrize(
    ("on", "answer"),
    [
        ("2024-02-25", "not_met"),
        ("2024-02-26", "met"),
        ("2024-03-04", "met"),
        ("2024-03-05", "met"),
    ],
)
def test_afterwards_it_belongs_to_the_cycle_or_the_week_before_it(on: str, answer: str):
    facts = [
        can(),
        negative("2024-02-05", "february"),
        prescribed("2024-02-06", "february-prescription"),
        handed_over("2024-02-07"),
        negative("2024-03-04"),
        counselled(on),
    ]
    assert judged(RULE, facts, "2024-03-06").answer == answer


# Counselled on 2 May 2023: the window's day 30 is 31 May, the day after is outside.
@pytest.mark.parametrize(("on", "answer"), [("2023-05-31", "met"), ("2023-06-01", "not_met")])
def test_for_those_who_cannot_become_pregnant_it_opens_their_window_of_thirty_days(on: str, answer: str):
    facts = [cannot("2023-05-01"), counselled("2023-05-02")]
    assert judged(RULE, facts, on).answer == answer


def test_for_those_who_cannot_become_pregnant_a_hand_over_uses_it_up():
    facts = [cannot("2023-05-01"), counselled("2023-05-02"), handed_over("2023-05-04")]
    assert judged(RULE, facts, "2023-05-20").answer == "not_met"


def test_once_the_2026_modification_is_live_they_are_counselled_at_enrolment_only():
    facts = [cannot("2026-09-01"), counselled("2026-09-01"), handed_over("2026-10-01")]
    assert judged(RULE, facts, "2026-11-15", US, reading=0).answer == "not_met"
    assert judged(RULE, facts, "2026-11-15", US, reading=1).answer == "met"
