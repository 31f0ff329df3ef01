"""Is a fact that was just read certainly sound, so that nothing about it has to be told?

The same questions as `field_reading` and `fact_checks` ask, without the words: most facts are sound, and
their door should not write down for each what is not wrong with it. Where this door does not open, those
two tell why; a property test holds that all three agree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from isovigil.case.fact import Fact
from isovigil.case.kinds import Laboratory
from isovigil.case.units import UNITS
from isovigil.exchange.declared_types import declared, fields_of
from isovigil.exchange.fact_checks import CHECKS, ORDERS, Known, Order, faults_of_fact
from isovigil.exchange.refusals import EARLIEST_YEAR, LATEST_YEAR


class _Plan(NamedTuple):
    """What has to be asked of one kind of fact; worked out once."""

    names: frozenset[str]
    asked: Mapping[str, Callable[[Any], bool]]
    """What `msgspec` does not ask of a field's values. Words, flags and whole numbers are not asked."""
    instants: tuple[tuple[str, str], ...]
    """The fields that hold an instant, by their names in a case file and in Python."""
    orders: tuple[tuple[str, str, Order], ...]
    """The two fields by their names in a case file, and the order they have to be in."""
    day_field: str
    is_dated_by_instant: bool
    more: Callable[[Any, Known], bool] | None
    """What only this kind is asked."""


def sound_fact(kind: type[Fact], given: Mapping[str, Any], known: Known, zone: ZoneInfo) -> Fact | None:
    """The fact of these values, by their names in a case file, with its instants in `zone`.

    None where anything at all may be wrong with it: then it has to be read in full.
    """
    plan = _plan(kind)
    if not given.keys() <= plan.names:
        return None
    try:
        fact: Fact = msgspec.convert(given, kind)
    except msgspec.ValidationError:
        return None
    asked = plan.asked
    for name, value in given.items():
        is_meant = asked.get(name)
        if is_meant is not None and value is not None and not is_meant(value):
            return None
    for field, name in plan.instants:
        if field in given:
            value = getattr(fact, name)
            if value is not None and value.tzinfo is not zone:
                fact = msgspec.structs.replace(fact, **{name: value.astimezone(zone)})
    return fact if _agrees_with_itself(fact, given, plan, known) else None


def agrees_with_itself(fact: Fact, known: Known) -> bool:
    """Do the days of a fact that is sound by its types follow each other, and the patient's birth?"""
    plan = _plan(type(fact))
    return _agrees_with_itself(fact, plan.names, plan, known)


def _agrees_with_itself(fact: Fact, given: Container[str], plan: _Plan, known: Known) -> bool:
    day = getattr(fact, plan.day_field)
    if plan.is_dated_by_instant:
        day = day.date()
    if known.born_on is not None and day < known.born_on:
        return False
    if fact.recorded_at is not None:
        recorded_on = fact.recorded_at.date()
        if recorded_on < day or recorded_on < (getattr(fact, "reported_on", None) or day):
            return False
    for first, second, order in plan.orders:
        if second in given and first in given and not order.is_kept_by(fact):
            return False
    return plan.more is None or plan.more(fact, known)


def _is_in_a_unit_of_its_analyte(fact: Laboratory, known: Known) -> bool:
    return fact.unit in UNITS[fact.analyte]


def _has_no_fault(fact: Fact, known: Known) -> bool:
    return next(faults_of_fact(type(fact), msgspec.structs.asdict(fact), known, ()), None) is None


@cache
def _plan(kind: type[Fact]) -> _Plan:
    fields = fields_of(kind)
    names = {field.attribute: name for name, field in fields.items()}
    shapes = {name: declared(field.type).shape for name, field in fields.items()}
    more = None
    if kind.kind in CHECKS:
        more = _is_in_a_unit_of_its_analyte if kind is Laboratory else _has_no_fault
    return _Plan(
        names=frozenset(fields),
        asked={name: is_meant for name, shape in shapes.items() if (is_meant := _IS_MEANT.get(shape))},
        instants=tuple((name, fields[name].attribute) for name, shape in shapes.items() if shape is datetime),
        orders=tuple(
            (names[order.first], names[order.second], order)
            for order in ORDERS
            if {order.first, order.second} <= names.keys()
        ),
        day_field=kind.day_field,
        is_dated_by_instant=shapes[names[kind.day_field]] is datetime,
        more=more,
    )


def _is_readable(text: str) -> bool:
    return text.isprintable() and not text.isspace()


def _is_in_our_time(day: Any) -> bool:
    """A day as text is not answered here: which day it is, is asked in full."""
    return isinstance(day, date) and EARLIEST_YEAR <= day.year <= LATEST_YEAR


def _are_finite(items: Iterable[Any]) -> bool:
    """For a list of capsules: what else stands in a list is words and numbers without a fraction."""
    return all(math.isfinite(value) for item in items if isinstance(item, Mapping) for value in item.values())


_IS_MEANT: Final[Mapping[Any, Callable[[Any], bool]]] = {
    str: _is_readable,
    float: math.isfinite,
    date: _is_in_our_time,
    datetime: _is_in_our_time,
    tuple: _are_finite,
}
"""By the shape a field declares."""
