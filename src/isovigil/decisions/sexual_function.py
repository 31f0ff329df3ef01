"""Was sexual function asked about before the start, and again for each prescription?"""

from __future__ import annotations

from isovigil.decisions.course import Course
from isovigil.decisions.enquiry import asked_before_start, asked_for_this_prescription
from isovigil.decisions.finding import Outcome
from isovigil.decisions.rule import PRESCRIBE, START, rule
from isovigil.law.law import Law

_TOPIC = "sexual_function"


@rule("sexual_function.baseline", gates=START)
def baseline(course: Course, law: Law) -> Outcome:
    """Was sexual function asked about before the start?"""
    return asked_before_start(course, law, _TOPIC)


@rule("sexual_function.follow_up", gates=PRESCRIBE)
def follow_up(course: Course, law: Law) -> Outcome:
    """Was sexual function asked about for this prescription?"""
    return asked_for_this_prescription(course, law, _TOPIC)
