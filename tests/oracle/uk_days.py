"""What do the United Kingdom rules say about one day, read page by page from the specification?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.oracle.answers import Answer, DayAnswer, Window
from tests.oracle.contraception_days import counts_in_the_uk, unbroken_since
from tests.oracle.facts_seen import (
    Fact,
    can_become_pregnant,
    course_stopped_on,
    day_of,
    facts_seen_on,
    handed_over,
    happening_on,
    of_kind,
    of_this_course,
    still_to_do,
    waiting_prescription,
    written_day,
)
from tests.oracle.one_day_at_a_time import days_between, every_day, same_day_next_month, turn_pages

UK = "uk_mhra"

ZONE = "Europe/London"
TEST_BEFORE_PRESCRIPTION_DAYS = 3  # UK-PPP-08: 0 <= age(T, RX) <= 3
HAND_OVER_DAYS = 7  # UK-PPP-12: 0 <= age(RX, DISP) <= 7, issue day 0
AMBER_DAY = 7  # UK-PPP-12: "treat day 7 as amber"
SUPPLY_DAYS = 30  # UK-PPP-11
LEAD_DAYS = 28  # UK-PPP-04, section 5: 28 days in UK-3 and UK-4
FOUR_WEEKS_BEGIN = date(2023, 10, 31)  # before it the table says P1M
FIVE_WEEKS_SURELY_UNTIL = date(2019, 6, 30)  # known to the month: on a tie the earlier law is the answer
FIVE_WEEKS = 35  # UK-PPP-13a
REMOTE_TESTS_BEGIN = date(2025, 10, 27)  # UK-PPP-14


def negatives_that_count(facts: list[Fact], on: date) -> tuple[list[Fact], bool]:
    """The negative tests since the latest positive, and whether a positive still stands."""
    counted: list[Fact] = []
    standing: set[str] = set()
    for day in every_day(min((day_of(fact) for fact in facts), default=on), on):
        tests = happening_on(facts, day, "pregnancy_test")
        positives = {str(test.get("id")) for test in tests if test["result"] == "positive"}
        standing |= positives
        for decision in happening_on(facts, day, "clinical_decision"):
            if decision["decision"] == "continue":
                standing.discard(str(decision["about"]))
        if positives or standing:
            counted = []  # a start sequence begins anew once the positive is disproved (ADR 4)
        elif not any(test["result"] == "invalid" for test in tests):
            counted += [test for test in tests if test["result"] == "negative"]
    return counted, bool(standing)


def waived_on(facts: list[Fact], day: date) -> bool:
    """Have patient and prescriber both agreed that there is no pregnancy risk on this day (UK-PPP-03)?"""
    return any(
        {"patient", "prescriber"} <= set(waiver["agreed_by"])
        and (waiver.get("to") is None or day <= written_day(waiver["to"]))
        for waiver in of_kind(facts, "contraception_waiver")
    )


def lead_rule(facts: list[Fact], on: date) -> tuple[Answer, date | None]:
    """Has contraception been in use for four weeks, and on which day will it have been?"""
    if waived_on(facts, on):
        return "met", None
    if not of_kind(facts, "contraception"):
        return "unknown", None
    since = unbroken_since(facts, on, counts_in_the_uk)
    if since is None:
        return "unknown", None  # whether what is recorded counts is another rule's question
    passes = turn_pages(since, LEAD_DAYS) if on >= FOUR_WEEKS_BEGIN else same_day_next_month(since)
    return ("met" if on >= passes else "not_met"), passes


def judged_prescription_day(course: list[Fact], on: date) -> date:
    """The issue day of a prescription that may still be handed over, else today: one could be issued now."""
    waiting = waiting_prescription(course)
    if waiting is None or on > turn_pages(day_of(waiting), HAND_OVER_DAYS):
        return on
    return day_of(waiting)


def serving_test(counted: list[Fact], prescribed_on: date) -> Fact | None:
    """The latest negative test on or before the issue day."""
    before = [test for test in counted if day_of(test) <= prescribed_on]
    return before[-1] if before else None


def serves_the_prescription(
    facts: list[Fact], test: Fact | None, prescribed_on: date, *, first: bool
) -> Answer:
    """Is it at most three days old on the issue day and, for a first prescription, after the lead time?"""
    if test is None:
        return "unknown"
    age = days_between(day_of(test), prescribed_on)
    if age is None or age > TEST_BEFORE_PRESCRIPTION_DAYS:
        return "not_met"
    if not first:
        return "met"
    known = [fact for fact in facts if day_of(fact) <= day_of(test)]
    return lead_rule(known, day_of(test))[0]  # UK-PPP-09: "after the contraception lead"


def setting_rule(counted: list[Fact], test: Fact | None) -> Answer:
    """A clinic or laboratory always; supervised from a distance since 27 October 2025; never unsupervised."""
    if test is None:
        return "unknown"
    settings = {other["setting"] for other in counted if day_of(other) == day_of(test)}
    if len(settings) != 1:
        return "undecided"
    setting = settings.pop()
    if setting in ("clinic", "laboratory"):
        return "met"
    if setting == "supervised_remote":
        return "met" if day_of(test) >= REMOTE_TESTS_BEGIN else "undecided"  # section 5.1: "false?"
    return "unknown" if setting == "unknown" else "not_met"


def post_treatment_test_on(facts: list[Fact]) -> date | None:
    """One calendar month after the last dose, clamped to the month's end (UK-PPP-13b), until it is done;
    five weeks where treatment ended before the revised materials (UK-PPP-13a).
    """
    stopped = course_stopped_on(facts)
    if stopped is None:
        return None
    due = same_day_next_month(stopped)
    if stopped <= FIVE_WEEKS_SURELY_UNTIL:
        due = turn_pages(stopped, FIVE_WEEKS)
    return still_to_do(due, facts)


def uk_answer(case: Mapping[str, Any], on: date) -> DayAnswer | None:
    """The oracle's answer for `uk_mhra`; None while nobody has recorded the category."""
    facts = facts_seen_on(case, on)
    can = can_become_pregnant(facts)
    if can is None:
        return None
    course = of_this_course(facts, on)
    counted, positive = negatives_that_count(facts, on)
    counted = [test for test in counted if test in course]
    window, inside, amber = hand_over_window(waiting_prescription(course), on)
    prescribed_on = judged_prescription_day(course, on)
    test = serving_test(counted, prescribed_on)
    since = start_sequence_since(facts)
    begun = any(day_of(given) >= since for given in handed_over(course))
    served = serves_the_prescription(facts, test, prescribed_on, first=not begun)
    if test is not None and in_doubt(course, test):
        served = "unknown"
    lead, passes = lead_rule(facts, on)
    rules: dict[str, Answer] = {
        "dispensing.inside_the_window": inside,
        "contraception.lead_time": lead,
        "pregnancy_testing.test_before_prescription": served,
        "pregnancy_testing.test_setting": setting_rule(counted, test) if served == "met" else "undecided",
        "prescription.supply_limit": supply_rule(waiting_prescription(course)),
    }
    if not can:
        window, amber = None, False
        rules = dict.fromkeys(rules, "not_applicable")
    rules["pregnancy_testing.no_positive_test"] = "not_met" if positive else "met"
    return DayAnswer(
        on=on,
        reading=UK,
        can_become_pregnant=can,
        before_the_first_hand_over=not handed_over(course),
        window=window,
        rules=rules,
        days={"contraception.lead_time": passes if can and lead == "not_met" else None},
        amber=amber,
        post_treatment_test_on=post_treatment_test_on(facts) if can else None,
    )


