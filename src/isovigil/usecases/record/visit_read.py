"""What does the page of a visit begin with, and what does the engine say to what was typed so far?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from isovigil.case.fact import Fact
from isovigil.decisions.review import Review
from isovigil.law.law import Law
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.access import KINDS_RECORDED, refuse_unless_allowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.course_read import CourseRead, read_course
from isovigil.usecases.record.judging import Judging, judge_now, rulebook_in_use
from isovigil.usecases.record.patient_case import OnRecord, Provenance
from isovigil.usecases.record.record_facts import checked_facts
from isovigil.usecases.record.shown_to_sign import Advice
from isovigil.usecases.visit.asks import Asks, asks_of


class VisitRead(NamedTuple):
    """One patient at a visit."""

    course: CourseRead
    asks: Asks


def read_visit(acting: Acting, patient: UUID) -> VisitRead:
    """The course, and what to ask today.

    Raises what `read_course` raises.
    """
    course = read_course(acting, patient, page="visit")
    law = law_of(course.judging, course.review)
    return VisitRead(course, asks_of(course.known.case, course.chart, course.review, law))


def law_of(judging: Judging, review: Review) -> Law:
    """The law of the day, in the reading that assumes the earlier law where a date is open."""
    (law, _), *_ = rulebook_in_use().readings(
        judging.programme, judging.policy, review.known_by.date(), (review.on,)
    )
    return law


def advice_on_draft(acting: Acting, course: CourseRead, facts: Sequence[Mapping[str, Any]]) -> Advice:
    """What the engine says with what was typed so far, beside the course as this request read it; nothing
    is recorded.

    Raises:
        CaseProblems: Something that was typed cannot be a fact; every problem is listed.
        NotAllowed: The role may not record one of these kinds.
    """
    known = course.known
    refuse_unless_allowed(acting, "record_facts", known.patient)
    with reading(acting.clinic, acting.person):
        checked = checked_facts(acting, known, facts, Provenance())
    return advice_on(acting, known, course.judging, checked, before=course.review)


def advice_on(
    acting: Acting, known: OnRecord, judging: Judging, checked: Sequence[Fact], before: Review | None = None
) -> Advice:
    """What the engine says with checked facts beside the record; `before` is the review without them."""
    case = known.case
    with_them = msgspec.structs.replace(case, facts=(*case.facts, *checked))
    without = judge_now(case, judging, acting) if before is None else before
    return Advice(without, judge_now(with_them, judging, acting), checked)


def recordable(acting: Acting, facts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the facts that this role may record by itself; the rest waits for a prescriber."""
    return [fact for fact in facts if fact["kind"] in KINDS_RECORDED[acting.role]]
