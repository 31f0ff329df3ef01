"""Which type does a field declare, taken apart so that it can be explained, drawn or written?"""

from __future__ import annotations

import types
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec


class Declared(NamedTuple):
    """One declared type: its shape, and what its `Meta` adds."""

    shape: Any
    """A plain type (bool, int, float, str, date, datetime), a Struct, or tuple, dict, Literal, Union."""
    arguments: tuple[Any, ...]
    """The words of a Literal, the item type of a tuple, key and value type of a dict, a Union's types."""
    limits: Mapping[str, Any]
    """`gt`, `ge`, `lt`, `le`, `min_length`, `max_length` as declared."""
    extra: Mapping[str, Any]
    """What the declaration adds for people: `unit`, `digits`."""

    @property
    def unit(self) -> str | None:
        """The unit a number is in, as UCUM writes it."""
        unit: str | None = self.extra.get("unit")
        return unit


_LIMITS = ("gt", "ge", "lt", "le", "min_length", "max_length")


@lru_cache(maxsize=512)
def declared(annotation: Any) -> Declared:
    """Take an annotation apart. A Union loses its None; a Union of one is that one."""
    limits: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    if get_origin(annotation) is Annotated:
        annotation, *notes = get_args(annotation)
        for note in notes:
            if isinstance(note, msgspec.Meta):
                limits |= {name: getattr(note, name) for name in _LIMITS if getattr(note, name) is not None}
                extra |= note.extra or {}
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        arguments = tuple(each for each in arguments if each is not type(None))
        if len(arguments) == 1:
            return declared(arguments[0])
        return Declared(Union, arguments, limits, extra)
    if origin is tuple:
        return Declared(tuple, arguments[:1], limits, extra)
    if origin in (dict, Literal):
        return Declared(origin, arguments, limits, extra)
    return Declared(annotation, (), limits, extra)


class DeclaredField(NamedTuple):
    """One field of a declared Struct."""

    attribute: str
    """Its name in Python: `from_`."""
    name: str
    """Its name in a case file: `from`."""
    type: Any
    required: bool
    default: Any


@lru_cache(maxsize=128)
def fields_of(struct: type[msgspec.Struct]) -> dict[str, DeclaredField]:
    """The fields of a Struct by the name a case file gives them, in declared order."""
    found = {}
    for field in msgspec.structs.fields(struct):
        default = field.default
        if field.default_factory is not msgspec.NODEFAULT:
            default = field.default_factory()
        found[field.encode_name] = DeclaredField(
            field.name,
            field.encode_name,
            field.type,
            default is msgspec.NODEFAULT,
            None if default is msgspec.NODEFAULT else default,
        )
    return found
