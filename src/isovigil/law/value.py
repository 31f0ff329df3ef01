"""What is a dated value, and which one governs a day?"""

from __future__ import annotations

from datetime import date
from typing import Any, Generic, Literal, TypeVar

import msgspec

from isovigil.law.source import Citation, Confidence, Strength

T_co = TypeVar("T_co", covariant=True)

Unit = Literal["day", "period", "word", "words", "flag", "year", "date", "map", "number"] | str
Tightening = Literal["lower", "higher", "true", "false", "fewer", "more", "none"]


class Dated(msgspec.Struct, Generic[T_co], frozen=True):
    """A value with the day it governs from, its source and its strength: ready to be a reason."""

    name: str
    value: T_co
    unit: str
    from_: date
    strength: Strength
    confidence: Confidence
    cite: Citation
    note: str | None = None


class Statement(msgspec.Struct, frozen=True):
    """One value as one source states it, from a day or from the start of a named layer on."""

    value: Any
    starts: date | str
    strength: Strength
    confidence: Confidence
    cite: Citation
    announced_on: date
    read_on: date
    note: str | None = None


class ValueHistory(msgspec.Struct, frozen=True):
    """Everything held about one question: its statements, oldest first."""

    name: str
    asks: str
    unit: str
    tightening: Tightening
    reverify_by: date
    statements: tuple[Statement, ...]
    counting: str | None = None
