"""What does every rule of a programme answer at one moment, in one reading of its law?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case
from isovigil.case.chart import Chart
from isovigil.decisions.catalogue import RULES
from isovigil.decisions.course import Course
from isovigil.decisions.finding import BINDING, PASSES, STRENGTHS, Finding, Outcome, Task, unknown
from isovigil.decisions.rule import EVERY_GATE, START, Rule
from isovigil.decisions.verdict import (
    NOTHING_ASKED,
    ClinicalVerdict,
    GateVerdict,
    clinical_verdict,
    gate_verdicts,
    in_order_of_precedence,
)
from isovigil.law.compared_reading import ComparedReading
from isovigil.law.law import Law, Regime
from isovigil.law.refusal import NoRuleInForce
from isovigil.law.source import Strength
from isovigil.law.value import Dated

_RANK = {strength: place for place, strength in enumerate(STRENGTHS)}


class Judgement(NamedTuple):
    """Everything one reading of the law says about one case at one moment."""

    law: Law
    regime: Regime
    course: Course
    findings: tuple[Finding, ...]
    gates: dict[str, GateVerdict]
    clinical: ClinicalVerdict
    turning_points: dict[datetime, list[str]]
    """Later instants with the rules that compared themselves with them."""


class _SaidInEveryReading(NamedTuple):
    """What rules said in the first reading without asking for anything the readings answer otherwise."""

    findings: dict[str, Finding]
    turning_points: dict[datetime, list[str]]


def judge(case: Case, law: Law, at: datetime, known_by: datetime) -> Judgement:
    """Judge every rule of the programme's family and of the clinical policy.

    Raises NoRuleInForce when no regime governs the day.
    """
    course = Course(Chart(case, Moment(at, ZoneInfo(case.time_zone)), known_by))
    return _judged(course, law, _SaidInEveryReading({}, {}))


def judge_every_reading(case: Case, laws: Sequence[Law], at: datetime, known_by: datetime) -> list[Judgement]:
    """One judgement for each reading of the law. Raises as `judge` does.

    A rule that asked for nothing the readings answer otherwise says the same in each: it is judged once.
    """
    if len(laws) == 1:
        return [judge(case, laws[0], at, known_by)]
    zone = ZoneInfo(case.time_zone)
    chart = Chart(case, Moment(at, zone), known_by)
    compared = ComparedReading(laws[0], laws[1:])
    said = _SaidInEveryReading({}, {})
    first = _judged(Course(chart, compared=compared), laws[0], said, compared)
    others = [Course(chart.at(Moment(at, zone))) for _ in laws[1:]]
    if first.course.sequence_started_on is None and len(said.findings) == len(first.findings):
        alike = [
            first._replace(law=law, regime=law.regime_on(course.today.day), course=course)
            for law, course in zip(laws[1:], others, strict=True)
        ]
        return [first, *alike]
    return [first, *(_judged(course, law, said) for law, course in zip(laws[1:], others, strict=True))]


def _judged(
    course: Course, law: Law, said: _SaidInEveryReading, compared: ComparedReading | None = None
) -> Judgement:
    """One reading's judgement. With `compared`, what is said alike in every reading is put into `said`;
    without it, taken from there.
    """
    today = course.today
    regime = law.regime_on(today.day)
    at_start = judged_at_start(course, law)
    asked: Law = law if compared is None else compared
    findings: list[Finding] = []
    turning = {instant: list(rules) for instant, rules in said.turning_points.items()}
    for rule in rules_in_order(law.programme.rules):
        name = rule.name
        if at_start is not None and rule.gates == START:
            findings.append(at_start[name])
            continue
        if name in said.findings:
            findings.append(said.findings[name])
            continue
        finding = bind(rule, answer(rule, course, asked), course)
        findings.append(finding)
        if today.later:
            _note_turning_points(turning, today, name)
        if compared is not None:
            if not compared.readings_differ:
                said.findings[name] = finding
            compared.readings_differ = False
    if compared is not None:
        _keep_turning_points(turning, said)
    return _summed_up(course, law, regime, findings, at_start, turning)


def _note_turning_points(turning: dict[datetime, list[str]], today: Moment, rule: str) -> None:
    """What the rule just judged compared the moment with."""
    for later in today.later:
        turning.setdefault(today.instant_of(later), []).append(rule)
    today.later = []


def _keep_turning_points(turning: dict[datetime, list[str]], said: _SaidInEveryReading) -> None:
    """Those of the rules that say the same in every reading."""
    for instant, rules in turning.items():
        if alike := [rule for rule in rules if rule in said.findings]:
            said.turning_points[instant] = alike


def _summed_up(
    course: Course,
    law: Law,
    regime: Regime,
    findings: list[Finding],
    at_start: dict[str, Finding] | None,
    turning: dict[datetime, list[str]],
) -> Judgement:
    asking = [each for each in findings if each.answer not in PASSES or each.action not in NOTHING_ASKED]
    gates = gate_verdicts(asking)
    if at_start is not None:
        gates |= gate_verdicts(at_start.values(), START)
    return Judgement(law, regime, course, tuple(findings), gates, clinical_verdict(asking), turning)


@cache
def rules_in_order(names: tuple[str, ...]) -> tuple[Rule, ...]:
    """A programme's rules with those of its policy, as they are told: one order for every patient."""
    return tuple(RULES[name] for name in sorted(names, key=in_order_of_precedence))


def judged_at_start(course: Course, law: Law) -> dict[str, Finding] | None:
    """What each rule of the start gate answered on the day of the first dose, with what was known by
    its end: the start gate is frozen there. None while the first dose of the present start sequence
    is still to come.
    """
    started_on = course.sequence_started_on
    if started_on is None:
        return None
    case, zone = course.chart.case, course.chart.zone
    known_then = min(course.chart.known_by, last_instant(started_on, zone))
    question = (judged_at_start, law, started_on, known_then)
    told: dict[str, Finding] | None = case.worked_out.get(question)
    if told is None:
        chart = Chart(case, Moment(first_instant(started_on, zone), zone), known_then)
        then = Course(chart, before_first_dose=True)
        told = case.worked_out[question] = {
            rule.name: bind(rule, answer(rule, then, law), then, frozen_at_start=True)
            for rule in rules_in_order(law.programme.rules)
            if "start" in rule.gates
        }
    return told


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
    strength = outcome.strength or (values[0].strength if len(values) == 1 else strongest(values))
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
