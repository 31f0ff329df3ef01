"""Is a plan told the same in every format, and does a calendar keep the treatment to itself?"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from isovigil.cli.main import app
from isovigil.cli.plan_commands import app_commands
from tests.scenarios.scenario_patient import OnFile

ON = ("--on", "2024-03-06", "--until", "2024-05-20")
TELLING = re.compile("isotretinoin|pregnan|contracept|accutane|acne|test|dose|capsule|ipledge", re.IGNORECASE)


@pytest.fixture
def case_file(tmp_path: Path) -> str:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(OnFile.of_base("us_ipledge", "third_prescription").as_case_file()))
    return str(file)


def typed(*words: str) -> Result:
    if "plan" not in {command.name for command in app.registered_commands}:
        app_commands(app)
    return CliRunner().invoke(app, ["plan", *words])


def test_json_says_every_step_with_its_days(case_file: str):
    told = json.loads(typed(case_file, *ON, "--format", "json").stdout)
    assert (told["schema"], told["on"], told["until"]) == ("isovigil.plan/1", "2024-03-06", "2024-05-20")
    first = told["steps"][0]
    # The specimen of 4 March is day 1, so day 7 is 10 March.
    assert (first["what"], first["on"], first["latest"], first["slack"]) == (
        "dispense", "2024-03-06", "2024-03-10", 4,
    )  # fmt: skip
    assert told["obstacle"] is None


def test_the_table_names_the_steps_and_what_is_supposed(case_file: str):
    shown = typed(case_file, *ON)
    assert shown.exit_code == 0
    assert "hand-over" in shown.stdout
    assert "supposed to be negative" in " ".join(shown.stdout.split())


def test_a_calendar_shows_no_word_that_tells_what_the_treatment_is(case_file: str):
    text = typed(case_file, *ON, "--format", "ics").stdout
    assert text.startswith("BEGIN:VCALENDAR")
    titles = re.findall(r"SUMMARY:(.*)", text)
    assert titles
    assert not TELLING.search(text)
    assert len(re.findall("BEGIN:VEVENT", text)) == len(set(re.findall(r"UID:(.*)", text))) == len(titles)


def test_the_picture_has_a_dot_for_every_step_on_one_axis(case_file: str):
    steps = json.loads(typed(case_file, *ON, "--format", "json").stdout)["steps"]
    drawn = ET.fromstring(typed(case_file, *ON, "--format", "svg").stdout)
    dots = drawn.findall("{http://www.w3.org/2000/svg}circle")
    assert len(dots) == len(steps)
    by_day = sorted((step["on"], float(dot.attrib["cx"])) for step, dot in zip(
        sorted(steps, key=lambda step: step["on"]), sorted(dots, key=lambda dot: float(dot.attrib["cx"])),
        strict=True))  # fmt: skip
    assert [x for _, x in by_day] == sorted(x for _, x in by_day)


def test_the_page_needs_nothing_else(case_file: str):
    page = typed(case_file, *ON, "--format", "html").stdout
    assert page.startswith("<!doctype html>")
    assert "<svg" in page
    assert not re.search(r"(src|href)=", page)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--unavailable", "2024-03-10..2024-03-01"), 2, "ends before it begins"),
        (("--unavailable", "March"), 2, "is not a calendar day"),
        (("--clinic-days", "mon,someday"), 2, "is not one of mon"),
        (("--what-if", "a test tomorrow"), 2, "is not a kind of fact and its day"),
        (("--what-if", "pregnancytest 2024-03-08"), 2, "Did you mean pregnancy_test"),
        (("--format", "pdf"), 2, "is not one of table"),
        (("--programme", "canada"), 3, "cannot be judged"),
    ],
)
def test_a_wrong_call_is_refused_by_name(case_file: str, words: tuple[str, ...], code: int, says: str):
    came = typed(case_file, "--on", "2024-03-06", *words)
    assert came.exit_code == code, came.output
    assert says in came.stderr


def test_what_if_takes_a_day_alone_or_with_its_fields(case_file: str):
    positive = typed(
        case_file, *ON, "--what-if", "pregnancy_test 2024-03-06 result=positive", "--format", "json"
    )
    assert json.loads(positive.stdout)["obstacle"]["rule"] == "pregnancy_testing.no_positive_test"
    negative = typed(case_file, *ON, "--what-if", "pregnancy_test 2024-03-06", "--format", "json")
    assert json.loads(negative.stdout)["obstacle"] is None


def test_a_day_outside_the_law_held_is_refused(case_file: str):
    assert typed(case_file, "--on", date(2006, 5, 1).isoformat()).exit_code == 3
