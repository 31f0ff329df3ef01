"""A patient with a few blood results, and what one laboratory rule answers about them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case import kinds
from isovigil.case.case import Case, Patient
from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.decisions.advice import gravity
from isovigil.decisions.catalogue import RULES
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome
from isovigil.law.law import Law
from tests.decisions.judged import US, ZONES, day, fact, rulebook

ON = "2024-03-20"
STARTED = "2024-01-10"


@lru_cache(maxsize=16)
def law_of(policy: str, on: date) -> Law:
    """The US law with a clinical policy, as known on the day."""
    return rulebook().readings(US, policy, on, [on])[0][0]


def result(analyte: str, value: float, unit: str, on: str = "2024-03-13", **more: Any) -> kinds.Laboratory:
    """One blood result."""
    name = f"{analyte}-{on}" + ("-again" if more.pop("again", False) else "")
    return fact(kinds.Laboratory, id=name, taken_on=day(on), analyte=analyte, value=value, unit=unit, **more)


def on_treatment() -> list[Fact]:
    """The first capsules were handed over on the first day of treatment."""
    return [fact(kinds.Dispense, id="first", date=day(STARTED), days_supply=30)]


def symptom(code: str, on: str = "2024-03-13", **more: Any) -> Fact:
    """One symptom."""
    more.setdefault("severity", "mild")
    return fact(kinds.Symptom, id=f"{code}-{on}", date=day(on), code=code, **more)


def answered(rule: str, facts: Iterable[Fact], on: str = ON, policy: str = "balanced") -> Outcome:
    """What a laboratory rule answers on a day."""
    return RULES[f"laboratory.{rule}"].judge(course_on(facts, on), law_of(policy, day(on)))


def course_on(facts: Iterable[Fact], on: str = ON) -> Course:
    """The course of a patient with these facts, as it stands on a day with every fact of the day seen."""
    zone = ZONES[US]
    at = day(on)
    case = Case(Patient("p-1", date(1990, 5, 10)), str(zone), tuple(facts))
    return Course(Chart(case, Moment(first_instant(at, zone), zone), last_instant(at, zone)))


def how_grave(rule: str, facts: Iterable[Fact], on: str = ON, policy: str = "balanced") -> int:
    """How grave the action is; 0 is to continue or nothing to judge."""
    return gravity(answered(rule, facts, on, policy).action or "continue")
