"""How long do whole runs over a population take by the clock, on all cores, and how much memory?

Run: .venv/bin/python bench/population_by_the_clock.py [PATIENTS ...]            (default: 20000)
     .venv/bin/python bench/population_by_the_clock.py --linear [PATIENTS ...]   (default: 1000 10000 100000)

The first prints Task B and the command itself, a process a core, beside their floor queries with a thread a
core; the second the command at growing sizes: time and memory of all its processes, and the slope.

The command is measured once, with its start, its report and replays left out; Task B by processes that are
ready, the best of three times, as the floor queries.
Anything else that the machine does at the time counts, so let it rest. `population_speed.py` measures each
step in processor time of one core; `parse_floor.py` says what the floors are. Making the people counts
nowhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from parse_floor import FULL_REVIEW, TASK_B, TIMES, floor
from population_speed import A_COMMON_SIZE, ON, alone, made
from population_task_b_cold import task_b_by_processes

LINEAR = (1_000, 10_000, 100_000)
A_NATION = 1_000_000
_COMMAND = "from isovigil.cli import main; main()"
_MOST_KILOBYTES = 1536 * 1024


def task_b_again(folder: Path, scratch: Path, workers: int) -> float:
    """Seconds of Task B by processes, with nothing left of an earlier time."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    return task_b_by_processes(folder, scratch, ON, workers)


def beside_the_floor(sizes: Sequence[int], workers: int) -> None:
    """Seconds of a whole machine: the floor query by all its threads, Task B and the command by processes."""
    with tempfile.TemporaryDirectory() as held:
        for size in sizes:
            folder = Path(held) / f"nation{size}"
            made(size, folder, workers)
            floors = {
                name: alone(floor, folder, task, workers, time.perf_counter)
                for name, task in (("Task B", TASK_B), ("the review", FULL_REVIEW))
            }
            task = min(task_b_again(folder, Path(held) / "scratch", workers) for _ in range(TIMES))
            whole, _, _ = whole_run(folder, Path(held) / "out", workers)
            shutil.rmtree(folder)
            print(f"\n{size:,} patients, {workers} cores, by the clock")
            for what, name, seconds, bar in (
                ("Task B", "ready processes, bytes to written answers", task, 2.5),
                ("the review", "the command itself with its start, bytes to tables", whole, 6.0),
            ):
                for told, spent, held_to in (
                    (f"parse floor of {what}", floors[what], ""),
                    (f"{what}: {name}", seconds, _held_to(bar, seconds / floors[what])),
                ):
                    print(f"  {told:64s} {spent:7.2f} s {spent / size * 1e6:6.0f} us a patient{held_to}")


def _held_to(bar: float, ratio: float) -> str:
    return f"  {ratio:5.2f} x floor  (held to {bar}: {'kept' if ratio <= bar else 'NOT kept'})"


def linear(sizes: Sequence[int], workers: int) -> None:
    """The command itself at growing sizes; what each further patient costs, and what a nation would."""
    print(f"the command itself, {workers} processes, without replay and report")
    runs: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory() as held:
        for size in sizes:
            folder = Path(held) / f"nation{size}"
            made(size, folder, workers)
            wall, spent, peak = whole_run(folder, Path(held) / "scratch", workers)
            shutil.rmtree(folder)
            runs.append((size, wall))
            kept = "kept" if peak <= _MOST_KILOBYTES else "NOT kept"
            print(f"  {size:>9,} patients {wall:9.1f} s  {size / wall:7.0f}/s  "
                  f"{spent / size * 1e6:7.0f} us of processor each  "
                  f"{peak / 1024:6.0f} MB (held to 1,536: {kept})", flush=True)  # fmt: skip
    for (fewer, less), (more, longer) in pairwise(runs):
        slope = (longer - less) / (more - fewer)
        nation = longer + slope * (A_NATION - more)
        print(f"  from {fewer:,} to {more:,}: {slope * 1e6:,.0f} us a further patient; "
              f"{A_NATION:,} would take {nation / 60:,.0f} minutes")  # fmt: skip


def whole_run(folder: Path, scratch: Path, workers: int) -> tuple[float, float, int]:
    """Wall and processor seconds and peak kilobytes of all processes of the command, without replay."""
    shutil.rmtree(scratch, ignore_errors=True)
    command = [sys.executable, "-c", _COMMAND, "population", str(folder),
               "--on", str(ON), "--programme", "us_ipledge", "--policy", "balanced", "--out", str(scratch),
               "--workers", str(workers), "--no-replay", "--no-report"]  # fmt: skip
    before, began = os.times(), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident(process.pid))
        time.sleep(0.05)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}.")
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - began, spent, peak


def resident(pid: int) -> int:
    """Kilobytes in memory of a process and everything it began, shared pages counted in each."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except (OSError, ValueError):
            continue
        if int(told["Pid"]) == pid or int(told["PPid"]) == pid:
            total += int(told.get("VmRSS", "0 kB").split()[0])
    return total


def main() -> None:
    """Measure and print."""
    given = sys.argv[1:]
    sizes = [int(each) for each in given if each.isdigit()]
    workers = len(os.sched_getaffinity(0))
    if "--linear" in given:
        linear(sizes or LINEAR, workers)
    else:
        beside_the_floor(sizes or (A_COMMON_SIZE,), workers)


if __name__ == "__main__":
    main()
