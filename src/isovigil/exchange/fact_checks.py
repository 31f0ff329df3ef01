"""Does one fact agree with itself: its dates, its units, its scores?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from isovigil.calendar.days import in_words
from isovigil.case.fact import Fact
from isovigil.case.questionnaires import TOOL_SHAPES, answered
from isovigil.case.units import UNITS, converts
from isovigil.exchange.problems import Fault, Path, one_of, shown

Values = Mapping[str, Any]
"""What could be read of a fact, by Python name. A field that was refused is not in it."""


class Known(NamedTuple):
    """What the rest of the case says, as far as one fact has to agree with it."""

    born_on: date | None
    zone_is_known: bool
    """False when the days of instants cannot be told, so that nothing is said about them."""


def faults_of_fact(kind: type[Fact], values: Values, known: Known, path: Path) -> Iterator[Fault]:
    """Every way in which the values of one fact contradict each other or the patient's birth."""
    yield from _faults_of_its_day(kind, values, known, path)
    yield from _faults_of_its_order(values, path)
    check = CHECKS.get(kind.kind)
    if check is not None:
        yield from check(values, path)


def _faults_of_its_day(kind: type[Fact], values: Values, known: Known, path: Path) -> Iterator[Fault]:
    stated = values.get(kind.day_field)
    if stated is None:
        return
    name = kind.day_field.rstrip("_")
    is_instant = isinstance(stated, datetime)
    if is_instant and not known.zone_is_known:
        return
    day = stated.date() if is_instant else stated
    if known.born_on is not None and day < known.born_on:
        yield Fault(
            (*path, name),
            str(day),
            f"The fact is dated {in_words(day)}, before the patient was born on {in_words(known.born_on)}.",
            "Correct the day, or `born_on` of the patient.",
        )
    recorded_at = values.get("recorded_at")
    if recorded_at is None or not known.zone_is_known:
        return
    for field, latest in ((name, day), ("reported_on", values.get("reported_on"))):
        if latest is not None and recorded_at.date() < latest:
            yield Fault(
                (*path, field),
                str(latest),
                f"`{field}` is {in_words(latest)}, after the fact was recorded on "
                f"{in_words(recorded_at.date())} (the day in the case's zone).",
                "Correct the day, or `recorded_at`. What is planned is not a fact yet.",
            )


class Order(NamedTuple):
    """Two fields of which the second may not come before the first."""

    first: str
    second: str
    strictly: bool = False

    def is_kept_by(self, fact: Fact) -> bool:
        """Does a fact that has both fields keep the order? One that nobody recorded breaks none."""
        one, other = getattr(fact, self.first), getattr(fact, self.second)
        return bool(one is None or other is None or one < other or (one == other and not self.strictly))


ORDERS: Final = (
    Order("from_", "to"),
    Order("taken_on", "reported_on"),
    Order("date", "valid_until"),
    Order("issued_at", "do_not_dispense_after", strictly=True),
    Order("from_at", "to_at", strictly=True),
    Order("lower_limit", "upper_limit"),
)
"""For every kind that has both fields."""


def _faults_of_its_order(values: Values, path: Path) -> Iterator[Fault]:
    for first, second, strictly in ORDERS:
        one, other = values.get(first), values.get(second)
        if one is None or other is None or other > one or (other == one and not strictly):
            continue
        is_time = isinstance(one, date)
        relation = "before" if other < one else "the same as"
        yield Fault(
            (*path, second),
            _as_text(other),
            f"`{second}` ({_as_text(other)}) is {relation if is_time else 'below'} "
            f"`{first.rstrip('_')}` ({_as_text(one)}).",
            f"`{second}` must be {'after' if strictly else 'on or after'} `{first.rstrip('_')}`."
            if is_time
            else f"`{second}` must not be below `{first}`; both are in the value's unit.",
        )


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _faults_of_laboratory(values: Values, path: Path) -> Iterator[Fault]:
    analyte, unit = values.get("analyte"), values.get("unit")
    if analyte is None or unit is None or converts(analyte, unit):
        return
    accepted = tuple(UNITS[analyte])
    same = next((each for each in accepted if each.lower() == unit.lower()), None)
    hint = f"Did you mean {same}? " if same else ""
    yield Fault(
        (*path, "unit"),
        unit,
        f"{shown(unit)} is not a unit that {analyte} can be converted from.",
        f"{hint}Write {one_of(accepted)} (UCUM; capitals matter).",
    )


def _faults_of_reversal(values: Values, path: Path) -> Iterator[Fault]:
    if "authorisation" not in values or "dispense" not in values:
        return
    named = [name for name in ("authorisation", "dispense") if values[name] is not None]
    if len(named) != 1:
        yield Fault(
            path,
            None,
            "A reversal undoes either an `authorisation` or a `dispense`; "
            + ("this one names both." if named else "this one names neither."),
            "Write the authorisation's number or the id of the dispense fact, and only one of them.",
        )


def _faults_of_questionnaire(values: Values, path: Path) -> Iterator[Fault]:
    tool, score, items = values.get("tool", ""), values.get("score"), values.get("items")
    shape = TOOL_SHAPES.get(tool)
    if shape is None:
        return
    is_possible = score is None or shape.score_from <= score <= shape.score_to
    if not is_possible:
        accepted = f"Write a whole number from {shape.score_from} to {shape.score_to}."
        yield Fault((*path, "score"), score, f"{score} is not a score of {tool}.", accepted)
    if items is None:
        return
    if len(items) != shape.items:
        message = f"{tool} has {shape.items} items; {len(items)} are given."
        remedy = "Give every item in the tool's order, null for one that was not answered."
        yield Fault((*path, "items"), list(items), message, remedy)
        return
    for place, item in enumerate(items):
        if item is not None and not shape.lowest <= item <= shape.highest:
            message = f"{item} is not an answer to item {place + 1} of {tool}."
            remedy = f"Write a whole number from {shape.lowest} to {shape.highest}, or null."
            yield Fault((*path, "items", place), item, message, remedy)
            is_possible = False
    if score is not None and is_possible:
        yield from _faults_of_sum(tool, score, items, path)


def _faults_of_sum(tool: str, score: int, items: tuple[int | None, ...], path: Path) -> Iterator[Fault]:
    total = answered(items)
    if None in items and score < total:
        message = f"The score {score} is less than the sum of the answered items, {total}."
    elif None not in items and score != total:
        message = f"The score {score} is not the sum of the items, {total}."
    else:
        return
    yield Fault((*path, "score"), score, message, f"Correct the score or the items of {tool}.")


CHECKS: Final[dict[str, Callable[[Values, Path], Iterator[Fault]]]] = {
    "laboratory": _faults_of_laboratory,
    "reversal": _faults_of_reversal,
    "questionnaire": _faults_of_questionnaire,
}
"""What only one kind of fact is asked."""
