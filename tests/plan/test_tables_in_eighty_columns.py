"""Do the tables of the planning commands fit a terminal of 80 columns without cutting a word?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from isovigil.cli.main import app
from isovigil.cli.plan_commands import app_commands
from tests.scenarios.scenario_patient import OnFile

COLUMNS = 80
WORDS = [
    ("plan", "CASE", "--on", "2024-03-06"),
    ("plan", "CASE", "--on", "2024-03-06", "--unavailable", "2024-03-25..2024-04-09"),
    ("replay", "CASE", "--known-by", "2024-12-31"),
    ("windows", "--programme", "us_ipledge", "--test", "2026-09-21", "--last-dose", "2026-09-30"),
    ("windows", "--programme", "de_amvv", "--test", "2026-09-21", "--prescription", "2026-09-22"),
    ("diff-rules", "fr_ansm", "2014-10-01", "2026-02-01"),
    ("diff-rules", "de_amvv", "2014-10-01", "2026-02-01"),
    ("diff-rules", "us_ipledge", "2021-10-01", "2026-12-01"),
]


@pytest.fixture
def case_file(tmp_path: Path) -> str:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(OnFile.of_base("us_ipledge", "third_prescription").as_case_file()))
    return str(file)


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_table_is_no_wider_and_cuts_no_word(
    words: tuple[str, ...], case_file: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    if "plan" not in {command.name for command in app.registered_commands}:
        app_commands(app)
    shown = CliRunner().invoke(app, [case_file if word == "CASE" else word for word in words])
    assert shown.exit_code == 0, shown.output
    assert [line for line in shown.stdout.splitlines() if len(line) > COLUMNS] == []
    assert "…" not in shown.stdout
    assert " 1 days" not in shown.stdout
