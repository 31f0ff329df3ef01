"""Which processes do the pieces of a run, and how is each made ready for them?

One set of processes serves a whole run: to begin one costs as much as judging a thousand patients.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from importlib.abc import MetaPathFinder
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

Task = tuple[str, Callable[..., Any], tuple[Any, ...]]
"""The name of a piece of work, what does it, and what that is given."""


class Workers:
    """The processes of a run; this one alone where there is one worker, or no more than one thing to do."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool: ProcessPoolExecutor | None = None
        self._held: TemporaryDirectory[str] | None = None
        self._kinds = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        if self._held is not None:
            self._held.cleanup()

    def results(
        self, tasks: Sequence[Task], prepare: Callable[..., None], given: tuple[Any, ...]
    ) -> Iterator[tuple[str, Any]]:
        """Each task's result as it comes. Whoever does some is made ready by `prepare` with what is given.

        Raises what a task raises, and BrokenProcessPool where a process was ended from outside.
        """
        if self._count <= 1 or len(tasks) <= 1:
            if tasks:
                prepare(*given)
            for name, do, arguments in tasks:
                yield name, do(*arguments)
            return
        pool, ready = self._begun(), self._kept((prepare, given))
        waiting: dict[Future[Any], str] = {}
        coming = iter(tasks)
        for name, do, arguments in islice(coming, 2 * self._count):
            waiting[pool.submit(_done, ready, do, arguments)] = name
        while waiting:
            finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                yield waiting.pop(future), future.result()
                for name, do, arguments in islice(coming, 1):
                    waiting[pool.submit(_done, ready, do, arguments)] = name

    def _begun(self) -> ProcessPoolExecutor:
        """Fresh processes: a copy of one that runs DuckDB's threads could stand still."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._count, mp_context=get_context("spawn"), initializer=_without_pandas
            )
        return self._pool

    def _kept(self, told: Any) -> str:
        """A file of this run alone with what every process has to know: it may be long, and is read once."""
        if self._held is None:
            self._held = TemporaryDirectory(prefix="isovigil-")
        self._kinds += 1
        path = Path(self._held.name) / f"ready-{self._kinds}"
        path.write_bytes(pickle.dumps(told))
        return str(path)


class _NoPandas(MetaPathFinder):
    """Arrow imports pandas where it is installed, to ask of every list whether it is one of its own.

    That costs a third of a second a process, and no worker has anything to do with pandas.
    """

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """None, so that others look for it; for pandas nobody does."""
        if fullname == "pandas":
            raise ModuleNotFoundError("Workers of a population do without pandas.", name=fullname)


def _without_pandas() -> None:
    sys.meta_path.insert(0, _NoPandas())


class _Ready:
    """What this process was made ready for."""

    by: str | None = None


def _done(ready: str, do: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    if _Ready.by != ready:
        prepare, given = pickle.loads(Path(ready).read_bytes())  # noqa: S301 - this run wrote it, for itself
        prepare(*given)
        _Ready.by = ready
    return do(*arguments)
