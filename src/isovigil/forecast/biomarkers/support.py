"""Outside which facts does the model decline to forecast, and what would change that?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

from isovigil.case.units import canonical_unit, canonical_value, converts
from isovigil.forecast.biomarkers.priors import published
from isovigil.forecast.biomarkers.values import (
    ANALYTES,
    Analyte,
    DoseStep,
    Measurement,
    Person,
    Reason,
    Threshold,
    Visit,
)
from isovigil.forecast.parameters import ParameterSet


def reasons_about_person(person: Person, steps: Sequence[DoseStep]) -> tuple[Reason, ...]:
    """Every reason, of age, weight and dose, for which no analyte can be forecast."""
    limits = published()
    youngest, oldest = limits.value("lowest_age"), limits.value("highest_age")
    lightest, heaviest = limits.value("lowest_weight"), limits.value("highest_weight")
    reasons = _outside("age", person.age_years, youngest, oldest, "years", "the age")
    reasons += _outside("weight", person.weight_kg, lightest, heaviest, "kg", "the weight")
    if person.weight_kg is not None:
        reasons += _dose_reasons(limits, person.weight_kg, steps)
    return tuple(reasons)


def _outside(name: str, seen: float | None, low: float, high: float, unit: str, fact: str) -> list[Reason]:
    """The reason when a fact is missing or outside its range; both ends are inside."""
    edge = f"{fact} from {low:g} to {high:g} {unit}"
    if seen is None:
        return [Reason(name, f"{fact} is not recorded", edge, f"record {fact}")]
    if low <= seen <= high:
        return []
    change = "nothing: no study behind this model includes such people; clinic rules decide"
    return [Reason(name, f"{fact} is {seen:g} {unit}", edge, change)]


def _dose_reasons(limits: ParameterSet, weight_kg: float, steps: Sequence[DoseStep]) -> list[Reason]:
    """The reason when any dose taken or planned is outside the doses studied."""
    low, high = limits.value("lowest_dose"), limits.value("highest_dose")
    doses = (step.daily_dose_mg / weight_kg for step in steps if step.daily_dose_mg > 0.0)
    outside = sorted({dose for dose in doses if not low <= dose <= high})
    if not outside:
        return []
    seen = ", ".join(f"{dose:.3g}" for dose in outside)
    return [
        Reason(
            name="dose",
            seen=f"a daily dose of {seen} mg/kg",
            edge=f"daily doses from {low:g} to {high:g} mg/kg",
            would_change="a dose history and plan inside that range, if that is what was taken",
        )
    ]


def reasons_about_values(
    analyte: Analyte, measurements: Sequence[Measurement], first_dose_day: float
) -> tuple[Reason, ...]:
    """Every reason in the analyte's own earlier values: for triglycerides their two limits."""
    if analyte != "triglycerides":
        return ()
    limits = published()
    highest = limits.value("highest_triglycerides")
    at_baseline = limits.value("highest_baseline_triglycerides")
    own = [one for one in measurements if one.analyte == analyte]
    over = [one for one in own if _in_model_unit(one) > highest or _may_exceed(one, highest)]
    before = [one for one in own if one.day <= first_dose_day]
    over_before = [one for one in before if _in_model_unit(one) > at_baseline]
    over_before += [one for one in before if _may_exceed(one, at_baseline)]
    reasons = []
    if over_before:
        reasons.append(
            Reason(
                name="baseline_triglycerides",
                seen=f"a value before the first dose of {_listed(over_before)}",
                edge=f"baseline triglycerides up to {at_baseline:g} mg/dL",
                would_change="a repeat fasting baseline inside the range, if the recorded one was "
                "wrong; otherwise the cause needs a clinician",
            )
        )
    if over:
        reasons.append(
            Reason(
                name="triglycerides",
                seen=f"a value of {_listed(over)}",
                edge=f"triglycerides never above {highest:g} mg/dL",
                would_change="correcting the value, if it was recorded wrongly; otherwise the "
                "clinic's rules for high triglycerides decide",
            )
        )
    return tuple(reasons)


def _in_model_unit(one: Measurement) -> float:
    """The value in the model's unit."""
    return canonical_value(one.analyte, one.value, one.unit)


def _may_exceed(one: Measurement, limit: float) -> bool:
    """Whether a value reported only as larger than a number may exceed the limit."""
    return one.comparator in (">", ">=") and _in_model_unit(one) <= limit


def _listed(values: Iterable[Measurement]) -> str:
    """The values as the laboratory reported them, each once, in order of time."""
    ordered = sorted(values, key=lambda one: (one.day, one.value))
    words = (f"{one.comparator or ''}{one.value:g} {one.unit} on day {one.day:g}" for one in ordered)
    return ", ".join(dict.fromkeys(words))


