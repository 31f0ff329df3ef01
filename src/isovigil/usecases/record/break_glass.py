"""How is a record opened in need that a role does not open, for how long, and who learns of it?"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from isovigil.storage import ledger
from isovigil.storage.models import BreakGlass, PatientRecord, ReadEvent
from isovigil.storage.tenancy import reading, writing
from isovigil.usecases.record.access import MAY, refuse_unless_allowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.course_read import NoSuchPatient
from isovigil.usecases.record.requests import hold_the_log

OPEN_FOR: Final = timedelta(minutes=60)
SHORTEST_REASON: Final = 12
"""Letters; less says nothing to whoever asks afterwards."""
PAGE: Final = "break_glass"


class NoReason(ValueError):
    """The glass breaks only for a reason in words."""


def break_glass(acting: Acting, patient: UUID, *, reason: str) -> UUID:
    """Open one patient's record for an hour, for a reason that stands in the log and in what they may read.

    Raises:
        NotAllowed: The role may not.
        NoReason: The reason says too little.
        NoSuchPatient: There is no such record at this clinic.
    """
    refuse_unless_allowed(acting, "break_glass", patient)
    said = " ".join(reason.split())
    if len(said) < SHORTEST_REASON:
        raise NoReason(
            f"“{said}” is too short a reason. Say in a sentence why you need this record now; "
            "the patient and the auditor will read it."
        )
    opened = uuid4()
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)
        if not PatientRecord.objects.filter(id=patient, clinic=acting.clinic).exists():
            raise NoSuchPatient(f"This clinic keeps no record {patient}.")
        ends_at = acting.at + OPEN_FOR
        payload = {
            "kind": "break_glass",
            "reason": said,
            "by": acting.name,
            "role": acting.role,
            "ends_at": ends_at.isoformat(),
        }
        entry = ledger.ToRecord(opened, ledger.Category.ACT, payload, patient)
        (recorded,) = ledger.append(acting.clinic, acting.person, acting.at, [entry])
        row = BreakGlass.objects.create(
            id=opened,
            clinic_id=acting.clinic,
            patient_id=patient,
            person_id=acting.person,
            reason=said,
            opened_at=recorded.recorded_at,
            ends_at=ends_at,
        )
        ReadEvent.objects.create(
            clinic_id=acting.clinic,
            patient_id=patient,
            person_id=acting.person,
            role=acting.role,
            page=PAGE,
            read_at=acting.at,
            break_glass=row,
        )
    return opened


def with_broken_glass(acting: Acting, patient: UUID) -> Acting:
    """The same person, with the glass they broke for this patient while it is still open; else unchanged."""
    if acting.role not in MAY["break_glass"]:
        return acting
    with reading(acting.clinic, acting.person):
        opened = (
            BreakGlass.objects.filter(
                clinic=acting.clinic,
                patient=patient,
                person=acting.person,
                ends_at__gt=acting.at,
            )
            .order_by("-opened_at")
            .values_list("id", flat=True)
            .first()
        )
    return acting if opened is None else acting._replace(break_glass=opened)
