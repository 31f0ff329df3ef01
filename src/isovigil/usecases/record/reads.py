"""Who looked at a patient's record, when and as what? Patients may see it themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from isovigil.storage.models import ReadEvent
from isovigil.storage.tenancy import reading, writing
from isovigil.usecases.record.access import refuse_unless_allowed
from isovigil.usecases.record.acting import Acting

ONE_LOOK_LASTS: Final = timedelta(minutes=10)
"""A design constant: long enough for a visit, which asks for advice at every answer, to be one or two looks;
short enough to tell from one who came back. Who keeps a page open longer is kept again every ten minutes."""


class Look(NamedTuple):
    """One look at a record."""

    at: datetime
    who: str
    role: str
    page: str
    broke_the_glass: bool


def note_read(acting: Acting, patient: UUID, page: str) -> None:
    """Keep that somebody looked at a patient's record; a page is shown only once this is kept.

    A page that asks again while it is filled in is the same look: the one kept stands for it as long as a
    look lasts. Another person, role, patient or page is another look, and under broken glass each one is.
    """
    with reading(acting.clinic, acting.person):
        if _is_kept(acting, patient, page):
            return
    with writing(acting.clinic, acting.person):
        ReadEvent.objects.create(
            clinic_id=acting.clinic,
            patient_id=patient,
            person_id=acting.person,
            role=acting.role,
            page=page,
            read_at=acting.at,
            break_glass_id=acting.break_glass,
        )


def _is_kept(acting: Acting, patient: UUID, page: str) -> bool:
    """Is there a look of this person at this page that this one goes on with?"""
    if acting.break_glass is not None:
        return False
    same = ReadEvent.objects.filter(
        clinic=acting.clinic, patient=patient, person=acting.person, role=acting.role, page=page
    )
    return same.filter(
        break_glass=None, read_at__gt=acting.at - ONE_LOOK_LASTS, read_at__lte=acting.at
    ).exists()


def looks_at(acting: Acting, patient: UUID) -> Sequence[Look]:
    """Everybody who looked at a patient's record, latest first.

    Raises:
        NotAllowed: The role may not see it, or it is another patient's.
    """
    refuse_unless_allowed(acting, "see_reads", patient)
    with reading(acting.clinic, acting.person):
        rows = ReadEvent.objects.filter(clinic=acting.clinic, patient=patient).select_related("person")
        return [
            Look(row.read_at, row.person.name, row.role, row.page, row.break_glass_id is not None)
            for row in rows.order_by("-read_at")
        ]


class LookAt(NamedTuple):
    """One look at some patient's record, as an auditor sees it: the patient by their opaque id alone."""

    patient: UUID
    look: Look
    reason: str
    """Why the glass was broken; empty where it was not."""


def looks_at_clinic(acting: Acting, *, most: int, skip: int = 0) -> Sequence[LookAt]:
    """Who looked at any record of the clinic, latest first. Raises NotAllowed."""
    refuse_unless_allowed(acting, "see_log")
    with reading(acting.clinic, acting.person):
        rows = ReadEvent.objects.filter(clinic=acting.clinic).select_related("person", "break_glass")
        return [
            LookAt(
                row.patient_id,
                Look(row.read_at, row.person.name, row.role, row.page, row.break_glass_id is not None),
                "" if row.break_glass is None else row.break_glass.reason,
            )
            for row in rows.order_by("-read_at", "-id")[skip : skip + most]
        ]
