"""Where do answers go, and where do problems go?"""

from __future__ import annotations

import sys
from io import TextIOWrapper


def answer(text: str) -> None:
    """An answer, on standard output."""
    sys.stdout.write(f"{text}\n")


def complain(problem: object) -> None:
    """A problem in words, on standard error, so that standard output holds answers only."""
    from isovigil.exchange.review_words import visible

    sys.stderr.write(f"{visible(str(problem))}\n")


def never_fail_on_a_sign() -> None:
    """A terminal that cannot show ✔ shows a question mark instead; the word beside it stays."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def documents_in_utf8() -> None:
    """Documents for machines and browsers are UTF-8, whatever the terminal's own encoding."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
