"""What is still due after the last dose: which tests, and contraception until when?"""

from __future__ import annotations

from datetime import date

import msgspec

from isovigil.calendar.days import days_after, in_words
from isovigil.case.kinds import Attestation, PregnancyTest, TreatmentStop
from isovigil.decisions.asked import asked_of
from isovigil.decisions.contraceptive_cover import entry_in_force, rejection, valid_waiver
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import is_sensitive_enough
from isovigil.decisions.ended_treatment import Until, ends_after
from isovigil.decisions.finding import Mover, Outcome, met, not_applicable, not_met, unknown
from isovigil.decisions.rule import rule
from isovigil.law.law import Law
from isovigil.law.value import Dated

_TEST_AFTER = "post_treatment/test_after"
_CONTRACEPTION_AFTER = "post_treatment/contraception_after"
_ACCEPTED = "pregnancy_testing/settings_during_treatment"
_TOLERATED = "pregnancy_testing/settings_tolerated_during_treatment"
_NEEDING_PROCESS = "pregnancy_testing/settings_needing_home_test_process"
_REPORTERS = ("patient", "prescriber")


@rule("post_treatment.end_of_treatment_test")
def end_of_treatment_test(course: Course, law: Law) -> Outcome:
    """Was a pregnancy test taken when treatment ended?"""
    asked = asked_of(course, law, "post_treatment/end_test_concerns", "no test on the day treatment ends")
    if isinstance(asked, Outcome):
        return asked
    stop = course.ended_treatment
    if stop is None:
        return not_applicable("No treatment has ended, or it has begun again.", values=(asked,))
    before = law.days("post_treatment/end_test_counts_from_days_before", stop.date)
    due = ends_after(stop, law, _TEST_AFTER)
    values = (asked, before)
    earliest = days_after(stop.date, -before.value)
    at_the_end = [test for test in _negatives(course, law) if earliest <= test.taken_on < due.day]
    if at_the_end:
        return met(
            f"The test at the end of treatment, of {in_words(at_the_end[0].taken_on)}, was negative.",
            facts=[at_the_end[0]],
            values=values,
        )
    if course.today.has_reached(due.day):
        return not_met(
            f"No test was taken when treatment ended on {in_words(stop.date)}.",
            needs="the test after treatment, which is due by now",
            whose_move="patient",
            satisfiable_from=None,
            facts=[stop],
            values=values,
        )
    return unknown(
        f"No test is recorded for the end of treatment on {in_words(stop.date)}.",
        needs="a negative pregnancy test at the end of treatment",
        whose_move="patient",
        satisfiable_from=stop.date,
        facts=[stop],
        values=values,
        task="end_of_treatment_test",
        due_on=stop.date,
        closes_on=days_after(due.day, -1),
    )


@rule("post_treatment.test_after_treatment")
def test_after_treatment(course: Course, law: Law) -> Outcome:
    """Was a pregnancy test taken a month after the last dose?"""
    asked = asked_of(course, law, "post_treatment/test_concerns", "no test after the end of treatment")
    if isinstance(asked, Outcome):
        return asked
    stop = course.ended_treatment
    if stop is None:
        return not_applicable("No treatment has ended, or it has begun again.", values=(asked,))
    due = ends_after(stop, law, _TEST_AFTER)
    values = (asked, *due.values)
    tests = [test for test in _negatives(course, law) if test.taken_on >= due.day]
    for test in tests:
        accepted = _accepting(law, test)
        if accepted is not None and _lack_of(course, law, test, accepted) is None:
            return met(
                f"The test after treatment, of {in_words(test.taken_on)}, was negative.",
                facts=[stop, test],
                values=(*values, accepted),
                by_discretion=accepted.name.endswith(_TOLERATED),
            )
    if not course.today.has_reached(due.day):
        return _due(
            not_met(
                f"The test after treatment is due on {in_words(due.day)}.{due.remark}",
                needs="a negative pregnancy test on or after that day",
                whose_move="patient",
                facts=[stop],
                values=values,
            ),
            due.day,
        )
    return _overdue(course, law, stop, due, values, tests)


def _overdue(
    course: Course,
    law: Law,
    stop: TreatmentStop,
    due: Until,
    values: tuple[Dated[object], ...],
    refused: list[PregnancyTest],
) -> Outcome:
    """The day has come and no test that counts is recorded: it is never closed by itself."""
    stage, stage_values = _escalation(course, law, stop)
    whose_move: Mover = "prescriber" if stage else "patient"
    says = f"No negative test since {in_words(due.day)} is recorded, the day the test after treatment is due."
    lack = _setting_lack(course, law, refused[-1]) if refused else None
    if lack is not None:
        says = f"The test of {in_words(refused[-1].taken_on)} {lack}."
    needs = "a negative pregnancy test in a setting that counts"
    if stage:
        needs += f"; the patient was to be reached on {in_words(stage)}, and each attempt recorded"
    fails = not_met if lack is not None and lack not in _NOT_RECORDED else unknown
    outcome = fails(
        says + due.remark,
        needs=needs,
        whose_move=whose_move,
        facts=[stop, *refused],
        values=(*values, *stage_values),
    )
    return msgspec.structs.replace(_due(outcome, due.day), amber=stage is not None)


