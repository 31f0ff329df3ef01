"""Why does a value not fit the type its field declares, and what would be accepted instead?"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, Literal, Union

import msgspec

from isovigil.exchange.declared_types import Declared, declared, fields_of
from isovigil.exchange.problems import (
    Fault,
    Path,
    capitalised,
    did_you_mean,
    one_of,
    opening,
    shortened,
    shown,
)

EARLIEST_YEAR: Final = 1900
LATEST_YEAR: Final = 2199
"""Days outside these years are slips of the pen; near the calendar's ends day arithmetic would fail."""

_NOT_TEXT: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_YES_OR_NO: Final = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:?\d{2})")


def faults_in(value: Any, annotation: Any, path: Path) -> Iterator[Fault]:
    """Every reason why a value is not what its annotation declares; none when it fits."""
    wanted = declared(annotation)
    if wanted.shape is Union:
        yield from _faults_in_choice(value, wanted, path)
    elif wanted.shape is Literal:
        yield from _faults_in_word(value, wanted, path)
    elif wanted.shape is tuple:
        yield from _faults_in_list(value, wanted, path)
    elif wanted.shape is dict:
        yield from _faults_in_map(value, wanted, path)
    elif isinstance(wanted.shape, type) and issubclass(wanted.shape, msgspec.Struct):
        yield from _faults_in_struct(value, wanted.shape, path)
    else:
        yield from _PLAIN[wanted.shape](value, wanted, path)


def wanted_in_words(annotation: Any) -> str:
    """What a field accepts: ``one of negative, positive or invalid``, ``a number of mg, more than 0``."""
    return in_words_of(declared(annotation))


def in_words_of(wanted: Declared) -> str:
    """The same for a type already taken apart."""
    if wanted.shape is Union:
        return " or ".join(wanted_in_words(each) for each in wanted.arguments)
    if wanted.shape is Literal:
        if all(isinstance(word, int) for word in wanted.arguments):
            return f"a whole number from {min(wanted.arguments)} to {max(wanted.arguments)}"
        return f"one of {one_of(wanted.arguments)}"
    if wanted.shape is tuple:
        item = declared(wanted.arguments[0])
        if item.shape is Literal:
            return f"a list in [ ] of {one_of(item.arguments)}, such as [{item.arguments[0]}]"
        return f"a list in [ ], each {in_words_of(item)}"
    if wanted.shape is dict:
        key, item = wanted.arguments
        return f"a mapping from {one_of(declared(key).arguments)} to {wanted_in_words(item)}"
    if wanted.shape in (int, float):
        return _number_in_words(wanted)
    if wanted.shape in _PLAIN_WORDS:
        return _PLAIN_WORDS[wanted.shape]
    return "a mapping with " + ", ".join(fields_of(wanted.shape))


_PLAIN_WORDS: Final[dict[Any, str]] = {
    bool: "true or false",
    str: "a text",
    date: "a day such as 2024-03-11",
    datetime: "an instant with its offset such as 2024-03-11T09:30:00-04:00",
}


def _number_in_words(wanted: Declared) -> str:
    kind = "a whole number" if wanted.shape is int else "a number"
    of_unit = "" if wanted.unit in (None, "{score}") else f" of {_UNIT_WORDS.get(wanted.unit, wanted.unit)}"
    low = (
        f"more than {wanted.limits['gt']}"
        if "gt" in wanted.limits
        else f"at least {wanted.limits['ge']}"
        if "ge" in wanted.limits
        else ""
    )
    high = f"at most {wanted.limits['le']}" if "le" in wanted.limits else ""
    limits = " and ".join(filter(None, (low, high)))
    return f"{kind}{of_unit}, {limits}" if limits else f"{kind}{of_unit}"


_UNIT_WORDS: Final = {"d": "days"}


def _accepts(wanted_text: str) -> str:
    return f"Write {wanted_text}."


def _faults_in_choice(value: Any, wanted: Declared, path: Path) -> Iterator[Fault]:
    """A field of several types: the faults of the type that looks like the value, else that none fits."""
    looks_right = [each for each in wanted.arguments if _looks_like(value, declared(each))]
    if looks_right:
        yield from faults_in(value, looks_right[0], path)
    elif all(any(faults_in(value, each, path)) for each in wanted.arguments):
        accepted = " or ".join(wanted_in_words(each) for each in wanted.arguments)
        yield Fault(path, value, f"{opening(value)} is not what `{path[-1]}` holds.", _accepts(accepted))


