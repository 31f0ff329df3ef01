"""How does one made-up course run, from the first visit to the last test, and what is planted in it?"""

from __future__ import annotations

from random import Random
from typing import Final

from isovigil.synthetic_nation import folder as files
from isovigil.synthetic_nation import shapes_own as own
from isovigil.synthetic_nation.acts import Acts
from isovigil.synthetic_nation.check_ups import CheckUps, period
from isovigil.synthetic_nation.first_visit import certified, doxycycline, enrol, methods_entered, visited
from isovigil.synthetic_nation.folder import Folder
from isovigil.synthetic_nation.mishaps import MISHAPS, ONLY_REGULAR, SHARE_WITH_A_MISHAP, Mishap
from isovigil.synthetic_nation.month import ALTERED, Month
from isovigil.synthetic_nation.people import Person, make_person
from isovigil.synthetic_nation.period_law import (
    AFTER_TREATMENT,
    HOME_TEST_PROCESS,
    HOME_TESTS_IN_DOUBT,
    WINDOW,
)
from isovigil.synthetic_nation.start import CYCLE, Start, go_wrong
from isovigil.synthetic_nation.testing import pregnancy_test, pregnancy_tests_of

SHARE_UNCOLLECTED_FIRST: Final = 0.02
SHARE_UNCOLLECTED: Final = 0.035
SHARE_PREGNANT: Final = 0.002
SHARE_WITH_HOME_TESTS: Final = 0.25
SHARE_WITH_LAST_TEST: Final = 0.8
"""A pregnancy test a month after the last dose is what clinics miss most."""
_MONTHS: Final = (3, 4, 4, 5, 5, 5, 6, 6, 7)
_UNTIL_NEXT: Final = 25
"""Days from a hand-over to the next specimen, at the least."""
_OTHER_PAIR: Final = (b"patch", b"condom")
_MINIPILL: Final = (b"progestin-only-pill", b"condom")
_PROCESS_FROM: Final = HOME_TEST_PROCESS.from_.toordinal()
_DOUBT: Final = tuple(each.toordinal() for each in HOME_TESTS_IN_DOUBT)
_REASONS: Final = {
    "positive_test_overlooked": b"pregnancy",
    "triglycerides_overlooked": b"adverse-effect",
    "alt_overlooked": b"adverse-effect",
}


def write_course(number: int, enrolled_on: int, on: int, chance: Random, lines: list[list[bytes]]) -> Folder:
    """Write one person's course as of a day onto the lines of each resource type.

    Returns the folder, with the truth about its acts.
    """
    folder = Folder(make_person(number, enrolled_on, chance), on, chance, lines)
    _Course(folder, enrolled_on).write()
    return folder


