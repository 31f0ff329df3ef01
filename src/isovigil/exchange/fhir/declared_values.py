"""How does one field of a fact become values of FHIR, and how is it read back?

Made from the declaration of fact kinds: a day is a dateTime, a word a coding of the project's own
CodeSystem, a list the same element repeated, a map one element for each key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import repeat
from typing import Any, Final, Literal, NamedTuple, Union

from isovigil.case.fact import Fact
from isovigil.case.kinds import KINDS, CapsuleCount
from isovigil.exchange.declared_types import Declared, DeclaredField, declared, fields_of
from isovigil.exchange.fhir.code_tables import OWN, UCUM, own_code
from isovigil.exchange.fhir.days import DAY_LENGTH
from isovigil.exchange.fhir.resources import HasValue

EMPTY_LIST: Final = "empty-list"
EMPTY_MAP: Final = "empty-map"
NOT_RECORDED: Final = "not-recorded"
LARGEST_INTEGER: Final = 2**31 - 1

_KIND_CODES: Final = {"category": "can-become-pregnant", "course": "course-opened"}
_FIELD_CODES: Final = {
    ("acne", "nodules"): "nodule-count",
    ("acne", "inflammatory"): "inflammatory-count",
    ("acne", "comedones"): "comedone-count",
}
"""Names that the mapping gives otherwise than the case file does."""
COMMON: Final = frozenset(fields_of(Fact))


def code_of_word(word: str) -> str:
    """The code of a word: ``cisgender-male``. FHIR's codes hold no underscores by custom."""
    return word.replace("_", "-")


def code_of_kind(kind: str) -> str:
    """The code of a kind of fact: ``treatment-stop``."""
    return _KIND_CODES.get(kind, code_of_word(kind))


def code_of_field(kind: str, field: str) -> str:
    """The code of a field of a kind: ``days-supply``."""
    return _FIELD_CODES.get((kind, field), code_of_word(field))


@lru_cache(maxsize=1)
def kinds_by_code() -> Mapping[str, type[Fact]]:
    """Each kind of fact by its code."""
    return {code_of_kind(name): kind for name, kind in KINDS.items()}


@lru_cache(maxsize=64)
def day_name_of(kind: str) -> str:
    """The field that dates a kind, by its name in a case file."""
    return KINDS[kind].day_field.rstrip("_")


@lru_cache(maxsize=64)
def is_dated_by_instant(kind: str) -> bool:
    """Is a kind dated by an instant instead of a day?"""
    return declared(fields_of(KINDS[kind])[day_name_of(kind)].type).shape is datetime


@lru_cache(maxsize=64)
def own_fields_of(kind: str) -> Mapping[str, DeclaredField]:
    """The fields a kind declares itself, by their name in a case file."""
    return {name: field for name, field in fields_of(KINDS[kind]).items() if name not in COMMON}


class OwnField(NamedTuple):
    """A field a kind declares itself, with its type taken apart: how its values are read."""

    code: str
    name: str
    wanted: Declared
    item: Declared | None
    """The type of each value of a list."""


@lru_cache(maxsize=64)
def fields_by_code(kind: str) -> Mapping[str, OwnField]:
    """The fields a kind declares itself, by their code."""
    return {field.code: field for field in map(_own_field, repeat(kind), own_fields_of(kind).values())}


def _own_field(kind: str, field: DeclaredField) -> OwnField:
    wanted = declared(field.type)
    item = declared(wanted.arguments[0]) if wanted.shape is tuple else None
    return OwnField(code_of_field(kind, field.name), field.name, wanted, item)


class Element(NamedTuple):
    """One value of FHIR under a code: ``contraception``, {"valueBoolean": true}."""

    code: str
    value: dict[str, Any]


def elements_of(kind: str, field: DeclaredField, value: Any) -> Iterator[Element]:
    """The values that say what a field holds; one that nobody recorded says so."""
    code = code_of_field(kind, field.name)
    if value is None:
        yield Element(code, _mark(NOT_RECORDED))
    elif isinstance(value, tuple | Mapping) and not value:
        yield Element(code, _mark(EMPTY_LIST if isinstance(value, tuple) else EMPTY_MAP))
    elif isinstance(value, tuple):
        item = declared(declared(field.type).arguments[0])
        for each in value:
            yield Element(code, _mark(NOT_RECORDED) if each is None else _value_of(each, item))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield Element(f"{code}.{code_of_word(str(key))}", {"valueInteger": each})
    else:
        yield Element(code, _value_of(value, declared(field.type)))


def _mark(code: str) -> dict[str, Any]:
    return {"valueCodeableConcept": {"coding": [{"system": OWN, "code": code}]}}


def _value_of(value: Any, wanted: Declared) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, CapsuleCount):
        count = {"value": value.count, "unit": "{capsule}", "system": UCUM, "code": "{capsule}"}
        return {"valueRatio": {"numerator": count, "denominator": _quantity(value.mg, "mg")}}
    if isinstance(value, date):
        return {"valueDateTime": value.isoformat()}
    if isinstance(value, str):
        if _is_word(value, wanted):
            return {"valueCodeableConcept": concept_of_word(value)}
        return {"valueString": value}
    if isinstance(value, int) and value <= LARGEST_INTEGER and wanted.shape is not float:
        return {"valueInteger": value}
    return {"valueQuantity": _quantity(value, wanted.unit)}


