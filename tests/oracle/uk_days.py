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
    day_of,
    facts_seen_on,
    handed_over,
    of_kind,
    of_this_course,
    undispensed,
    written_day,
)
from tests.oracle.one_day_at_a_time import days_between, every_day, same_day_next_month, turn_pages

UK = "uk_mhra"

UK_3_BEGINS = date(2023, 10, 31)  # section 1, row UK-3
TEST_BEFORE_PRESCRIPTION_DAYS = 3  # UK-PPP-08: 0 <= age(T, RX) <= 3
HAND_OVER_DAYS = 7  # UK-PPP-12: 0 <= age(RX, DISP) <= 7, issue day 0
AMBER_DAY = 7  # UK-PPP-12: "treat day 7 as amber"
SUPPLY_DAYS = 30  # UK-PPP-11
LEAD_DAYS = 28  # UK-PPP-04, section 5: 28 days in UK-3 and UK-4
REMOTE_TESTS_BEGIN = date(2025, 10, 27)  # UK-PPP-14


def negatives_that_count(facts: list[Fact], on: date) -> tuple[list[Fact], bool]:
    """The negative tests since the last positive was disproved, and whether a positive still stands."""
    counted: list[Fact] = []
    standing: set[str] = set()
    for day in every_day(min((day_of(fact) for fact in facts), default=on), on):
        tests = [test for test in of_kind(facts, "pregnancy_test") if day_of(test) == day]
        positives = {str(test.get("id")) for test in tests if test["result"] == "positive"}
        if positives:
            standing, counted = standing | positives, []
        elif not standing:
            counted += [test for test in tests if test["result"] == "negative"]
        for decision in of_kind(facts, "clinical_decision"):
            if day_of(decision) == day and decision["decision"] == "continue":
                standing.discard(str(decision["about"]))
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
        return "not_met", None
    passes = turn_pages(since, LEAD_DAYS)
    return ("met" if on >= passes else "not_met"), passes


def age_of_the_test(counted: list[Fact], prescribed_on: date) -> tuple[Answer, Fact | None]:
    """Is the latest negative test before this prescription at most three days old on its issue day?"""
    before = [test for test in counted if day_of(test) <= prescribed_on]
    if not before:
        return "unknown", None
    age = days_between(day_of(before[-1]), prescribed_on)
    fresh = age is not None and age <= TEST_BEFORE_PRESCRIPTION_DAYS
    return ("met" if fresh else "not_met"), before[-1]


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
    """One calendar month after the last dose, clamped to the month's end (UK-PPP-13b)."""
    stops = of_kind(facts, "treatment_stop")
    if not stops or not any(day_of(given) <= day_of(stops[-1]) for given in handed_over(facts)):
        return None
    return same_day_next_month(day_of(stops[-1]))


def uk_answer(case: Mapping[str, Any], on: date) -> DayAnswer | None:
    """The oracle's answer for `uk_mhra`; None while nobody has recorded the category."""
    facts = facts_seen_on(case, on)
    can = can_become_pregnant(facts)
    if can is None:
        return None
    course = of_this_course(facts, on)
    counted, positive = negatives_that_count(facts, on)
    counted = [test for test in counted if test in course]
    prescription = undispensed(course)
    window, inside, amber = hand_over_window(prescription, on)
    fresh, test = age_of_the_test(counted, day_of(prescription) if prescription else on)
    lead, passes = lead_rule(facts, on)
    rules: dict[str, Answer] = {
        "dispensing.inside_the_window": inside,
        "contraception.lead_time": lead,
        "pregnancy_testing.no_positive_test": "not_met" if positive else "met",
        "pregnancy_testing.test_before_prescription": fresh,
        "pregnancy_testing.test_setting": setting_rule(counted, test),
        "prescription.supply_limit": supply_rule(prescription),
    }
    if not can:
        window, amber = None, False
        rules = dict.fromkeys(rules, "not_applicable")
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


def hand_over_window(prescription: Fact | None, on: date) -> tuple[Window | None, Answer, bool]:
    """Days 0 to 7 after issue; day 7 passes, and a person should look at it."""
    if prescription is None:
        return None, "unknown", False
    issued = day_of(prescription)
    window = Window(issued, turn_pages(issued, HAND_OVER_DAYS))
    inside: Answer = "met" if window.opens_on <= on <= window.closes_on else "not_met"
    return window, inside, inside == "met" and on == turn_pages(issued, AMBER_DAY)


def supply_rule(prescription: Fact | None) -> Answer:
    """At most thirty days in one prescription."""
    if prescription is None:
        return "unknown"
    return "met" if prescription["days_supply"] <= SUPPLY_DAYS else "not_met"
