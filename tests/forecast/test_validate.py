"""Does the model reproduce the published figures, and are its misses printed as misses?"""

from __future__ import annotations

from functools import cache

import pytest

from isovigil.forecast import parameters
from isovigil.forecast.validate import Comparison, Outcome, ValidationTable, compared, validation_table

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
    assert {row.target.key for row in the_table().with_outcome(Outcome.KNOWN_MISS)} == KNOWN_MISSES


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
