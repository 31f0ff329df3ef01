"""What the laboratory's answers come to in a whole review: gates, tasks, and until when the answer holds."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from isovigil import review
from isovigil.case.case import Case, Patient
from isovigil.case.fact import Fact
from isovigil.exchange.rules_listed import rules_in_force
from isovigil.law.refusal import UnknownPolicy
from tests.decisions.judged import US, ZONES, rulebook
from tests.laboratory.drawn import on_treatment, result

NEW_YORK = ZoneInfo("America/New_York")
NORMAL_BASELINE = [
    result("alt", 20, "U/L", "2024-01-02", upper_limit=40),
    result("triglycerides", 90, "mg/dL", "2024-01-02", upper_limit=150, fasting=True),
]


def a_case(*facts: Fact) -> Case:
    return Case(Patient("p-1", date(1990, 5, 10)), str(ZONES[US]), (*NORMAL_BASELINE, *facts), programme=US)


def test_the_answer_about_a_draw_holds_until_the_day_its_window_opens():
    # first dose on 10 January, peak dose at once: due on 7 February, open a week before
    said = review(a_case(*on_treatment()), rulebook(), on=date(2024, 1, 20))
    opens = datetime(2024, 1, 31, tzinfo=NEW_YORK)
    assert said.holds_until is not None
    assert said.holds_until <= opens
    day_before = review(a_case(*on_treatment()), rulebook(), on=date(2024, 1, 30))
    assert day_before.holds_until == opens
    due = {finding.rule: finding.answer for finding in day_before.findings}["laboratory.due"]
    assert due == "met"
    opened = review(a_case(*on_treatment()), rulebook(), on=date(2024, 1, 31))
    assert {finding.rule: finding.answer for finding in opened.findings}["laboratory.due"] == "unknown"


def test_a_hold_by_a_blood_value_holds_every_gate_and_comes_first_among_clinical_findings():
    high = result("triglycerides", 850, "mg/dL", "2024-02-07", upper_limit=150, fasting=True)
    said = review(a_case(*on_treatment(), high), rulebook(), on=date(2024, 2, 8))
    assert said.clinical.action == "hold"
    assert said.clinical.findings[0] == "laboratory.triglycerides"
    assert {said.gates[gate].verdict for gate in ("prescribe", "dispense")} == {"hold"}


def test_a_wish_for_a_draw_never_moves_a_gate():
    without = review(a_case(*on_treatment()), rulebook(), on=date(2024, 2, 8))
    drawn = [
        result("alt", 20, "U/L", "2024-02-07", upper_limit=40),
        result("triglycerides", 90, "mg/dL", "2024-02-07", upper_limit=150, fasting=True),
    ]
    with_draw = review(a_case(*on_treatment(), *drawn), rulebook(), on=date(2024, 2, 8))
    assert without.clinical.action == "recheck"
    assert without.gates == with_draw.gates


@pytest.mark.parametrize("policy", sorted(rulebook().policies))
def test_every_clinical_rule_answers_once_under_every_policy(policy: str):
    said = review(a_case(*on_treatment()), rulebook(), on=date(2024, 2, 8), policy=policy)
    names = [finding.rule for finding in said.findings]
    assert len(names) == len(set(names))
    assert set(rulebook().policy(policy).rules) <= set(names)


def test_a_policy_nobody_holds_is_refused():
    with pytest.raises(UnknownPolicy):
        review(a_case(), rulebook(), on=date(2024, 2, 8), policy="balance")


def test_the_rules_listed_for_a_pack_show_its_own_values_and_those_it_inherits():
    listed = rules_in_force(rulebook(), US, "eu_smpc", date(2024, 2, 8), date(2024, 2, 8))
    names = {value.name for value in listed.readings[0].values}
    assert "clinical/eu_smpc/laboratory/schedule" in names
    assert "clinical/balanced/laboratory/draw_counts_from_days_before" in names
    assert "clinical/balanced/laboratory/schedule" not in names
    assert "laboratory.due" in {rule.name for rule in listed.rules}
