"""How far is one patient's enrolment, and what is there to ask?"""

from __future__ import annotations

from typing import NamedTuple, get_args
from uuid import UUID

from isovigil.case.kinds import Acknowledgement, Category, Condition, Medicine
from isovigil.case.words import ConditionWord
from isovigil.law.law import Law
from isovigil.storage.tenancy import reading
from isovigil.usecases.enrolment.tasks import (
    TaskFound,
    TaskName,
    forms_asked,
    forms_signed,
    tasks_found,
    version_asked,
)
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.course_read import CourseRead, read_course
from isovigil.usecases.record.enrolment_acts import ActOnRecord, AskedAct, acts_of
from isovigil.usecases.record.visit_read import law_of


class EnrolmentRead(NamedTuple):
    """One patient's enrolment at the moment of the request."""

    course: CourseRead
    law: Law
    tasks: tuple[TaskFound, ...]
    acts: tuple[ActOnRecord, ...]
    can_become_pregnant: bool | None
    forms: tuple[str, ...]
    """The consents and risk forms the programme asks for."""
    signed: frozenset[str]
    """Those of them that count."""
    version: str | None
    """The version of the risk form that counts."""
    conditions: tuple[str, ...]
    """Conditions that bar or caution, by the law of the day, in its order."""
    present: frozenset[str]
    """Conditions, and classes of medicines, on record now."""


def read_enrolment(acting: Acting, patient: UUID) -> EnrolmentRead:
    """The tasks with what the review found for each.

    Raises what `read_course` raises.
    """
    course = read_course(acting, patient, page="enrolment")
    with reading(acting.clinic, acting.person):
        acts = acts_of(acting.clinic, patient)
    chart, review = course.chart, course.review
    category = chart.latest(Category)
    asked: frozenset[TaskName] = frozenset(
        ("conditions",) if any(isinstance(each.act, AskedAct) for each in acts) else ()
    )
    acknowledged = {fact.id: fact.form for fact in chart.all(Acknowledgement)}
    law = law_of(course.judging, review)
    present: set[str] = {fact.what for fact in chart.open_now(Condition)}
    present |= {fact.class_ for fact in chart.open_now(Medicine) if fact.class_ is not None}
    return EnrolmentRead(
        course,
        law,
        tasks_found(review, asked),
        acts,
        None if category is None else category.can_become_pregnant,
        forms_asked(review),
        forms_signed(review, acknowledged),
        version_asked(review),
        _conditions(law, course),
        frozenset(present),
    )


def _conditions(law: Law, course: CourseRead) -> tuple[str, ...]:
    """What the law of the day asks about: what bars, allergies to what capsules hold, what asks for care."""
    today = course.review.on
    barring = law.words("eligibility/contraindications", today).value
    allergies = tuple(word for word in get_args(ConditionWord) if word.startswith("allergy_"))
    cautions = tuple(row["condition"] for row in law.value("eligibility/cautions", today).value)
    return tuple(dict.fromkeys((*barring, *allergies, *cautions)))
