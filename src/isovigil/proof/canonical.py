"""Which bytes stand for a JSON value, whoever writes it down?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import rfc8785


class NotCanonical(ValueError):
    """The value has no canonical JSON: a type, number or text that JSON cannot carry exactly."""


def canonical(value: object) -> bytes:
    """The one JSON text of a value, in UTF-8, by RFC 8785 (JSON Canonicalization Scheme).

    Args:
        value: What JSON can hold: mappings with text keys, lists, tuples, text, bool, None, floats, and whole
            numbers within 2**53 - 1. A whole float and the integer of its value have the same text.

    Raises:
        NotCanonical: The value holds anything else (a date, bytes, NaN, a larger integer, half a character).
    """
    plain: Any = dict(value) if isinstance(value, Mapping) else value
    try:
        return rfc8785.dumps(plain)
    except (rfc8785.CanonicalizationError, RecursionError) as refusal:
        raise NotCanonical(
            f"A value cannot be written as canonical JSON: {refusal}. "
            "Write dates and large numbers as text before they are committed to."
        ) from refusal