def _looks_like(value: Any, wanted: Declared) -> bool:
    if isinstance(value, str):
        return wanted.shape is Literal and isinstance(wanted.arguments[0], str)
    return wanted.shape is dict and isinstance(value, Mapping)


def _faults_in_word(value: Any, wanted: Declared, path: Path, field: str = "") -> Iterator[Fault]:
    if type(value) in (str, int) and value in wanted.arguments:
        return
    if isinstance(wanted.arguments[0], int):
        accepted = f"a whole number from {min(wanted.arguments)} to {max(wanted.arguments)}"
        yield Fault(
            path, value, f"{opening(value)} is not a value of `{_field_of(path)}`.", _accepts(accepted)
        )
        return
    hint = did_you_mean(value, wanted.arguments) if isinstance(value, str) else ""
    yield Fault(
        path,
        value,
        f"{opening(value)} is not a word for `{field or _field_of(path)}`.",
        f"{hint}Accepted: {', '.join(wanted.arguments)}.",
    )


def _field_of(path: Path) -> str:
    """The name of the field a path leads to, also for an item of its list."""
    return next((str(step) for step in reversed(path) if isinstance(step, str)), "value")


def _faults_in_list(value: Any, wanted: Declared, path: Path) -> Iterator[Fault]:
    accepted = _accepts(in_words_of(wanted))
    if not isinstance(value, list | tuple):
        yield Fault(path, value, f"`{path[-1]}` is a list, not {shown(value)}.", accepted)
        return
    if len(value) < wanted.limits.get("min_length", 0):
        yield Fault(path, value, f"`{path[-1]}` is an empty list.", accepted)
    for place, item in enumerate(value):
        if item is None and _allows_null(wanted.arguments[0]):
            continue
        yield from faults_in(item, wanted.arguments[0], (*path, place))


def _allows_null(annotation: Any) -> bool:
    return type(None) in getattr(annotation, "__args__", ())


def _faults_in_map(value: Any, wanted: Declared, path: Path) -> Iterator[Fault]:
    key_type, item_type = wanted.arguments
    if not isinstance(value, Mapping):
        accepted = _accepts(in_words_of(wanted))
        yield Fault(path, value, f"`{path[-1]}` is a mapping, not {shown(value)}.", accepted)
        return
    for key, item in value.items():
        yield from _faults_in_word(key, declared(key_type), (*path, str(key)), _field_of(path))
        yield from faults_in(item, item_type, (*path, str(key)))


def _faults_in_struct(value: Any, struct: type[msgspec.Struct], path: Path) -> Iterator[Fault]:
    fields = fields_of(struct)
    if not isinstance(value, Mapping):
        accepted = f"Write a mapping such as {{{', '.join(f'{name}: …' for name in fields)}}}."
        yield Fault(path, value, f"{opening(value)} stands where a mapping belongs.", accepted)
        return
    for key in value:
        if key not in fields:
            yield unknown_key(str(key), tuple(fields), "this mapping", value[key], path)
    for name, field in fields.items():
        if value.get(name) is not None:
            yield from faults_in(value[name], field.type, (*path, name))
        elif field.required:
            yield missing(name, field.type, "this mapping", value, path)


def unknown_key(key: str, known: tuple[str, ...], of_what: str, value: Any, path: Path) -> Fault:
    """A key that the declaration does not have."""
    if key == "<<":
        message = "Merge keys (<<) are not read."
        return Fault((*path, key), value, message, "Write the fields out in each fact.")
    return Fault(
        (*path, key),
        value,
        f"`{shortened(key)}` is not a field of {of_what}.",
        f"{did_you_mean(key, known)}Its fields: {', '.join(known)}.",
    )


def missing(name: str, annotation: Any, of_what: str, given: Mapping[str, Any], path: Path) -> Fault:
    """A required field that is not there, or is there and holds nothing."""
    message = f"{capitalised(of_what)} needs `{name}`."
    remedy = f"Add `{name}`: {wanted_in_words(annotation)}."
    holds_null = name in given
    return Fault((*path, name) if holds_null else path, None, message, remedy, holds_null)


def _faults_in_flag(value: Any, wanted: Declared, path: Path) -> Iterator[Fault]:
    if isinstance(value, bool):
        return
    meant = _YES_OR_NO.get(value.lower(), value.lower()) if isinstance(value, str) else ""
    hint = f"Did you mean {meant}? " if meant in ("true", "false") else ""
    yield Fault(
        path,
        value,
        f"{opening(value)} is not true or false.",
        f"{hint}Write true or false without quotes; leave the field out when nobody recorded it.",
    )


