"""Does a signed head say what it should, and does nobody else's signature pass?"""

import base64
import hashlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.proof.heads import (
    Head,
    SignedHead,
    head_hash,
    head_is_genuine,
    key_id_of,
    public_key_of,
    public_key_text,
    sign_tree,
    signed_bytes,
)
from isovigil.proof.tree import Tree
from tests.proof.logs import KEY, OTHER_KEY

AT, LATER = "2026-03-02T09:00:00.000000Z", "2026-03-02T10:00:00.000000Z"
TREE = Tree().extend([b"one", b"two", b"three"])
# RFC 8032, part 7.1, test 1: a private key and its public key.
RFC_8032_PRIVATE = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
RFC_8032_PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")


def other_than(signed: SignedHead, **fields: Any) -> SignedHead:
    return SignedHead(head=Head(**(signed.head.as_mapping() | fields)), signature=signed.signature)


def test_the_signed_bytes_are_a_tag_and_every_field_in_order():
    head = Head(clinic="north", size=3, root="ab" * 32, at=AT, key_id="k")
    assert signed_bytes(head) == (
        b"isovigil head v1\n"
        b'{"at":"2026-03-02T09:00:00.000000Z","clinic":"north","key_id":"k","previous":null,"root":"'
        + b"ab" * 32
        + b'","size":3}'
    )
    assert head_hash(head) == hashlib.sha256(signed_bytes(head)).hexdigest()


def test_keys_are_those_of_rfc_8032_and_are_named_by_their_hash():
    assert public_key_of(RFC_8032_PRIVATE) == RFC_8032_PUBLIC
    assert key_id_of(RFC_8032_PUBLIC) == hashlib.sha256(RFC_8032_PUBLIC).hexdigest()[:32]


def test_a_public_key_is_written_as_openssl_reads_it():
    lines = public_key_text(RFC_8032_PUBLIC).splitlines()
    assert (lines[0], lines[-1]) == ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----")
    # RFC 8410: twelve bytes that say "an Ed25519 key", then the key.
    assert base64.b64decode(lines[1]) == bytes.fromhex("302a300506032b6570032100") + RFC_8032_PUBLIC


def test_a_head_says_how_long_the_log_is_and_what_it_holds():
    signed = sign_tree(TREE, "north", AT, KEY)
    expected = Head(
        clinic="north", size=3, root=TREE.root().hex(), at=AT, key_id=key_id_of(public_key_of(KEY))
    )
    assert signed.head == expected
    assert head_is_genuine(signed, public_key_of(KEY))


@pytest.mark.parametrize(
    "fields",
    [
        {"clinic": "south"},
        {"size": 4},
        {"root": "00" * 32},
        {"at": LATER},
        {"previous": "00" * 32},
        {"key_id": "0" * 32},
    ],
)
def test_a_changed_head_is_not_genuine(fields: dict[str, Any]):
    assert not head_is_genuine(other_than(sign_tree(TREE, "north", AT, KEY), **fields), public_key_of(KEY))


def test_another_keys_head_is_not_genuine():
    assert not head_is_genuine(sign_tree(TREE, "north", AT, OTHER_KEY), public_key_of(KEY))


def test_another_keys_signature_under_our_keys_name_is_not_genuine():
    theirs = sign_tree(TREE, "north", AT, OTHER_KEY)
    forged = other_than(theirs, key_id=key_id_of(public_key_of(KEY)))
    assert not head_is_genuine(forged, public_key_of(KEY))


@given(place=st.integers(0, 511))
def test_every_bit_of_the_signature_counts(place: int):
    signed = sign_tree(TREE, "north", AT, KEY)
    flipped = (int(signed.signature, 16) ^ (1 << place)).to_bytes(64).hex()
    assert not head_is_genuine(SignedHead(head=signed.head, signature=flipped), public_key_of(KEY))


@pytest.mark.parametrize("signature", ["", "zz", "00" * 63, "no hexadecimal"])
def test_a_broken_signature_is_not_genuine(signature: str):
    head = sign_tree(TREE, "north", AT, KEY).head
    assert not head_is_genuine(SignedHead(head=head, signature=signature), public_key_of(KEY))


def test_each_head_names_the_one_before_it():
    first = sign_tree(Tree().extend([b"one"]), "north", AT, KEY)
    second = sign_tree(TREE, "north", LATER, KEY, after=first)
    assert (first.head.previous, second.head.previous) == (None, head_hash(first.head))


@pytest.mark.parametrize(
    ("clinic", "size", "at"), [("south", 3, LATER), ("north", 2, LATER), ("north", 3, "2026-03-02T08:59:59Z")]
)
def test_a_head_that_contradicts_the_one_before_it_is_not_signed(clinic: str, size: int, at: str):
    before = sign_tree(TREE, "north", AT, KEY)
    shorter = Tree().extend([b"one", b"two", b"three"][:size])
    with pytest.raises(ValueError, match="A log only grows"):
        sign_tree(shorter, clinic, at, KEY, after=before)


def test_a_head_of_the_same_size_and_instant_may_follow():
    before = sign_tree(TREE, "north", AT, KEY)
    assert sign_tree(TREE, "north", AT, KEY, after=before).head.previous == head_hash(before.head)


def test_a_signed_head_survives_json():
    signed = sign_tree(TREE, "north", AT, KEY)
    assert msgspec.json.decode(msgspec.json.encode(signed), type=SignedHead) == signed
