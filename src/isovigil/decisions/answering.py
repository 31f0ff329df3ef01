"""What does one rule answer, and what is that answer as a finding?"""

from __future__ import annotations

from typing import Any

from isovigil.decisions.course import Course
from isovigil.decisions.finding import BINDING, PASSES, STRENGTHS, Finding, Outcome, Task, unknown
from isovigil.decisions.rule import EVERY_GATE, START, Rule
from isovigil.law.law import Law
from isovigil.law.refusal import NoRuleInForce
from isovigil.law.source import Strength
from isovigil.law.value import Dated

_RANK = {strength: place for place, strength in enumerate(STRENGTHS)}


def answer(rule: Rule, course: Course, law: Law) -> Outcome:
    """One rule's answer. A value the rulebook does not hold for the day is `unknown`, never a pass."""
    try:
        return rule.judge(course, law)
    except NoRuleInForce as refusal:
        return unknown(
            f"No value is held for {refusal.question} on {refusal.on.isoformat()}.",
            needs=f"the rules that governed {refusal.on.isoformat()}, which this rulebook does not hold",
            whose_move="programme",
            strength="law",
        )


def bind(rule: Rule, outcome: Outcome, course: Course, *, frozen_at_start: bool = False) -> Finding:
    """An outcome as a finding: bound to its gates, with its strength, its amber flag and its tasks.

    Until the first dose, what holds the start holds the first prescription and hand-over too. An answer
    that is frozen at the start asks the clinical channel for nothing today.
    """
    gates = outcome.gates
    if gates is None:
        gates = rule.gates
        if frozen_at_start:
            gates = START
        elif "start" in gates and not course.has_started:
            gates = EVERY_GATE
    values, answer_given = outcome.values, outcome.answer
    strength = outcome.strength
    if strength is None:
        strength = values[0].strength if values else "law"
        if strength != "law" and len(values) > 1:
            strength = strongest(values)
    # By place, in the order Finding declares: this runs for every rule of every patient.
    return Finding(
        rule.name,
        gates,
        answer_given,
        strength,
        outcome.amber or not (strength in BINDING or answer_given in PASSES),
        outcome.says,
        outcome.needs,
        outcome.whose_move,
        outcome.satisfiable_from,
        outcome.facts,
        values,
        None if frozen_at_start else outcome.action,
        () if outcome.task is None else (_task(rule, outcome),),
    )


def _task(rule: Rule, outcome: Outcome) -> Task:
    assert outcome.task is not None
    says = outcome.needs or outcome.says
    return Task(
        what=outcome.task,
        who=outcome.whose_move or "prescriber",
        opens_on=outcome.satisfiable_from,
        due_on=outcome.due_on,
        closes_on=outcome.closes_on,
        rule=rule.name,
        says=says[0].upper() + says[1:] + ("" if says.endswith(".") else "."),
    )


def strongest(values: tuple[Dated[Any], ...]) -> Strength:
    """The strength of a finding: that of the strongest value it rests on.

    An answer that names no value is treated as law, so that it can only err towards holding.
    """
    if not values:
        return "law"
    found = values[0].strength
    if found == "law":
        return found
    for value in values:
        if _RANK[value.strength] < _RANK[found]:
            found = value.strength
    return found
