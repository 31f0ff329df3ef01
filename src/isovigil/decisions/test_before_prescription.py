"""Was the pregnancy test taken shortly enough before the prescription?"""

from __future__ import annotations

from datetime import date

from isovigil.calendar.days import in_words
from isovigil.calendar.window import Window
from isovigil.case.kinds import PregnancyTest
from isovigil.decisions.contraceptive_cover import lead_ends_on, valid_waiver
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import negative_tests, standing_prescription
from isovigil.decisions.finding import Outcome, met, not_applicable, not_met, unknown
from isovigil.decisions.pregnancy_testing import CANNOT, category_unknown
from isovigil.decisions.rule import PRESCRIBE_AND_DISPENSE, rule
from isovigil.law.law import Law
from isovigil.law.value import Dated


def serving_test(course: Course, law: Law) -> PregnancyTest | None:
    """The negative test that serves the standing prescription, or would serve one issued now."""
    prescription = standing_prescription(course, law)
    negatives = negative_tests(course, law)
    if prescription is not None:
        negatives = [test for test in negatives if test.taken_on <= prescription.issued_on]
    return negatives[-1] if negatives else None


@rule("pregnancy_testing.test_before_prescription", gates=PRESCRIBE_AND_DISPENSE)
def test_before_prescription(course: Course, law: Law) -> Outcome:
    """Was a negative test taken shortly enough before the prescription?"""
    today = course.today.day
    days = law.days("pregnancy_testing/days_before_prescription", today)
    if course.can_become_pregnant is None:
        return category_unknown(law)
    if not course.can_become_pregnant:
        return not_applicable(CANNOT, values=(days,))
    prescription = standing_prescription(course, law)
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
    in_time = course.today.is_inside(valid) if prescription is None else prescription.issued_on in valid
    if not in_time:
        return not_met(
            f"The test of {in_words(test.taken_on)} served prescriptions until "
            f"{in_words(valid.closes_on)} (at most {days.value} days after it)"
            + (f"; this one is of {in_words(prescription.issued_on)}." if prescription else "."),
            needs="a new negative pregnancy test" + (" and then a new prescription" if prescription else ""),
            whose_move="patient",
            satisfiable_from=_first_useful_test_day(course, law),
            facts=[test, prescription],
            values=(days,),
            task="pregnancy_test",
        )
    return _after_the_lead(course, law, test, valid)


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
