"""How is a patient registered, and who they are put right?"""

from __future__ import annotations

from uuid import UUID, uuid4

import msgspec

from isovigil.storage import ledger
from isovigil.storage.models import PatientRecord
from isovigil.storage.patient_keys import draw_key
from isovigil.storage.tenancy import writing
from isovigil.usecases.record.access import refuse_unless_allowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.patient_case import Identity
from isovigil.usecases.record.record_facts import NoReason
from isovigil.usecases.record.requests import (
    answer_given_before,
    hold_the_log,
    refuse_if_changed,
    remember_answer,
)


def register_patient(acting: Acting, identity: Identity, request: str) -> UUID:
    """Open a record for a patient of the acting person's clinic. The same request twice opens one.

    Raises:
        NotAllowed: The role may not.
        KeyReused: The request's key was used for another.
    """
    refuse_unless_allowed(acting, "register_patient")
    asked = {"what": "register_patient", "identity": msgspec.to_builtins(identity)}
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)
        before = answer_given_before(acting, request, asked)
        if before is not None:
            return UUID(before["patient"])
        patient = uuid4()
        PatientRecord.objects.create(id=patient, clinic_id=acting.clinic, registered_at=acting.at)
        draw_key(acting.clinic, patient)
        _record_identity(acting, patient, identity, reason=None)
        remember_answer(acting, request, patient, asked, {"patient": str(patient)})
    return patient


def put_identity_right(
    acting: Acting, patient: UUID, identity: Identity, *, reason: str, expected: int | None, request: str
) -> None:
    """Record who the patient is once more; what was recorded before stays.

    Raises:
        NotAllowed: The role may not.
        NoReason: It does not say why.
        ChangedMeanwhile: Something was recorded about the patient since the form was opened.
        Erased: The patient was erased.
    """
    refuse_unless_allowed(acting, "correct_facts")
    if not reason.strip():
        raise NoReason("Say why who the patient is was put right; the reason stands beside it for good.")
    asked = {
        "what": "put_identity_right",
        "patient": str(patient),
        "identity": msgspec.to_builtins(identity),
        "reason": reason,
    }
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)
        if answer_given_before(acting, request, asked) is not None:
            return
        refuse_if_changed(patient, expected)
        _record_identity(acting, patient, identity, reason=reason)
        remember_answer(acting, request, patient, asked, {})


def _record_identity(acting: Acting, patient: UUID, identity: Identity, *, reason: str | None) -> None:
    payload = {"kind": "identity", "identity": msgspec.to_builtins(identity), "reason": reason}
    entry = ledger.ToRecord(uuid4(), ledger.Category.IDENTITY, payload, patient)
    ledger.append(acting.clinic, acting.person, acting.at, [entry])
