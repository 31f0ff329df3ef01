"""Do the triglyceride forecasts keep their promises on simulated people, and where do they fail?

Two earlier values (baseline and month 1), next value at month 2, 200,000 people a row.
Run: .venv/bin/python bench/biomarkers_calibration.py
"""

from __future__ import annotations

import math
import time

import numpy as np

from isovigil.forecast.biomarkers.calibration import Limits, calibration_ranks, reliability, uniformity
from isovigil.forecast.biomarkers.priors import baseline_of, model
from isovigil.forecast.biomarkers.simulation import Forecaster, Truth
from isovigil.forecast.biomarkers.values import ANALYTES

PEOPLE = 200_000
SEED = 20
LN_84 = math.log(84.0)
FORECASTER = Forecaster(model(), 0, LN_84, 0.45, 0.23)
MONTHLY = 1.0 - np.exp(-np.array([0.0, 30.0, 60.0]) / 21.0)
SUPPORT = Limits(math.log(500.0), math.log(300.0), math.log(300.0), math.log(500.0))
EVERYONE = SUPPORT._replace(baseline_support=math.inf, value_support=math.inf)
AS_FITTED = Truth(LN_84, 0.45, 0.23, effect=0.35, correlation=0.0, exponent=0.7)
WORLDS = {
    "nothing (parameters drawn from their doubt)": Truth(LN_84, 0.45, 0.23),
    "nothing (parameters exactly as published)": AS_FITTED,
    "t4 residuals": AS_FITTED._replace(residuals="t4"),
    "within-person SD differs (lnSD 0.4)": AS_FITTED._replace(own_within_ln_sd=0.4),
    "not fasting, taken for fasting": AS_FITTED._replace(within=0.34),
    "effect 0.20 instead of 0.35": AS_FITTED._replace(effect=0.20),
    "correlation 0.4": AS_FITTED._replace(correlation=0.4),
}


def verdict(coverage_80: float, coverage_95: float, predicted: float, observed: float) -> str:
    """What fails: coverage by more than 2 or 1 points too little, event rates by a quarter."""
    faults = []
    if coverage_80 < 0.78:
        faults.append("80% interval too narrow")
    if coverage_95 < 0.94:
        faults.append("95% interval too narrow")
    if not 0.8 <= predicted / observed <= 1.25:
        faults.append("event chances off by over a quarter")
    return "; ".join(faults) or "holds"


def misspecification(limits: Limits, title: str) -> None:
    print(title)
    print(f"  {'truth differs by':45s} {'80%':>6s} {'95%':>6s} {'>500 said':>10s} {'happened':>9s}"
          f" {'>300 said':>10s} {'happened':>9s} {'declined':>9s}  verdict")  # fmt: skip
    for name, truth in WORLDS.items():
        r = reliability(FORECASTER, truth, MONTHLY, np.ones(3), limits, PEOPLE, SEED)
        said = verdict(r.coverage_80, r.coverage_95, r.events_predicted, r.events_observed)
        print(f"  {name:45s} {r.coverage_80:6.3f} {r.coverage_95:6.3f} {r.events_predicted:10.4f}"
              f" {r.events_observed:9.4f} {r.likely_predicted:10.2f} {r.likely_observed:9.2f}"
              f" {r.declined / PEOPLE:9.2%}  {said}")  # fmt: skip


def reliability_table() -> None:
    print("reliability of P(>300) when the model is true: stated, happened, people")
    r = reliability(FORECASTER, Truth(LN_84, 0.45, 0.23), MONTHLY, np.ones(3), EVERYONE, PEOPLE, SEED)
    for stated, observed, people in r.bins:
        print(f"  {stated:.3f}  {observed:.3f}  {people:7,d}")


def ranks() -> None:
    print("simulation-based calibration: chi-square / 19 of the ranks (99.9% point 2.31), 100,000 people")
    lags, doses = np.array([0.0, 0.5, 0.8, 0.9, 1.0]), np.array([1.0, 0.4, 0.4, 1.5, 0.7])
    which = model()
    mean, sd = baseline_of(which, 27.0, (1,))
    for at, analyte in enumerate(ANALYTES):
        level, width, within = float(mean[at, 0]), float(sd[at, 0]), float(which.within_fasting[at])
        forecaster, truth = Forecaster(which, at, level, width, within), Truth(level, width, within)
        found = calibration_ranks(forecaster, truth, lags, doses, 100_000, SEED + at)
        said = "  ".join(f"{name} {uniformity(r):.2f}" for name, r in found._asdict().items())
        print(f"  {analyte:14s} {said}")


def main() -> None:
    start = time.perf_counter()
    misspecification(EVERYONE, "Nobody declined (the comparison of the published table)")
    misspecification(SUPPORT, "As shipped: baselines above 300 and values above 500 mg/dL are declined")
    reliability_table()
    ranks()
    print(f"{time.perf_counter() - start:.1f} s in all")


if __name__ == "__main__":
    main()
