"""How many items has a questionnaire, and which answers and scores can it give?

Source: the clinical specification, D2 (PHQ-2, PHQ-9, PHQ-A, GAD-7, ASQ, C-SSRS screener) and
D3 (ASEX); the coding of ASQ and C-SSRS answers is the case-file contract's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from isovigil.case.words import Tool


class ToolShape(msgspec.Struct, frozen=True):
    """The items of one questionnaire, each answered from `lowest` to `highest`, and its scores."""

    items: int
    lowest: int
    highest: int
    score_from: int
    score_to: int


TOOL_SHAPES: Final[dict[Tool, ToolShape]] = {
    "phq2": ToolShape(items=2, lowest=0, highest=3, score_from=0, score_to=6),
    "phq9": ToolShape(items=9, lowest=0, highest=3, score_from=0, score_to=27),
    "phqa": ToolShape(items=9, lowest=0, highest=3, score_from=0, score_to=27),
    "gad7": ToolShape(items=7, lowest=0, highest=3, score_from=0, score_to=21),
    "asq": ToolShape(items=5, lowest=0, highest=2, score_from=0, score_to=10),
    "cssrs": ToolShape(items=7, lowest=0, highest=1, score_from=0, score_to=7),
    "asex": ToolShape(items=5, lowest=1, highest=6, score_from=5, score_to=30),
    "confidence": ToolShape(items=1, lowest=0, highest=10, score_from=0, score_to=10),
}
"""The tools whose items are numbers. A mood entry or a sexual-function entry has no fixed items."""


def answered(items: Sequence[int | None]) -> int:
    """The sum of the items that were answered; the least the whole score can be."""
    return sum(filter(None, items))
