"""Are the numbers of the report those that an independent count gives, and do hidden ones stay hidden?"""

from __future__ import annotations

import csv
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from isovigil.batch.report.audit_told import indicators
from isovigil.batch.report.medicine import cumulative_doses, interval_of, laboratory_grades
from isovigil.batch.report.page import report_page
from isovigil.batch.report.past_acts import CAUSES, missed_windows, verdicts_over_time
from isovigil.batch.report.people_and_input import gates_now, problems
from isovigil.batch.report.reading import NoRunHere, RunTables
from isovigil.batch.report.told import Figure, span_in_words, span_of, spans_between
from isovigil.exchange.rulebook_files import load_rulebook
from tests.population_report.conftest import PEOPLE

ASK_ALL = (gates_now, verdicts_over_time, missed_windows, laboratory_grades, cumulative_doses)


def truth_of(nation: Path) -> set[tuple[str, str, str]]:
    with (nation / "truth.csv").open(newline="", encoding="utf-8") as file:
        return {(row["patient"], row["act"], row["rule"]) for row in csv.DictReader(file)}


def rows_of(judged: Path, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(judged / table).to_pylist()
    return rows


def table_of(figure: Figure, caption: str) -> dict[str, list[Any]]:
    found = next(told for told in figure.tables if told.caption == caption)
    return {str(row[0]): list(row[1:]) for row in found.rows}


# -- numbers --------------------------------------------------------------------------------------------


def test_acts_that_were_not_right_are_those_planted(bare: RunTables, nation: Path):
    wrong = {(patient, act) for patient, act, _ in truth_of(nation)}
    kinds = Counter("prescriptions" if "MedicationRequest/" in act else "hand-overs" for _, act in wrong)
    found = table_of(
        verdicts_over_time(bare), "Right or not (not right and not wrong: something was not recorded)"
    )
    for kind in ("prescriptions", "hand-overs"):
        every, judged, right, not_right, _ = found[kind]
        assert not_right == kinds[kind] > 0
        assert right == judged - not_right
        assert every == judged


def test_verdicts_by_span_add_up_to_every_act(bare: RunTables, judged: Path):
    acts = rows_of(judged, "acts")
    figure = verdicts_over_time(bare)
    found = next(told for told in figure.tables if told.caption.startswith("Acts by"))
    sums = [sum(int(row[at] or 0) for row in found.rows) for at in range(1, 5)]
    counted = Counter(row["verdict"] for row in acts)
    assert sums == [counted["ready"], counted["waiting"], counted["hold"], counted["stop"]]


def test_windows_missed_by_a_planted_violation_are_counted_once_by_its_cause(bare: RunTables, nation: Path):
    rules: dict[tuple[str, str], set[str]] = {}
    for patient, act, rule in truth_of(nation):
        rules.setdefault((patient, act), set()).add(rule)
    outside = [own for own in rules.values() if "dispensing.inside_the_window" in own]
    found = table_of(missed_windows(bare), "By cause")
    told = {cause: found[words][0] for cause, words in CAUSES.items()}
    assert sum(count for cause, count in told.items() if cause != "never") == len(outside) > 0
    assert told["twice"] == sum("dispensing.once_per_prescription" in own for own in outside)
    alone = sum(own == {"dispensing.inside_the_window"} for own in outside)
    assert told["late"] + told["unrecorded"] == alone


def test_a_prescription_never_collected_is_one_that_no_hand_over_names(bare: RunTables, judged: Path):
    facts = rows_of(judged, "facts")
    named = {match for row in facts if row["kind"] == "dispense"
             for match in re.findall(r'"prescription":"([^"]+)"', row["fields"])}  # fmt: skip
    written = [row for row in rows_of(judged, "acts") if row["kind"] == "prescription"]
    last = {row["patient"]: row["act"] for row in written}
    stopped = {row["patient"] for row in facts if row["kind"] == "treatment_stop"}
    never = [row for row in written if row["act"] not in named
             and (row["act"] != last[row["patient"]] or row["patient"] in stopped)]  # fmt: skip
    assert table_of(missed_windows(bare), "By cause")[CAUSES["never"]] == [len(never)]
    assert never


def test_the_worst_grades_are_those_of_each_patients_own_values_during_treatment(
    bare: RunTables, judged: Path
):
    courses = {row["patient"]: row for row in rows_of(judged, "courses")}
    worst: dict[str, int] = {}
    for row in rows_of(judged, "laboratory"):
        course = courses[row["patient"]]
        begun, ended = course["started_on"], course["ended_on"]
        if row["analyte"] != "triglycerides" or begun is None or row["taken_on"] < begun:
            continue
        if row["grade"] is not None and (ended is None or row["taken_on"] <= ended):
            worst[row["patient"]] = max(worst.get(row["patient"], 0), row["grade"])
    found = table_of(laboratory_grades(bare), "Patients by worst grade")["Triglycerides"]
    reach = [sum(grade >= least for grade in worst.values()) for least in (0, 1, 2, 3, 4)]
    assert found[1:] == reach
    assert reach[1] > 0


def test_the_shares_of_abnormal_values_fit_the_published_cohorts(bare: RunTables):
    found = table_of(laboratory_grades(bare), "Beside published cohorts")
    for what in ("Triglycerides, grade 1 or higher", "ALT, grade 1 or higher"):
        assert found[what][3] == "✔ fits", found[what]


def test_the_interval_of_a_share_is_wilsons():
    """Of 10 in 20: (0.5 + 1.96^2/40) / (1 + 1.96^2/20) = 0.5; half of it 1.96/(1.19208) x
    sqrt(0.25/20 + 3.8416/1600) = 1.6442 x 0.12207 = 0.2007.
    """
    low, high = interval_of(10, 20)
    assert low == pytest.approx(0.2993, abs=0.0002)
    assert high == pytest.approx(0.7007, abs=0.0002)


def test_doses_are_counted_in_their_own_span(bare: RunTables, judged: Path):
    found = table_of(cumulative_doses(bare), "Courses ended, by cumulative dose")
    doses = [row["cumulative_mg_per_kg"] for row in rows_of(judged, "courses") if row["ended_on"] is not None]
    assert found["100–120"] == [sum(100 <= dose < 120 for dose in doses)]
    assert found["220+"] == [sum(dose >= 220 for dose in doses)]
    assert sum(row[0] for row in found.values()) == len(doses)


def test_the_gates_are_those_of_the_verdicts(bare: RunTables, judged: Path):
    counted = Counter(row["start"] for row in rows_of(judged, "verdicts"))
    found = table_of(gates_now(bare), "Patients by gate and verdict")["Start"]
    stopped = counted["stop"]
    held = stopped + counted["hold"]
    assert found == [PEOPLE, counted["ready"], held + counted["waiting"], held, stopped]


def test_the_indicators_are_shown_as_the_table_has_them(tables: RunTables, judged: Path):
    [found] = indicators(tables).tables
    assert len(found.rows) == len(rows_of(judged, "indicators")) == 26
    for row, stored in zip(found.rows, rows_of(judged, "indicators"), strict=True):
        assert row[0] == stored["indicator"]
        assert row[4] == stored["denominator"]
        assert row[3] in {stored["numerator"], "–"}


def test_problems_are_told_in_full(tables: RunTables, judged: Path):
    told = next(each for each in problems(tables).tables if each.caption == "Problems of the input")
    assert sum(int(row[3] or 0) for row in told.rows) == len(rows_of(judged, "problems"))


# -- hidden ---------------------------------------------------------------------------------------------


def test_no_number_of_one_to_nine_stands_in_a_table_or_a_plot(tables: RunTables):
    assert tables.below == 10
    for figure in (*(ask(tables) for ask in ASK_ALL), indicators(tables)):
        numbers = [
            cell for told in figure.tables for row in told.rows for cell in row if isinstance(cell, int)
        ]
        assert not [number for number in numbers if 0 < number < 10], figure.name
        drawn = re.findall(r"<title>[^<]*: (\d+)</title>", figure.svg or "")
        assert not [number for number in drawn if 0 < int(number) < 10], figure.name


def test_hidden_numbers_are_said_to_be_hidden(tables: RunTables):
    page = report_page(tables)
    assert "numbers about 1 to 9 people" in page
    assert page.count(">hidden<") > 20


# -- the page -------------------------------------------------------------------------------------------


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_page_asks_for_nothing_and_runs_no_script(judged: Path):
    reader = Elements()
    reader.feed((judged / "report.html").read_text("utf-8"))
    assert not [
        tag for tag, _ in reader.found if tag in {"script", "img", "iframe", "object", "base", "form"}
    ]
    for tag, attributes in reader.found:
        assert not [name for name in attributes if name.startswith("on") or name == "src"], tag
        assert (attributes.get("href") or "#").startswith(("#", "data:")), attributes


def test_every_id_is_given_once_and_every_drawing_has_words(judged: Path):
    reader = Elements()
    reader.feed((judged / "report.html").read_text("utf-8"))
    ids = Counter(attributes["id"] for _, attributes in reader.found if "id" in attributes)
    assert set(ids.values()) == {1}
    drawings = [attributes for tag, attributes in reader.found if tag == "svg"]
    assert len(drawings) == 6
    assert all(drawing["aria-labelledby"] in ids for drawing in drawings)


def test_a_text_of_the_input_never_becomes_a_tag(tables: RunTables):
    tables._database.execute("CREATE OR REPLACE VIEW problems AS SELECT 'p' AS patient, 'error' AS severity, "
                             "'<b>x</b>' AS code, 'f' AS file, 1 AS line, '<script>' AS resource_type, "
                             "'<img src=x>' AS says")  # fmt: skip
    page = report_page(tables)
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_a_folder_without_a_finished_run_is_told(tmp_path: Path):
    with pytest.raises(NoRunHere, match=r"holds no finished run: .* is missing"):
        RunTables(tmp_path, load_rulebook())


@pytest.mark.parametrize(
    ("last", "span"), [("2023-12-31", "month"), ("2024-01-01", "quarter"), ("2028-01-01", "year")]
)
def test_spans_are_as_short_as_fit_the_plot(last: str, span: str):
    """From January 2022: 24 months are shown as months, 25 as quarters; 73 months are over 24 quarters."""
    from datetime import date

    first, end = date(2022, 1, 15), date.fromisoformat(last)
    assert span_of(first, end) == span
    assert span_in_words(spans_between(first, end, span)[0], span).startswith("2022")
    assert len(spans_between(first, end, span)) <= 24 + 1
