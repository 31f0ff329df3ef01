"""Does this clinic keep a record of this patient? Asked before any page about one is made."""

from __future__ import annotations

from uuid import UUID

from isovigil.storage.models import PatientRecord
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.course_read import NoSuchPatient


def refuse_unless_kept(acting: Acting, patient: UUID) -> None:
    """Raises NoSuchPatient where it is another clinic's, or nobody's."""
    with reading(acting.clinic, acting.person):
        if not PatientRecord.objects.filter(id=patient, clinic=acting.clinic).exists():
            raise NoSuchPatient("This clinic keeps no record of such a patient.")
