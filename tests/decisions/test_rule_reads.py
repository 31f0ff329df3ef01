"""Does a rule look at nothing but what is read off its code, and can one that "never holds" not hold?"""

from __future__ import annotations

import inspect
from datetime import date, datetime
from functools import cache
from types import FunctionType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case
from isovigil.case.chart import Chart, keeping
from isovigil.case.fact import Fact
from isovigil.case.kinds import (
    Contraception,
    Dispense,
    Laboratory,
    PregnancyTest,
    Prescription,
    Reversal,
    Symptom,
    TreatmentStart,
    TreatmentStop,
)
from isovigil.decisions.answering import answer
from isovigil.decisions.catalogue import RULES
from isovigil.decisions.course import Course
from isovigil.decisions.rule_reads import MARKS, everything_in, kinds_read_by, reads_of
from isovigil.exchange.case_file import case_from_mapping
from isovigil.law.law import Law
from isovigil.law.refusal import NoRuleInForce, ProgrammeNotModelled
from isovigil.law.value import Dated
from tests.scenarios.judged import the_rulebook
from tests.scenarios.scenario_file import programme_of, scenario_file, scenario_paths
from tests.scenarios.scenario_patient import patients_of

HOLDING = ("hold", "stop", "emergency")


class ListeningLaw(Law):
    """A reading of the law that keeps the names of what it was asked."""

    def __init__(self, law: Law) -> None:
        starts = {layer.id: law.start_of(layer.id) or date.max for layer in law.programme.layers}
        super().__init__(law.programme, law.known_by, starts)
        self.asked: set[str] = set()

    def holds(self, name: str, on: date) -> bool:
        self.asked.add(name)
        return super().holds(name, on)

    def value(self, name: str, on: date) -> Dated[Any]:
        self.asked.add(name)
        self._governing.clear()
        return super().value(name, on)


class OnTheDay(NamedTuple):
    """One scenario's case, the moment it is judged at, and the law of it."""

    name: str
    case: Case
    day: date
    law: ListeningLaw

    def course(self, case: Case) -> Course:
        zone = ZoneInfo(case.time_zone)
        return Course(Chart(case, Moment(first_instant(self.day, zone), zone), last_instant(self.day, zone)))


@cache
def scenarios() -> tuple[OnTheDay, ...]:
    """Every fourth case of each scenario file, on its day."""
    found = []
    for path in scenario_paths():
        for scenario, patient in list(patients_of(scenario_file(path), programme_of(path)))[::4]:
            case = case_from_mapping(patient.as_case_file(), name=scenario.name)
            day = date.fromisoformat(scenario.on) if scenario.on else _day_of(scenario.at)
            try:
                law = the_rulebook().readings(case.programme or "us_ipledge", case.policy, day, [day])[0][0]
                law.regime_on(day)
            except (NoRuleInForce, ProgrammeNotModelled):
                continue
            found.append(OnTheDay(scenario.name, case, day, ListeningLaw(law)))
    return tuple(found)


def _day_of(at: str | None) -> date:
    assert at is not None
    return datetime.fromisoformat(at).date()


def kinds_needed(rule: str) -> frozenset[type[Fact]]:
    """What the rule looks at, with what the marks it looks at are made of."""
    reads = reads_of(rule)
    made_of = [getattr(Course.__dict__[mark], "__wrapped__", None) or Course.__dict__[mark].fget
               for mark in MARKS if mark in reads.marks]  # fmt: skip
    return reads.kinds | kinds_read_by(*made_of)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_facts_of_kinds_a_rule_does_not_look_at_change_nothing_it_says(rule: str):
    needed = kinds_needed(rule)
    for each in scenarios():
        if rule not in each.law.programme.rules:
            continue
        fewer = keeping(each.case, lambda fact: type(fact) in needed)
        assert answer(RULES[rule], each.course(fewer), each.law) == (
            answer(RULES[rule], each.course(each.case), each.law)
        ), each.name


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_asks_the_law_for_nothing_that_is_not_named_in_its_code(rule: str):
    for each in scenarios():
        if rule not in each.law.programme.rules:
            continue
        each.law.asked.clear()
        answer(RULES[rule], each.course(each.case), each.law)
        assert [name for name in each.law.asked if not reads_of(rule).asks_for([name])] == [], each.name


def test_what_some_rules_look_at_is_what_a_reader_finds_in_them():
    assert reads_of("dispensing.once_per_prescription").kinds == {Dispense, Prescription, Reversal}
    assert reads_of("contraception.entries_match").kinds == {Contraception}
    assert {Laboratory, Symptom} <= reads_of("laboratory.triglycerides").kinds
    assert "started_on" in reads_of("laboratory.triglycerides").marks
    assert PregnancyTest not in reads_of("laboratory.triglycerides").kinds


def test_a_rule_about_an_earlier_course_looks_at_the_facts_behind_its_marks():
    # `ended_treatment` asks the course before for its first dose, which is no mark of the present course.
    reads = reads_of("harm.capsules_returned")
    assert not reads.marks
    assert {Dispense, TreatmentStart, TreatmentStop, Reversal} <= reads.kinds


def test_a_rule_that_feeds_the_start_gate_looks_at_whether_the_first_dose_was_handed_over():
    assert "has_started" in reads_of("eligibility.minimum_age").marks


NEVER_HOLDING = sorted(name for name, rule in RULES.items() if rule.never_holds)


@pytest.mark.parametrize("rule", NEVER_HOLDING)
def test_a_rule_that_never_holds_asks_nobody_to_hold_or_stop(rule: str):
    for each in scenarios():
        assert answer(RULES[rule], each.course(each.case), each.law).action not in HOLDING, each.name


@pytest.mark.parametrize("rule", NEVER_HOLDING)
def test_the_code_of_a_rule_that_never_holds_neither_says_so_nor_takes_an_action_from_a_table(rule: str):
    assert not set(HOLDING) & reads_of(rule).words
    assert not [word for word in reads_of(rule).words if word.endswith("_action") or word.startswith("when_")]
    tables = [part for part in _functions_of(rule) if '["action"]' in inspect.getsource(part)]
    assert tables == []


def _functions_of(rule: str) -> list[Any]:
    """Every function of ours that the rule's code can reach."""
    return [
        found
        for found in everything_in(RULES[rule].judge)
        if isinstance(found, FunctionType) and found.__code__.co_filename.endswith(".py")
    ]


def test_what_asks_for_an_action_is_asked_at_both_gates():
    # A hold holds every gate, so a rule that can ask for one may be left out at neither.
    for name, rule in RULES.items():
        feeds_both = {"prescribe", "dispense"} <= set(rule.gates)
        assert not (rule.clinical and rule.gates), name
        assert rule.clinical or not rule.never_holds, name
        assert rule.clinical or feeds_both or not set(HOLDING) & reads_of(name).words, name
    for each in scenarios():
        for name in each.law.programme.rules:
            rule = RULES[name]
            if not rule.clinical and not {"prescribe", "dispense"} <= set(rule.gates):
                assert answer(rule, each.course(each.case), each.law).action is None, (name, each.name)


def test_an_answer_concerns_no_gate_that_its_rule_does_not_feed():
    for each in scenarios():
        for name in each.law.programme.rules:
            gates = answer(RULES[name], each.course(each.case), each.law).gates
            assert gates is None or set(gates) <= set(RULES[name].gates), (name, each.name)
