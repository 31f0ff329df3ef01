"""How far along is a long piece of work, without ever getting into the answer?"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress

T = TypeVar("T")
SECONDS_BEFORE = 2.0
"""Shorter work shows no bar."""


def with_progress(work: Iterable[T], total: int, doing: str) -> Iterator[T]:
    """The same items, with a bar on standard error once it has taken two seconds; only on a terminal."""
    bar: Progress | None = None
    began = monotonic()
    is_terminal = sys.stderr.isatty()
    try:
        for done, item in enumerate(work, start=1):
            if bar is not None:
                bar.update(bar.task_ids[0], completed=done)
            elif is_terminal and monotonic() - began > SECONDS_BEFORE:
                bar = _begin(total, doing, done)
            yield item
    finally:
        if bar is not None:
            bar.stop()


def _begin(total: int, doing: str, done: int) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task(doing, total=total, completed=done)
    bar.start()
    return bar
