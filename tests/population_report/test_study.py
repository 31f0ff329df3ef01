"""Do the ready questions get answers that an independent count gives, as a table, JSON and SVG?"""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow.parquet as pq
import pytest

from isovigil.batch.report.reading import RunTables
from isovigil.batch.run_folder import RunRefused
from isovigil.batch.study_after_treatment import last_tests
from isovigil.batch.study_before_start import days_to_first_dose
from isovigil.batch.study_command import QUESTIONS, compare_rules, run_study
from isovigil.batch.study_rule_change import before_and_after, compared, judge_again
from isovigil.exchange.rulebook_files import load_rulebook
from tests.population_report.test_report import table_of

DAY_OF_THE_CHANGE = date(2026, 11, 15)


def answered(judged: Path, question: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert run_study(question, judged, form="json") == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_as_json_svg_page_and_table_with_nothing_small_in_it(
    question: str, judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert run_study(question, judged, out=str(tmp_path)) == 0
    shown = capsys.readouterr().out
    told = json.loads((tmp_path / f"{question}.json").read_text("utf-8"))
    assert told["title"] in " ".join(shown.split())
    numbers = [
        cell for table in told["tables"] for row in table["rows"] for cell in row if isinstance(cell, int)
    ]
    assert numbers
    assert not [number for number in numbers if 0 < number < 10]
    drawn = ET.fromstring((tmp_path / f"{question}.svg").read_text("utf-8"))
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert "<script" not in (tmp_path / f"{question}.html").read_text("utf-8")


def test_tests_after_treatment_agree_with_the_audit_indicator(bare: RunTables, judged: Path):
    """A3c counts the same courses: its numerator is what came in time, its denominator every one due."""
    a3c = next(row for row in pq.read_table(judged / "indicators").to_pylist() if row["indicator"] == "A3c")
    found = table_of(last_tests(bare), "Courses by when they were tested")
    assert a3c["numerator"] is not None
    assert found["in time"] == [a3c["numerator"]]
    assert sum(row[0] for row in found.values()) == a3c["denominator"]


def test_days_to_the_first_dose_are_those_between_the_first_visit_and_the_first_dose(
    bare: RunTables, judged: Path
):
    who = {
        row["patient"]: row["can_become_pregnant"] for row in pq.read_table(judged / "patients").to_pylist()
    }
    days = {row["patient"]: (row["started_on"] - row["first_visit_on"]).days
            for row in pq.read_table(judged / "courses").to_pylist() if row["started_on"]}  # fmt: skip
    figure = days_to_first_dose(bare)
    found = table_of(figure, "Patients by days from first visit to first dose")
    assert found["28–41"][0] == sum(28 <= span < 42 for patient, span in days.items() if who[patient])
    assert sum(sum(row) for row in found.values()) == len(days)
    waits = table_of(figure, "The longest wait was")
    assert sum(row[0] for row in waits.values()) == sum(span > 0 for span in days.values())


def test_those_who_can_become_pregnant_waited_longest_for_the_confirmatory_test(tables: RunTables):
    """The confirmatory specimen comes at the earliest 19 days after the screening one."""
    waits = table_of(days_to_first_dose(tables), "The longest wait was")
    count, days = waits["for the last pregnancy test before the start"]
    assert count == max(row[0] for row in waits.values() if row[0] is not None)
    assert days >= 19


def test_broken_rules_by_regime_add_up_to_what_was_planted(bare: RunTables, nation: Path):
    with (nation / "truth.csv").open(newline="", encoding="utf-8") as file:
        planted = Counter(row["rule"] for row in csv.DictReader(file))
    found = table_of(before_and_after(bare), "Acts by broken rule")
    assert {rule: sum(row) for rule, row in found.items()} == planted


def test_the_rules_of_the_change_are_compared_act_by_act(bare: RunTables, judged: Path):
    """However the other rules judge them, right and not right by their own day stay what the run told."""
    figure = compare_rules(bare, load_rulebook(), DAY_OF_THE_CHANGE, 1)
    found = table_of(figure, "Acts by both rules")
    acts = Counter(
        (row["kind"], row["judged"] == "right") for row in pq.read_table(judged / "acts").to_pylist()
    )
    assert (found["hand-overs"][0], found["hand-overs"][2]) == (
        acts["dispense", True],
        acts["dispense", False],
    )
    assert (found["prescriptions"][0], found["prescriptions"][2]) == (
        acts["prescription", True],
        acts["prescription", False],
    )


def broken_acts(run: Path) -> set[tuple[str, str, str]]:
    rows = pq.read_table(run / "broken").to_pylist()
    return {(row["patient"], row["act"], row["rule"]) for row in rows}


def test_both_judgements_are_counted_where_they_lie_and_no_act_is_fetched(
    bare: RunTables, judged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    rulebook = load_rulebook()
    judge_again(bare, rulebook, DAY_OF_THE_CHANGE, tmp_path / "again", 1, None)
    others = RunTables(tmp_path / "again", rulebook)
    fetched: list[int] = []
    rows = RunTables.rows

    def counted(tables: RunTables, sql: str, values: Any = ()) -> Any:
        found = rows(tables, sql, values)
        fetched.append(len(found))
        return found

    monkeypatch.setattr(RunTables, "rows", counted)
    figure = compared(bare, others)
    others.close()
    own, other = (broken_acts(run) for run in (judged, tmp_path / "again"))
    rules = Counter(rule for *_, rule in own), Counter(rule for *_, rule in own - other)
    new = Counter(rule for *_, rule in other - own)
    found = table_of(figure, "Acts by broken rule")
    assert found == {rule: [rules[0][rule], rules[1][rule], new[rule]] for rule in sorted({*rules[0], *new})}
    acts = pq.read_table(judged / "acts").num_rows
    assert max(fetched) < 4 * len(found) < acts


def test_the_same_rules_change_nothing(judged: Path, tables: RunTables):
    """Nothing the made-up people did is judged otherwise by the rules of June 2024 than by its own day's."""
    tables.below = 1
    found = table_of(compare_rules(tables, load_rulebook(), date(2024, 6, 1), 1), "Acts by broken rule")
    gone = {rule: row[1] for rule, row in found.items()}
    new = {rule: row[2] for rule, row in found.items()}
    assert set(new.values()) <= {0}
    assert sum(gone.values()) == 0


def test_tables_of_another_rulebook_are_not_compared(tables: RunTables):
    tables.told["rulebook"] = "0" * 64
    with pytest.raises(RunRefused, match="was judged by rulebook 000000000000"):
        compare_rules(tables, load_rulebook(), DAY_OF_THE_CHANGE, 1)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["colour", "--tables", "x"], "is no ready question"),
        (
            ["laboratory", "--tables", "x", "--rules-as-of", "2026-11-15"],
            "belongs to the question rule-change",
        ),
        (["rule-change", "--tables", "x", "--rules-as-of", "soon"], "is not a day"),
        (["laboratory", "--tables", "x", "--format", "pdf"], "is not one of table, json, svg"),
        (["laboratory", "--tables", "x"], "holds no finished run"),
    ],
    ids=["no question", "rules of a day for another question", "no day", "no format", "no run"],
)
def test_a_wrong_call_is_told(typed: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    import typer
    from typer.testing import CliRunner

    from isovigil.batch.study_command import app_commands

    app = typer.Typer()
    app_commands(app)
    ended = CliRunner().invoke(app, typed)
    assert ended.exit_code == 2
    assert said in ended.stderr
