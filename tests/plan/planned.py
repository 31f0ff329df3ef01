"""How is a patient known by a day planned for, and the plan followed step by step?"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import msgspec

from isovigil import load_rulebook, review
from isovigil.case.case import Case
from isovigil.case.fact import Fact
from isovigil.decisions.plan_parts import Plan
from isovigil.decisions.review import Review
from isovigil.exchange.case_file import case_from_mapping
from isovigil.law.rulebook import Rulebook
from tests.scenarios.scenario_patient import OnFile

ONE_DAY = timedelta(days=1)


@cache
def rulebook() -> Rulebook:
    return load_rulebook()


def known_on(programme: str, base: str, on: date, **changes: dict[str, Any]) -> Case:
    """A complete patient of the scenarios as on file on a day: nothing of later days."""
    on_file = OnFile.of_base(programme, base).as_case_file()
    facts = [{**fact, **changes.get(fact["id"], {})} for fact in on_file["facts"]]
    case = case_from_mapping({**on_file, "facts": facts})
    return msgspec.structs.replace(case, facts=tuple(fact for fact in case.facts if fact.day <= on))


def with_facts(case: Case, facts: tuple[Fact, ...]) -> Case:
    return msgspec.structs.replace(case, facts=(*case.facts, *facts))


def reviewed(case: Case, on: date) -> Review:
    return review(case, rulebook(), on=on)


def gates_not_ready_when_following(case: Case, told: Plan) -> list[str]:
    """Do each step on its day; before a prescription or a hand-over its gate must be ready."""
    wrong = []
    for step in told.steps:
        if step.gate is not None:
            came = reviewed(case, step.on)
            readings = [came.gates, *(other.gates for other in came.alternatives)]
            wrong += [
                f"{step.on} {step.what}: {gates[step.gate].because}"
                for gates in readings
                if gates[step.gate].verdict != "ready"
            ]
        case = with_facts(case, step.facts)
    return wrong
