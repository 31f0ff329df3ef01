"""What do the European programmes but the UK's say about one day, read page by page from the specification?

The harmonised core (section 3.1), and what France, Germany, Italy and the Netherlands state beside it
(3.2 to 3.4 and the comparison table of section 5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.answers import Answer, DayAnswer, Window
from tests.oracle.contraception_days import counts_in_the_uk, unbroken_since
from tests.oracle.facts_seen import (
    Fact,
    can_become_pregnant,
    course_stopped_on,
    day_of,
    facts_seen_on,
    handed_over,
    of_kind,
    of_this_course,
    still_to_do,
    waiting_prescription,
)
from tests.oracle.one_day_at_a_time import days_between, same_day_next_month, turn_pages
from tests.oracle.uk_days import (
    in_doubt,
    negatives_that_count,
    serving_test,
    setting_rule,
    start_sequence_since,
    waived_on,
)

TEST_BEFORE_PRESCRIPTION_DAYS = 3  # EU-05, restated 2024 (S26); France 3.2
HAND_OVER_DAYS = 7  # EU-10; "7 following days" in France; from CERT in Italy
GERMAN_HAND_OVER_DAYS = 6  # section 3.3: 0 <= age(RX, DISP) <= 6
SUPPLY_DAYS = 30  # EU-09; law in DE, FR, IT, NL
FRENCH_MONTH_AT_MOST = 31  # "1 month" (order of 2001-07-09): 30 days surely, 31 in some months
ITALIAN_LEAD_DAYS = 28  # section 5, column IT: 28 (4 wk)
FIVE_WEEKS = 35  # EU-07 under EU-2003
EU_2003_SURELY_UNTIL = date(2018, 3, 21)  # EU-2018: opinion of 2018-03-22 ...
ONE_MONTH_SURELY_FROM = date(2020, 1, 1)  # ... "national roll-out to 2019"


@dataclass(frozen=True)
class Country:
    """What one programme states where they differ."""

    zone: str
    six_days: bool = False
    only_an_ideal: bool = False
    """Are the days to hand over no more than an ideal since EU-2018, so that nothing lapses (EU-10)?"""
    four_weeks_of_lead: bool = False
    from_certificate: bool = False
    from_signature: bool = False
    everyone: bool = False
    """Do days and supply limit concern those who cannot become pregnant, too (Italy: men)?"""
    month_of_supply: bool = False
    plasma: bool = False
    """France: plasma beta-hCG, so a test in a laboratory."""


COUNTRIES = {
    "eu_ppp": Country("Europe/Brussels", only_an_ideal=True),
    "de_amvv": Country("Europe/Berlin", six_days=True, from_signature=True),
    "fr_ansm": Country("Europe/Paris", month_of_supply=True, plasma=True),
    "it_aifa": Country("Europe/Rome", four_weeks_of_lead=True, from_certificate=True, everyone=True),
    "nl_ppp": Country("Europe/Amsterdam"),
}


def lead_passes_on(country: Country, since: date) -> date:
    """The first day on which contraception has been in use for long enough."""
    return turn_pages(since, ITALIAN_LEAD_DAYS) if country.four_weeks_of_lead else same_day_next_month(since)


def last_day_to_hand_over(country: Country, first: date) -> date:
    """The last day, counted from the issue, the signature or the certificate as day 0."""
    return turn_pages(first, GERMAN_HAND_OVER_DAYS if country.six_days else HAND_OVER_DAYS)


def has_lapsed(country: Country, prescription: Fact, window: Window | None, on: date) -> bool:
    """Can a prescription no longer be handed over? Under EU-2003 the seven days bound everywhere."""
    if country.only_an_ideal and day_of(prescription) > EU_2003_SURELY_UNTIL:
        return False
    return window is None or on > window.closes_on


def lead_rule(country: Country, facts: list[Fact], on: date) -> tuple[Answer, date | None]:
    """Has contraception been in use for long enough, and on which day will it have been?"""
    if waived_on(facts, on):
        return "met", None
    if not of_kind(facts, "contraception"):
        return "unknown", None
    since = unbroken_since(facts, on, counts_in_the_uk)
    if since is None:
        return "unknown", None  # whether what is recorded counts is another rule's question
    passes = lead_passes_on(country, since)
    return ("met" if on >= passes else "not_met"), passes


def certificate_of(course: list[Fact], facts: list[Fact], until: date, *, positive: bool) -> Fact | None:
    """The doctor's certificate for the present prescription: one for each (Italy, section 3.4).

    Not one of a cycle that a hand-over has ended, nor one from before a positive test was disproved.
    """
    if positive:
        return None
    last = max((day_of(given) for given in handed_over(course)), default=date.min)
    since = start_sequence_since(facts)
    found = [
        fact
        for fact in of_kind(course, "non_pregnancy_certificate")
        if last < day_of(fact) <= until and day_of(fact) >= since
    ]
    return found[-1] if found else None


def day_zero(country: Country, prescription: Fact) -> date:
    """The day a prescription counts from: its issue; in Germany its qualified signature, where it has one."""
    signed = prescription.get("signed_at")
    if not country.from_signature or signed is None:
        return day_of(prescription)
    return datetime.fromisoformat(str(signed)).astimezone(ZoneInfo(country.zone)).date()


def window_of(
    country: Country, prescription: Fact | None, certificate: Fact | None, *, can: bool
) -> Window | None:
    """The days on which this prescription may be handed over."""
    if prescription is None or not (can or country.everyone):
        return None
    opens = day_zero(country, prescription)
    if country.from_certificate and can:
        if certificate is None:
            return None
        opens = day_of(certificate)
    return Window(opens, last_day_to_hand_over(country, opens), country.zone)


def within_three_days(test: Fact | None, served_on: date) -> bool:
    """Is the test at most three days old on the day it has to serve?"""
    if test is None:
        return False
    age = days_between(day_of(test), served_on)
    return age is not None and age <= TEST_BEFORE_PRESCRIPTION_DAYS


def served_rule(
    country: Country, facts: list[Fact], course: list[Fact], test: Fact | None, on: date, *, first: bool
) -> Answer:
    """Is there a test of at most three days before, and for a first prescription after the lead (EU-05)?"""
    if test is None or in_doubt(course, test):
        return "unknown"
    if not within_three_days(test, on):
        return "not_met"
    if not first:
        return "met"
    known = [fact for fact in facts if day_of(fact) <= day_of(test)]
    return lead_rule(country, known, day_of(test))[0]


def italian_rule(
    country: Country,
    facts: list[Fact],
    course: list[Fact],
    counted: list[Fact],
    certificate: Fact | None,
    prescribed_on: date,
    *,
    first: bool,
) -> Answer:
    """In Italy the table says "CERT-based": only where certificate and prescription agree is it decided."""
    if certificate is None:
        return "unknown"
    if prescribed_on > last_day_to_hand_over(country, day_of(certificate)):
        return "unknown"  # nothing could be handed over on it any more
    answers = {
        served_rule(country, facts, course, serving_test(counted, day), day, first=first)
        for day in (day_of(certificate), prescribed_on)
    }
    if answers == {"met"}:
        return "met"
    return "undecided" if "met" in answers else "unknown"


def supply_rule(country: Country, prescription: Fact | None, *, can: bool) -> Answer:
    """At most thirty days, or in France one month, in one prescription."""
    if not (can or country.everyone):
        return "not_applicable"
    if prescription is None:
        return "unknown"
    days = prescription["days_supply"]
    if country.month_of_supply and SUPPLY_DAYS < days <= FRENCH_MONTH_AT_MOST:
        return "undecided"
    return "met" if days <= SUPPLY_DAYS else "not_met"


def post_treatment_test_on(facts: list[Fact]) -> date | None:
    """A calendar month after the last dose, clamped; five weeks before the review of 2018 (EU-07)."""
    stopped = course_stopped_on(facts)
    if stopped is None or EU_2003_SURELY_UNTIL < stopped < ONE_MONTH_SURELY_FROM:
        return None
    if stopped <= EU_2003_SURELY_UNTIL:
        return still_to_do(turn_pages(stopped, FIVE_WEEKS), facts)
    return still_to_do(same_day_next_month(stopped), facts)


def eu_answer(case: Mapping[str, Any], on: date, programme: str) -> DayAnswer | None:
    """The oracle's answer for one of these programmes; None while nobody has recorded the category."""
    country = COUNTRIES[programme]
    facts = facts_seen_on(case, on)
    can = can_become_pregnant(facts)
    if can is None:
        return None
    course = of_this_course(facts, on)
    counted, positive = negatives_that_count(facts, on)
    counted = [test for test in counted if test in course]
    waiting = waiting_prescription(course)
    certificate = certificate_of(course, facts, on if waiting is None else day_of(waiting), positive=positive)
    window = window_of(country, waiting, certificate, can=can)
    inside: Answer = "unknown"
    if window is not None:
        inside = "met" if window.opens_on <= on <= window.closes_on else "not_met"
    stands = waiting is not None and not has_lapsed(country, waiting, window, on)
    prescribed_on = day_of(waiting) if waiting is not None and stands else on
    if country.from_certificate and not stands:
        certificate = certificate_of(course, facts, on, positive=positive)
    since = start_sequence_since(facts)
    first = not any(day_of(given) >= since for given in handed_over(course))
    test = serving_test(counted, prescribed_on)
    if country.from_certificate:
        served = italian_rule(country, facts, course, counted, certificate, prescribed_on, first=first)
    else:
        served = served_rule(country, facts, course, test, prescribed_on, first=first)
    lead, passes = lead_rule(country, facts, on)
    rules: dict[str, Answer] = dict.fromkeys(
        ("contraception.lead_time", "pregnancy_testing.test_before_prescription",
         "pregnancy_testing.test_setting"), "not_applicable",
    )  # fmt: skip
    if can:
        rules["contraception.lead_time"] = lead
        rules["pregnancy_testing.test_before_prescription"] = served
        asked = served == "met" and not country.plasma
        if certificate is not None and serving_test(counted, day_of(certificate)) is not test:
            asked = False  # which of the two tests serves is what the table leaves open
        setting = setting_rule(counted, test) if asked else "undecided"
        rules["pregnancy_testing.test_setting"] = setting
    rules["dispensing.inside_the_window"] = inside if can or country.everyone else "not_applicable"
    rules["prescription.supply_limit"] = supply_rule(country, waiting, can=can)
    rules["pregnancy_testing.no_positive_test"] = "not_met" if positive else "met"
    return DayAnswer(
        on=on,
        reading=programme,
        can_become_pregnant=can,
        before_the_first_hand_over=not handed_over(course),
        window=window,
        rules=rules,
        days={"contraception.lead_time": passes if can and lead == "not_met" else None},
        amber=None,
        post_treatment_test_on=post_treatment_test_on(facts) if can else None,
    )
