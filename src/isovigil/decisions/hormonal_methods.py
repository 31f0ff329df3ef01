"""Does another medicine defeat the hormonal method in use, and is there another primary method?"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from isovigil.calendar.once import worked_out_once
from isovigil.case.kinds import Contraception, Medicine
from isovigil.decisions.contraceptive_cover import entry_in_force
from isovigil.decisions.course import Course
from isovigil.decisions.medicines import taken_now
from isovigil.law.law import Law
from isovigil.law.value import Dated


class HormonalCover:
    """The methods in use, and those a medicine can defeat.

    The entries are looked at only where somebody asks for them: most patients take no such medicine.
    """

    def __init__(self, course: Course, law: Law) -> None:
        words = law.worked_out(_words_of, course.today.day)
        self.course = course
        self.defeating: list[Medicine] = taken_now(course, law, words.interfering)
        """Medicines taken now that defeat hormonal methods."""
        self.hormonal: frozenset[str] = words.hormonal
        """Every method that they can defeat."""
        self.values: tuple[Dated[Any], ...] = words.values

    @worked_out_once
    def entries(self) -> tuple[Contraception, ...]:
        """What prescriber and patient entered last."""
        both = (entry_in_force(self.course, "prescriber"), entry_in_force(self.course, "patient"))
        return tuple([entry for entry in both if entry is not None])

    @worked_out_once
    def in_use(self) -> frozenset[str]:
        """Every method entered by patient or prescriber."""
        return frozenset(
            [method for each in self.entries for method in (each.primary, each.secondary) if method]
        )

    @property
    def at_risk(self) -> frozenset[str]:
        """The methods in use that such a medicine can defeat."""
        return self.in_use & self.hormonal


class _Words(NamedTuple):
    """What the law of a day says of medicines and methods."""

    interfering: frozenset[str]
    hormonal: frozenset[str]
    not_hormonal: frozenset[str]
    values: tuple[Dated[Any], ...]


def _words_of(law: Law, on: date) -> _Words:
    interfering = law.words("contraception/interfering_medicines", on)
    hormonal = law.words("contraception/hormonal_methods", on)
    others = law.words("contraception/primary_methods_not_hormonal", on)
    return _Words(
        frozenset(interfering.value),
        frozenset(hormonal.value),
        frozenset(others.value),
        (interfering, hormonal),
    )


def hormonal_cover(course: Course, law: Law) -> HormonalCover:
    """What the entries of patient and prescriber and the medicines taken now say together."""
    return HormonalCover(course, law)


def primary_not_hormonal(course: Course, law: Law) -> frozenset[str]:
    """The primary methods that no such medicine defeats."""
    return law.worked_out(_words_of, course.today.day).not_hormonal
