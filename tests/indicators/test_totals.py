"""Are sums, shares, medians and small cells of the indicators right?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

import pytest

from isovigil.indicators.catalogue import INDICATORS
from isovigil.indicators.count import NOTHING, Count
from isovigil.indicators.small_cells import hide_small_cells, hide_small_share
from isovigil.indicators.totals import Told, Totals, add_all
from tests.indicators.audited_by_hand import ON, PLACES, law, rulebook

BELOW = 10


def counts(**given: Count) -> Sequence[Count]:
    return [given.get(indicator.id, NOTHING) for indicator in INDICATORS]


def told(totals: Totals, indicator: str) -> Told:
    return totals.told(law(), date.fromisoformat(ON))[PLACES[indicator]]


def test_every_indicator_of_the_specification_is_there_once():
    """6.2 lists A1, A2, A2b, A3a to A3c and A4 to A22; A19's second half stands as A19b."""
    expected = ["A1", "A2", "A2b", "A3a", "A3b", "A3c", *(f"A{number}" for number in range(4, 20)), "A19b",
                "A20", "A21", "A22"]  # fmt: skip
    assert [indicator.id for indicator in INDICATORS] == expected


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda each: each.id)
def test_each_cites_sources_that_are_held(indicator: object):
    assert indicator.sources  # type: ignore[attr-defined] # an Indicator
    assert set(indicator.sources) <= set(rulebook().sources)  # type: ignore[attr-defined] # an Indicator


def test_a_share_is_the_sum_of_the_numerators_by_that_of_the_denominators():
    """30 of 40 and 10 of 10 are 40 of 50: 0.8, which is below the target of 1."""
    totals = add_all([counts(A4=Count(30, 40)), counts(A4=Count(10, 10))])
    row = told(totals, "A4")
    assert (row.numerator, row.denominator, row.share) == (40, 50, 0.8)
    assert (row.target, row.is_below_target) == (1, True)


def test_the_target_is_met_by_all_and_only_by_all():
    assert told(add_all([counts(A4=Count(50, 50))]), "A4").is_below_target is False
    assert told(add_all([counts(A4=Count(1_000, 1_020))]), "A4").is_below_target is True


def test_workers_sums_add_up_to_one_workers():
    courses = [counts(A4=Count(index % 2, 1), A20=Count(1, 1, (), (index,)), A1=Count(0, 0, ("x",)))
               for index in range(30)]  # fmt: skip
    whole = add_all(courses)
    parts = add_all(courses[:7])
    parts.merge(add_all(courses[7:]))
    day = date.fromisoformat(ON)
    assert parts.told(law(), day) == whole.told(law(), day)


def test_sums_handed_over_as_json_add_up_to_the_same():
    courses = [counts(A20=Count(1, 1, (), (index % 3,)), A1=Count(0, 0, ("x",)), A4=Count(1, 1))
               for index in range(30)]  # fmt: skip
    whole, parts = add_all(courses), Totals()
    for some in (courses[:7], courses[7:]):
        parts.add_values(json.loads(json.dumps(add_all(some).as_values())))
    day = date.fromisoformat(ON)
    assert parts.told(law(), day) == whole.told(law(), day)
    assert parts.as_values() == whole.as_values()


def test_sums_of_an_unknown_indicator_are_refused():
    values = {"id": "A99", "numerator": 1, "denominator": 1, "excluded": {}, "days": {}}
    with pytest.raises(KeyError, match="A99"):
        Totals().add_values([values])


def test_pregnancies_are_told_per_thousand_courses():
    """12 of 4,000 courses are 3 per 1,000; no target is set for them."""
    row = told(add_all([counts(A19=Count(12, 4_000))]), "A19")
    assert row.per_courses == 3.0
    assert row.share is None
    assert row.target is None
    assert row.is_below_target is None


@pytest.mark.parametrize(("days", "median"), [((1,) * 9 + (5,) + (9,) * 9, 5), ((1,) * 10 + (4,) * 10, 2.5)])
def test_the_median_is_the_middle_span_or_the_mean_of_the_two(days: tuple[int, ...], median: float):
    totals = add_all(counts(A20=Count(1, 1, (), (each,))) for each in days)
    assert told(totals, "A20").median_days == median


def test_nothing_due_has_no_share_and_hides_nothing():
    row = told(add_all([]), "A4")
    assert (row.numerator, row.denominator, row.share, row.is_hidden) == (0, 0, None, False)


@pytest.mark.parametrize(
    ("done", "due", "shown"),
    [
        (0, 50, (0, 50)),  # nobody is nobody's secret
        (9, 50, (None, 50)),
        (10, 50, (10, 50)),
        (40, 50, (40, 50)),
        (41, 50, (None, 50)),  # 9 are left out: 50 - 41
        (50, 50, (50, 50)),
        (5, 9, (None, None)),
        (0, 9, (None, None)),
        (10, 10, (10, 10)),
    ],
)
def test_a_small_numerator_hides_and_so_does_a_small_rest(
    done: int, due: int, shown: tuple[int | None, int | None]
):
    assert hide_small_share(done, due, BELOW) == shown
    row = told(add_all([counts(A4=Count(done, due))]), "A4")
    assert (row.numerator, row.denominator) == shown
    assert row.is_hidden == (None in shown)
    assert (row.share is None) == (None in shown)


def test_a_small_number_has_no_median():
    few = told(add_all(counts(A20=Count(1, 1, (), (3,))) for _ in range(9)), "A20")
    enough = told(add_all(counts(A20=Count(1, 1, (), (3,))) for _ in range(10)), "A20")
    assert (few.median_days, few.is_hidden) == (None, True)
    assert (enough.median_days, enough.is_hidden) == (3, False)


def test_nothing_is_hidden_where_nothing_is_small():
    assert hide_small_cells({"a": 10, "b": 0, "c": 400}, BELOW) == {"a": 10, "b": 0, "c": 400}


def test_one_small_cell_takes_the_next_smallest_with_it():
    """Alone it would be the total less the others: 4 = 454 - 50 - 400."""
    assert hide_small_cells({"a": 4, "b": 50, "c": 400}, BELOW) == {"a": None, "b": None, "c": 400}


def test_small_cells_that_are_small_together_take_one_more():
    """3 and 4 are 7 together, which is small; with 50 they are 57."""
    assert hide_small_cells({"a": 3, "b": 4, "c": 50, "d": 400}, BELOW) == {
        "a": None, "b": None, "c": None, "d": 400,
    }  # fmt: skip


def test_small_cells_that_are_large_together_take_none():
    assert hide_small_cells({"a": 9, "b": 4, "c": 50}, BELOW) == {"a": None, "b": None, "c": 50}


def test_where_no_other_cell_is_left_all_are_hidden():
    assert hide_small_cells({"a": 4}, BELOW) == {"a": None}
    assert hide_small_cells({"a": 4, "b": 0}, BELOW) == {"a": None, "b": None}


def test_reasons_for_leaving_out_are_hidden_by_the_same_rule():
    totals = add_all([counts(A4=Count(50, 50, ("x",) * 4 + ("y",) * 50 + ("z",) * 400))])
    assert told(totals, "A4").excluded == {"x": None, "y": None, "z": 400}
    assert told(totals, "A4").is_hidden


def test_the_threshold_and_the_target_are_dated_data_of_the_clinic():
    on = date.fromisoformat(ON)
    assert law().number("audit/small_cells_below", on).value == BELOW
    assert law().number("audit/small_cells_below", on).strength == "local_default"
    assert law().number("audit/target_share", on).value == 1
