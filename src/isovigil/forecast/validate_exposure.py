"""What does the model give for each published exposure figure?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isovigil.forecast import chance
from isovigil.forecast.doses import DoseHistory, Meal, Product, availability, schedule_of
from isovigil.forecast.exposure import (
    average_at_steady_state,
    exponentials,
    exposure_at,
    half_life_h,
)
from isovigil.forecast.parameters import Reading
from isovigil.forecast.people import BODY_DRAWS, Body, People, bodies_from

Floats = NDArray[np.float64]


def exposure_figures(reading: Reading, people: int, seed: int) -> dict[str, float]:
    """The model's value of every exposure target, by the target's key."""
    z = chance.normals(seed, np.arange(people), BODY_DRAWS)
    weight = np.full(people, 70.0)
    crossover = bodies_from(reading, weight, z, crossover=True)
    patients = bodies_from(reading, weight, z)
    out: dict[str, float] = {}
    for meal in (Meal.HIGH_FAT, Meal.FASTED):
        for name, values in _single_dose(reading, crossover, 80.0, meal).items():
            word = "fed" if meal is Meal.HIGH_FAT else "fasted"
            out[f"{word}_{name}_mean"] = float(values.mean())
            out[f"{word}_{name}_cv"] = 100.0 * float(values.std() / values.mean())
    steady = average_at_steady_state(patients, 80.0)
    out["steady_mean"], out["steady_sd"] = float(steady.mean()), float(steady.std())
    for word, meal in (("fed", Meal.HIGH_FAT), ("fasted", Meal.FASTED)):
        trough = _trough(reading, patients, meal)
        out[f"trough_{word}_p10"] = float(np.percentile(trough, 10))
        out[f"trough_{word}_p90"] = float(np.percentile(trough, 90))
        ratio = _accumulation(patients, fasted=meal is Meal.FASTED)
        out[f"accumulation_{word}_p2_5"] = float(np.percentile(ratio, 2.5))
        out[f"accumulation_{word}_p97_5"] = float(np.percentile(ratio, 97.5))
    fasted = availability(reading, Product.LIDOSE, Meal.FASTED)
    out["lidose_ratio"] = 100.0 * fasted / availability(reading, Product.LIDOSE, Meal.HIGH_FAT)
    typical = bodies_from(reading, np.array([70.0]), np.zeros((1, BODY_DRAWS)))
    out["metabolite_half_life"] = _apparent_metabolite_half_life(reading, typical)
    out["metabolite_ratio"] = reading.value("metabolite_ratio")
    low_dose = _single_dose(reading, crossover, 20.0, Meal.FASTED)["auc"]
    out["fasted_20_mg_auc"] = float(low_dose.mean())
    return out


def _single_dose(reading: Reading, bodies: Floats, mg: float, meal: Meal) -> dict[str, Floats]:
    """AUC (ng h/mL), Cmax (ng/mL), Tmax (h) and half-life (h) of each body after one dose."""
    fasted = meal is Meal.FASTED
    spread = bodies[:, Body.AVAILABILITY_FASTED if fasted else Body.AVAILABILITY_FED]
    available = mg * availability(reading, Product.CONVENTIONAL, meal) * spread
    form = exponentials(bodies, fasted=fasted)
    hours = np.concatenate([np.linspace(0.02, 6.0, 300), np.geomspace(6.05, 72.0, 200)])
    rates, coefficients = form.rates[:, :3, np.newaxis], form.parent[:, :, np.newaxis]
    curve = (coefficients * np.exp(-rates * hours)).sum(axis=1)
    return {
        "auc": 1000.0 * available / bodies[:, Body.CLEARANCE],
        "cmax": curve.max(axis=1) * available,
        "tmax": hours[curve.argmax(axis=1)] + form.lag_h,
        "half_life": half_life_h(bodies),
    }


def _trough(reading: Reading, bodies: Floats, meal: Meal) -> Floats:
    """Concentration just before the next dose after three weeks of 40 mg twice daily."""
    n = len(bodies)
    people = People(bodies, np.zeros((n, 0)), np.arange(n))
    schedule = schedule_of(DoseHistory.regular(40.0, 12.0, 42, meal=meal), reading)
    return exposure_at(people, schedule, np.array([42 * 12.0])).parent[:, 0]


def _accumulation(bodies: Floats, *, fasted: bool) -> Floats:
    """Area over 12 h at steady state over the area of the first 12 h, both from absorption on."""
    form = exponentials(bodies, fasted=fasted)
    whole = form.parent / form.rates[:, :3]
    first = whole * (1.0 - np.exp(-form.rates[:, :3] * 12.0))
    return np.asarray(whole.sum(axis=1) / first.sum(axis=1))


def _apparent_metabolite_half_life(reading: Reading, body: Floats) -> float:
    """Half-life of 4-oxo from a log-linear fit between 36 and 96 h after 80 mg, fed."""
    people = People(body, np.zeros((1, 0)), np.zeros(1, dtype=np.int64))
    hours = np.linspace(36.0, 96.0, 13)
    schedule = schedule_of(DoseHistory.regular(80.0, 24.0, 1), reading)
    oxo = exposure_at(people, schedule, hours).metabolite[0]
    return float(-np.log(2.0) / np.polyfit(hours, np.log(oxo), 1)[0])
