"""How are the lines of one type taken apart into their elements, so that nothing of them is lost?

msgspec decodes a block of lines at once into slices of it. A key given twice would leave no trace in that;
the lengths tell: what was found, written again without a blank, is at least as short as what was written,
and as long only where every member of it was found, once. Any line for which the lengths differ is looked at
alone, and given up where a member is lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import astuple

from isovigil.exchange.bulk.fast_columns import BETWEEN, Shape

Column: TypeAlias = Sequence[Any]
"""One element of many lines: texts, or slices of JSON; empty where a line does not have it."""
Columns: TypeAlias = dict[str, Column]
"""By the element's path: ``subject.reference``. An element that no line had is left out."""
_QUOTES: Final = len('""')
_COLON_AND_COMMA: Final = len(":,")
_MOST_MEMBERS: Final = 200
"""An object with more is left to the strict loader."""
_MOST_NAMES: Final = 1_000
"""Once so many names have been learned at one place, learning begins anew."""
_Names: TypeAlias = dict[str, set[str]]
"""The names of members by the path of the object they are in; a line's own has none."""
_ALWAYS: Final = ("id", "resourceType")
_NAME: Final = re.compile(r"[A-Za-z0-9_]{1,100}")
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Taken(NamedTuple):
    """The elements of some lines."""

    columns: Columns
    repeating: tuple[str, ...]
    """The elements that templates are made of, as far as some line had them."""
    templates: list[bytes]
    """These elements of each row."""
    places: Sequence[int]
    """Which line each row comes from; the text's first is 0."""
    given_up: Sequence[int]
    """The lines that have to be read in another way. Empty lines are in neither."""
    lines: int
    """How many lines there are."""


class _Level(NamedTuple):
    """The members of an object that are known so far."""

    struct: type[Struct]
    members: tuple[str, ...]
    costs: tuple[int, ...]
    """Bytes of each member beside its value."""
    inside: tuple[_Level | None, ...]
    is_text: tuple[bool, ...]


class Elements:
    """Takes lines of one type apart; learns on the way which members they have."""

    def __init__(self, shape: Shape, repeating: tuple[str, ...]) -> None:
        self._shape = shape
        self._repeating = repeating
        self._names: _Names = {"": set(_ALWAYS)}
        self._make()

    def of(self, text: bytes) -> Taken:
        """The elements of the lines of a text; its last line may end with it."""
        if any(len(names) > _MOST_NAMES for names in self._names.values()):
            self._names = {"": set(_ALWAYS)}
            self._make()
        return self._of(text)

    def _of(self, text: bytes) -> Taken:
        count = _lines_in(text)
        if count and _is_utf8(text):
            try:
                found = self._decoder.decode_lines(text)
            except _UNREADABLE:
                found = []
            if len(found) == count:
                taken, gathering = self._taken(found, range(count), (), count)
                between = count - 1 + text.endswith(b"\n")
                if gathering.size + between == len(text) and not gathering.is_cut:
                    return taken
        return self._line_by_line(text)

    def _taken(
        self, found: Sequence[Struct], places: Sequence[int], given_up: Sequence[int], lines: int
    ) -> tuple[Taken, _Gathering]:
        gathering = _Gathering()
        gathering.gather(self._level, found, "", frozenset(self._repeating))
        repeating = tuple(each for each in self._repeating if each in gathering.columns)
        templates = gathering.templates(repeating, len(found))
        return Taken(gathering.columns, repeating, templates, places, given_up, lines), gathering

    def _line_by_line(self, text: bytes) -> Taken:
        kept, places, given_up = [], [], []
        unknown: _Names = {}
        lines = text.removesuffix(b"\n").split(b"\n")
        for place, line in enumerate(lines):
            one = self._one(line, unknown)
            if one is not None:
                kept.append(one)
                places.append(place)
            elif line and not line.isspace():
                given_up.append(place)
        if self._learned(unknown):
            return self._of(text)
        return self._taken(kept, places, given_up, len(lines))[0]

    def _one(self, line: bytes, unknown: _Names) -> Struct | None:
        if not line or not _is_utf8(line):
            return None
        try:
            one = self._decoder.decode(line)
            if _least(self._level, one) == len(line):
                return one
            plain = msgspec.json.format(line, indent=-1)
            one = self._decoder.decode(plain)
            if _least(self._level, one) == len(plain):
                return one
            _names_in(json.loads(line, object_pairs_hook=_Pairs), self._shape, "", unknown)
        except (*_UNREADABLE, ValueError):
            pass
        return None

    def _learned(self, unknown: _Names) -> bool:
        """Are there now names known that were not before?"""
        is_more = any(not names <= self._names.setdefault(path, set()) for path, names in unknown.items())
        if is_more:
            for path, names in unknown.items():
                self._names.setdefault(path, set()).update(names)
            self._make()
        return is_more

    def _make(self) -> None:
        self._level = self._level_of(self._shape, "")
        self._decoder = msgspec.json.Decoder(self._level.struct)

    def _level_of(self, shape: Shape, path: str) -> _Level:
        members = tuple(sorted(self._names.get(path, ())))
        inside = tuple(
            self._level_of(shape.inside[name], f"{path}{name}.") if name in shape.inside else None
            for name in members
        )
        is_text = tuple(name in shape.texts for name in members)
        fields: list[tuple[str, Any, Any]] = []
        for place, (level, text) in enumerate(zip(inside, is_text, strict=True)):
            if level is not None:
                fields.append((f"member{place}", level.struct, level.struct()))
            else:
                fields.append((f"member{place}", str, "") if text else (f"member{place}", Raw, b""))
        struct = msgspec.defstruct(
            "Members",
            fields,
            frozen=True,
            gc=False,
            rename={f"member{place}": name for place, name in enumerate(members)},
        )
        costs = tuple(
            len(name.encode()) + _QUOTES + _COLON_AND_COMMA + (_QUOTES if text else 0)
            for name, text in zip(members, is_text, strict=True)
        )
        return _Level(struct, members, costs, inside, is_text)


