"""With which key are one patient's facts sealed, and how is it destroyed?"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Literal, overload
from uuid import UUID

import msgspec

from isovigil.proof.sealing import (
    KEY_BYTES,
    NONCE_BYTES,
    DoesNotOpen,
    WrappedKey,
    needed_key,
    rewrap_key,
    unwrap_key,
    wrap_key,
)
from isovigil.storage.keys import keys
from isovigil.storage.models import PatientKey


class Erased(Exception):
    """The patient's key was destroyed: nothing about them can be read or added."""


def draw_key(clinic: UUID, patient: UUID) -> None:
    """Draw the key of a new patient and keep it wrapped."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    drawn = secrets.token_bytes(KEY_BYTES)
    wrapped = wrap_key(drawn, keys().newest_master_key, nonce, str(clinic), str(patient))
    PatientKey.objects.create(patient_id=patient, clinic_id=clinic, wrapped=msgspec.to_builtins(wrapped))


@overload
def data_key_of(clinic: UUID, patient: UUID) -> bytes: ...


@overload
def data_key_of(clinic: UUID, patient: UUID, *, erased_is_none: Literal[True]) -> bytes | None: ...


def data_key_of(clinic: UUID, patient: UUID, *, erased_is_none: bool = False) -> bytes | None:
    """The key that opens a patient's facts.

    Raises:
        Erased: It was destroyed; with `erased_is_none` the answer is None instead.
        DoesNotOpen: The master key it is wrapped under is not at hand.
    """
    row = PatientKey.objects.get(clinic=clinic, patient=patient)
    if row.wrapped is not None:
        return unwrap_key(msgspec.convert(row.wrapped, WrappedKey), keys().master_keys)
    if erased_is_none:
        return None
    raise Erased(f"Patient {patient} was erased: nothing can be read or recorded about them any more.")


def data_keys_of(clinic: UUID, patients: list[UUID]) -> dict[UUID, bytes]:
    """The keys of many patients at once; those that were erased have none."""
    rows = PatientKey.objects.filter(clinic=clinic, patient__in=patients).exclude(wrapped=None)
    masters = keys().master_keys
    return {row.patient_id: unwrap_key(msgspec.convert(row.wrapped, WrappedKey), masters) for row in rows}


def data_keys_that_open(clinic: UUID, patients: list[UUID]) -> tuple[dict[UUID, bytes], set[UUID]]:
    """The keys of many patients, and whose key does not open: one damaged key hides nobody else.

    Those who were erased are in neither.
    """
    rows = PatientKey.objects.filter(clinic=clinic, patient__in=patients, destroyed_at=None)
    masters = keys().master_keys
    opened: dict[UUID, bytes] = {}
    damaged: set[UUID] = set()
    for row in rows:
        try:
            opened[row.patient_id] = unwrap_key(msgspec.convert(row.wrapped, WrappedKey), masters)
        except (DoesNotOpen, msgspec.ValidationError):
            damaged.add(row.patient_id)
    return opened, damaged


def destroy_key(clinic: UUID, patient: UUID, now: datetime) -> None:
    """Erase a patient: their key is overwritten, and nobody can read what was sealed with it."""
    PatientKey.objects.filter(clinic=clinic, patient=patient).update(wrapped=None, destroyed_at=now)


def rewrap_keys(clinic: UUID) -> int:
    """Put every key that is wrapped under an older master key under the newest; how many that were."""
    at_hand = keys()
    count = 0
    for row in PatientKey.objects.filter(clinic=clinic).exclude(wrapped=None):
        wrapped = msgspec.convert(row.wrapped, WrappedKey)
        if needed_key(wrapped.wrapped) != at_hand.newest:
            nonce = secrets.token_bytes(NONCE_BYTES)
            again = rewrap_key(wrapped, at_hand.master_keys, at_hand.newest_master_key, nonce)
            row.wrapped = msgspec.to_builtins(again)
            row.save(update_fields=["wrapped"])
            count += 1
    return count
