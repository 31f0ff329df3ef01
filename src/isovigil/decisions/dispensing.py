"""When may the pharmacy hand over the capsules?"""

from __future__ import annotations

from datetime import date

from isovigil.calendar.days import days_after, in_words
from isovigil.calendar.window import Window, last_time_of_day
from isovigil.case.kinds import NonPregnancyCertificate, PregnancyTest, Prescription
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import (
    PRESCRIPTION_WINDOWS,
    SPECIMEN_WINDOWS,
    HandOverWindow,
    earliest_confirmatory_day_of,
    first_specimen_day_after_hand_over,
    hand_over_window,
    has_prescription_window,
    is_of_an_earlier_cycle,
    is_open_now,
    repeat_needed_since,
    scheme,
    start_tests_of,
    window_zone,
)
from isovigil.decisions.finding import Mover, Outcome, TaskWord, met, not_applicable, not_met, unknown
from isovigil.decisions.pregnancy_testing import category_unknown
from isovigil.decisions.rule import DISPENSE, rule
from isovigil.decisions.start_tests import lockout_ends_on
from isovigil.law.law import Law
from isovigil.law.value import Dated

_SINGLE = "dispensing/single_hand_over"


@rule("dispensing.prescription_exists", gates=DISPENSE)
def prescription_exists(course: Course, law: Law) -> Outcome:
    """Is there a prescription of the present cycle to hand over?"""
    needed = law.flag(_SINGLE, course.today.day)
    prescription = course.latest_prescription
    if prescription is None:
        return unknown(
            "No prescription is recorded in this course.",
            needs="a prescription",
            whose_move="prescriber",
            values=(needed,),
            task="prescription",
        )
    if course.undispensed is None:
        return not_met(
            f"The last prescription, of {in_words(prescription.issued_on)}, has been handed over.",
            needs="a new prescription",
            whose_move="prescriber",
            facts=[prescription],
            values=(needed,),
            task="prescription",
        )
    opened = hand_over_window(course, law)
    if opened is not None and is_of_an_earlier_cycle(prescription, opened, law):
        return not_met(
            f"The prescription of {in_words(prescription.issued_on)} is older than this cycle, "
            f"which began on {in_words(opened.window.opens_on)}.",
            needs="a new prescription for this cycle",
            whose_move="prescriber",
            satisfiable_from=course.today.day,
            facts=[prescription, opened.opened_by],
            values=(needed,),
            task="prescription",
        )
    return met(
        f"A prescription was issued on {in_words(prescription.issued_on)}.",
        facts=[prescription],
        values=(needed,),
    )


@rule("dispensing.once_per_prescription", gates=DISPENSE)
def once_per_prescription(course: Course, law: Law) -> Outcome:
    """Is the prescription still to be handed over?"""
    once = law.flag(_SINGLE, course.today.day)
    prescription = course.latest_prescription
    if prescription is None:
        return not_applicable("There is no prescription.", values=(once,))
    made = course.hand_overs_of(prescription)
    if course.is_handed_over(prescription):
        return not_met(
            f"The prescription of {in_words(prescription.issued_on)} was handed over on "
            f"{in_words(made[-1].date)}.",
            needs="a new prescription",
            whose_move="prescriber",
            facts=[prescription, *made],
            values=(once,),
            task="prescription",
        )
    says = "The prescription has not been handed over."
    if made:
        handed = sum(fact.days_supply for fact in made)
        says = f"{handed} of {prescription.days_supply} days have been handed over in part."
    return met(says, facts=[prescription, *made], values=(once,))


