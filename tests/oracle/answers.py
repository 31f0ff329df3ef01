"""What can the oracle say about one patient on one day?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

Answer = Literal["met", "met_by_discretion", "not_met", "unknown", "not_applicable", "undecided"]
"""The review's own words; `undecided` where the specification leaves it open: nobody is held to it."""


@dataclass(frozen=True)
class Window:
    """The first and the last day on which capsules may be handed over; both count."""

    opens_on: date
    closes_on: date
    zone: str
    """Whose clock ends the last day."""

    @property
    def closes_at(self) -> datetime:
        """The last second of the last day."""
        return datetime.combine(self.closes_on, time(23, 59, 59), ZoneInfo(self.zone))

    def is_over(self, day: date, zone: str) -> bool:
        """Has the window closed by the first moment of this day where the clinic is?"""
        return datetime.combine(day, time(0), ZoneInfo(zone)) > self.closes_at


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
    amber: bool | None = False
    """Only about `dispensing.inside_the_window`; None where the specification leaves it open."""
    post_treatment_test_on: date | None = None


def worst(*answers: Answer) -> Answer:
    """All must hold: anything unknown leaves it unknown, else one failure fails."""
    if "unknown" in answers:
        return "unknown"
    return "not_met" if "not_met" in answers else "met"
