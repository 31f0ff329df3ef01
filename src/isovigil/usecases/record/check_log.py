"""Is everything on record still what it was when it was recorded?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from isovigil.proof.entries import commitment, payload_commitment
from isovigil.proof.sealing import DoesNotOpen
from isovigil.proof.tree import Tree, tree_from
from isovigil.storage import ledger
from isovigil.storage.models import Clinic, Entry, LogHead, LogState, PatientRecord
from isovigil.storage.patient_keys import data_keys_of
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.shown_to_sign import is_whole

_AT_ONCE = 5_000


class CheckedLog(NamedTuple):
    """What a check of a clinic's log found."""

    clinic: UUID
    entries: int
    erased: int
    """Entries whose payload can no longer be read, because their patient was erased."""
    root: str
    faults: tuple[str, ...]


def check_log(clinic: UUID) -> CheckedLog:
    """Open every entry of a clinic, and compare it with what the log committed to and with every head."""
    with reading(clinic):
        heads = {row.size: row.signed for row in LogHead.objects.filter(clinic=clinic)}
        patients = list(PatientRecord.objects.filter(clinic=clinic).values_list("id", flat=True))
        keys = data_keys_of(clinic, patients)
        state = tree_from(bytes(LogState.objects.get(clinic=clinic).tree))
        tree, erased, faults = Tree(), 0, []
        for row in _entries(clinic):
            key = None if row.patient_id is None else keys.get(row.patient_id)
            if row.seq != tree.size + 1:
                faults.append(f"Entry {tree.size + 1} is missing.")
            if row.patient_id is not None and key is None:
                erased += 1
            faults += _faults_of(row, key)
            tree, _ = tree.append(bytes(row.commitment))
            head = heads.get(tree.size)
            if head is not None and head["head"]["root"] != tree.root().hex():
                faults.append(f"The head signed at entry {tree.size} has another root.")
        faults += [
            f"A head was signed at entry {size}, which is not there." for size in heads if size > tree.size
        ]
        if state != tree:
            faults.append(f"The log says it ends at entry {state.size}; its entries end at {tree.size}.")
    return CheckedLog(clinic, tree.size, erased, tree.root().hex(), tuple(faults))


def _entries(clinic: UUID) -> Iterator[Entry]:
    """In order and in pieces: a server-side cursor does not outlive a pooled connection."""
    last = 0
    while True:
        rows = list(Entry.objects.filter(clinic=clinic, seq__gt=last).order_by("seq")[:_AT_ONCE])
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].seq


def _faults_of(row: Entry, key: bytes | None) -> Iterator[str]:
    entry = ledger.committed_entry(row)
    if commitment(bytes(row.salt), entry.as_mapping()) != bytes(row.commitment):
        yield f"Entry {row.seq} was changed: when, who or about whom."
    if row.patient_id is not None and key is None:
        return
    try:
        opened = ledger.open_entry(row, key)
    except DoesNotOpen as refusal:
        yield f"Entry {row.seq} cannot be opened: {refusal}"
        return
    if payload_commitment(opened.salt, opened.payload) != bytes(row.payload_commitment):
        yield f"Entry {row.seq} was changed: what it says."
    if opened.payload.get("kind") == "signature" and not is_whole(opened.payload):
        yield f"Entry {row.seq} is a signature whose statement of what was shown does not have its hash."


def clinics_here() -> list[tuple[UUID, str]]:
    """The clinics of this instance, by id and name; for its operator."""
    from isovigil.storage.tenancy import every_clinic

    found = []
    for clinic in every_clinic():
        with reading(clinic):
            found.append((clinic, Clinic.objects.get(id=clinic).name))
    return found
