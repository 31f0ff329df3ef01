"""The law under a clinical policy in which one value was switched: what a clinic that chose otherwise has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case, Patient
from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.decisions.catalogue import RULES
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome
from isovigil.law.law import Law
from isovigil.law.rulebook import Rulebook
from tests.decisions.judged import GROWN_UP, US, ZONES, day, rulebook


def law_saying(name: str, value: Any, on: date, programme: str = US) -> Law:
    """The law with another value for one question of the balanced policy."""
    parts = rulebook().parts
    policy = parts.policies["balanced"]
    history = policy.values[name]
    statements = tuple(msgspec.structs.replace(said, value=value) for said in history.statements)
    values = {**policy.values, name: msgspec.structs.replace(history, statements=statements)}
    policies = {**parts.policies, "balanced": msgspec.structs.replace(policy, values=values)}
    switched = Rulebook(msgspec.structs.replace(parts, policies=policies), f"{name} is {value}")
    return switched.readings(programme, "balanced", on, [on])[0][0]


def course_of(facts: Iterable[Fact], on: str, programme: str = US, before_first_dose: bool = False) -> Course:
    """The course as it stands on a day, with every fact of the day seen."""
    zone = ZONES[programme]
    at = day(on)
    case = Case(Patient("p-1", GROWN_UP), str(zone), tuple(facts))
    chart = Chart(case, Moment(first_instant(at, zone), zone), last_instant(at, zone))
    return Course(chart, before_first_dose=before_first_dose)


def judged_saying(
    rule: str, name: str, value: Any, facts: Iterable[Fact], on: str, programme: str = US
) -> Outcome:
    """What a rule answers where one value was switched."""
    before = RULES[rule].gates == ("start",)
    law = law_saying(name, value, day(on), programme)
    return RULES[rule].judge(course_of(facts, on, programme, before), law)
