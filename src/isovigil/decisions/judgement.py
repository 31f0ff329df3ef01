"""What does every rule of a programme answer at one moment, in one reading of its law?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case
from isovigil.case.chart import Chart
from isovigil.decisions.answering import answer, bind
from isovigil.decisions.catalogue import RULES
from isovigil.decisions.course import Course
from isovigil.decisions.finding import PASSES, Finding
from isovigil.decisions.rule import START, Rule
from isovigil.decisions.shared_answers import SharedAnswers, nothing_shared, shared_answers
from isovigil.decisions.verdict import (
    NOTHING_ASKED,
    ClinicalVerdict,
    GateVerdict,
    clinical_verdict,
    gate_verdicts,
    in_order_of_precedence,
    reasons_of,
    verdicts_for,
)
from isovigil.law.compared_reading import ComparedReading
from isovigil.law.law import Law, Regime


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
    shared: SharedAnswers
    """Of the findings those that others are told too; all but the rules left in it are in their places."""


class _SaidInEveryReading(NamedTuple):
    """What rules said in the first reading without asking for anything the readings answer otherwise."""

    findings: dict[str, Finding]
    turning_points: dict[datetime, list[str]]

    def note(self, finding: Finding, compared: ComparedReading) -> None:
        """A finding of one rule, which counts where nothing was asked that the readings answer otherwise."""
        if not compared.readings_differ:
            self.findings[finding.rule] = finding
        compared.readings_differ = False


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
    others = [first.course.in_another_reading(Moment(at, zone)) for _ in laws[1:]]
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
    rules = rules_in_order(law.programme.rules)
    shared = nothing_shared(rules) if said.findings else shared_answers(course, asked, rules)
    findings: list[Any] = list(shared.findings)
    asking: list[Finding] = []
    turning = {instant: list(named) for instant, named in said.turning_points.items()}
    for name, later in shared.later:
        _note_turning_points(turning, today, name, later)
    if compared is not None:
        said.findings.update(shared.alike)
    told = said.findings if at_start is None else {**said.findings, **_frozen(at_start)}
    for place, rule in shared.left:
        finding = told.get(rule.name)
        if finding is None:
            finding = bind(rule, answer(rule, course, asked), course)
            if today.later:
                _note_turning_points(turning, today, rule.name, today.later)
                today.later = []
            if compared is not None:
                said.note(finding, compared)
        findings[place] = finding
        if finding.answer not in PASSES or finding.action not in NOTHING_ASKED:
            asking.append(finding)
    if compared is not None:
        _keep_turning_points(turning, said)
    gates = verdicts_for((*shared.reasons, *reasons_of(asking)))
    if at_start is not None:
        gates |= gate_verdicts(at_start.values(), START)
    clinical = clinical_verdict((*shared.acting, *asking))
    return Judgement(law, regime, course, tuple(findings), gates, clinical, turning, shared)


def _frozen(at_start: dict[str, Finding]) -> dict[str, Finding]:
    """What was answered at the first dose by rules that feed no other gate than the start."""
    return {name: finding for name, finding in at_start.items() if RULES[name].gates == START}


def _note_turning_points(
    turning: dict[datetime, list[str]], today: Moment, rule: str, compared_with: Iterable[date | datetime]
) -> None:
    """What a rule compared the moment with."""
    for later in compared_with:
        turning.setdefault(today.instant_of(later), []).append(rule)


def _keep_turning_points(turning: dict[datetime, list[str]], said: _SaidInEveryReading) -> None:
    """Those of the rules that say the same in every reading."""
    for instant, rules in turning.items():
        if alike := [rule for rule in rules if rule in said.findings]:
            said.turning_points[instant] = alike


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
