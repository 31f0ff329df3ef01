"""How would the next values compare if the dose went on in different ways?"""

from __future__ import annotations

from collections.abc import Sequence

from isovigil.forecast.biomarkers import wording
from isovigil.forecast.biomarkers.forecast import forecast_biomarkers
from isovigil.forecast.biomarkers.values import (
    ANALYTES,
    Analyte,
    DosePlan,
    DoseStep,
    ForecastInputInvalid,
    Measurement,
    Person,
    PlanComparison,
    PlanForecast,
    Threshold,
    Visit,
)


def compare_dose_plans(
    person: Person,
    taken: Sequence[DoseStep],
    measurements: Sequence[Measurement],
    visit: Visit,
    plans: Sequence[DosePlan],
    thresholds: Sequence[Threshold] = (),
    analytes: Sequence[Analyte] = ANALYTES,
) -> PlanComparison:
    """The forecast at the visit under each plan, in the order given, with no preference.

    ``taken`` are the steps up to now, which end where the plans' own steps begin. Nothing here
    ranks, scores or recommends. Raises ForecastInputInvalid with every problem of every plan.
    """
    problems: list[str] = []
    compared: list[PlanForecast] = []
    if not plans:
        problems.append("No plan was handed in; name at least one.")
    repeated = {plan.name for plan in plans if sum(plan.name == p.name for p in plans) > 1}
    problems += [f"Two plans are called {name!r}; give each its own name." for name in repeated]
    for plan in plans:
        steps = (*taken, *plan.steps)
        try:
            forecast = forecast_biomarkers(person, steps, measurements, visit, thresholds, analytes)
        except ForecastInputInvalid as error:
            problems += [f"plan {plan.name!r}: {problem}" for problem in error.problems]
        else:
            compared.append(PlanForecast(plan, forecast))
    if problems:
        raise ForecastInputInvalid(tuple(problems))
    return PlanComparison(tuple(compared), (wording.NO_PREFERENCE, *wording.STATEMENTS))
