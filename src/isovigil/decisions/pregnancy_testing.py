"""Is pregnancy excluded, by the right test, in the right place, at the right time?"""

from __future__ import annotations

from datetime import date
from typing import Any

from isovigil.calendar.days import days_after, in_words
from isovigil.case.kinds import PregnancyTest
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import (
    SPECIMEN_WINDOWS,
    capsules_last_until,
    earliest_confirmatory_day_of,
    first_specimen_day_after_hand_over,
    hand_over_window,
    is_open_now,
    negative_tests,
    repeat_needed_since,
    scheme,
    start_tests_of,
    window_test,
)
from isovigil.decisions.finding import Outcome, met, not_applicable, not_met, unknown
from isovigil.decisions.harm import pregnancy_report_due
from isovigil.decisions.rule import (
    EVERY_GATE,
    PRESCRIBE,
    PRESCRIBE_AND_DISPENSE,
    rule,
)
from isovigil.decisions.start_tests import Shortcoming, shortcoming
from isovigil.law.law import Law
from isovigil.law.value import Dated

CANNOT = "The patient cannot become pregnant."
CATEGORY_NEEDED = "whether the patient can become pregnant"


def category_unknown(law: Law) -> Outcome:
    """No rule for one category is a pass while the category itself is unknown."""
    return unknown(
        "Nobody recorded whether the patient can become pregnant.",
        needs=CATEGORY_NEEDED,
        whose_move="prescriber",
        strength="law",
    )


def needs_repeat(course: Course, doubtful: PregnancyTest, values: tuple[Dated[Any], ...]) -> Outcome:
    """An invalid test inside the window leaves the negative one before it in doubt."""
    return unknown(
        f"The test of {in_words(doubtful.taken_on)} was invalid, which leaves the one before it in doubt.",
        needs="a repeated pregnancy test that is negative",
        whose_move="patient",
        satisfiable_from=course.today.day,
        facts=[doubtful],
        values=values,
        task="pregnancy_test",
    )


@rule("pregnancy_testing.not_pregnant", gates=EVERY_GATE, when_not_met="stop")
def not_pregnant(course: Course, law: Law) -> Outcome:
    """Is a pregnancy recorded that has neither ended nor been disproved?"""
    required = law.flag("pregnancy_testing/pregnancy_excludes_treatment", course.today.day)
    pregnancy = course.standing_pregnancy
    if pregnancy is None:
        return met("No pregnancy is recorded.", values=(required,))
    return not_met(
        f"A pregnancy is recorded on {in_words(pregnancy.date)}.",
        needs="stop treatment; a clinician's decision about it and a new start sequence",
        whose_move="prescriber",
        facts=[pregnancy],
        values=(required,),
        task="report_pregnancy" if pregnancy_report_due(course, law, pregnancy) else None,
        due_on=pregnancy.date,  # at once (us-ipledge 9: "immediately"): the day it was known
    )


@rule("pregnancy_testing.no_positive_test", gates=EVERY_GATE, when_not_met="stop")
def no_positive_test(course: Course, law: Law) -> Outcome:
    """Is there a positive pregnancy test that nobody has disproved?"""
    required = law.flag("pregnancy_testing/pregnancy_excludes_treatment", course.today.day)
    positive = course.standing_positive
    if positive is None:
        return met("No positive pregnancy test stands.", values=(required,))
    return not_met(
        f"The pregnancy test of {in_words(positive.taken_on)} was positive.",
        needs="stop treatment; if disproved, a clinician's decision about it and a new start sequence",
        whose_move="prescriber",
        facts=[positive],
        values=(required,),
        task="report_pregnancy" if pregnancy_report_due(course, law, positive) else None,
        due_on=positive.reported_on or positive.taken_on,  # at once: the day the result was known
    )


@rule("pregnancy_testing.screening_test", gates=EVERY_GATE)
def screening_test(course: Course, law: Law) -> Outcome:
    """Is there a negative screening test from before the confirmatory one?"""
    count = law.number("pregnancy_testing/tests_before_start", course.today.day)
    if scheme(law, course.today.day) != SPECIMEN_WINDOWS:
        return not_applicable(
            "This programme asks for one test before each prescription, and no screening test.",
            values=(count,),
        )
    if course.can_become_pregnant is None:
        return category_unknown(law)
    if not course.can_become_pregnant:
        return not_applicable(CANNOT, values=(count,))
    if course.has_started:
        return not_applicable("The first dose has been handed over.", values=(count,))
    negatives = negative_tests(course, law)
    if negatives:
        return met(
            f"The screening test of {in_words(negatives[0].taken_on)} was negative.",
            facts=[negatives[0]],
            values=(count,),
        )
    return unknown(
        "No negative screening test is recorded for this start.",
        needs="a negative screening pregnancy test",
        whose_move="patient",
        satisfiable_from=course.today.day,
        values=(count,),
        task="pregnancy_test",
    )


@rule("pregnancy_testing.confirmatory_test", gates=EVERY_GATE)
def confirmatory_test(course: Course, law: Law) -> Outcome:
    """Is there a negative confirmatory test at the right time, whose window is open?"""
    today = course.today.day
    if scheme(law, today) != SPECIMEN_WINDOWS:
        return not_applicable(
            "This programme asks for one test before each prescription.",
            values=(law.number("pregnancy_testing/tests_before_start", today),),
        )
    gap = law.days("pregnancy_testing/days_between_start_tests", today)
    if course.can_become_pregnant is None:
        return category_unknown(law)
    if not course.can_become_pregnant:
        return not_applicable(CANNOT, values=(gap,))
    if course.has_started:
        return not_applicable("The first dose has been handed over.", values=(gap,))
    return _judge_confirmatory(course, law)


