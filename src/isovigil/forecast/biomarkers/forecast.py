"""What will this person's next blood values probably be?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from isovigil.case.units import canonical_unit, canonical_value
from isovigil.forecast.biomarkers import support, wording
from isovigil.forecast.biomarkers.drug_effect import steps_with_drug
from isovigil.forecast.biomarkers.evidence import Reading, readings_of
from isovigil.forecast.biomarkers.mixture import normal_below
from isovigil.forecast.biomarkers.prediction import Prediction, predict
from isovigil.forecast.biomarkers.priors import is_youth, model, published
from isovigil.forecast.biomarkers.quadrature import Numbers
from isovigil.forecast.biomarkers.sources_used import citations_for, keys_for, keys_for_refusal
from isovigil.forecast.biomarkers.values import (
    ANALYTES,
    Analyte,
    AnalyteForecast,
    BiomarkerCurve,
    BiomarkerForecast,
    Chance,
    Declined,
    DoseStep,
    ForecastInputInvalid,
    Interval,
    Measurement,
    Person,
    Reason,
    Threshold,
    UncertaintyShares,
    Visit,
)
from isovigil.forecast.parameters import hash_of

_CHANCES: Final = (0.025, 0.1, 0.5, 0.9, 0.975)


class _Asked(NamedTuple):
    """Everything one forecast was handed."""

    person: Person
    doses: Sequence[DoseStep]
    steps: tuple[DoseStep, ...]
    measurements: Sequence[Measurement]
    fasting: bool


class _Told(NamedTuple):
    """One analyte's place in a prediction, and its bands [T, chances] in the model's unit."""

    analyte: Analyte
    readings: Sequence[Reading]
    prediction: Prediction
    row: int
    bands: Numbers
    shares: Numbers


def forecast_biomarkers(
    person: Person,
    doses: Sequence[DoseStep],
    measurements: Sequence[Measurement],
    visit: Visit,
    thresholds: Sequence[Threshold] = (),
    analytes: Sequence[Analyte] = ANALYTES,
) -> BiomarkerForecast:
    """The probable value of each analyte at the visit, or why none can be given.

    ``doses`` are all steps taken and planned; ``measurements`` any number of earlier values, in
    any order, before or during treatment. Every analyte is answered with a forecast or a refusal
    that names all its reasons. Raises ForecastInputInvalid, with every problem, for impossible
    facts. The answer is the same at every call with the same facts.
    """
    problems = support.problems_of_input(person, doses, measurements, visit, thresholds, analytes)
    if problems:
        raise ForecastInputInvalid(problems)
    steps = steps_with_drug(doses)
    asked = _Asked(person, doses, steps, measurements, visit.fasting is True)
    answers = tuple(
        told if isinstance(told, Declined) else _forecast_of(asked, told, visit, thresholds)
        for told in _tell(asked, analytes, np.array([visit.day]))
    )
    return BiomarkerForecast(
        visit=visit,
        answers=answers,
        citations=citations_for(key for answer in answers for key in answer.citation_keys),
        parameter_hash=hash_of(published()),
        statements=wording.STATEMENTS,
    )


def biomarker_curves(
    person: Person,
    doses: Sequence[DoseStep],
    measurements: Sequence[Measurement],
    days: Sequence[float],
    fasting: bool = True,
    analytes: Sequence[Analyte] = ANALYTES,
) -> tuple[BiomarkerCurve | Declined, ...]:
    """The probable values on each of ``days``, for a picture; every value informs every day.

    Days before the last measurement are what the model, knowing all values, would expect of
    another sample then. Raises ForecastInputInvalid as `forecast_biomarkers` does.
    """
    problems = support.problems_of_input(person, doses, measurements, None, (), analytes)
    at_days = np.asarray(days, dtype=np.float64)
    if at_days.size == 0 or not np.all(np.isfinite(at_days)):
        problems += (f"days are {list(days)!r}; name at least one day, all finite.",)
    if problems:
        raise ForecastInputInvalid(problems)
    asked = _Asked(person, doses, steps_with_drug(doses), measurements, fasting)
    return tuple(
        told if isinstance(told, Declined) else _curve_of(asked, told, at_days)
        for told in _tell(asked, analytes, at_days)
    )


def _tell(asked: _Asked, analytes: Sequence[Analyte], days: Numbers) -> tuple[_Told | Declined, ...]:
    """What the model says of each analyte on these days, or why it says nothing."""
    told: dict[Analyte, _Told | Declined] = dict(_declined_before(asked, analytes))
    supported = [analyte for analyte in analytes if analyte not in told]
    readings = readings_of(asked.measurements)
    for prediction in (
        predict(model(), asked.person, asked.steps, readings, supported, days, asked.fasting)
        if supported
        else ()
    ):
        bands, shares = prediction.bands(model(), _CHANCES), prediction.shares()
        for row, at in enumerate(prediction.places):
            analyte = ANALYTES[at]
            series = readings.get(analyte, [])
            refusal = _declined_after(analyte, series, prediction.distances[row])
            told[analyte] = refusal or _Told(analyte, series, prediction, row, bands[row], shares[row])
    return tuple(told[analyte] for analyte in dict.fromkeys(analytes))


def _declined_before(asked: _Asked, analytes: Sequence[Analyte]) -> dict[Analyte, Declined]:
    """The analytes that cannot be forecast from these facts, with every reason."""
    shared = support.reasons_about_person(asked.person, asked.doses)
    first = asked.steps[0].from_day if asked.steps else math.inf
    refusals = {}
    for analyte in analytes:
        reasons = (
            *shared,
            *support.reasons_about_values(analyte, asked.measurements, first),
            *support.reasons_about_medicines(analyte, asked.person),
        )
        if reasons:
            refusals[analyte] = _refusal(analyte, reasons)
    return refusals


def _declined_after(analyte: Analyte, series: Sequence[Reading], distances: Numbers) -> Declined | None:
    """A refusal when an earlier value is too far from anything the model expects."""
    furthest = published().value("furthest_value")
    reasons = tuple(
        support.unexpected_value(analyte, one.value, distance)
        for one, distance in zip(series, distances.tolist(), strict=False)
        if distance > furthest
    )
    return _refusal(analyte, reasons) if reasons else None


def _refusal(analyte: Analyte, reasons: tuple[Reason, ...]) -> Declined:
    """A refusal with the sources of the limits it names."""
    return Declined(analyte, reasons, keys_for_refusal(tuple(reason.name for reason in reasons)))


def _forecast_of(
    asked: _Asked, told: _Told, visit: Visit, thresholds: Sequence[Threshold]
) -> AnalyteForecast:
    """One analyte's forecast in words and numbers."""
    analyte, row = told.analyte, told.row
    low_95, low_80, median, high_80, high_95 = told.bands[0].tolist()
    left_out = sum(one.analyte == analyte and one.comparator is not None for one in asked.measurements)
    evidence = published().tables["evidence"][analyte]
    person, steps, readings = asked.person, asked.steps, told.readings
    return AnalyteForecast(
        analyte=analyte,
        unit=canonical_unit(analyte),
        median=median,
        interval_80=Interval(low_80, high_80),
        interval_95=Interval(low_95, high_95),
        chances=_chances_of(told, thresholds),
        uncertainty=UncertaintyShares(*told.shares.tolist()),
        drug_effect=float(told.prediction.x[row, 0]),
        measurements_used=len(readings),
        evidence_grade=evidence["grade"],
        evidence_because=evidence["because"],
        cautions=wording.cautions_for(analyte, person, steps, readings, visit, left_out),
        would_narrow=wording.what_would_narrow(analyte, steps, readings, visit),
        citation_keys=_keys_of(asked, told),
    )


