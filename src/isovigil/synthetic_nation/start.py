"""On which days does a course begin, and what may go wrong before the first dose?"""

from __future__ import annotations

from random import Random
from typing import Final

from isovigil.synthetic_nation.mishaps import Mishap
from isovigil.synthetic_nation.people import Person
from isovigil.synthetic_nation.period_law import BETWEEN_START_TESTS, LEAD, LOCKOUT, MENSES, WINDOW

CYCLE: Final = 28
"""Days of a regular cycle."""
_DAYS_TO_CERTIFICATION: Final = 300
_LATER: Final = 21
"""Days after the first dose on which what came late was caught up with, at the earliest."""


class Start:
    """The days before the first dose, as proleptic ordinals."""

    __slots__ = (
        "certified_on", "confirm_on", "consented_on", "contraception_from", "enrolled_on", "lockout_from",
        "menses_on", "screened_on", "setting",
    )  # fmt: skip

    def __init__(self, person: Person, enrolled_on: int, chance: Random) -> None:
        """A smooth start: everything at the first visit, two forms of contraception within three days."""
        roll = chance.random
        self.screened_on = enrolled_on
        self.enrolled_on = enrolled_on
        self.consented_on = enrolled_on
        self.certified_on = enrolled_on - 1 - int(roll() * _DAYS_TO_CERTIFICATION)
        self.contraception_from = enrolled_on + int(roll() * 4)
        if person.can_become_pregnant:
            self.confirm_on = self.contraception_from + LEAD.value + int(roll() * 8)
        else:
            self.confirm_on = enrolled_on + int(roll() * 15)
        self.menses_on = self.confirm_on - int(roll() * MENSES.value)
        self.setting = "laboratory" if roll() < 0.75 else "clinic"
        self.lockout_from: int | None = None
        """The first confirmatory specimen, where its window went uncollected."""

    def uncollected(self, person: Person, chance: Random) -> None:
        """The first window went by uncollected; the next specimen comes when it may."""
        self.lockout_from = self.confirm_on
        if person.is_regular:
            self.confirm_on += CYCLE
            self.menses_on += CYCLE
        else:
            self.confirm_on += LOCKOUT.value + int(chance.random() * 6)


def go_wrong(start: Start, mishap: Mishap, person: Person, chance: Random) -> None:
    """Alter a smooth start by one mishap."""
    roll = chance.random
    name = mishap.name
    if name == "confirmed_too_early":
        start.contraception_from = start.screened_on - 45
        start.confirm_on = start.screened_on + 8 + int(roll() * (BETWEEN_START_TESTS.value - 8))
        start.menses_on = start.confirm_on - 1
    elif name == "contraception_too_short":
        start.contraception_from = start.confirm_on - 8 - int(roll() * 14)
    elif name == "confirmed_outside_menses":
        start.menses_on = start.confirm_on - MENSES.value - int(roll() * 12)
    elif name == "confirmed_at_home":
        start.setting = "home"
    elif name == "retested_in_lockout":
        start.lockout_from = start.confirm_on
        start.confirm_on += WINDOW.value + 2 + int(roll() * (LOCKOUT.value - 2 * WINDOW.value - 1))
    elif name == "consent_late":
        start.consented_on = start.confirm_on + _LATER + int(roll() * 30)
    elif name == "enrolled_late":
        start.enrolled_on = start.confirm_on + _LATER + int(roll() * 30)
