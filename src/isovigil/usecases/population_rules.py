"""What would the rules of one day say about every act, whenever it was done, for a whole population?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from isovigil.law.law import Law
from isovigil.law.layer import Layer
from isovigil.law.one_days_law import LawOfOneDay
from isovigil.law.rulebook import Rulebook


class RulesAsOf(Rulebook):
    """A rulebook in which the values of one day govern every day, with everything announced so far.

    Of an open date of law the later reading is taken, so that a scheduled change shows what it would bring.
    """

    def __init__(self, rulebook: Rulebook, day: date) -> None:
        super().__init__(rulebook.parts, rulebook.digest, rulebook.clinic)
        self.day = day
        self._of_the_day: dict[tuple[str, str], list[tuple[Law, tuple[Layer, ...]]]] = {}

    def readings(
        self, programme: str, policy: str, known_by: date, days: Collection[date]
    ) -> list[tuple[Law, tuple[Layer, ...]]]:
        """The one reading of that day's law."""
        key = (programme, policy)
        found = self._of_the_day.get(key)
        if found is None:
            law, assumed = super().readings(programme, policy, date.max, [self.day])[-1]
            found = self._of_the_day[key] = [(LawOfOneDay(law, self.day), assumed)]
        return found
