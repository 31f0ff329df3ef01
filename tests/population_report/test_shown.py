"""Is every small number hidden, and every other that would tell one?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.batch.report.shown import Cell, Grid, in_digits, nested, share_in_words

BELOW = 10


def cell(people: int) -> Cell:
    return Cell(people, people)


def grid(counts: dict[str, int], known: tuple[str, ...] = ()) -> list[int | None]:
    cells = [(row, "acts", count, count) for row, count in counts.items()]
    return Grid(list(counts), ["acts"], cells, BELOW, known=known).column("acts")


def test_nine_are_hidden_and_ten_and_nobody_are_shown():
    assert grid({"a": 9, "b": 10, "c": 0}) == [None, 10, 0]


def test_many_acts_of_nine_people_are_hidden_and_of_ten_people_shown():
    cells = [("a", "acts", 500, 9), ("b", "acts", 500, 10)]
    assert Grid(["a", "b"], ["acts"], cells, BELOW).column("acts") == [None, 500]


def test_where_the_total_is_known_one_hidden_number_hides_the_next_smallest():
    """30 + 20 + 3 = 53: with 30 and 20 shown, the 3 would be 53 - 50."""
    assert grid({"a": 30, "b": 20, "c": 3}, known=("acts",)) == [30, None, None]


def test_hidden_numbers_that_are_small_together_hide_one_more():
    """4 + 5 = 9 would still be small; with 20 they are 29."""
    assert grid({"a": 30, "b": 20, "c": 4, "d": 5}, known=("acts",)) == [30, None, None, None]


def test_two_hidden_numbers_of_ten_people_together_hide_no_more():
    assert grid({"a": 30, "b": 20, "c": 4, "d": 6}, known=("acts",)) == [30, 20, None, None]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_what_a_known_total_leaves_for_hidden_numbers_is_never_one_alone_nor_small(counts: list[int]):
    shown = grid({str(at): count for at, count in enumerate(counts)}, known=("acts",))
    left = [count for count, told in zip(counts, shown, strict=True) if told is None]
    assert not any(told is not None and 0 < told < BELOW for told in shown)
    if left and len(left) < len(counts):
        assert len(left) > 1
        assert sum(left) >= BELOW


def test_of_nested_counts_one_is_shown_where_neither_it_nor_the_rest_is_small():
    # 100 people: 80 in the first part, 11 in the second, 9 in the last.
    # all 100; all but the first 20; the last 9 are few.
    assert nested([cell(80), cell(11), cell(9)], BELOW) == [100, 20, None]
    # the same with 10 in the last: 20 - 10 leaves 10, which are not few
    assert nested([cell(80), cell(10), cell(10)], BELOW) == [100, 20, 10]
    # 9 in the first part: 100 - 91 would tell them
    assert nested([cell(9), cell(91)], BELOW) == [100, None]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=7))
def test_no_difference_of_two_nested_counts_shown_is_small(counts: list[int]):
    shown = [count for count in nested([cell(count) for count in counts], BELOW) if count is not None]
    for place, outer in enumerate(shown):
        assert not 0 < outer < BELOW
        for inner in shown[place + 1 :]:
            assert not 0 < outer - inner < BELOW


@pytest.mark.parametrize(
    ("part", "whole", "words"), [(1, 8, "12.5 %"), (None, 8, "hidden"), (3, None, "hidden"), (0, 0, "–")]
)
def test_a_share_is_hidden_with_either_of_its_numbers(part: int | None, whole: int | None, words: str):
    assert share_in_words(part, whole) == words


def test_a_hidden_number_reads_as_the_word():
    assert (in_digits(None), in_digits(1234)) == ("hidden", "1,234")
