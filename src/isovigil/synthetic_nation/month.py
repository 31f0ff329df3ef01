"""What happens in one month of a course, from the pregnancy test to the hand-over?"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from isovigil.synthetic_nation.laboratory import UPPER_LIMITS
from isovigil.synthetic_nation.period_law import (
    ALT_HELD_ABOVE,
    OTHER_WINDOW,
    SUPPLY,
    TRIGLYCERIDES_HELD_FROM,
    WINDOW,
)

_DELAYS: Final = (0, 0, 1, 1, 1, 2, 2, 3, 4, 6)
"""Days from prescription to hand-over, as pharmacies and insurers allow."""


class Month:
    """The days and doings of one month. None: it did not happen."""

    __slots__ = (
        "again_on", "alt", "counselled_on", "days", "doubtful_on", "doxycycline", "handed_over_on", "number",
        "own_entry", "positive", "prescribed_on", "questions_on", "refills", "setting", "tested_on",
        "triglycerides", "unaccepted", "visit_on",
    )  # fmt: skip

    def __init__(self, number: int, first_day: int, who_can: bool, chance: Random) -> None:
        """A smooth month that begins with the specimen, or with the counselling."""
        roll = chance.random
        self.number = number
        self.tested_on: int | None = first_day if who_can else None
        self.visit_on = first_day + (1 if who_can and roll() < 0.3 else 0)
        self.counselled_on: int | None = self.visit_on
        self.questions_on: int | None = self.visit_on if who_can else None
        self.prescribed_on = self.visit_on
        delay = _DELAYS[int(roll() * len(_DELAYS))]
        last = first_day + (WINDOW if who_can else OTHER_WINDOW).value - 1
        self.handed_over_on: int | None = min(self.prescribed_on + delay, last)
        self.again_on: int | None = None
        self.days = SUPPLY.value
        self.refills = 0
        self.setting = "laboratory" if roll() < 0.7 else "clinic"
        self.positive = False
        self.doubtful_on: int | None = None
        self.own_entry = False
        self.unaccepted = False
        self.doxycycline = False
        self.triglycerides: float | None = None
        self.alt: float | None = None


def _collected_after_window(month: Month, chance: Random) -> None:
    late = int(chance.random() * 4)
    if month.tested_on is not None:
        month.handed_over_on = month.tested_on + WINDOW.value + late
    else:
        month.handed_over_on = month.visit_on + OTHER_WINDOW.value + late


def _test_missing(month: Month, chance: Random) -> None:
    month.tested_on = None
    month.handed_over_on = month.prescribed_on + int(chance.random() * 4)


def _test_after_prescription(month: Month, chance: Random) -> None:
    month.tested_on = month.prescribed_on + 1 + int(chance.random() * 3)
    month.handed_over_on = month.tested_on + int(chance.random() * 3)


def _test_in_doubt(month: Month, chance: Random) -> None:
    assert month.tested_on is not None
    month.prescribed_on = month.visit_on = month.tested_on
    month.counselled_on = month.questions_on = month.tested_on
    month.doubtful_on = month.tested_on + 2
    month.handed_over_on = month.tested_on + 3 + int(chance.random() * 3)


def _supply_too_long(month: Month, chance: Random) -> None:
    month.days = SUPPLY.value * (2 + int(chance.random() * 2))


def _refills_written(month: Month, chance: Random) -> None:
    month.refills = 1 + int(chance.random() * 2)


def _handed_over_twice(month: Month, chance: Random) -> None:
    month.handed_over_on = month.prescribed_on
    month.again_on = month.prescribed_on + 2 + int(chance.random() * 3)


def _entries_differ(month: Month, chance: Random) -> None:
    month.own_entry = True


def _not_counselled(month: Month, chance: Random) -> None:
    month.counselled_on = None


def _questions_not_answered(month: Month, chance: Random) -> None:
    month.questions_on = None


def _tetracycline(month: Month, chance: Random) -> None:
    month.doxycycline = True


def _home_test_without_process(month: Month, chance: Random) -> None:
    month.setting = "home"


def _positive_test_overlooked(month: Month, chance: Random) -> None:
    month.positive = True
    month.setting = "laboratory"


def _minipill_entered(month: Month, chance: Random) -> None:
    month.unaccepted = True


def _triglycerides_overlooked(month: Month, chance: Random) -> None:
    month.triglycerides = TRIGLYCERIDES_HELD_FROM.value + 30 + chance.random() * 130


def _alt_overlooked(month: Month, chance: Random) -> None:
    month.alt = ALT_HELD_ABOVE.value * UPPER_LIMITS["alt"] + 6 + chance.random() * 90


def _nothing_here(month: Month, chance: Random) -> None:
    """A lapsed certification is written with the clinic's certifications, not with the month."""


ALTERED: Final[dict[str, Callable[[Month, Random], None]]] = {
    "collected_after_window": _collected_after_window,
    "test_missing": _test_missing,
    "test_after_prescription": _test_after_prescription,
    "test_in_doubt": _test_in_doubt,
    "supply_too_long": _supply_too_long,
    "refills_written": _refills_written,
    "handed_over_twice": _handed_over_twice,
    "entries_differ": _entries_differ,
    "not_counselled": _not_counselled,
    "questions_not_answered": _questions_not_answered,
    "pharmacy_lapsed": _nothing_here,
    "prescriber_lapsed": _nothing_here,
    "tetracycline": _tetracycline,
    "home_test_without_process": _home_test_without_process,
    "positive_test_overlooked": _positive_test_overlooked,
    "minipill_entered": _minipill_entered,
    "triglycerides_overlooked": _triglycerides_overlooked,
    "alt_overlooked": _alt_overlooked,
}
"""How each mishap of a month alters it."""
