"""What are the next steps, in the order in which they help, and within which days?"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import msgspec

from isovigil.calendar.days import days_after, in_words
from isovigil.case.kinds import PregnancyTest, Prescription
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import (
    PRESCRIPTION_WINDOWS,
    capsules_last_until,
    certificate_for,
    counts_from_certificate,
    hand_over_window,
    scheme,
    standing_prescription,
    start_tests_of,
)
from isovigil.decisions.finding import PASSES, Finding, Task
from isovigil.decisions.judgement import Judgement
from isovigil.decisions.rule import DISPENSE
from isovigil.decisions.start_tests import (
    menses_rule_binds,
    next_menses_days,
)
from isovigil.decisions.test_before_prescription import serving_test
from isovigil.decisions.verdict import acts, programme_verdict
from isovigil.law.law import Law

_ONE_OF_ITS_KIND = frozenset(
    {"pregnancy_test", "confirmatory_test", "prescription", "dispense", "counselling"}
)
_OF_A_CYCLE = frozenset(
    {"pregnancy_test", "confirmatory_test", "counselling", "comprehension", "contraception_entry",
     "questionnaire", "record_fact"}
)  # fmt: skip
_AT_ONCE = frozenset({"contraception_entry", "record_fact"})
"""Of these the ones that no appointment is waited for."""
_CONFIRMATORY = "confirmatory_test"
_TESTS = frozenset({"pregnancy_test", _CONFIRMATORY})
_EXISTS = "dispensing.prescription_exists"
_WINDOW = "dispensing.inside_the_window"
_BETWEEN_TESTS = "pregnancy_testing.test_before_prescription"


class CycleDays(NamedTuple):
    """The days that bound the steps of the present cycle."""

    runs_out: date | None
    """The first day without capsules; None before the first hand-over."""
    appointment: date | None
    """The first day of the next appointment, while it is to come and what is on file will serve it."""
    has_begun: bool
    """Is a test, or the doctor's certificate, of the next cycle on file that still serves?"""
    serves_until: date | None
    """The last day on which what is on file serves a prescription."""
    closes_on: date | None
    """The last day of the hand-over window that is open."""


_NO_BOUNDS = CycleDays(None, None, False, None, None)
"""Nothing is running out and nothing on file serves: only a confirmatory test has days of its own then."""


def next_steps(judgement: Judgement) -> tuple[Task, ...]:
    """The steps the findings ask for and the ones the gates are ready for, each once, with their own days.

    First what clears an obstacle or is ready now, by the day it opens; then what is only advised. A plan
    begins with these steps and takes the days of every later one from here as well. `opens_on` is the first
    day it helps, `due_on` the day by which nothing is lost, `closes_on` the last day it still counts.
    """
    days = cycle_days(judgement.course, judgement.law)
    needed: dict[tuple[str, str], Task] = {}
    advised: dict[tuple[str, str], Task] = {}
    for task in _what_comes(judgement, days):
        needed.setdefault(_kind_of(task), task)
    is_bounded = days != _NO_BOUNDS
    for finding in [each for each in judgement.findings if each.tasks]:
        is_needed = finding.answer in PASSES or acts(finding) or programme_verdict(finding) != "ready"
        chosen = needed if is_needed else advised
        for task in finding.tasks:
            if _comes_of_itself(task, finding, needed):
                continue
            kind = _kind_of(task)
            if kind not in chosen:
                is_within_days = is_bounded or task.what == _CONFIRMATORY
                chosen[kind] = _with_days(task, finding, judgement, days) if is_within_days else task
    soft = [task for kind, task in advised.items() if kind not in needed]
    return (*sorted(needed.values(), key=_opens), *sorted(soft, key=_opens))


def _comes_of_itself(task: Task, finding: Finding, needed: dict[tuple[str, str], Task]) -> bool:
    """Does another step lead to this one: the prescription once its gate is ready, the test of the window?"""
    if task.what == "prescription" and finding.gates == DISPENSE:
        return True
    return task.rule == _WINDOW and any(what in _TESTS for what, _ in needed)


def _kind_of(task: Task) -> tuple[str, str]:
    return (task.what, "" if task.what in _ONE_OF_ITS_KIND else task.says)


def _opens(task: Task) -> date:
    return task.opens_on or date.min


# -- the days of a cycle --------------------------------------------------------------------------------


def cycle_days(course: Course, law: Law) -> CycleDays:
    """The days that bound the present cycle's steps."""
    today = course.today.day
    runs_out = capsules_last_until(course)
    standing = standing_prescription(course, law)
    serves_until = None if standing is not None else last_prescribing_day(course, law)
    opened = hand_over_window(course, law)
    closes_on = None if opened is None or opened.window.closes_on < today else opened.window.closes_on
    has_begun = serves_until is not None and _is_of_the_next_cycle(course)
    appointment: date | None = None
    if runs_out is not None and standing is None:
        early = law.days("plan/appointment_days_before_run_out", today).value
        appointment = days_after(runs_out, -early)
        lapses = has_begun and serves_until is not None and serves_until < appointment
        appointment = None if appointment <= today or lapses else appointment
    return CycleDays(runs_out, appointment, has_begun, serves_until, closes_on)


