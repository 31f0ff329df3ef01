"""How do the tests write a patient down in a few lines, and ask one indicator about each course?"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from isovigil import load_rulebook
from isovigil.calendar.window import last_instant
from isovigil.case.case import Case, Patient
from isovigil.case.fact import Fact
from isovigil.case.kinds import Category, Dispense, PregnancyTest, Prescription, TreatmentStop, Visit
from isovigil.decisions.replay import replay
from isovigil.indicators.catalogue import INDICATORS
from isovigil.indicators.count import Count
from isovigil.law.law import Law
from isovigil.law.rulebook import Rulebook
from isovigil.usecases.audit import audited, chart_of

ZONES = {"uk_mhra": "Europe/London", "us_ipledge": "America/New_York", "it_aifa": "Europe/Rome"}
ON = "2025-06-30"
PLACES = {indicator.id: place for place, indicator in enumerate(INDICATORS)}


@cache
def rulebook() -> Rulebook:
    """The law, read once."""
    return load_rulebook()


def law(programme: str = "uk_mhra", on: str = ON) -> Law:
    """One reading of a programme's law on a day."""
    day = date.fromisoformat(on)
    return rulebook().readings(programme, "balanced", day, [day])[0][0]


def case(*facts: Fact, programme: str = "uk_mhra", born: str | None = "2000-01-15") -> Case:
    """A patient with these facts."""
    numbered = [fact if fact.id else _named(fact, number) for number, fact in enumerate(facts)]
    born_on = None if born is None else date.fromisoformat(born)
    patient = Patient(id="p-1", born_on=born_on)
    return Case(patient=patient, time_zone=ZONES[programme], facts=tuple(numbered), programme=programme)


def _named(fact: Fact, number: int) -> Fact:
    values = {name: getattr(fact, name) for name in fact.__struct_fields__}
    return type(fact)(**{**values, "id": f"f-{number}"})


def of_each_course(
    indicator: str, *facts: Fact, programme: str = "uk_mhra", on: str = ON, born: str | None = "2000-01-15",
    with_replay: bool = False,
) -> list[Count]:  # fmt: skip
    """What one indicator counts in each course of a patient."""
    patient = case(*facts, programme=programme, born=born)
    day = date.fromisoformat(on)
    known_by: datetime = last_instant(day, ZoneInfo(patient.time_zone))
    replayed = replay(patient, rulebook(), known_by) if with_replay else None
    place = PLACES[indicator]
    return [counts[place] for _, counts in audited(chart_of(patient, day), law(programme, on), replayed)]


def of_one_course(indicator: str, *facts: Fact, **asked: object) -> Count:
    """The same where there is one course."""
    (count,) = of_each_course(indicator, *facts, **asked)  # type: ignore[arg-type] # handed on as they came
    return count


# -- facts in a few words ----------------------------------------------------------------------------


def day(text: str) -> date:
    return date.fromisoformat(text)


def can(on: str = "2025-01-02") -> Category:
    return Category(date=day(on), can_become_pregnant=True, by="prescriber")


def cannot(on: str = "2025-01-02") -> Category:
    return Category(date=day(on), can_become_pregnant=False, by="prescriber", basis="cisgender_male")


def prescribed(on: str, name: str = "", days: int = 30) -> Prescription:
    return Prescription(id=name, issued_on=day(on), daily_dose_mg=30, days_supply=days)


def handed_over(on: str, under: str | None = None, days: int = 30) -> Dispense:
    return Dispense(date=day(on), days_supply=days, prescription=under)


def hcg(on: str, result: str = "negative", **more: Any) -> PregnancyTest:
    fields: dict[str, Any] = {"result": result, "setting": "laboratory", **more}
    return PregnancyTest(taken_on=day(on), **fields)


def ended(on: str, reason: str = "completed") -> TreatmentStop:
    return TreatmentStop(date=day(on), reason=reason)  # type: ignore[arg-type] # a word of the tests


def seen(on: str, mode: str = "in_person") -> Visit:
    return Visit(date=day(on), mode=mode)  # type: ignore[arg-type] # a word of the tests
