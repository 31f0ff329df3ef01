"""What does a run tell in the terminal when it has ended?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from isovigil.batch.report.audit_told import indicators
from isovigil.batch.report.page import REPORT
from isovigil.batch.report.past_acts import missed_windows
from isovigil.batch.report.reading import RunTables
from isovigil.batch.report.told import Told, in_words
from isovigil.exchange.bulk import native_lines
from isovigil.law.rulebook import Rulebook

VERDICTS: Final = ("ready", "waiting", "hold", "stop")
JUDGED: Final = ("right", "wrong", "unknowable", "no_rule")
_MOST_BROKEN: Final = 8
_NOTHING_DUE: Final = "nothing was due"
WITHOUT_LIBRARY: Final = (
    "The library that recognises known lines is missing here, so Python read them all, some four times as "
    "slowly; the results are the same. With a Rust compiler (Debian: rustc) `make install` makes it."
)


def show_summary(told: Mapping[str, Any], out: Path, seconds: float, rulebook: Rulebook) -> None:
    """Print the numbers of a run: who was judged, what the gates say, what past acts broke, the audit.

    What concerns few people is hidden in the audit, but not in the other numbers: they are for whoever
    holds the tables.
    """
    console = Console()
    counts: Mapping[str, int] = told["counts"]
    patients = told["patients"]
    judged = counts.get("rows verdicts", 0)
    rate = f"{patients / seconds:,.0f} patients a second" if seconds > 0 else ""
    console.print(
        f"{judged:,} of {patients:,} patients judged for {told['on']} in {seconds:,.1f} s ({rate})."
    )
    console.print(
        _grid("gate", VERDICTS, [(gate, gate) for gate in ("start", "prescribe", "dispense")], counts)
    )
    acts = [("prescriptions", "prescription"), ("hand-overs", "dispense")]
    if counts.get("rows acts"):
        console.print(_grid("past acts", JUDGED, acts, counts))
        console.print(_broken(counts))
    if told["replay"] and judged:
        _show_audit(console, out, rulebook)
    _show_input(console, told, counts)
    report = f" Report: {out / REPORT}." if (out / REPORT).is_file() else ""
    console.print(f"Tables: {out}.{report} What each column says: docs/population/tables.md.", soft_wrap=True)


def _grid(
    title: str, columns: tuple[str, ...], rows: list[tuple[str, str]], counts: Mapping[str, int]
) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(title)
    for column in columns:
        table.add_column(column.replace("_", " "), justify="right")
    for name, key in rows:
        table.add_row(name, *(f"{counts.get(f'{key} {column}', 0):,}" for column in columns))
    return table


def _broken(counts: Mapping[str, int]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("what past acts broke most often")
    table.add_column("acts", justify="right")
    broken = {key.removeprefix("broke "): count for key, count in counts.items() if key.startswith("broke ")}
    for rule, count in sorted(broken.items(), key=lambda item: (-item[1], item[0]))[:_MOST_BROKEN]:
        table.add_row(rule, f"{count:,}")
    return table


def _show_audit(console: Console, out: Path, rulebook: Rulebook) -> None:
    """The audit indicators of which anything was due, and the missed windows by cause."""
    tables = RunTables(out, rulebook)
    try:
        audit, windows = indicators(tables), missed_windows(tables)
    finally:
        tables.close()
    for figure, named, shown in ((audit, "audit", (0, 2, 3, 4, 5)), (windows, "missed windows", (0, 1))):
        if not figure.tables:
            continue
        [first, *_] = figure.tables
        rows = [[row[at] for at in shown] for row in first.rows if _NOTHING_DUE not in row]
        console.print(as_rich(Told(first.caption, (named, *(first.heads[at] for at in shown[1:])), rows)))


def as_rich(told: Told) -> Table:
    """A table of a report as the terminal shows it: numbers to the right, `hidden` where one is hidden."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for at, head in enumerate(told.heads):
        is_text = any(isinstance(row[at], str) for row in told.rows)
        table.add_column(head, justify="left" if is_text else "right", overflow="fold")
    for row in told.rows:
        table.add_row(*(in_words(value) for value in row))
    return table


def _show_input(console: Console, told: Mapping[str, Any], counts: Mapping[str, int]) -> None:
    if told["lines"]:
        console.print(
            f"{told['lines']:,} lines of {told['files']:,} files: {told['lines_fast']:,} by the fast loader, "
            f"{told['lines_strict']:,} by the strict one; no rule looks at {told['unread']:,}."
        )
        if not native_lines.is_there():
            console.print(WITHOUT_LIBRARY)
    fatal, error, warning = (counts.get(f"problem {each}", 0) for each in ("fatal", "error", "warning"))
    refused = sum(count for key, count in counts.items() if key.startswith("refused "))
    console.print(
        f"Problems of the input: {fatal:,} fatal, {error:,} errors, {warning:,} warnings (table problems); "
        f"{refused:,} patients not judged (patients.refusal)."
    )
