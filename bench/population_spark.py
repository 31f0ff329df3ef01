"""What does `--engine spark` cost beside the local engine, and from how many patients on does it pay here?

Run: .venv/bin/python bench/population_spark.py [PATIENTS ...]      (default: 200 1000 5000)

Both engines judge the same made-up export on this machine's cores, without replay. Printed is the processor
time of each command with everything it began (Java, Python's workers): for each size, then the line through
the sizes (what beginning costs, what a patient costs), and the size at which the lines cross, if they do.
Wall-clock time stands beside it: neighbours disturb it.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import NamedTuple

from isovigil.synthetic_nation.nation import Nation, write_nation

ON = date(2025, 6, 30)
SIZES = (200, 1_000, 5_000)
ENGINES = ("local", "spark")
LOOKED_EVERY = 0.1
TICKS = os.sysconf("SC_CLK_TCK")
COMMAND = "from isovigil.cli import main; main()"
_ADOPT_ORPHANS = 36
"""PR_SET_CHILD_SUBREAPER: Java outlives the Python that began it, and its time is to be counted too."""


class Cost(NamedTuple):
    """Seconds of one run."""

    processor: float
    wall: float


class Line(NamedTuple):
    """Seconds to begin, and seconds a patient."""

    begin: float
    each: float


def run_once(engine: str, export: Path, out: Path) -> Cost:
    """Seconds of the command and of all processes it began. Raises SystemExit where it fails."""
    shutil.rmtree(out, ignore_errors=True)
    asked = ["population", str(export), "--on", ON.isoformat(), "--programme", "us_ipledge", "--policy"]
    command = [sys.executable, "-c", COMMAND, *asked, "balanced", "--no-replay", "--no-report"]
    command += ["--engine", engine, "--out", str(out)]
    began = time.perf_counter()
    spent: dict[int, float] = {}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
        while process.poll() is None or len(below(os.getpid())) > 1:
            spent.update(below(os.getpid()))
            reap_orphans(process.pid)
            time.sleep(LOOKED_EVERY)
        if process.returncode != 0:
            said.seek(0)
            raise SystemExit(f"--engine {engine} ended with {process.returncode}: {said.read()[-1000:]!r}")
    del spent[os.getpid()]
    return Cost(sum(spent.values()), time.perf_counter() - began)


def below(first: int) -> dict[int, float]:
    """Processor seconds so far of a process and of all below it.

    They are looked at again and again, as nobody adds them up: Spark's Python begins workers and never asks
    what became of them.
    """
    parents: dict[int, int] = {}
    seconds: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = path.read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        pid = int(path.parent.name)
        parents[pid] = int(told[1])
        seconds[pid] = (int(told[11]) + int(told[12])) / TICKS
    found = {first}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return {pid: seconds[pid] for pid in found if pid in seconds}


def reap_orphans(but: int) -> None:
    """Let go of processes that ended after whoever began them."""
    for pid in below(os.getpid()):
        if pid not in (but, os.getpid()):
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def line_through(sizes: Sequence[int], seconds: Sequence[float]) -> Line:
    """The line of least squares."""
    middle, height = sum(sizes) / len(sizes), sum(seconds) / len(seconds)
    spread = sum((size - middle) ** 2 for size in sizes)
    pairs = zip(sizes, seconds, strict=True)
    each = sum((size - middle) * (spent - height) for size, spent in pairs) / spread if spread else 0.0
    return Line(height - each * middle, each)


def crossing(local: Line, spark: Line) -> str:
    """From how many patients on Spark costs less, or that it never does."""
    if spark.begin <= local.begin:
        return "Spark begins as cheaply as the local engine."
    if spark.each >= local.each:
        return (
            f"no crossover on {os.cpu_count()} cores: Spark costs {spark.begin:.1f} s + "
            f"{spark.each * 1e6:,.0f} us a patient against {local.begin:.1f} s + {local.each * 1e6:,.0f} us."
        )
    at = (spark.begin - local.begin) / (local.each - spark.each)
    return f"the lines cross at {at:,.0f} patients (a few per cent of noise in a slope move that far)."


def main() -> None:
    """Measure and print."""
    sizes = [int(each) for each in sys.argv[1:]] or list(SIZES)
    ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    costs: dict[str, list[Cost]] = {engine: [] for engine in ENGINES}
    print("processor time of the whole command, without replay and report (wall-clock in brackets)")
    with tempfile.TemporaryDirectory() as held:
        for size in sizes:
            export = Path(held) / f"nation{size}"
            for _ in write_nation(Nation(size, 1, ON), export, 1):
                pass
            for engine in ENGINES:
                costs[engine].append(run_once(engine, export, Path(held) / "out"))
            shutil.rmtree(export)
            local, spark = (costs[engine][-1] for engine in ENGINES)
            print(f"  {size:>7,} patients  local {local.processor:7.1f} s ({local.wall:6.1f} s)  "
                  f"spark {spark.processor:7.1f} s ({spark.wall:6.1f} s)  "
                  f"spark / local {spark.processor / local.processor:.2f}")  # fmt: skip
    lines = {}
    for engine in ENGINES:
        lines[engine] = line_through(sizes, [each.processor for each in costs[engine]])
        print(
            f"  {engine}: {lines[engine].begin:.1f} s to begin, {lines[engine].each * 1e6:,.0f} us a patient"
        )
    print(f"  {crossing(lines['local'], lines['spark'])}")
    print(f"again: .venv/bin/python bench/population_spark.py {' '.join(map(str, sizes))}")


if __name__ == "__main__":
    main()
