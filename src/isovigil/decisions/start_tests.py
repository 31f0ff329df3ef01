"""Which tests before the first hand-over count, and is a lockout running?

US iPLEDGE, before any dose has been handed over: the confirmatory test comes at least so many
days after the screening test, not before the contraception lead is over, and for regular cycles
in the first days of a period. A confirmatory window that runs out uncollected locks the patient
out until so many days after its specimen (us-ipledge spec 4.2, 5.2).
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from isovigil.calendar.days import days_after, days_between
from isovigil.calendar.window import Window
from isovigil.case.kinds import Cycle, Menses, PregnancyTest
from isovigil.decisions.contraceptive_cover import lead_ends_on
from isovigil.decisions.course import Course
from isovigil.law.law import Law

_REPEAT_RULE = "pregnancy_testing/menses_rule_binds_repeat"


class StartTests(NamedTuple):
    """The tests before the first hand-over, told apart."""

    screening: PregnancyTest | None
    counted: list[PregnancyTest]
    """The tests outside any lockout, the screening test included, oldest first."""
    locked_by: PregnancyTest | None
    """The last test whose window was relied upon; while it runs out unused, it locks."""
    repeats: list[PregnancyTest]
    """The tests relied upon after an earlier one had been."""


def judge_start_tests(course: Course, law: Law, negatives: list[PregnancyTest]) -> StartTests:
    """Walk the tests in order and leave out those taken too soon after a window was relied upon."""
    if not negatives:
        return StartTests(None, [], None, [])
    screening = negatives[0]
    counted: list[PregnancyTest] = []
    repeats: list[PregnancyTest] = []
    relied_on: PregnancyTest | None = None
    for test in negatives:
        if relied_on is not None and test.taken_on > relied_on.taken_on:
            lockout = law.days("dispensing/lockout_days_before_first_hand_over", test.taken_on).value
            if test.taken_on < days_after(relied_on.taken_on, lockout):
                continue
        counted.append(test)
        if _is_relied_on(course, law, screening, test, is_repeat=relied_on is not None):
            repeats += [test] if relied_on is not None else []
            relied_on = test
    return StartTests(screening, counted, relied_on, repeats)


def _is_relied_on(
    course: Course, law: Law, screening: PregnancyTest, test: PregnancyTest, *, is_repeat: bool
) -> bool:
    """Did this test open a window somebody could have collected in: as a confirmatory test, or
    because a prescription was issued inside it?
    """
    first = test.taken_on
    if not law.holds("dispensing/window_days", first):
        return False
    last = days_after(first, law.days("dispensing/window_days", first).value - 1)
    for prescription in course.prescriptions:
        if first <= prescription.issued_on <= last:
            return True
    return shortcoming(course, law, screening, test, is_repeat=is_repeat) is None


class Shortcoming(NamedTuple):
    """Why a test cannot serve as the confirmatory one, and the first day that could."""

    says: str
    value_name: str
    from_day: date | None
    is_unknown: bool


def shortcoming(
    course: Course,
    law: Law,
    screening: PregnancyTest,
    test: PregnancyTest,
    *,
    is_repeat: bool = False,
) -> Shortcoming | None:
    """The first of the three timing rules a test fails as the confirmatory one; None if it passes.

    `is_repeat`: a confirmatory window before it went uncollected. From the 2026 modification on the
    menses rule is taken not to bind a repeat (our reading; the sources are silent).
    """
    gap = "pregnancy_testing/days_between_start_tests"
    earliest = days_after(screening.taken_on, law.days(gap, test.taken_on).value)
    if test.taken_on < earliest:
        return Shortcoming(
            f"it was taken {days_between(screening.taken_on, test.taken_on)} days after the "
            "screening test, which is too soon",
            gap,
            earliest,
            False,
        )
    lead_over = lead_ends_on(course, law, test.taken_on)
    if lead_over is None:
        return Shortcoming(
            "no continuous contraception is recorded before it", "contraception/lead", None, True
        )
    if test.taken_on < lead_over:
        return Shortcoming(
            "it was taken before contraception had been in use long enough",
            "contraception/lead",
            lead_over,
            False,
        )
    if is_repeat and not law.flag(_REPEAT_RULE, test.taken_on).value:
        return None
    return _menses_shortcoming(course, law, test)


def _menses_shortcoming(course: Course, law: Law, test: PregnancyTest) -> Shortcoming | None:
    name = "pregnancy_testing/days_of_menses_for_confirmatory_test"
    cycle = course.chart.latest(Cycle)
    if cycle is None:
        return Shortcoming("nobody recorded whether cycles are regular", name, None, True)
    if not cycle.regular:
        return None
    period = _last_period(course, test.taken_on)
    if period is None:
        return Shortcoming("cycles are regular, and no period start is recorded before it", name, None, True)
    days = law.days(name, test.taken_on).value
    if days_between(period.started_on, test.taken_on) < days:
        return None
    return Shortcoming(
        f"it was not taken in the first {days} days of a period",
        name,
        next_menses_day(course, law, test.taken_on),
        False,
    )


def _last_period(course: Course, day: date) -> Menses | None:
    """The last period that had started by a day."""
    for fact in reversed(course.chart.all(Menses)):
        if fact.started_on <= day:
            return fact
    return None


def next_menses_day(course: Course, law: Law, on_or_after: date) -> date | None:
    """The first day on or after a day that lies in the first days of a period, as recorded or, with
    a usual cycle length, as expected. None when it cannot be told; the day itself for irregular cycles.
    """
    cycle = course.chart.latest(Cycle)
    if cycle is not None and not cycle.regular:
        return on_or_after
    period = next_menses_days(course, law, on_or_after)
    return None if period is None else max(on_or_after, period.opens_on)


def next_menses_days(course: Course, law: Law, on_or_after: date) -> Window | None:
    """The first days of the period that a day lies in or that comes next, as recorded or, with a usual
    cycle length, as expected. None when it cannot be told, and for irregular cycles.
    """
    cycle = course.chart.latest(Cycle)
    periods = course.chart.all(Menses)
    if cycle is None or not cycle.regular or not periods:
        return None
    days = law.days("pregnancy_testing/days_of_menses_for_confirmatory_test", on_or_after).value
    start = periods[-1].started_on
    recorded = Window.counting_from(start, days)
    if on_or_after <= recorded.closes_on:
        return recorded
    if cycle.typical_days is None:
        return None
    passed = -(-days_between(recorded.closes_on, on_or_after) // cycle.typical_days)
    return Window.counting_from(days_after(start, passed * cycle.typical_days), days)


def earliest_confirmatory_day(course: Course, law: Law, tests: StartTests) -> date | None:
    """The first day, today or later, on which a confirmatory test could satisfy every timing rule.

    Where no screening test is recorded it counts from one taken today; where no contraception is
    recorded, from methods begun today. None when a regular cycle cannot be projected.
    """
    today = course.today.day
    screened_on = tests.screening.taken_on if tests.screening else today
    gap = law.days("pregnancy_testing/days_between_start_tests", today).value
    lead_over = lead_ends_on(course, law, today)
    if lead_over is None:
        lead_over = law.period("contraception/lead", today).value.after(today)
    earliest = max(today, days_after(screened_on, gap), lead_over)
    locked = lockout_ends_on(course, law, tests)
    if locked is not None:
        earliest = max(earliest, locked)
    return next_menses_day(course, law, earliest) if menses_rule_binds(law, tests, earliest) else earliest


def menses_rule_binds(law: Law, tests: StartTests, on: date) -> bool:
    """Must a confirmatory test of this day lie in the first days of a period? A repeat sometimes need not."""
    return tests.locked_by is None or law.flag(_REPEAT_RULE, on).value


def lockout_ends_on(course: Course, law: Law, tests: StartTests) -> date | None:
    """The first day a new specimen counts again after the window that was relied upon last.

    None when no window has been relied upon or the programme has no lockout today; the lockout
    only bites once that window is over.
    """
    if tests.locked_by is None:
        return None
    days = law.days("dispensing/lockout_days_before_first_hand_over", course.today.day).value
    return days_after(tests.locked_by.taken_on, days) if days else None
