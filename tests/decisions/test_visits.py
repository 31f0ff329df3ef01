"""Was the patient seen in the right way, and reviewed in time?"""

import pytest

from isovigil.case import kinds
from isovigil.case.fact import Fact
from isovigil.decisions.answering import strongest
from tests.decisions.judged import UK, can, day, fact, handed_over, judged


def visit(on: str, mode: str = "in_person", purpose: str | None = None) -> Fact:
    return fact(kinds.Visit, id=f"visit-{on}", date=day(on), mode=mode, purpose=purpose)


def agreed(on: str) -> Fact:
    return fact(kinds.Attestation, id="agreed", date=day(on), what="remote_follow_up_agreed", by="dr-a")


@pytest.mark.parametrize(
    ("visits", "answer", "amber"),
    [
        ([], "unknown", False),
        ([visit("2024-01-05")], "met", False),
        ([visit("2024-01-05", "video")], "not_met", False),
        ([visit("2024-01-05", "asynchronous")], "not_met", False),
        ([visit("2024-01-05", "video"), visit("2024-01-09")], "met", True),
    ],
)
def test_the_first_appointment_is_in_person(visits: list[Fact], answer: str, amber: bool):
    outcome = judged("visits.first_in_person", visits, "2024-01-10", UK)
    assert (outcome.answer, outcome.amber) == (answer, amber)
    assert strongest(outcome.values) == "licence"


# Remote follow-up was endorsed on 27 October 2025, where it is agreed with the patient.
@pytest.mark.parametrize(
    ("on", "agreement", "answer"),
    [
        ("2025-10-26", [agreed("2025-09-01")], "not_met"),
        ("2025-10-27", [agreed("2025-09-01")], "met"),
        ("2025-10-27", [], "unknown"),
    ],
)
def test_each_remote_follow_up_is_judged_by_the_guidance_of_its_own_day(
    on: str, agreement: list[Fact], answer: str
):
    facts = [can(), handed_over("2025-09-03"), visit(on, "video"), *agreement]
    outcome = judged("visits.follow_up_mode", facts, "2025-10-28", UK)
    assert outcome.answer == answer
    assert strongest(outcome.values) == "guidance"  # so it advises and never blocks


def test_a_follow_up_in_person_needs_no_agreement_and_none_yet_is_nothing_to_judge():
    started = [can(), visit("2025-09-01"), handed_over("2025-09-03")]
    assert judged("visits.follow_up_mode", started, "2025-09-10", UK).answer == "not_applicable"
    seen = [*started, visit("2025-10-01")]
    assert judged("visits.follow_up_mode", seen, "2025-10-02", UK).answer == "met"


# First dose on 5 January 2024. Day 21 is 26 January (5 + 21); day 42 is 16 February (5 + 42 - 31);
# four weeks are 2 February (5 + 28 - 31).
@pytest.mark.parametrize(
    ("on", "visits", "answer"),
    [
        ("2024-01-25", [], "not_applicable"),
        ("2024-01-26", [], "unknown"),
        ("2024-02-16", [], "unknown"),
        ("2024-02-17", [], "not_met"),
        ("2024-02-20", [visit("2024-01-25")], "not_met"),
        ("2024-02-20", [visit("2024-01-26")], "met"),
        ("2024-02-20", [visit("2024-02-16")], "met"),
    ],
)
def test_the_first_review_is_21_to_42_days_after_the_first_dose(on: str, visits: list[Fact], answer: str):
    facts = [can(), handed_over("2024-01-05"), *visits]
    outcome = judged("visits.first_review", facts, on, UK)
    assert outcome.answer == answer
    assert strongest(outcome.values) == "guidance"


def test_a_missing_first_review_is_a_task_with_its_days():
    outcome = judged("visits.first_review", [can(), handed_over("2024-01-05")], "2024-02-01", UK)
    assert outcome.task == "visit"
    assert (outcome.satisfiable_from, outcome.due_on, outcome.closes_on) == (
        day("2024-01-26"),
        day("2024-02-02"),
        day("2024-02-16"),
    )


def test_a_late_first_review_is_remarked_on():
    facts = [can(), handed_over("2024-01-05"), visit("2024-02-17")]
    outcome = judged("visits.first_review", facts, "2024-02-20", UK)
    assert (outcome.answer, outcome.amber) == ("met", True)


def test_before_the_first_dose_no_review_is_due():
    assert judged("visits.first_review", [can()], "2024-02-20", UK).answer == "not_applicable"
