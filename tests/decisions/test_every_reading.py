"""Is each reading of the law judged as if it were the only one, though most rules are judged once for all?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case
from isovigil.case.chart import Chart
from isovigil.decisions.answering import answer
from isovigil.decisions.course import Course
from isovigil.decisions.judgement import Judgement, judge, judge_every_reading
from isovigil.decisions.shared_answers import forget_shared_answers
from isovigil.exchange.case_file import CaseProblems, case_from_mapping
from isovigil.law.compared_reading import ComparedReading
from isovigil.law.law import Law
from isovigil.law.refusal import NoRuleInForce
from tests.decisions.judged import US, ZONES, rulebook
from tests.properties.patients import troubled_patients
from tests.scenarios.scenario_patient import OnFile

ZONE = ZONES[US]
OPEN_DAY = date(2026, 12, 9)
"""A day on which two readings of the US law stand side by side: R3's start is scheduled, not confirmed."""
TEST_SETTING = "pregnancy_testing/settings_needing_home_test_process"
AGE = "eligibility/minimum_age"


def readings(on: date, case: Case | None = None) -> list[Law]:
    days = {on, *(fact.day for fact in case.facts if fact.day <= on)} if case is not None else {on}
    return [law for law, _ in rulebook().readings(US, "balanced", on, days)]


def told(each: Judgement) -> tuple[Any, ...]:
    turning = {instant: set(rules) for instant, rules in each.turning_points.items()}
    return each.law, each.regime, each.findings, each.gates, each.clinical, turning


@given(troubled_patients())
def test_every_reading_is_judged_as_it_is_alone(drawn):
    mapping, on = drawn
    try:
        case = case_from_mapping(mapping)
    except CaseProblems:
        return
    days = {on, *(fact.day for fact in case.facts if fact.day <= on)}
    laws = [law for law, _ in rulebook().readings(case.programme or US, "balanced", on, days)]
    at, known_by = first_instant(on, ZONE), last_instant(on, ZONE)
    together = judge_every_reading(case, laws, at, known_by)
    assert [told(each) for each in together] == [told(judge(case, law, at, known_by)) for law in laws]


def december_patient() -> Case:
    on_file = OnFile.of_base(US, "third_prescription_in_december_2026")
    return case_from_mapping(on_file.as_case_file())


def test_the_readings_of_an_open_day_differ_for_a_patient_whom_the_new_law_touches():
    laws = readings(OPEN_DAY, december_patient())
    first, second = judge_every_reading(
        december_patient(), laws, first_instant(OPEN_DAY, ZONE), last_instant(OPEN_DAY, ZONE)
    )
    differing = [a.rule for a, b in zip(first.findings, second.findings, strict=True) if a != b]
    assert differing, "or this file would test nothing"
    assert len(differing) < len(first.findings) / 2


def test_a_rule_that_asked_for_nothing_in_dispute_is_judged_once(monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []

    def counted(rule: Any, course: Any, law: Any) -> Any:
        asked.append(rule.name)
        return answer(rule, course, law)

    forget_shared_answers()
    monkeypatch.setattr("isovigil.decisions.judgement.answer", counted)
    case, laws = december_patient(), readings(OPEN_DAY, december_patient())
    judge_every_reading(case, laws, first_instant(OPEN_DAY, ZONE), last_instant(OPEN_DAY, ZONE))
    assert asked.count("laboratory.liver") == 1
    assert asked.count("pregnancy_testing.test_setting") == 2


def compared() -> ComparedReading:
    first, second = readings(OPEN_DAY)
    assert first.value(TEST_SETTING, OPEN_DAY) != second.value(TEST_SETTING, OPEN_DAY)
    assert first.value(AGE, OPEN_DAY) == second.value(AGE, OPEN_DAY)
    return ComparedReading(first, [second])


def test_a_reading_notes_only_what_another_answers_otherwise():
    law = compared()
    for _ in range(2):  # the second time from what was kept
        assert law.value(AGE, OPEN_DAY) == readings(OPEN_DAY)[0].value(AGE, OPEN_DAY)
        assert law.holds(AGE, OPEN_DAY)
        assert not law.readings_differ
    for _ in range(2):
        law.readings_differ = False
        assert law.words(TEST_SETTING, OPEN_DAY) == readings(OPEN_DAY)[0].words(TEST_SETTING, OPEN_DAY)
        assert law.readings_differ
    law.value(AGE, OPEN_DAY)
    assert law.readings_differ, "what was noted stays noted until it is set back"


def test_nothing_held_in_any_reading_is_no_difference():
    law = compared()
    for _ in range(2):  # the second time from what was kept
        assert not law.holds("eligibility/nobody_asks_this", OPEN_DAY)
        assert not law.readings_differ


@pytest.mark.parametrize(("name", "differs"), [(TEST_SETTING, True), (AGE, False)])
def test_what_is_made_of_a_days_values_is_kept_only_where_the_readings_agree(name: str, differs: bool):
    made_on: list[date] = []

    def made(law: Law, on: date) -> str:
        made_on.append(on)
        return law.value(name, on).name

    for _ in range(2):
        law = compared()
        assert law.worked_out(made, OPEN_DAY).endswith(name)
        assert law.readings_differ is differs
        law.readings_differ = True
        law.worked_out(made, OPEN_DAY)
        assert law.readings_differ, "what was noted before is not forgotten"
    assert made_on == [OPEN_DAY] * (4 if differs else 1)


def test_what_is_made_of_a_days_values_is_made_anew_where_another_value_governs():
    law = readings(OPEN_DAY)[1]
    before, since = date(2026, 1, 1), OPEN_DAY

    def settings(law: Law, on: date) -> tuple[str, ...]:
        return law.words(TEST_SETTING, on).value

    for day in (before, since, before):
        assert law.worked_out(settings, day) == law.words(TEST_SETTING, day).value


def test_the_regime_and_a_refusal_count_as_a_difference():
    law = compared()
    assert law.regime_on(OPEN_DAY) == readings(OPEN_DAY)[0].regime_on(OPEN_DAY)
    assert law.readings_differ
    law.readings_differ = False
    with pytest.raises(NoRuleInForce):
        law.value(AGE, date(1990, 1, 1))
    assert law.readings_differ


@pytest.mark.parametrize(("name", "differs"), [(TEST_SETTING, True), (AGE, False)])
def test_what_is_worked_out_once_is_noted_for_everyone_who_is_told_it_again(name: str, differs: bool):
    law = compared()
    case, at = december_patient(), first_instant(OPEN_DAY, ZONE)
    chart = Chart(case, Moment(at, ZONE), last_instant(OPEN_DAY, ZONE))
    course = Course(chart, compared=law)
    for _ in range(2):
        law.readings_differ = False
        course.remember("something", lambda: law.value(name, OPEN_DAY))
        assert law.readings_differ is differs
    law.readings_differ = True
    course.remember("something else", lambda: law.value(AGE, OPEN_DAY))
    assert law.readings_differ, "what the rule asked before is not forgotten"
