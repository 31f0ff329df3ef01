"""Was a weight typed in pounds, or for somebody else, where a weight is on record?

A field that says kg takes 135 from somebody whose scale says pounds, and every dose by weight is then less
than half of what was meant. Nothing is converted by itself; somebody has to say which is meant.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

KG_IN_A_POUND: Final = 0.45359237
"""Exactly: the international pound, agreed in 1959 (National Bureau of Standards, 24 FR 5348)."""
LARGEST_SHARE_UNASKED: Final = 0.25
"""By what share of the weight on record another may differ, up or down, without a question. Our own choice,
of no source: wider than a few months move a weight, narrower than a mix-up of pounds and kilograms, which
more than doubles or halves it. A difference of exactly so much is not asked about."""


class WeightDoubt(NamedTuple):
    """A weight that differs so much from the one on record that somebody has to confirm it."""

    typed: float
    """What was typed, taken as kg."""
    on_record_kg: float
    weighed_on: date
    typed_in_pounds_kg: float
    """What was typed, in kg, had it been pounds."""
    on_record_in_pounds_kg: float
    """What is on record, in kg, had it been typed in pounds."""
    likelier: str | None
    """`typed` or `on_record`: which of the two was likelier pounds; None where neither was."""


def doubt_about_weight(
    typed: float, on_record_kg: float | None, weighed_on: date | None
) -> WeightDoubt | None:
    """What is doubtful about a weight that was typed as kg; None where nothing is, or none is on record."""
    if on_record_kg is None or weighed_on is None:
        return None
    likelier = _likelier_in_pounds(typed, on_record_kg)
    if likelier is None and abs(typed - on_record_kg) <= LARGEST_SHARE_UNASKED * on_record_kg:
        return None
    return WeightDoubt(
        typed,
        on_record_kg,
        weighed_on,
        typed * KG_IN_A_POUND,
        on_record_kg * KG_IN_A_POUND,
        likelier,
    )


def _likelier_in_pounds(typed: float, on_record_kg: float) -> str | None:
    """Is it nearer to the number that the weight on record has in pounds, or that it had, were it pounds?"""
    away = abs(typed - on_record_kg)
    if abs(typed - on_record_kg / KG_IN_A_POUND) < away:
        return "typed"
    if abs(typed - on_record_kg * KG_IN_A_POUND) < away:
        return "on_record"
    return None
