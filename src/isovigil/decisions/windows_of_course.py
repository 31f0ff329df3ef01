"""Which hand-over windows has a course had so far, each by the law of its own day?"""

from __future__ import annotations

from collections.abc import Sequence

from isovigil.case.kinds import Counselling, NonPregnancyCertificate, PregnancyTest, Prescription
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import (
    PRESCRIPTION_WINDOWS,
    HandOverWindow,
    every_counted_test,
    scheme,
    window_of_counselling,
    window_of_prescription,
    window_of_test,
)
from isovigil.law.law import Law
from isovigil.law.refusal import NoRuleInForce


def windows_of_course(course: Course, law: Law) -> tuple[HandOverWindow, ...]:
    """Every window of the present start sequence, oldest first, the present one included.

    A window stands with the days it had, also where a hand-over ended it early or a later act made it
    void: this tells which days were open by the dates alone, and decides nothing. A window whose value the
    rulebook does not hold for its day is left out. Empty where the programme sets none for this patient.

    Raises:
        NoRuleInForce: The rulebook does not hold how this programme opens windows today.
    """
    found = (_window_of(fact, course, law) for fact in _what_opens_windows(course, law))
    return tuple(window for window in found if window is not None)


def _what_opens_windows(
    course: Course, law: Law
) -> Sequence[PregnancyTest] | Sequence[Prescription] | Sequence[Counselling]:
    if scheme(law, course.today.day) == PRESCRIPTION_WINDOWS:
        return [each for each in course.prescriptions if each.issued_on >= course.sequence_from]
    if course.can_become_pregnant is False:
        return _last_counselling_of_each_cycle(course)
    return every_counted_test(course, law)


def _last_counselling_of_each_cycle(course: Course) -> list[Counselling]:
    """What counts is the last counselling after one hand-over and not after the next one's day."""
    handed_over = [fact.date for fact in course.sequence_hand_overs]
    last: dict[int, Counselling] = {}
    for fact in course.all(Counselling):
        if fact.date >= course.sequence_from:
            last[sum(day < fact.date for day in handed_over)] = fact
    return list(last.values())


def _window_of(
    fact: PregnancyTest | Prescription | Counselling, course: Course, law: Law
) -> HandOverWindow | None:
    try:
        if isinstance(fact, PregnancyTest):
            return window_of_test(fact, law)
        if isinstance(fact, Prescription):
            return window_of_prescription(fact, _certificate_of(fact, course), course, law)
        is_set = law.flag("dispensing/window_if_cannot_become_pregnant", fact.date).value
        return window_of_counselling(fact, law) if is_set else None
    except NoRuleInForce:
        return None


def _certificate_of(prescription: Prescription, course: Course) -> NonPregnancyCertificate | None:
    """The last certificate up to the prescription's day, and after the hand-over before that day."""
    earlier = [fact.date for fact in course.hand_overs if fact.date < prescription.issued_on]
    since = max(earlier, default=None)
    certificates = [
        fact
        for fact in course.all(NonPregnancyCertificate)
        if fact.date <= prescription.issued_on and (since is None or fact.date > since)
    ]
    return certificates[-1] if certificates else None
