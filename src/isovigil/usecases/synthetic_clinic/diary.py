"""How is one patient's record written down, day by day, seen from today?"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from isovigil.case.case import Case, Patient
from isovigil.case.fact import Fact
from isovigil.usecases.synthetic_clinic.people import Person

F = TypeVar("F", bound=Fact)


class Diary:
    """The facts of one course, in the order in which a story tells them.

    A day is said as so many days ago; nothing is ever written about a day after today.
    """

    def __init__(self, person: Person, today: date, programme: str, zone: str, chance: Random) -> None:
        self.person = person
        self.today = today
        self.programme = programme
        self.zone = ZoneInfo(zone)
        self.chance = chance
        self._facts: dict[str, Fact] = {}
        self._noted: Counter[str] = Counter()

    def ago(self, days: int) -> date:
        """The day so many days before today; 0 is today."""
        return self.today - timedelta(days=days)

    def at(self, day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
        """A clock time of a day in the clinic's own zone."""
        return datetime.combine(day, time(hour, minute, second), self.zone)

    def note(self, kind: type[Fact], word: str, **fields: Any) -> str:
        """Write one fact down and return its id: the word, with a number from the second one on.

        Raises ValueError for a day after today: a story may not know the future.
        """
        self._noted[word] += 1
        fact_id = word if self._noted[word] == 1 else f"{word}-{self._noted[word]}"
        fact = kind(id=fact_id, **fields)
        if fact.day > self.today:
            raise ValueError(f"{fact_id} is dated {fact.day}, after {self.today}")
        self._facts[fact_id] = fact
        return fact_id

    def written(self, kind: type[F]) -> list[F]:
        """The facts of a kind so far, in the order in which they were written."""
        return [fact for fact in self._facts.values() if isinstance(fact, kind)]

    def correct(self, fact: Fact, **fields: Any) -> None:
        """Write a fact anew with some fields changed: for a story that differs in one point only."""
        self._facts[fact.id] = msgspec.structs.replace(fact, **fields)

    def case(self) -> Case:
        """The record as a case, oldest fact first."""
        born_on = self.person.born_on
        facts = sorted(self._facts.values(), key=lambda fact: fact.day)
        return Case(
            patient=Patient(self.person.id, born_on, self.person.sex),
            time_zone=str(self.zone),
            facts=tuple(facts),
            programme=self.programme,
        )
