"""What is written down about one person, resource by resource, and which acts are known to be wrong?"""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from isovigil.synthetic_nation import clock
from isovigil.synthetic_nation.people import Person
from isovigil.synthetic_nation.wire import Blanks

TYPES: Final = (
    "Patient",
    "Condition",
    "Consent",
    "Encounter",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "QuestionnaireResponse",
)
"""The resource types of the export, a file or more each."""
PATIENT, CONDITION, CONSENT, ENCOUNTER, DISPENSE, REQUEST, STATEMENT, OBSERVATION, ANSWERS = range(len(TYPES))
SHARE_CORRECTED: Final = 0.02
SHARE_PRELIMINARY: Final = 0.015
SHARE_IN_ERROR: Final = 0.007


class Violation(NamedTuple):
    """One planted violation: whose, which act, which rule of Isovigil it breaks, when and why."""

    patient: str
    act: str
    """The id under which the act is read: ``MedicationDispense/...``."""
    rule: str
    on: str
    mishap: str
    why: str


class Folder:
    """One person's resources as lines, and the truth about them. No day after `on` is told."""

    def __init__(self, person: Person, on: int, chance: Random, lines: list[list[bytes]]) -> None:
        self.person = person
        self.on = on
        self.chance = chance
        self.truth: list[Violation] = []
        self.resources = 0
        self._lines = lines
        self._numbers: dict[bytes, int] = {}
        self._visits = 0
        self._blanks: Blanks = {
            b"pid": person.pid,
            b"name": b"%b %b" % (person.given, person.family),
            b"clinic": person.clinic,
            b"visit": b"1",
            b"status": b"final",
        }

    def write(
        self, kind: int, line: bytes, word: bytes, day: int, more: Blanks | None = None
    ) -> bytes | None:
        """Write one resource of a day down and return its id; None for a day that is still to come."""
        if day > self.on:
            return None
        blanks = self._blanks
        if more is not None:
            blanks.update(more)
        name = self.person.pid if kind == PATIENT else self._name(word)
        written = clock.day(day)
        blanks[b"id"] = name
        blanks[b"day"] = written
        blanks[b"when"] = clock.moment(day, self.chance)
        blanks[b"updated"] = b"%bT23:47:12.000Z" % written
        self._lines[kind].append(line % blanks)
        self.resources += 1
        return name

    def _name(self, word: bytes) -> bytes:
        number = self._numbers.get(word, 0) + 1
        self._numbers[word] = number
        return b"%b-%b-%d" % (self.person.pid, word, number)

    def visit(self) -> None:
        """What follows belongs to the next visit."""
        self._visits += 1
        self._blanks[b"visit"] = b"%d" % self._visits

    def result(self, line: bytes, word: bytes, day: int, more: Blanks) -> None:
        """Write a result as a laboratory gives it out: final, or corrected; now and then a preliminary
        one before it, or one beside it that was entered in error.
        """
        if day > self.on:
            return
        roll = self.chance.random()
        blanks = self._blanks
        blanks[b"issued"] = clock.issued(day, self.chance)
        if roll < SHARE_PRELIMINARY:
            blanks[b"status"] = b"preliminary"
            self.write(OBSERVATION, line, word, day, more)
        elif roll < SHARE_PRELIMINARY + SHARE_IN_ERROR:
            blanks[b"status"] = b"entered-in-error"
            self.write(OBSERVATION, line, word, day, more)
        blanks[b"status"] = b"corrected" if roll > 1 - SHARE_CORRECTED else b"final"
        self.write(OBSERVATION, line, word, day, more)
        blanks[b"status"] = b"final"

    def status(self, word: bytes) -> None:
        """The status of what is written from here on."""
        self._blanks[b"status"] = word

    def plant(
        self, act: bytes | None, kind: str, rules: tuple[str, ...], day: int, mishap: str, why: str
    ) -> None:
        """Put on record that an act broke these rules; nothing for an act still to come."""
        if act is None:
            return
        patient, on = self.person.pid.decode(), clock.day(day).decode()
        for rule in rules:
            self.truth.append(Violation(patient, f"{kind}/{act.decode()}", rule, on, mishap, why))