def reasons_about_medicines(analyte: Analyte, person: Person) -> tuple[Reason, ...]:
    """The reason when another medicine is known to move this analyte itself."""
    taken = sorted(_medicines_moving(analyte).intersection(person.medicines or ()))
    if not taken:
        return ()
    listed = ", ".join(taken)
    return (
        Reason(
            name="co_medication",
            seen=f"also takes {listed}",
            edge=f"people taking no medicine that itself moves {analyte}",
            would_change=f"values measured after {listed} has ended, entered without it",
        ),
    )


@cache
def _medicines_moving(analyte: Analyte) -> frozenset[str]:
    """The classes of medicines that move this analyte themselves."""
    rows = published().tables["medicines"]["outside_for"]
    return frozenset(row["class"] for row in rows if analyte in row["analytes"])


def unexpected_value(analyte: Analyte, one: float, distance: float) -> Reason:
    """The reason when a value is too far from anything the model expects."""
    furthest = published().value("furthest_value")
    unit = canonical_unit(analyte)
    return Reason(
        name="unexpected_value",
        seen=f"a value of {one:g} {unit}, {distance:.1f} standard deviations from what is usual "
        "for such a person at such a dose",
        edge=f"values within {furthest:g} standard deviations",
        would_change="correcting the value or its unit, if recorded wrongly; otherwise a cause "
        "outside the model should be sought",
    )


def problems_of_input(
    person: Person,
    steps: Sequence[DoseStep],
    measurements: Sequence[Measurement],
    visit: Visit | None,
    thresholds: Sequence[Threshold],
    analytes: Sequence[str],
) -> tuple[str, ...]:
    """Everything impossible in what was handed in, in words; empty when all is well."""
    problems = [
        f"{asked!r} is not modelled. Modelled: {', '.join(ANALYTES)}."
        for asked in analytes
        if asked not in ANALYTES
    ]
    for name, number in (("age_years", person.age_years), ("weight_kg", person.weight_kg)):
        if number is not None and not (math.isfinite(number) and number > 0.0):
            problems.append(f"person.{name} is {number}; it must be a number above 0.")
    if visit is not None and not math.isfinite(visit.day):
        problems.append(f"visit.day is {visit.day}; it must be a finite number of days.")
    for place, step in enumerate(steps):
        problems += _problems_of_step(place, step)
    problems += _overlaps(steps)
    for place, one in enumerate(measurements):
        problems += _problems_of_value(f"measurements[{place}]", one.analyte, one.value, one.unit)
        if not math.isfinite(one.day):
            problems.append(f"measurements[{place}].day is {one.day}; it must be finite.")
        elif visit is not None and one.day > visit.day:
            problems.append(
                f"measurements[{place}] was taken on day {one.day:g}, after the visit on day "
                f"{visit.day:g}; forecast a later visit or leave it out."
            )
    for place, threshold in enumerate(thresholds):
        where = f"thresholds[{place}] ({threshold.name})"
        problems += _problems_of_value(where, threshold.analyte, threshold.value, threshold.unit)
    return tuple(problems)


def _problems_of_value(where: str, analyte: str, value: float, unit: str) -> list[str]:
    """What is wrong with one value and its unit."""
    problems = []
    if analyte not in ANALYTES:
        return [f"{where}: {analyte!r} is not modelled. Modelled: {', '.join(ANALYTES)}."]
    if not (math.isfinite(value) and value > 0.0):
        problems.append(f"{where}: {value} {unit} cannot be used; it must be above 0 and finite.")
    if not converts(analyte, unit):
        wanted = canonical_unit(analyte)
        problems.append(f"{where}: {unit!r} is not a unit of {analyte}; use {wanted} or UCUM.")
    return problems


def _problems_of_step(place: int, step: DoseStep) -> list[str]:
    """What is wrong with one dose step."""
    where = f"doses[{place}]"
    problems = []
    if not math.isfinite(step.from_day):
        problems.append(f"{where}.from_day is {step.from_day}; it must be finite.")
    if step.to_day is not None and not step.to_day > step.from_day:
        problems.append(f"{where} ends on day {step.to_day}, not after its start {step.from_day}.")
    if not (math.isfinite(step.daily_dose_mg) and step.daily_dose_mg >= 0.0):
        problems.append(f"{where}.daily_dose_mg is {step.daily_dose_mg}; it cannot be below 0.")
    if not 0.0 <= step.adherence <= 1.0:
        problems.append(f"{where}.adherence is {step.adherence}; it is a share from 0 to 1.")
    if not (math.isfinite(step.relative_exposure) and step.relative_exposure >= 0.0):
        problems.append(f"{where}.relative_exposure is {step.relative_exposure}; not below 0.")
    return problems


def _overlaps(steps: Sequence[DoseStep]) -> list[str]:
    """Dose steps that claim the same day."""
    ordered = sorted(steps, key=lambda step: step.from_day)
    return [
        f"doses overlap: the step from day {one.from_day:g} is not over when the step from day "
        f"{two.from_day:g} begins; end it there or add the doses into one step."
        for one, two in pairwise(ordered)
        if one.to_day is None or one.to_day > two.from_day
    ]