@rule("dispensing.inside_the_window", gates=DISPENSE)
def inside_the_window(course: Course, law: Law) -> Outcome:
    """Is the hand-over window open now?"""
    today = course.today.day
    if course.can_become_pregnant is None:
        return category_unknown(law)
    nothing_to_open = _no_window_for_this_patient(course, law)
    if nothing_to_open is not None:
        return nothing_to_open
    opened = hand_over_window(course, law)
    if opened is None:
        return _nothing_opened_a_window(course, law)
    window = opened.window
    value: Dated[object] = law.value(opened.value_name, opened.opened_by.day)
    if is_open_now(course, law, window):
        cut_off = last_time_of_day(window.closes_on, window_zone(law))
        return met(
            f"The window is open from {window}, until {cut_off} of its last day.",
            facts=[opened.opened_by],
            values=(value,),
            amber=_is_a_day_to_look_at(course, law, window),
        )
    if not course.today.has_reached(window.opens_on):
        return not_met(
            f"The window opens on {in_words(window.opens_on)}, the day the prescription was signed.",
            needs="that day to come",
            whose_move="pharmacy",
            satisfiable_from=window.opens_on,
            facts=[opened.opened_by],
            values=(value,),
        )
    needs, mover, task = _what_opens_a_new_window(opened)
    return not_met(
        f"The window that opened on {in_words(window.opens_on)} closed on {in_words(window.closes_on)} at "
        f"{last_time_of_day(window.closes_on, window_zone(law))}.",
        needs=needs,
        whose_move=mover,
        satisfiable_from=_next_window_day(course, law, opened, today),
        facts=[opened.opened_by],
        values=(value,),
        task=task,
    )


def _no_window_for_this_patient(course: Course, law: Law) -> Outcome | None:
    today = course.today.day
    if course.can_become_pregnant:
        return None
    if scheme(law, today) == PRESCRIPTION_WINDOWS:
        if has_prescription_window(course, law, today):
            return None
        return not_applicable(
            "The window protects patients who can become pregnant.",
            values=(law.days("dispensing/days_after_prescription", today),),
        )
    applies = law.flag("dispensing/window_if_cannot_become_pregnant", today)
    if applies.value:
        return None
    return not_applicable(
        f"Since {in_words(applies.from_)} there is no window for patients who cannot become pregnant.",
        values=(applies,),
    )


def _nothing_opened_a_window(course: Course, law: Law) -> Outcome:
    today = course.today.day
    if scheme(law, today) == PRESCRIPTION_WINDOWS and course.undispensed is not None:
        return unknown(
            "No certificate of non-pregnancy is recorded from which the days of the window could count.",
            needs="a certificate of non-pregnancy and a new prescription on or after its day",
            whose_move="prescriber",
            satisfiable_from=today,
            facts=[course.undispensed],
            values=(law.days("dispensing/days_after_prescription", today),),
            task="record_fact",
        )
    if scheme(law, today) == PRESCRIPTION_WINDOWS:
        return not_applicable(
            "Without a prescription there is no window.",
            values=(law.days("dispensing/days_after_prescription", today),),
        )
    if course.can_become_pregnant:
        return unknown(
            "No negative pregnancy test is recorded that could open a window.",
            needs="a negative pregnancy test",
            whose_move="patient",
            satisfiable_from=_next_specimen_day(course, law),
            values=(law.days("dispensing/window_days", today),),
        )
    return unknown(
        "No counselling is recorded that could open a window.",
        needs="counselling confirmed for this cycle",
        whose_move="prescriber",
        satisfiable_from=today,
        values=(law.days("dispensing/window_days_if_cannot_become_pregnant", today),),
    )


def _is_a_day_to_look_at(course: Course, law: Law, window: Window) -> bool:
    """Is it one of the last days, whose counting the sources leave open (UK day 7)?"""
    name = "dispensing/last_days_to_look_at"
    if not law.holds(name, window.opens_on):
        return False
    last_days = law.days(name, window.opens_on).value
    return course.today.has_reached(days_after(window.closes_on, 1 - last_days))


def _what_opens_a_new_window(opened: HandOverWindow) -> tuple[str, Mover, TaskWord]:
    if isinstance(opened.opened_by, PregnancyTest):
        return "a new negative pregnancy test", "patient", "pregnancy_test"
    if isinstance(opened.opened_by, NonPregnancyCertificate):
        return "a new certificate of non-pregnancy and a new prescription", "prescriber", "prescription"
    if isinstance(opened.opened_by, Prescription):
        return "a new prescription", "prescriber", "prescription"
    return "counselling confirmed anew", "prescriber", "counselling"