class _Pairs(list[tuple[str, Any]]):
    """An object as it was written, with every key of it."""


def _names_in(found: Any, shape: Shape, path: str, names: _Names) -> None:
    """Add the names of the members of what is taken apart. Raises ValueError where they cannot be learned."""
    if not isinstance(found, _Pairs):
        return
    if len(found) > _MOST_MEMBERS or not all(_NAME.fullmatch(name) for name, _ in found):
        raise ValueError
    for name, value in found:
        names.setdefault(path, set()).add(name)
        if name in shape.inside:
            _names_in(value, shape.inside[name], f"{path}{name}.", names)


def _lines_in(text: bytes) -> int:
    """How many lines a text has; 0 where one of them is empty."""
    count = start = 0
    while (end := text.find(b"\n", start)) > start:
        count += 1
        start = end + 1
    if end >= 0:
        return 0
    return count + (start < len(text))


def _is_utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Gathering:
    """What the members of many objects are together."""

    def __init__(self) -> None:
        self.columns: Columns = {}
        self.size = 0
        """The fewest bytes in which they can have been written."""
        self.is_cut = False
        """Does a slice hold the end of a line? Then it cannot be told on which lines things stand."""

    def gather(self, level: _Level, found: Iterable[Struct], path: str, repeating: frozenset[str]) -> Column:
        """For each object whether it is there: one without a known member is not."""
        rows = list(map(astuple, found))
        if not rows or not level.members:
            return (False,) * len(rows)
        there: list[Column] = []
        for column, name, cost, inside, is_text in zip(
            zip(*rows, strict=True), level.members, level.costs, level.inside, level.is_text, strict=True
        ):
            filled: Column = column
            if inside is not None:
                filled = self.gather(inside, column, f"{path}{name}.", repeating)
            else:
                self.columns[f"{path}{name}"] = column
                if f"{path}{name}" not in repeating:
                    self._measure(column, is_text)
            self.size += cost * (len(rows) if all(filled) else sum(map(bool, filled)))
            there.append(filled)
        full = next((filled for filled in there if all(filled)), None)
        whole = full if full is not None else list(map(any, zip(*there, strict=True)))
        self.size += sum(map(bool, whole))
        return whole

    def _measure(self, column: Column, is_text: bool) -> None:
        if is_text:
            joined = "".join(column)
            self.size += len(joined) if joined.isascii() else len(joined.encode())
        else:
            slices = b"".join(column)
            self.size += len(slices)
            self.is_cut = self.is_cut or b"\n" in slices

    def templates(self, elements: tuple[str, ...], count: int) -> list[bytes]:
        """The elements of which templates are made, of each object."""
        if not elements:
            return [b""] * count
        texts = list(map(BETWEEN.join, zip(*(self.columns[each] for each in elements), strict=True)))
        whole = b"".join(texts)
        self.size += len(whole) - count * (len(elements) - 1) * len(BETWEEN)
        self.is_cut = self.is_cut or b"\n" in whole
        return texts


def _least(level: _Level, one: Struct) -> int:
    """The fewest bytes in which one object can have been written; 0 for one without a known member."""
    size = 0
    for value, cost, inside, is_text in zip(
        astuple(one), level.costs, level.inside, level.is_text, strict=True
    ):
        written = value.encode() if is_text else value
        more = len(written) if inside is None else _least(inside, value)
        size += more + cost if more else 0
    return size + 1 if size else 0
