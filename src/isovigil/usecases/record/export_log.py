"""What is handed to somebody who wants to check a clinic's log, or one entry of it?

An operator's work: it is done on the machine, not through a page. `proof.export` says what the files hold,
and `isovigil verify-log` checks them without any code of the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple
from uuid import UUID

import msgspec

from isovigil.proof.export import (
    HEADS_FILE,
    KEYS_FILE,
    LOG_FILE,
    Shown,
    fact_proof_text,
    head_line,
    keys_text,
    log_line,
)
from isovigil.proof.heads import SignedHead
from isovigil.proof.paths import consistency_proof_from, inclusion_proof_from
from isovigil.proof.sealing import DoesNotOpen, Opened
from isovigil.proof.tree import leaf_hash, node_hash, tree_from
from isovigil.storage import ledger
from isovigil.storage.keys import public_keys
from isovigil.storage.models import Entry, LogHead, LogState, PatientRecord
from isovigil.storage.patient_keys import data_keys_of
from isovigil.storage.tenancy import every_clinic, reading
from isovigil.usecases.record.sign_log import sign_head

Opening = Literal["closed", "rows", "payloads"]
OPENINGS: Final[tuple[Opening, ...]] = ("closed", "rows", "payloads")
"""How much of each entry is shown: that it is there; when, by whom and about whom; and what it says."""
EARLIER_HEADS: Final = 24
"""A proof goes with so many heads before the last one: a day of them."""
_AT_ONCE: Final = 2_000


class NoSuchEntry(Exception):
    """No clinic's log here holds this entry."""


class FolderInUse(Exception):
    """The folder holds something already; an export is never mixed with another."""


class Exported(NamedTuple):
    """What was written."""

    clinic: UUID
    entries: int
    payloads: int
    """How many entries are shown with what they say."""
    heads: int
    faults: tuple[str, ...]
    """What was found wrong on the way. The export is written all the same, and shows it."""


def export_log(clinic: UUID, folder: Path, now: datetime, *, opening: Opening = "rows") -> Exported:
    """Sign the log's head, and write the whole log into a new folder for an outsider to check.

    Args:
        clinic: Whose log.
        folder: Made if it is not there; it must be empty.
        now: When the head is signed.
        opening: How much is shown. With "payloads" the folder holds the record itself, in the clear.

    Raises:
        FolderInUse: The folder is not empty.
        NoKeys: The signing key is not at hand.
        OSError: It cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise FolderInUse(f"{folder} is not empty. Name a new folder for each export.")
    faults = [*_signed(clinic, now)]
    with reading(clinic):
        heads = _heads(clinic)
        entries = payloads = 0
        with (folder / LOG_FILE).open("w", encoding="utf-8", newline="\n") as log:
            for shown in _shown(clinic, heads, opening, faults):
                log.write(log_line(shown))
                entries, payloads = entries + 1, payloads + (shown.opened is not None)
    (folder / HEADS_FILE).write_text("".join(map(head_line, heads)), encoding="utf-8", newline="\n")
    (folder / KEYS_FILE).write_text(keys_text(public_keys()), encoding="utf-8", newline="\n")
    return Exported(clinic, entries, payloads, len(heads), tuple(faults))


def _signed(clinic: UUID, now: datetime) -> Iterator[str]:
    """Sign what is there; a log that its own last head contradicts is exported under the heads it has."""
    try:
        sign_head(clinic, now)
    except ValueError as contradiction:
        yield str(contradiction)


def _heads(clinic: UUID) -> list[SignedHead]:
    rows = LogHead.objects.filter(clinic=clinic).order_by("size")
    return [msgspec.convert(row.signed, SignedHead) for row in rows]


def _shown(clinic: UUID, heads: Sequence[SignedHead], opening: Opening, faults: list[str]) -> Iterator[Shown]:
    """Every entry under the last head, and any that the log's state knows nothing of."""
    keys = _keys(clinic) if opening == "payloads" else {}
    signed = heads[-1].head.size if heads else 0
    grown = tree_from(bytes(LogState.objects.get(clinic=clinic).tree)).size
    for row in _rows(clinic):
        if row.seq <= signed or row.seq > grown:  # between the two it was recorded while this was written
            yield _shown_of(row, keys, opening, faults)


def _rows(clinic: UUID) -> Iterator[Entry]:
    last = 0
    while rows := list(Entry.objects.filter(clinic=clinic, seq__gt=last).order_by("seq")[:_AT_ONCE]):
        yield from rows
        last = rows[-1].seq


def _keys(clinic: UUID) -> Mapping[UUID, bytes]:
    return data_keys_of(
        clinic, list(PatientRecord.objects.filter(clinic=clinic).values_list("id", flat=True))
    )


def _shown_of(row: Entry, keys: Mapping[UUID, bytes], opening: Opening, faults: list[str]) -> Shown:
    commitment = bytes(row.commitment)
    if opening == "closed":
        return Shown(seq=row.seq, commitment=commitment)
    opened: Opened | None = None
    if opening == "payloads" and (row.patient_id is None or row.patient_id in keys):
        try:
            opened = ledger.open_entry(row, keys.get(row.patient_id) if row.patient_id else None)
        except DoesNotOpen as refusal:
            faults.append(f"Entry {row.seq} cannot be opened: {refusal}")
    return Shown(
        seq=row.seq,
        commitment=commitment,
        salt=bytes(row.salt),
        entry=ledger.committed_entry(row),
        opened=opened,
    )


def prove_entry(entry: UUID, now: datetime, *, opening: Opening = "payloads") -> str:
    """The proof that one entry is in its clinic's signed log; it shows nothing about any other entry.

    Args:
        entry: Its id; a fact's id is its entry's.
        now: When the head is signed, where something was added since the last one.
        opening: How much of the entry is shown. What was erased is not shown, and is proved all the same.

    Raises:
        NoSuchEntry: No log here holds it.
        DoesNotOpen: What it says was changed.
        NoKeys, ValueError: As `sign_log.sign_head`.
    """
    for clinic in every_clinic():
        with reading(clinic):
            is_here = Entry.objects.filter(clinic=clinic, id=entry).exists()
        if is_here:
            sign_head(clinic, now)
            with reading(clinic):
                return _proof(clinic, entry, opening)
    raise NoSuchEntry(f"No clinic's log here holds an entry {entry}.")


def _proof(clinic: UUID, entry: UUID, opening: Opening) -> str:
    row = Entry.objects.get(clinic=clinic, id=entry)
    faults: list[str] = []
    keys = data_keys_of(clinic, [row.patient_id]) if row.patient_id is not None else {}
    shown = _shown_of(row, keys, opening, faults)
    if faults:
        raise DoesNotOpen(faults[0])
    *before, last = _heads(clinic)
    size = last.head.size
    commitments = Entry.objects.filter(clinic=clinic, seq__lte=size).order_by("seq")
    levels = _levels([bytes(each) for each in commitments.values_list("commitment", flat=True)])

    def node_at(level: int, index: int) -> bytes:
        return levels[level][index]

    earlier = {
        each.head.size: consistency_proof_from(node_at, each.head.size, size)
        for each in before[-EARLIER_HEADS:]
    }
    return fact_proof_text(shown, inclusion_proof_from(node_at, row.seq - 1, size), last, earlier)


def _levels(commitments: Sequence[bytes]) -> list[list[bytes]]:
    """The hashes of all full subtrees, the leaves first: each level is half as long as the one below."""
    levels = [[leaf_hash(each) for each in commitments]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return levels