def _next_window_day(course: Course, law: Law, opened: HandOverWindow, today: date) -> date | None:
    if isinstance(opened.opened_by, PregnancyTest):
        return _next_specimen_day(course, law)
    return today


def _next_specimen_day(course: Course, law: Law) -> date | None:
    """The first day a specimen could open a window: today, unless the start rules say later."""
    if course.has_started:
        return max(course.today.day, first_specimen_day_after_hand_over(course, law))
    if repeat_needed_since(course, law) is not None:
        return course.today.day
    return earliest_confirmatory_day_of(course, law)


@rule("dispensing.no_lockout", gates=DISPENSE)
def no_lockout(course: Course, law: Law) -> Outcome:
    """Is no lockout running after a first window that went uncollected?"""
    today = course.today.day
    if course.can_become_pregnant is None:
        return category_unknown(law)
    if scheme(law, today) != SPECIMEN_WINDOWS:
        return not_applicable(
            "This programme has no lockout.", values=(law.word("pregnancy_testing/scheme", today),)
        )
    name = (
        "dispensing/lockout_days_after_first_hand_over"
        if course.has_started
        else "dispensing/lockout_days_before_first_hand_over"
    )
    days = law.days(name, today)
    if not course.can_become_pregnant:
        return not_applicable("The lockout concerns patients who can become pregnant.", values=(days,))
    if course.has_started or not days.value:
        return met("No lockout applies.", values=(days,))
    tests = start_tests_of(course, law)
    ends_on = lockout_ends_on(course, law, tests)
    if tests.locked_by is None or ends_on is None:
        return met("No confirmatory window has gone uncollected.", values=(days,))
    length = law.days("dispensing/window_days", tests.locked_by.taken_on).value
    window = Window.counting_from(tests.locked_by.taken_on, length)
    if is_open_now(course, law, window):
        return met("The confirmatory window is still open.", facts=[tests.locked_by], values=(days,))
    if course.today.has_reached(ends_on):
        return met(
            f"The lockout after the uncollected window ended; specimens count from {in_words(ends_on)} on.",
            facts=[tests.locked_by],
            values=(days,),
        )
    return not_met(
        f"The window of the test of {in_words(tests.locked_by.taken_on)} went uncollected before "
        f"the first hand-over: the next specimen counts from {in_words(ends_on)} on.",
        needs="the lockout to end, then a new confirmatory test",
        whose_move="patient",
        satisfiable_from=ends_on,
        facts=[tests.locked_by],
        values=(days,),
    )


@rule("dispensing.authorisation_valid", gates=DISPENSE)
def authorisation_valid(course: Course, law: Law) -> Outcome:
    """Is the programme's authorisation unreversed, unused and not yet over?"""
    needed = law.flag(_SINGLE, course.today.day)
    authorisation = course.authorisation
    if authorisation is None:
        return not_applicable("No authorisation is recorded for this prescription.", values=(needed,))
    number = authorisation.number
    reversal = next(
        (fact for fact in course.reversals if fact.authorisation in (authorisation.id, number)),
        None,
    )
    used = next((fact for fact in course.hand_overs if fact.authorisation == number), None)
    last = authorisation.do_not_dispense_after
    if reversal is not None:
        says = f"Authorisation {number} was reversed on {in_words(reversal.date)}."
    elif used is not None:
        says = f"Authorisation {number} was used on {in_words(used.date)}."
    elif course.today.is_past_instant(last):
        says = f"Authorisation {number} ended at {last:%H:%M:%S} on {in_words(last.date())}."
    else:
        return met(f"Authorisation {number} is valid.", facts=[authorisation], values=(needed,))
    return not_met(
        says,
        needs="a new authorisation",
        whose_move="pharmacy",
        satisfiable_from=course.today.day,
        facts=[authorisation, reversal, used],
        values=(needed,),
        task="dispense",
    )
