"""Is what follows from a dated value worked out once for it, and never told of another one?"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from isovigil.law import value as values
from isovigil.law.source import Citation
from isovigil.law.value import Dated, once_for_each_value

CITE = Citation("a-source", "page 1")


def dated(table: tuple[int, ...]) -> Dated[tuple[int, ...]]:
    return Dated("a/table", table, "table", date(2024, 1, 1), "law", "high", CITE)


def test_it_is_worked_out_once_for_a_value_and_anew_for_another():
    asked: list[Dated[Any]] = []

    @once_for_each_value
    def largest(table: Dated[Any]) -> int:
        asked.append(table)
        return int(max(table.value))

    first, second = dated((1, 3, 2)), dated((1, 4, 2))
    assert [largest(first), largest(second), largest(first)] == [3, 4, 3]
    assert asked == [first, second]


def test_a_value_that_is_gone_lends_its_answer_to_no_other_one(monkeypatch: Any):
    """The values asked about are kept, so none can come to lie where another one lay."""
    monkeypatch.setattr(values, "_VALUES_KEPT", 3)

    @once_for_each_value
    def largest(table: Dated[Any]) -> int:
        return int(max(table.value))

    assert [largest(dated((number,))) for number in range(50)] == list(range(50))


def test_an_equal_value_from_another_rulebook_is_read_for_itself():
    seen: list[int] = []

    @once_for_each_value
    def read(table: Dated[Any]) -> int:
        seen.append(id(table))
        return len(table.value)

    one = dated((1, 2))
    other = msgspec.structs.replace(one)
    assert read(one) == read(other) == 2
    assert seen == [id(one), id(other)]
