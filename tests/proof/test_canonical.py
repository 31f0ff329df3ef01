"""Is canonical JSON what RFC 8785 says, and do the product and the verifier write the same?"""

import json
import math
import struct
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.proof import verify_log
from isovigil.proof.canonical import NotCanonical, canonical

# RFC 8785, appendix B: the bits of a double, and its text.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}
# RFC 8785, part 3.2.3: names are sorted by their UTF-16 code units: the emoji (d83d de00) comes before fb33.
SORTED = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
# RFC 8785, part 3.2.2.2: only these are escaped, and in these ways.
ESCAPED = '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'

whole = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
exact = st.floats(allow_nan=False, allow_infinity=False).filter(lambda each: not 2**53 <= abs(each) < 1e21)
scalars = st.none() | st.booleans() | whole | exact | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)


@pytest.mark.parametrize(("bits", "text"), NUMBERS.items())
def test_numbers_have_the_texts_of_the_standard(bits: str, text: str):
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert verify_log.canonical(number) == text
    if 2**53 <= abs(number) < 1e21:
        with pytest.raises(NotCanonical, match="large numbers"):
            canonical(number)
    else:
        assert canonical(number) == text.encode()


@pytest.mark.parametrize(
    ("number", "text"), [(1.5e300, "1.5e+300"), (-1.5e-7, "-1.5e-7"), (1.25e22, "1.25e+22"), (2e-7, "2e-7")]
)
def test_a_number_with_an_exponent_has_its_point_after_the_first_digit(number: float, text: str):
    assert canonical(number) == text.encode()
    assert verify_log.canonical(number) == text


def test_names_are_sorted_as_the_standard_sorts_them():
    value = dict.fromkeys(reversed(SORTED), 0)
    assert list(json.loads(canonical(value))) == SORTED
    assert list(json.loads(verify_log.canonical(value))) == SORTED


def test_texts_are_escaped_as_the_standard_escapes_them():
    text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"
    assert canonical(text) == ESCAPED.encode()
    assert verify_log.canonical(text) == ESCAPED


@given(value=values)
def test_the_product_and_the_verifier_write_the_same_text(value: object):
    assert verify_log.canonical(value).encode() == canonical(value)


@given(value=values)
def test_a_canonical_text_read_back_has_the_same_text(value: object):
    assert canonical(json.loads(canonical(value))) == canonical(value)


@pytest.mark.parametrize(
    "value", [date(2026, 3, 2), b"bytes", {1: "a"}, math.nan, math.inf, 2**53, 2.0**53, "\ud800"]
)
def test_what_json_cannot_carry_is_refused_with_what_to_do(value: object):
    with pytest.raises(NotCanonical, match="Write dates and large numbers as text"):
        canonical({"held": value} if not isinstance(value, dict) else value)


def test_a_nested_value_is_looked_into():
    with pytest.raises(NotCanonical):
        canonical({"held": [({"deep": 1e20},)]})


def test_the_largest_exact_whole_numbers_are_carried():
    assert canonical([2**53 - 1, -(2**53) + 1]) == b"[9007199254740991,-9007199254740991]"
