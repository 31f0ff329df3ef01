"""How long does a plan of a six-month course take, beside one review of the same patient?

Run: .venv/bin/python bench/plan_speed.py

Prints the median and the worst of the rounds for plans of 183 days, with and without absences, beside
the bar of 50 ms and as a multiple of one review.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import msgspec

from isovigil import load_case, load_rulebook, review
from isovigil.case.case import Case
from isovigil.decisions.plan import plan
from isovigil.decisions.plan_parts import Constraints

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "docs" / "examples" / "amber.yaml"
DAY = date(2024, 3, 6)
UNTIL = DAY + timedelta(days=183)
ROUNDS = 40
BAR_MS = 50
AWAY = Constraints(((date(2024, 4, 1), date(2024, 4, 12)),), frozenset({0, 2}))


def milliseconds(case: Case, work: Callable[[Case], object]) -> tuple[float, float]:
    """Median and worst of the rounds, each on a case about which nothing has been worked out yet."""
    work(case)
    took = []
    for _ in range(ROUNDS):
        fresh = msgspec.structs.replace(case)
        began = time.perf_counter()
        work(fresh)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took), max(took)


def main() -> None:
    """Print the figures and the command that makes them again."""
    rulebook = load_rulebook()
    case = load_case(str(EXAMPLE))
    one, _ = milliseconds(case, lambda fresh: review(fresh, rulebook, on=DAY))
    print(f"one review: {one:.2f} ms")
    for name, constraints in (("any day", Constraints()), ("Mondays and Wednesdays, 12 days away", AWAY)):

        def made(fresh: Case, limits: Constraints = constraints) -> object:
            return plan(fresh, rulebook, DAY, until=UNTIL, constraints=limits)

        median, worst = milliseconds(case, made)
        print(
            f"plan of 183 days, {name}: {median:.1f} ms (worst {worst:.1f}), {median / one:.0f} reviews, "
            f"{median / BAR_MS:.2f} of the bar of {BAR_MS} ms"
        )
    print("again: .venv/bin/python bench/plan_speed.py")


if __name__ == "__main__":
    main()
