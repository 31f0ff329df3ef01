"""Which pregnancy test counts now, which window does it open, and which cycle is this?"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from isovigil.calendar.days import days_after
from isovigil.calendar.window import Window
from isovigil.case.kinds import Counselling, NonPregnancyCertificate, PregnancyTest, Prescription
from isovigil.decisions.course import Course
from isovigil.decisions.finding import BINDING
from isovigil.decisions.start_tests import StartTests, earliest_confirmatory_day, judge_start_tests
from isovigil.law.law import Law

SPECIMEN_WINDOWS = "window_from_specimen"
"""The scheme in which each test opens a window for its hand-over (US)."""
PRESCRIPTION_WINDOWS = "test_before_prescription"
"""The scheme in which a test precedes each prescription, and the prescription opens the window."""
_FROM_CERTIFICATE = "certificate"
_FROM_SIGNATURE = "signature"


class HandOverWindow(NamedTuple):
    """The days on which the capsules may be handed over, and what opened them."""

    window: Window
    opened_by: PregnancyTest | Counselling | Prescription | NonPregnancyCertificate
    value_name: str


def scheme(law: Law, on: date) -> str:
    """How this programme ties tests, prescriptions and hand-overs together."""
    return law.word("pregnancy_testing/scheme", on).value


def negative_tests(course: Course, law: Law) -> list[PregnancyTest]:
    """The negative tests of the present start sequence that were sensitive enough, oldest first.

    A test that also came out invalid on its day is not negative: the worse of the two counts.
    """
    return course.remember("negative_tests", lambda: _negative_tests(course, law))


def _negative_tests(course: Course, law: Law) -> list[PregnancyTest]:
    begun = course.sequence_from
    taken = [test for test in course.all(PregnancyTest) if test.taken_on >= begun]
    doubtful = {test.taken_on for test in taken if test.result == "invalid"}
    return [
        test
        for test in taken
        if test.result == "negative"
        and test.taken_on not in doubtful
        and (test.sensitivity_miu_ml is None or is_sensitive_enough(test, law))
    ]


def is_sensitive_enough(test: PregnancyTest, law: Law) -> bool:
    """Can the test detect the hCG level the programme asks for? An unstated one is taken as it is."""
    if test.sensitivity_miu_ml is None:
        return True
    return test.sensitivity_miu_ml <= law.number("pregnancy_testing/sensitivity", test.taken_on).value


def window_test(course: Course, law: Law) -> PregnancyTest | None:
    """The negative test that opens the present window: the last one neither used up by a
    hand-over, nor taken too soon to count, nor followed by an invalid one inside its window.
    """
    return course.remember("window_test", lambda: _window_test(course, law))


def _window_test(course: Course, law: Law) -> PregnancyTest | None:
    counted = _counted_tests(course, law)
    if not counted or repeat_needed_since(course, law) is not None:
        return None
    return counted[-1]


def _counted_tests(course: Course, law: Law) -> list[PregnancyTest]:
    """The tests no hand-over has used up and that were not taken too soon to count, oldest first."""
    every = every_counted_test(course, law)
    used_until = _used_until(course)
    return every if used_until is None else [test for test in every if test.taken_on > used_until]


def every_counted_test(course: Course, law: Law) -> list[PregnancyTest]:
    """Every test of the start sequence and since that was not taken too soon to count, oldest first."""
    return course.remember("every_counted_test", lambda: _every_counted_test(course, law))


def start_tests_of(course: Course, law: Law) -> StartTests:
    """Which of the negative tests count before the first hand-over, and is a lockout running? Worked out
    once for a course.
    """
    return course.remember("start_tests", lambda: judge_start_tests(course, law, negative_tests(course, law)))


def earliest_confirmatory_day_of(course: Course, law: Law) -> date | None:
    """The first day, today or later, on which a confirmatory test could satisfy every timing rule. Worked
    out once for a course and a day.
    """
    return course.remember(
        ("earliest_confirmatory_day", course.today.day),
        lambda: earliest_confirmatory_day(course, law, start_tests_of(course, law)),
    )


def _every_counted_test(course: Course, law: Law) -> list[PregnancyTest]:
    started_on = course.sequence_started_on
    if started_on is None:
        return start_tests_of(course, law).counted
    negatives = negative_tests(course, law)
    first = [test for test in negatives if test.taken_on <= started_on]
    counted = list(judge_start_tests(course, law, first).counted)
    handed_over = [fact.date for fact in course.sequence_hand_overs]
    for test in negatives[len(first) :]:
        before = counted[-1] if counted else None
        if before is None or test.taken_on > _window_end(before, law):
            counted.append(test)
            continue
        # On one day the test comes before the hand-over it is taken for.
        is_used = any(before.taken_on <= day < test.taken_on for day in handed_over)
        may_follow = law.flag("dispensing/specimen_may_follow_inside_open_window", test.taken_on)
        if may_follow.value and not is_used:
            counted.append(test)
    return counted


def _used_until(course: Course) -> date | None:
    last = course.last_hand_over
    return last.date if last is not None else course.sequence_started_on


def first_specimen_day_after_hand_over(course: Course, law: Law) -> date:
    """The first day a specimen can begin the cycle after the last hand-over.

    A hand-over uses up every test up to its own day, and the window it was made in: that window has
    to be over before the next specimen counts (us-ipledge 5.2: next specimen > last).
    """
    used_until = _used_until(course)
    if used_until is None:
        return course.sequence_from
    used = [test for test in every_counted_test(course, law) if test.taken_on <= used_until]
    ends = [used_until] if not used else [used_until, _window_end(used[-1], law)]
    return days_after(max(ends), 1)


def _window_end(test: PregnancyTest, law: Law) -> date:
    """The last day of a test's window; its own day where the law of that day is not held."""
    if not law.holds("dispensing/window_days", test.taken_on):
        return test.taken_on
    return _specimen_window(test, law).closes_on


