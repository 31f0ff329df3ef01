"""Does one mapping hold what its declaration asks for, field by field?

The declaration (`case/kinds.py`) is the only judge: every value is converted strictly to the type
its field declares.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from isovigil.exchange.declared_types import DeclaredField, declared, fields_of
from isovigil.exchange.problems import Document, Fault, Path, shown
from isovigil.exchange.refusals import EARLIEST_YEAR, LATEST_YEAR, faults_in, missing, unknown_key

S = TypeVar("S", bound=msgspec.Struct)


class ReadStruct(NamedTuple, Generic[S]):
    """What became of one mapping."""

    struct: S | None
    """The whole, when nothing was wrong with it."""
    values: Mapping[str, Any]
    """The values that could be read, by their Python names, defaults included."""
    faults: list[Fault]


def read_struct(
    struct: type[S], given: Mapping[str, Any], path: Path, document: Document, of_what: str
) -> ReadStruct[S]:
    """Read a mapping as the Struct it should be. `of_what` names it in messages: `pregnancy_test`."""
    if given.keys() <= fields_of(struct).keys():
        try:
            whole = msgspec.convert(given, struct)
        except msgspec.ValidationError:
            pass
        else:
            values = msgspec.structs.asdict(whole)
            if _is_sound(values):
                return ReadStruct(whole, values, [])
    return _read_piece_by_piece(struct, given, path, document, of_what)


def _is_sound(values: Mapping[str, Any]) -> bool:
    """No value is one that its type allows and no person means: NaN, the year 1, a control character."""
    for value in values.values():
        kind = type(value)
        if kind is str:
            if not value.isprintable() or not value.strip():
                return False
        elif kind is float:
            if not math.isfinite(value):
                return False
        elif kind is date or kind is datetime:
            if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
                return False
        elif kind is tuple and not all(_is_sound_item(item) for item in value):
            return False
    return True


def _is_sound_item(item: Any) -> bool:
    return not isinstance(item, msgspec.Struct) or _is_sound(msgspec.structs.asdict(item))


def _read_piece_by_piece(
    struct: type[S], given: Mapping[str, Any], path: Path, document: Document, of_what: str
) -> ReadStruct[S]:
    """Read every field on its own, so that one fault does not hide another."""
    fields = fields_of(struct)
    faults = [
        unknown_key(str(key), tuple(fields), of_what, given[key], path) for key in given if key not in fields
    ]
    values: dict[str, Any] = {}
    for name, field in fields.items():
        value = given.get(name)
        if value is not None:
            value, found = _read_field(value, field, (*path, name), document)
            faults += found
            if not found:
                values[field.attribute] = value
        elif field.required:
            faults.append(missing(name, field.type, of_what, given, path))
        else:
            values[field.attribute] = field.default
    return ReadStruct(None if faults else struct(**values), values, faults)


def _read_field(value: Any, field: DeclaredField, path: Path, document: Document) -> tuple[Any, list[Fault]]:
    if type(value) is int and declared(field.type).extra.get("digits"):
        value, found = _read_digits(value, path, document)
        if found:
            return value, found
    found = list(faults_in(value, field.type, path))
    if found:
        return value, found
    try:
        return msgspec.convert(value, field.type), []
    except msgspec.ValidationError as error:
        return value, [Fault(path, value, f"{shown(value)} is refused: {error}.", "Check the value.")]


def _read_digits(value: int, path: Path, document: Document) -> tuple[Any, list[Fault]]:
    """An unquoted number where a label stands: its digits, when they are all that was written."""
    written = document.as_written(path)
    if written in (None, str(value)):
        return str(value), []
    message = f"{written} could be read as the number {value} or as the label '{written}'."
    return value, [Fault(path, value, message, f'Put it in double quotes: "{written}".')]
