"""Which whole capsules of one product come nearest to a daily dose?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple


class CapsulePlan(NamedTuple):
    """A day's capsules of one product, and what must be handed over for some days."""

    a_day: tuple[tuple[float, int], ...]
    """Strength in mg and how many a day, the strongest first."""
    daily_mg: float
    daily_mg_per_kg: float | None
    to_hand_over: tuple[tuple[float, int], ...]
    """Strength in mg and how many, after the leftover capsules."""


class _Filled(NamedTuple):
    """Capsules on the way to a daily dose: how many would be new, how many in all, and of each strength."""

    new: int
    number: int
    of_each: tuple[int, ...]


def whole_capsules(
    daily_mg: float,
    strengths: Sequence[float],
    leftover: Mapping[float, int] | None = None,
    *,
    days: int = 1,
    at_most_mg: float | None = None,
    weight_kg: float | None = None,
) -> CapsulePlan | None:
    """The nearest whole-capsule day to `daily_mg`, never above `at_most_mg`.

    Of two equally near the smaller dose, then strengths of which `leftover` capsules (strength in mg
    to count) are there, then fewer capsules. None when not even one capsule stays within the limit.
    Raises ValueError for a dose, a strength or days that are not above nought.

    Clinical specification B-6: whole capsules of one product, the achieved mg/kg shown.
    """
    if daily_mg <= 0 or days <= 0 or not strengths or min(strengths) <= 0:
        raise ValueError("a daily dose, its days and every strength of capsule must be above nought")
    stock = {mg: count for mg, count in (leftover or {}).items() if count > 0}
    total, a_day = _nearest(daily_mg, tuple(strengths), frozenset(stock), at_most_mg)
    if not a_day:
        return None
    needed = ((mg, number * days - stock.get(mg, 0)) for mg, number in a_day)
    return CapsulePlan(
        a_day,
        total,
        None if weight_kg is None else total / weight_kg,
        tuple((mg, number) for mg, number in needed if number > 0),
    )


@lru_cache
def _nearest(
    daily_mg: float, strengths: tuple[float, ...], in_stock: frozenset[float], at_most_mg: float | None
) -> tuple[float, tuple[tuple[float, int], ...]]:
    """The nearest day in mg with its strengths and numbers; none where nothing stays within the limit."""
    wanted = _exact(daily_mg)
    ladder = sorted(map(_exact, set(strengths)))
    limit = None if at_most_mg is None else _exact(at_most_mg)
    filled = _fill(wanted, ladder, frozenset(map(_exact, in_stock)), limit)
    reachable = [total for total in filled if total > 0]
    if not reachable:
        return 0.0, ()
    total = min(reachable, key=lambda mg: (abs(mg - wanted), mg))
    of_each = zip(ladder, filled[total].of_each, strict=True)
    return float(total), tuple((float(mg), number) for mg, number in of_each if number)[::-1]


def _exact(mg: float) -> Fraction:
    """The milligrams as somebody wrote them, so that sums of capsules are exact."""
    return Fraction(repr(mg))


def _fill(
    wanted: Fraction, strengths: list[Fraction], stock: frozenset[Fraction], limit: Fraction | None
) -> dict[Fraction, _Filled]:
    """For each sum of capsules near the daily dose, the best way to make it.

    A dose far above the largest capsule is filled with that capsule first: what is left decides.
    """
    largest = strengths[-1]
    most = wanted + largest if limit is None else min(wanted + largest, limit)
    ahead = max(0, int(min(wanted, most) // largest) - 2 * len(strengths))
    none_yet = (0,) * (len(strengths) - 1)
    filled = {ahead * largest: _Filled(0 if largest in stock else ahead, ahead, (*none_yet, ahead))}
    sums = [ahead * largest]
    while sums:
        total = sums.pop(0)
        have = filled[total]
        for place, mg in enumerate(strengths):
            following = total + mg
            if following > most:
                break
            new = have.new + (0 if mg in stock else 1)
            of_each = (*have.of_each[:place], have.of_each[place] + 1, *have.of_each[place + 1 :])
            made = _Filled(new, have.number + 1, of_each)
            known = filled.get(following)
            if known is None or made[:2] < known[:2]:
                filled[following] = made
                sums.append(following)
    return filled
