"""Does one mapping hold what its declaration asks for, field by field?

The declaration (`case/kinds.py`) is the only judge: every value is converted strictly to the type
its field declares.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec

from isovigil.case.case import Patient
from isovigil.case.kinds import CapsuleCount
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
        is_meant = _IS_MEANT.get(type(value))
        if is_meant is not None and not is_meant(value):
            return False
    return True


def _is_readable(text: str) -> bool:
    return text.isprintable() and bool(text.strip())


def _is_in_our_time(day: date) -> bool:
    return EARLIEST_YEAR <= day.year <= LATEST_YEAR


def _is_sound_struct(struct: msgspec.Struct) -> bool:
    return _is_sound(msgspec.structs.asdict(struct))


def _are_sound(items: tuple[Any, ...]) -> bool:
    return all(_is_sound_struct(item) for item in items if isinstance(item, msgspec.Struct))


_IS_MEANT: Final[Mapping[type, Callable[[Any], bool]]] = {
    str: _is_readable,
    float: math.isfinite,
    date: _is_in_our_time,
    datetime: _is_in_our_time,
    tuple: _are_sound,
    CapsuleCount: _is_sound_struct,
    Patient: _is_sound_struct,
}
"""For each type of value what `msgspec` does not ask of it. A text that fails is looked at again, in full."""


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
    shape = declared(field.type).shape
    if isinstance(value, Mapping) and isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        read = read_struct(shape, value, path, document, f"the {field.name}")
        return read.struct, read.faults
    if type(value) in (int, float) and declared(field.type).extra.get("digits"):
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


def _read_digits(value: float, path: Path, document: Document) -> tuple[Any, list[Fault]]:
    """An unquoted number where a label stands: its digits, when they are all that was written."""
    written = document.as_written(path) or str(value)
    if isinstance(value, int) and written == str(value):
        return written, []
    message = f"{written} could be read as the number {value} or as the label '{written}'."
    return value, [Fault(path, value, message, f'Put it in double quotes: "{written}".')]
