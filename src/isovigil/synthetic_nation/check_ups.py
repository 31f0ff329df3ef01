"""What is measured and asked at each visit: blood, weight, mood?"""

from __future__ import annotations

from typing import Final

from isovigil.synthetic_nation import clock
from isovigil.synthetic_nation import folder as files
from isovigil.synthetic_nation import shapes_observed as observed
from isovigil.synthetic_nation import shapes_others as others
from isovigil.synthetic_nation.folder import Folder
from isovigil.synthetic_nation.laboratory import TRIGLYCERIDES_IN_MMOL, UPPER_LIMITS, Draws
from isovigil.synthetic_nation.month import Month
from isovigil.synthetic_nation.period_law import (
    TRIGLYCERIDES_HELD_FROM,
    TRIGLYCERIDES_HELD_FROM_IF_RAISED,
)
from isovigil.synthetic_nation.wire import Blanks

SHARE_IN_MMOL: Final = 0.1
SHARE_LOW_MOOD: Final = 0.04
_BLOOD_MONTHS: Final = (1, 2)
_WEIGHING_MONTHS: Final = (2, 4)
_NOT_FASTING: Final = 0.08
_NOBODY_SAID: Final = 0.14
_FASTING_CODE: Final = 0.34
_CLEARLY_RAISED: Final = UPPER_LIMITS["triglycerides"] + 10
_LOWER_AFTER_RAISED: Final = TRIGLYCERIDES_HELD_FROM.value - TRIGLYCERIDES_HELD_FROM_IF_RAISED.value
_LETTERS: Final = others.BLANKS_OF_ITEMS


class CheckUps:
    """The measurements of one person."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._chance = folder.chance
        self._draws = Draws(folder.chance)

    def first(self, day: int) -> None:
        """Before the start: everything once."""
        folder, draws = self._folder, self._draws
        for analyte in ("alt", "ast"):
            self._enzyme(analyte, day, draws.before(analyte))
        self._triglycerides(day, draws.before("triglycerides"))
        self._cholesterol(day, draws.before("cholesterol"))
        folder.write(files.OBSERVATION, observed.HEIGHT, b"height", day, _number(folder.person.height_cm))
        self._weight(day, 0.0)
        self._mood(day, in_full=True)

    def month(self, month: Month) -> None:
        """What a month's visit asks for."""
        day, draws, number = month.visit_on, self._draws, month.number
        if month.alt is not None or number in _BLOOD_MONTHS:
            self._enzyme("alt", day, month.alt or draws.during("alt"))
        if month.triglycerides is not None:
            self._triglycerides(day, self._held_at(month.triglycerides), is_fasting=True)
        elif number in _BLOOD_MONTHS:
            self._triglycerides(day, draws.during("triglycerides"))
        if number in _WEIGHING_MONTHS:
            self._weight(day, self._chance.random() * 3 - 1.5)
        if number % 2:
            self._mood(day, in_full=self._chance.random() < 0.5)

    def _held_at(self, value: float) -> float:
        """A value that holds treatment: from 800 mg/dL on, and after a raised baseline from 500 on."""
        is_raised = self._draws.first("triglycerides") >= _CLEARLY_RAISED
        return value - _LOWER_AFTER_RAISED if is_raised else value

    def _enzyme(self, analyte: str, day: int, value: float) -> None:
        self._folder.result(observed.BLOOD[analyte, None], analyte.encode(), day, _number(round(value)))

    def _cholesterol(self, day: int, value: float) -> None:
        self._folder.result(observed.BLOOD["cholesterol", True], b"chol", day, _number(round(value)))

    def _triglycerides(self, day: int, value: float, *, is_fasting: bool = False) -> None:
        roll = self._chance.random()
        fasting: bool | None = True
        if not is_fasting and roll < _NOBODY_SAID:
            fasting = None if roll > _NOT_FASTING else False
        if self._chance.random() < SHARE_IN_MMOL:
            number = b"%.2f" % (value / TRIGLYCERIDES_IN_MMOL)
            self._folder.result(observed.BLOOD["triglycerides_mmol", fasting], b"tg", day, {b"value": number})
            return
        line = observed.BLOOD["triglycerides", fasting]
        if fasting and roll < _FASTING_CODE:
            line = observed.BLOOD["triglycerides_fasting", None]
        self._folder.result(line, b"tg", day, _number(round(value)))

    def _weight(self, day: int, drift: float) -> None:
        kilograms = b"%.1f" % (self._folder.person.weight_kg + drift)
        self._folder.write(files.OBSERVATION, observed.WEIGHT, b"weight", day, {b"value": kilograms})

    def _mood(self, day: int, *, in_full: bool) -> None:
        """PHQ-9, by its items or as a score; its version for teenagers is always a score."""
        roll = self._chance.random
        folder = self._folder
        scale = 1.5 if roll() < SHARE_LOW_MOOD else 0.35
        items = [min(int(roll() * roll() * 3 * scale + 0.3 * scale), 2) for _ in _LETTERS]
        items[-1] = 0
        if folder.person.is_minor:
            folder.write(files.OBSERVATION, observed.SCORES["phqa"], b"phq", day, _number(sum(items)))
        elif in_full:
            blanks: Blanks = {}
            for (answer, said), item in zip(_LETTERS, items, strict=True):
                blanks[answer], blanks[said] = others.ANSWERS[item]
            folder.write(files.ANSWERS, others.MOOD, b"phq", day, blanks)
        else:
            folder.write(files.OBSERVATION, observed.SCORES["phq9"], b"phq", day, _number(sum(items)))


def _number(value: int) -> Blanks:
    return {b"value": b"%d" % value}


def period(folder: Folder, day: int) -> None:
    """A period started."""
    folder.write(files.OBSERVATION, observed.PERIOD, b"lmp", day, {b"day": clock.day(day)})
