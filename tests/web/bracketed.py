"""Which catalogue shows what went through no catalogue? One that puts each of its words into brackets."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from django.utils import translation
from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR

from isovigil.web.catalogue import compiled, messages_used
from tests.record.records import IDENTITY

PLACEHOLDERS: Final = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
_MARKS: Final = str.maketrans("aeiouAEIOUnsc", "àéîõüÀÉÎÕÜñšç")
NAMES = (
    IDENTITY.name,
    "UTC",
    IDENTITY.second_id,
    "A prescriber",
    "A clinic",
    "Isovigil",
    "English",
    "Español",
)
VOID = frozenset({"input", "br", "img", "hr", "meta", "link"})


def in_brackets(text: str) -> str:
    """The text a third longer, with marks on its letters, its placeholders and tags as they were."""
    marked = "".join(
        part if PLACEHOLDERS.fullmatch(part) or part.startswith("<") else part.translate(_MARKS)
        for part in re.split(r"(%\(\w+\)[sd]|\{\w*\}|<[^>]*>)", text)
    )
    return f"⟦{marked}{'~' * (len(text) // 3)}⟧"


def write_bracketed_catalogue(place: Path, language: str) -> None:
    """Write a compiled catalogue of a language, for LOCALE_PATHS: every message of ours in brackets.

    Formats of days and numbers stay as they are: they are no words.
    """
    folder = place / language / "LC_MESSAGES"
    folder.mkdir(parents=True)
    told = {}
    for message in messages_used():
        is_a_format = "Django format" in message.context
        texts = (message.text, message.plural) if message.plural else (message.text,)
        told[message] = texts if is_a_format else tuple(in_brackets(text) for text in texts)
    (folder / "django.mo").write_bytes(compiled(told))


class InSpanish(HTMLParser):
    """The texts of a page that stand inside an element in Spanish."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            before = self.open[-1] if self.open else ""
            self.open.append(dict(attrs).get("lang") or before)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "es" and data.strip():
            self.texts.append(data.strip())


def in_spanish(page: str) -> list[str]:
    read = InSpanish()
    read.feed(page)
    return read.texts


def untranslated(texts: list[str]) -> list[str]:
    """Those that hold words of no catalogue. Names of people, clinics, languages and days are data."""
    with translation.override("es"):
        days = {str(each).lower() for named in (WEEKDAYS, WEEKDAYS_ABBR, MONTHS) for each in named.values()}
    left = []
    for text in texts:
        words = re.sub(r"⟦[^⟧]*⟧", "", text)
        for name in NAMES:
            words = words.replace(name, "")
        rest = [word for word in re.findall(r"[^\W\d_]{3,}", words) if word.lower() not in days]
        if rest:
            left.append(text)
    return left
