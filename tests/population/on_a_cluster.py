"""Judge an export with Spark on a small cluster of this machine, and end one executor on the way.

Run by the tests as a process of its own: Spark speaks with its workers over sockets, which tests may not.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import date
from functools import partial
from pathlib import Path

from isovigil.batch.local_engine import Run
from isovigil.batch.run_folder import RunFolder
from isovigil.batch.spark_engine import begin_session, judge_with_spark
from isovigil.exchange.bulk.input_files import survey
from isovigil.usecases.population_judged import Asked


def end_one_executor(mark: Path) -> None:
    """The first to come here ends the Java process of its executor, and itself with it."""
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return
    daemon = os.getppid()
    status = Path(f"/proc/{daemon}/status").read_text()
    executor = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("PPid:"))
    if b"CoarseGrainedExecutorBackend" not in Path(f"/proc/{executor}/cmdline").read_bytes():
        raise RuntimeError("The parent's parent is no executor of Spark; nothing was ended.")
    mark.write_text(str(executor))
    os.kill(executor, signal.SIGKILL)


def main(export: str, out: str, mark: str) -> None:
    os.environ["SPARK_MASTER"] = "local-cluster[2,1,1024]"
    run = Run(export, Path(out), Asked(date(2025, 6, 30), "us_ipledge", "balanced"))
    found = survey(export)
    folder = RunFolder(run.out)
    folder.begin(run.told(found, ""), resume=False)
    session = begin_session(2)
    before = partial(end_one_executor, Path(mark)) if mark else None
    came = judge_with_spark(run, found, folder, lambda *_: None, session, before)
    session.stop()
    folder.end(came)


if __name__ == "__main__":
    main(*sys.argv[1:])
