"""Is what everyone of one outline is told the answer that each of them would get alone?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from isovigil import review
from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case
from isovigil.case.chart import Chart
from isovigil.decisions.answering import answer, bind
from isovigil.decisions.course import Course
from isovigil.decisions.judgement import judge_every_reading, rules_in_order
from isovigil.decisions.outline import (
    NotInTheOutline,
    OutlinedCourse,
    outline_of,
    unusual_in,
)
from isovigil.decisions.rule import START
from isovigil.decisions.shared_answers import forget_shared_answers, nothing_shared
from isovigil.exchange.case_file import CaseProblems, case_from_mapping
from isovigil.law.law import Law
from isovigil.law.refusal import NoRuleInForce, ProgrammeNotModelled
from tests.decisions.judged import US, ZONES, rulebook
from tests.properties.patients import troubled_patients
from tests.scenarios.judged import the_rulebook
from tests.scenarios.scenario_file import programme_of, scenario_file, scenario_paths
from tests.scenarios.scenario_patient import OnFile, patients_of
from tests.synthetic_nation.made_up import ON, people

ZONE = ZONES[US]
OPEN_DAY = date(2026, 12, 9)
"""A day on which two readings of the US law stand side by side: R3's start is scheduled, not confirmed."""


@pytest.fixture(autouse=True)
def _nobody_was_met_before() -> Iterator[None]:
    forget_shared_answers()
    yield
    forget_shared_answers()


def course_of(case: Case, day: date) -> Course:
    zone = ZoneInfo(case.time_zone)
    return Course(Chart(case, Moment(first_instant(day, zone), zone), last_instant(day, zone)))


def hold_to_the_outline(case: Case, day: date, law: Law) -> int:
    """Compare what each rule says of the outline with what it says of the patient; how many spoke of it."""
    own = course_of(case, day)
    outline, unusual = outline_of(own), unusual_in(own)
    spoke = 0
    for rule in rules_in_order(law.programme.rules):
        outlined = OutlinedCourse(outline, day, ZoneInfo(case.time_zone))
        try:
            shared = bind(rule, answer(rule, outlined, law), outlined)
        except NotInTheOutline:
            continue
        if not outlined.taken_for_absent.isdisjoint(unusual):
            continue
        spoke += 1
        whole = course_of(case, day)
        assert bind(rule, answer(rule, whole, law), whole) == shared
        assert whole.today.later == outlined.today.later, rule.name
    return spoke


@pytest.mark.parametrize(
    "path", scenario_paths(), ids=lambda path: f"{programme_of(path)}/{path.parent.name}/{path.stem}"
)
def test_what_a_rule_says_of_an_outline_it_says_of_every_scenario_patient(path):
    for scenario, patient in patients_of(scenario_file(path), programme_of(path)):
        case = case_from_mapping(patient.as_case_file(), name=scenario.name)
        day = date.fromisoformat((scenario.on or scenario.at or "")[:10])
        try:
            readings = the_rulebook().readings(case.programme or US, case.policy, day, [day])
            readings[0][0].regime_on(day)
        except (NoRuleInForce, ProgrammeNotModelled):
            continue
        for law, _ in readings:
            hold_to_the_outline(case, day, law)


@given(troubled_patients())
def test_what_a_rule_says_of_an_outline_it_says_of_every_troubled_patient(drawn):
    mapping, on = drawn
    try:
        case = case_from_mapping(mapping)
    except CaseProblems:
        return
    for law, _ in rulebook().readings(case.programme or US, "balanced", on, [on]):
        hold_to_the_outline(case, on, law)


def test_most_rules_speak_of_made_up_people_without_looking_at_a_fact():
    law = rulebook().readings(US, "balanced", ON, [ON])[0][0]
    rules = rules_in_order(law.programme.rules)
    spoke = [hold_to_the_outline(person.case(), ON, law) for person in people(range(20))]
    assert sum(spoke) > len(rules) * 20 * 0.5


