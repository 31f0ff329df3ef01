"""Was the pregnancy test taken shortly enough before the prescription?"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from isovigil.calendar.days import in_words
from isovigil.calendar.window import Window
from isovigil.case.kinds import NonPregnancyCertificate, PregnancyTest, Prescription
from isovigil.decisions.contraceptive_cover import lead_ends_on, valid_waiver
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import (
    certificate_for,
    counts_from_certificate,
    negative_tests,
    standing_prescription,
)
from isovigil.decisions.finding import Outcome, TaskWord, met, not_applicable, not_met, unknown
from isovigil.decisions.pregnancy_testing import CANNOT, category_unknown
from isovigil.decisions.rule import PRESCRIBE_AND_DISPENSE, rule
from isovigil.law.law import Law
from isovigil.law.value import Dated


class _Served(NamedTuple):
    """What a test has to precede shortly enough: a prescription, or the certificate before it (Italy)."""

    fact: Prescription | NonPregnancyCertificate
    day: date


def serving_test(course: Course, law: Law) -> PregnancyTest | None:
    """The negative test that serves the standing prescription, or would serve one issued now."""
    served = _served(course, law)
    negatives = negative_tests(course, law)
    if served is not None:
        negatives = [test for test in negatives if test.taken_on <= served.day]
    return negatives[-1] if negatives else None


def _served(course: Course, law: Law) -> _Served | None:
    prescription = standing_prescription(course, law)
    if counts_from_certificate(course, law, course.today.day):
        certificate = certificate_for(course, prescription)
        return None if certificate is None else _Served(certificate, certificate.date)
    return None if prescription is None else _Served(prescription, prescription.issued_on)


@rule("pregnancy_testing.test_before_prescription", gates=PRESCRIBE_AND_DISPENSE)
def test_before_prescription(course: Course, law: Law) -> Outcome:
    """Was a negative test taken shortly enough before the prescription?"""
    today = course.today.day
    days = law.days("pregnancy_testing/days_before_prescription", today)
    if course.can_become_pregnant is None:
        return category_unknown(law)
    if not course.can_become_pregnant:
        return not_applicable(CANNOT, values=(days,))
    uncertified = _lacks_certificate(course, law, days)
    if uncertified is not None:
        return uncertified
    served = _served(course, law)
    prescription = None if served is None else served.fact
    test = serving_test(course, law)
    if test is None or _has_later_invalid(course, test):
        return unknown(
            "No negative pregnancy test is recorded before the prescription.",
            needs="a negative pregnancy test",
            whose_move="patient",
            satisfiable_from=_first_useful_test_day(course, law),
            facts=[prescription],
            values=(days,),
            task="pregnancy_test",
        )
    valid = Window.starting_after(test.taken_on, days.value)
    in_time = course.today.is_inside(valid) if served is None else served.day in valid
    if not in_time:
        return not_met(
            f"The test of {in_words(test.taken_on)} served {_plural(served)} until "
            f"{in_words(valid.closes_on)} (at most {days.value} days after it)"
            + (f"; this one is of {in_words(served.day)}." if served else "."),
            needs="a new negative pregnancy test" + _and_then(served),
            whose_move="patient",
            satisfiable_from=_first_useful_test_day(course, law),
            facts=[test, prescription],
            values=(days,),
            task="pregnancy_test",
        )
    return _after_the_lead(course, law, test, valid)


def _plural(served: _Served | None) -> str:
    return "certificates" if served and isinstance(served.fact, NonPregnancyCertificate) else "prescriptions"


def _and_then(served: _Served | None) -> str:
    if served is None:
        return ""
    if isinstance(served.fact, NonPregnancyCertificate):
        return ", then a new certificate and a new prescription"
    return " and then a new prescription"


def _lacks_certificate(course: Course, law: Law, days: Dated[int]) -> Outcome | None:
    """Where the days count from a certificate of non-pregnancy: is one there that has not run out?"""
    today = course.today.day
    if not counts_from_certificate(course, law, today):
        return None
    anchor = law.word("dispensing/window_counts_from", today)
    needs = "a certificate of non-pregnancy, dated on the day of the prescription or shortly before"
    prescription = standing_prescription(course, law)
    test = serving_test(course, law)
    is_tested = test is not None and course.today.is_inside(Window.starting_after(test.taken_on, days.value))
    task: TaskWord = "record_fact" if is_tested else "pregnancy_test"
    needs = needs if is_tested else f"a negative pregnancy test, and {needs}"
    certificate = certificate_for(course, prescription)
    if certificate is None:
        return unknown(
            "No certificate of non-pregnancy is recorded for this prescription.",
            needs=needs,
            whose_move="prescriber",
            satisfiable_from=_first_useful_test_day(course, law),
            facts=[prescription],
            values=(anchor, days),
            task=task,
        )
    length = law.days("dispensing/days_after_prescription", certificate.date)
    valid = Window.starting_after(certificate.date, length.value)
    if prescription is None and not course.today.is_inside(valid):
        return not_met(
            f"The certificate of {in_words(certificate.date)} served until {in_words(valid.closes_on)}.",
            needs=needs,
            whose_move="prescriber",
            satisfiable_from=today,
            facts=[certificate],
            values=(anchor, length),
            task=task,
        )
    return None


def _after_the_lead(course: Course, law: Law, test: PregnancyTest, valid: Window) -> Outcome:
    """Before the first dose the decisive test comes after the contraception lead (UK-PPP-09)."""
    days = law.days("pregnancy_testing/days_before_prescription", test.taken_on)
    must_follow = law.flag("pregnancy_testing/start_test_follows_contraception_lead", test.taken_on)
    if not must_follow.value or course.has_started or valid_waiver(course) is not None:
        return _serves(test, valid, days)
    lead_over = lead_ends_on(course, law, test.taken_on)
    if lead_over is None:
        return unknown(
            f"Nobody recorded accepted contraception that was in use at the test of "
            f"{in_words(test.taken_on)}.",
            needs="accepted contraception on record, and a test once it has been in use long enough",
            whose_move="patient",
            satisfiable_from=_first_useful_test_day(course, law),
            facts=[test],
            values=(must_follow, law.period("contraception/lead", test.taken_on)),
            task="contraception_entry",
        )
    if test.taken_on < lead_over:
        return not_met(
            f"The test of {in_words(test.taken_on)} was taken before contraception had been in "
            f"use long enough, which is on {in_words(lead_over)}.",
            needs="a new negative pregnancy test once contraception has been in use long enough",
            whose_move="patient",
            satisfiable_from=max(course.today.day, lead_over),
            facts=[test],
            values=(must_follow, law.period("contraception/lead", test.taken_on)),
            task="pregnancy_test",
        )
    return _serves(test, valid, days)


def _serves(test: PregnancyTest, valid: Window, days: Dated[int]) -> Outcome:
    return met(
        f"The test of {in_words(test.taken_on)} was negative and serves prescriptions until "
        f"{in_words(valid.closes_on)}.",
        facts=[test],
        values=(days,),
    )


def _has_later_invalid(course: Course, test: PregnancyTest) -> bool:
    latest = course.latest(PregnancyTest)
    return latest is not None and latest.result == "invalid" and latest.taken_on >= test.taken_on


def _first_useful_test_day(course: Course, law: Law) -> date:
    today = course.today.day
    if course.has_started:
        return today
    lead_over = lead_ends_on(course, law, today)
    return today if lead_over is None else max(today, lead_over)
