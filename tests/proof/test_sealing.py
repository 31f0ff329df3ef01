"""Does a sealed payload open only for its own fact and key, and for nobody once the key is gone?"""

from __future__ import annotations

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from isovigil.proof.entries import Entry, commitment, payload_commitment
from isovigil.proof.sealing import (
    Belonging,
    DoesNotOpen,
    Opened,
    WrappedKey,
    key_id,
    needed_key,
    open_payload,
    opened_from,
    repeated_nonces,
    rewrap_key,
    seal_payload,
    unwrap_key,
    used_nonce,
    wrap_key,
)

KEY, OTHER = b"patient's key, 32 random bytes..", b"another patient's key, 32 bytes."
MASTER, NEW_MASTER = b"the master key, kept elsewhere..", b"the master key after a rotation."
NONCE, NEXT_NONCE = b"twelve bytes", b"other twelve"
HERE = Belonging(clinic="north", fact="f-1", category="fact")
OPENED = Opened(b"sixteen of salt.", {"kind": "pregnancy_test", "result": "negative"})


def test_a_sealed_payload_opens_with_its_salt():
    assert open_payload(KEY, HERE, seal_payload(KEY, NONCE, HERE, OPENED)) == OPENED


def test_a_sealed_payload_is_version_key_name_nonce_and_aes_gcm_bound_to_its_place():
    sealed = seal_payload(KEY, NONCE, HERE, OPENED)
    header = b"\x01" + bytes.fromhex(key_id(KEY)) + NONCE
    bound = b'isovigil sealed payload v1\n{"category":"fact","clinic":"north","fact":"f-1"}'
    text = b'sixteen of salt.{"kind":"pregnancy_test","result":"negative"}'
    assert sealed == header + AESGCM(KEY).encrypt(NONCE, text, header + bound)


def test_what_is_sealed_shows_neither_payload_nor_salt():
    sealed = seal_payload(KEY, NONCE, HERE, OPENED)
    assert b"negative" not in sealed
    assert OPENED.salt not in sealed


@pytest.mark.parametrize(
    "elsewhere",
    [
        Belonging(clinic="south", fact="f-1", category="fact"),
        Belonging(clinic="north", fact="f-2", category="fact"),
        Belonging(clinic="north", fact="f-1", category="act"),
    ],
)
def test_a_sealed_payload_moved_elsewhere_does_not_open(elsewhere: Belonging):
    with pytest.raises(DoesNotOpen, match="was changed, or this one belongs elsewhere"):
        open_payload(KEY, elsewhere, seal_payload(KEY, NONCE, HERE, OPENED))


def test_two_swapped_payloads_of_one_patient_do_not_open():
    there = Belonging(clinic="north", fact="f-2", category="fact")
    one, two = seal_payload(KEY, NONCE, HERE, OPENED), seal_payload(KEY, NEXT_NONCE, there, OPENED)
    for belonging, sealed in ((HERE, two), (there, one)):
        with pytest.raises(DoesNotOpen):
            open_payload(KEY, belonging, sealed)


def test_another_patients_key_does_not_open_it_and_the_needed_one_is_named():
    sealed = seal_payload(KEY, NONCE, HERE, OPENED)
    with pytest.raises(DoesNotOpen, match=f"needs key {key_id(KEY)}; the key at hand is {key_id(OTHER)}"):
        open_payload(OTHER, HERE, sealed)
    assert needed_key(sealed) == key_id(KEY)


def test_another_key_under_the_right_keys_name_does_not_open_it():
    sealed = seal_payload(KEY, NONCE, HERE, OPENED)
    renamed = sealed[:1] + bytes.fromhex(key_id(OTHER)) + sealed[17:]
    with pytest.raises(DoesNotOpen, match="was changed"):
        open_payload(OTHER, HERE, renamed)


@given(place=st.integers(min_value=0))
def test_no_bit_of_what_is_sealed_can_be_flipped(place: int):
    sealed = bytearray(seal_payload(KEY, NONCE, HERE, OPENED))
    sealed[place // 8 % len(sealed)] ^= 1 << place % 8
    with pytest.raises(DoesNotOpen):
        open_payload(KEY, HERE, bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + bytes(43), b"\x03" + bytes(80)])
def test_what_was_never_sealed_is_refused(sealed: bytes):
    with pytest.raises(DoesNotOpen, match="not sealed in a form"):
        open_payload(KEY, HERE, sealed)


def test_a_wrapped_key_is_no_payload_and_a_payload_no_key():
    wrapped = wrap_key(OTHER, KEY, NONCE, "north", "p-1")
    with pytest.raises(DoesNotOpen, match="something else is sealed here"):
        open_payload(KEY, HERE, wrapped.wrapped)
    sealed = seal_payload(KEY, NONCE, HERE, OPENED)
    with pytest.raises(DoesNotOpen, match="something else is sealed here"):
        unwrap_key(WrappedKey(clinic="north", patient="p-1", wrapped=sealed), {key_id(KEY): KEY})


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int):
    with pytest.raises(ValueError, match="A key is 32 random bytes"):
        seal_payload(bytes(length), NONCE, HERE, OPENED)
    with pytest.raises(ValueError, match="A key is 32 random bytes"):
        wrap_key(bytes(length), MASTER, NONCE, "north", "p-1")
    with pytest.raises(ValueError, match="A key is 32 random bytes"):
        wrap_key(KEY, bytes(length), NONCE, "north", "p-1")


