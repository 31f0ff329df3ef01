"""Does the worklist read as it should, at 80 and 120 columns, as Markdown and as JSON?"""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from isovigil.cli.review_table import show
from isovigil.cli.worklist_table import worklist_shown, worklist_terminal
from isovigil.usecases.worklist_told import headline, worklist_as_json, worklist_as_markdown
from tests.worklist.rows_by_hand import TODAY, UNCONFIRMED, small_worklist

HERE = Path(__file__).parent


def shown(width: int, *, limit: int | None = None, everything: bool = True) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False, emoji=False, markup=False)
    show(console, worklist_shown(small_worklist(), width, limit, everything=everything))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_a_small_worklist_reads_as_it_was_approved(width: int):
    assert shown(width) == (HERE / f"small_worklist_{width}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 109, 110, 120])
def test_no_line_is_wider_than_the_terminal(width: int):
    assert max(len(line) for line in shown(width).splitlines()) <= width


def test_colour_is_never_alone():
    told = shown(80)
    for sign in ("✖ STOP", "✔ READY", "… WAITING", "– ENDED"):
        assert sign in told
    assert "\x1b" not in told


def test_patients_with_nothing_to_do_are_counted_and_shown_only_when_asked_for():
    assert "Teal Simulton" in shown(80)
    short = shown(80, everything=False)
    assert "Teal Simulton" not in short
    assert "1 with nothing to do before their next appointment." in short


def test_a_limit_keeps_some_of_every_group_and_counts_the_rest():
    told = shown(80, limit=5, everything=False)
    for name in ("Wren Testwell", "Rowan Fictley", "Sage | Notreal", "Jay Mockridge", "Lark Dummerly"):
        assert name in told
    assert shown(80, limit=6, everything=False) == shown(80, everything=False)


def test_the_headline_counts_every_group_that_has_somebody():
    assert headline(small_worklist(), TODAY) == (
        "7 patients on Sunday 22 November 2026: 1 safety first, 1 closing within 48 hours, 2 our move, "
        "1 the patient's move, 1 waiting for a day to come and 1 nothing to do now."
    )


def test_markdown_has_a_table_for_each_group_and_escapes_what_would_break_it():
    told = worklist_as_markdown(small_worklist(), TODAY, ["A note."])
    assert "## Our move (2)" in told
    assert "Sage \\| Notreal" in told
    assert "\n> A note.\n" in told
    rows = [line for line in told.splitlines() if line.startswith("| ") and "Verdict" not in line]
    assert len([line for line in rows if "---" not in line]) == 7


def test_json_holds_every_row_in_order_with_its_deadline_and_the_other_reading():
    told = json.loads(worklist_as_json(small_worklist()))
    assert told["schema"] == "isovigil.worklist/1"
    assert [row["patient"] for row in told["rows"]] == [f"p-000{n}" for n in (1, 2, 4, 3, 5, 6, 7)]
    assert told["groups"]["ours"] == 2
    assert told["open_dates"] == {UNCONFIRMED: 1}
    third = told["rows"][3]
    assert third["deadline"]["at"] == "2026-11-18T23:59:59-05:00"
    assert third["other_reading"]["verdict"] == "ready"
    assert date.fromisoformat(told["rows"][5]["opens_on"]) == date(2026, 12, 2)


def test_a_pipe_gets_eighty_columns_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert worklist_terminal(io.StringIO()).width == 80
    monkeypatch.setenv("COLUMNS", "120")
    assert worklist_terminal(io.StringIO()).width == 120
    monkeypatch.setenv("COLUMNS", "200")
    assert worklist_terminal(io.StringIO()).width == 120
