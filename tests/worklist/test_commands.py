"""Do `isovigil demo` and `isovigil worklist` answer, refuse and exit as they promise?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from isovigil.cli import demo_command

DAY = "2026-11-22"


def run(*typed: str) -> Result:
    app = typer.Typer()
    demo_command.app_commands(app)
    return CliRunner().invoke(app, list(typed))


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    folder = tmp_path / "clinic"
    said = run("demo", "--on", DAY, "--courses", "6", "--out", str(folder), "--no-serve")
    assert said.exit_code == 0
    return folder


@pytest.mark.parametrize("programme", ["us_ipledge", "uk_mhra"])
def test_the_demo_shows_a_worklist_a_summary_and_how_to_go_on(tmp_path: Path, programme: str):
    folder = str(tmp_path / "clinic")
    said = run("demo", "--on", DAY, "--courses", "8", "--out", folder, "--programme", programme, "--no-serve")
    assert said.exit_code == 0, said.output
    assert "8 patients on Sunday 22 November 2026" in said.stdout
    assert "Verdicts at the gates" in said.stdout
    assert f"review {folder}/p-" in said.stdout
    assert "reviews a second" in said.stdout
    assert "browser" not in said.stdout


def test_a_clinic_of_another_day_is_not_put_on_record_and_that_is_said(tmp_path: Path):
    said = run("demo", "--on", DAY, "--courses", "3", "--out", str(tmp_path / "clinic"), "--serve")
    assert said.exit_code == 0
    assert "without --on, the clinic is put on record and served" in said.stdout
    assert not (tmp_path / "clinic" / "record").exists()


def test_the_demo_leaves_a_folder_alone_that_it_did_not_write(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    said = run("demo", "--on", DAY, "--out", str(tmp_path))
    assert said.exit_code == 2
    assert said.stdout == ""
    assert "nothing was written" in said.stderr


@pytest.mark.parametrize(
    ("typed", "told"),
    [(("--programme", "us_ipleg"), "Did you mean us_ipledge?"), (("--on", "tomorrow"), "not a calendar day")],
)
def test_a_wrong_call_is_refused_with_what_would_be_accepted(
    tmp_path: Path, typed: tuple[str, str], told: str
):
    said = run("demo", "--out", str(tmp_path / "clinic"), *typed)
    assert said.exit_code == 2
    assert told in said.stderr


def test_a_day_without_law_is_refused_by_name(tmp_path: Path):
    # The rulebook's first US regime begins in December 2007.
    said = run("demo", "--on", "2007-05-05", "--courses", "3", "--out", str(tmp_path / "clinic"))
    assert said.exit_code == 3
    assert "No rule is in force" in said.stderr


def test_the_worklist_of_a_folder_lists_its_cases_with_their_names(clinic: Path):
    names = str(clinic / "names.csv")
    said = run("worklist", str(clinic), "--on", DAY, "--names", names, "--format", "json")
    assert said.exit_code == 0
    rows = json.loads(said.stdout)["rows"]
    assert len(rows) == 6
    assert all(row["name"] and row["case_file"].endswith(f"{row['patient']}.fhir.json") for row in rows)


def test_without_a_display_list_only_ids_are_shown(clinic: Path):
    said = run("worklist", str(clinic), "--on", DAY, "--format", "markdown")
    assert said.exit_code == 0
    assert "p-0001" in said.stdout


def test_one_patient_is_shown_even_with_nothing_to_do(clinic: Path):
    said = run("worklist", str(clinic / "p-0001.fhir.json"), "--on", DAY)
    assert said.exit_code == 0
    assert "p-0001" in said.stdout


def test_a_bad_case_is_reported_and_the_others_are_still_listed(clinic: Path):
    (clinic / "bad.yaml").write_text("case: 7\n", encoding="utf-8")
    said = run("worklist", str(clinic), "--on", DAY, "--format", "json")
    assert said.exit_code == 2
    assert "bad.yaml" in said.stderr
    assert len(json.loads(said.stdout)["rows"]) == 6


def test_a_folder_without_cases_is_refused(tmp_path: Path):
    said = run("worklist", str(tmp_path))
    assert said.exit_code == 2
    assert "No case file" in said.stderr


def test_a_display_list_that_is_none_is_refused(clinic: Path):
    said = run("worklist", str(clinic), "--names", str(clinic / "p-0001.fhir.json"))
    assert said.exit_code == 2
    assert "id and name" in said.stderr


def test_both_commands_are_on_the_list_of_commands():
    said = run("--help")
    assert "worklist" in said.stdout
    assert "demo" in said.stdout
