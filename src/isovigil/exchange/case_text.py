"""Which plain values does a case file's text hold, whether it is YAML or JSON?"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

from isovigil.exchange.json_text import position, read_json
from isovigil.exchange.problems import Document, Located, Path, Problem, in_line, visible
from isovigil.exchange.yaml_events import YamlText, parse_yaml

Form = Literal["yaml", "json"]

LARGEST: Final = 512 * 1024
"""Bytes. A course of treatment has about a hundred facts of about a hundred bytes each."""
DEEPEST: Final = 12
"""Levels. A case is at most five deep: case, facts, fact, capsules, one count."""

MOST_VALUES: Final = 20_000
"""Values in one text: the most facts that are read, each with twenty fields."""

_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_JSON_BEGINS: Final = re.compile(r'\s*(?:\[|\{\s*["}])')


class ReadText(NamedTuple):
    """The values of a text, the problems of the text itself, and whether the values are of any use."""

    document: Document
    problems: list[Located]
    is_readable: bool


def read_text(data: bytes | str, name: str, form: Form | None) -> ReadText:
    """Read a text as `form`; when that is None, as its name or else its first characters say.

    UTF-8 with or without a byte-order mark, lines ending in LF or CRLF. Never raises for a faulty text.
    """
    size = len(data)
    if size > LARGEST:
        return _hopeless(too_large(size))
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        return _hopeless(_not_utf8(error))
    text = text.removeprefix("\ufeff")
    if not text.strip():
        return _hopeless(
            Problem(
                "the whole file",
                "''",
                "The file is empty.",
                "A case file begins with `case: 1` and a `patient`.",
            )
        )
    control = _CONTROL.search(text)
    if control is not None:
        return _hopeless(_control_character(text, control))
    if (form or form_of(name, text)) == "json":
        document, problems = read_json(text, DEEPEST)
        return ReadText(document or Document(None), problems, document is not None)
    return _read_yaml(text, name)


def form_of(name: str, text: str) -> Form:
    """YAML or JSON? The ending of the name says; else a text that begins like JSON is JSON."""
    if name.endswith((".yaml", ".yml")):
        return "yaml"
    if name.endswith(".json"):
        return "json"
    return "json" if _JSON_BEGINS.match(text) else "yaml"


def too_large(size: int) -> Problem:
    """The problem of a file that is refused unread."""
    return Problem(
        "the whole file",
        f"{size:,} bytes",
        f"The file has {size:,} bytes; a case file has at most {LARGEST:,}.",
        "One case file holds one patient. Put several patients into several files of one folder.",
    )


def _hopeless(problem: Problem) -> ReadText:
    return ReadText(Document(None), [Located((0, 0), problem)], is_readable=False)


def _not_utf8(error: UnicodeDecodeError) -> Problem:
    byte = f"0x{error.object[error.start]:02X}"
    return Problem(
        f"byte {error.start + 1}",
        byte,
        f"Byte {error.start + 1} ({byte}) is not UTF-8 text ({error.reason}).",
        "Save the case file as plain text in UTF-8; it may not be a spreadsheet, PDF or archive.",
    )


def _control_character(text: str, found: re.Match[str]) -> Problem:
    code = f"U+{ord(found[0]):04X}"
    return Problem(
        in_line(position(text, found.start())),
        code,
        f"The file holds the control character {code}, so it is not plain text.",
        "Save the case file as plain text in UTF-8; it may not be a spreadsheet, PDF or archive.",
    )


class YamlDocument(Document):
    """A YAML text that was read, with the place of every value."""

    def __init__(self, read: YamlText, text: str) -> None:
        super().__init__(read.value)
        self._places = read.places
        self._text = text
        self._lines: list[str] | None = None

    def line_and_column(self, path: Path) -> tuple[int, int] | None:
        while path and path not in self._places:
            path = path[:-1]
        return self._places.get(path)

    def as_written(self, path: Path) -> str | None:
        place = self._places.get(path)
        if place is None:
            return None
        if self._lines is None:
            self._lines = self._text.splitlines(keepends=True)
        rest = "".join(self._lines[place.line - 1 : place.line + 1])[place.column - 1 :]
        found = _WRITTEN.match(rest)
        return None if found is None else found[1]


_WRITTEN: Final = re.compile(r"[\w\"'.-]+\s*:\s*([-+\w.]+)")
"""A key and its unquoted value."""


def _read_yaml(text: str, name: str) -> ReadText:
    read = parse_yaml(text, name, deepest=DEEPEST, longest=LARGEST, most_values=MOST_VALUES)
    problems = []
    is_readable = True
    for one in read.problems:
        says, _, remedy = visible(one.says).partition("; ")
        if says.startswith(("this is not YAML", "the text")):
            is_readable = False
        mark = (one.line, one.column)
        problem = Problem(in_line(mark), "", _sentence(says), _sentence(remedy) or _remedy(says))
        problems.append(Located(mark, problem))
    return ReadText(YamlDocument(read, text), problems, is_readable)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _remedy(says: str) -> str:
    if "already given" in says:
        return "Keep one of the two."
    if "nested" in says:
        return "A case is at most five levels deep; write each fact as one { } in `facts`."
    if "more than" in says:
        return "One case file holds one patient's therapy."
    if "key must be" in says:
        return "Write the name of a field before the colon."
    return (
        "Close every bracket and quote, indent with spaces, and put a text that holds any of "
        ": # { } [ ] , & * ! into double quotes."
    )
