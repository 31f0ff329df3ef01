"""How is a faulty input described, so that a person can put it right?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec

Path = tuple[str | int, ...]
"""The way from the top of a file to one value: ``("facts", 2, "result")``."""

_MOST_TOLD: Final = 500
"""A file with more problems is not a case file that anybody corrects by hand."""
_LONGEST_SHOWN: Final = 60
_CLOSE_ENOUGH: Final = 0.6


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong with an input: where, what was found, why it is refused, what to do."""

    place: str
    value: str
    message: str
    remedy: str

    def in_words(self) -> str:
        """Two lines for a person: what is wrong and where, then what to do."""
        return f"{self.place}: {self.message}\n    {self.remedy}"


class CaseProblems(Exception):
    """A case cannot be read. Carries every problem of the file, in the order of the file."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        super().__init__(name, problems)
        self.name = name
        self.problems = tuple(problems)

    def __str__(self) -> str:
        count = len(self.problems)
        heading = f"{self.name}: {count} problem{'' if count == 1 else 's'}"
        lines = [heading, *(problem.in_words() for problem in self.problems[:_MOST_TOLD])]
        if count > _MOST_TOLD:
            lines.append(f"... and {count - _MOST_TOLD} more")
        return "\n".join(lines)


class Fault(NamedTuple):
    """A problem as it is found, before its path is turned into a line of the file."""

    path: Path
    value: Any
    message: str
    remedy: str
    holds_null: bool = False
    """A required field is there and holds nothing: perhaps because its text was refused already."""


class Document:
    """A text that was read into plain values, and where each of them stood.

    This one is for values that never were a text: it knows no lines.
    """

    def __init__(self, value: Any) -> None:
        self.value = value

    def line_and_column(self, path: Path) -> tuple[int, int] | None:
        """Where a value stands, both counted from 1; None when there is no text."""
        return None

    def as_written(self, path: Path) -> str | None:
        """The characters of an unquoted value as the text holds them; None when they are not known."""
        return None


class Located(NamedTuple):
    """A problem with the line and column it stands in the order of the file by."""

    mark: tuple[int, int]
    problem: Problem


def located(document: Document, faults: Iterable[Fault]) -> list[Located]:
    """The faults with their places in the text."""
    found = []
    for fault in faults:
        mark = document.line_and_column(fault.path)
        place = ", ".join(filter(None, (in_line(mark), spelled(fault.path)))) or "the whole file"
        problem = Problem(place, shown(fault.value), fault.message, fault.remedy)
        found.append(Located(mark or (0, 0), problem))
    return found


def in_order(found: Iterable[Located]) -> list[Problem]:
    """The problems in the order of the file."""
    return [each.problem for each in sorted(found, key=lambda each: each.mark)]


def in_line(mark: tuple[int, int] | None) -> str:
    """``line 7, column 12``, or nothing when the place is not known."""
    return "" if mark is None else f"line {mark[0]}, column {mark[1]}"


def spelled(path: Path) -> str:
    """``facts[2].result`` for ``("facts", 2, "result")``; the first of a list is 0."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{shortened(step)}"
    return text.removeprefix(".")


def shown(value: Any) -> str:
    """A value as a case file writes it, on one line and never long."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return repr(_cut(value))
    if isinstance(value, Mapping):
        return f"a mapping of {len(value)} key{'' if len(value) == 1 else 's'}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, int) and value.bit_length() > _LONGEST_SHOWN:
        return "a very large number"
    return shortened(str(value))


def opening(value: Any) -> str:
    """The same at the beginning of a sentence: ``A list of 3``."""
    return capitalised(shown(value)) if isinstance(value, Mapping | list | tuple) else shown(value)


def shortened(text: str) -> str:
    """The text, cut with an ellipsis where it is long; what a terminal would obey is spelled out."""
    return visible(_cut(text))


def visible(text: str) -> str:
    """The text with every character that cannot be seen spelled out."""
    return text if text.isprintable() else repr(text)[1:-1]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def capitalised(sentence: str) -> str:
    """The sentence with a capital at its beginning."""
    return sentence[:1].upper() + sentence[1:]


def with_article(noun: str) -> str:
    """``a visit``, ``an opinion``."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def one_of(words: Sequence[Any]) -> str:
    """``negative, positive or invalid``."""
    texts = [str(word) for word in words]
    return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + " or " + texts[-1]


@lru_cache(maxsize=1024)
def did_you_mean(word: str, words: tuple[str, ...]) -> str:
    """``Did you mean negative? ``, or nothing when no word comes close."""
    import difflib

    plain = word[:_LONGEST_SHOWN].strip().lower().replace("-", "_").replace(" ", "_")
    close = difflib.get_close_matches(plain, words, n=1, cutoff=_CLOSE_ENOUGH)
    return f"Did you mean {close[0]}? " if close else ""
