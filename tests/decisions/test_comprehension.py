"""Did the patient pass the programme's questions for this cycle?"""

import pytest

from isovigil.case import kinds
from isovigil.case.fact import Fact
from tests.decisions.judged import UK, can, cannot, day, fact, handed_over, judged, negative

RULE = "comprehension.passed"
SECOND_CYCLE = [can(), negative("2024-02-05", "february"), handed_over("2024-02-07"), negative("2024-03-04")]


def answered(on: str, passed: bool = True) -> Fact:
    return fact(kinds.Comprehension, id=f"answers-{on}-{passed}", date=day(on), passed=passed)


def test_only_those_who_can_become_pregnant_are_asked_and_only_in_the_us():
    assert judged(RULE, [cannot()], "2024-03-04").answer == "not_applicable"
    assert judged(RULE, [], "2024-03-04").answer == "unknown"
    assert judged(RULE, [can()], "2024-03-04").answer == "unknown"
    assert judged(RULE, [can()], "2024-03-04", UK).answer == "not_applicable"


def test_the_first_hand_over_takes_any_pass_of_the_course():
    outcome = judged(RULE, [can(), answered("2024-01-02"), negative("2024-03-04")], "2024-03-05")
    assert (outcome.answer, outcome.amber) == ("met", False)


# The test of the second cycle is of 4 March 2024; seven days before it is 26 February.
@pytest.mark.parametrize(
    ("on", "answer", "amber"),
    [
        ("2024-02-25", "unknown", False),
        ("2024-02-26", "met", True),  # before the test: remarked on, not blocked
        ("2024-03-03", "met", True),
        ("2024-03-04", "met", False),
    ],
)
def test_afterwards_they_are_passed_in_the_cycle_and_best_after_its_test(on: str, answer: str, amber: bool):
    outcome = judged(RULE, [*SECOND_CYCLE, answered(on)], "2024-03-06")
    assert (outcome.answer, outcome.amber) == (answer, amber)


def test_a_failed_try_does_not_pass_and_a_later_one_may():
    failed = [*SECOND_CYCLE, answered("2024-03-04", passed=False)]
    assert judged(RULE, failed, "2024-03-06").answer == "not_met"
    again = [*failed, answered("2024-03-04")]
    assert judged(RULE, again, "2024-03-06").answer == "met"
