"""Which of two values is the stricter one?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from isovigil.law.source import Citation
from isovigil.law.tightening import CannotCompare, is_looser, stricter, value_as_held
from isovigil.law.value import Statement, Tightening, ValueHistory


def question(unit: str, tightening: Tightening) -> ValueHistory:
    day = date(2024, 1, 1)
    said = Statement(None, "law", "high", Citation("doc", "1"), day, day, from_day=day)
    return ValueHistory("xx", "topic/value", "What?", unit, tightening, date(2027, 1, 1), (said,))


# (unit, direction, the law's value, as strict or stricter, looser)
DIRECTIONS: list[tuple[str, Tightening, Any, Any, Any]] = [
    ("day", "lower", 7, 6, 8),
    ("day", "higher", 19, 20, 18),
    ("number", "lower", 0.5, 0.4, 0.6),
    ("flag", "true", False, True, None),
    ("flag", "true", True, True, False),
    ("flag", "false", True, False, None),
    ("flag", "false", False, False, True),
    ("words", "fewer", ["a", "b"], ["b"], ["b", "c"]),
    ("words", "fewer", ["a", "b"], ["b", "a"], ["a", "b", "c"]),
    ("words", "more", ["a"], ["a", "b"], ["b"]),
    ("period", "higher", "P30D", "P31D", "P29D"),
    ("period", "lower", "P4W", "P28D", "P29D"),
    ("period", "higher", "P1M", "P31D", "P30D"),
    ("period", "lower", "P1M", "P28D", "P29D"),
    ("period", "higher", "later of P1M and P30D", "P31D", "P1M"),
    ("date", "lower", "2024-04-30", "2024-04-29", "2024-05-01"),
]


@pytest.mark.parametrize(("unit", "direction", "law", "strict", "loose"), DIRECTIONS)
def test_a_value_is_looser_only_on_the_other_side_of_the_laws(
    unit: str, direction: Tightening, law: Any, strict: Any, loose: Any
):
    history = question(unit, direction)
    laws = value_as_held(law, unit)
    assert not is_looser(history, laws, laws)
    assert not is_looser(history, laws, value_as_held(strict, unit))
    if loose is not None:
        assert is_looser(history, laws, value_as_held(loose, unit))


def test_february_makes_a_month_shorter_than_30_days_and_january_makes_it_longer():
    # P1M from 1 February 2021 ends 28 days later, from 1 January 31 days later; P30D stands between them.
    months, days = value_as_held("P1M", "period"), value_as_held("P30D", "period")
    for direction in ("lower", "higher"):
        with pytest.raises(CannotCompare):
            stricter(question("period", direction), months, days)


def test_overlapping_lists_give_what_both_allow_or_what_either_asks_for():
    fewer, more = question("words", "fewer"), question("words", "more")
    assert stricter(fewer, ("a", "b"), ("b", "c")) == ("b",)
    assert stricter(more, ("a", "b"), ("b", "c")) == ("a", "b", "c")


def test_the_same_words_in_another_order_change_nothing():
    for direction in ("fewer", "more"):
        assert stricter(question("words", direction), ("a", "b"), ("b", "a")) == ("a", "b")
