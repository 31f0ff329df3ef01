"""Does a clinic's sheet become cases, and is everything doubtful in it refused by row?"""

from __future__ import annotations

from datetime import date

import pytest
import typer
from typer.testing import CliRunner

from isovigil.case import kinds
from isovigil.cli.exchange_commands import app_commands
from isovigil.exchange.case_file import CaseProblems, load_case
from isovigil.exchange.spreadsheet import SheetRead, cases_of_sheet, sheet_of, template
from isovigil.exchange.spreadsheet_columns import IGNORED, guessed, mapping_as_text, mapping_from_text
from isovigil.exchange.spreadsheet_values import Order, Unclear, day_in, number_in, order_of, yes_or_no_in

SHEET = """MRN,DOB,Sex,FCBP,Visit,Enrolled,hCG,hCG date,ALT (U/L),ALT ULN,TG (mg/dL),Weight,Rx date,Dose,Days
p1,2001-04-02,F,yes,2026-05-03,2026-01-02,neg,2026-05-03,23,40,<150,61,2026-05-03,40,30
p2,1999-01-02,M,no,2026-05-04,2026-01-05,,,30,40,180,80,2026-05-04,40,30
p1,2001-04-02,F,yes,2026-06-02,2026-01-02,neg,2026-06-02,25,40,160,61,2026-06-02,40,30
"""


def read(text: str, order: Order | None = None) -> SheetRead:
    sheet = sheet_of(text.encode(), "sheet.csv")
    return cases_of_sheet(sheet, guessed(sheet.headings), programme="us_ipledge", order=order)


def test_a_row_a_visit_becomes_a_case_a_patient():
    cases = read(SHEET).cases
    assert [case.patient.id for case in cases] == ["p1", "p2"]
    tests = [fact for fact in cases[0].facts if isinstance(fact, kinds.PregnancyTest)]
    assert [(fact.taken_on, fact.result, fact.setting) for fact in tests] == [
        (date(2026, 5, 3), "negative", "unknown"),
        (date(2026, 6, 2), "negative", "unknown"),
    ]
    assert sum(isinstance(fact, kinds.Enrolment) for fact in cases[0].facts) == 1


def test_a_value_keeps_its_sign_its_unit_and_its_limit():
    labs = [fact for fact in read(SHEET).cases[0].facts if isinstance(fact, kinds.Laboratory)]
    told = [(fact.analyte, fact.value, fact.unit, fact.comparator, fact.upper_limit) for fact in labs]
    assert told[:2] == [("alt", 23.0, "U/L", None, 40.0), ("triglycerides", 150.0, "mg/dL", "<", None)]


def test_one_wrong_row_and_nothing_is_imported():
    wrong = SHEET.replace("p2,1999-01-02,M,no,2026-05-04", "p2,1999-01-02,M,maybe,2026-05-99")
    found = read(wrong)
    assert found.cases == []
    assert [each.place for each in found.problems] == ["row 3, Visit", "row 3, FCBP"]


def test_a_problem_of_a_fact_is_told_with_its_row():
    """The second patient was weighed before birth."""
    found = read(SHEET.replace("p2,1999-01-02", "p2,2030-01-02"))
    assert found.cases == []
    assert {each.place.partition(",")[0] for each in found.problems} <= {"row 3"}


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["03/04/2026", "13/04/2026"], "dmy"),
        (["03/04/2026", "04/13/2026"], "mdy"),
        (["03/04/2026", "12/12/2026"], None),
    ],
)
def test_day_or_month_first_is_read_from_the_whole_sheet(cells: list[str], order: Order | None):
    assert order_of(cells) == order


def test_dates_that_contradict_each_other_are_refused():
    with pytest.raises(Unclear, match="day first"):
        order_of(["13/04/2026", "04/13/2026"])


