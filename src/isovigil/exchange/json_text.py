"""Which plain values does a JSON text hold, and on which line does each stand?"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from isovigil.exchange.problems import Document, Fault, Path

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
        start = self._places.get(path, 0)
        return position(self.text, start)


def position(text: str, start: int) -> tuple[int, int]:
    """The line and column, both from 1, of a character counted from 0."""
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


def read_json(text: str, deepest: int) -> tuple[JsonDocument, list[Fault]]:
    """The value of a JSON text, strictly: a key twice in one object is refused.

    Never raises for a faulty text. NaN and Infinity are read, for the field that holds one to refuse.
    """
    document = JsonDocument(None, text)
    if _may_be_deeper(text, deepest) and _depth(text) > deepest:
        return document, [
            Fault(
                (),
                None,
                f"The text is nested more than {deepest} levels deep.",
                "A case is at most five levels deep; write each fact as one object in `facts`.",
            )
        ]
    odd = False

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal odd
        value = dict(pairs)
        odd = odd or len(value) < len(pairs)
        return value

    try:
        document.value = json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        return document, [_not_json(error)]
    except (ValueError, RecursionError) as error:
        return document, [Fault((), None, f"This is not JSON: {error}.", "Write every number in full.")]
    return document, _repetitions(document) if odd else []


def _not_json(error: json.JSONDecodeError) -> Fault:
    return Fault(
        (),
        None,
        f"This is not JSON at line {error.lineno}, column {error.colno}: {error.msg}.",
        "Check the quotes, commas and brackets just before that place.",
    )


def _repetitions(document: JsonDocument) -> list[Fault]:
    document.line_and_column(())
    return [
        Fault(
            path,
            path[-1],
            f"The key {path[-1]!r} is given twice in one object, again on line "
            f"{position(document.text, start)[0]}.",
            "Keep one of the two.",
        )
        for path, start in document.repeated
    ]


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
