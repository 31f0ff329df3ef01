"""How is a mistake put right without erasing it?

What was recorded stays and can be read; a new fact names it, says what is true instead or that it was entered
in error, and why. A review as known before the correction still sees what was known then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

from isovigil.exchange.case_writer import fact_as_mapping
from isovigil.exchange.declared_types import DeclaredField, fields_of
from isovigil.usecases.record.access import refuse_unless_allowed, refuse_unless_may_record
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.course_read import CourseRead, read_course
from isovigil.usecases.record.patient_case import FactOnRecord, Provenance
from isovigil.usecases.record.record_facts import NoReason, NotInThisRecord, record_facts

FORM: Final = "correction/1"
_ABOUT_THE_ENTRY: Final = (
    "id",
    "recorded_at",
    "entered_by",
    "source",
    "supersedes",
    "withdrawn",
)


class NothingChanged(Exception):
    """The correction says what stands already."""


class FactToCorrect(NamedTuple):
    """One fact with what it says, in the shape of a case file."""

    course: CourseRead
    on_record: FactOnRecord
    says: Mapping[str, Any]
    replaced_by: str | None
    """The entry that stands in its place; None while it stands itself."""

    @property
    def fields(self) -> Mapping[str, DeclaredField]:
        """The fields its kind declares, by the names of a case file."""
        declared = fields_of(type(self.on_record.fact))
        return {name: field for name, field in declared.items() if name not in _ABOUT_THE_ENTRY}


def fact_to_correct(acting: Acting, patient: UUID, fact: UUID) -> FactToCorrect:
    """What a correction begins with.

    Raises:
        NotAllowed: The role may not correct, or may not record this kind.
        NotInThisRecord: This patient's record holds no such fact.
        NoSuchPatient, NotAdopted, Erased: As `read_course`.
    """
    refuse_unless_allowed(acting, "correct_facts")
    course = read_course(acting, patient, page="correct")
    named = next((each for each in course.facts if each.recorded.id == fact), None)
    if named is None:
        raise NotInThisRecord(f"There is no fact {fact} in this patient's record to correct.")
    refuse_unless_may_record(acting, named.fact.kind)
    says = {
        name: value
        for name, value in fact_as_mapping(named.fact).items()
        if name not in (*_ABOUT_THE_ENTRY, "kind")
    }
    later = next((each.fact.id for each in course.facts if each.fact.supersedes == named.fact.id), None)
    return FactToCorrect(course, named, says, later)


def correct_fact(
    acting: Acting,
    to_correct: FactToCorrect,
    says: Mapping[str, Any] | None,
    *,
    reason: str,
    request: str,
    expected: int | None,
) -> UUID:
    """Record what is true instead; None says that the fact was entered in error. The id of the new entry.

    Raises:
        NoReason: It does not say why.
        NothingChanged: It says what stands already.
        NotInThisRecord: It no longer stands: two corrections of one entry would both count.
        CaseProblems, NotAllowed, ChangedMeanwhile, KeyReused, Erased: As `record_facts`.
    """
    refuse_unless_allowed(acting, "correct_facts")
    wrong = to_correct.on_record.fact
    if to_correct.replaced_by is not None:
        raise NotInThisRecord(
            f"This entry was corrected before, by {to_correct.replaced_by}, and stands no longer. "
            "Correct that one."
        )
    if not reason.strip():
        raise NoReason("Say why this is corrected; the reason stands beside both for good.")
    if says is not None and dict(says) == dict(to_correct.says):
        raise NothingChanged("Nothing was changed. Change what is wrong, or mark it as entered in error.")
    given: dict[str, Any] = {"kind": wrong.kind, **(to_correct.says if says is None else says)}
    given["supersedes"] = wrong.id
    if says is None:
        given["withdrawn"] = True
    (recorded,) = record_facts(
        acting,
        to_correct.course.known.patient,
        [given],
        request=request,
        expected=expected,
        provenance=Provenance(form=FORM, reason=reason.strip()),
    )
    return recorded
