"""What will the next blood results probably be, and how sure may anyone be of that?

Hierarchical log-normal models of triglycerides, cholesterol, LDL, HDL, ALT, AST and creatine
kinase on isotretinoin, updated in closed form by a person's own earlier values. Parameters are
data with citations (``published/biomarkers.toml``). No dose is ever recommended, and no value is
turned into the risk of a disease.
"""

from __future__ import annotations

from isovigil.forecast.biomarkers.doses_taken import dose_steps_of
from isovigil.forecast.biomarkers.forecast import biomarker_curves, forecast_biomarkers
from isovigil.forecast.biomarkers.scenarios import compare_dose_plans
from isovigil.forecast.biomarkers.values import (
    ANALYTES,
    Analyte,
    AnalyteForecast,
    BiomarkerCurve,
    BiomarkerForecast,
    Chance,
    Declined,
    DosePlan,
    DoseStep,
    ForecastInputInvalid,
    Interval,
    Measurement,
    Person,
    PlanComparison,
    PlanForecast,
    Reason,
    Threshold,
    UncertaintyShares,
    Visit,
)

__all__ = [
    "ANALYTES",
    "Analyte",
    "AnalyteForecast",
    "BiomarkerCurve",
    "BiomarkerForecast",
    "Chance",
    "Declined",
    "DosePlan",
    "DoseStep",
    "ForecastInputInvalid",
    "Interval",
    "Measurement",
    "Person",
    "PlanComparison",
    "PlanForecast",
    "Reason",
    "Threshold",
    "UncertaintyShares",
    "Visit",
    "biomarker_curves",
    "compare_dose_plans",
    "dose_steps_of",
    "forecast_biomarkers",
]
