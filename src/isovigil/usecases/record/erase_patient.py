"""How is a person erased, so that nothing about them can be read and the proof still stands?"""

from __future__ import annotations

from uuid import UUID, uuid4

from isovigil.storage import ledger
from isovigil.storage.forgotten_people import forget_who_was_let_in
from isovigil.storage.models import Draft, WorklistRow
from isovigil.storage.patient_keys import data_key_of, destroy_key
from isovigil.storage.tenancy import writing
from isovigil.usecases.record.access import refuse_unless_allowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.requests import hold_the_log


def erase_patient(acting: Acting, patient: UUID, *, reason: str) -> None:
    """Destroy a patient's key. Their facts, identity, drafts and worklist row can never be read again.

    The patient's own account goes, unless they have a role elsewhere; a carer's loses this patient.

    What stays: that so many entries were recorded, when, and by whom; and the reason, which nothing seals,
    so it must not say who was erased. A backup made earlier still holds the wrapped key until it is replaced;
    the operator's guide says for how long backups are kept.

    Raises:
        NotAllowed: The role may not erase.
        Erased: It was done before.
    """
    refuse_unless_allowed(acting, "erase_patient")
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)
        data_key_of(acting.clinic, patient)
        payload = {"kind": "erasure", "patient": str(patient), "reason": reason}
        entry = ledger.ToRecord(uuid4(), ledger.Category.CLINIC, payload)
        (recorded,) = ledger.append(acting.clinic, acting.person, acting.at, [entry])
        WorklistRow.objects.filter(clinic=acting.clinic, patient=patient).delete()
        Draft.objects.filter(clinic=acting.clinic, patient=patient).delete()
        forget_who_was_let_in(acting.clinic, patient, recorded.recorded_at)
        destroy_key(acting.clinic, patient, recorded.recorded_at)
