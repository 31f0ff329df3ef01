"""How long does one patient's full forecast take, warm in a service and cold as a command?

Run: python bench/forecast_person.py CASE
Demanded: below 5 ms warm, below 1.5 s for the cold command.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numba

from isovigil.forecast.course import CourseQuestion, forecast_course
from isovigil.forecast.plan_text import read_plan

PLAN = "40 mg twice daily with food until 120 mg/kg"
ROUNDS = 200
COLD_ROUNDS = 5


def main() -> None:
    one, five, _ = os.getloadavg()
    print(f"{os.cpu_count()} cores; already busy (load average): {one:.1f} in 1 minute, {five:.1f} in 5.")
    question = CourseQuestion(read_plan(PLAN).doses(70.0), 70.0)
    found = forecast_course(question, compiled=True)
    print(f"Warm, all curves with bands ({found.people} people, {len(found.days)} days to two years after):")
    everything = numba.get_num_threads()
    for threads in dict.fromkeys((1, everything)):
        numba.set_num_threads(threads)
        taken = timed(lambda: forecast_course(question, compiled=True), ROUNDS)
        print(f"  compiled, {threads} thread(s): {told(taken, 1e3, 'ms')} (demanded 5 ms)")
    taken = timed(lambda: forecast_course(question), COLD_ROUNDS)
    print(f"  without compiling (the cold path): {told(taken, 1e3, 'ms')}")
    if len(sys.argv) > 1:
        cold(sys.argv[1])


def cold(case: str) -> None:
    """The whole command in a new process, wall time."""
    command = [str(Path(sys.executable).with_name("isovigil")), "forecast", case, "--plan", PLAN]
    walls = timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL), COLD_ROUNDS)
    print(f"Cold command: {told(walls, 1.0, 's')} (demanded 1.5 s)")


def timed(run: Callable[[], object], rounds: int) -> list[float]:
    """Seconds of each round."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return taken


def told(seconds: list[float], scale: float, unit: str) -> str:
    """The median and the best in words."""
    middle, best = scale * statistics.median(seconds), scale * min(seconds)
    return f"median {middle:.2f} {unit}, best {best:.2f} {unit}"


if __name__ == "__main__":
    main()
