"""How is something added to a clinic's log, and read from it?"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from isovigil.proof.canonical import canonical
from isovigil.proof.entries import SALT_BYTES, commitment, instant_text, payload_commitment
from isovigil.proof.entries import Entry as CommittedEntry
from isovigil.proof.sealing import NONCE_BYTES, Belonging, Opened, open_payload, opened_from, seal_payload
from isovigil.proof.tree import tree_from
from isovigil.storage.models import Entry, LogState, WorklistRow
from isovigil.storage.patient_keys import data_key_of

Category = Entry.Category
_REQUEST_TAG = b"isovigil request v1\n"
_ABOUT_NOBODY = b"about no patient"
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Until when a line holds about whom something was recorded since: by no clock, however it is set."""


class ToRecord(NamedTuple):
    """One thing to be recorded.

    `payload` is what JSON can hold; it says its own `kind`. `id` is drawn by the caller, so that a request
    sent twice names the same thing.
    """

    id: UUID
    category: Category
    payload: Mapping[str, Any]
    patient: UUID | None = None


class Recorded(NamedTuple):
    """One thing as it stands in the log. `payload` is None where the patient's key was destroyed."""

    id: UUID
    seq: int
    category: Category
    patient: UUID | None
    recorded_at: datetime
    actor: UUID | None
    payload: Mapping[str, Any] | None

    @property
    def is_erased(self) -> bool:
        """Can nobody read it any more?"""
        return self.payload is None


def append(
    clinic: UUID, actor: UUID | None, now: datetime, things: Sequence[ToRecord]
) -> tuple[Recorded, ...]:
    """Add entries to a clinic's log, in this order, as one: call inside `tenancy.writing`.

    Whoever appends holds the clinic's log until its transaction ends, so entries have neither gap nor double.
    An entry is never recorded before the one in front of it, also where a clock was set back. The worklist
    rows of the patients concerned hold no longer, and what was prepared to follow them is thrown away.

    Raises:
        Erased: An entry is about a patient whose key was destroyed.
    """
    state = LogState.objects.select_for_update().get(clinic=clinic)
    at = now if state.last_recorded_at is None else max(now, state.last_recorded_at)
    tree = tree_from(bytes(state.tree))
    rows: list[Entry] = []
    keys: dict[UUID, bytes] = {}
    for thing in things:
        if thing.patient is not None and thing.patient not in keys:
            keys[thing.patient] = data_key_of(clinic, thing.patient)
        key = None if thing.patient is None else keys[thing.patient]
        row = _row(clinic, actor, at, tree.size + 1, thing, key)
        tree, _ = tree.append(bytes(row.commitment))
        rows.append(row)
    Entry.objects.bulk_create(rows)
    state.tree = tree.stored()
    state.last_recorded_at = at
    state.save(update_fields=["tree", "last_recorded_at"])
    patients = {thing.patient for thing in things if thing.patient is not None}
    concerned = WorklistRow.objects.filter(clinic=clinic, patient__in=patients)
    concerned.update(holds_until=_LONG_AGO, next_from=None, next_sealed=None)
    return tuple(
        Recorded(row.id, row.seq, thing.category, thing.patient, at, actor, thing.payload)
        for row, thing in zip(rows, things, strict=True)
    )


def _row(
    clinic: UUID, actor: UUID | None, at: datetime, seq: int, thing: ToRecord, key: bytes | None
) -> Entry:
    opened = Opened(secrets.token_bytes(SALT_BYTES), dict(thing.payload))
    row = Entry(
        id=thing.id,
        clinic_id=clinic,
        seq=seq,
        patient_id=thing.patient,
        category=thing.category,
        recorded_at=at,
        actor_id=actor,
        payload_commitment=payload_commitment(opened.salt, opened.payload),
        salt=secrets.token_bytes(SALT_BYTES),
    )
    row.sealed = _seal(row, opened, key)
    row.commitment = commitment(bytes(row.salt), committed_entry(row).as_mapping())
    return row


