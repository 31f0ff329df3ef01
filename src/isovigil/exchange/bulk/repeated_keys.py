"""Does an object hold a key twice, where somebody looks?

Two values under one key both claim to be the truth, so such a resource is not read. In an element no
reader looks at (text, category, profiles, business identifiers) it changes nothing: an export is read all
the same, by either loader, while the door for one patient refuses such a resource whole.
"""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from isovigil.exchange.bulk.fast_columns import FAST, element_names

_LEFT_OUT: Final = frozenset({"identifier", "extension", "contained"})
_PARTS: Final[dict[str, frozenset[str]]] = {
    "meta": frozenset({"lastUpdated"}),
    "subject": frozenset({"reference", "type", "display"}),
    "patient": frozenset({"reference", "type", "display"}),
    "specimen": frozenset({"reference", "type", "display"}),
    "valueQuantity": frozenset({"value", "comparator", "unit", "system", "code"}),
    "dispenseRequest": frozenset(
        {"quantity", "expectedSupplyDuration", "numberOfRepeatsAllowed", "validityPeriod"}
    ),
    "validityPeriod": frozenset({"start", "end"}),
    "period": frozenset({"start", "end"}),
    "effectivePeriod": frozenset({"start", "end"}),
}
"""Of these elements only so much is looked at."""


_anything: Final = msgspec.json.Decoder()
_encoder: Final = msgspec.json.Encoder()


class _RepeatedKey(Exception):
    """An object holds a key twice."""


class _Pairs(list[tuple[str, Any]]):
    """An object as it was written, with every key of it."""


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _RepeatedKey
    return found


def repeats_a_key(text: bytes) -> bool:
    """Does any object in it hold a key twice?"""
    try:
        # Of a key given twice only one value is left: what is the same to the letter held none.
        if _encoder.encode(_anything.decode(text)) == text:
            return False
        json.loads(text, object_pairs_hook=_once_each)
    except (_RepeatedKey, RecursionError):
        return True
    except ValueError:
        return False
    return False


def what_is_looked_at(line: bytes) -> bytes | None:
    """The resource of a line without the elements nobody looks at; None where a key is still given twice,
    or where the line is of a type of which everything is looked at.
    """
    try:
        pairs = json.loads(line, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return None
    if not isinstance(pairs, _Pairs):
        return None
    kind = next((value for key, value in pairs if key == "resourceType"), None)
    if not isinstance(kind, str) or kind not in FAST:
        return None
    wanted = frozenset({"resourceType", *element_names(FAST[kind].kind)}) - _LEFT_OUT
    if FAST[kind].whose != "patient":
        wanted -= {"patient"}
    try:
        return msgspec.json.encode(_kept(pairs, wanted))
    except _RepeatedKey:
        return None


def _kept(pairs: _Pairs, wanted: frozenset[str] | None) -> dict[str, Any]:
    chosen = [(key, value) for key, value in pairs if wanted is None or key in wanted]
    return _once_each([(key, _inside(value, _PARTS.get(key))) for key, value in chosen])


def _inside(value: Any, wanted: frozenset[str] | None) -> Any:
    if isinstance(value, _Pairs):
        return _kept(value, wanted)
    return [_inside(each, None) for each in value] if isinstance(value, list) else value
