"""Does the model reproduce the published figures, and are its misses printed as misses?"""

from __future__ import annotations

from functools import cache

import pytest

from isovigil.forecast import parameters
from isovigil.forecast.outcome import Outcome, outcome_of
from isovigil.forecast.validate import Comparison, ValidationTable, compared, validation_table

# PK14 and the three other figures the calibration is known to miss (another assay, another trial).
KNOWN_MISSES = {"fasted_20_mg_auc", "daily_20_mg_wk24", "alternate_20_mg_wk24", "casts_wk16"}


@cache
def the_table() -> ValidationTable:
    return validation_table()


def _ids() -> list[str]:
    return [row["key"] for row in parameters.load("targets").tables["targets"]]


@pytest.mark.parametrize("key", [key for key in _ids() if key not in KNOWN_MISSES])
def test_the_published_figure_is_reproduced(key: str) -> None:
    row = _row(key)
    assert row.outcome is Outcome.MET, f"{row.target.quantity}: {row.model_text}, {row.accepted_text}"


def test_the_known_misses_are_printed_as_misses_and_are_the_only_ones() -> None:
    missed = {row.target.key for row in the_table().rows if row.outcome is not Outcome.MET}
    assert missed == KNOWN_MISSES
    known = {row.target.key for row in the_table().rows if row.outcome is Outcome.KNOWN_MISS}
    assert known == KNOWN_MISSES
    assert {row.target.key for row in the_table().rows if row.target.known_miss} == KNOWN_MISSES


def test_the_table_holds_the_blood_results_too() -> None:
    """49 figures of exposure, skin and relapse, 27 of blood; 4 and 10 of them known misses."""
    assert len(the_table().rows) == 49
    assert [row.id for row in the_table().biomarkers] == [f"BM{number}" for number in range(1, 28)]
    assert len(the_table().with_outcome(Outcome.KNOWN_MISS)) == 4 + 10
    assert not the_table().with_outcome(Outcome.MISSED)


@pytest.mark.parametrize(
    ("model", "known_miss", "outcome"),
    [
        (9.0, "", Outcome.MET),
        (17.0, "", Outcome.MET),
        (8.99, "", Outcome.MISSED),
        (17.01, "", Outcome.MISSED),
        (17.01, "another assay", Outcome.KNOWN_MISS),
        (17.0, "another assay", Outcome.MET),
    ],
)
def test_both_ends_of_the_tolerance_are_met_and_a_miss_is_known_only_with_a_reason(
    model: float, known_miss: str, outcome: Outcome
) -> None:
    assert outcome_of(model, 9.0, 17.0, known_miss) is outcome


def test_a_value_at_the_edge_of_tolerance_is_met_and_one_beyond_is_missed() -> None:
    """PK1 accepts 10,004 within 5%: 9,504 to 10,504."""
    figures = {row.target.key: row.model for row in the_table().rows}
    targets = parameters.load("targets")
    at_edge = compared(targets, figures | {"fed_auc_mean": 10_504.0})
    beyond = compared(targets, figures | {"fed_auc_mean": 10_504.1})
    assert at_edge[0].outcome is Outcome.MET
    assert beyond[0].outcome is Outcome.MISSED


def test_another_seed_of_people_meets_the_same_figures() -> None:
    missed = {row.target.key for row in validation_table(seed=77).rows if row.outcome is not Outcome.MET}
    assert missed == KNOWN_MISSES


def _row(key: str) -> Comparison:
    return next(row for row in the_table().rows if row.target.key == key)
