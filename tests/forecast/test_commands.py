"""Do the three commands answer, refuse and draw as they say?"""

from __future__ import annotations

import builtins
import json
import struct
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from isovigil.cli import validate_command
from isovigil.cli.forecast_commands import app_commands
from isovigil.forecast.outcome import Outcome
from isovigil.forecast.validate import validation_table

CASE = """
case: 1
patient: {id: p-001, born_on: 2004-04-02, sex: female}
programme: us_ipledge
facts:
  - {kind: weight, date: 2024-03-01, kg: 62}
  - {kind: acne, date: 2024-03-01, nodules: 9, inflammatory: 31}
  - {kind: laboratory, taken_on: 2024-03-01, analyte: triglycerides, value: 96, unit: mg/dL, fasting: true}
  - {kind: laboratory, taken_on: 2024-04-04, analyte: triglycerides, value: 1.6, unit: mmol/L, fasting: true}
  - {kind: prescription, issued_on: 2024-03-05, daily_dose_mg: 40, days_supply: 30}
  - {kind: dispense, date: 2024-03-06, days_supply: 30}
  - {kind: dispense, date: 2024-04-05, days_supply: 30, capsules: [{mg: 30, count: 60}]}
"""
PLAN = "60 mg daily with food until 120 mg/kg"


@pytest.fixture
def case_file(tmp_path: Path) -> str:
    path = tmp_path / "case.yaml"
    path.write_text(CASE)
    return str(path)


def call(*arguments: str) -> Any:
    app = typer.Typer()
    app_commands(app)
    return CliRunner().invoke(app, list(arguments))


def told(case_file: str, *more: str) -> dict[str, Any]:
    done = call("forecast", case_file, "--on", "2024-04-10", "--format", "json", *more)
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_doses_follow_the_hand_overs_and_then_the_plan(case_file: str) -> None:
    """36 days by 10 April: 30 x 40 mg, then 60 x 30 mg / 30 days = 60 mg a day."""
    course = told(case_file, "--plan", PLAN)["scenarios"][0]["course"]
    assert course["dose_steps"][:2] == [[0.0, 40.0], [30.0, 60.0]]
    assert course["cumulative_mg_per_kg"] == pytest.approx(120.0, abs=1.0)
    assert course["taken_until_day"] == 35.0


def test_without_a_plan_only_the_capsules_handed_over_are_counted(case_file: str) -> None:
    """30 x 40 mg + 30 x 60 mg = 3,000 mg."""
    course = told(case_file)["scenarios"][0]["course"]
    assert course["cumulative_mg"] == 3000.0
    assert any("no plan was given" in said for said in course["assumptions"])


def test_a_result_in_another_unit_is_drawn_in_the_unit_of_the_panel(case_file: str) -> None:
    """1.6 mmol/L x 88.57 = 141.7 mg/dL."""
    points = told(case_file)["points"]["triglycerides"]
    assert points == [[-5.0, 96.0], [29.0, pytest.approx(141.7, abs=0.1)]]


def test_plans_are_compared_side_by_side(case_file: str) -> None:
    found = told(case_file, "--plan", PLAN, "--compare", "30 mg daily with food until 120 mg/kg")
    days = [scenario["course"]["last_dose_day"] for scenario in found["scenarios"]]
    assert len(days) == 2
    assert days[1] > days[0]


def test_the_table_is_marked_for_release_by_a_clinician(case_file: str) -> None:
    done = call("forecast", case_file, "--on", "2024-04-10", "--plan", PLAN)
    assert "for release by a clinician" in done.stdout
    assert "Not for choosing a" in done.stdout


@pytest.mark.parametrize("width", [1280, 320])
def test_the_picture_is_accessible_and_marked(case_file: str, tmp_path: Path, width: int) -> None:
    file = tmp_path / "course.svg"
    narrow = ["--narrow"] if width == 320 else []
    done = call("forecast", case_file, "--on", "2024-04-10", "--plan", PLAN, "--figure", str(file), *narrow)
    assert done.exit_code == 0
    root = ET.fromstring(file.read_text())
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("width") == str(width)
    assert root.get("role") == "img"
    description = root.findtext(f"{space}desc") or ""
    assert root.findtext(f"{space}title")
    assert "Nodules (count): from 9" in description
    assert "PERSONAL CURVES: for release by a clinician" in file.read_text()
    assert "Triglycerides" in description
    assert "low for one person" in file.read_text(), "the grade of ALT in biomarkers.toml"


def test_a_population_picture_holds_nothing_of_the_person(case_file: str, tmp_path: Path) -> None:
    file = tmp_path / "course.svg"
    call("forecast", case_file, "--on", "2024-04-10", "--plan", PLAN, "--figure", str(file), "--population")
    text = file.read_text()
    assert "p-001" not in text
    assert "% of before treatment" in text
    assert "(count)" not in text
    assert "female" not in text
    assert "Triglycerides" not in text
    assert "Population curves" in text


