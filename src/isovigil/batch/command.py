"""How is `isovigil population` asked and answered?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from isovigil.batch.local_engine import Run, Tell
    from isovigil.batch.run_folder import RunFolder
    from isovigil.exchange.bulk.input_files import Survey

ENGINES = ("local", "spark")
_WRONG_CALL = 2
_FAULT = 70
_INTERRUPTED = 130
_WORKER_ENDED = """\
A worker process was ended from outside, most often for want of memory. What is finished is kept:
the same command with --resume goes on, with fewer --workers if memory is short.
"""
_NEEDS = "`isovigil population` needs the extra: pip install 'isovigil[population]'"


def app_commands(app: typer.Typer) -> None:
    """Add `population` to the command line."""
    app.command("population", short_help="Judge everybody in an export.")(population_command)


def population_command(
    given: Annotated[
        str, typer.Argument(metavar="INPUT", help="A bulk export, a folder of cases, or an earlier run.")
    ],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="Judge this day, as 2024-03-11.")],
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="A new folder for the tables.")],
    programme: Annotated[
        str | None, typer.Option("--programme", metavar="P", help="Judge by this programme.")
    ] = None,
    policy: Annotated[
        str | None, typer.Option("--policy", metavar="Q", help="Judge by this clinical policy.")
    ] = None,
    overlay: Annotated[
        str | None, typer.Option("--overlay", metavar="FILE", help="A clinic's own, stricter values.")
    ] = None,
    engine: Annotated[str, typer.Option("--engine", metavar="E", help="local or spark.")] = "local",
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", help="Processes. Default: one a core.")
    ] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run.")] = False,
    rules_as_of: Annotated[
        str | None,
        typer.Option("--rules-as-of", metavar="DATE", help="Judge every act by the rules of this day."),
    ] = None,
    truth: Annotated[
        str | None, typer.Option("--truth", metavar="FILE", help="Compare with the planted violations.")
    ] = None,
    every_finding: Annotated[
        bool, typer.Option("--every-finding", help="Keep findings that concern nobody, too.")
    ] = False,
    replay: Annotated[bool, typer.Option("--replay/--no-replay", help="Judge past acts, too.")] = True,
    report: Annotated[bool, typer.Option("--report/--no-report", help="Write report.html, too.")] = True,
    strict: Annotated[bool, typer.Option("--strict", help="Read every line with the strict loader.")] = False,
) -> None:
    """Judge every patient of an export with the rules that judge one, and write tables."""
    _need_the_extra()
    from isovigil.batch.local_engine import Run
    from isovigil.batch.work import cores
    from isovigil.usecases.population_judged import Asked

    if engine not in ENGINES:
        _refuse(f"--engine {engine}: it is one of {' and '.join(ENGINES)}.")
    asked = Asked(_day("--on", on), programme, policy, every_finding, replay)
    rules = None if rules_as_of is None else _day("--rules-as-of", rules_as_of)
    run = Run(given, Path(out), asked, workers or cores(), resume, rules, overlay, not strict)
    raise typer.Exit(run_population(run, engine, truth, with_report=report))


def _need_the_extra() -> None:
    from importlib.util import find_spec

    missing = [name for name in ("duckdb", "pyarrow", "zstandard") if find_spec(name) is None]
    if missing:
        _refuse(f"{_NEEDS} ({', '.join(missing)} is not installed).")


def _refuse(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    raise typer.Exit(_WRONG_CALL)


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _refuse(f"{option} {text!r} is not a day. Write it as 2024-03-11.")
        raise AssertionError from None


def run_population(run: Run, engine: str, truth: str | None = None, *, with_report: bool = True) -> int:
    """Judge, write the tables and the report, and tell what came of it.

    The exit code: 0, or 2 for a wrong call, or 1 where the truth differs.
    """
    from isovigil.batch.report.page import write_report
    from isovigil.batch.run_folder import RunFolder, RunRefused
    from isovigil.batch.summary import show_summary
    from isovigil.exchange.bulk.input_files import NothingToRead, survey
    from isovigil.exchange.rulebook_files import load_rulebook
    from isovigil.law.rulebook import UnknownPolicy, UnknownProgramme

    began = monotonic()
    try:
        found = survey(run.given)
        law = load_rulebook(None if run.overlay is None else Path(run.overlay))
        if run.asked.programme is not None:
            law.programme(run.asked.programme)
        if run.asked.policy is not None:
            law.policy(run.asked.policy)
        folder = RunFolder(run.out)
        # The pieces of the two engines are not cut alike, so neither can go on with the other's.
        asked = {**run.told(found, law.digest), "engine": engine}
        folder.begin(asked, resume=run.resume)
    except (NothingToRead, RunRefused, UnknownProgramme, UnknownPolicy) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return _WRONG_CALL
    try:
        came = _judged(run, engine, found, folder)
    except BrokenExecutor:
        sys.stderr.write(_WORKER_ENDED)
        return _FAULT
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted. What is finished is kept: the same command with --resume goes on.\n")
        return _INTERRUPTED
    told: dict[str, Any] = {"schema": "isovigil.population/1", **asked, **came}
    folder.end(told)
    if with_report:
        write_report(run.out, law)
    show_summary(told, run.out, monotonic() - began, law)
    if truth is not None:
        return _compare(run.out, truth)
    return 0


def _judged(run: Run, engine: str, found: Survey, folder: RunFolder) -> dict[str, Any]:
    """What came of the run, by the engine asked for."""
    with _bar() as tell:
        if engine == "spark":
            from isovigil.batch.spark_engine import SparkMissing, judge_with_spark

            try:
                return judge_with_spark(run, found, folder, tell)
            except SparkMissing as missing:
                _refuse(str(missing))
        from isovigil.batch.local_engine import judge_locally

        return judge_locally(run, found, folder, tell)


def _compare(out: Path, truth: str) -> int:
    """Hold what past acts broke against the planted violations: 0 where both are the same, else 1."""
    import pyarrow.parquet as pq

    from isovigil.usecases.truth_check import TruthUnreadable, check_truth, read_truth, told

    try:
        planted = read_truth(Path(truth))
    except TruthUnreadable as wrong:
        sys.stderr.write(f"{wrong}\n")
        return _WRONG_CALL
    broken = pq.read_table(out / "broken", columns=["patient", "act", "rule"])
    found = zip(*(column.to_pylist() for column in broken.columns), strict=True)
    check = check_truth(planted, found)
    sys.stdout.write(f"{told(check)}\n")
    return 0 if check.is_perfect else 1


@contextmanager
def _bar() -> Iterator[Tell]:
    """A bar with rate and remaining time on standard error, only on a terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, tuple[TaskID, float, int]] = {}

        def tell(doing: str, done: int, total: int) -> None:
            if doing not in tasks:
                tasks[doing] = (bar.add_task(doing, total=total, rate=""), monotonic(), done)
            task, since, first = tasks[doing]
            passed = monotonic() - since
            rate = f"{(done - first) / passed:,.0f}/s" if passed > 0 and done > first else ""
            bar.update(task, completed=done, rate=rate)

        yield tell
