"""What was prescribed and handed over, and which of it is known to be wrong?"""

from __future__ import annotations

from typing import Final

from isovigil.synthetic_nation import folder as files
from isovigil.synthetic_nation import shapes_medication as medication
from isovigil.synthetic_nation.folder import Folder
from isovigil.synthetic_nation.mishaps import Mishap
from isovigil.synthetic_nation.month import Month
from isovigil.synthetic_nation.start import Start

SHARE_IN_ERROR: Final = 0.01
_TWICE_FROM_MG: Final = 60
_DOSES: Final = (20, 30, 40, 60, 80)
_AIM_FIRST: Final = 0.5
_AIM_LATER: Final = 0.9
_CAUGHT_UP_WITH: Final = {"consent_late": "consented_on", "enrolled_late": "enrolled_on"}
"""Mishaps of the start that every act suffers from until a day."""
_AT_SECOND: Final = "handed_over_twice"
_WRONG_FROM_THE_FIRST_TEST: Final = "retested_in_lockout"


class Acts:
    """The prescriptions and hand-overs of one person, with the truth about each."""

    def __init__(self, folder: Folder, start: Start, mishap: Mishap | None, struck: int | None) -> None:
        self._folder = folder
        self._start = start
        self._mishap = mishap
        self._struck = struck

    def let_go(self) -> None:
        """The mishap did not happen after all."""
        self._mishap = None

    def write(self, month: Month) -> None:
        """The month's prescription and its hand-overs."""
        strength, capsules = self._dose(month.number)
        order = self._prescription(month, strength, capsules)
        for number, day in enumerate((month.handed_over_on, month.again_on)):
            if day is not None and order is not None:
                self._hand_over(month, order, day, strength, capsules, number)

    def _dose(self, number: int) -> tuple[int, int]:
        """How many mg a capsule holds, and how many capsules are taken a day."""
        aim = self._folder.person.weight_kg * (_AIM_LATER if number else _AIM_FIRST)
        dose = min(_DOSES, key=lambda each: abs(each - aim))
        return (dose // 2, 2) if dose >= _TWICE_FROM_MG else (dose, 1)

    def _prescription(self, month: Month, strength: int, capsules: int) -> bytes | None:
        folder = self._folder
        more = {
            b"times": b"%d" % capsules,
            b"count": b"%d" % (capsules * month.days),
            b"days": b"%d" % month.days,
            b"refills": b"%d" % month.refills,
        }
        line, day = medication.PRESCRIPTIONS[strength], month.prescribed_on
        if folder.chance.random() < SHARE_IN_ERROR:
            folder.status(b"entered-in-error")
            folder.write(files.REQUEST, line, b"rx", day, more)
        folder.status(b"active" if month.handed_over_on is None else b"completed")
        name = folder.write(files.REQUEST, line, b"rx", day, more)
        folder.status(b"final")
        self._plant(name, "MedicationRequest", month, day, 0)
        return name

    def _hand_over(
        self, month: Month, order: bytes, day: int, strength: int, capsules: int, number: int
    ) -> None:
        folder = self._folder
        more = {
            b"order": order,
            b"count": b"%d" % (capsules * month.days),
            b"days": b"%d" % month.days,
        }
        line = medication.DISPENSES[strength]
        if folder.chance.random() < SHARE_IN_ERROR:
            folder.status(b"entered-in-error")
            folder.write(files.DISPENSE, line, b"fill", day, more)
        folder.status(b"completed")
        name = folder.write(files.DISPENSE, line, b"fill", day, more)
        folder.status(b"final")
        self._plant(name, "MedicationDispense", month, day, number)

    def _plant(self, name: bytes | None, kind: str, month: Month, day: int, number: int) -> None:
        """Put on record what an act breaks, if the mishap reaches it."""
        mishap = self._mishap
        if mishap is None or name is None or not self._is_reached(mishap, month, day, number):
            return
        rules = mishap.at_prescription if kind == "MedicationRequest" else mishap.at_hand_over
        self._folder.plant(name, kind, rules, day, mishap.name, mishap.why)

    def _is_reached(self, mishap: Mishap, month: Month, day: int, number: int) -> bool:
        if mishap.place != "start":
            return month.number == self._struck and (mishap.name != _AT_SECOND or number == 1)
        until = _CAUGHT_UP_WITH.get(mishap.name)
        if until is not None:
            return day < int(getattr(self._start, until))
        if mishap.name == _WRONG_FROM_THE_FIRST_TEST and month.tested_on != self._start.confirm_on:
            return False
        return month.number == 0
