"""How long does one patient's full forecast take, warm in a service and cold as a command?

Run: python bench/forecast_person.py CASE
Demanded: below 5 ms warm, below 1.5 s for the cold command.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from isovigil.forecast.course import CourseQuestion, forecast_course
from isovigil.forecast.plan_text import read_plan

PLAN = "40 mg twice daily with food until 120 mg/kg"


def main() -> None:
    question = CourseQuestion(read_plan(PLAN).doses(70.0), 70.0)
    forecast_course(question, compiled=True)
    taken = []
    for _ in range(60):
        start = time.perf_counter()
        found = forecast_course(question, compiled=True)
        taken.append(1e3 * (time.perf_counter() - start))
    print(f"Warm, all curves with bands ({found.people} people, {len(found.days)} days to two years after):")
    print(f"  compiled: median {statistics.median(taken):.1f} ms, best {min(taken):.1f} ms (demanded 5 ms)")
    start = time.perf_counter()
    forecast_course(question)
    print(f"  without compiling (the cold path): {1e3 * (time.perf_counter() - start):.0f} ms")
    if len(sys.argv) > 1:
        cold(sys.argv[1])


def cold(case: str) -> None:
    """The whole command in a new process, wall time and processor time."""
    command = [str(Path(sys.executable).with_name("isovigil")), "forecast", case, "--plan", PLAN]
    walls = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        walls.append(time.perf_counter() - start)
    print(f"Cold command: median {statistics.median(walls):.2f} s, best {min(walls):.2f} s (demanded 1.5 s)")


if __name__ == "__main__":
    main()
