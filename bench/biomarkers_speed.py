"""How long does one person's forecast of all seven blood values take, against brute force?

Run: .venv/bin/python bench/biomarkers_speed.py
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np

from isovigil.forecast.biomarkers import (
    DosePlan,
    DoseStep,
    Measurement,
    Person,
    Threshold,
    Visit,
    biomarker_curves,
    compare_dose_plans,
    forecast_biomarkers,
)
from isovigil.forecast.biomarkers.priors import model

WOMAN = Person(22.0, "female", 60.0, (), exercises_strenuously=False)
RUNNER = Person(22.0, "male", 70.0, (), exercises_strenuously=True)
UNKNOWN = Person(22.0, None, 70.0, None, exercises_strenuously=None)
DOSES = (DoseStep(0.0, 30.0, 30.0), DoseStep(30.0, None, 50.0))
USUAL = {"triglycerides": 84, "cholesterol": 170, "ldl": 100, "hdl": 50, "alt": 18, "ast": 20, "ck": 110}
LIMITS = tuple(Threshold("triglycerides", c, "mg/dL", f"{c:g}") for c in (200.0, 300.0, 500.0))
VISIT = Visit(60.0, fasting=True)
REPEATS = 1_000


def earlier(days: tuple[float, ...]) -> tuple[Measurement, ...]:
    """A usual value of every analyte on each of these days."""
    enzymes = {"alt", "ast", "ck"}
    return tuple(
        Measurement(analyte, day, value * (1.0 + 0.001 * day), "U/L" if analyte in enzymes else "mg/dL", True)
        for day in days
        for analyte, value in USUAL.items()
    )


def milliseconds(work: Callable[[], object], repeats: int = REPEATS) -> tuple[float, float]:
    """Median and 95th percentile of one call, warm."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return 1e3 * float(np.median(taken)), 1e3 * float(np.quantile(taken, 0.95))


def brute_force(draws: int = 200_000) -> float:
    """One analyte by weighing simulated people: the way without a closed form."""
    which, draw = model(), np.random.default_rng(1)
    level = math.log(84.0) + 0.45 * draw.standard_normal(draws)
    slope = which.effect[0] + which.effect_sd[0] * draw.standard_normal(draws)
    weight = np.exp(-0.5 * ((math.log(84.0) - level) / 0.23) ** 2)
    weight *= np.exp(-0.5 * ((math.log(120.0) - level - 0.7 * slope) / 0.23) ** 2)
    after = level + slope + 0.23 * draw.standard_normal(draws)
    return float(weight @ (after > math.log(200.0)) / weight.sum())


def main() -> None:
    print("one person, seven analytes, three thresholds (target: below 1 ms warm)")
    rows = [
        ("woman, two earlier values each", WOMAN, (-1.0, 30.0)),
        ("man who exercises, two earlier values each", RUNNER, (-1.0, 30.0)),
        ("sex and exercise unrecorded, two earlier values each", UNKNOWN, (-1.0, 30.0)),
        ("woman, twelve earlier values each", WOMAN, tuple(float(day) for day in range(-1, 59, 5))),
        ("man who exercises, twelve earlier values each", RUNNER, tuple(float(d) for d in range(-1, 59, 5))),
    ]
    fastest = math.inf
    for name, person, days in rows:
        seen = earlier(days)
        median, slow = milliseconds(lambda p=person, s=seen: forecast_biomarkers(p, DOSES, s, VISIT, LIMITS))
        fastest = min(fastest, median)
        print(f"  {name:55s} median {median:6.2f} ms   95% {slow:6.2f} ms")
    seen = earlier((-1.0, 30.0))
    days = [float(day) for day in range(0, 170, 2)]
    plans = tuple(DosePlan(f"{mg} mg", (DoseStep(40.0, None, mg),)) for mg in (10.0, 20.0, 30.0, 40.0))
    taken = (DoseStep(0.0, 40.0, 30.0),)
    curve = milliseconds(lambda: biomarker_curves(WOMAN, DOSES, seen, days), 100)
    four = milliseconds(lambda: compare_dose_plans(WOMAN, taken, seen, VISIT, plans, LIMITS), 200)
    print(f"  {'curves of all analytes on 85 days':55s} median {curve[0]:6.2f} ms   95% {curve[1]:6.2f} ms")
    print(f"  {'four dose plans side by side':55s} median {four[0]:6.2f} ms   95% {four[1]:6.2f} ms")
    brute = milliseconds(brute_force, 20)[0]
    print(f"brute force, ONE analyte, 200,000 draws (sure to about 0.003): {brute:.1f} ms")
    print(
        f"closed form for all seven is {7 * brute / fastest:.0f} times faster than brute force for all seven"
    )


if __name__ == "__main__":
    main()
