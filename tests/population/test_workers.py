"""Do the same processes do all pieces of a run, each made ready once for what comes next?"""

from __future__ import annotations

import os
import sys

import pytest

from isovigil.batch.workers import Task, Workers


class _Made:
    """What a process was made ready with, each time."""

    told: list[str] = []  # noqa: RUF012 - of this process


def make_ready(word: str) -> None:
    _Made.told.append(word)


def whoever_does(number: int) -> tuple[int, int, tuple[str, ...], bool]:
    return number, os.getpid(), tuple(_Made.told), "pandas" in sys.modules


def pieces(count: int) -> list[Task]:
    return [(f"piece {number}", whoever_does, (number,)) for number in range(count)]


def test_one_worker_is_this_process_and_goes_in_order():
    _Made.told.clear()
    with Workers(1) as workers:
        found = list(workers.results(pieces(3), make_ready, ("read",)))
    assert [name for name, _ in found] == ["piece 0", "piece 1", "piece 2"]
    assert [told[:3] for _, told in found] == [(number, os.getpid(), ("read",)) for number in range(3)]


def test_processes_are_made_ready_once_for_each_kind_of_work_and_kept():
    with Workers(2) as workers:
        read = dict(workers.results(pieces(8), make_ready, ("read",)))
        judged = dict(workers.results(pieces(8), make_ready, ("judge",)))
    assert sorted(read) == sorted(judged) == [f"piece {number}" for number in range(8)]
    processes = {process for _, process, _, _ in [*read.values(), *judged.values()]}
    assert len(processes) <= 2
    assert os.getpid() not in processes
    assert {told for _, _, told, _ in read.values()} == {("read",)}
    for _, process, told, _ in judged.values():
        has_read = any(process == other for _, other, _, _ in read.values())
        assert told == (("read", "judge") if has_read else ("judge",))


def test_a_worker_cannot_import_pandas_which_arrow_would():
    with Workers(2) as workers:
        for _, (_, _, _, has_pandas) in workers.results(pieces(2), _touch_arrow, ()):
            assert not has_pandas


def _touch_arrow() -> None:
    import pyarrow as pa

    assert pa.array(["a", None]).to_pylist() == ["a", None]


def _fails(number: int) -> None:
    if number == 3:
        raise LookupError("the fourth piece is wrong")


def test_what_a_piece_raises_reaches_whoever_waits():
    tasks: list[Task] = [(f"piece {number}", _fails, (number,)) for number in range(6)]
    with Workers(2) as workers, pytest.raises(LookupError, match="the fourth piece is wrong"):
        list(workers.results(tasks, make_ready, ("read",)))