@pytest.mark.parametrize("length", [0, 11, 13])
def test_a_nonce_of_another_length_is_refused(length: int):
    with pytest.raises(ValueError, match="A nonce is 12 bytes"):
        seal_payload(KEY, bytes(length), HERE, OPENED)


def test_a_salt_of_another_length_is_refused():
    with pytest.raises(ValueError, match="A salt is 16 random bytes"):
        Opened(b"short", {})


@pytest.mark.parametrize("text", [b"", bytes(15), bytes(16), bytes(16) + b"[]", bytes(16) + b"{"])
def test_bytes_that_are_no_salt_and_payload_are_refused(text: bytes):
    with pytest.raises(DoesNotOpen, match="not a salt and a payload"):
        opened_from(text)


def test_what_is_nobodys_secret_is_kept_as_it_is():
    assert opened_from(OPENED.as_bytes()) == OPENED


def test_a_wrapped_key_unwraps_with_its_master_key():
    wrapped = wrap_key(KEY, MASTER, NONCE, "north", "p-1")
    assert unwrap_key(wrapped, {key_id(MASTER): MASTER, key_id(NEW_MASTER): NEW_MASTER}) == KEY
    assert KEY not in wrapped.wrapped
    assert needed_key(wrapped.wrapped) == key_id(MASTER)


@pytest.mark.parametrize(("clinic", "patient"), [("north", "p-2"), ("south", "p-1")])
def test_a_wrapped_key_given_to_another_patient_does_not_unwrap(clinic: str, patient: str):
    wrapped = wrap_key(KEY, MASTER, NONCE, "north", "p-1")
    moved = WrappedKey(clinic=clinic, patient=patient, wrapped=wrapped.wrapped)
    with pytest.raises(DoesNotOpen, match=f"key of patient {patient} was changed"):
        unwrap_key(moved, {key_id(MASTER): MASTER})


def test_without_the_master_key_the_needed_one_is_named():
    wrapped = wrap_key(KEY, MASTER, NONCE, "north", "p-1")
    with pytest.raises(DoesNotOpen, match=f"under master key {key_id(MASTER)}; at hand: {key_id(OTHER)}"):
        unwrap_key(wrapped, {key_id(OTHER): OTHER})
    with pytest.raises(DoesNotOpen, match="at hand: none"):
        unwrap_key(wrapped, {})


def test_after_a_rotation_the_old_master_key_is_not_needed_and_no_payload_was_touched():
    sealed = seal_payload(KEY, NONCE, HERE, OPENED)
    old = wrap_key(KEY, MASTER, NONCE, "north", "p-1")
    new = rewrap_key(old, {key_id(MASTER): MASTER}, NEW_MASTER, NEXT_NONCE)
    assert needed_key(new.wrapped) == key_id(NEW_MASTER)
    assert open_payload(unwrap_key(new, {key_id(NEW_MASTER): NEW_MASTER}), HERE, sealed) == OPENED
    with pytest.raises(DoesNotOpen, match="at hand"):
        unwrap_key(new, {key_id(MASTER): MASTER})


def test_a_wrapped_key_survives_json():
    wrapped = wrap_key(KEY, MASTER, NONCE, "north", "p-1")
    assert msgspec.convert(msgspec.to_builtins(wrapped), WrappedKey) == wrapped


def test_once_the_key_is_destroyed_nothing_opens_and_the_commitments_stand():
    made = payload_commitment(OPENED.salt, OPENED.payload)
    entry = Entry(
        clinic="north", seq=1, fact="f-1", category="fact", recorded_at="2026-03-02T09:00:00.000000Z",
        payload=made.hex(), patient="p-1",
    )  # fmt: skip
    leaf = commitment(bytes(16), entry.as_mapping())
    sealed = seal_payload(KEY, NONCE, HERE, OPENED)
    # Everything that is left once the wrapped key is deleted: the row, its salt, and what is sealed.
    for key in (OTHER, MASTER, NEW_MASTER):
        with pytest.raises(DoesNotOpen):
            open_payload(key, HERE, sealed)
    assert commitment(bytes(16), entry.as_mapping()) == leaf
    # The row's own salt does not help to guess the payload: its commitment is under the sealed one.
    guesses = [{"kind": "pregnancy_test", "result": result} for result in ("negative", "positive")]
    assert made not in [payload_commitment(bytes(16), guess) for guess in guesses]


def test_a_nonce_used_twice_under_one_key_is_found():
    there = Belonging(clinic="north", fact="f-2", category="fact")
    once, again = seal_payload(KEY, NONCE, HERE, OPENED), seal_payload(KEY, NONCE, there, OPENED)
    other_nonce = seal_payload(KEY, NEXT_NONCE, there, OPENED)
    other_key = seal_payload(OTHER, NONCE, there, OPENED)
    assert used_nonce(once) == (key_id(KEY), NONCE)
    assert repeated_nonces([once, other_nonce, other_key]) == ()
    assert repeated_nonces([once, other_nonce, other_key, again]) == ((key_id(KEY), NONCE),)
