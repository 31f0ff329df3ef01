"""How is `isovigil study` asked and answered?"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from isovigil.batch.report.reading import RunTables
    from isovigil.batch.report.told import Figure
    from isovigil.law.rulebook import Rulebook

QUESTIONS: Final = {
    "first-dose": "how long is it from the first visit to the first dose, and what was waited for?",
    "missed-windows": "which windows were missed, and why?",
    "last-tests": "was the last pregnancy test taken after treatment?",
    "laboratory": "when do laboratory values become abnormal?",
    "rule-change": "what did a change of the rules change? With --rules-as-of: what would it have changed?",
}
FORMATS: Final = ("table", "json", "svg")
_WRONG_CALL: Final = 2
_NEEDS: Final = "`isovigil study` needs the extra: pip install 'isovigil[population]'"


def app_commands(app: typer.Typer) -> None:
    """Add `study` to the command line."""
    app.command("study", short_help="Answer a ready question over a run's tables.")(study_command)


def study_command(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help=", ".join(QUESTIONS) + ".")],
    tables: Annotated[str, typer.Option("--tables", metavar="DIR", help="What `population` wrote.")],
    rules_as_of: Annotated[
        str | None,
        typer.Option(
            "--rules-as-of", metavar="DATE", help="rule-change: compare with the rules of this day."
        ),
    ] = None,
    form: Annotated[str, typer.Option("--format", metavar="F", help="table, json or svg.")] = "table",
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Write QUESTION.json, .svg and .html there.")
    ] = None,
    overlay: Annotated[
        str | None, typer.Option("--overlay", metavar="FILE", help="A clinic's own, stricter values.")
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", help="Processes to judge again with.")
    ] = 1,
) -> None:
    """Answer a ready question over the tables of a population run, with small numbers hidden."""
    if question not in QUESTIONS:
        ready = "\n".join(f"  {name}: {words}" for name, words in QUESTIONS.items())
        raise typer.Exit(_refused(f"{question!r} is no ready question. They are:\n{ready}"))
    if form not in FORMATS:
        raise typer.Exit(_refused(f"--format {form!r} is not one of {', '.join(FORMATS)}."))
    try:
        day = None if rules_as_of is None else date.fromisoformat(rules_as_of)
    except ValueError:
        raise typer.Exit(
            _refused(f"--rules-as-of {rules_as_of!r} is not a day. Write it as 2026-11-15.")
        ) from None
    if day is not None and question != "rule-change":
        raise typer.Exit(_refused("--rules-as-of belongs to the question rule-change."))
    raise typer.Exit(run_study(question, Path(tables), day, form, out, overlay, workers))


def _refused(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return _WRONG_CALL


def run_study(
    question: str,
    folder: Path,
    rules_as_of: date | None = None,
    form: str = "table",
    out: str | None = None,
    overlay: str | None = None,
    workers: int = 1,
) -> int:
    """Answer, print and write. The exit code: 0, or 2 for a wrong call."""
    from importlib.util import find_spec

    if find_spec("duckdb") is None:
        return _refused(f"{_NEEDS} (duckdb is not installed).")
    from isovigil.batch.report.reading import NoRunHere, RunTables
    from isovigil.batch.run_folder import RunRefused
    from isovigil.exchange.rulebook_files import load_rulebook

    rulebook = load_rulebook(None if overlay is None else Path(overlay))
    try:
        tables = RunTables(folder, rulebook)
    except NoRunHere as nothing:
        return _refused(str(nothing))
    try:
        if rules_as_of is None:
            figure = _answers()[question](tables)
        elif not tables.has_acts or not any((folder / "facts").glob("*.parquet")):
            return _refused(f"{folder} was judged without past acts, or without facts to judge again.")
        else:
            figure = compare_rules(tables, rulebook, rules_as_of, workers, overlay)
    except RunRefused as refused:
        return _refused(str(refused))
    finally:
        tables.close()
    if out is not None:
        _write(figure, question, Path(out))
    _print(figure, form)
    return 0


def _answers() -> dict[str, Callable[[RunTables], Figure]]:
    from isovigil.batch.report.past_acts import missed_windows
    from isovigil.batch.study_after_treatment import laboratory_over_time, last_tests
    from isovigil.batch.study_before_start import days_to_first_dose
    from isovigil.batch.study_rule_change import before_and_after

    return {
        "first-dose": days_to_first_dose,
        "missed-windows": missed_windows,
        "last-tests": last_tests,
        "laboratory": laboratory_over_time,
        "rule-change": before_and_after,
    }


def compare_rules(
    tables: RunTables, rulebook: Rulebook, day: date, workers: int, overlay: str | None = None
) -> Figure:
    """Judge the same people again by the rules of one day, and say what would have been different."""
    from isovigil.batch.report.reading import RunTables
    from isovigil.batch.study_rule_change import compared, judge_again

    with TemporaryDirectory(prefix="isovigil-study-") as held:
        again = Path(held) / "again"
        judge_again(tables, rulebook, day, again, workers, overlay)
        others = RunTables(again, rulebook)
        try:
            return compared(tables, others)
        finally:
            others.close()


def as_values(figure: Figure) -> dict[str, Any]:
    """The answer as plain values; a hidden number is the word `hidden`."""
    from isovigil.batch.report.shown import HIDDEN

    return {
        "schema": "isovigil.study/1",
        "question": figure.name,
        "title": figure.title,
        "says": list(figure.says),
        "tables": [
            {
                "caption": told.caption,
                "columns": list(told.heads),
                "rows": [[HIDDEN if value is None else value for value in row] for row in told.rows],
            }
            for told in figure.tables
        ],
    }


def _write(figure: Figure, question: str, out: Path) -> None:
    from isovigil.batch.report.drawing import alone
    from isovigil.batch.report.page import page

    out.mkdir(parents=True, exist_ok=True)
    (out / f"{question}.json").write_text(json.dumps(as_values(figure), indent=1) + "\n", encoding="utf-8")
    notice = "Decision support for professionals; a count says nothing about one patient."
    (out / f"{question}.html").write_text(page(f"Study: {question}", (), [figure], notice), encoding="utf-8")
    if figure.svg is not None:
        (out / f"{question}.svg").write_text(alone(figure.svg), encoding="utf-8")


def _print(figure: Figure, form: str) -> None:
    if form == "json":
        sys.stdout.write(json.dumps(as_values(figure), indent=1) + "\n")
        return
    if form == "svg":
        from isovigil.batch.report.drawing import alone

        sys.stdout.write("" if figure.svg is None else alone(figure.svg))
        return
    from rich.console import Console

    from isovigil.batch.summary import as_rich

    console = Console()
    console.print(figure.title, style="bold")
    for told in figure.tables:
        console.print()
        console.print(told.caption)
        console.print(as_rich(told))
    console.print()
    for said in figure.says:
        console.print(said)
