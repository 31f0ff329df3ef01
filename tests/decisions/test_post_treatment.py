"""What is still due after the last dose: which tests, contraception and blood donation until when?"""

import pytest

from isovigil.case import kinds
from isovigil.case.fact import Fact
from tests.decisions.judged import UK, US, can, cannot, day, fact, handed_over, judged, negative, stopped

END = "post_treatment.end_of_treatment_test"
AFTER = "post_treatment.test_after_treatment"
CONTRACEPTION = "post_treatment.contraception_until"
BLOOD = "blood_donation.deferred_until"
# V16: last dose on 30 June 2025; 30 days later is 30 July (30 + 30 - 30).
COURSE = [can("2025-01-02"), handed_over("2025-06-01"), stopped("2025-06-30")]


def positive(on: str) -> Fact:
    return fact(kinds.PregnancyTest, id="positive", taken_on=day(on), result="positive", setting="laboratory")


def method(name: str, from_: str, to: str | None = None) -> Fact:
    return fact(
        kinds.Contraception,
        id=name,
        from_=day(from_),
        reported_by="patient",
        to=None if to is None else day(to),
        primary="implant",
        secondary="condom",
    )


def test_v16_the_us_test_is_due_thirty_days_after_the_last_dose():
    outcome = judged(AFTER, COURSE, "2025-07-01")
    assert (outcome.answer, outcome.task) == ("not_met", "post_treatment_test")
    assert outcome.due_on == outcome.satisfiable_from == day("2025-07-30")
    assert outcome.whose_move == "patient"


@pytest.mark.parametrize(
    ("taken_on", "answer"), [("2025-07-29", "unknown"), ("2025-07-30", "met"), ("2025-08-20", "met")]
)
def test_a_negative_test_counts_only_on_or_after_the_due_day(taken_on: str, answer: str):
    assert judged(AFTER, [*COURSE, negative(taken_on)], "2025-08-20").answer == answer


# EU golden vector 10, the UK reading: last dose on 31 January 2026, due on 28 February, the month
# clamped; thirty days would be 2 March (31 + 30 - 31 - 28 = 2), which the finding says.
@pytest.mark.parametrize(
    ("stop", "due", "other"),
    [
        ("2026-01-31", "2026-02-28", "2 March 2026"),
        ("2026-01-28", "2026-02-28", "27 February 2026"),
        ("2026-04-15", "2026-05-15", None),  # April has thirty days: both readings agree
    ],
)
def test_the_uk_month_is_clamped_and_the_other_reading_is_told(stop: str, due: str, other: str | None):
    facts = [can("2025-11-02"), handed_over("2026-01-02"), stopped(stop)]
    outcome = judged(AFTER, facts, stop, UK)
    assert outcome.due_on == day(due)
    assert ("Counted as 30 days" in outcome.says) is (other is not None)
    assert other is None or other in outcome.says


# Chased on day 37 and day 60: 6 August (30 June + 37) and 29 August (30 June + 60).
@pytest.mark.parametrize(
    ("on", "answer", "whose_move", "amber"),
    [
        ("2025-07-29", "not_met", "patient", False),
        ("2025-07-30", "unknown", "patient", False),
        ("2025-08-05", "unknown", "patient", False),
        ("2025-08-06", "unknown", "prescriber", True),
        ("2025-08-29", "unknown", "prescriber", True),
        ("2026-06-30", "unknown", "prescriber", True),  # never closed by itself
    ],
)
def test_an_overdue_test_is_chased_and_never_closed_by_itself(
    on: str, answer: str, whose_move: str, amber: bool
):
    outcome = judged(AFTER, COURSE, on)
    assert (outcome.answer, outcome.whose_move, outcome.amber) == (answer, whose_move, amber)
    assert outcome.task == "post_treatment_test"


def test_the_day_it_was_last_chased_is_named():
    assert "6 August 2025" in (judged(AFTER, COURSE, "2025-08-28").needs or "")
    assert "29 August 2025" in (judged(AFTER, COURSE, "2025-08-29").needs or "")


def test_who_cannot_become_pregnant_takes_no_tests():
    facts = [cannot("2025-01-02"), handed_over("2025-06-01"), stopped("2025-06-30")]
    for rule in (END, AFTER, CONTRACEPTION):
        assert judged(rule, facts, "2025-08-20").answer == "not_applicable"


def test_nothing_is_due_during_treatment_or_once_it_has_begun_again_or_if_none_was_taken():
    again = [*COURSE, handed_over("2025-07-10", "again")]
    reversed_only = [*COURSE, fact(kinds.Reversal, id="undone", date=day("2025-06-02"), dispense="hand-over")]
    for rule in (END, AFTER, CONTRACEPTION):
        for facts in (COURSE[:2], again, reversed_only):
            assert judged(rule, facts, "2025-08-20").answer == "not_applicable"


