"""Is the change of law between two days told, and for whom a verdict would change?"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from typer.testing import CliRunner

from isovigil import load_rulebook
from isovigil.cli.main import app
from isovigil.cli.plan_commands import app_commands
from isovigil.exchange.case_file import case_from_mapping
from isovigil.law.refusal import NoRuleInForce
from isovigil.usecases.diff_rules import RulesDiff, diff_rules
from tests.scenarios.scenario_patient import OnFile

RULEBOOK = load_rulebook()
NOW = date(2026, 11, 21)


def diff(programme: str, before: date, after: date, *bases: str, on: date | None = None) -> RulesDiff:
    cases = tuple(case_from_mapping(OnFile.of_base(programme, base).as_case_file()) for base in bases)
    return diff_rules(RULEBOOK, programme, before, after, NOW, cases, on=on)


def changed(told: RulesDiff) -> dict[str, tuple[Any, Any]]:
    return {
        each.name.partition("/")[2]: (
            None if each.before is None else each.before.value,
            None if each.after is None else each.after.value,
        )
        for each in told.values
    }


def test_what_the_uk_changed_on_22_january_2026():
    told = diff("uk_mhra", date(2026, 1, 21), date(2026, 1, 22))
    assert changed(told) == {
        "documents/risk_form_version": ("2023", "2026"),
        "eligibility/no_alternative_concerns": ("under_age", "everyone"),
        "eligibility/second_opinion_concerns": (None, "everyone"),
        "eligibility/second_prescriber_concerns": ("under_age", "nobody"),
    }
    assert (told.before.id, told.after.id) == ("uk_mhra/2025-10-27", "uk_mhra/2026-01-22")
    assert told.supposes == ()


def test_nothing_changes_between_two_days_of_one_regime():
    assert diff("uk_mhra", date(2026, 1, 22), date(2026, 11, 1)).values == ()


def test_a_scheduled_change_shows_what_it_would_bring_and_what_it_supposes():
    told = diff("us_ipledge", date(2026, 11, 14), date(2026, 11, 15))
    assert changed(told)["dispensing/lockout_days_before_first_hand_over"] == (19, 0)
    assert told.after.id == "us_ipledge/2026-modification"
    assert told.supposes == ("the effective date of the 2026 modification is unconfirmed",)


def test_a_patient_under_age_needs_no_second_prescriber_but_the_new_form():
    told = diff("uk_mhra", date(2026, 1, 21), date(2026, 1, 22), "young_first_prescription")
    (case,) = told.cases
    assert case.has_changed
    assert case.gates["start"] == ("ready", "waiting")
    rules = {each.rule: (each.before, each.after) for each in case.findings}
    assert rules["documents.risk_acknowledged"] == ("met", "not_met")
    assert rules["eligibility.second_prescriber"] == ("met", "not_applicable")


def test_only_the_law_differs_not_the_day():
    told = diff("uk_mhra", date(2026, 2, 1), date(2026, 3, 1), "adult_second_prescription")
    (case,) = told.cases
    assert not case.has_changed
    assert case.findings == ()
    assert case.on == date(2026, 3, 2)  # the day of the last fact


def test_a_day_outside_the_law_held_is_refused():
    with pytest.raises(NoRuleInForce):
        diff("us_ipledge", date(2006, 1, 1), date(2024, 1, 1))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (["uk_mhra", "2026-01-21", "2026-01-22"], 0),
        (["uk_mhra", "2026-01-21", "soon"], 2),
        (["uk", "2026-01-21", "2026-01-22"], 2),
        (["norway", "2026-01-21", "2026-01-22"], 3),
        (["us_ipledge", "2006-01-21", "2026-01-22"], 3),
    ],
)
def test_the_command_answers_refuses_and_says_so_by_its_exit_code(typed: list[str], code: int):
    if "diff-rules" not in {command.name for command in app.registered_commands}:
        app_commands(app)
    said = CliRunner().invoke(app, ["diff-rules", *typed, "--format", "json", "--known-by", "2026-11-21"])
    assert said.exit_code == code, said.output
    if code == 0:
        assert len(json.loads(said.stdout)["values"]) == 4
