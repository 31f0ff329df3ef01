"""How does `isovigil worklist` answer?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from isovigil.cli.moment_asked import CallProblem, check_choice, moment_typed
from isovigil.cli.progress_bar import with_progress
from isovigil.cli.streams import answer, complain, documents_in_utf8
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.exchange.rulebook_problems import RulebookProblems
from isovigil.law.rulebook import Rulebook
from isovigil.usecases.review_cases import CASE_FILE_ENDINGS, case_paths, review_paths
from isovigil.usecases.synthetic_clinic.writing import display_names
from isovigil.usecases.worklist import Row, Worklist, row_of, worklist
from isovigil.usecases.worklist_told import headline, open_dates_told, worklist_as_json, worklist_as_markdown

FORMATS = ("table", "json", "markdown")
FEW = 10
"""So few patients are all shown, those with nothing to do as well."""


class AskedWorklist(NamedTuple):
    """What was typed."""

    cases: Sequence[str]
    on: str | None
    at: str | None
    known_by: str | None
    programme: str | None
    policy: str | None
    overlay: str | None
    names: str | None
    form: str
    limit: int | None
    everything: bool


def run_worklist(asked: AskedWorklist) -> int:
    """Judge the cases and print whose move it is; 0, 2 (a case or the call) or 3 (no rule in force)."""
    try:
        check_choice("--format", asked.form, FORMATS)
        moment = moment_typed(asked.on, asked.at, asked.known_by)
        rulebook = load_rulebook(Path(asked.overlay) if asked.overlay else None)
        names = _names(asked.names)
    except (CallProblem, RulebookProblems) as wrong:
        complain(wrong)
        return 2
    paths = list(case_paths(asked.cases))
    if not paths:
        complain(
            f"No case file ({', '.join(CASE_FILE_ENDINGS)}) was found in {', '.join(asked.cases)}. "
            "Name a case file, or a directory that holds some."
        )
        return 2
    rows: list[Row] = []
    codes = {0}
    outcomes = review_paths(paths, rulebook, moment, asked.programme, asked.policy)
    for outcome in with_progress(outcomes, len(paths), "Judging"):
        codes.add(outcome.exit_code)
        if outcome.case is None or outcome.review is None:
            complain(outcome.trouble)
            continue
        rows.append(row_of(outcome.case, outcome.review, outcome.name, names.get(outcome.review.patient)))
    if rows:
        print_worklist(worklist(rows), rulebook, asked.form, asked.limit, everything=asked.everything)
    return min(codes - {0}, default=0)


def _names(file: str | None) -> dict[str, str]:
    if file is None:
        return {}
    try:
        return display_names(Path(file))
    except (OSError, KeyError, UnicodeDecodeError) as wrong:
        raise CallProblem(
            f"--names {file!r} cannot be read as a display list ({type(wrong).__name__}). "
            "It is a CSV file with the columns id and name."
        ) from None


def print_worklist(
    listed: Worklist, rulebook: Rulebook, form: str, limit: int | None, *, everything: bool
) -> None:
    """The worklist on standard output, in the format asked for."""
    day = max(row.judged_on for row in listed.rows)
    notes = open_dates_told(listed, rulebook, day)
    if form == "json":
        documents_in_utf8()
        answer(worklist_as_json(listed))
    elif form == "markdown":
        documents_in_utf8()
        answer(worklist_as_markdown(listed, day, notes))
    else:
        _print_table(listed, day, notes, limit, everything)


def _print_table(listed: Worklist, day: date, notes: list[str], limit: int | None, everything: bool) -> None:
    from rich.console import Group
    from rich.text import Text

    from isovigil.cli.review_table import show
    from isovigil.cli.worklist_table import worklist_shown, worklist_terminal
    from isovigil.decisions.review import NOTICE

    console = worklist_terminal()
    is_short = len(listed.rows) <= FEW
    shown = worklist_shown(listed, console.width, limit, everything=everything or is_short)
    warnings = [Text(f"! {note}", style="yellow") for note in notes]
    top = Text(headline(listed, day), style="bold")
    show(console, Group(top, *warnings, shown, Text(f"\n{NOTICE}", style="dim")))
