"""How far is the closed form from the differential equations solved to 1e-11?

Run: python bench/forecast_accuracy.py
Demanded: concentration below 1e-6 relative, every normalised state below 1e-3.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from isovigil.forecast import response, response_compiled
from isovigil.forecast.doses import Dose, DoseHistory, Meal, Product, schedule_of
from isovigil.forecast.parameters import Reading, load
from isovigil.forecast.people import Body, independent_people
from isovigil.forecast.response import Curve

PEOPLE = 12
DAYS = np.array([1.0, 3.0, 7.0, 14.0, 28.0, 56.0, 84.0, 112.0, 168.0, 365.0, 700.0])


def histories() -> dict[str, DoseHistory]:
    chance = np.random.default_rng(1)
    times = np.sort(chance.uniform(0.0, 84 * 24.0, 120))
    scattered = [
        Dose(float(t), (20.0, 40.0, 80.0)[k % 3], list(Meal)[k % 3], list(Product)[k % 2])
        for k, t in enumerate(times)
    ]
    return {
        "twice daily, 24 weeks, fed": DoseHistory.regular(40.0, 12.0, 336),
        "once daily, 24 weeks, fasted": DoseHistory.regular(40.0, 24.0, 168, meal=Meal.FASTED),
        "irregular, mixed meals and products": DoseHistory.of(scattered),
    }


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from tests.forecast import reference

    exposure, skin = Reading(load("exposure")), Reading(load("response"))
    people = independent_people(exposure, skin, np.linspace(45.0, 105.0, PEOPLE), seed=11)
    print(f"Largest error over {PEOPLE} people and {len(DAYS)} days, to two years after the start")
    for name, history in histories().items():
        schedule = schedule_of(history, exposure)
        oracle = reference.solve(people, schedule, 24.0 * DAYS)
        parent = 1000.0 * oracle[:, :, 2] / people.bodies[:, Body.CENTRAL_VOLUME][:, None]
        there = parent > 1e-3  # ng/mL; far below any assay
        for form, found in (
            ("readable", response.simulate(people, schedule, DAYS)),
            ("compiled", response_compiled.simulate(people, schedule, DAYS)),
        ):
            own = found[:, :, Curve.CONCENTRATION]
            relative = (np.abs(own - parent)[there] / parent[there]).max()
            states = np.abs(found[:, :, : response.STATES] - oracle[:, :, 5:]).max(axis=(0, 1))
            met = "met" if relative < 1e-6 and states.max() < 1e-3 else "NOT MET"
            worst = Curve(int(states.argmax())).name.lower()
            print(f"{name:<36} {form}: C {relative:.1e} worst state {states.max():.1e} ({worst}); {met}")


if __name__ == "__main__":
    main()