def start_sequence_since(facts: list[Fact]) -> date:
    """The day from which hand-overs belong to the present start sequence: after a disproved positive it
    begins anew (ADR 4).
    """
    tests = {str(test.get("id")): test for test in of_kind(facts, "pregnancy_test")}
    since = date.min
    for decision in of_kind(facts, "clinical_decision"):
        about = tests.get(str(decision["about"]))
        if decision["decision"] == "continue" and about is not None and about["result"] == "positive":
            since = max(since, day_of(decision))
    return since


def in_doubt(course: list[Fact], test: Fact) -> bool:
    """Is the last test of all an invalid one, not before the one that would serve (ADR 4)?"""
    last = of_kind(course, "pregnancy_test")[-1:]
    return any(other["result"] == "invalid" and day_of(other) >= day_of(test) for other in last)


def hand_over_window(prescription: Fact | None, on: date) -> tuple[Window | None, Answer, bool]:
    """Days 0 to 7 after issue; day 7 passes, and a person should look at it."""
    if prescription is None:
        return None, "unknown", False
    issued = day_of(prescription)
    window = Window(issued, turn_pages(issued, HAND_OVER_DAYS), ZONE)
    inside: Answer = "met" if window.opens_on <= on <= window.closes_on else "not_met"
    return window, inside, inside == "met" and on == turn_pages(issued, AMBER_DAY)


def supply_rule(prescription: Fact | None) -> Answer:
    """At most thirty days in one prescription."""
    if prescription is None:
        return "unknown"
    return "met" if prescription["days_supply"] <= SUPPLY_DAYS else "not_met"
