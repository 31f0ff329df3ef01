"""How fast is the full model beside diffrax, numbalsoda and scipy, at equal or better error?

Run: python bench/forecast_speed.py [--people 10000] [--skip-peers] [--million]
Needs the bench list (requirements/bench.in). Slow peers run on a subsample, scaled and labelled.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import forecast_peers as peers  # noqa: E402
from isovigil.forecast import response_compiled  # noqa: E402
from isovigil.forecast.doses import DoseHistory, schedule_of  # noqa: E402
from isovigil.forecast.parameters import Reading, load  # noqa: E402
from isovigil.forecast.people import Body, People, independent_people  # noqa: E402
from isovigil.forecast.response import Curve  # noqa: E402

Floats = NDArray[np.float64]
WEEKS = 24
MG = 40.0
SHOWN = [*range(8), Curve.CONCENTRATION]
REFERENCE_PEOPLE = 12
DEMANDED_RATIO = 100.0


def people_of(number: int, *, lag: bool = True) -> People:
    exposure, skin = Reading(load("exposure")), Reading(load("response"))
    found = independent_people(exposure, skin, np.full(number, 70.0), seed=1)
    if not lag:
        bodies = found.bodies.copy()
        bodies[:, [Body.LAG_FED, Body.LAG_FASTED]] = 0.0
        found = People(bodies, found.skins, found.numbers)
    return found


def ours(people: People, weeks: int = WEEKS, **chance: Any) -> Floats:
    schedule = schedule_of(DoseHistory.regular(MG, 12.0, 14 * weeks), Reading(load("exposure")))
    return response_compiled.simulate(people, schedule, 7.0 * np.arange(1, weeks + 1), seed=1, **chance)


def seconds(run: Callable[[], object], times: int) -> tuple[float, float]:
    """Median and best of ``times`` warm runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), min(taken)


def worst_error(found: Floats, reference: Floats) -> tuple[float, float]:
    """Largest absolute error of a normalised state, and largest relative error of concentration."""
    states = float(np.abs(found[:, :, :8] - reference[:, :, :8]).max())
    return states, float(np.abs(found[:, :, 8] / reference[:, :, 8] - 1.0).max())


def amounts(people: People) -> Floats:
    return MG * people.bodies[:, Body.AVAILABILITY_FED]


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--people", type=int, default=10_000)
    asked.add_argument("--skip-peers", action="store_true")
    asked.add_argument("--million", action="store_true")
    options = asked.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at start (1.0 is one busy core)")
    print(
        f"{options.people:,} virtual patients x {WEEKS} weeks twice daily, full model (13 states), weekly output"
    )
    some = people_of(REFERENCE_PEOPLE, lag=False)
    reference = peers.by_scipy(some, amounts(some), WEEKS, 1e-11, 1e-13, method="DOP853")
    own_error = worst_error(ours(some)[:, :, SHOWN], reference)
    everyone = people_of(options.people)
    ours(everyone)
    median, best = seconds(lambda: ours(everyone), 7)
    told(
        "Isovigil, compiled closed form",
        options.people,
        median,
        own_error,
        f"best {best:.3f} s; lag included",
    )
    chance = {"adherence": 0.9, "occasion_spread": 0.15}
    median_chance, best_chance = seconds(lambda: ours(everyone, **chance), 5)
    told(
        "  with missed doses and occasions", options.people, median_chance, None, f"best {best_chance:.3f} s"
    )
    if not options.skip_peers:
        run_peers(options.people, median, own_error[0], reference)
    scaling(options.people)
    if options.million:
        million()


def told(name: str, people: int, taken: float, error: tuple[float, float] | None, note: str = "") -> None:
    errors = "" if error is None else f"state {error[0]:.1e}  C {error[1]:.1e}"
    print(f"{name:<44} {taken * 10_000 / people:>10.3f} s/10k  {errors:<28} {note}", flush=True)


