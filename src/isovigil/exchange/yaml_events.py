"""Which plain values does a YAML text hold, and on which line does each stand?"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

Path = tuple[str | int, ...]
"""The way from the document to one value: mapping keys and list positions."""

DEEPEST = 32
"""Deeper nesting is refused: no file of ours needs it, and it could exhaust the reader."""
LONGEST = 10_000_000
"""Longer texts are refused unread."""
MOST_VALUES = 200_000
"""A text with more values is not read to its end."""
MOST_PROBLEMS = 100
"""After so many problems the reader stops: the rest would not help anybody."""


class Place(NamedTuple):
    """Where a value stands in its text; the first line and the first column are 1."""

    line: int
    column: int


class YamlProblem(msgspec.Struct, frozen=True):
    """One thing in a text that YAML 1.2 core, as we read it, does not allow."""

    name: str
    line: int
    column: int
    says: str

    def __str__(self) -> str:
        return f"{self.name}:{self.line}:{self.column}: {self.says}"


class YamlText(NamedTuple):
    """What was read. With problems, `value` is what could be made out and must not be used."""

    value: Any
    places: dict[Path, Place]
    problems: list[YamlProblem]


def parse_yaml(
    text: str,
    name: str,
    *,
    deepest: int = DEEPEST,
    longest: int = LONGEST,
    most_values: int = MOST_VALUES,
) -> YamlText:
    """Read one YAML 1.2 core document into dicts, lists, strings, numbers, booleans and None.

    Only `true` and `false` (also `True`, `TRUE`...) are booleans: `on`, `off`, `yes` and `no` are
    strings, `1:30` is a string, `2026-11-21` is a string. Mapping keys are always strings, as they
    are written. Aliases, anchors, tags, duplicate keys and further documents are problems; nothing
    is raised. `places` maps the path of every value to where it begins; a value in a mapping begins
    at its key.
    """
    if len(text) > longest:
        says = f"the text is {len(text)} characters long; at most {longest} are read"
        return YamlText(None, {}, [YamlProblem(name, 1, 1, says)])
    builder = _Builder(name, deepest, most_values)
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
            if len(builder.problems) >= MOST_PROBLEMS or builder.is_too_much:
                break
    except YAMLError as error:
        builder.problems.append(_syntax_problem(error, name))
    except (ValueError, OverflowError, RecursionError, AssertionError, IndexError, TypeError) as error:
        # The scanner lets some malformed escapes and directives through to Python itself.
        says = f"this is not YAML: {error}"
        builder.problems.append(YamlProblem(name, builder.last.line, builder.last.column, says))
    return YamlText(builder.value, builder.places, builder.problems)


def _syntax_problem(error: Any, name: str) -> YamlProblem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    parts = [
        getattr(error, "context", None),
        getattr(error, "problem", None) or getattr(error, "reason", None),
    ]
    said = " ".join(part for part in parts if isinstance(part, str)) or type(error).__name__
    if mark is None:
        return YamlProblem(name, 1, 1, f"this is not YAML: {said}")
    return YamlProblem(name, mark.line + 1, mark.column + 1, f"this is not YAML: {said}")


_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[str], int | float]], ...] = (
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+"), lambda text: int(text, 0)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text, 0)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
    (re.compile(r"[-+]?\.(inf|Inf|INF)"), lambda text: float(text.replace(".", ""))),
    (re.compile(r"\.(nan|NaN|NAN)"), lambda _: float("nan")),
)


def plain_value(text: str) -> Any:
    """What an unquoted scalar means in YAML 1.2 core. Raises ValueError for a number too long to read."""
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text[0] in "+-.0123456789":
        for pattern, read in _NUMBERS:
            if pattern.fullmatch(text):
                return read(text)
    return text


class _Open:
    """A mapping or a list whose end has not been reached."""

    def __init__(self, value: dict[str, Any] | list[Any], path: Path) -> None:
        self.value = value
        self.path = path
        self.key: str | None = None
        self.keys: dict[str, Place] = {}


class _Builder:
    """Builds the plain value out of the event stream, and remembers every place."""

    def __init__(self, name: str, deepest: int, most_values: int) -> None:
        self.value: Any = None
        self.places: dict[Path, Place] = {}
        self.problems: list[YamlProblem] = []
        self.is_too_much = False
        """The text passes a limit, and reading on would serve nobody."""
        self.last = Place(1, 1)
        self._name = name
        self._deepest = deepest
        self._most_values = most_values
        self._values = 0
        self._open: list[_Open] = []
        self._documents = 0
        self._skipping = 0

    def take(self, event: Any) -> None:
        """Take the next event of the stream."""
        mark = event.start_mark
        self.last = Place(mark.line + 1, mark.column + 1)
        kind = type(event).__name__
        if kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._close()
        elif kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                self._problem("a second document begins here; one file holds one document")
        elif self._documents > 1:
            return
        elif kind == "AliasEvent":
            self._problem("an alias (*) is not read here; write the value out")
            self._put(None)
        elif kind in ("ScalarEvent", "MappingStartEvent", "SequenceStartEvent"):
            self._values += 1
            if self._values > 2 * self._most_values:  # a key and what it holds
                self._problem(f"the text holds more than {self._most_values} values")
                self.is_too_much = True
                return
            self._refuse_ornaments(event)
            if kind == "ScalarEvent":
                self._scalar(event)
            else:
                self._begin({} if kind == "MappingStartEvent" else [])

    def _problem(self, says: str, place: Place | None = None) -> None:
        at = place or self.last
        self.problems.append(YamlProblem(self._name, at.line, at.column, says))

    def _refuse_ornaments(self, event: Any) -> None:
        if event.anchor is not None:
            anchor = shortened(str(event.anchor))
            self._problem(f"an anchor (&{anchor}) is not read here; write the value out where it is needed")
        if event.tag is not None:
            self._problem(f"a tag ({shortened(event.tag)}) is not read here; write the plain value")

    def _scalar(self, event: Any) -> None:
        if self._skipping:
            return
        inside = self._open[-1] if self._open else None
        if inside is not None and isinstance(inside.value, dict) and inside.key is None:
            self._take_key(inside, event.value)
            return
        try:
            value = plain_value(event.value) if event.style is None else event.value
        except (ValueError, OverflowError):
            self._problem(f"the number has {len(event.value)} digits, which is too long to read")
            value = None
        self._put(value)

    def _take_key(self, inside: _Open, key: str) -> None:
        inside.key = key
        if key in inside.keys:
            first = inside.keys[key]
            self._problem(f"the key {shortened(key)!r} is already given on line {first.line}")
        else:
            inside.keys[key] = self.last

    def _begin(self, value: dict[str, Any] | list[Any]) -> None:
        inside = self._open[-1] if self._open else None
        if len(self._open) + self._skipping >= self._deepest:
            self._problem(f"the text is nested more than {self._deepest} levels deep")
            self.is_too_much = True
            return
        if self._skipping:
            self._skipping += 1
            return
        if inside is not None and isinstance(inside.value, dict) and inside.key is None:
            self._problem("a key must be a plain word")
            self._skipping = 1
            return
        path = self._path_of_next()
        self._put(value)
        self._open.append(_Open(value, path))

    def _close(self) -> None:
        if self._skipping:
            self._skipping -= 1
            if not self._skipping:
                self._open[-1].key = ""
            return
        if self._documents <= 1 and self._open:
            self._open.pop()

    def _path_of_next(self) -> Path:
        if not self._open:
            return ()
        inside = self._open[-1]
        if isinstance(inside.value, list):
            return (*inside.path, len(inside.value))
        return (*inside.path, inside.key or "")

    def _put(self, value: Any) -> None:
        if self._skipping:
            return
        path = self._path_of_next()
        place = self.last
        if not self._open:
            self.value = value
        elif isinstance(holder := self._open[-1].value, list):
            holder.append(value)
        else:
            inside = self._open[-1]
            if inside.key is None:  # an alias stands where a key belongs
                inside.key = ""
                return
            place = inside.keys.get(inside.key, place)
            holder.setdefault(inside.key, value)
            inside.key = None
        self.places.setdefault(path, place)


def shortened(text: str, longest: int = 60) -> str:
    """The beginning of a text that may be very long, fit to be shown in a message."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
