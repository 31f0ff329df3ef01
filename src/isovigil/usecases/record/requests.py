"""Was this request carried out before, and has the record changed since its form was opened?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from isovigil.storage import ledger
from isovigil.storage.models import IdempotencyKey, LogState
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.acting import Acting


class KeyReused(Exception):
    """The same key came with another request: carrying out either would surprise somebody."""


class ChangedMeanwhile(Exception):
    """Somebody recorded something about this patient after the form was opened."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(
            f"The record was at entry {expected} when this form was opened and is at entry {found} now. "
            "Look at what is new, then send again."
        )
        self.expected = expected
        self.found = found


def hold_the_log(acting: Acting) -> None:
    """Let nobody else append to this clinic's log until this transaction ends."""
    LogState.objects.select_for_update().get(clinic=acting.clinic)


def answer_given_before(acting: Acting, key: str, request: object) -> Mapping[str, Any] | None:
    """What this very request was answered the first time; None where it is new. Hold the log first.

    Raises:
        KeyReused: The key was used for something else.
        Erased: It was about a patient who was erased since.
    """
    row = IdempotencyKey.objects.filter(clinic=acting.clinic, actor=acting.person, key=key).first()
    if row is None:
        return None
    if bytes(row.request_hash) != ledger.request_hash(acting.clinic, row.patient_id, request):
        raise KeyReused(
            f"The key {key!r} was used on {row.answered_at:%-d %B %Y at %H:%M} UTC for another request. "
            "Draw a new key for a new request."
        )
    answer: Mapping[str, Any] = row.answer
    return answer


def was_carried_out(acting: Acting, patient: UUID, key: str) -> bool:
    """Was a request of this person about this patient carried out under this key?"""
    with reading(acting.clinic, acting.person):
        given = IdempotencyKey.objects.filter(clinic=acting.clinic, actor=acting.person, key=key)
        return given.filter(patient=patient).exists()


def remember_answer(
    acting: Acting, key: str, patient: UUID, request: object, answer: Mapping[str, Any]
) -> None:
    """Keep what a request about a patient was answered, in the transaction that carries it out."""
    IdempotencyKey.objects.create(
        clinic_id=acting.clinic,
        actor_id=acting.person,
        key=key,
        patient_id=patient,
        request_hash=ledger.request_hash(acting.clinic, patient, request),
        answer=dict(answer),
        answered_at=acting.at,
    )


def refuse_if_changed(patient: UUID, expected: int | None) -> None:
    """Raises ChangedMeanwhile unless the patient's last entry is the expected one (None: whatever it is)."""
    if expected is None:
        return
    found = ledger.last_seq_about(patient)
    if found != expected:
        raise ChangedMeanwhile(expected, found)
