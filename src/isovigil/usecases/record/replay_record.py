"""Was each past prescription and hand-over on record right, and what if the patient was erased since?"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from isovigil.decisions.replay import Replay, replay
from isovigil.storage.models import Entry, PatientKey
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.access import refuse_unless_allowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.judging import judging_of, rulebook_in_use
from isovigil.usecases.record.patient_case import on_record


class WasErased(NamedTuple):
    """What can still be said about an erased patient: nothing of what was recorded, but that it was."""

    at: datetime
    entries: int

    def __str__(self) -> str:
        return (
            f"Erased on {self.at:%-d %B %Y}: the {self.entries} entries about this patient can be read by "
            "nobody, so no past decision can be judged again. The log still proves that they were recorded, "
            "when and by whom."
        )


class ReplayedRecord(NamedTuple):
    """The replay, or that there is nothing left to replay; exactly one of the two."""

    patient: UUID
    replay: Replay | None
    erased: WasErased | None


def replay_record(acting: Acting, patient: UUID, *, known_by: datetime | None = None) -> ReplayedRecord:
    """Judge every prescription and hand-over on record on its own day; `known_by` hides what came later.

    Raises:
        NotAllowed: The role may not see this patient's course.
        NotAdopted: In production, where nothing is adopted.
        NotYetOnRecord: By `known_by` there was nothing.
        DamagedRecord, DoesNotOpen: An entry is not what it was.
        ReviewNotPossible: As `decisions.replay.replay`.
    """
    refuse_unless_allowed(acting, "see_course", patient)
    with reading(acting.clinic, acting.person):
        key = PatientKey.objects.get(clinic=acting.clinic, patient=patient)
        if key.destroyed_at is not None:
            entries = Entry.objects.filter(clinic=acting.clinic, patient=patient).count()
            return ReplayedRecord(patient, None, WasErased(key.destroyed_at, entries))
        judging = judging_of(acting.clinic)
        known = on_record(acting.clinic, patient, judging, known_by=known_by)
    told = replay(
        known.case,
        rulebook_in_use(),
        known_by or acting.at,
        programme=judging.programme,
        policy=judging.policy,
    )
    return ReplayedRecord(patient, told, None)
