"""Who and what do the biomarker tests ask about?"""

from __future__ import annotations

from isovigil.forecast.biomarkers import (
    AnalyteForecast,
    BiomarkerForecast,
    Declined,
    DoseStep,
    Measurement,
    Person,
    Threshold,
)

WOMAN = Person(age_years=22.0, sex="female", weight_kg=60.0, medicines=(), exercises_strenuously=False)
RUNNER = Person(age_years=22.0, sex="male", weight_kg=60.0, medicines=(), exercises_strenuously=True)
FULL_DOSE = (DoseStep(from_day=0.0, to_day=None, daily_dose_mg=48.0),)  # 48 mg / 60 kg = 0.8 mg/kg
LIMITS = tuple(
    Threshold("triglycerides", limit, "mg/dL", f"above {limit:g}") for limit in (150.0, 200.0, 300.0, 500.0)
)


def triglycerides(*values: tuple[float, float], fasting: bool | None = True) -> tuple[Measurement, ...]:
    """Fasting triglycerides as (day, mg/dL)."""
    return tuple(Measurement("triglycerides", day, value, "mg/dL", fasting) for day, value in values)


def forecast_in(answer: BiomarkerForecast, place: int = 0) -> AnalyteForecast:
    """The answer at this place, which must be a forecast."""
    found = answer.answers[place]
    assert isinstance(found, AnalyteForecast), str(found)
    return found


def refusal_in(answer: BiomarkerForecast, place: int = 0) -> Declined:
    """The answer at this place, which must be a refusal."""
    found = answer.answers[place]
    assert isinstance(found, Declined)
    return found
