"""What is shown of one patient's course: who, the case, and the review of this moment or of a day before?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import Window
from isovigil.case.chart import Chart
from isovigil.decisions.review import Review
from isovigil.storage import ledger
from isovigil.storage.models import PatientRecord, Person
from isovigil.storage.tenancy import reading
from isovigil.usecases.course_windows import earlier_windows
from isovigil.usecases.record.access import kinds_seen, refuse_unless_allowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.judging import Judging, judge_now, judging_of, rulebook_in_use
from isovigil.usecases.record.patient_case import FactOnRecord, OnRecord, on_record
from isovigil.usecases.record.reads import note_read
from isovigil.usecases.record.shown_to_sign import ShownToSign, statement_of
from isovigil.usecases.review_cases import AskedMoment, review_at
from isovigil.usecases.worklist import Row, row_of


class NoSuchPatient(Exception):
    """This clinic keeps no record of such a patient."""


class Signature(NamedTuple):
    """Who signed which facts, as what, when and what that means."""

    by: str
    role: str
    meaning: str
    at: datetime
    facts: tuple[str, ...]
    form: str
    shown: ShownToSign | None
    """What the page said to the signer; None where the entry does not hold it whole."""


class CourseRead(NamedTuple):
    """One patient's course at a moment."""

    known: OnRecord
    review: Review
    row: Row
    """The same line as on the worklist: what matters next, whose move, by when."""
    judging: Judging
    people: dict[UUID, str]
    """The names of those who recorded what is shown."""
    signatures: Sequence[Signature]
    as_known_on: datetime | None
    """Set where the page shows the course as it was known on a day before."""

    @property
    def chart(self) -> Chart:
        """The facts that stand at this moment: neither corrected nor entered in error."""
        zone = ZoneInfo(self.known.case.time_zone)
        return Chart(self.known.case, Moment(self.review.at, zone), self.review.known_by)

    @property
    def earlier_windows(self) -> Sequence[Window]:
        """The hand-over windows before the present one, which the review tells; worked out when asked for."""
        return earlier_windows(self.known.case, rulebook_in_use(), self.review)

    @property
    def facts(self) -> Sequence[FactOnRecord]:
        """Every fact with its provenance, in the order in which they were recorded."""
        return self.known.facts


def read_course(
    acting: Acting, patient: UUID, *, page: str, as_known_on: datetime | None = None
) -> CourseRead:
    """One patient's course, judged at the moment of the request, or as it was known at an earlier one.

    Keeps that it was looked at, before anything is shown.

    Raises:
        NotAllowed, NotAdopted, Erased: As they say.
        NoSuchPatient: The clinic keeps no such record.
        NoRuleInForce: No rule is in force for this patient on that day.
    """
    refuse_unless_allowed(acting, "see_course", patient)
    with reading(acting.clinic, acting.person):
        if not PatientRecord.objects.filter(clinic=acting.clinic, id=patient).exists():
            raise NoSuchPatient("This clinic keeps no record of such a patient.")
    note_read(acting, patient, page)
    with reading(acting.clinic, acting.person):
        judging = judging_of(acting.clinic)
        # Each fact says when it was learned, an imported one also where that was; the review hides the rest.
        known = on_record(acting.clinic, patient, judging)
        signatures = [
            _signature(each.payload)
            for each in ledger.entries_about(
                acting.clinic, patient, ledger.Category.ACT, known_by=as_known_on
            )
            if each.payload is not None and each.payload.get("kind") == "signature"
        ]
        people = dict(Person.objects.filter(id__in=_who_recorded(known)).values_list("id", "name"))
    seen = kinds_seen(acting)
    shown = known._replace(facts=tuple(each for each in known.facts if each.fact.kind in seen))
    if as_known_on is None:
        review = judge_now(known.case, judging, acting)
    else:
        moment = AskedMoment(on=None, at=as_known_on, now=None, known_by=as_known_on)
        review = review_at(known.case, rulebook_in_use(), moment, judging.programme, judging.policy)
    row = row_of(known.case, review, name=known.identity.name)
    return CourseRead(shown, review, row, judging, people, signatures, as_known_on)


def _who_recorded(known: OnRecord) -> set[UUID]:
    return {each.recorded.actor for each in known.facts if each.recorded.actor is not None}


def _signature(payload: Any) -> Signature:
    return Signature(
        payload["by"],
        payload["role"],
        payload["meaning"],
        datetime.fromisoformat(payload["at"]),
        tuple(payload["of"]),
        payload["form"],
        statement_of(payload),
    )
