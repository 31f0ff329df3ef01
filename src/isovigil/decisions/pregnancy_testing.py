"""Is pregnancy excluded, by the right test, in the right place, at the right time?"""

from __future__ import annotations

from datetime import date

from isovigil.calendar.days import days_after, days_between, in_words
from isovigil.calendar.window import Window
from isovigil.case.kinds import Attestation, PregnancyTest
from isovigil.decisions.contraceptive_cover import lead_ends_on
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import (
    SPECIMEN_WINDOWS,
    hand_over_window,
    is_open_now,
    negative_tests,
    scheme,
    standing_prescription,
    window_test,
)
from isovigil.decisions.finding import Outcome, met, not_applicable, not_met, unknown
from isovigil.decisions.rule import (
    EVERY_GATE,
    PRESCRIBE,
    PRESCRIBE_AND_DISPENSE,
    rule,
)
from isovigil.decisions.start_tests import (
    Shortcoming,
    earliest_confirmatory_day,
    judge_start_tests,
    shortcoming,
)
from isovigil.law.law import Law

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
        task="report_pregnancy",
        due_on=course.today.day,
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
        task="report_pregnancy",
        due_on=course.today.day,
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


def _judge_confirmatory(course: Course, law: Law) -> Outcome:
    today = course.today.day
    values = (
        law.days("pregnancy_testing/days_between_start_tests", today),
        law.period("contraception/lead", today),
        law.days("pregnancy_testing/days_of_menses_for_confirmatory_test", today),
        law.days("dispensing/window_days", today),
    )
    tests = judge_start_tests(course, law, negative_tests(course, law))
    earliest = earliest_confirmatory_day(course, law, tests)
    latest = window_test(course, law)
    needs = "a negative confirmatory pregnancy test" + (
        f", first possible on {in_words(earliest)}" if earliest and earliest > today else ""
    )
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
    lack = shortcoming(course, law, tests.screening, latest)
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
    values: tuple[object, ...],
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
    if opened is None:
        return unknown(
            "No negative pregnancy test is recorded for this cycle.",
            needs="a negative pregnancy test",
            whose_move="patient",
            satisfiable_from=today,
            values=(length,),
            task="pregnancy_test",
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
    negatives = negative_tests(course, law)
    if prescription is not None:
        negatives = [test for test in negatives if test.taken_on <= prescription.issued_on]
    if not negatives or _has_later_invalid(course, negatives[-1]):
        return unknown(
            "No negative pregnancy test is recorded before the prescription.",
            needs="a negative pregnancy test",
            whose_move="patient",
            satisfiable_from=_first_useful_test_day(course, law),
            facts=[prescription],
            values=(days,),
            task="pregnancy_test",
        )
    test = negatives[-1]
    valid = Window.starting_after(test.taken_on, days.value)
    in_time = course.today.is_inside(valid) if prescription is None else prescription.issued_on in valid
    if not in_time:
        issued = prescription.issued_on if prescription else today
        return not_met(
            f"The test of {in_words(test.taken_on)} is {days_between(test.taken_on, issued)} days "
            f"older than the prescription; at most {days.value} are allowed.",
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
    lead_over = lead_ends_on(course, law, test.taken_on)
    if must_follow.value and not course.has_started and lead_over is not None and test.taken_on < lead_over:
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


@rule("pregnancy_testing.test_setting", gates=PRESCRIBE_AND_DISPENSE)
def test_setting(course: Course, law: Law) -> Outcome:
    """Was the test that counts taken in a setting the programme accepts?"""
    today = course.today.day
    if course.can_become_pregnant is None:
        return category_unknown(law)
    period = "during_treatment" if course.has_started else "before_first_dose"
    if not course.can_become_pregnant:
        return not_applicable(CANNOT, values=(law.words(f"pregnancy_testing/settings_{period}", today),))
    relied_on = _tests_relied_on(course, law)
    if not relied_on:
        return unknown(
            "There is no negative test whose setting could be judged.",
            needs="a negative pregnancy test in an accepted setting",
            whose_move="patient",
            satisfiable_from=today,
            values=(law.words(f"pregnancy_testing/settings_{period}", today),),
        )
    outcomes = [_setting_of(course, law, test, name) for test, name in relied_on]
    order = ("not_met", "unknown", "met_by_discretion", "met")
    return min(outcomes, key=lambda outcome: order.index(outcome.answer))


def _tests_relied_on(course: Course, law: Law) -> list[tuple[PregnancyTest, str]]:
    """The tests whose setting matters now, each with the name of the list it is held against."""
    negatives = negative_tests(course, law)
    if not negatives:
        return []
    if scheme(law, course.today.day) != SPECIMEN_WINDOWS:
        name = "during_treatment" if course.has_started else "before_first_dose"
        return [(negatives[-1], name)]
    if course.has_started:
        test = window_test(course, law)
        return [] if test is None else [(test, "during_treatment")]
    tests = [(negatives[0], "screening")]
    counted = window_test(course, law)
    if counted is not None and counted is not negatives[0]:
        tests.append((counted, "before_first_dose"))
    return tests


def _setting_of(course: Course, law: Law, test: PregnancyTest, name: str) -> Outcome:
    accepted = law.words(f"pregnancy_testing/settings_{name}", test.taken_on)
    taken = f"The test of {in_words(test.taken_on)}"
    place = test.setting.replace("_", " ")
    if test.setting == "unknown":
        return unknown(
            f"Nobody recorded where the test of {in_words(test.taken_on)} was taken.",
            needs="the setting of the test, or a new test in an accepted setting",
            whose_move="prescriber",
            satisfiable_from=course.today.day,
            facts=[test],
            values=(accepted,),
            task="record_fact",
        )
    if test.setting in accepted.value:
        return _with_process(
            course, law, test, f"{taken} was taken in an accepted setting ({place}).", accepted, False
        )
    tolerated_name = f"pregnancy_testing/settings_tolerated_{name}"
    if law.holds(tolerated_name, test.taken_on):
        tolerated = law.words(tolerated_name, test.taken_on)
        if test.setting in tolerated.value:
            return _with_process(
                course,
                law,
                test,
                f"{taken} was taken in a setting ({place}) tolerated by discretion.",
                tolerated,
                True,
            )
    return not_met(
        f"{taken} was taken in a setting ({place}) that is not accepted.",
        needs="a negative pregnancy test in "
        + " or ".join(setting.replace("_", " ") for setting in accepted.value),
        whose_move="patient",
        satisfiable_from=course.today.day,
        facts=[test],
        values=(accepted,),
        task="pregnancy_test",
    )


def _with_process(
    course: Course, law: Law, test: PregnancyTest, says: str, value: object, by_discretion: bool
) -> Outcome:
    """A home test counts only where the prescriber's written process for home tests is attested."""
    name = "pregnancy_testing/settings_needing_home_test_process"
    if law.holds(name, test.taken_on):
        needing = law.words(name, test.taken_on)
        if test.setting in needing.value:
            attested = [fact for fact in course.chart.all(Attestation) if fact.what == "home_test_process"]
            if not attested:
                return unknown(
                    f"{says} Nobody attested the process that limits misreading and falsification.",
                    needs="the prescriber's attestation of a home-test process",
                    whose_move="prescriber",
                    satisfiable_from=course.today.day,
                    facts=[test],
                    values=(value, needing),
                    task="attestation",
                )
            return met(says, facts=[test, attested[-1]], values=(value, needing), by_discretion=by_discretion)
    return met(says, facts=[test], values=(value,), by_discretion=by_discretion)