def _due(outcome: Outcome, day: date) -> Outcome:
    return msgspec.structs.replace(outcome, satisfiable_from=day, task="post_treatment_test", due_on=day)


def _escalation(
    course: Course, law: Law, stop: TreatmentStop
) -> tuple[date | None, tuple[Dated[object], ...]]:
    """The last day reached on which somebody was to chase the test: never the day it falls due."""
    reached: date | None = None
    values: list[Dated[object]] = []
    for name in ("post_treatment/second_reminder_after", "post_treatment/last_reminder_after"):
        if not law.holds(name, stop.date):
            continue
        after = law.period(name, stop.date)
        day = after.value.after(stop.date)
        if course.today.has_reached(day):
            reached = day
            values.append(after)
    return reached, tuple(values)


def _negatives(course: Course, law: Law) -> list[PregnancyTest]:
    """The negative tests since the last positive one or pregnancy, of any course, oldest first."""
    return course.remember("negative tests of any course", lambda: _find_negatives(course, law))


def _find_negatives(course: Course, law: Law) -> list[PregnancyTest]:
    tests = course.chart.all(PregnancyTest)
    others = [test for test in tests if test.result != "negative"]
    doubtful = {test.taken_on for test in others}
    since_positive = max([test.taken_on for test in others if test.result == "positive"], default=date.min)
    return [
        test
        for test in tests
        if test.result == "negative"
        and test.taken_on not in doubtful
        and test.taken_on > since_positive
        and (test.sensitivity_miu_ml is None or is_sensitive_enough(test, law))
    ]


def _accepting(law: Law, test: PregnancyTest) -> Dated[tuple[str, ...]] | None:
    """The value that accepts or tolerates the test's setting after treatment, where one does."""
    for name in (_ACCEPTED, _TOLERATED):
        if law.holds(name, test.taken_on):
            settings = law.words(name, test.taken_on)
            if test.setting in settings.value:
                return settings
    return None


_SETTING_UNKNOWN = "does not count while nobody records where it was taken"
_PROCESS_UNKNOWN = "does not count while nobody attests the prescriber's process for tests at home"
_NOT_RECORDED = frozenset({_SETTING_UNKNOWN, _PROCESS_UNKNOWN})


def _setting_lack(course: Course, law: Law, test: PregnancyTest) -> str | None:
    """Why the test's setting keeps it from counting; None where it does not."""
    return _lack_of(course, law, test, _accepting(law, test))


def _lack_of(
    course: Course, law: Law, test: PregnancyTest, accepted: Dated[tuple[str, ...]] | None
) -> str | None:
    if test.setting == "unknown":
        return _SETTING_UNKNOWN
    if accepted is None:
        return (
            f"was taken in a setting ({test.setting.replace('_', ' ')}) that does not count after treatment"
        )
    if not law.holds(_NEEDING_PROCESS, test.taken_on):
        return None
    if test.setting not in law.words(_NEEDING_PROCESS, test.taken_on).value:
        return None
    attested = any(fact.what == "home_test_process" for fact in course.chart.all(Attestation))
    return None if attested else _PROCESS_UNKNOWN


@rule("post_treatment.contraception_until")
def contraception_until(course: Course, law: Law) -> Outcome:
    """Until when does contraception continue after the last dose?"""
    asked = asked_of(course, law, "post_treatment/contraception_concerns", "no contraception after treatment")
    if isinstance(asked, Outcome):
        return asked
    stop = course.ended_treatment
    if stop is None:
        return not_applicable("No treatment has ended, or it has begun again.", values=(asked,))
    until = ends_after(stop, law, _CONTRACEPTION_AFTER)
    values = (asked, *until.values)
    if course.today.is_past(until.day):
        return not_applicable(
            f"Contraception was to continue until {in_words(until.day)}.{until.remark}",
            facts=[stop],
            values=values,
        )
    says = f"Contraception continues until {in_words(until.day)}, that day included.{until.remark}"
    waiver = valid_waiver(course)
    entries = [entry_in_force(course, reporter) for reporter in _REPORTERS]
    accepted = [entry for entry in entries if entry and rejection(entry, law, course.today.day) is None]
    if waiver is not None or accepted:
        return met(says, facts=[stop, waiver, *accepted], values=values)
    return unknown(
        f"{says} No accepted method is recorded as in use.",
        needs="accepted contraception on record until that day",
        whose_move="patient",
        satisfiable_from=course.today.day,
        facts=[stop],
        values=values,
        task="contraception_entry",
        closes_on=until.day,
    )
