"""How likely is it that acne needs treatment again after the course ends?

A Weibull survival from the last dose, by cumulative dose D in mg/kg::

    S(t) = exp(-(t / scale)**shape * exp(slope (min(D, 220) - 150)) * hazard_of_sex)

It is separate from the lesion curve on purpose: the average of people who stay clear and people
who relapse is no one's course. Three definitions of relapse are kept apart; they are never pooled.
"""

from __future__ import annotations

import enum

import msgspec
import numpy as np
from numpy.typing import NDArray

from isovigil.forecast.parameters import Parameter, Reading, Source

Floats = NDArray[np.float64]


class Definition(enum.StrEnum):
    """What counts as a relapse, from the widest to the narrowest."""

    ANY_PRESCRIPTION = "any_prescription"
    SYSTEMIC_THERAPY = "systemic_therapy"
    SECOND_COURSE = "second_course"


class RelapseForecast(msgspec.Struct, frozen=True):
    """Probability of relapse by ``months`` after the last dose, with the range of our knowledge.

    ``low`` and ``high`` hold the slope of dose at its 95% limits; they are model uncertainty, not
    differences between people. ``limits`` names every extrapolation.
    """

    definition: Definition
    cumulative_mg_per_kg: float
    sex: str | None
    months: tuple[float, ...]
    probability: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    limits: tuple[str, ...]
    citations: tuple[Source, ...]


def relapse_forecast(
    reading: Reading,
    cumulative_mg_per_kg: float,
    months: tuple[float, ...] = (3.0, 6.0, 12.0, 18.0, 24.0),
    definition: Definition = Definition.SYSTEMIC_THERAPY,
    sex: str | None = None,
) -> RelapseForecast:
    """The probability of relapse for one cumulative dose; ``sex`` female, male or unknown (None).

    Raises ValueError when the cumulative dose is negative or not a number.
    """
    if not 0 <= cumulative_mg_per_kg < np.inf:
        raise ValueError(f"The cumulative dose must be 0 mg/kg or more; it is {cumulative_mg_per_kg}.")
    slope = _slope(reading, definition)
    at = np.asarray(months, dtype=np.float64)
    values = [
        _probability(reading, definition, cumulative_mg_per_kg, at, slope.value + shift, sex)
        for shift in (0.0, -1.96 * slope.uncertainty, 1.96 * slope.uncertainty)
    ]
    return RelapseForecast(
        definition=definition,
        cumulative_mg_per_kg=cumulative_mg_per_kg,
        sex=sex,
        months=months,
        probability=tuple(values[0].tolist()),
        low=tuple(np.minimum(values[1], values[2]).tolist()),
        high=tuple(np.maximum(values[1], values[2]).tolist()),
        limits=_limits(reading, cumulative_mg_per_kg, sex),
        citations=reading.citations(),
    )


def hazard_ratio(reading: Reading, definition: Definition, more_mg_per_kg: float) -> float:
    """Ratio of hazards for ``more_mg_per_kg`` of additional cumulative dose below 220 mg/kg."""
    return float(np.exp(_slope(reading, definition).value * more_mg_per_kg))


def months_to_relapse(
    reading: Reading,
    cumulative_mg_per_kg: Floats,
    female: NDArray[np.bool_],
    uniforms: Floats,
    definition: Definition = Definition.SYSTEMIC_THERAPY,
) -> Floats:
    """Months to relapse for people with the given doses, sexes and uniform draws, all (n,)."""
    slope = _slope(reading, definition).value
    hazard = _dose_hazard(reading, cumulative_mg_per_kg, slope)
    hazard = hazard * np.where(
        female, _sex_hazard(reading, definition, "female"), _sex_hazard(reading, definition, "male")
    )
    scale, shape = reading.value(f"scale_{definition.value}"), reading.value("shape")
    return np.asarray(scale * (-np.log(uniforms) / hazard) ** (1.0 / shape))


def _slope(reading: Reading, definition: Definition) -> Parameter:
    second = "_second_course" if definition is Definition.SECOND_COURSE else ""
    return reading.parameter(f"log_hazard_per_mg_per_kg{second}")


def _probability(
    reading: Reading, definition: Definition, dose: float, months: Floats, slope: float, sex: str | None
) -> Floats:
    """1 - S(t) with the given slope."""
    scale, shape = reading.value(f"scale_{definition.value}"), reading.value("shape")
    hazard = _dose_hazard(reading, np.asarray(dose), slope) * _sex_hazard(reading, definition, sex)
    return np.asarray(-np.expm1(-((months / scale) ** shape) * hazard))


def _dose_hazard(reading: Reading, dose: Floats, slope: float) -> Floats:
    """Hazard relative to the reference dose; flat beyond the dose without further benefit."""
    counted = np.minimum(dose, reading.value("dose_without_further_benefit"))
    return np.asarray(np.exp(slope * (counted - reading.value("reference_dose"))))


def _sex_hazard(reading: Reading, definition: Definition, sex: str | None) -> float:
    """Hazard relative to the cohort's mix of sexes; 1 when the sex is unknown or other.

    The "any prescription" source gives no ratio by sex, so none is used there.
    """
    if sex not in {"female", "male"} or definition is Definition.ANY_PRESCRIPTION:
        return 1.0
    second = "_second_course" if definition is Definition.SECOND_COURSE else ""
    ratio = reading.value(f"hazard_ratio_female{second}")
    share = reading.value("share_female")
    mix = share * ratio + 1.0 - share
    return (ratio if sex == "female" else 1.0) / mix


def _limits(reading: Reading, dose: float, sex: str | None) -> tuple[str, ...]:
    """Every way in which this forecast goes beyond what was studied."""
    said = []
    if dose < reading.value("lowest_dose_studied"):
        said.append(
            f"a cumulative dose of {dose:.0f} mg/kg lies below the doses studied "
            f"({reading.value('lowest_dose_studied'):.0f} mg/kg)"
        )
    if dose > reading.value("dose_without_further_benefit"):
        said.append("no further benefit was seen beyond 220 mg/kg, so none is counted")
    if sex not in {"female", "male"}:
        said.append("sex unknown: the average of the cohort is shown")
    said.append("the source's weights were imputed, and another series found no effect of dose")
    return tuple(said)
