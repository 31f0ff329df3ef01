"""What does a clinic sign, so that nobody can later show another past, not even the clinic?

A head is the whole log in one line. Each names the head before it; one kept elsewhere (printed, mailed,
in another building) can later be compared with any log that claims to continue it.
"""

from __future__ import annotations

import hashlib

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from isovigil.proof.canonical import canonical
from isovigil.proof.tree import Tree

HEAD_TAG = b"isovigil head v1\n"
KEY_ID_DIGITS = 32


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The state of a clinic's log at an instant.

    Attributes:
        clinic: Whose log.
        size: How many entries it had; the last one's `seq`.
        root: The root over them, in lower-case hexadecimal.
        at: When it was signed, by `entries.instant_text`.
        key_id: Which key signed it, by `key_id_of`.
        previous: `head_hash` of the head signed before this one; None for the clinic's first.
    """

    clinic: str
    size: int
    root: str
    at: str
    key_id: str
    previous: str | None = None

    def as_mapping(self) -> dict[str, str | int | None]:
        """Every field under its name, null where there is none."""
        return msgspec.structs.asdict(self)


class SignedHead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A head and its Ed25519 signature, in lower-case hexadecimal."""

    head: Head
    signature: str


def sign_tree(
    tree: Tree, clinic: str, at: str, private_key: bytes, after: SignedHead | None = None
) -> SignedHead:
    """The signed head of a clinic's log as it stands.

    Args:
        tree: The log.
        clinic: Whose log.
        at: The instant, by `entries.instant_text`.
        private_key: The 32 bytes of an Ed25519 private key.
        after: The head signed before this one, of the same clinic; None for the first.

    Raises:
        ValueError: The earlier head is another clinic's, larger, or later: signing would contradict it.
    """
    if after is not None and (
        after.head.clinic != clinic or after.head.size > tree.size or after.head.at > at
    ):
        raise ValueError(
            f"The head of {clinic} with {tree.size} entries at {at} cannot follow the one of "
            f"{after.head.clinic} with {after.head.size} entries at {after.head.at}. "
            "A log only grows: look for a restored backup, another clinic's head or a clock set back."
        )
    head = Head(
        clinic=clinic,
        size=tree.size,
        root=tree.root().hex(),
        at=at,
        key_id=key_id_of(public_key_of(private_key)),
        previous=None if after is None else head_hash(after.head),
    )
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(signed_bytes(head))
    return SignedHead(head=head, signature=signature.hex())


def head_is_genuine(signed: SignedHead, public_key: bytes) -> bool:
    """Did the holder of this key (32 bytes) sign exactly this head?"""
    if signed.head.key_id != key_id_of(public_key):
        return False
    try:
        signature = bytes.fromhex(signed.signature)
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed_bytes(signed.head))
    except (InvalidSignature, ValueError):
        return False
    return True


def signed_bytes(head: Head) -> bytes:
    """The bytes the signature covers: the tag, then the head's canonical JSON."""
    return HEAD_TAG + canonical(head.as_mapping())


def head_hash(head: Head) -> str:
    """What the next head calls `previous`: SHA-256 of the signed bytes, in hexadecimal."""
    return hashlib.sha256(signed_bytes(head)).hexdigest()


def public_key_of(private_key: bytes) -> bytes:
    """The 32 bytes of the public key that belongs to a private key of 32 bytes."""
    key = Ed25519PrivateKey.from_private_bytes(private_key).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def public_key_text(public_key: bytes) -> str:
    """The public key as a PEM file, as openssl and the verifier read it."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def key_id_of(public_key: bytes) -> str:
    """The short name of a key: the first 32 hexadecimal digits of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(public_key).hexdigest()[:KEY_ID_DIGITS]
