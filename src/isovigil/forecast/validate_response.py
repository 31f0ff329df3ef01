"""What does the model give for each published figure of sebum, lesions and relapse?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isovigil.forecast import response
from isovigil.forecast.doses import Dose, DoseHistory, Meal, schedule_of
from isovigil.forecast.parameters import Reading
from isovigil.forecast.people import typical_people
from isovigil.forecast.relapse import Definition, hazard_ratio, relapse_forecast
from isovigil.forecast.response import Curve

Floats = NDArray[np.float64]
WEEK = 7.0
MONTH = 30.0


def response_figures(exposure: Reading, skin: Reading) -> dict[str, float]:
    """The typical person's value of every sebum, gland and lesion target (70 kg, high-fat meals)."""

    def course(history: DoseHistory, days: list[float]) -> Floats:
        person = typical_people(exposure, skin, 70.0)
        return np.asarray(response.simulate(person, schedule_of(history, exposure), np.array(days))[0])

    out: dict[str, float] = {}
    full = _twice_daily(70.0, 16 * WEEK)
    days = [2 * WEEK, 4 * WEEK, MONTH, 3 * MONTH, 12 * WEEK, 16 * WEEK, 32 * WEEK, 68 * WEEK]
    sebum = course(full, days)[:, Curve.SEBUM]
    names = ("wk2", "wk4", "month1", "month3", "wk12", "wk16", "16_wk_after", "52_wk_after")
    out |= {f"sebum_{name}": float(value) for name, value in zip(names, sebum, strict=True)}
    per_sebum = skin.value("bacteria_per_sebum")
    for month in ("month1", "month3"):
        out[f"bacteria_{month}"] = float(per_sebum * np.log10(out[f"sebum_{month}"]))
    casts = course(full, [16 * WEEK])[0]
    out["casts_wk16"] = float(casts[Curve.COMEDONES])

    tiny = course(DoseHistory.regular(5.0, 24.0, 182), [182.0])[0]
    out["sebum_5_mg"], out["gland_5_mg"] = float(tiny[Curve.SEBUM]), float(tiny[Curve.GLAND])
    out["microcomedones_5_mg"] = float(tiny[Curve.COMEDONES])

    half_then_full = _twice_daily(35.0, 4 * WEEK).doses + tuple(
        Dose(dose.at_h + 28 * 24.0, dose.mg) for dose in _twice_daily(70.0, 16 * WEEK).doses
    )
    trial = course(DoseHistory.of(half_then_full), [20 * WEEK])[0]
    share = skin.value("comedo_share_of_all_lesions")
    out["inflammatory_wk20"] = float(trial[Curve.INFLAMMATORY])
    out["nodules_wk20"] = float(trial[Curve.NODULES])
    out["comedones_wk20"] = float(trial[Curve.COMEDONES])
    out["total_wk20"] = share * out["comedones_wk20"] + (1 - share) * out["inflammatory_wk20"]

    at_one = course(_twice_daily(70.0, 20 * WEEK), [20 * WEEK])[0, Curve.INFLAMMATORY]
    at_tenth = course(_twice_daily(7.0, 20 * WEEK), [20 * WEEK])[0, Curve.INFLAMMATORY]
    out["dose_difference_wk20"] = float(at_tenth - at_one)
    daily = course(DoseHistory.regular(20.0, 24.0, 168), [168.0])[0]
    alternate = course(DoseHistory.regular(20.0, 48.0, 84), [168.0])[0]
    out["daily_20_mg_wk24"] = float(daily[Curve.INFLAMMATORY])
    out["alternate_20_mg_wk24"] = float(alternate[Curve.INFLAMMATORY])
    return out


def relapse_figures(reading: Reading) -> dict[str, float]:
    """The model's value of every relapse target, at 150 mg/kg and the cohort's mix of sexes."""
    systemic = relapse_forecast(reading, 150.0, (12.0, 24.0)).probability
    over_cohort = _observed_share(reading, Definition.SYSTEMIC_THERAPY)
    again = _observed_share(reading, Definition.SECOND_COURSE)
    any_cream = relapse_forecast(reading, 150.0, (12.0,), Definition.ANY_PRESCRIPTION).probability
    return {
        "relapse_12_months": systemic[0],
        "relapse_24_months": systemic[1],
        "relapse_hazard_per_100": hazard_ratio(reading, Definition.SYSTEMIC_THERAPY, 100.0),
        "relapse_observed": over_cohort,
        "second_course_observed": again,
        "any_prescription_12_months": any_cream[0],
        "hazard_per_120": hazard_ratio(reading, Definition.SYSTEMIC_THERAPY, 120.0),
    }


def _twice_daily(mg_per_day: float, days: float) -> DoseHistory:
    return DoseHistory.regular(mg_per_day / 2.0, 12.0, round(2 * days), meal=Meal.HIGH_FAT)


def _observed_share(reading: Reading, definition: Definition) -> float:
    """Share who relapse when follow-up is uniform between 12 and 36 months."""
    months = tuple(12.0 + 24.0 * (np.arange(400) + 0.5) / 400)
    return float(np.mean(relapse_forecast(reading, 150.0, months, definition).probability))