class _Course:
    def __init__(self, folder: Folder, enrolled_on: int) -> None:
        chance = folder.chance
        self.folder = folder
        self.person = folder.person
        self.chance = chance
        self.start = Start(self.person, enrolled_on, chance)
        self.mishap = _drawn_mishap(self.person, chance)
        self.months = _MONTHS[int(chance.random() * len(_MONTHS))]
        self.check_ups = CheckUps(folder)
        self.lapse: tuple[int, int] | None = None
        self.is_to_restore = False
        self.struck = self._struck_month()
        self.has_process = chance.random() < SHARE_WITH_HOME_TESTS
        if self.mishap is not None and self.mishap.name == "home_test_without_process":
            self.has_process = False
        if self.mishap is not None and self.mishap.place == "start":
            go_wrong(self.start, self.mishap, self.person, chance)
        elif self.person.can_become_pregnant and chance.random() < SHARE_UNCOLLECTED_FIRST:
            self.start.uncollected(self.person, chance)
        self.acts = Acts(folder, self.start, self.mishap, self.struck)

    def _struck_month(self) -> int | None:
        """The number of the month that the mishap strikes, never the first; None for one at the start."""
        if self.mishap is None or self.mishap.place == "start":
            return None
        if self.mishap.place == "last_month":
            return self.months - 1
        return 1 + int(self.chance.random() * (self.months - 1))

    def write(self) -> None:
        """Write everything, month after month, until the day the records are looked at."""
        enrol(self.folder, self.start, self.check_ups)
        if self.has_process:
            self.folder.write(
                files.OBSERVATION, own.HOME_TEST_PROCESS, b"attestation", self.start.screened_on
            )
        self._months()
        names = {"prescriber_lapsed": b"prescriber", "pharmacy_lapsed": b"pharmacy"}
        lapsed = None if self.mishap is None else names.get(self.mishap.name)
        for who in (b"prescriber", b"pharmacy"):
            certified(self.folder, who, self.start.certified_on, self.lapse if who == lapsed else None)

    def _months(self) -> None:
        supplied_until = self._first_months()
        for number in range(1, self.months):
            if supplied_until - _UNTIL_NEXT > self.folder.on:
                return
            first = supplied_until - 30 + _UNTIL_NEXT + int(self.chance.random() * 6)
            is_last = number == self.months - 1
            if is_last and self.struck is None and self._is_found_pregnant(first):
                return
            supplied_until = self._later_month(number, first)
        self._end(supplied_until)

    def _first_months(self) -> int:
        """The month of the first dose, after one whose window went uncollected, if so."""
        who_can, start = self.person.can_become_pregnant, self.start
        if who_can and self.person.is_regular:
            period(self.folder, start.menses_on - CYCLE)
            period(self.folder, start.menses_on)
        if start.lockout_from is not None:
            earlier = Month(0, start.lockout_from, who_can, self.chance)
            earlier.setting = "laboratory"
            earlier.handed_over_on = None
            self._write_month(earlier)
        month = Month(0, start.confirm_on, who_can, self.chance)
        month.setting = start.setting
        return self._write_month(month)

    def _later_month(self, number: int, first: int) -> int:
        who_can = self.person.can_become_pregnant
        struck = number == self.struck
        if who_can and not struck and self.chance.random() < SHARE_UNCOLLECTED:
            missed = Month(number, first, who_can, self.chance)
            missed.handed_over_on = None
            self._write_month(missed)
            first += WINDOW.value + int(self.chance.random() * 5)
        month = Month(number, first, who_can, self.chance)
        if self.has_process and self._is_home_test_settled(first) and self.chance.random() < 0.5:
            month.setting = "home"
        if struck:
            self._strike(month, first)
        return self._write_month(month)

    @staticmethod
    def _is_home_test_settled(on: int) -> bool:
        return not _DOUBT[0] <= on <= _DOUBT[1]

    def _strike(self, month: Month, first: int) -> None:
        assert self.mishap is not None
        if self.mishap.name == "home_test_without_process" and first < _PROCESS_FROM:
            self.acts.let_go()
            return
        ALTERED[self.mishap.name](month, self.chance)
        if self.mishap.name.endswith("_lapsed"):
            assert month.handed_over_on is not None
            self.lapse = (first - 1, month.handed_over_on + 1)

    def _write_month(self, month: Month) -> int:
        """Write a month down; returns the day until which the patient is supplied."""
        folder = self.folder
        folder.visit()
        visited(folder, month.visit_on, b"follow-up" if month.number else b"initiation")
        pregnancy_tests_of(folder, month)
        self._entries(month)
        self.check_ups.month(month)
        if month.doxycycline:
            doxycycline(folder, month.visit_on - 4, (month.handed_over_on or month.visit_on) + 3)
        self.acts.write(month)
        last = month.again_on or month.handed_over_on or month.prescribed_on
        return last + month.days

    def _entries(self, month: Month) -> None:
        """The month's entries on the platform."""
        folder, can = self.folder, self.person.can_become_pregnant
        if month.counselled_on is not None:
            folder.write(files.OBSERVATION, own.COUNSELLING[can], b"counselling", month.counselled_on)
        if month.questions_on is not None:
            folder.write(files.OBSERVATION, own.COMPREHENSION, b"questions", month.questions_on)
        if self.is_to_restore:
            methods_entered(folder, month.visit_on, self.person.pair, ("patient",))
            self.is_to_restore = False
        if month.own_entry:
            methods_entered(folder, month.visit_on, _OTHER_PAIR, ("patient",))
            self.is_to_restore = True
        if month.unaccepted:
            methods_entered(folder, month.visit_on, _MINIPILL, ("patient", "prescriber"))

    def _is_found_pregnant(self, on: int) -> bool:
        """Rarely, a test is positive, nothing is prescribed, and treatment ends: right, and sad."""
        if not self.person.can_become_pregnant or self.chance.random() >= SHARE_PREGNANT:
            return False
        pregnancy_test(self.folder, on, "laboratory", "positive")
        self.folder.write(files.OBSERVATION, own.ENDED, b"ended", on, {b"reason": b"pregnancy"})
        return True

    def _end(self, supplied_until: int) -> None:
        """The last dose, the test at its end, and the one a month later."""
        roll = self.chance.random
        mishap = None if self.mishap is None or self.struck is None else self.mishap.name
        reason = _REASONS.get(mishap or "", b"completed")
        last_dose = supplied_until if reason == b"completed" else supplied_until - 24
        self.folder.write(files.OBSERVATION, own.ENDED, b"ended", last_dose, {b"reason": reason})
        if not self.person.can_become_pregnant or reason == b"pregnancy":
            return
        self.folder.visit()
        pregnancy_test(self.folder, last_dose + int(roll() * 4), "laboratory", "negative")
        if roll() < SHARE_WITH_LAST_TEST:
            after = last_dose + AFTER_TREATMENT.value + int(roll() * 12)
            pregnancy_test(self.folder, after, "laboratory", "negative")


def _drawn_mishap(person: Person, chance: Random) -> Mishap | None:
    if chance.random() >= SHARE_WITH_A_MISHAP:
        return None
    every, weights = MISHAPS[person.can_become_pregnant]
    roll = chance.random() * weights[-1]
    drawn = next(each for each, upto in zip(every, weights, strict=True) if roll < upto)
    return None if drawn.name in ONLY_REGULAR and not person.is_regular else drawn
