"""Is a commitment made of exactly the bytes that docs/proof.md says?"""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.proof.entries import Entry, commitment, instant_text, payload_commitment

SALT = bytes(range(16))
ENTRY = Entry(
    clinic="north",
    seq=1,
    fact="f-1",
    category="fact",
    recorded_at="2026-03-02T09:15:00.000000Z",
    payload="aa" * 32,
    patient="p-7",
)


def test_an_entrys_commitment_is_sha256_over_tag_salt_and_every_field_in_order():
    text = (
        b"isovigil entry v1\n"
        b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
        b'{"actor":null,"category":"fact","clinic":"north","fact":"f-1","patient":"p-7","payload":"'
        + b"aa" * 32
        + b'","recorded_at":"2026-03-02T09:15:00.000000Z","seq":1}'
    )
    assert commitment(SALT, ENTRY.as_mapping()) == hashlib.sha256(text).digest()


def test_a_payloads_commitment_has_a_tag_of_its_own():
    text = b"isovigil payload v1\n" + SALT + b'{"kind":"weight","value":61}'
    assert payload_commitment(SALT, {"value": 61, "kind": "weight"}) == hashlib.sha256(text).digest()
    assert payload_commitment(SALT, {}) != commitment(SALT, {})


@given(one=st.binary(min_size=16, max_size=16), other=st.binary(min_size=16, max_size=16))
def test_the_same_payload_under_another_salt_has_another_commitment(one: bytes, other: bytes):
    same = payload_commitment(one, {"result": "negative"}) == payload_commitment(
        other, {"result": "negative"}
    )
    assert same == (one == other)


@pytest.mark.parametrize("length", [0, 15, 17, 32])
def test_a_salt_of_another_length_is_refused(length: int):
    with pytest.raises(ValueError, match="A salt is 16 random bytes"):
        commitment(bytes(length), ENTRY.as_mapping())
    with pytest.raises(ValueError, match="A salt is 16 random bytes"):
        payload_commitment(bytes(length), {})


def test_an_instant_is_written_in_utc_to_the_microsecond():
    eastern = timezone(timedelta(hours=-5))
    assert instant_text(datetime(2026, 3, 2, 9, 15, tzinfo=eastern)) == "2026-03-02T14:15:00.000000Z"
    assert instant_text(datetime(2026, 3, 2, 9, 15, 0, 7, tzinfo=UTC)) == "2026-03-02T09:15:00.000007Z"


def test_an_instant_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="has no offset from UTC"):
        instant_text(datetime(2026, 3, 2, 9, 15))  # noqa: DTZ001 - that is what is refused


aware = st.datetimes(
    timezones=st.sampled_from(
        [UTC, timezone(timedelta(hours=13)), timezone(timedelta(hours=-9, minutes=-30))]
    ),
    min_value=datetime(1900, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - the same
)


@given(one=aware, other=aware)
def test_the_texts_of_instants_sort_as_the_instants_do(one: datetime, other: datetime):
    assert (instant_text(one) < instant_text(other)) == (one < other)
