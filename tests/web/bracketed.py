"""Which catalogue shows what went through no catalogue? One that puts each of its words into brackets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from isovigil.web.catalogue import compiled, messages_used

PLACEHOLDERS: Final = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
_MARKS: Final = str.maketrans("aeiouAEIOUnsc", "àéîõüÀÉÎÕÜñšç")


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
