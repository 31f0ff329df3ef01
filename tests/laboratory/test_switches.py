"""Each switch of the laboratory changes an answer, whether a pack or a clinic's own overlay turns it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from isovigil.case import kinds
from isovigil.case.fact import Fact
from isovigil.decisions.catalogue import RULES
from isovigil.decisions.finding import Outcome
from isovigil.exchange.clinic_overlay import overlay_read
from tests.decisions.judged import US, day, fact, rulebook
from tests.laboratory.drawn import ON, answered, course_on, on_treatment, result


def normal(on: str) -> list[Fact]:
    return [
        result("alt", 20, "U/L", on, upper_limit=40),
        result("triglycerides", 90, "mg/dL", on, upper_limit=150, fasting=True),
    ]


def condition(what: str) -> Fact:
    return fact(kinds.Condition, id=what, from_=date(2020, 1, 1), what=what)


def under_overlay(rule: str, facts: Sequence[Fact], value: str, value_new: str, on: str = ON) -> Outcome:
    """What a rule answers under the balanced policy as a clinic's overlay changes one value."""
    row = f"value: {value}, policy: balanced, value_new: {value_new}, from: 2020-01-01"
    text = f"clinic: C\ntightens:\n  - {{{row}, reason: our own choice, by: Dr A}}\n"
    law = overlay_read(rulebook(), text.encode(), "clinic.yaml")
    reading = law.readings(US, "balanced", day(on), [day(on)])[0][0]
    return RULES[f"laboratory.{rule}"].judge(course_on(facts, on), reading)


STARTED = on_treatment()  # 10 January 2024
RAISED = [
    *STARTED,
    result("alt", 60, "U/L", "2024-01-02", upper_limit=40),
    result("alt", 150, "U/L", upper_limit=40),
]
STAYS = [
    *STARTED,
    result("alt", 60, "U/L", "2024-02-20", upper_limit=40),
    result("alt", 60, "U/L", upper_limit=40),
]
FATS = [
    *STARTED,
    result("triglycerides", 200, "mg/dL", "2024-02-20", upper_limit=150, fasting=True),
    result("triglycerides", 200, "mg/dL", upper_limit=150, fasting=True),
]

PACKS = [
    # switch, rule, facts, day, pack, its answer and action, and those of the balanced policy
    (
        "lab_schedule",
        "due",
        STARTED,
        "2024-01-20",
        "us_label_legacy",
        ("unknown", "recheck"),
        ("met", "continue"),
    ),
    (
        "lab_schedule",
        "due",
        STARTED,
        "2024-02-05",
        "hansen_2016",
        ("met", "continue"),
        ("unknown", "recheck"),
    ),
    (
        "lab_schedule",
        "due",
        [*STARTED, *normal("2024-02-05")],
        "2024-05-05",
        "eu_smpc",
        ("unknown", "recheck"),
        ("met", "continue"),
    ),
    (
        "analyte_set",
        "baseline",
        normal("2024-01-02"),
        "2024-01-05",
        "us_label",
        ("unknown", "recheck"),
        ("met", "continue"),
    ),
    (
        "baseline_within",
        "baseline",
        normal("2024-01-02"),
        "2024-02-03",
        "delphi_2022",
        ("unknown", "recheck"),
        ("met", "continue"),
    ),
    ("tg_action_table", "triglycerides", FATS, ON, "eu_smpc", ("not_met", "reduce"), ("not_met", "recheck")),
    ("alt_action_table", "liver", STAYS, ON, "eu_smpc", ("not_met", "reduce"), ("not_met", "recheck")),
    (
        "hepatic_insufficiency",
        "closer_monitoring",
        [condition("liver_insufficiency")],
        ON,
        "eu_smpc",
        ("not_met", "stop"),
        ("not_met", "hold"),
    ),
]


@pytest.mark.parametrize(("switch", "rule", "facts", "on", "pack", "expected", "balanced"), PACKS)
def test_a_pack_turns_it(
    switch: str,
    rule: str,
    facts: list[Fact],
    on: str,
    pack: str,
    expected: tuple[str, str],
    balanced: tuple[str, str],
):
    turned, usual = answered(rule, facts, on, pack), answered(rule, facts, on)
    assert (turned.answer, turned.action) == expected, switch
    assert (usual.answer, usual.action) == balanced, switch


def test_ctcae_version_says_which_grade_counts():
    assert "CTCAE 5.0 grade 1 (counts here), CTCAE 6.0 grade 3" in answered("liver", RAISED).says
    turned = under_overlay("liver", RAISED, "ctcae/version", "'6.0'")
    assert "CTCAE 5.0 grade 1, CTCAE 6.0 grade 3 (counts here)" in turned.says


def test_the_low_baselines_ask_for_closer_monitoring_once_a_clinic_wants_them():
    facts = [result("triglycerides", 85.5, "mg/dL", "2024-03-01", upper_limit=150, fasting=True)]
    below = [result("triglycerides", 85.4, "mg/dL", "2024-03-01", upper_limit=150, fasting=True)]
    switch = "laboratory/closer_by_low_baseline"
    assert answered("closer_monitoring", facts).answer == "not_applicable"
    assert under_overlay("closer_monitoring", facts, switch, "true").answer == "met"
    assert under_overlay("closer_monitoring", below, switch, "true").answer == "not_applicable"


def test_a_clinic_may_add_an_analyte_to_every_draw():
    facts = normal("2024-01-02")
    analytes = "[alt, triglycerides, cholesterol]"
    assert answered("baseline", facts, "2024-01-05").answer == "met"
    turned = under_overlay("baseline", facts, "laboratory/analytes", analytes, "2024-01-05")
    assert (turned.answer, turned.needs is not None and "total cholesterol" in turned.needs) == (
        "unknown",
        True,
    )
