"""What did the law of its day say at the gate of one past act, and what else was to be looked at?

The same answers as a whole review of the day gives, from no more than the rules that can speak at the act's
gate and that may answer otherwise than at the patient's act before.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from isovigil.case.case import Case
from isovigil.case.chart import days_up_to, has_corrections, in_total_order
from isovigil.case.fact import Fact
from isovigil.case.kinds import ClinicalDecision, Dispense
from isovigil.decisions.course import Course
from isovigil.decisions.course_summary import summarise_course
from isovigil.decisions.finding import Finding, Gate
from isovigil.decisions.judgement import judged_at_start, rules_in_order
from isovigil.decisions.next_steps import next_steps
from isovigil.decisions.past_charts import Act, PastChart, PastCharts
from isovigil.decisions.review import Review, review
from isovigil.decisions.rule import START, Rule, Verdict
from isovigil.decisions.rule_reads import kinds_read_by, reads_of
from isovigil.decisions.standing_answers import StandingAnswers, marks_of
from isovigil.decisions.verdict import GateVerdict, badness, gate_verdicts
from isovigil.law.law import Law, Regime
from isovigil.law.rulebook import Rulebook

Readings = list[tuple[Law, Regime]]


class JudgedAct(NamedTuple):
    """One act as the law and the knowledge of its day saw it."""

    regime: Regime
    verdict: GateVerdict
    told: tuple[Finding, ...]
    """What stood in the way at the gate, or was to be looked at there, in the order of a review."""
    others: tuple[tuple[str, Verdict], ...]
    """The regime, and the verdict at the gate, of every other reading of the law that answers otherwise."""
    answers: StandingAnswers | None = None
    """What the law answered, where it could be read in one way only."""


class PastActs:
    """The past acts of one patient. Judged oldest first, each needs only what is new since the one before."""

    def __init__(self, case: Case, law: Rulebook, programme: str | None, policy: str | None) -> None:
        self._case = case
        self._law = law
        self._programme = programme or case.programme
        self._policy = policy or case.policy
        self._charts = PastCharts(case)
        self._answers: list[StandingAnswers] = []
        filed = in_total_order(case)
        self._days = sorted({entry.day for entry in filed})
        asked_about = _kinds_asked_about()
        self._oldest = min((entry.day for entry in filed if entry.kind in asked_about), default=date.max)

    def judged(self, act: Act, gate: Gate) -> JudgedAct:
        """One act judged at its gate, by what was known at the end of its day.

        Raises ReviewNotPossible where no programme is named, what `Rulebook.readings` raises, and
        NoRuleInForce where a reading of the law holds no rule for the day.
        """
        chart = self._charts.before(act)
        if self._programme is None:
            return _of_review(self._reviewed(act, chart.case, chart.known_by), gate)
        laws = self._laws(chart, act, self._programme)
        readings = [(law, law.regime_on(chart.today.day)) for law in laws]
        if self._may_be_refused(laws[0]):
            return _of_review(self._reviewed(act, chart.case, chart.known_by), gate)
        course = Course(chart)
        answers = self._answers_at(course, chart, laws)
        if len(readings) == 1:
            told = answers[0].told_at(gate, _can_speak_at(gate, laws[0].programme.rules, course.has_started))
            return JudgedAct(readings[0][1], _verdict_at(gate, told), tuple(told), (), answers[0])
        disputed = self._disputed(laws)
        if course.has_started and any(rule.gates == START for rule in disputed):
            return _of_review(self._reviewed(act, chart.case, chart.known_by), gate)
        return _of_several(course, readings, answers, gate, disputed)

    def verdict_in_hindsight(self, act: Act, gate: Gate, past: JudgedAct, known_by: datetime) -> Verdict:
        """The verdict of the same day by the same law with all that was on file by `known_by`."""
        before = self._charts.before(act)
        if past.answers is not None and not has_corrections(self._case) and not self._has_decisions():
            chart = self._charts.in_hindsight(act, known_by)
            course = Course(chart)
            answers = past.answers.supposing(course, chart, marks_of(course))
            rules = past.answers.law.programme.rules
            told = answers.told_at(gate, _can_speak_at(gate, rules, course.has_started))
            return _verdict_at(gate, told).verdict
        case = self._charts.recorded_in_time(act, known_by)
        return self._reviewed(act, case, before.known_by).gates[gate].verdict

    def has_nothing_to_learn(self, act: Act, known_by: datetime) -> bool:
        """Does hindsight see exactly what was seen on the day?"""
        return self._charts.show_everything(act, known_by)

    def _has_decisions(self) -> bool:
        """Then the order in which things were recorded can decide what a decision was about."""
        return any(isinstance(fact, ClinicalDecision) for fact in self._case.facts)

    def _laws(self, chart: PastChart, act: Act, programme: str) -> list[Law]:
        day = chart.today.day
        if day == act.day and not has_corrections(self._case):
            days = self._days[: bisect_right(self._days, day)]
        else:
            days = days_up_to(chart.case, day)
        readings = self._law.readings(programme, self._policy, act.day, days)
        return [law for law, _ in readings]

    def _answers_at(self, course: Course, chart: PastChart, laws: list[Law]) -> list[StandingAnswers]:
        """What each reading has answered so far, brought to the moment of the act."""
        marks = marks_of(course)
        found = []
        for place, law in enumerate(laws):
            own = course if place == 0 else Course(chart)
            answers = next((each for each in self._answers if law.says_the_same_as(each.law)), None)
            if answers is None:
                answers = StandingAnswers(own, chart, law, marks)
                self._answers.append(answers)
            else:
                answers.move_to(own, chart, law, marks)
            found.append(answers)
        return found

    def _disputed(self, laws: list[Law]) -> tuple[Rule, ...]:
        layers = laws[0].programme.layers
        open_ones = [each.id for each in layers if len({law.start_of(each.id) for law in laws}) > 1]
        assert self._programme is not None
        return _rules_in_dispute(self._law, self._programme, self._policy, frozenset(open_ones))

    def _may_be_refused(self, law: Law) -> bool:
        """Is a fact that a review asks the law about older than the law held? Then it may refuse."""
        regimes = [law.start_of(layer.id) for layer in law.programme.layers if layer.kind == "regime"]
        return self._oldest < min((start for start in regimes if start is not None), default=date.max)

    def _reviewed(self, act: Act, case: Case, known_by: datetime) -> Review:
        """The whole review, where a shorter way could miss what it refuses."""
        at = act.at if isinstance(act, Dispense) else None
        return review(
            case,
            self._law,
            at,
            known_by,
            on=act.day if at is None else None,
            programme=self._programme,
            policy=self._policy,
        )


def _of_review(told: Review, gate: Gate) -> JudgedAct:
    verdict = told.gates[gate]
    because = frozenset(verdict.because)
    return JudgedAct(
        told.regime,
        verdict,
        tuple(each for each in told.findings if each.rule in because or (each.amber and gate in each.gates)),
        tuple((other.regime, other.gates[gate].verdict) for other in told.alternatives),
    )


def _of_several(
    course: Course,
    readings: Readings,
    answers: list[StandingAnswers],
    gate: Gate,
    disputed: tuple[Rule, ...],
) -> JudgedAct:
    """Of several readings of the law the worse one is the answer; one that changes nothing is left out.

    A rule that cannot ask for a value in dispute says the same in each, so only the first is asked for it.
    """
    differing: list[tuple[Regime, list[Any]]] = []
    places = []
    for place, ((_, regime), own) in enumerate(zip(readings, answers, strict=True)):
        said = (regime, [_answer_of(own.answered(rule)) for rule in disputed])
        if said not in differing:
            differing.append(said)
            places.append(place)
    if len(places) == 1:
        rules = _can_speak_at(gate, readings[0][0].programme.rules, course.has_started)
        told = answers[0].told_at(gate, rules)
        return JudgedAct(readings[0][1], _verdict_at(gate, told), tuple(told), ())
    names = frozenset(rule.name for rule in disputed)
    every = [
        _told_anywhere(course, readings[place][0], answers[0], answers[place], names) for place in places
    ]
    gates = [_gates(course, readings[place][0], told) for place, told in zip(places, every, strict=True)]
    main = max(range(len(places)), key=lambda each: badness(gates[each]))
    return JudgedAct(
        readings[places[main]][1],
        gates[main][gate],
        tuple(every[main]),
        tuple(
            (readings[place][1].id, gates[each][gate].verdict)
            for each, place in enumerate(places)
            if each != main
        ),
    )


def _told_anywhere(
    course: Course, law: Law, first: StandingAnswers, own: StandingAnswers, disputed: frozenset[str]
) -> list[Finding]:
    """What one reading tells at any gate."""
    rules = _can_speak(law.programme.rules, course.has_started)
    told = ((own if rule.name in disputed else first).told_somewhere(rule) for rule in rules)
    return [finding for finding in told if finding is not None]


def _gates(course: Course, law: Law, told: list[Finding]) -> dict[str, GateVerdict]:
    gates = gate_verdicts(told)
    at_start = judged_at_start(course, law)
    if at_start is not None:
        gates |= gate_verdicts(at_start.values(), START)
    return gates


def _verdict_at(gate: Gate, told: list[Finding]) -> GateVerdict:
    return gate_verdicts(told, (gate,))[gate]


def _answer_of(finding: Finding) -> tuple[object, ...]:
    """What tells one reading of the law from another, as it does in a review."""
    return (finding.rule, finding.answer, finding.amber, finding.gates, finding.action)


@cache
def _can_speak_at(gate: Gate, names: tuple[str, ...], has_started: bool) -> tuple[Rule, ...]:
    """The rules that can stand in the way at a gate, or have something looked at there, in their order.

    A clinical rule that holds holds every gate. What feeds the start gate feeds the others until the first
    dose.
    """
    return tuple(
        rule
        for rule in _can_speak(names, has_started)
        if not rule.gates or gate in rule.gates or ("start" in rule.gates and not has_started)
    )


@cache
def _can_speak(names: tuple[str, ...], has_started: bool) -> tuple[Rule, ...]:
    """The rules that can stand in the way at any gate. After the first dose the start gate is frozen, and the
    rules that feed nothing else are not asked again.
    """
    return tuple(
        rule
        for rule in rules_in_order(names)
        if (rule.gates or (rule.clinical and not rule.never_holds))
        and not (has_started and rule.gates == START)
    )


@lru_cache
def _rules_in_dispute(law: Rulebook, programme: str, policy: str, layers: frozenset[str]) -> tuple[Rule, ...]:
    """The rules that can ask for a value which begins with one of these layers."""
    held = law.under_policy(programme, policy)
    values = [
        name
        for name, history in held.values.items()
        if any(said.from_layer in layers for said in history.statements)
    ]
    return tuple(rule for rule in rules_in_order(held.rules) if reads_of(rule.name).asks_for(values))


@cache
def _kinds_asked_about() -> frozenset[type[Fact]]:
    """The kinds of facts that the next steps and the summary of a review look at."""
    return kinds_read_by(next_steps, summarise_course)