def _is_of_the_next_cycle(course: Course) -> bool:
    """Does what is on file, and still serves, come after the last hand-over?"""
    last, tests = course.last_hand_over, course.all(PregnancyTest)
    if not course.can_become_pregnant:
        return True  # what serves is counselling since the last hand-over
    return bool(tests) and (last is None or tests[-1].taken_on > last.date)


def last_prescribing_day(course: Course, law: Law) -> date | None:
    """The last day, today or later, on which the test or certificate on file serves a prescription.

    None where none is on file, and where nothing runs out.
    """
    today = course.today.day
    last: date | None
    if scheme(law, today) != PRESCRIPTION_WINDOWS:
        opened = hand_over_window(course, law)
        last = None if opened is None else opened.window.closes_on
    elif course.can_become_pregnant is False:
        last = None
    elif counts_from_certificate(course, law, today):
        certificate = certificate_for(course, None)
        if certificate is None:
            return None
        days = law.days("dispensing/days_after_prescription", certificate.date)
        last = days_after(certificate.date, days.value)
    else:
        test = serving_test(course, law)
        if test is None:
            return None
        days = law.days("pregnancy_testing/days_before_prescription", test.taken_on)
        last = days_after(test.taken_on, days.value)
    return last if last is not None and last >= today else None


# -- tasks with their days ------------------------------------------------------------------------------


def _with_days(task: Task, finding: Finding, judgement: Judgement, days: CycleDays) -> Task:
    """A task of a finding within the days of its cycle; as it is where it is not of one."""
    if task.what not in _OF_A_CYCLE or not finding.gates or task.closes_on is not None:
        return task
    opens_on, due_on, closes_on = task.opens_on, task.due_on, task.closes_on
    if days.appointment is not None and task.what not in _AT_ONCE:
        opens_on = days.appointment if opens_on is None else max(opens_on, days.appointment)
    if "start" not in finding.gates and due_on is None:
        due_on = days.runs_out
    if task.what == _CONFIRMATORY:
        closes_on = _last_menses_day(judgement, task)
    elif task.what != "pregnancy_test":
        closes_on = days.serves_until if "prescribe" in finding.gates else days.closes_on
    if (opens_on, due_on, closes_on) == (task.opens_on, task.due_on, task.closes_on):
        return task
    return msgspec.structs.replace(task, opens_on=opens_on, due_on=due_on, closes_on=closes_on)


def _last_menses_day(judgement: Judgement, task: Task) -> date | None:
    """The last of the first days of the period in which a confirmatory test opens, where the rule binds."""
    course, law = judgement.course, judgement.law
    if task.opens_on is None:
        return None
    tests = start_tests_of(course, law)
    if not menses_rule_binds(law, tests, task.opens_on):
        return None
    period = next_menses_days(course, law, task.opens_on)
    return None if period is None else period.closes_on


def _what_comes(judgement: Judgement, days: CycleDays) -> list[Task]:
    """The hand-over or the prescription that the gates allow; else what the next appointment begins with."""
    course, law = judgement.course, judgement.law
    standing = standing_prescription(course, law)
    if standing is not None:
        return [_hand_over(standing, days)] if judgement.gates["dispense"].verdict == "ready" else []
    verdict = judgement.gates["prescribe"].verdict
    is_between = days.appointment is not None and not days.has_begun
    if is_between and course.can_become_pregnant and verdict in ("ready", "waiting"):
        if scheme(law, course.today.day) != PRESCRIPTION_WINDOWS:
            return []  # the rule of the monthly test asks for it
        needs = "A negative pregnancy test for the next prescription."
        return [
            Task("pregnancy_test", "patient", days.appointment, days.runs_out, None, _BETWEEN_TESTS, needs)
        ]
    if verdict != "ready":
        return []
    return [
        Task(
            "prescription",
            "prescriber",
            days.appointment or course.today.day,
            days.runs_out,
            days.serves_until,
            _EXISTS,
            "Issue the prescription.",
        )
    ]


def _hand_over(standing: Prescription, days: CycleDays) -> Task:
    closes_on, runs_out = days.closes_on, days.runs_out
    is_sooner = runs_out is not None and closes_on is not None and standing.issued_on <= runs_out < closes_on
    by = "" if closes_on is None else f" by {in_words(closes_on)}"
    return Task(
        "dispense",
        "pharmacy",
        standing.issued_on,
        runs_out if is_sooner or closes_on is None else closes_on,
        closes_on,
        _WINDOW,
        f"Hand over the capsules prescribed on {in_words(standing.issued_on)}{by}.",
    )
