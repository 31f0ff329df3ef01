"""Does a hold made by clinical advice end exactly as the case-file contract says, and not otherwise?"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case, Patient
from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.case.kinds import ClinicalDecision
from isovigil.decisions.clearing import cleared_by
from isovigil.decisions.course import Course
from tests.decisions.clinically_judged import assessed, decided, symptom
from tests.decisions.judged import US, ZONES, day

RULE = "symptoms.nose"
ZONE = ZONES[US]


def cleared(fact: Fact, *others: Fact, on: str = "2024-03-10", **asked: Any) -> ClinicalDecision | None:
    at = day(on)
    case = Case(Patient("p-1"), str(ZONE), (fact, *others))
    chart = Chart(case, Moment(first_instant(at, ZONE), ZONE), last_instant(at, ZONE))
    return cleared_by(Course(chart), RULE, fact, **asked)


HELD = symptom("AE03", "mild", "2024-03-03", "over_20_minutes", name="held")


@pytest.mark.parametrize("decision", ["continue", "reduce"])
def test_a_decision_to_continue_or_to_reduce_clears(decision: str):
    assert cleared(HELD, decided(RULE, "2024-03-04", decision))


@pytest.mark.parametrize("decision", ["hold", "stop"])
def test_a_decision_to_hold_or_to_stop_does_not(decision: str):
    assert cleared(HELD, decided(RULE, "2024-03-04", decision)) is None


def test_nothing_is_cleared_without_a_decision():
    assert cleared(HELD) is None
    assert cleared(HELD, assessed("specialist", "2024-03-04", "cleared")) is None


def test_the_last_decision_counts():
    first, then = decided(RULE, "2024-03-04"), decided(RULE, "2024-03-05", "hold")
    assert cleared(HELD, first, then) is None
    assert cleared(HELD, decided(RULE, "2024-03-04", "hold"), decided(RULE, "2024-03-05")) is not None


@pytest.mark.parametrize(("about", "clears"), [(RULE, True), ("held", True), ("symptoms.eyes", False)])
def test_it_is_about_the_rule_or_the_fact(about: str, clears: bool):
    assert (cleared(HELD, decided(about, "2024-03-04")) is not None) is clears


@pytest.mark.parametrize("about", [RULE, "held"])
@pytest.mark.parametrize(
    ("on", "clears"), [("2024-03-02", False), ("2024-03-03", True), ("2024-03-04", True)]
)
def test_it_is_not_taken_before_the_fact(on: str, clears: bool, about: str):
    assert (cleared(HELD, decided(about, on)) is not None) is clears


def test_of_the_same_day_what_was_recorded_after_the_decision_was_not_decided_on():
    noon = datetime(2024, 3, 3, 12, tzinfo=ZoneInfo("America/New_York"))
    decision = msgspec.structs.replace(decided(RULE, "2024-03-03"), recorded_at=noon)
    before = msgspec.structs.replace(HELD, recorded_at=noon.replace(hour=9))
    after = msgspec.structs.replace(HELD, recorded_at=noon.replace(hour=15))
    assert cleared(before, decision) is not None
    assert cleared(after, decision) is None


@pytest.mark.parametrize(("on", "clears"), [("2024-03-08", True), ("2024-03-09", False)])
def test_it_stands_until_the_last_day_it_is_valid(on: str, clears: bool):
    decision = decided(RULE, "2024-03-04", valid_until=day("2024-03-08"))
    assert (cleared(HELD, decision, on=on) is not None) is clears


@pytest.mark.parametrize(("severity", "clears"), [("mild", True), ("moderate", False), ("severe", False)])
def test_it_stands_until_a_worse_fact_arrives(severity: str, clears: bool):
    later = symptom("AE03", severity, "2024-03-06", name="later")
    decision = decided(RULE, "2024-03-04")
    assert (cleared(later, HELD, decision, among=[HELD, later]) is not None) is clears


def test_without_the_facts_before_it_a_later_one_needs_a_later_decision():
    later = symptom("AE03", "mild", "2024-03-06", name="later")
    assert cleared(later, HELD, decided(RULE, "2024-03-04")) is None


def test_where_an_assessment_is_asked_for_no_decision_clears_without_a_favourable_one_since_the_fact():
    decision = decided(RULE, "2024-03-06")
    asked: dict[str, Any] = {"needs_assessment": ("specialist",)}
    assert cleared(HELD, decision, **asked) is None
    assert cleared(HELD, decision, assessed("lipid", "2024-03-05"), **asked) is None
    assert cleared(HELD, decision, assessed("specialist", "2024-03-02"), **asked) is None
    assert cleared(HELD, decision, assessed("specialist", "2024-03-05", "not_cleared"), **asked) is None
    assert cleared(HELD, decision, assessed("specialist", "2024-03-03"), **asked) is not None


def test_a_rule_may_ask_for_the_outcome_cleared_alone():
    decision, careful = decided(RULE, "2024-03-06"), assessed("specialist", "2024-03-05")
    asked: dict[str, Any] = {"needs_assessment": ("specialist",), "outcomes": ("cleared",)}
    assert cleared(HELD, decision, careful, **asked) is None
    assert cleared(HELD, decision, assessed("specialist", "2024-03-05", "cleared"), **asked) is not None


moments = st.integers(1, 9).map(lambda number: f"2024-03-0{number}")


@given(
    decision_on=moments,
    word=st.sampled_from(["continue", "reduce", "hold", "stop"]),
    about=st.sampled_from([RULE, "held", "symptoms.eyes"]),
    valid_until=st.none() | moments,
    assessment_on=st.none() | moments,
    outcome=st.sampled_from(["cleared", "continue_with_care", "not_cleared"]),
    needs=st.booleans(),
)
def test_clearing_needs_exactly_what_the_contract_says(
    decision_on: str,
    word: str,
    about: str,
    valid_until: str | None,
    assessment_on: str | None,
    outcome: str,
    needs: bool,
):
    until = None if valid_until is None else max(valid_until, decision_on)
    facts = [decided(about, decision_on, word, valid_until=None if until is None else day(until))]
    if assessment_on is not None:
        facts.append(assessed("specialist", assessment_on, outcome))
    by_contract = (
        word in ("continue", "reduce")
        and about in (RULE, "held")
        and decision_on >= "2024-03-03"
        and (until is None or until >= "2024-03-10")
        and (
            not needs
            or (assessment_on is not None and assessment_on >= "2024-03-03" and outcome != "not_cleared")
        )
    )
    asked: dict[str, Any] = {"needs_assessment": ("specialist",)} if needs else {}
    assert (cleared(HELD, *facts, **asked) is not None) is by_contract
