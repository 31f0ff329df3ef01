"""How fast is the full model beside diffrax, numbalsoda and scipy, at equal or better error?

Run: python bench/forecast_speed.py [--people 10000] [--skip-peers] [--million]
Needs the bench list (requirements/bench.in). Slow peers run on a subsample, scaled and labelled.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

import forecast_peers as peers  # beside this file
import numba
import numpy as np
from numpy.typing import NDArray

from isovigil.forecast import response_compiled
from isovigil.forecast.doses import DoseHistory, schedule_of
from isovigil.forecast.parameters import Reading, load
from isovigil.forecast.people import Body, People, independent_people
from isovigil.forecast.response import Curve

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


def seconds(run: Callable[[], object], times: int) -> tuple[float, float, float]:
    """Median and best wall time of ``times`` warm runs, and the least processor time of all cores."""
    taken, worked = [], []
    for _ in range(times):
        start, busy = time.perf_counter(), time.process_time()
        run()
        taken.append(time.perf_counter() - start)
        worked.append(time.process_time() - busy)
    return statistics.median(taken), min(taken), min(worked)


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
    print(f"{options.people:,} patients x {WEEKS} weeks twice daily, full model, weekly output")
    some = people_of(REFERENCE_PEOPLE, lag=False)
    reference = peers.by_scipy(some, amounts(some), WEEKS, 1e-11, 1e-13, method="DOP853")
    own_error = worst_error(ours(some)[:, :, SHOWN], reference)
    everyone = people_of(options.people)
    ours(everyone)
    median, best, work = seconds(lambda: ours(everyone), 15)
    note = f"best {best:.3f} s, {work:.3f} processor s; lag included"
    told("Isovigil, compiled closed form", options.people, median, own_error, note)
    chance = {"adherence": 0.9, "occasion_spread": 0.15}
    median, best, work = seconds(lambda: ours(everyone, **chance), 15)
    note = f"best {best:.3f} s, {work:.3f} processor s"
    told("  with missed doses and occasions", options.people, median, None, note)
    missing = [name for name in PEERS if find_spec(name) is None]
    if missing:
        print(
            f"The peers were not run: {', '.join(missing)} not installed; requirements/bench.in names them."
        )
    elif not options.skip_peers:
        run_peers(everyone, own_error[0], reference)
    scaling(options.people)
    if options.million:
        million()


def told(name: str, people: int, taken: float, error: tuple[float, float] | None, note: str = "") -> None:
    errors = "" if error is None else f"state {error[0]:.1e}  C {error[1]:.1e}"
    print(f"{name:<44} {taken * 10_000 / people:>10.3f} s/10k  {errors:<28} {note}", flush=True)


PEERS = ("diffrax", "numbalsoda", "scipy")


class Row(NamedTuple):
    """One peer scaled to all people, and ours measured beside it: wall and processor seconds."""

    name: str
    error: float
    taken: float
    work: float
    own: float
    own_work: float


def run_peers(everyone: People, own_error: float, reference: Floats) -> None:
    """Every peer at several tolerances; ours runs again just before each, under the same load."""
    some = people_of(REFERENCE_PEOPLE, lag=False)
    rows: list[Row] = []

    def beside(name: str, subsample: int, peer: Callable[[People], Floats], note: str) -> None:
        own, _, own_work = seconds(lambda: ours(everyone), 9)
        error = worst_error(peer(some), reference)
        group = people_of(subsample, lag=False)
        peer(group)
        _, best, work = seconds(lambda: peer(group), 2)
        taken, work = best * len(everyone) / subsample, work * len(everyone) / subsample
        rows.append(Row(name, error[0], taken, work, own, own_work))
        told(
            name,
            len(everyone),
            taken,
            error,
            f"{note}, scaled from {subsample:,}; ours beside it {own:.3f} s",
        )

    lsoda = peers.numbalsoda_solver()
    for rtol, cores in ((1e-3, 1), (1e-3, 2), (1e-4, 1), (1e-6, 1), (1e-6, 2)):
        numba.set_num_threads(min(cores, numba.config.NUMBA_NUM_THREADS))

        def by_lsoda(people: People, rtol: float = rtol, cores: int = cores) -> Floats:
            numba.set_num_threads(min(cores, numba.config.NUMBA_NUM_THREADS))
            found: Floats = lsoda(people, amounts(people), WEEKS, rtol, rtol * 1e-3)
            numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
            return found

        beside(f"numbalsoda LSODA, rtol {rtol:g}, {cores} core", 400, by_lsoda, f"{cores} core")
    for rtol in (1e-3, 1e-4, 1e-6):
        solve = peers.diffrax_solver(WEEKS, rtol, rtol * 1e-3)
        beside(
            f"diffrax Tsit5, rtol {rtol:g}",
            1000,
            lambda people, s=solve: s(people, amounts(people)),
            "2 cores",
        )
    rows += scipy_rows(everyone, reference)
    ratios(rows, own_error)


def scipy_rows(everyone: People, reference: Floats) -> list[Row]:
    """Time scipy on two patients: one run takes minutes for a hundred."""
    rows: list[Row] = []
    for method, rtol in (("LSODA", 1e-3), ("LSODA", 1e-6), ("DOP853", 1e-3), ("DOP853", 1e-6)):

        def by_scipy(people: People, rtol: float = rtol, method: str = method) -> Floats:
            return peers.by_scipy(people, amounts(people), WEEKS, rtol, rtol * 1e-3, method)

        few = people_of(2, lag=False)
        own, _, own_work = seconds(lambda: ours(everyone), 9)
        start, busy = time.perf_counter(), time.process_time()
        error = worst_error(by_scipy(few), reference[:2])
        taken = (time.perf_counter() - start) * len(everyone) / 2
        work = (time.process_time() - busy) * len(everyone) / 2
        rows.append(Row(f"scipy {method}, rtol {rtol:g}", error[0], taken, work, own, own_work))
        told(rows[-1].name, len(everyone), taken, error, f"1 core, scaled from 2; ours beside it {own:.3f} s")
    return rows


def ratios(rows: list[Row], own_error: float) -> None:
    print(f"\nTimes slower than Isovigil, each measured beside it (our error {own_error:.1e})")
    print(f"  {'':<38} {'wall':>7} {'processor':>10}   processor time does not feel other load")
    for row in sorted(rows, key=lambda each: each.taken / each.own):
        place = "ours is at equal or better error" if own_error <= row.error else "more exact than ours"
        wall, work = row.taken / row.own, row.work / row.own_work
        print(f"  {row.name:<38} {wall:>7,.0f} {work:>10,.0f}   error {row.error:.1e}   {place}")
    fair = [row for row in rows if own_error <= row.error]
    wall, work = min(r.taken / r.own for r in fair), min(r.work / r.own_work for r in fair)
    print("Fastest peer where ours is at equal or better error, times slower (demanded 100):")
    for name, ratio in (("wall time, with whatever else ran", wall), ("processor time", work)):
        print(f"  {name}: {ratio:,.0f}, {'met' if ratio >= DEMANDED_RATIO else 'NOT MET'}")
    print()


def scaling(people: int) -> None:
    """Seconds for each patient and for each dose must stay level."""
    print("Linear in patients and in doses (microseconds for a patient-week)")
    for number, weeks in ((1_000, 24), (people, 24), (4 * people, 24), (people, 12), (people, 48)):
        group = people_of(number)
        _, best, _ = seconds(lambda g=group, w=weeks: ours(g, w), 3)
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