def _chances_of(told: _Told, thresholds: Sequence[Threshold]) -> tuple[Chance, ...]:
    """The chance that the value on the first day passes each threshold of this analyte."""
    own = [threshold for threshold in thresholds if threshold.analyte == told.analyte]
    if not own:
        return ()
    limits = np.array([math.log(canonical_value(t.analyte, t.value, t.unit)) for t in own])
    weight, mean, sd = told.prediction.mixture
    z = (limits[:, None] - mean[told.row, 0]) / sd[told.row, 0]
    below = (normal_below(z) @ weight[told.row, 0]).tolist()
    return tuple(
        wording.chance_of(threshold, chance if threshold.direction == "below" else 1.0 - chance)
        for threshold, chance in zip(own, below, strict=True)
    )


def _curve_of(asked: _Asked, told: _Told, days: Numbers) -> BiomarkerCurve:
    """One analyte's bands over the days."""
    columns = [tuple(told.bands[:, chance].tolist()) for chance in range(len(_CHANCES))]
    return BiomarkerCurve(
        analyte=told.analyte,
        unit=canonical_unit(told.analyte),
        days=tuple(days.tolist()),
        median=columns[2],
        low_80=columns[1],
        high_80=columns[3],
        low_95=columns[0],
        high_95=columns[4],
        citation_keys=_keys_of(asked, told),
    )


def _keys_of(asked: _Asked, told: _Told) -> tuple[str, ...]:
    """The sources that this analyte's numbers came from."""
    return keys_for(
        told.analyte,
        on_drug=bool(told.prediction.touched_by_drug),
        averaged_bursts=told.prediction.at_rest is not None,
        not_fasting=not asked.fasting or any(not one.fasting for one in told.readings),
        youth=is_youth(model(), asked.person.age_years),
    )
