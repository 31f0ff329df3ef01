"""How fast is one review, and one review typed into a cold shell?

Run: .venv/bin/python bench/review_speed.py

Prints the median time of a review in process on a case of 60 facts, of the import, and of
`isovigil review` from a cold shell, each beside the bar it is held to and beside what Python
itself needs to start. Whole processes are timed from outside, one after the other.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from isovigil import load_case, load_rulebook, review
from isovigil.exchange.case_file import case_from_mapping

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "docs" / "examples" / "amber.yaml"
DAY = date(2024, 3, 6)
FACTS = 60
REVIEWS = 2000
RUNS = 9
_IMPORT = "import isovigil.decisions.review"


def sixty_facts() -> dict[str, object]:
    """The worked patient of the README with laboratory values and symptoms up to 60 facts."""
    from isovigil.exchange.case_writer import case_as_mapping

    mapping = dict(case_as_mapping(load_case(str(EXAMPLE))))
    facts = list(mapping["facts"])
    for number in range(FACTS - len(facts)):
        taken_on = (date(2024, 1, 3) + timedelta(days=2 * number)).isoformat()
        analyte, value, unit = (("alt", 20, "U/L"), ("triglycerides", 90, "mg/dL"))[number % 2]
        facts.append(
            {"id": f"extra-{number}", "kind": "laboratory", "taken_on": taken_on, "analyte": analyte,
             "value": value, "unit": unit, "upper_limit": 150, "fasting": True}
        )  # fmt: skip
    return {**mapping, "facts": facts}


def in_process() -> list[float]:
    """Milliseconds of each warm review."""
    case = case_from_mapping(sixty_facts())
    assert len(case.facts) == FACTS
    rulebook = load_rulebook()
    review(case, rulebook, on=DAY)
    times = []
    for _ in range(REVIEWS):
        began = time.perf_counter()
        review(case, rulebook, on=DAY)
        times.append((time.perf_counter() - began) * 1e3)
    return times


def whole_process(*command: str) -> float:
    """Median milliseconds of a whole process, after one run that is not counted."""
    times = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times[1:])


def main() -> None:
    """Measure and print."""
    times = in_process()
    python = whole_process(sys.executable, "-c", "pass")
    rows = [
        (f"review of {FACTS} facts, in process", statistics.median(times), 0.5),
        ("  of these reviews, the slowest of 100", statistics.quantiles(times, n=100)[-1], None),
        (
            "import isovigil's core",
            whole_process(sys.executable, "-c", "import isovigil.decisions.review"),
            150,
        ),
        ("isovigil review --format json, cold", _cold("json"), 400),
        ("isovigil review --format table, cold", _cold("table"), 400),
        ("python -c pass, for comparison", python, None),
    ]
    print(f"{'what':44}{'median ms':>11}{'bar ms':>9}{'of the bar':>12}")
    for what, took, bar in rows:
        ratio = "" if bar is None else f"{took / bar:.2f}"
        print(f"{what:44}{took:11.2f}{'' if bar is None else bar:>9}{ratio:>12}")


def _cold(form: str) -> float:
    isovigil = Path(sys.executable).with_name("isovigil")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "case.yaml"
        copy.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
        return whole_process(str(isovigil), "review", str(copy), "--on", DAY.isoformat(), "--format", form)


if __name__ == "__main__":
    main()