def _is_word(value: str, wanted: Declared) -> bool:
    if wanted.shape is Union:
        return any(_is_word(value, declared(each)) for each in wanted.arguments)
    return wanted.shape is Literal and value[0].isalnum()


def concept_of_word(word: str) -> dict[str, Any]:
    """A word as a concept of the project's own CodeSystem."""
    return {"coding": [{"system": OWN, "code": code_of_word(word)}], "text": word.replace("_", " ")}


def _quantity(value: float, unit: str | None) -> dict[str, Any]:
    number: float = int(value) if float(value).is_integer() else value
    if unit is None:
        return {"value": number}
    return {"value": number, "unit": unit, "system": UCUM, "code": unit}


class Unreadable(Exception):
    """A value is not of the type its field declares. The text says what was found and what is wanted."""


def field_from(field: OwnField, given: Sequence[tuple[str, HasValue]]) -> Any:
    """The value of a field from its elements (code and value), as a case file holds it.

    Raises Unreadable for a value of another type.
    """
    value = given[0][1]
    mark = own_code(value.valueCodeableConcept)
    if mark in (EMPTY_LIST, EMPTY_MAP):
        return [] if mark == EMPTY_LIST else {}
    keyed = [(code, each) for code, each in given if code != field.code]
    if keyed:
        beginning = len(field.code) + 1
        return {code[beginning:].replace("-", "_"): each.valueInteger for code, each in keyed}
    if field.item is not None:
        return [None if _is_not_recorded(each) else plain_value(each, field.item) for _, each in given]
    return None if mark == NOT_RECORDED else plain_value(value, field.wanted)


def _is_not_recorded(value: HasValue) -> bool:
    return own_code(value.valueCodeableConcept) == NOT_RECORDED


def plain_value(value: HasValue, wanted: Declared) -> Any:
    """One value as a case file holds it. Raises Unreadable."""
    if wanted.shape is Union:
        return _one_of_several(value, wanted)
    found = _READERS.get(wanted.shape, _text)(value, wanted)
    if found is None:
        raise Unreadable("the value is missing or of another type than this field holds")
    return found


def _one_of_several(value: HasValue, wanted: Declared) -> Any:
    for each in wanted.arguments:
        try:
            return plain_value(value, declared(each))
        except Unreadable:
            continue
    raise Unreadable("the value is of none of the types this field holds")


def _flag(value: HasValue, wanted: Declared) -> Any:
    return value.valueBoolean


def _whole(value: HasValue, wanted: Declared) -> Any:
    if value.valueInteger is not None:
        return value.valueInteger
    found = _number(value, wanted)
    return int(found) if found is not None and float(found).is_integer() else None


def _number(value: HasValue, wanted: Declared) -> Any:
    if value.valueQuantity is not None:
        return value.valueQuantity.value
    return value.valueDecimal if value.valueDecimal is not None else value.valueInteger


def _day(value: HasValue, wanted: Declared) -> Any:
    written = value.valueDateTime or value.valueDate
    if written is not None and len(written) == DAY_LENGTH and wanted.shape is date:
        try:
            return date.fromisoformat(written)
        except ValueError:
            pass  # the reader of facts says what is wrong with it
    return written


def _text(value: HasValue, wanted: Declared) -> Any:
    if value.valueString is not None:
        return value.valueString
    return None if value.valueCodeableConcept is None else value.valueCodeableConcept.text


def _word(value: HasValue, wanted: Declared) -> Any:
    if isinstance(wanted.arguments[0], int):
        return value.valueInteger
    code = own_code(value.valueCodeableConcept)
    if code is None and value.valueCoding is not None and value.valueCoding.system == OWN:
        code = value.valueCoding.code
    return value.valueString if code is None else word_of(code, wanted.arguments)


def word_of(code: str, words: Sequence[Any]) -> str:
    """The word a code stands for: one of `words` where it is, else the code itself, to be refused."""
    word = code.replace("-", "_")
    return word if word in words else code


def _capsules(value: HasValue, wanted: Declared) -> Any:
    ratio = value.valueRatio
    if ratio is None or ratio.numerator is None or ratio.denominator is None:
        return None
    count = ratio.numerator.value
    return {"mg": ratio.denominator.value, "count": int(count) if count and count.is_integer() else count}


_READERS: Final = {
    bool: _flag,
    int: _whole,
    float: _number,
    date: _day,
    datetime: _day,
    str: _text,
    Literal: _word,
    CapsuleCount: _capsules,
}


_EXTENSION: Final = "urn:isovigil:field:"


def extension_url(element: Element) -> str:
    """The URL of the extension that holds a field no standard element can."""
    return f"{_EXTENSION}{element.code}"


def code_in_url(url: str) -> str | None:
    """The field's code in the URL of an own extension; None for any other extension."""
    return url.removeprefix(_EXTENSION) if url.startswith(_EXTENSION) else None