@pytest.mark.parametrize("programme", [US, "uk_mhra", "eu_ppp", "de_amvv"])
@pytest.mark.parametrize("day", [ON, OPEN_DAY])
def test_a_review_among_many_says_what_it_says_alone(programme: str, day: date):
    cases = [person.case() for person in people(range(40), seed=11)]
    alone = []
    for case in cases:
        forget_shared_answers()
        alone.append(review(case, rulebook(), on=day, programme=programme))
    forget_shared_answers()
    for _ in range(3):  # met, worked out for everyone, told to everyone
        assert [review(case, rulebook(), on=day, programme=programme) for case in cases] == alone


def december_patient() -> Case:
    on_file = OnFile.of_base(US, "third_prescription_in_december_2026")
    return case_from_mapping(on_file.as_case_file())


def test_where_the_law_can_be_read_in_two_ways_each_reading_says_what_it_says_alone():
    case = december_patient()
    days = {OPEN_DAY, *(fact.day for fact in case.facts if fact.day <= OPEN_DAY)}
    laws = [law for law, _ in rulebook().readings(US, "balanced", OPEN_DAY, days)]
    assert len(laws) == 2
    moments = first_instant(OPEN_DAY, ZONE), last_instant(OPEN_DAY, ZONE)
    first, *later = [judge_every_reading(case, laws, *moments) for _ in range(4)]
    for again in later:
        for one, other in zip(first, again, strict=True):
            assert (one.findings, one.gates, one.clinical) == (other.findings, other.gates, other.clinical)
            assert {at: set(rules) for at, rules in one.turning_points.items()} == {
                at: set(rules) for at, rules in other.turning_points.items()
            }


def asked_when_reviewed(case: Case, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []

    def noted(rule: Any, course: Any, law: Any) -> Any:
        asked.append(rule.name)
        return answer(rule, course, law)

    with monkeypatch.context() as patched:
        patched.setattr("isovigil.decisions.judgement.answer", noted)
        review(case, rulebook(), on=ON, programme=US)
    return asked


def test_the_first_patient_with_an_outline_is_asked_everything_and_the_third_only_what_facts_decide(
    monkeypatch: pytest.MonkeyPatch,
):
    (person,) = people(range(1))
    first, _, third = [asked_when_reviewed(person.case(), monkeypatch) for _ in range(3)]
    assert "symptoms.nose" in first
    assert "symptoms.nose" not in third, "no symptom is on file, so nobody need look for one"
    assert "laboratory.liver" in third, "its answer rests on the values themselves"
    assert len(third) < len(first) * 0.6


def test_an_answer_that_took_something_for_absent_is_not_told_to_who_has_it(monkeypatch: pytest.MonkeyPatch):
    plain, with_bilirubin = (
        case_from_mapping(
            {
                "case": 1,
                "patient": {"id": "p-1", "born_on": "1990-01-01"},
                "programme": US,
                "time_zone": "America/New_York",
                "facts": [
                    {"id": "lab", "kind": "laboratory", "taken_on": "2025-03-01", "analyte": analyte,
                     "value": 1.0, "unit": "mg/dL", "upper_limit": 1.2},
                ],
            }
        )
        for analyte in ("bilirubin_direct", "bilirubin")
    )  # fmt: skip
    for _ in range(2):
        asked_when_reviewed(plain, monkeypatch)
    assert "laboratory.bilirubin" not in asked_when_reviewed(plain, monkeypatch)
    assert "laboratory.bilirubin" in asked_when_reviewed(with_bilirubin, monkeypatch)


def test_until_a_second_patient_comes_every_rule_is_left():
    law = rulebook().readings(US, "balanced", ON, [ON])[0][0]
    rules = rules_in_order(law.programme.rules)
    left = nothing_shared(rules)
    assert [rule for _, rule in left.left] == list(rules)
    assert set(left.findings) == {None}
    assert any(rule.gates == START for rule in rules)