def _faults_in_number(value: Any, wanted: Declared, path: Path) -> Iterator[Fault]:
    accepted = _accepts(_number_in_words(wanted))
    right_type = (int,) if wanted.shape is int else (int, float)
    if isinstance(value, bool) or not isinstance(value, right_type):
        kind = "a whole number" if wanted.shape is int else "a number"
        hint = "Take the quotes away. " if isinstance(value, str) and _is_number(value) else ""
        yield Fault(path, value, f"{opening(value)} is not {kind}.", hint + accepted)
        return
    if not _is_finite(value):
        yield Fault(path, value, f"{shown(value)} is not a number that was measured.", accepted)
        return
    limits = wanted.limits
    if (
        value <= limits.get("gt", -math.inf)
        or value < limits.get("ge", -math.inf)
        or value > limits.get("le", math.inf)
    ):
        yield Fault(path, value, f"{shown(value)} is outside the range of `{_field_of(path)}`.", accepted)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\s*[-+]?\d+(?:\.\d+)?\s*", text) is not None


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _faults_in_text(value: Any, wanted: Declared, path: Path) -> Iterator[Fault]:
    if not isinstance(value, str):
        is_container = isinstance(value, Mapping | list | tuple)
        remedy = "Write one text in double quotes." if is_container else "Put it in double quotes."
        yield Fault(path, value, f"{opening(value)} is not a text.", remedy)
        return
    yield from text_faults(value, wanted, path)


def text_faults(value: str, wanted: Declared, path: Path) -> Iterator[Fault]:
    """Why a text is refused: empty, too long, or with characters that no person typed."""
    longest = wanted.limits.get("max_length", math.inf)
    if not value.strip():
        yield Fault(path, value, "The text is empty.", "Write what it says, or leave the field out.")
    elif len(value) > longest:
        message = f"The text is {len(value)} characters long; at most {longest} are read."
        yield Fault(path, value, message, "Shorten it.")
    odd = _NOT_TEXT.search(value) or (re.search(r"[\n\t]", value) if wanted.extra.get("digits") else None)
    if odd is not None:
        message = f"The text holds the character U+{ord(odd[0]):04X}, which no person can see."
        yield Fault(path, value, message, "Write it again by hand, on one line.")


def _faults_in_day(value: Any, wanted: Declared, path: Path) -> Iterator[Fault]:
    accepted = "Write the day as year-month-day, such as 2024-03-11."
    if type(value) is date:
        yield from year_faults(value, path)
    elif isinstance(value, str) and _DAY.fullmatch(value):
        try:
            yield from year_faults(date.fromisoformat(value), path)
        except ValueError:
            yield Fault(path, value, f"{shown(value)} is not a day of the calendar.", accepted)
    else:
        yield Fault(path, value, f"{opening(value)} is not a day.", accepted)


def year_faults(value: date, path: Path) -> Iterator[Fault]:
    """A day or instant in a year that nobody meant."""
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        message = f"The year {value.year} is not between {EARLIEST_YEAR} and {LATEST_YEAR}."
        yield Fault(path, value, message, "Check the year.")


def _faults_in_instant(value: Any, wanted: Declared, path: Path) -> Iterator[Fault]:
    accepted = "Write it with its offset, such as 2024-03-11T09:30:00-04:00 or 2024-03-11T13:30:00Z."
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            instant = datetime.fromisoformat(value.upper())
        except ValueError:
            yield Fault(path, value, f"{shown(value)} is not an instant of the calendar.", accepted)
        else:
            yield from year_faults(instant, path)
    elif isinstance(value, datetime) and value.tzinfo is not None:
        yield from year_faults(value, path)
    elif isinstance(value, datetime) or (isinstance(value, str) and _INSTANT.fullmatch(f"{value}Z")):
        yield Fault(path, value, f"{shown(value)} has no offset from UTC.", accepted)
    else:
        yield Fault(path, value, f"{opening(value)} is not an instant.", accepted)


_PLAIN: Final[dict[Any, Callable[[Any, Declared, Path], Iterator[Fault]]]] = {
    bool: _faults_in_flag,
    int: _faults_in_number,
    float: _faults_in_number,
    str: _faults_in_text,
    date: _faults_in_day,
    datetime: _faults_in_instant,
}
