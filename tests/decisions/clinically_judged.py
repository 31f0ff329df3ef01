"""What a clinical rule answers under a policy, or under a rulebook with one value changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case import kinds
from isovigil.case.case import Case, Patient
from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.decisions.catalogue import RULES
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome
from isovigil.law.rulebook import Rulebook
from tests.decisions.judged import GROWN_UP, US, ZONES, day, fact, handed_over, rulebook

FIRST_DOSE = "2024-01-10"
BALANCED = "balanced"


def with_value(name: str, value: Any, policy: str = BALANCED) -> Rulebook:
    """The rulebook with one clinical value changed, as a policy of its own would state it."""
    parts = rulebook().parts
    held = parts.policies[policy]
    history = held.values[name]
    statements = tuple(msgspec.structs.replace(said, value=value) for said in history.statements)
    values = {**held.values, name: msgspec.structs.replace(history, statements=statements)}
    policies = {**parts.policies, policy: msgspec.structs.replace(held, values=values)}
    return Rulebook(msgspec.structs.replace(parts, policies=policies), f"{name} is {value}")


def clinically(
    rule: str,
    facts: Iterable[Fact],
    on: str = "2024-03-10",
    policy: str = BALANCED,
    law: Rulebook | None = None,
    born_on: date | None = GROWN_UP,
    started: bool = True,
) -> Outcome:
    """What a rule answers on a day about a patient who took the first dose on 10 January 2024."""
    at, zone = day(on), ZONES[US]
    taken = [handed_over(FIRST_DOSE)] if started else []
    case = Case(Patient("p-1", born_on), str(zone), (*taken, *facts))
    chart = Chart(case, Moment(first_instant(at, zone), zone), last_instant(at, zone))
    ((reading, _), *_others) = (law or rulebook()).readings(US, policy, at, [at])
    return RULES[rule].judge(Course(chart), reading)


def symptom(code: str, severity: str, on: str = "2024-03-03", *features: str, name: str = "") -> Fact:
    """One symptom as the patient reported it on a day."""
    return fact(
        kinds.Symptom,
        id=name or f"{code}-{on}-{severity}-{'-'.join(features)}",
        date=day(on),
        code=code,
        severity=severity,
        features=features or None,
    )


def questionnaire(tool: str, on: str = "2024-03-03", name: str = "", **answers: Any) -> Fact:
    """One questionnaire of a day, by its score, its items or both."""
    return fact(kinds.Questionnaire, id=name or f"{tool}-{on}", date=day(on), tool=tool, **answers)


def decided(about: str, on: str, decision: str = "continue", **fields: Any) -> Fact:
    """A clinician decided about a rule or a fact."""
    return fact(
        kinds.ClinicalDecision,
        id=f"decision-{on}-{decision}",
        date=day(on),
        about=about,
        decision=decision,
        by="dr-1",
        reason="seen and discussed",
        **fields,
    )


def assessed(what: str, on: str, outcome: str = "continue_with_care") -> Fact:
    """A specialist's assessment of a day."""
    return fact(
        kinds.Assessment, id=f"assessment-{what}-{on}", date=day(on), what=what, outcome=outcome, by="dr-2"
    )
