"""Was the patient's mental health asked about before the start, and again for each prescription?"""

from __future__ import annotations

from isovigil.decisions.course import Course
from isovigil.decisions.enquiry import asked_before_start, asked_for_this_prescription
from isovigil.decisions.finding import Outcome
from isovigil.decisions.rule import PRESCRIBE, START, rule
from isovigil.law.law import Law

_TOPIC = "mental_health"


@rule("mental_health.baseline", gates=START)
def baseline(course: Course, law: Law) -> Outcome:
    """Was mental health assessed before the start?"""
    return asked_before_start(course, law, _TOPIC)


@rule("mental_health.follow_up", gates=PRESCRIBE)
def follow_up(course: Course, law: Law) -> Outcome:
    """Was mental health asked about for this prescription?"""
    return asked_for_this_prescription(course, law, _TOPIC)
