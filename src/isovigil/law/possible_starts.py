"""On which day can each layer of a programme's law have begun, as known by a day?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final, NamedTuple

from isovigil.law.layer import Announcement, Layer

NEVER: Final = date.max
"""The start of a layer that never begins."""

Choice = tuple[date, bool]
"""A layer's start in one reading (date.max: never), and whether it had to be assumed."""


class PossibleStarts:
    """Every start of each layer that can matter, by what had been announced by one day.

    A layer's start is open for every day of the month it is known to lie in, and for a day at or
    after a start that is only scheduled. Everything else about it is settled.
    """

    def __init__(self, layers: tuple[Layer, ...], known_by: date) -> None:
        self._said = tuple([layer.as_known_by(known_by) for layer in layers])
        self._not_settled = tuple(
            [
                _NotSettled(place, said, _days_from_to(said.earliest, said.latest))
                for place, said in enumerate(self._said)
                if said is not None and (not said.confirmed or said.earliest != said.latest)
            ]
        )

    def in_doubt(self, days: Collection[date]) -> frozenset[int]:
        """The places of the layers of which it is open whether they govern one of these days."""
        return frozenset([each.place for each in self._not_settled if each.matters_to(days)])

    def for_each_layer(self, in_doubt: frozenset[int]) -> tuple[tuple[Choice, ...], ...]:
        """Every start that can matter to days for which these layers are in doubt, the earlier law first."""
        return tuple([_choices(said, place in in_doubt) for place, said in enumerate(self._said)])


class _NotSettled(NamedTuple):
    """A layer of which the first day is not known, or only scheduled."""

    place: int
    said: Announcement
    may_begin_on: frozenset[date]

    def matters_to(self, days: Collection[date]) -> bool:
        """Is it open for one of these days whether the layer had begun?"""
        if self.said.confirmed:
            return not self.may_begin_on.isdisjoint(days)
        return max(days, default=date.min) >= self.said.earliest


def _days_from_to(first: date, last: date) -> frozenset[date]:
    return frozenset(map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1)))


def _choices(said: Announcement | None, is_in_doubt: bool) -> tuple[Choice, ...]:
    """The starts of one layer, of which it is open or not whether they matter; the later one first."""
    if said is None:
        return ((NEVER, False),)
    if not said.confirmed:
        return ((NEVER, True), (said.earliest, True)) if is_in_doubt else ((said.earliest, False),)
    if said.earliest == said.latest:
        return ((said.latest, False),)
    after_it = date.fromordinal(said.latest.toordinal() + 1)
    return ((after_it, True), (said.earliest, True)) if is_in_doubt else ((after_it, False),)
