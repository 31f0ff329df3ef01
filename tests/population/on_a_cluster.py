"""Judge an export with Spark on this machine, and end one executor, or the run itself, on the way.

Run by the tests as a process of its own: Spark speaks with its workers over sockets, which tests may not.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import date
from functools import partial
from pathlib import Path
from threading import Event

from pyspark import SparkContext

from isovigil.batch import spark_engine
from isovigil.batch.local_engine import Run, chunks_together
from isovigil.batch.run_folder import RunFolder
from isovigil.batch.spark_engine import BeforeEach, begin_spark, judge_with_spark
from isovigil.exchange.bulk import shards
from isovigil.exchange.bulk.input_files import survey
from isovigil.usecases.population_judged import Asked

ASKED = Asked(date(2025, 6, 30), "us_ipledge", "balanced")


def end_one_executor(mark: Path, doing: str, number: int) -> None:
    """The first to judge anything ends the Java process of its executor, and itself with it."""
    if doing != "judged" or not is_first(mark):
        return
    daemon = os.getppid()
    status = Path(f"/proc/{daemon}/status").read_text()
    executor = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("PPid:"))
    if b"CoarseGrainedExecutorBackend" not in Path(f"/proc/{executor}/cmdline").read_bytes():
        raise RuntimeError("The parent's parent is no executor of Spark; nothing was ended.")
    mark.write_text(str(executor))
    os.kill(executor, signal.SIGKILL)


def is_first(mark: Path) -> bool:
    """Is this the first process to come here?"""
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def stop_the_run(told: Path, run: int, stop_at: str, work: Path, doing: str, number: int) -> None:
    """Write down that a piece is begun; once one of `stop_at` is finished, interrupt the process `run`."""
    with (told / "begun").open("a", encoding="utf-8") as begun:
        begun.write(f"{stop_at}: {doing}/{number:06d}\n")
    if doing == stop_at and any((work / "spark" / doing).glob("*.json")):
        if is_first(told / f"stopped at {stop_at}"):
            os.kill(run, signal.SIGINT)
        Event().wait()


def go(run: Run, spark: SparkContext, before: BeforeEach | None) -> None:
    """Judge, or go on with judging."""
    found = survey(run.given)
    folder = RunFolder(run.out)
    folder.begin(run.told(found, ""), resume=run.resume)
    folder.end(judge_with_spark(run, found, folder, lambda *_: None, spark, before))


def one_executor_killed(export: str, out: str, mark: str) -> None:
    """Judge on two executors, one of which is ended."""
    os.environ["SPARK_MASTER"] = "local-cluster[2,1,1024]"
    vars(shards).update(FEWEST_ROWS=100)  # so that there are several pieces to judge
    spark = begin_spark(2)
    go(Run(export, Path(out), ASKED), spark, partial(end_one_executor, Path(mark)))
    spark.stop()


def interrupted_twice(export: str, out: str, told: str) -> None:
    """Interrupt the reading, then the judging, then go on to the end; what was finished at each stop."""
    vars(shards).update(FEWEST_ROWS=100)  # so that there are several pieces to judge
    vars(spark_engine).update(chunks_together=partial(chunks_together, whole=1))  # and to read
    spark = begin_spark(2)
    finished: dict[str, list[str]] = {}
    work = Path(out) / "unfinished"
    for stop_at in ("read", "judged", "nothing"):
        run = Run(export, Path(out), ASKED, resume=stop_at != "read")
        try:
            go(run, spark, partial(stop_the_run, Path(told), os.getpid(), stop_at, work))
        except KeyboardInterrupt:
            done = sorted((work / "spark").glob("*/*.json"))
            finished[stop_at] = [f"{each.parent.name}/{each.stem}" for each in done]
    (Path(told) / "finished").write_text(json.dumps(finished), encoding="utf-8")
    spark.stop()


if __name__ == "__main__":
    {"killed": one_executor_killed, "interrupted": interrupted_twice}[sys.argv[1]](*sys.argv[2:])