def test_a_png_has_twice_the_pixels_of_the_scene(case_file: str, tmp_path: Path) -> None:
    file = tmp_path / "course.png"
    call("forecast", case_file, "--on", "2024-04-10", "--plan", PLAN, "--figure", str(file), "--narrow")
    data = file.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", data[16:20])[0] == 640


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_patient_is_told_in_plain_words(case_file: str, language: str) -> None:
    done = call("forecast", case_file, "--on", "2024-04-10", "--plan", PLAN, "--patient", language)
    assert "PERSONAL" not in done.stdout
    assert done.exit_code == 0
    assert "100" in done.stdout
    assert "mg/kg" not in done.stdout


def test_personal_words_are_marked_for_release(case_file: str) -> None:
    done = call("forecast", case_file, "--on", "2024-04-10", "--plan", PLAN, "--patient", "en", "--personal")
    assert "PERSONAL: for release by a clinician" in done.stdout


def test_a_population_table_and_its_json_hold_nothing_of_the_person(case_file: str) -> None:
    table = call("forecast", case_file, "--on", "2024-04-10", "--plan", PLAN, "--population").stdout
    assert "p-001" not in table
    assert "triglycerides" not in table
    found = told(case_file, "--plan", PLAN, "--population")
    assert (found["sex"], found["age_years"], found["points"], found["next_results"]) == (None, None, {}, [])
    assert found["scenarios"][0]["course"]["curves"]["nodules"]["unit"] == "of baseline"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--plan", "60 mg sometimes"), 2, "sometimes"),
        (("--figure", "x.gif"), 2, ".svg nor .png"),
        (("--format", "xml"), 2, "xml"),
        (("--patient", "fr"), 2, "fr"),
        (("--adherence", "1.5"), 2, "1.5"),
        (("--until", "2024-04-10"), 2, "not after"),
        (("--on", "2024-02-01"), 3, "no weight"),
    ],
)
def test_a_wrong_call_is_told_plainly(
    case_file: str, arguments: tuple[str, ...], code: int, says: str
) -> None:
    on = () if "--on" in arguments else ("--on", "2024-04-10")
    done = call("forecast", case_file, *on, *arguments)
    assert done.exit_code == code
    assert says in done.stderr


def test_a_missing_extra_is_named(case_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_the_extra(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("isovigil.cli.forecast_command"):
            raise ModuleNotFoundError("No module named 'numpy'", name="numpy")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_the_extra)
    done = call("forecast", case_file, "--on", "2024-04-10")
    assert done.exit_code == 2
    assert 'pip install "isovigil[forecast]"' in done.stderr


def test_the_virtual_trial_prints_tables_and_repeats() -> None:
    arms = [
        "--arm",
        "low=20 mg daily with food for 24 weeks",
        "--arm",
        "usual=1 mg/kg daily with food until 120 mg/kg",
    ]
    first = call("population-model", *arms, "--people", "50", "--seed", "4")
    assert first.exit_code == 0, first.stderr
    assert "Table 1. People" in first.stdout
    assert call("population-model", *arms, "--people", "50", "--seed", "4").stdout == first.stdout


def test_an_arm_without_a_name_and_a_trial_without_arms_are_refused() -> None:
    assert "NAME=PLAN" in call("population-model", "--arm", "20 mg daily").stderr
    assert "no arm" in call("population-model").stderr


def test_the_validation_table_prints_its_misses() -> None:
    done = call("validate-model", "--people", "4000")
    assert "known miss" in done.stdout
    assert "PK14" in done.stdout
    _, _, misses = done.stdout.partition("Known misses, and why")
    for name in ("PK14", "BM6", "BM8", "BM9", "BM10", "BM11", "BM15", "BM17", "BM18", "BM23", "BM24"):
        assert f"\n{name} " in misses
    assert "14 known miss" in misses


def test_the_validation_exits_with_0_when_only_known_figures_are_missed_and_1_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = validation_table(people=4000)
    as_known = call("validate-model", "--people", "4000")
    unexpected = msgspec.structs.replace(found.biomarkers[5], outcome=Outcome.MISSED, known_miss="")
    rows = (*found.biomarkers[:5], unexpected, *found.biomarkers[6:])
    spoilt = msgspec.structs.replace(found, biomarkers=rows)
    monkeypatch.setattr(validate_command, "validation_table", lambda *_: spoilt)
    assert not found.with_outcome(Outcome.MISSED)
    assert as_known.exit_code == 0
    assert call("validate-model").exit_code == 1


def test_the_validation_as_json_holds_every_blood_row_with_its_source() -> None:
    told = json.loads(call("validate-model", "--people", "4000", "--format", "json").stdout)
    triglycerides = told["biomarkers"][10]
    assert triglycerides["id"] == "BM11"
    assert triglycerides["outcome"] == "known miss"
    assert "20 mg daily for 120 days" in triglycerides["citation"]
    assert triglycerides["used_in_fitting"] is False
