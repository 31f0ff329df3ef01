"""Of several readings of the law, which answers are the same in every one of them?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from isovigil.law.law import Law, Regime
from isovigil.law.value import Dated

T = TypeVar("T")
_DIFFERS = "differs"
"""Beside the name of a value on which the readings differ: what the first of them says."""


class ComparedReading(Law):
    """One reading that notes when it is asked for what another reading answers otherwise.

    Whoever asked it for nothing of that kind would have been told the same in every reading. Only values are
    compared: what a programme is, which rules it has and in which zone it counts is no matter of a reading.
    """

    def __init__(self, reading: Law, others: Sequence[Law]) -> None:
        starts = {layer.id: reading.start_of(layer.id) or date.max for layer in reading.programme.layers}
        super().__init__(reading.programme, reading.known_by, starts)
        self._reading = reading
        self._others = tuple(others)
        self.readings: tuple[Law, ...] = (reading, *self._others)
        """Every reading that is compared, the one that answers first."""
        self._governing = reading.agreed_with(self._others)
        self.readings_differ = False
        """Was it asked for something that the readings answer otherwise? Whoever wants to know it of one
        question sets it to False before.
        """

    def regime_on(self, day: date) -> Regime:
        """The regime in force on a day in this reading. Raises NoRuleInForce as the reading does."""
        self.readings_differ = True
        return self._reading.regime_on(day)

    def holds(self, name: str, on: date) -> bool:
        """Is any value held for this question on this day?"""
        agreed = self._governing[on]
        if name in agreed:
            return agreed[name] is not None
        held = self._reading.holds(name, on)
        if any(other.holds(name, on) is not held for other in self._others):
            self.readings_differ = True
        elif not held:
            agreed[name] = None  # held by none of them
        return held

    def value(self, name: str, on: date) -> Dated[Any]:
        """The value that governs a day. Raises NoRuleInForce when none is held; that is a difference too."""
        agreed = self._governing[on]
        answered: Dated[Any] | None = agreed.get(name)
        if answered is not None:
            return answered
        differs = (name, _DIFFERS)
        differed_before, self.readings_differ = self.readings_differ, True
        said: Dated[Any] | None = agreed.get(differs)
        if said is not None:
            return said
        said = self._reading.value(name, on)
        if all(other.holds(name, on) and other.value(name, on) == said for other in self._others):
            agreed[name] = said
            self.readings_differ = differed_before
        else:
            agreed[differs] = said
        return said

    def worked_out(self, work_out: Callable[[Law, date], T], on: date) -> T:
        """What a function makes of a day's values; kept for the next patient where the readings agree."""
        agreed = self._governing[on]
        found: T | None = agreed.get(work_out)
        if found is not None:
            return found
        differed_before, self.readings_differ = self.readings_differ, False
        found = work_out(self, on)
        if not self.readings_differ:
            agreed[work_out] = found
        self.readings_differ |= differed_before
        return found