def _confirmed_by(law: Law, on: date) -> tuple[Dated[Any], ...]:
    """The values by which a test is judged as the confirmatory one."""
    return (
        law.days("pregnancy_testing/days_between_start_tests", on),
        law.period("contraception/lead", on),
        law.days("pregnancy_testing/days_of_menses_for_confirmatory_test", on),
        law.days("dispensing/window_days", on),
    )


def _judge_confirmatory(course: Course, law: Law) -> Outcome:
    today = course.today.day
    values = law.worked_out(_confirmed_by, today)
    tests = start_tests_of(course, law)
    earliest = earliest_confirmatory_day_of(course, law)
    latest = window_test(course, law)
    needs = "a negative confirmatory pregnancy test" + (
        f", first possible on {in_words(earliest)}" if earliest and earliest > today else ""
    )
    doubtful = repeat_needed_since(course, law)
    if doubtful is not None:
        return needs_repeat(course, doubtful, values)
    if tests.screening is None or latest is None or latest.taken_on == tests.screening.taken_on:
        return unknown(
            "No confirmatory test is recorded yet.",
            needs=needs,
            whose_move="patient",
            satisfiable_from=earliest,
            facts=[tests.screening],
            values=values,
            task="confirmatory_test",
        )
    lack = shortcoming(course, law, tests.screening, latest, is_repeat=latest in tests.repeats)
    if lack is not None:
        return _fails_timing(course, law, latest, lack, earliest, needs, values)
    opened = hand_over_window(course, law)
    if opened is not None and is_open_now(course, law, opened.window):
        return met(
            f"The confirmatory test of {in_words(latest.taken_on)} was negative and in time.",
            facts=[tests.screening, latest],
            values=values,
        )
    return not_met(
        f"The window of the confirmatory test of {in_words(latest.taken_on)} is over.",
        needs=needs,
        whose_move="patient",
        satisfiable_from=earliest,
        facts=[latest],
        values=values,
        task="confirmatory_test",
        gates=("start", "prescribe") if course.undispensed is not None else None,
    )


def _fails_timing(
    course: Course,
    law: Law,
    latest: PregnancyTest,
    lack: Shortcoming,
    earliest: date | None,
    needs: str,
    values: tuple[Dated[Any], ...],
) -> Outcome:
    """A second test was taken, but it cannot serve, or it cannot be told whether it can."""
    say = unknown if lack.is_unknown else not_met
    return say(
        f"The test of {in_words(latest.taken_on)} cannot confirm: {lack.says}.",
        needs={
            "contraception/lead": "acceptable contraception on record, then " + needs,
            "pregnancy_testing/days_of_menses_for_confirmatory_test": (
                "the cycle and the first day of the period on record" if lack.is_unknown else needs
            ),
        }.get(lack.value_name, needs)
        if lack.is_unknown
        else needs,
        whose_move="patient",
        satisfiable_from=earliest,
        facts=[latest],
        values=(law.value(lack.value_name, latest.taken_on),),
        task="record_fact" if lack.is_unknown else "confirmatory_test",
    )


@rule("pregnancy_testing.monthly_test", gates=PRESCRIBE_AND_DISPENSE)
def monthly_test(course: Course, law: Law) -> Outcome:
    """Is there a negative test for this cycle, whose window is open?"""
    today = course.today.day
    if scheme(law, today) != SPECIMEN_WINDOWS:
        return not_applicable(
            "This programme asks for a test before each prescription instead.",
            values=(law.word("pregnancy_testing/scheme", today),),
        )
    length = law.days("dispensing/window_days", today)
    if course.can_become_pregnant is None:
        return category_unknown(law)
    if not course.can_become_pregnant:
        return not_applicable(CANNOT, values=(length,))
    if not course.has_started:
        return not_applicable("It begins after the first hand-over.", values=(length,))
    opened = hand_over_window(course, law)
    doubtful = repeat_needed_since(course, law)
    if doubtful is not None:
        return needs_repeat(course, doubtful, (length,))
    if opened is None:
        return unknown(
            "No negative pregnancy test is recorded for this cycle.",
            needs="a negative pregnancy test",
            whose_move="patient",
            satisfiable_from=max(today, first_specimen_day_after_hand_over(course, law)),
            values=(length,),
            task="pregnancy_test",
            due_on=capsules_last_until(course),
        )
    test = opened.opened_by
    if is_open_now(course, law, opened.window):
        return met(
            f"The test of {in_words(opened.window.opens_on)} was negative; its window is {opened.window}.",
            facts=[test],
            values=(length,),
        )
    return not_met(
        f"The window of the test of {in_words(opened.window.opens_on)} closed on "
        f"{in_words(opened.window.closes_on)}.",
        needs="a new negative pregnancy test",
        whose_move="patient",
        satisfiable_from=max(today, days_after(opened.window.closes_on, 1)),
        facts=[test],
        values=(length,),
        task="pregnancy_test",
        gates=PRESCRIBE if course.undispensed is not None else None,
    )
