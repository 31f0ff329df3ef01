"""What is a dated value, and which one governs a day?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Final, Generic, Literal, TypeVar

import msgspec

from isovigil.law.source import Citation, Confidence, Strength

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_VALUES_KEPT: Final = 4096

Unit = Literal["day", "period", "word", "words", "flag", "year", "date", "map", "table", "number"] | str
"""One of these words, or a UCUM unit such as ``m[IU]/mL``, whose value is a number or a [low, high] pair."""
Tightening = Literal["lower", "higher", "true", "false", "fewer", "more", "choice", "none"]
"""How a clinic may change a value: towards the strict side, or, where none is stricter, as it chooses."""


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


def once_for_each_value(work_out: Callable[[Dated[Any]], T]) -> Callable[[Dated[Any]], T]:
    """A function of a dated value and nothing else, worked out once for each value in use.

    A table of law is put into the shape a rule needs once, not for every patient.
    """
    known: dict[int, tuple[Dated[Any], T]] = {}

    @wraps(work_out)
    def told(value: Dated[Any]) -> T:
        kept = known.get(id(value))
        if kept is not None and kept[0] is value:
            return kept[1]
        if len(known) >= _VALUES_KEPT:
            known.clear()
        found = work_out(value)
        known[id(value)] = (value, found)
        return found

    return told


class Statement(msgspec.Struct, frozen=True):
    """One value as one source states it, from a day or from the start of a named layer on."""

    value: Any
    strength: Strength
    confidence: Confidence
    cite: Citation
    announced_on: date
    read_on: date
    from_day: date | None = None
    """The first day it governs; None where it begins with a layer."""
    from_layer: str | None = None
    """The layer it begins with; None where it begins on a day of its own."""
    note: str | None = None


class Tightened(msgspec.Struct, frozen=True):
    """A clinic's own stricter value: it governs wherever it is stricter than the law's."""

    value: Any
    from_: date
    reason: str
    by: str
    cite: Citation


class ValueHistory(msgspec.Struct, frozen=True):
    """Everything held about one question: its statements, oldest first."""

    home: str
    """The folder it comes from: a programme's id, or a clinical policy's."""
    name: str
    asks: str
    unit: str
    tightening: Tightening
    reverify_by: date
    statements: tuple[Statement, ...]
    counting: str | None = None
    choices: tuple[str, ...] = ()
    """The words a clinic may choose among, where none of them is the stricter one."""
    clinic: tuple[Tightened, ...] = ()
    """What the clinic's own overlay makes stricter, oldest first."""
