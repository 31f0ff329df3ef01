"""What do all courses together say about each indicator, with small cells hidden?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from isovigil.indicators.catalogue import INDICATORS
from isovigil.indicators.count import Count, Indicator
from isovigil.indicators.small_cells import hide_small_cells, hide_small_share, is_small
from isovigil.law.law import Law


class Told(NamedTuple):
    """One indicator over all courses, as it may be shown."""

    id: str
    due: str
    done: str
    regimes: str
    basis: str
    sources: tuple[str, ...]
    numerator: int | None
    """None where it is hidden or does not apply."""
    denominator: int | None
    share: float | None
    """Of the numerator in the denominator; None where either is hidden, or nothing was due."""
    per_courses: float | None
    """The same per so many courses (`audit/pregnancies_per_courses`), for an indicator counted so."""
    median_days: float | None
    target: float | None
    """The share aimed at; None where none is set."""
    is_below_target: bool | None
    excluded: dict[str, int | None]
    """Why courses, visits or acts were left out, and how many; None where the number is hidden."""
    is_hidden: bool
    """Is any number of the indicator hidden because it is small?"""


class Totals:
    """The sums over courses. Those of several workers add up to the same as one worker's."""

    def __init__(self) -> None:
        self.numerators = [0] * len(INDICATORS)
        self.denominators = [0] * len(INDICATORS)
        self.excluded: list[Counter[str]] = [Counter() for _ in INDICATORS]
        self.days: list[Counter[int]] = [Counter() for _ in INDICATORS]

    def add(self, counts: Sequence[Count]) -> None:
        """Add what `measure` counted in one course."""
        for place, count in enumerate(counts):
            self.numerators[place] += count.numerator
            self.denominators[place] += count.denominator
            if count.excluded:
                self.excluded[place].update(count.excluded)
            if count.days:
                self.days[place].update(count.days)

    def merge(self, other: Totals) -> None:
        """Add the sums of another worker."""
        for place in range(len(INDICATORS)):
            self.numerators[place] += other.numerators[place]
            self.denominators[place] += other.denominators[place]
            self.excluded[place].update(other.excluded[place])
            self.days[place].update(other.days[place])

    def as_values(self) -> list[dict[str, Any]]:
        """The sums as plain values by indicator, such as a worker hands over or a file keeps as JSON."""
        return [
            {
                "id": indicator.id,
                "numerator": self.numerators[place],
                "denominator": self.denominators[place],
                "excluded": dict(self.excluded[place]),
                "days": {str(span): times for span, times in self.days[place].items()},
            }
            for place, indicator in enumerate(INDICATORS)
        ]

    def add_values(self, values: Iterable[Mapping[str, Any]]) -> None:
        """Add sums handed over as plain values. Raises KeyError for an indicator that is not known."""
        places = {indicator.id: place for place, indicator in enumerate(INDICATORS)}
        for each in values:
            place = places[each["id"]]
            self.numerators[place] += each["numerator"]
            self.denominators[place] += each["denominator"]
            self.excluded[place].update(each["excluded"])
            self.days[place].update({int(span): times for span, times in each["days"].items()})

    def told(self, law: Law, on: date) -> tuple[Told, ...]:
        """Every indicator, with small cells hidden as the law's `audit` values of the day say."""
        below = int(law.number("audit/small_cells_below", on).value)
        target = law.number("audit/target_share", on).value
        per = law.number("audit/pregnancies_per_courses", on).value
        return tuple(
            self._told(place, indicator, below, target, per) for place, indicator in enumerate(INDICATORS)
        )

    def _told(self, place: int, indicator: Indicator, below: int, target: float, per: float) -> Told:
        due, done = self.denominators[place], self.numerators[place]
        numerator, denominator = hide_small_share(done, due, below)
        if indicator.measure == "median_days":
            numerator, denominator = (None, None) if is_small(due, below) else (due, due)
        excluded = hide_small_cells(self.excluded[place], below)
        share = None
        if numerator is not None and denominator and indicator.measure == "share":
            share = numerator / denominator
        rate = None
        if numerator is not None and denominator and indicator.measure == "per_courses":
            rate = per * numerator / denominator
        is_hidden = (due > 0 and (numerator is None or denominator is None)) or None in excluded.values()
        return Told(
            id=indicator.id,
            due=indicator.due,
            done=indicator.done,
            regimes=indicator.regimes,
            basis=indicator.basis,
            sources=indicator.sources,
            numerator=numerator,
            denominator=denominator,
            share=share,
            per_courses=rate,
            median_days=self._median(place) if denominator and indicator.measure == "median_days" else None,
            target=target if indicator.has_target else None,
            is_below_target=share < target if indicator.has_target and share is not None else None,
            excluded=dict(sorted(excluded.items())),
            is_hidden=is_hidden,
        )

    def _median(self, place: int) -> float:
        """The middle span; of an even number, the mean of the two in the middle."""
        spans = self.days[place]
        total = spans.total()
        return (_nth(spans, (total - 1) // 2) + _nth(spans, total // 2)) / 2


def _nth(spans: Counter[int], place: int) -> int:
    """The span at a place of the sorted ones; 0 is the shortest."""
    for span in sorted(spans):
        if place < spans[span]:
            return span
        place -= spans[span]
    raise IndexError(place)


def add_all(counted: Iterable[Sequence[Count]]) -> Totals:
    """The totals of many courses."""
    totals = Totals()
    for counts in counted:
        totals.add(counts)
    return totals
