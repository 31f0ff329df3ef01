"""Of two values of one question, which is stricter?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from isovigil.calendar.days import Period, days_after
from isovigil.law.value import Tightening, ValueHistory

_A_LEAP_CYCLE_FROM = date(2020, 1, 1)
_A_LEAP_CYCLE_OF_DAYS = 1461
"""365 * 4 + 1: a period's length depends on nothing but where in such a cycle it begins."""


class CannotCompare(ValueError):
    """Neither value is at least as strict as the other on every day."""


def value_as_held(value: Any, unit: str) -> Any:
    """A value as rules use it, out of the plain value as the rulebook writes it."""
    if unit == "period":
        return Period.parse(value)
    if unit == "date":
        return date.fromisoformat(value)
    if isinstance(value, list | tuple):
        return tuple(value)
    return value


def stricter(history: ValueHistory, law: Any, clinic: Any) -> Any:
    """The stricter of the law's value and the clinic's, both as `value_as_held` gives them.

    Lists that overlap give what both allow (`fewer`) or what either asks for (`more`). Raises
    CannotCompare for two periods of which neither is the shorter one on every day.
    """
    return _CHOICES[history.tightening](law, clinic)


def is_looser(history: ValueHistory, law: Any, clinic: Any) -> bool:
    """Would the clinic's value, taken alone, allow something that the law's does not?"""
    if history.tightening == "fewer":
        return not set(clinic) <= set(law)
    if history.tightening == "more":
        return not set(law) <= set(clinic)
    try:
        return bool(stricter(history, law, clinic) != clinic)
    except CannotCompare:
        return True


def _keep(law: Any, clinic: Any) -> Any:
    return law


def _choose(_law: Any, clinic: Any) -> Any:
    return clinic


def _lower(law: Any, clinic: Any) -> Any:
    if not isinstance(law, Period):
        return min(law, clinic)
    if _never_longer(clinic, law):
        return clinic
    return law if _never_longer(law, clinic) else _no_order(law, clinic)


def _higher(law: Any, clinic: Any) -> Any:
    if not isinstance(law, Period):
        return max(law, clinic)
    if _never_longer(law, clinic):
        return clinic
    return law if _never_longer(clinic, law) else _no_order(law, clinic)


def _no_order(law: Period, clinic: Period) -> Period:
    raise CannotCompare(
        f"{clinic.as_text()} is neither always shorter nor always longer than {law.as_text()}"
    )


def _never_longer(one: Period, other: Period) -> bool:
    days = (days_after(_A_LEAP_CYCLE_FROM, count) for count in range(_A_LEAP_CYCLE_OF_DAYS))
    return all(one.after(day) <= other.after(day) for day in days)


def _fewer(law: tuple[str, ...], clinic: tuple[str, ...]) -> tuple[str, ...]:
    both = tuple(word for word in clinic if word in law)
    return law if set(both) == set(law) else both


def _more(law: tuple[str, ...], clinic: tuple[str, ...]) -> tuple[str, ...]:
    if set(law) <= set(clinic):
        return law if set(law) == set(clinic) else clinic
    return (*law, *(word for word in clinic if word not in law))


_CHOICES: dict[Tightening, Callable[[Any, Any], Any]] = {
    "lower": _lower,
    "higher": _higher,
    "true": lambda law, clinic: law or clinic,
    "false": lambda law, clinic: law and clinic,
    "fewer": _fewer,
    "more": _more,
    "choice": _choose,
    "none": _keep,
}