def repeat_needed_since(course: Course, law: Law) -> PregnancyTest | None:
    """The invalid test that leaves the test before it in doubt until a later one is negative.

    An invalid result is also what a faint early pregnancy looks like, so a window in which it fell
    is open again only after another negative test, which need not open a window itself.
    """
    invalid = [test for test in course.all(PregnancyTest) if test.result == "invalid"]
    if not invalid:
        return None
    counted = _counted_tests(course, law)
    if not counted:
        return None
    window = _specimen_window(counted[-1], law)
    doubts = [test for test in invalid if test.taken_on in window]
    if not doubts:
        return None
    doubt = doubts[-1]
    repeated = any(test.taken_on > doubt.taken_on for test in negative_tests(course, law))
    return None if repeated else doubt


def _specimen_window(test: PregnancyTest, law: Law) -> Window:
    return Window.counting_from(test.taken_on, law.days("dispensing/window_days", test.taken_on).value)


def window_of_test(test: PregnancyTest, law: Law) -> HandOverWindow:
    """The window a counted test opens, by the value of its day."""
    return HandOverWindow(_specimen_window(test, law), test, "dispensing/window_days")


def hand_over_window(course: Course, law: Law) -> HandOverWindow | None:
    """The window in which capsules may be handed over now; None where nothing has opened one,
    or where the programme sets none for this patient.
    """
    return course.remember("hand_over_window", lambda: _hand_over_window(course, law))


def _hand_over_window(course: Course, law: Law) -> HandOverWindow | None:
    today = course.today.day
    if scheme(law, today) == PRESCRIPTION_WINDOWS:
        return _window_from_prescription(course, law)
    if course.can_become_pregnant is False:
        return _window_from_counselling(course, law, today)
    test = window_test(course, law)
    if test is None:
        return None
    return window_of_test(test, law)


def _window_from_prescription(course: Course, law: Law) -> HandOverWindow | None:
    prescription = course.undispensed
    if prescription is None:
        return None
    return window_of_prescription(prescription, certificate_for(course, prescription), course, law)


def window_of_prescription(
    prescription: Prescription, certificate: NonPregnancyCertificate | None, course: Course, law: Law
) -> HandOverWindow | None:
    """The window a prescription opens, by the values of its own day and, where the days count from it, of
    its certificate's; None where none is set for it.
    """
    if not has_prescription_window(course, law, prescription.issued_on):
        return None
    name = "dispensing/days_after_prescription"
    days = law.days(name, prescription.issued_on).value
    if counts_from_certificate(course, law, prescription.issued_on):
        if certificate is None:
            return None
        days = law.days(name, certificate.date).value
        return HandOverWindow(Window.starting_after(certificate.date, days), certificate, name)
    day_zero = _signed_on(course, law, prescription)
    return HandOverWindow(Window.starting_after(day_zero, days), prescription, name)


def has_prescription_window(course: Course, law: Law, on: date) -> bool:
    """Does a prescription of this day have a window: everyone's (Italy), else only that of those who can
    become pregnant?
    """
    name = "dispensing/window_concerns"
    if law.holds(name, on) and law.word(name, on).value == "everyone":
        return True
    return course.can_become_pregnant is not False


def counts_from_certificate(course: Course, law: Law, on: date) -> bool:
    """Do the days count from the doctor's certificate of non-pregnancy (Italy), for this patient?"""
    return course.can_become_pregnant is not False and _counts_from(law, on) == _FROM_CERTIFICATE


def _counts_from(law: Law, on: date) -> str | None:
    name = "dispensing/window_counts_from"
    return law.word(name, on).value if law.holds(name, on) else None


def _signed_on(course: Course, law: Law, prescription: Prescription) -> date:
    """The day from which a prescription counts: its issue, or its qualified signature (Germany)."""
    signed_at = prescription.signed_at
    if signed_at is None or _counts_from(law, prescription.issued_on) != _FROM_SIGNATURE:
        return prescription.issued_on
    return signed_at.astimezone(course.chart.zone).date()


