"""What would the law of one single day say about every act, whenever it was done?"""

from __future__ import annotations

from datetime import date
from typing import Any

from isovigil.law.law import Law, Regime
from isovigil.law.value import Dated


class LawOfOneDay(Law):
    """A reading of the law in which the values of one day govern every day.

    For comparing the rules of two days on the same patient: nothing else differs between them.
    """

    def __init__(self, law: Law, day: date) -> None:
        starts = {layer.id: law.start_of(layer.id) or date.max for layer in law.programme.layers}
        super().__init__(law.programme, law.known_by, starts)
        self.day_of_law = day

    def regime_on(self, day: date) -> Regime:
        """The regime of that one day. Raises NoRuleInForce where it has none."""
        return super().regime_on(self.day_of_law)

    def holds(self, name: str, on: date) -> bool:
        """Is any value held for this question on that one day?"""
        return super().holds(name, self.day_of_law)

    def value(self, name: str, on: date) -> Dated[Any]:
        """The value of that one day. Raises NoRuleInForce when none is held."""
        return super().value(name, self.day_of_law)
