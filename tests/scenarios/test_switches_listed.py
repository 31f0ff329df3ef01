"""Does every switch listed in docs/validation/switches.md exist, with a case that it turns?"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from isovigil.exchange.clinic_overlay import overlay_read
from isovigil.law.rulebook import Rulebook
from tests.scenarios.judged import disagreements, reviewed, the_rulebook
from tests.scenarios.scenario_file import SCENARIOS, ScenarioCase, programme_of, scenario_file
from tests.scenarios.scenario_patient import OnFile, patients_of

ROOT = SCENARIOS.parent
SWITCHES = {
    "indication_policy",
    "lab_schedule",
    "analyte_set",
    "ctcae_version",
    "tg_action_table",
    "alt_action_table",
    "hepatic_insufficiency",
    "severe_renal_start",
    "daily_frequency",
    "cumulative_target",
    "weight_ref",
    "phq2_cut",
    "psych_stop_policy",
    "sexual_function_screen",
    "under18_process",
    "pop_counts_as_method",
    "sun_policy",
    "procedure_delay",
}
SEXUAL = SCENARIOS / "uk_mhra" / "sexual_function" / "follow_up.yaml"
SKIN = SCENARIOS / "clinical" / "symptoms" / "skin_and_lips.yaml"


class Listed(NamedTuple):
    """One row of the page."""

    switch: str
    value: str
    turned_by: str
    file: Path
    case: str


def listed() -> list[Listed]:
    text = (ROOT / "docs/validation/switches.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+)[^|]*\| `([^`]+)` \| ([^|]+) \| `([^`]+)`: ([^|]+) \|$", text, re.MULTILINE)
    return [Listed(switch, value, by, ROOT / file, case) for switch, value, by, file, case in rows]


def test_every_switch_of_the_specification_is_listed():
    assert {row.switch for row in listed()} == SWITCHES


@pytest.mark.parametrize("row", listed(), ids=lambda row: f"{row.value} {row.case}")
def test_the_value_and_the_case_of_a_listed_switch_exist(row: Listed):
    rulebook = the_rulebook()
    names = {name for policy in rulebook.policies.values() for name in policy.values}
    names |= {name for programme in rulebook.programmes.values() for name in programme.values}
    assert row.value in names
    if row.file.suffix == ".yaml":
        assert row.case in [case.name for case in scenario_file(row.file).cases]
    else:
        tree = ast.parse(row.file.read_text(encoding="utf-8"))
        assert row.case in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("row", listed(), ids=lambda row: f"{row.value} {row.case}")
def test_a_policy_said_to_turn_a_switch_says_otherwise_than_the_balanced_one(row: Listed):
    usual = the_rulebook().policies["balanced"].values.get(row.value)
    for policy in re.findall(r"`(\w+)`", row.turned_by):
        turned = the_rulebook().policies[policy].values[row.value]
        assert usual is not None
        assert turned.statements[-1].value != usual.statements[-1].value, policy


def case_of(file: Path, name: str) -> tuple[ScenarioCase, OnFile]:
    patients = patients_of(scenario_file(file), programme_of(file))
    return next((case, patient) for case, patient in patients if case.name == name)


def finding(rule: str, case: ScenarioCase, patient: OnFile, law: Rulebook) -> dict[str, Any]:
    return next(each for each in reviewed(case, patient, law)["findings"] if each["rule"] == rule)


@cache
def tightened(value: str, held_by: str, value_new: str, from_: str = "2024-01-01") -> Rulebook:
    text = (
        "clinic: The clinic\ntightens:\n"
        f"  - {{value: {value}, {held_by}, value_new: {value_new}, from: {from_}, "
        "reason: our own caution, by: Dr A}\n"
    )
    return overlay_read(the_rulebook(), text.encode(), "clinic.yaml")


def turned_by_a_policy() -> list[tuple[Listed, ScenarioCase, OnFile]]:
    cases = [(row, *case_of(row.file, row.case)) for row in listed() if row.file.suffix == ".yaml"]
    return [each for each in cases if each[1].policy is not None]


@pytest.mark.parametrize(
    ("row", "case", "patient"), turned_by_a_policy(), ids=[row.value for row, *_ in turned_by_a_policy()]
)
def test_the_case_fails_once_the_switch_is_turned_back(row: Listed, case: ScenarioCase, patient: OnFile):
    parts = the_rulebook().parts
    policy = parts.policies[str(case.policy)]
    values = {**policy.values, row.value: parts.policies["balanced"].values[row.value]}
    policies = {**parts.policies, policy.id: msgspec.structs.replace(policy, values=values)}
    back = Rulebook(msgspec.structs.replace(parts, policies=policies), f"{row.value} turned back")
    assert disagreements(case, patient) == []
    assert disagreements(case, patient, back) != []


def test_a_clinic_may_want_the_full_entry_at_the_third_appointment_too():
    third = case_of(SEXUAL, "A brief entry at the third appointment is not")
    rule = "sexual_function.follow_up"
    assert not finding(rule, *third, the_rulebook())["amber"]
    value = "sexual_function/brief_entry_from_visit"
    assert finding(rule, *third, tightened(value, "programme: uk_mhra", "4", "2025-10-27"))["amber"]


def test_a_programme_that_asks_nobody_waits_for_no_entry_on_sexual_function():
    asked = case_of(SEXUAL, "Without an entry the prescription waits")
    assert disagreements(*asked) == []
    parts = the_rulebook().parts
    uk = parts.programmes["uk_mhra"]
    name = "sexual_function/follow_up_concerns"
    off = tuple(msgspec.structs.replace(said, value="nobody") for said in uk.values[name].statements)
    values = {**uk.values, name: msgspec.structs.replace(uk.values[name], statements=off)}
    programmes = {**parts.programmes, "uk_mhra": msgspec.structs.replace(uk, values=values)}
    law = Rulebook(msgspec.structs.replace(parts, programmes=programmes), "asks nobody")
    assert finding("sexual_function.follow_up", *asked, law)["answer"] == "not_applicable"


def test_a_clinic_may_put_procedures_off_for_longer():
    dry = case_of(SKIN, "With dry skin, dermabrasion, ablative laser and waxing are put off")
    rule = "symptoms.skin_and_lips"
    assert "until 6 months after" in finding(rule, *dry, the_rulebook())["says"]
    longer = tightened("symptoms/procedure_delay", "policy: balanced", "P7M")
    assert "until 7 months after" in finding(rule, *dry, longer)["says"]
