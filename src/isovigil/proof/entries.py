"""What exactly does the log commit to, and what stays provable once a person is erased?

Two commitments, one inside the other. The payload's covers what was recorded: its kind, its words, from when
it is true, whence it came. Its salt is sealed with the payload (`sealing`), so destroying the patient's key
destroys both, and nobody can guess the payload back. The entry's covers the row that stays: which clinic,
which place, when, by whom, and the payload's commitment. Its salt lies beside the row. So an erased entry
still proves that it was there, when, by whom, and that nothing was put in its place; and an auditor can check
every row's time and author without reading what it says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from isovigil.proof.canonical import canonical

SALT_BYTES = 16
ENTRY_TAG = b"isovigil entry v1\n"
PAYLOAD_TAG = b"isovigil payload v1\n"


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the log without its sealed payload. It stays when the payload is erased.

    Attributes:
        clinic: Whose log this is.
        seq: The place in that log, from 1. Its leaf has the index `seq - 1`.
        fact: The id of what was recorded.
        category: What sort of thing it is. The exact kind may tell too much; it belongs in the payload.
        recorded_at: When the clinic learned it, by `instant_text`.
        payload: `payload_commitment` of the payload, in lower-case hexadecimal.
        actor: Who recorded it; None where the system itself did.
        patient: The patient's pseudonym; None for what is about no patient, such as an adoption.
    """

    clinic: str
    seq: int
    fact: str
    category: str
    recorded_at: str
    payload: str
    actor: str | None = None
    patient: str | None = None

    def as_mapping(self) -> dict[str, str | int | None]:
        """Every field under its name; what is absent is null, never left out."""
        return msgspec.structs.asdict(self)


def commitment(salt: bytes, entry: Mapping[str, object]) -> bytes:
    """The 32 bytes the log holds for an entry: SHA-256 of the tag, the salt, the entry's canonical JSON.

    Args:
        salt: 16 random bytes, drawn for this entry alone.
        entry: `Entry.as_mapping()`. Further fields would be committed to as well.

    Raises:
        ValueError: The salt is not 16 bytes.
        NotCanonical: The entry holds something that JSON cannot carry.
    """
    return _committed(ENTRY_TAG, salt, entry)


def payload_commitment(salt: bytes, payload: Mapping[str, object]) -> bytes:
    """The 32 bytes that stand for a payload in its entry, by the same rule under another tag.

    Args:
        salt: 16 random bytes, drawn for this payload alone, never the entry's. Keep it sealed with the
            payload: with the salt in the open, "negative" or "positive" could be guessed after erasure.
        payload: What was recorded, as JSON can hold it.

    Raises:
        ValueError: The salt is not 16 bytes.
        NotCanonical: The payload holds something that JSON cannot carry.
    """
    return _committed(PAYLOAD_TAG, salt, payload)


def _committed(tag: bytes, salt: bytes, value: Mapping[str, object]) -> bytes:
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A salt is {SALT_BYTES} random bytes; this one has {len(salt)}.")
    return hashlib.sha256(tag + salt + canonical(value)).digest()


def instant_text(at: datetime) -> str:
    """An instant as entries and heads hold it: in UTC, to the microsecond, always 27 characters.

    So the texts sort as the instants do.

    Raises:
        ValueError: The instant has no offset from UTC.
    """
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no offset from UTC; say which instant is meant.")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
