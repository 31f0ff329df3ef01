"""Which whole capsules of one product come nearest to a daily dose?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
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
    """Capsules on the way to a daily dose: how many would be new, how many in all, which ones."""

    new: int
    number: int
    capsules: tuple[Decimal, ...]


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
    stock = {_exact(mg): count for mg, count in (leftover or {}).items() if count > 0}
    wanted = _exact(daily_mg)
    limit = None if at_most_mg is None else _exact(at_most_mg)
    filled = _fill(wanted, sorted(map(_exact, strengths)), stock, limit)
    reachable = [total for total in filled if total > 0]
    if not reachable:
        return None
    total = min(reachable, key=lambda mg: (abs(mg - wanted), mg))
    capsules = filled[total].capsules
    a_day = [(mg, capsules.count(mg)) for mg in sorted(set(capsules), reverse=True)]
    needed = [(mg, number * days - stock.get(mg, 0)) for mg, number in a_day]
    return CapsulePlan(
        tuple((float(mg), number) for mg, number in a_day),
        float(total),
        None if weight_kg is None else float(total) / weight_kg,
        tuple((float(mg), number) for mg, number in needed if number > 0),
    )


def _exact(mg: float) -> Decimal:
    """The milligrams as somebody wrote them, so that sums of capsules are exact."""
    return Decimal(repr(mg))


def _fill(
    wanted: Decimal, strengths: list[Decimal], stock: Mapping[Decimal, int], limit: Decimal | None
) -> dict[Decimal, _Filled]:
    """For each sum of capsules near the daily dose, the best way to make it.

    A dose far above the largest capsule is filled with that capsule first: what is left decides.
    """
    largest = strengths[-1]
    most = wanted + largest if limit is None else min(wanted + largest, limit)
    ahead = max(0, int(min(wanted, most) // largest) - 2 * len(strengths))
    filled = {ahead * largest: _Filled(0 if largest in stock else ahead, ahead, (largest,) * ahead)}
    sums = [ahead * largest]
    while sums:
        total = sums.pop(0)
        have = filled[total]
        for mg in strengths:
            following = total + mg
            if following > most:
                break
            new = have.new + (0 if mg in stock else 1)
            made = _Filled(new, have.number + 1, (*have.capsules, mg))
            known = filled.get(following)
            if known is None or made[:2] < known[:2]:
                filled[following] = made
                sums.append(following)
    return filled
