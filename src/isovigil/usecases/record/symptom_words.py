"""In which plain words is each unwanted effect asked about and named?"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from isovigil.decisions.symptoms import CODES
from isovigil.usecases.record.judging import Judging, rulebook_in_use


class SymptomWords(NamedTuple):
    """One unwanted effect of the checklist."""

    code: str
    plain: str
    """As ``dry lips``."""
    ask: str
    """As ``Are your lips dry, cracked or bleeding?``."""


def symptom_words(judging: Judging, on: date) -> dict[str, SymptomWords]:
    """Every effect of the checklist by its code, in the words in force on a day."""
    (law, _), *_ = rulebook_in_use().readings(judging.programme, judging.policy, on, (on,))
    words = {}
    for topic, code in CODES.items():
        value = law.value(f"symptoms/{topic}", on).value
        words[code] = SymptomWords(code, value["plain"], value["ask"])
    return words
