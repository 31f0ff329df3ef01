"""Which plain values does a JSON text hold, and on which line does each stand?"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from isovigil.exchange.problems import Document, Located, Path, Problem, in_line, shown, spelled

# Possessive, and content with a missing end, so that no junk makes them slow.
_STRING: Final = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_TOKEN: Final = re.compile(_STRING.pattern + r'|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)
_OPENING: Final = b"[{"
_NOT_BRACKETS: Final = bytes(each for each in range(256) if each not in b"[]{}")


class JsonDocument(Document):
    """A JSON text that was read. Places are looked up only when a problem asks for one."""

    def __init__(self, value: Any, text: str) -> None:
        super().__init__(value)
        self.text = text
        self._places: dict[Path, int] | None = None
        self.repeated: list[tuple[Path, int]] = []

    def line_and_column(self, path: Path) -> tuple[int, int] | None:
        if self._places is None:
            self._places, self.repeated = _places_in(self.text)
        while path and path not in self._places:
            path = path[:-1]
        return position(self.text, self._places.get(path, 0))

    def repetitions(self) -> list[Located]:
        """A problem for every key that its object already holds."""
        self.line_and_column(())
        found = []
        for path, start in self.repeated:
            mark = position(self.text, start)
            first = self.line_and_column(path)
            message = f"The key {shown(path[-1])} is already given on line {first[0] if first else 1}."
            place = f"{in_line(mark)}, {spelled(path)}"
            found.append(Located(mark, Problem(place, shown(path[-1]), message, "Keep one of the two.")))
        return found


def position(text: str, start: int) -> tuple[int, int]:
    """The line and column, both from 1, of a character counted from 0."""
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


def read_json(text: str, deepest: int) -> tuple[JsonDocument | None, list[Located]]:
    """The value of a JSON text, strictly: a key twice in one object is refused.

    None when the text is not JSON at all. Never raises for a faulty text. NaN and Infinity are read,
    for the field that holds one to refuse.
    """
    if _may_be_deeper(text, deepest) and _depth(text) > deepest:
        return None, [_too_deep(deepest)]
    a_key_is_repeated = False

    def as_dict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal a_key_is_repeated
        value = dict(pairs)
        a_key_is_repeated = a_key_is_repeated or len(value) < len(pairs)
        return value

    try:
        document = JsonDocument(json.loads(text, object_pairs_hook=as_dict), text)
    except json.JSONDecodeError as error:
        return None, [_not_json(error.msg, (error.lineno, error.colno))]
    except ValueError as error:  # a number of thousands of digits
        return None, [_not_json(str(error), (1, 1))]
    return document, document.repetitions() if a_key_is_repeated else []


def _too_deep(deepest: int) -> Located:
    return Located(
        (0, 0),
        Problem(
            "the whole file",
            "",
            f"The text is nested more than {deepest} levels deep.",
            "A case is at most five levels deep; write each fact as one { } in `facts`.",
        ),
    )


def _not_json(what: str, mark: tuple[int, int]) -> Located:
    remedy = "Check the quotes, commas and brackets at that place and just before it."
    return Located(mark, Problem(in_line(mark), "", f"This is not JSON: {what}.", remedy))


def _may_be_deeper(text: str, deepest: int) -> bool:
    return text.count("[") + text.count("{") > deepest


def _depth(text: str) -> int:
    """How deep the text nests. Brackets inside strings are counted only when leaving them out matters."""
    depth = _bracket_depth(text)
    if depth > 0 and '"' in text:
        return min(depth, _bracket_depth(_STRING.sub('""', text)))
    return depth


def _bracket_depth(text: str) -> int:
    depth = deepest = 0
    for bracket in text.encode("utf-8", "replace").translate(None, _NOT_BRACKETS):
        if bracket in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    return deepest


def _places_in(text: str) -> tuple[dict[Path, int], list[tuple[Path, int]]]:
    """Where every value of a well-formed JSON text begins (in an object: its key), and which keys repeat."""
    places: dict[Path, int] = {(): 0}
    repeated: list[tuple[Path, int]] = []
    steps: list[str | int | None] = []  # one for each open bracket; None awaits a key
    for match in _TOKEN.finditer(text):
        sign = match[0]
        if sign in "}]":
            steps.pop()
        elif sign == ",":
            last = steps[-1]
            steps[-1] = last + 1 if isinstance(last, int) else None
        elif steps and steps[-1] is None and sign != ":":
            steps[-1] = json.loads(sign)
            path = tuple(step for step in steps if step is not None)
            if path in places:
                repeated.append((path, match.start()))
            places.setdefault(path, match.start())
        elif sign != ":":
            places.setdefault(tuple(step for step in steps if step is not None), match.start())
            if sign in "{[":
                steps.append(None if sign == "{" else 0)
    return places, repeated
