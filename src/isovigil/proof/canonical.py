"""Which bytes stand for a JSON value, whoever writes it down?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import rfc8785

_EXACT_BELOW = 2.0**53
_WRITTEN_WITH_AN_EXPONENT_FROM = 1e21
"""ECMA-262, Number::toString, which RFC 8785 follows."""


class NotCanonical(ValueError):
    """The value has no canonical JSON: a type, number or text that JSON cannot carry exactly."""


def canonical(value: object) -> bytes:
    """The one JSON text of a value, in UTF-8, by RFC 8785 (JSON Canonicalization Scheme).

    Stricter than the RFC in one thing: a float whose text would be a whole number beyond 2**53 is refused,
    because reading that text back gives an integer, and such an integer has no canonical text.

    Args:
        value: What JSON can hold: mappings with text keys, lists, tuples, text, bool, None, floats, and whole
            numbers within 2**53 - 1. A whole float and the integer of its value have the same text.

    Raises:
        NotCanonical: The value holds anything else (a date, bytes, NaN, a larger integer, half a character).
    """
    try:
        return rfc8785.dumps(_plain(value))
    except (rfc8785.CanonicalizationError, RecursionError) as refusal:
        raise NotCanonical(
            f"A value cannot be written as canonical JSON: {refusal}. "
            "Write dates and large numbers as text before they are committed to."
        ) from refusal


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and _EXACT_BELOW <= abs(value) < _WRITTEN_WITH_AN_EXPONENT_FROM:
        raise rfc8785.FloatDomainError(value)
    return value