def committed_entry(row: Entry) -> CommittedEntry:
    """What the log commits to for a row: everything but what it says, and the commitment to that."""
    return CommittedEntry(
        clinic=str(row.clinic_id),
        seq=row.seq,
        fact=str(row.id),
        category=row.category,
        recorded_at=instant_text(row.recorded_at),
        payload=bytes(row.payload_commitment).hex(),
        actor=None if row.actor_id is None else str(row.actor_id),
        patient=None if row.patient_id is None else str(row.patient_id),
    )


def _belonging(row: Entry) -> Belonging:
    return Belonging(clinic=str(row.clinic_id), fact=str(row.id), category=row.category)


def _seal(row: Entry, opened: Opened, key: bytes | None) -> bytes:
    if key is None:
        return opened.salt + canonical(opened.payload)
    return seal_payload(key, secrets.token_bytes(NONCE_BYTES), _belonging(row), opened)


def open_entry(row: Entry, data_key: bytes | None) -> Opened:
    """What an entry says, and the salt of its commitment; `data_key` is the patient's, if it has one.

    Raises:
        DoesNotOpen: It was changed, or sealed for another patient.
    """
    if row.patient_id is None:
        return opened_from(bytes(row.sealed))
    if data_key is None:
        raise ValueError("An entry about a patient opens with the patient's key alone.")
    return open_payload(data_key, _belonging(row), bytes(row.sealed))


def entries_about(
    clinic: UUID,
    patient: UUID,
    *categories: Category,
    known_by: datetime | None = None,
    after_seq: int = 0,
) -> tuple[Recorded, ...]:
    """Everything recorded about a patient, oldest first; `known_by` hides what was recorded later."""
    rows = Entry.objects.filter(clinic=clinic, patient=patient, seq__gt=after_seq).order_by("seq")
    if categories:
        rows = rows.filter(category__in=categories)
    if known_by is not None:
        rows = rows.filter(recorded_at__lte=known_by)
    key = data_key_of(clinic, patient, erased_is_none=True)
    return tuple(recorded(row, key) for row in rows)


def clinic_entries(clinic: UUID, *categories: Category) -> tuple[Recorded, ...]:
    """What was recorded about no patient: adoptions, people, set-up; oldest first."""
    rows = Entry.objects.filter(clinic=clinic, patient=None).order_by("seq")
    if categories:
        rows = rows.filter(category__in=categories)
    return tuple(recorded(row, None) for row in rows)


def recorded(row: Entry, key: bytes | None) -> Recorded:
    """One row, opened with its patient's key; erased where that is gone. Raises DoesNotOpen."""
    erased = row.patient_id is not None and key is None
    payload = None if erased else open_entry(row, key).payload
    return Recorded(
        row.id,
        row.seq,
        Category(row.category),
        row.patient_id,
        row.recorded_at,
        row.actor_id,
        payload,
    )


def last_seq_about(patient: UUID) -> int:
    """The seq of the latest entry about a patient; 0 where there is none. The version a form is based on."""
    last = Entry.objects.filter(patient=patient).order_by("-seq").values_list("seq", flat=True).first()
    return last or 0


def rows_about_many(clinic: UUID, patients: Sequence[UUID]) -> dict[UUID, list[Entry]]:
    """Everything recorded about each of many patients, oldest first, in one question; `recorded` opens it."""
    about: dict[UUID, list[Entry]] = {each: [] for each in patients}
    for row in Entry.objects.filter(clinic=clinic, patient__in=list(patients)).order_by("seq"):
        if row.patient_id is not None:
            about[row.patient_id].append(row)
    return about


def request_hash(clinic: UUID, patient: UUID | None, request: object) -> bytes:
    """What tells whether a request sent again is the same request, and nothing of what it says.

    It is worked out under the patient's own key: a bare hash of "pregnancy test, positive" could be found by
    trying both answers, also after the patient was erased.

    Raises:
        Erased: The patient's key was destroyed.
    """
    key = _ABOUT_NOBODY if patient is None else data_key_of(clinic, patient)
    return hmac.digest(key, _REQUEST_TAG + canonical(request), "sha256")