def test_a_second_course_opened_but_not_started_keeps_the_first_ones_duty():
    opened = fact(kinds.CourseOpened, id="second", from_=day("2025-07-10"), number=2)
    assert judged(AFTER, [*COURSE, opened], "2025-07-20").due_on == day("2025-07-30")


def test_a_negative_test_does_not_outlive_a_positive_one():
    facts = [*COURSE, negative("2025-07-30"), positive("2025-08-05")]
    assert judged(AFTER, facts, "2025-08-20").answer == "unknown"


def test_a_home_test_counts_by_discretion_in_the_us_once_the_process_is_attested():
    home = [*COURSE, negative("2025-07-30", setting="home")]
    assert judged(AFTER, home, "2025-08-20", US).answer == "unknown"
    process = fact(
        kinds.Attestation, id="process", date=day("2025-01-02"), what="home_test_process", by="dr-a"
    )
    assert judged(AFTER, [*home, process], "2025-08-20", US).answer == "met_by_discretion"


@pytest.mark.parametrize(("setting", "answer"), [("home", "not_met"), ("unknown", "unknown")])
def test_a_test_in_the_wrong_place_or_an_unknown_one_does_not_count(setting: str, answer: str):
    facts = [*COURSE, negative("2025-07-30", setting=setting)]
    outcome = judged(AFTER, facts, "2025-08-20", UK)
    assert (outcome.answer, outcome.task) == (answer, "post_treatment_test")


# Seven days before 30 June 2025 is 23 June; the day before the test after treatment is 29 July.
@pytest.mark.parametrize(
    ("taken_on", "on", "answer"),
    [
        ("2025-06-22", "2025-07-05", "unknown"),
        ("2025-06-23", "2025-07-05", "met"),
        ("2025-07-04", "2025-07-05", "met"),
        ("2025-07-29", "2025-08-05", "met"),
        ("2025-07-30", "2025-08-05", "not_met"),  # that one is the test after treatment
    ],
)
def test_the_us_asks_for_a_test_when_treatment_ends(taken_on: str, on: str, answer: str):
    assert judged(END, [*COURSE, negative(taken_on)], on).answer == answer


def test_a_missing_test_at_the_end_is_a_task_until_the_next_one_is_due():
    outcome = judged(END, COURSE, "2025-07-05")
    assert outcome.task == "end_of_treatment_test"
    assert (outcome.satisfiable_from, outcome.due_on, outcome.closes_on) == (
        day("2025-06-30"),
        day("2025-06-30"),
        day("2025-07-29"),
    )
    assert judged(END, COURSE, "2025-07-30").task is None


def test_the_uk_asks_for_no_separate_test_at_the_end():
    assert judged(END, COURSE, "2025-07-05", UK).answer == "not_applicable"


# The last day of the month after treatment is inside: 30 July 2025.
@pytest.mark.parametrize(
    ("on", "answer"),
    [("2025-07-01", "met"), ("2025-07-30", "met"), ("2025-07-31", "not_applicable")],
)
def test_contraception_continues_until_thirty_days_after_the_last_dose(on: str, answer: str):
    outcome = judged(CONTRACEPTION, [*COURSE, method("method", "2025-01-02")], on)
    assert outcome.answer == answer
    assert "30 July 2025" in outcome.says


def test_contraception_given_up_too_early_is_a_task_until_that_day():
    facts = [*COURSE, method("method", "2025-01-02", "2025-07-09")]
    assert judged(CONTRACEPTION, facts, "2025-07-09").answer == "met"
    outcome = judged(CONTRACEPTION, facts, "2025-07-10")
    assert (outcome.answer, outcome.task) == ("unknown", "contraception_entry")
    assert outcome.closes_on == day("2025-07-30")


@pytest.mark.parametrize("category", [can("2025-01-02"), cannot("2025-01-02")], ids=["can", "cannot"])
@pytest.mark.parametrize(
    ("on", "answer"),
    [
        ("2025-05-31", "not_applicable"),  # no dose yet
        ("2025-06-01", "met"),
        ("2025-07-30", "met"),
        ("2025-07-31", "not_applicable"),
    ],
)
def test_nobody_gives_blood_during_treatment_and_for_thirty_days_after_it(
    category: Fact, on: str, answer: str
):
    assert judged(BLOOD, [category, *COURSE[1:]], on).answer == answer


def test_blood_donation_is_advice_that_names_its_last_day_and_asks_for_nothing():
    outcome = judged(BLOOD, COURSE, "2025-07-01")
    assert outcome.says == "No blood donation until 30 July 2025, that day included."
    assert (outcome.task, outcome.needs, outcome.amber) == (None, None, False)


def test_the_uk_month_for_blood_donation_is_clamped_too():
    facts = [cannot("2025-11-02"), handed_over("2026-01-02"), stopped("2026-01-31")]
    assert judged(BLOOD, facts, "2026-02-28", UK).answer == "met"
    assert judged(BLOOD, facts, "2026-03-01", UK).answer == "not_applicable"
