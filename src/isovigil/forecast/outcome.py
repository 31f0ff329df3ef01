"""Does the model's figure reproduce the published one, and was a miss expected?"""

from __future__ import annotations

import enum


class Outcome(enum.StrEnum):
    """How a figure of the model compares with the published one."""

    MET = "met"
    MISSED = "missed"
    KNOWN_MISS = "known miss"


def outcome_of(model: float, low: float, high: float, known_miss: str) -> Outcome:
    """Met from ``low`` to ``high``, both included; beyond, known when ``known_miss`` says why."""
    if low <= model <= high:
        return Outcome.MET
    return Outcome.KNOWN_MISS if known_miss else Outcome.MISSED