def test_a_date_that_could_be_two_days_is_refused_until_somebody_says():
    with pytest.raises(Unclear, match="--dates"):
        day_in("03/04/2026", None)
    assert day_in("03/04/2026", "dmy") == date(2026, 4, 3)
    assert day_in("03/04/2026", "mdy") == date(2026, 3, 4)
    assert day_in("03/03/2026", None) == date(2026, 3, 3)


def test_a_comma_is_a_fraction_unless_it_could_be_a_thousand():
    assert number_in("4,5").value == 4.5
    with pytest.raises(Unclear, match="thousand"):
        number_in("1,234")


def test_neither_yes_nor_no_is_refused():
    with pytest.raises(Unclear):
        yes_or_no_in("?")


def test_a_laboratory_column_without_a_unit_is_refused():
    found = read(SHEET.replace("TG (mg/dL)", "TG"))
    assert [each.place for each in found.problems] == ["the columns"]
    assert "mmol/L" in found.problems[0].remedy


def test_a_heading_that_suggests_nothing_is_not_read():
    assert [column.target for column in guessed(["MRN", "Favourite colour"])] == ["patient_id", IGNORED]


def test_a_prescription_without_its_days_is_refused():
    found = read(SHEET.replace("2026-05-03,40,30", "2026-05-03,40,"))
    assert found.cases == []
    assert "days' supply" in found.problems[0].message


def test_the_mapping_survives_being_written_and_read():
    columns = guessed(SHEET.splitlines()[0].split(","))
    assert mapping_from_text(mapping_as_text(columns), "map.yaml") == (columns, [])


def test_a_wrong_meaning_is_told_with_what_was_meant():
    text = 'columns:\n  - {heading: "Dose", means: daily_dos_mg}\n'
    columns, problems = mapping_from_text(text, "map.yaml")
    assert columns == []
    assert "daily_dose_mg" in problems[0].remedy


def test_every_heading_of_the_template_is_understood():
    headings = template().strip().split(",")
    assert [column.heading for column in guessed(headings) if column.target == IGNORED] == []


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_usual_separator_is_read(separator: str):
    assert len(read(SHEET.replace(",", separator)).cases) == 2


def test_a_sheet_that_is_no_text_is_refused():
    with pytest.raises(CaseProblems, match="UTF-8"):
        sheet_of(b"\xff\xfe\x00", "sheet.xls")


@pytest.fixture
def run():
    app = typer.Typer()
    app_commands(app)
    return lambda *typed: CliRunner().invoke(app, list(map(str, typed)))


def test_nothing_is_written_before_the_columns_are_confirmed(run, tmp_path):
    sheet, mapping, out = tmp_path / "s.csv", tmp_path / "map.yaml", tmp_path / "out"
    sheet.write_text(SHEET)
    assert run("import-csv", sheet, "--out", out).exit_code == 2
    looked = run("import-csv", sheet, "--on", "2026-06-03", "--write-map", mapping)
    assert looked.exit_code == 0
    assert "'FCBP' is can_become_pregnant" in looked.stdout
    assert "Nothing has been written" in looked.stdout
    assert not out.exists()
    assert run("import-csv", sheet, "--on", "2026-06-03", "--map", mapping, "--out", out).exit_code == 0
    assert load_case(out / "p2.yaml").patient.id == "p2"


def test_the_preview_is_the_first_worklist(run, tmp_path):
    sheet = tmp_path / "s.csv"
    sheet.write_text(SHEET)
    looked = run("import-csv", sheet, "--on", "2026-06-03")
    assert "p1" in looked.stdout.partition("worklist")[2]


def test_problems_exit_with_2_and_name_their_rows(run, tmp_path):
    sheet = tmp_path / "s.csv"
    sheet.write_text(SHEET.replace("2026-05-04,2026-01-05", "2026-05-99,2026-01-05"))
    done = run("import-csv", sheet)
    assert done.exit_code == 2
    assert "row 3" in done.stderr
    assert "Nothing was imported" in done.stderr
