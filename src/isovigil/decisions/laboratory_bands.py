"""Into which band of an action table does a blood result fall, and what does the band ask for?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final

import msgspec

from isovigil.calendar.days import days_between
from isovigil.case.kinds import Laboratory
from isovigil.decisions.advice import graver
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Action
from isovigil.decisions.laboratory_results import (
    Baseline,
    as_tabled,
    canonical,
    is_above,
    is_below,
    is_from,
    results_on_treatment,
    was_raised,
    worst_reading,
)
from isovigil.law.law import Law
from isovigil.law.value import Dated, once_for_each_value

Row = Mapping[str, Any]


class _Band(msgspec.Struct, frozen=True):
    """One band of a table."""

    name: str
    alone: Dated[Row]
    """The band alone as the value a finding rests on."""
    has_conditions: bool
    """Does it name a graver action for what else is known?"""


class Placed(msgspec.Struct, frozen=True):
    """The band a result falls into, as far as it can be told."""

    place: int
    """0 is the mildest band."""
    row: Row
    table: Dated[tuple[Row, ...]]
    band: str
    """The band's name, such as TG-2."""
    value: Dated[Row]
    """The band alone as the value a finding rests on."""
    has_conditions: bool
    """Does the band name a graver action for what else is known?"""
    missing: str | None
    """What the report does not say and a worse band would need."""


_placed_by = attrgetter("analyte", "value", "unit", "comparator", "upper_limit")
"""All of a result that its band depends on, beside the table and the baseline."""
RESULTS_KEPT: Final = 16_384


class BandTable:
    """The bands of one table, with where results were found to lie: they repeat from patient to patient."""

    def __init__(self, table: Dated[Any]) -> None:
        self._table = table
        self._bands = tuple(
            _Band(
                str(row["band"]),
                msgspec.structs.replace(table, value=row),
                any(key.startswith("when_") for key in row),
            )
            for row in table.value
        )
        self._told: dict[tuple[Any, ...], Placed] = {}

    def place(self, fact: Laboratory, raised: float | None, lasting: float) -> Placed:
        """The worst band reached. `raised` is the baseline's value, where that was raised."""
        key = (_placed_by(fact), raised, lasting)
        told = self._told.get(key)
        if told is None:
            if len(self._told) >= RESULTS_KEPT:
                self._told.clear()
            told = self._told[key] = self._find(as_tabled(fact), raised, lasting)
        return told

    def _find(self, fact: Laboratory, raised: float | None, lasting: float) -> Placed:
        rows: tuple[Row, ...] = self._table.value
        found, missing = 0, None
        for number in range(1, len(rows)):
            answer = _is_in(rows[number], fact, raised, lasting)
            if answer is True:
                found = number
            elif raised is None:
                missing = answer or None
                break
            elif answer:
                missing = answer
        return self.band(found, missing)

    def band(self, number: int, missing: str | None) -> Placed:
        """One band, as the place of a result of which so much is known."""
        band, table = self._bands[number], self._table
        return Placed(number, table.value[number], table, band.name, band.alone, band.has_conditions, missing)


@once_for_each_value
def band_table(table: Dated[Any]) -> BandTable:
    """The bands of one table."""
    return BandTable(table)


def place(
    fact: Laboratory, table: str, law: Law, baseline: Baseline | None = None, lasting: float = 0
) -> Placed:
    """The worst band any of whose bounds is met, under the policy's table for the day of the draw.

    `table` is the name of the value that holds it, such as ``laboratory/liver_actions``.
    Bounds on the baseline count only where it was raised; without them each band lies inside the one
    before it, so the first that is not reached ends the search. `lasting` is for how many days the value
    has been above the band's own `lasting_above_limit`.
    """
    bands = band_table(law.value(table, fact.taken_on))
    raised = baseline.value if baseline is not None and was_raised(baseline) else None
    return bands.place(fact, raised, lasting)


def in_the_worst_band(placed: Placed) -> Placed:
    """A result moved to the last band of its table, for what else is known."""
    return band_table(placed.table).band(len(placed.table.value) - 1, placed.missing)


def _is_in(row: Row, fact: Laboratory, raised: float | None, lasting: float) -> bool | str:
    """Is any bound of the band met? A text says what the report does not tell."""
    value = worst_reading(fact)
    if "from" in row:
        return is_from(value, row["from"][fact.unit])
    if "above" in row:
        return is_above(value, row["above"][fact.unit])
    if "below" in row:
        return is_below(value, row["below"][fact.unit])
    if raised is not None and _is_in_by_baseline(row, canonical(fact), raised):
        return True
    if "above_limit" not in row and "from_limit" not in row:
        return False
    limit = fact.upper_limit
    if limit is None:
        return "the laboratory's upper limit"
    if "above_limit" in row and is_above(value, row["above_limit"] * limit):
        return True
    if "from_limit" in row and is_from(value, row["from_limit"] * limit):
        return True
    return "lasting_days" in row and lasting >= row["lasting_days"]


def _is_in_by_baseline(row: Row, own: float, base: float) -> bool:
    if "above_base" in row and is_above(own, row["above_base"] * base):
        return True
    if "from_base" in row and is_from(own, row["from_base"] * base):
        return True
    return "from_units" in row and is_from(own, row["from_units"])


def days_above(course: Course, fact: Laboratory, limits: float) -> int:
    """For how many days, by its own draws, a value has been above so many upper limits without a break."""
    since = fact.taken_on
    for earlier in reversed(results_on_treatment(course, fact.analyte)):
        if earlier.taken_on > fact.taken_on:
            continue
        limit = earlier.upper_limit
        if limit is None or not is_above(worst_reading(earlier), limits * limit):
            break
        since = earlier.taken_on
    return days_between(since, fact.taken_on)


def action_of(
    placed: Placed,
    *,
    baseline_raised: bool = False,
    repeat_of: float | None = None,
    now: float = 0.0,
    symptoms: bool = False,
    repeated: bool = False,
) -> Action:
    """What the band asks for: its own action, or a graver one that it names for what else is known.

    `repeat_of` is the abnormal value that `now` repeats, both in the analyte's first unit.
    """
    row = placed.row
    action: Action = row["action"]
    if not placed.has_conditions:
        return action
    known = {
        "when_baseline_raised": baseline_raised,
        "when_repeat_higher": repeat_of is not None and is_above(now, repeat_of),
        "when_repeat_not_lower": repeat_of is not None and is_from(now, repeat_of),
        "when_symptoms": symptoms,
        "when_repeated": repeated,
    }
    for condition, holds in known.items():
        if holds and condition in row:
            action = graver(action, row[condition])
    return action


def abnormal_before(
    course: Course,
    fact: Laboratory,
    table: str,
    law: Law,
    baseline: Baseline | None,
    counts: Callable[[Laboratory], bool] = lambda _: True,
) -> Laboratory | None:
    """The result on treatment that this one repeats: the last of an earlier day, if it was abnormal.

    Only results that can be judged count; `counts` says of one whether it can.
    """
    earlier = [
        one
        for one in results_on_treatment(course, fact.analyte)
        if one.taken_on < fact.taken_on and counts(one)
    ]
    if not earlier or place(earlier[-1], table, law, baseline).place == 0:
        return None
    return earlier[-1]