def certificate_for(course: Course, prescription: Prescription | None) -> NonPregnancyCertificate | None:
    """The last certificate of non-pregnancy since the last hand-over, of the prescription's day or before.

    Without a prescription: the one that would serve a prescription issued now.
    """
    last = course.last_hand_over
    certificates = [
        fact
        for fact in course.all(NonPregnancyCertificate)
        if (last is None or fact.date > last.date)
        and fact.date >= course.sequence_from
        and (prescription is None or fact.date <= prescription.issued_on)
    ]
    return certificates[-1] if certificates else None


def _window_from_counselling(course: Course, law: Law, today: date) -> HandOverWindow | None:
    if not law.flag("dispensing/window_if_cannot_become_pregnant", today).value:
        return None
    counselled = [
        fact
        for fact in course.all(Counselling)
        if course.last_hand_over is None or fact.date > course.last_hand_over.date
    ]
    if not counselled:
        return None
    return window_of_counselling(counselled[-1], law)


def window_of_counselling(counselled: Counselling, law: Law) -> HandOverWindow:
    """The window counselling opens for those who cannot become pregnant, by the value of its day."""
    name = "dispensing/window_days_if_cannot_become_pregnant"
    days = law.days(name, counselled.date).value
    return HandOverWindow(Window.counting_from(counselled.date, days), counselled, name)


def is_open_now(course: Course, law: Law, window: Window) -> bool:
    """Is the moment inside the window, whose last day ends at 23:59:59 in the programme's zone?"""
    if not course.today.has_reached(window.opens_on):
        return False
    return not course.today.is_past_instant(window.closes_at(window_zone(law)))


def window_zone(law: Law) -> ZoneInfo:
    """The zone in which the programme's windows close."""
    return ZoneInfo(law.programme.window_zone)


def capsules_last_until(course: Course) -> date | None:
    """The first day without capsules, as handed over so far; None before the first hand-over.

    What is handed over early is taken after what is still there.
    """
    until: date | None = None
    for handed in course.sequence_hand_overs:
        until = days_after(max(handed.date, until or handed.date), handed.days_supply)
    return until


def standing_prescription(course: Course, law: Law) -> Prescription | None:
    """The prescription that may still be handed over: not yet dispensed, and its window not over.

    A prescription issued before the test that opened the present window belongs to a cycle that
    has lapsed.
    """
    prescription = course.undispensed
    if prescription is None:
        return None
    opened = hand_over_window(course, law)
    if opened is None:
        return prescription if course.can_become_pregnant is False else None
    if is_of_an_earlier_cycle(prescription, opened, law):
        return None
    if not _binds(law, opened):
        return prescription
    if prescription.issued_on > opened.window.closes_on:
        return None
    return prescription if is_open_now(course, law, opened.window) else None


def _binds(law: Law, opened: HandOverWindow) -> bool:
    """Does a prescription lapse with its window? Not where the days are only advised (the EU's core)."""
    return law.value(opened.value_name, opened.opened_by.day).strength in BINDING


def is_of_an_earlier_cycle(prescription: Prescription, opened: HandOverWindow, law: Law) -> bool:
    """Was the prescription issued before the cycle that the present window belongs to?

    Nothing may be prescribed before the test that opens the window; counselling may be confirmed
    some days after the prescription was written.
    """
    first = opened.window.opens_on
    if isinstance(opened.opened_by, Prescription | NonPregnancyCertificate):
        return False
    if isinstance(opened.opened_by, Counselling):
        first = days_after(first, -law.days("cycle/entries_count_from_days_before", first).value)
    return prescription.issued_on < first


def prescribing_day(course: Course, law: Law) -> date:
    """The day the prescribe gate is judged for: the standing prescription's own, else today."""
    prescription = standing_prescription(course, law)
    return course.today.day if prescription is None else prescription.issued_on


def cycle_first_day(course: Course, law: Law) -> date | None:
    """The first day of the present cycle: the specimen day of the test that opens the window (US),
    elsewhere the day of the standing prescription. None where neither is there yet, so that a
    cycle would begin today. A cycle whose window went uncollected lasts until the next one begins.
    """
    opened = hand_over_window(course, law)
    if opened is not None and not isinstance(opened.opened_by, Prescription | NonPregnancyCertificate):
        return opened.window.opens_on
    prescription = standing_prescription(course, law)
    return None if prescription is None else prescription.issued_on


def belongs_to_cycle(day: date, course: Course, law: Law) -> bool:
    """May an entry of this day serve the present cycle: in it, or shortly before its first day?

    The entry must also be later than the hand-over that ended the cycle before.
    """
    last = course.last_hand_over
    if last is not None and day <= last.date:
        return False
    before = law.days("cycle/entries_count_from_days_before", course.today.day).value
    first = cycle_first_day(course, law)
    if first is None:
        return not course.today.is_past(days_after(day, before))
    return day >= days_after(first, -before)
