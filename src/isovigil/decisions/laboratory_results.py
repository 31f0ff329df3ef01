"""Which blood results does the chart hold, and what was the patient's own baseline?"""

from __future__ import annotations

import math
import sys
from datetime import date
from functools import lru_cache
from typing import Final

from msgspec import Struct, structs

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Laboratory
from isovigil.case.units import DIGITS_KEPT, SAME_UNIT, UNITS, canonical_value
from isovigil.decisions.course import Course
from isovigil.law.law import Law

LOWER_IS_WORSE: Final = frozenset({"hdl", "anc", "wbc", "platelets", "haemoglobin"})

_JUST: Final = math.sqrt(sys.float_info.epsilon)
"""A value reported as above or below a number lies this much beyond it, in parts of the number."""

NAMES: Final = {
    "alt": "ALT",
    "ast": "AST",
    "alp": "alkaline phosphatase",
    "ggt": "GGT",
    "ck": "creatine kinase",
    "bilirubin_direct": "direct bilirubin",
    "ldl": "LDL cholesterol",
    "hdl": "HDL cholesterol",
    "cholesterol": "total cholesterol",
    "anc": "neutrophils",
    "wbc": "white cells",
    "hba1c": "HbA1c",
    "inr": "INR",
}
_ARITHMETIC_UNITS: Final = frozenset({"1", "{INR}", "{ratio}"})
_VALUES_KEPT: Final = 16_384


def is_above(value: float, bound: float) -> bool:
    """Is it greater than the bound? What differs only as numbers are stored is equal: 3 times 0.7 is 2.1."""
    return value > bound and not math.isclose(value, bound)


def is_from(value: float, bound: float) -> bool:
    """Is it the bound or greater?"""
    return value >= bound or math.isclose(value, bound)


def is_below(value: float, bound: float) -> bool:
    """Is it less than the bound?"""
    return value < bound and not math.isclose(value, bound)


def worst_reading(fact: Laboratory) -> float:
    """The number to judge, in the reported unit: of what the report says, the part that is known.

    `< 5` is judged just below 5 where high values are worse; `> 1000` is judged just above 1000,
    and `may_be_worse` says that the true value can be worse still.
    """
    if fact.comparator is None:
        return fact.value
    if fact.comparator == "<":
        return fact.value * (1 - _JUST)
    if fact.comparator == ">":
        return fact.value * (1 + _JUST)
    return fact.value


def may_be_worse(fact: Laboratory) -> bool:
    """Does the report leave open how bad the true value is?"""
    if fact.comparator is None:
        return False
    return (
        fact.comparator in ("<", "<=") if fact.analyte in LOWER_IS_WORSE else fact.comparator in (">", ">=")
    )


def as_tabled(fact: Laboratory) -> Laboratory:
    """The same result in the unit the tables of limits speak: 1.5 g/L of triglycerides is 150 mg/dL.

    Only a power of ten is moved, so nothing is rounded that was measured.
    """
    if fact.unit not in SAME_UNIT:
        return fact
    unit, factor = SAME_UNIT[fact.unit]
    if unit not in UNITS[fact.analyte]:
        return fact
    numbers = {
        name: None if (number := getattr(fact, name)) is None else round(number * factor, DIGITS_KEPT)
        for name in ("value", "upper_limit", "lower_limit")
    }
    return structs.replace(fact, unit=unit, **numbers)


def canonical(fact: Laboratory) -> float:
    """The number to judge, in the analyte's first unit, so that two reports can be compared."""
    return canonical_value(fact.analyte, worst_reading(fact), fact.unit)


def name_of(analyte: str) -> str:
    """The analyte as a clinician writes it."""
    return NAMES.get(analyte, analyte)


def in_plain(fact: Laboratory) -> str:
    """``Triglycerides 320 mg/dL on 5 February 2024``."""
    return f"{value_in_words(fact)} on {in_words(fact.taken_on)}"


def value_in_words(fact: Laboratory) -> str:
    """``Triglycerides 320 mg/dL``."""
    # Zero and minus zero are equal, and are told as they were reported.
    told = _in_words if fact.value else _in_words.__wrapped__
    return told(fact.analyte, fact.comparator, fact.value, fact.unit)


@lru_cache(maxsize=_VALUES_KEPT)
def _in_words(analyte: str, comparator: str | None, value: float, unit: str) -> str:
    name = name_of(analyte)
    sign = "" if comparator is None else f"{comparator} "
    said_unit = "" if unit in _ARITHMETIC_UNITS else f" {unit}"
    return f"{name[0].upper()}{name[1:]} {sign}{value:g}{said_unit}"


class Baseline(Struct, frozen=True):
    """The median of the last values before the first dose: in the first unit, and in upper limits."""

    value: float
    in_limits: float | None
    """How many times its own upper limit; None where no report gave one."""
    facts: tuple[Laboratory, ...]


def results(course: Course) -> dict[str, list[Laboratory]]:
    """Every blood result of the patient by analyte, oldest first; worked out once for a course."""
    return course.blood_results


def latest(course: Course, analyte: str) -> Laboratory | None:
    """The last result of an analyte; of two on one day the worse."""
    found = course.blood_results.get(analyte)
    return found[-1] if found else None


def on_treatment(course: Course, fact: Laboratory) -> bool:
    """Was it taken after the day of the first dose? A draw on that day still tells the baseline."""
    return course.started_on is not None and fact.taken_on > course.started_on


def results_on_treatment(course: Course, analyte: str) -> list[Laboratory]:
    """The results of an analyte taken since the first dose of this course, oldest first."""
    started_on = course.started_on
    taken = course.blood_results.get(analyte)
    if started_on is None or not taken or taken[-1].taken_on <= started_on:
        return []
    return [fact for fact in taken if fact.taken_on > started_on]


def before_treatment(course: Course, analyte: str) -> list[Laboratory]:
    """The results of an analyte that can tell this course's baseline: since the last dose of the
    course before, and no later than the day of the first dose.
    """
    stop = course.last_stop
    since = date.min if stop is None else stop.date
    taken = course.blood_results.get(analyte)
    if not taken or taken[-1].taken_on <= since:
        return []
    until = course.started_on or date.max
    return [fact for fact in taken if since < fact.taken_on <= until]


def baseline_of(course: Course, law: Law, analyte: str) -> Baseline | None:
    """The frozen baseline of an analyte; None where none was taken in time. Worked out once."""
    taken = course.blood_results.get(analyte)
    if taken is None:
        return None
    stop = course.last_stop
    if stop is not None and course.started_on is None and taken[-1].taken_on <= stop.date:
        return None
    return course.remember(("laboratory baseline", analyte), lambda: _baseline(course, law, analyte))


def _baseline(course: Course, law: Law, analyte: str) -> Baseline | None:
    taken = before_treatment(course, analyte)
    started_on = course.started_on
    if started_on is not None:
        within = law.period("laboratory/baseline_within", started_on).value
        taken = [fact for fact in taken if within.after(fact.taken_on) >= started_on]
    if not taken:
        return None
    count = int(law.number("laboratory/baseline_values", taken[-1].taken_on).value)
    used = tuple(taken[-count:])
    limits = [worst_reading(fact) / fact.upper_limit for fact in used if fact.upper_limit is not None]
    return Baseline(_median([canonical(fact) for fact in used]), _median(limits) if limits else None, used)


def _median(values: list[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def was_raised(baseline: Baseline | None) -> bool:
    """Was the baseline above its upper limit? A baseline without limits is not known to have been."""
    return baseline is not None and baseline.in_limits is not None and is_above(baseline.in_limits, 1)
