"""What can the oracle say about one patient on one day?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Answer = Literal["met", "met_by_discretion", "not_met", "unknown", "not_applicable", "undecided"]
"""The review's own words; `undecided` where the specification leaves it open: nobody is held to it."""


@dataclass(frozen=True)
class Window:
    """The first and the last day on which capsules may be handed over; both count."""

    opens_on: date
    closes_on: date


@dataclass(frozen=True)
class DayAnswer:
    """Everything the oracle answers for one day under one reading of the law."""

    on: date
    reading: str
    can_become_pregnant: bool | None
    before_the_first_hand_over: bool
    window: Window | None
    rules: dict[str, Answer]
    days: dict[str, date | None]
    """First day on which a rule not met today could become met by waiting alone, where days decide it."""
    amber: bool = False
    """Only about `dispensing.inside_the_window`."""
    post_treatment_test_on: date | None = None


def worst(*answers: Answer) -> Answer:
    """All must hold: one failure fails, else one unknown leaves it unknown, else it is met."""
    for word in ("not_met", "unknown"):
        if word in answers:
            return "not_met" if word == "not_met" else "unknown"
    return "met"
