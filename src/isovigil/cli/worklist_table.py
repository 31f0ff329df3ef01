"""How does a worklist look in a terminal, narrow or wide?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from isovigil.exchange import review_words as words
from isovigil.usecases.worklist import GROUPS, Row, Worklist
from isovigil.usecases.worklist import Group as RowGroup
from isovigil.usecases.worklist_told import (
    ENDED,
    GROUP_TITLES,
    OTHER_READING_SIGN,
    by_when,
    has_a_reason,
    left,
    other_reading_told,
    step_told,
    who,
)

NARROWEST = 60
WIDEST = 120
WIDE_FROM = 110
"""From so many columns on a row is one line of a table; below, a short block."""
IN_A_PIPE = 80
_STYLES = {"good": "green", "wait": "yellow", "bad": "bold red", "plain": "dim"}
_LEAST_OF_EACH_GROUP = 2


def worklist_terminal(file: TextIO | None = None) -> Console:
    """A console as wide as the terminal, within bounds; in a pipe 80 columns, or as COLUMNS says."""
    console = Console(file=file, highlight=False, emoji=False, markup=False)
    if not console.is_terminal and not os.environ.get("COLUMNS", "").isdigit():
        console.width = IN_A_PIPE
    console.width = max(NARROWEST, min(WIDEST, console.width))
    return console


def worklist_shown(listed: Worklist, width: int, limit: int | None, *, everything: bool) -> RenderableType:
    """Every group with its rows, most urgent first; what is not shown is counted."""
    chosen = _chosen(listed, limit, everything)
    parts: list[RenderableType] = []
    for group in GROUPS:
        rows = listed.of(group)
        if rows:
            parts.append(_group(group, rows, [row for row in rows if row in chosen], width))
    return Group(*parts)


def _chosen(listed: Worklist, limit: int | None, everything: bool) -> set[Row]:
    """The rows to show: the most urgent ones, but some of every group in which there is work."""
    rows = [row for row in listed.rows if everything or row.group != "nothing"]
    if limit is None or len(rows) <= limit:
        return set(rows)
    some = {
        row for group in GROUPS for row in [one for one in rows if one.group == group][:_LEAST_OF_EACH_GROUP]
    }
    for row in rows:
        if len(some) >= limit:
            break
        some.add(row)
    return some


def _group(group: RowGroup, rows: Sequence[Row], shown: Sequence[Row], width: int) -> RenderableType:
    title = Line(
        Text(f"{GROUP_TITLES[group]} ({len(rows)})", style="bold"), align="left", characters="─", style="dim"
    )
    parts: list[RenderableType] = [Text(""), title]
    if shown:
        parts.append(_wide(shown) if width >= WIDE_FROM else _narrow(shown))
    more = len(rows) - len(shown)
    if more:
        parts.append(Text(_more(group, more, bool(shown)), style="dim"))
    return Group(*parts)


def _more(group: RowGroup, more: int, some_shown: bool) -> str:
    if group == "nothing":
        return f"  {more}{' more' if some_shown else ''} with nothing to do before their next appointment."
    return f"  … and {more} more."


def sign(row: Row) -> Text:
    """The verdict as symbol and word, coloured in addition; a mark where another reading differs."""
    shown = ENDED if row.verdict is None else words.VERDICTS[row.verdict]
    mark = f" {OTHER_READING_SIGN}" if row.other_reading is not None else ""
    return Text(f"{shown.symbol} {shown.word}{mark}", style=_STYLES[shown.tone])


def _narrow(rows: Iterable[Row]) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=11)
    table.add_column(ratio=1)
    table.add_column(width=12, justify="right")
    for row in rows:
        body = Text(who(row), style="bold")
        if has_a_reason(row):
            body.append(f"\n{row.reason}", style="not bold")
        body.append(f"\n→ {step_told(row)}{_by(row)}", style="not bold")
        table.add_row(sign(row), body, Text(left(row), style="bold"))
    return table


def _by(row: Row) -> str:
    told = by_when(row)
    if not told:
        return ""
    return f"{', ' if told.startswith(('by ', 'from ')) else '; '}{told}"


def _wide(rows: Iterable[Row]) -> Table:
    table = Table(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False, show_header=False, expand=True
    )
    table.add_column(width=11)
    table.add_column(width=22)
    table.add_column(ratio=1)
    table.add_column(width=24)
    table.add_column(width=12, justify="right")
    for row in rows:
        name, *rest = who(row).split(", ", 1)
        patient = Text(name, style="bold")
        for part in rest:
            patient.append(f"\n{part}", style="not bold")
        told = other_reading_told(row)
        body = Text(f"{row.reason}\n" if has_a_reason(row) else "")
        if told:
            body.append(f"{OTHER_READING_SIGN} {told}\n", style="dim")
        body.append(f"→ {step_told(row)}")
        table.add_row(sign(row), patient, body, Text(by_when(row)), Text(left(row), style="bold"))
    return table