def run_peers(people: int, own_seconds: float, own_error: float, reference: Floats) -> None:
    """Every peer at four tolerances; the ratio counts where ours is at equal or better error."""
    some = people_of(REFERENCE_PEOPLE, lag=False)
    lsoda = peers.numbalsoda_solver()
    lsoda(some, amounts(some), WEEKS, 1e-6, 1e-9)
    rows: list[tuple[str, float, float]] = []
    group = people_of(400, lag=False)
    for rtol, cores in ((1e-3, 1), (1e-3, 2), (1e-4, 1), (1e-5, 1), (1e-6, 1), (1e-6, 2)):
        numba.set_num_threads(min(cores, numba.config.NUMBA_NUM_THREADS))
        found = lsoda(some, amounts(some), WEEKS, rtol, rtol * 1e-3)
        taken, _ = seconds(lambda r=rtol: lsoda(group, amounts(group), WEEKS, r, r * 1e-3), 2)  # type: ignore[misc]
        error = worst_error(found, reference)
        rows.append((f"numbalsoda LSODA, rtol {rtol:g}, {cores} core", taken * people / 400, error[0]))
        told(rows[-1][0], 400, taken, error, "scaled from 400 patients")
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    for rtol in (1e-3, 1e-4, 1e-6):
        solve = peers.diffrax_solver(WEEKS, rtol, rtol * 1e-3)
        error = worst_error(solve(some, amounts(some)), reference)
        group = people_of(1000, lag=False)
        start = time.perf_counter()
        solve(group, amounts(group))
        compile_and_run = time.perf_counter() - start
        taken, _ = seconds(lambda g=group, s=solve: s(g, amounts(g)), 2)  # type: ignore[misc]
        rows.append((f"diffrax Tsit5, rtol {rtol:g}", taken * people / 1000, error[0]))
        told(
            rows[-1][0], 1000, taken, error, f"scaled from 1,000; +{compile_and_run - taken:.0f} s to compile"
        )
    for method in ("LSODA", "DOP853"):
        for rtol in (1e-3, 1e-6):
            few = people_of(2, lag=False)
            start = time.perf_counter()
            found = peers.by_scipy(few, amounts(few), WEEKS, rtol, rtol * 1e-3, method)
            taken = time.perf_counter() - start
            error = worst_error(found, reference[:2])
            rows.append((f"scipy {method}, rtol {rtol:g}", taken * people / 2, error[0]))
            told(rows[-1][0], 2, taken, error, "1 core, scaled from 2 patients")
    ratios(rows, own_seconds, own_error, people)


def ratios(rows: list[tuple[str, float, float]], own_seconds: float, own_error: float, people: int) -> None:
    print(f"\nRatio to Isovigil ({own_seconds:.3f} s, error {own_error:.1e})")
    for name, taken, error in sorted(rows, key=lambda row: row[1]):
        place = "equal or better error is ours" if own_error <= error else "more exact than ours"
        print(f"  {name:<36} {taken / own_seconds:>9,.0f} times slower   error {error:.1e}  {place}")
    fair = min(taken for _, taken, error in rows if own_error <= error)
    met = "met" if fair / own_seconds >= DEMANDED_RATIO else "NOT MET"
    print(
        f"Fastest peer where ours is at equal or better error: {fair / own_seconds:,.0f} times slower ({met}: 100)"
    )
    fastest = min(taken for _, taken, _ in rows)
    print(f"Fastest peer at any error: {fastest / own_seconds:,.0f} times slower for {people:,} patients\n")


def scaling(people: int) -> None:
    """Seconds for each patient and for each dose must stay level."""
    print("Linear in patients and in doses (microseconds for a patient-week)")
    for number, weeks in ((1_000, 24), (people, 24), (4 * people, 24), (people, 12), (people, 48)):
        group = people_of(number)
        _, best = seconds(lambda g=group, w=weeks: ours(g, w), 3)  # type: ignore[misc]
        print(
            f"  {number:>8,} patients x {weeks:>2} weeks: {best:8.3f} s  {1e6 * best / number / weeks:6.3f}"
        )


def million() -> None:
    """A virtual trial of a million people, and the most memory the process ever held."""
    import resource

    from isovigil.forecast.plan_text import read_plan
    from isovigil.forecast.virtual_trial import Arm, run_trial

    arm = Arm("usual", read_plan("40 mg twice daily with food for 24 weeks"))
    start = time.perf_counter()
    run_trial([arm], 1_000_000, seed=1)
    taken = time.perf_counter() - start
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"Virtual trial of 1,000,000 people x 24 weeks: {taken:.0f} s, most memory {gigabytes:.2f} GB")


if __name__ == "__main__":
    main()
