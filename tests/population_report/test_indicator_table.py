"""Does a run audit everybody, the same whatever the number of workers, and hide what is small?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from isovigil.batch.command import run_population
from isovigil.batch.local_engine import Run
from isovigil.decisions.replay import replay
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.indicators.totals import Totals
from isovigil.usecases.audit import audited, chart_of
from isovigil.usecases.population_indicators import indicator_rows
from tests.population.exports import ON, nation_lines, read_strictly, write_export
from tests.population_report.conftest import ASKED

PEOPLE = 24


def indicators_of(out: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(out / "indicators").to_pylist()
    return rows


def test_two_workers_and_one_tell_the_sums_of_every_course_audited_by_itself(tmp_path: Path):
    lines = nation_lines(PEOPLE, seed=9)
    export = write_export(tmp_path / "export", lines)
    for workers in (1, 2):
        run = Run(str(export), tmp_path / f"out{workers}", ASKED, workers=workers)
        assert run_population(run, "local", with_report=False) == 0
    found = indicators_of(tmp_path / "out1")
    assert found == indicators_of(tmp_path / "out2")
    law = load_rulebook()
    reading = law.readings("us_ipledge", "balanced", ON, [ON])[0][0]
    totals = Totals()
    for case in read_strictly(lines)[0].values():
        chart = chart_of(case, ON)
        acts = replay(case, law, chart.known_by, programme="us_ipledge", policy="balanced")
        for _, counts in audited(chart, reading, acts):
            totals.add(counts)
    expected = totals.told(reading, ON)
    assert [each["indicator"] for each in found] == [each.id for each in expected]
    for row, told in zip(found, expected, strict=True):
        assert (row["numerator"], row["denominator"], row["share"]) == (
            told.numerator,
            told.denominator,
            told.share,
        )
        assert row["is_hidden"] == told.is_hidden


def test_a_number_of_nine_is_hidden_in_the_table_and_one_of_ten_is_told():
    """A17: done in all but nine of 40 is hidden, since 40 - 31 = 9; in all but ten it is 30 of 40."""

    def row(done: int) -> tuple[Any, ...]:
        values = [{"id": "A17", "numerator": done, "denominator": 40, "excluded": {"why": 9}, "days": {}}]
        told = [{"indicators": [["us_ipledge", "balanced", values]]}]
        return next(each for each in indicator_rows(told, load_rulebook(), ON) if each[2] == "A17")

    numerator, denominator, share = 5, 6, 7
    assert row(31)[numerator : share + 1] == (None, 40, None)
    assert row(30)[numerator : share + 1] == (30, 40, 0.75)
    assert row(30)[denominator] == 40
    assert row(30)[12] == ["why: hidden"]


def test_a_run_that_does_not_judge_past_acts_audits_nobody_and_says_so(tmp_path: Path):
    export = write_export(tmp_path / "export", nation_lines(3, seed=9))
    run = Run(str(export), tmp_path / "out", ASKED._replace(with_replay=False))
    assert run_population(run, "local") == 0
    assert indicators_of(tmp_path / "out") == []
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert page.count("Past acts were not judged (--no-replay).") == 3


def test_no_raw_sum_of_an_indicator_stands_in_what_the_run_tells_of_itself(judged: Path):
    told = json.loads((judged / "run.json").read_text("utf-8"))
    assert "indicators" not in told
    assert not [key for key in told["counts"] if key.startswith("A")]
