"""How is what was recorded about a person kept unreadable to others, and erased by destroying one key?

AES-256-GCM (NIST SP 800-38D). Every patient has a data key, stored wrapped under a master key. Each payload
is sealed together with its salt under the patient's key and bound to its clinic, fact and category, so one
moved to another fact does not open. Without the data key no payload and no salt can be read; the log still
stands.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from isovigil.proof.canonical import canonical
from isovigil.proof.entries import SALT_BYTES

KEY_BYTES = 32
NONCE_BYTES = 12
_KEY_ID_BYTES = 16
_TAG_BYTES = 16
_KEY_ID_TAG = b"isovigil key id v1\n"
_PAYLOAD_VERSION = b"\x01"
_KEY_VERSION = b"\x02"


class DoesNotOpen(ValueError):
    """What is sealed does not belong here, was changed, or needs another key. It holds no secrets."""


class Belonging(msgspec.Struct, frozen=True, kw_only=True):
    """Where a sealed payload belongs; it opens nowhere else. The fields are those of its `Entry`."""

    clinic: str
    fact: str
    category: str


class Opened(msgspec.Struct, frozen=True):
    """A payload as JSON can hold it, and the salt of its commitment (`entries.payload_commitment`)."""

    salt: bytes
    payload: Mapping[str, object]

    def __post_init__(self) -> None:
        if len(self.salt) != SALT_BYTES:
            raise ValueError(f"A salt is {SALT_BYTES} random bytes; this one has {len(self.salt)}.")

    def as_bytes(self) -> bytes:
        """The salt, then the payload's canonical JSON: what is sealed, or kept as it is where nobody's
        secret is in it.

        Raises:
            NotCanonical: The payload holds something that JSON cannot carry.
        """
        return self.salt + canonical(self.payload)


def opened_from(text: bytes) -> Opened:
    """What `Opened.as_bytes` wrote.

    Raises:
        DoesNotOpen: It is nothing of the kind.
    """
    try:
        return Opened(text[:SALT_BYTES], msgspec.json.decode(text[SALT_BYTES:], type=dict[str, object]))
    except (msgspec.MsgspecError, ValueError) as refusal:
        raise DoesNotOpen("These bytes are not a salt and a payload.") from refusal


def key_id(key: bytes) -> str:
    """A secret key's public name: 32 hexadecimal digits of a hash, which tell nothing about the key.

    Raises:
        ValueError: The key is not 32 bytes.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"A key is {KEY_BYTES} random bytes; this one has {len(key)}.")
    return hashlib.sha256(_KEY_ID_TAG + key).digest()[:_KEY_ID_BYTES].hex()


def seal_payload(data_key: bytes, nonce: bytes, belonging: Belonging, opened: Opened) -> bytes:
    """A payload and its salt, unreadable without the key: version, key id, nonce, ciphertext with tag.

    Args:
        data_key: The patient's key, 32 bytes.
        nonce: 12 bytes, never used before with this key. Random ones serve for 2**32 payloads a key.
        belonging: The clinic, fact and category it will open for.
        opened: What to seal.

    Raises:
        ValueError: The key or the nonce has another length.
        NotCanonical: The payload holds something that JSON cannot carry.
    """
    return _sealed(_PAYLOAD_VERSION, data_key, nonce, opened.as_bytes(), _bound_payload(belonging))


def open_payload(data_key: bytes, belonging: Belonging, sealed: bytes) -> Opened:
    """A payload and its salt, if the key is right and it was sealed for exactly this fact.

    Raises:
        DoesNotOpen: It is another fact's, another key's, or was changed.
    """
    what = f"The payload of fact {belonging.fact}"
    return opened_from(_unsealed(_PAYLOAD_VERSION, data_key, sealed, _bound_payload(belonging), what))


class WrappedKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A patient's data key as it is stored; JSON writes its bytes in base64.

    Attributes:
        clinic: The clinic and
        patient: the pseudonym it was wrapped for. It unwraps for no other.
        wrapped: The encrypted key, sealed under the master key that `needed_key` names.
    """

    clinic: str
    patient: str
    wrapped: bytes


def wrap_key(data_key: bytes, master_key: bytes, nonce: bytes, clinic: str, patient: str) -> WrappedKey:
    """A patient's data key, to be stored; it unwraps with this master key, for this patient only.

    Args:
        data_key: 32 random bytes, drawn for this patient alone.
        master_key: 32 bytes, kept elsewhere than the record.
        nonce: 12 bytes, never used before with this master key.
        clinic: The patient's clinic.
        patient: The patient's pseudonym.

    Raises:
        ValueError: A key or the nonce has another length.
    """
    key_id(data_key)
    wrapped = _sealed(_KEY_VERSION, master_key, nonce, data_key, _bound_key(clinic, patient))
    return WrappedKey(clinic=clinic, patient=patient, wrapped=wrapped)


def unwrap_key(wrapped: WrappedKey, master_keys: Mapping[str, bytes]) -> bytes:
    """A patient's data key, by the master keys at hand under their `key_id`.

    Raises:
        DoesNotOpen: The master key is not at hand, or what is wrapped was changed or is another patient's.
    """
    what, needed = f"The key of patient {wrapped.patient}", needed_key(wrapped.wrapped)
    if needed not in master_keys:
        at_hand = ", ".join(sorted(master_keys)) or "none"
        raise DoesNotOpen(f"{what} is wrapped under master key {needed}; at hand: {at_hand}.")
    bound = _bound_key(wrapped.clinic, wrapped.patient)
    return _unsealed(_KEY_VERSION, master_keys[needed], wrapped.wrapped, bound, what)


def rewrap_key(
    wrapped: WrappedKey, master_keys: Mapping[str, bytes], new_master_key: bytes, nonce: bytes
) -> WrappedKey:
    """The same data key under a new master key: a rotation touches no payload.

    Raises:
        DoesNotOpen: The old master key is not at hand, or does not open it.
    """
    data_key = unwrap_key(wrapped, master_keys)
    return wrap_key(data_key, new_master_key, nonce, wrapped.clinic, wrapped.patient)


def needed_key(sealed: bytes) -> str:
    """The `key_id` of the key that opens a sealed payload, or of the master key that unwraps a key."""
    return _Parts.of(sealed).key_id


def used_nonce(sealed: bytes) -> tuple[str, bytes]:
    """Which nonce was used under which key."""
    parts = _Parts.of(sealed)
    return parts.key_id, parts.nonce


def repeated_nonces(sealed: Iterable[bytes]) -> tuple[tuple[str, bytes], ...]:
    """The pairs of key id and nonce used more than once among these; under GCM there may be none.

    Two texts under one key and nonce reveal their difference, and let anybody forge (SP 800-38D, part 8).
    """
    return tuple(pair for pair, times in Counter(map(used_nonce, sealed)).items() if times > 1)


class _Parts(NamedTuple):
    version: bytes
    key_id: str
    nonce: bytes
    ciphertext: bytes

    @classmethod
    def of(cls, sealed: bytes) -> _Parts:
        version, rest = sealed[:1], sealed[1:]
        named, rest = rest[:_KEY_ID_BYTES], rest[_KEY_ID_BYTES:]
        nonce, ciphertext = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
        if version not in (_PAYLOAD_VERSION, _KEY_VERSION) or len(ciphertext) < _TAG_BYTES:
            raise DoesNotOpen(f"These {len(sealed)} bytes were not sealed in a form this version reads.")
        return cls(version, named.hex(), nonce, ciphertext)


def _sealed(version: bytes, key: bytes, nonce: bytes, text: bytes, bound: bytes) -> bytes:
    header = version + bytes.fromhex(key_id(key)) + nonce
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"A nonce is {NONCE_BYTES} bytes; this one has {len(nonce)}.")
    return header + AESGCM(key).encrypt(nonce, text, header + bound)


def _unsealed(version: bytes, key: bytes, sealed: bytes, bound: bytes, what: str) -> bytes:
    parts = _Parts.of(sealed)
    if parts.version != version:
        raise DoesNotOpen(f"{what} was looked for, but something else is sealed here.")
    if parts.key_id != key_id(key):
        raise DoesNotOpen(f"{what} needs key {parts.key_id}; the key at hand is {key_id(key)}.")
    header = sealed[: len(sealed) - len(parts.ciphertext)]
    try:
        return AESGCM(key).decrypt(parts.nonce, parts.ciphertext, header + bound)
    except InvalidTag as refusal:
        raise DoesNotOpen(f"{what} was changed, or this one belongs elsewhere.") from refusal


def _bound_payload(belonging: Belonging) -> bytes:
    return b"isovigil sealed payload v1\n" + canonical(msgspec.structs.asdict(belonging))


def _bound_key(clinic: str, patient: str) -> bytes:
    return b"isovigil wrapped key v1\n" + canonical({"clinic": clinic, "patient": patient})
