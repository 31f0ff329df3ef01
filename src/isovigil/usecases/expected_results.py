"""Between which values will most people's next blood results lie, on the capsules this patient was handed?

Of people of the patient's age, sex, weight and doses: the patient's own results do not enter, so this is
what a population shows and no personal forecast, which would need a clinician's release.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from importlib.util import find_spec
from typing import Final, NamedTuple

from isovigil.case.chart import Chart
from isovigil.case.kinds import Medicine, Weight

DAYS_AHEAD: Final = 35
_EVERY_DAYS: Final = 7
_ANALYTES: Final = ("alt", "triglycerides")


class ExpectedOn(NamedTuple):
    """The middle of what is expected on a day, and the bounds that hold 8 of 10 people's results."""

    day: date
    middle: float
    low: float
    high: float


class Expected(NamedTuple):
    """What is expected of one analyte, in this unit."""

    unit: str
    days: tuple[ExpectedOn, ...]


def expected_results(chart: Chart, on: date) -> Mapping[str, Expected]:
    """By analyte, while capsules last; empty without the extra `forecast`, or without doses or weight.

    An analyte that the model declines (docs/forecast-biomarkers.md) is left out.
    """
    weight = chart.latest(Weight)
    if weight is None or any(find_spec(each) is None for each in ("numpy", "numba")):
        return {}
    from isovigil.forecast import biomarkers
    from isovigil.usecases.doses_on_record import doses_on_record

    taken = doses_on_record(chart)
    if taken is None or taken.covered_until <= on or taken.stopped_on is not None:
        return {}
    until = min(taken.covered_until, on + timedelta(days=DAYS_AHEAD))
    days = [*range(0, (until - on).days, _EVERY_DAYS), (until - on).days]
    since = (on - taken.first_day).days
    age = chart.age_on(on)
    person = biomarkers.Person(
        None if age is None else float(age),
        chart.patient.sex,
        weight.kg,
        tuple(medicine.class_ or medicine.name for medicine in chart.open_now(Medicine)),
    )
    try:
        curves = biomarkers.biomarker_curves(
            person,
            biomarkers.dose_steps_of(taken.doses),
            [],
            [float(since + day) for day in days],
            True,
            _ANALYTES,
        )
    except biomarkers.ForecastInputInvalid:
        return {}
    return {
        curve.analyte: Expected(
            curve.unit,
            tuple(
                ExpectedOn(on + timedelta(days=day), *bounds)
                for day, *bounds in zip(days, curve.median, curve.low_80, curve.high_80, strict=True)
            ),
        )
        for curve in curves
        if isinstance(curve, biomarkers.BiomarkerCurve)
    }
