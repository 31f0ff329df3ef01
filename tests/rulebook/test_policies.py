"""A policy that extends another states only what differs; what it misspells or twists is refused."""

from __future__ import annotations

import re
from datetime import date

import pytest

from isovigil.exchange.clinic_overlay import overlay_read
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.exchange.rulebook_problems import RulebookProblems
from isovigil.exchange.rulebook_reader import read_rulebook
from isovigil.law.rulebook import Rulebook, UnknownPolicy
from tests.rulebook.small_rulebook import SMALL, problems_of

INTERVAL = """\
asks: How long is the interval between two draws?
unit: day
tightening: lower
reverify_by: 2027-01-05
values:
  - from: 2000-01-01
    value: {days}
    strength: local_default
    confidence: low
    announced_on: 2000-01-01
    read_on: 2026-01-05
    cite: {{source: hearsay, at: everywhere}}
"""
BASE = "clinical/balanced/policy.yaml"
TABLE = (
    "asks: Which bands?\nunit: table\ntightening: none\nreverify_by: 2027-01-05\nvalues:\n"
    "  - from: 2000-01-01\n    value: {value}\n    strength: local_default\n    confidence: low\n"
    "    announced_on: 2000-01-01\n    read_on: 2026-01-05\n    cite: {{source: hearsay, at: everywhere}}\n"
)


def texts(**more: str) -> dict[str, bytes]:
    """The small rulebook with two intervals in its base policy and a stricter policy over it."""
    own = {
        BASE: "title: The middle way\nrules: [laboratory.due, laboratory.liver]\n",
        "clinical/balanced/laboratory/interval.yaml": INTERVAL.format(days=60),
        "clinical/balanced/laboratory/lag.yaml": INTERVAL.format(days=28),
        "clinical/strict/policy.yaml": "title: The strict way\nextends: balanced\n",
        "clinical/strict/laboratory/interval.yaml": INTERVAL.format(days=14),
    }
    named = {name.replace("__", "/") + ".yaml": text for name, text in more.items()}
    return {file: text.encode() for file, text in {**SMALL, **own, **named}.items()}


def days(policy: str, question: str) -> tuple[int, str]:
    """The days a policy answers to a question, and whose value it is."""
    law = Rulebook(read_rulebook(texts()), "00" * 32)
    on = date(2021, 6, 1)
    said = law.readings("xx_law", policy, on, [on])[0][0].days(f"laboratory/{question}", on)
    return said.value, said.name


def test_a_value_the_policy_states_itself_is_its_own():
    assert days("strict", "interval") == (14, "clinical/strict/laboratory/interval")


def test_a_value_the_policy_does_not_state_is_that_of_the_policy_it_extends():
    assert days("strict", "lag") == (28, "clinical/balanced/laboratory/lag")


def test_the_policy_that_is_extended_keeps_its_own_values():
    assert days("balanced", "interval") == (60, "clinical/balanced/laboratory/interval")


def test_the_rules_of_the_programme_come_with_those_of_the_policy_it_extends():
    law = Rulebook(read_rulebook(texts()), "00" * 32)
    expected = ("dispensing.inside_the_window", "laboratory.due", "laboratory.liver")
    assert law.under_policy("xx_law", "strict").rules == expected
    assert law.under_policy("xx_law", "balanced").rules == expected
    assert law.programme("xx_law").rules == ("dispensing.inside_the_window",)


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        (
            "clinical__strict__policy",
            "title: x\nextends: balance\n",
            "extends 'balance'.*Did you mean balanced",
        ),
        ("clinical__balanced__policy", "title: x\nextends: strict\n", "extends itself, by way of"),
        ("clinical__strict__policy", "title: x\nextends: strict\n", "extends itself, by way of"),
        ("clinical__strict__laboratory__intervall", INTERVAL.format(days=3), "does not ask.*interval"),
        (
            "clinical__strict__laboratory__lag",
            INTERVAL.format(days=3).replace("unit: day", "unit: number"),
            "its unit is number, and clinical/balanced answers laboratory/lag in day",
        ),
        (
            "clinical__strict__policy",
            "title: x\nextends: balanced\nrules: [laboratory.due]\n",
            "laboratory.due is listed by a policy it extends",
        ),
        ("clinical__strict__policy", "title: x\nextends: balanced\nrules: [labs]\n", "is not a rule's name"),
        ("clinical__strict__policy", "title: x\nextend: balanced\n", "extend"),
        ("clinical__strict__laboratory__bands", TABLE.format(value="3"), "a list of mappings"),
        ("clinical__strict__laboratory__bands", TABLE.format(value="[]"), "a list of mappings"),
        ("clinical__strict__laboratory__bands", TABLE.format(value="[TG-0]"), "a list of mappings"),
    ],
)
def test_a_policy_that_cannot_be_what_was_meant_is_refused(file: str, text: str, says: str):
    told = [problem.says for problem in problems_of(texts(**{file: text}))]
    assert any(re.search(says, each) for each in told), told


def test_a_table_is_a_list_of_rows():
    parts = read_rulebook(
        texts(clinical__balanced__laboratory__bands=TABLE.format(value="[{id: TG-0}, {id: TG-1}]"))
    )
    history = parts.policies["balanced"].values["laboratory/bands"]
    assert history.statements[0].value == [{"id": "TG-0"}, {"id": "TG-1"}]


def test_the_six_packs_are_held_and_any_other_is_refused_by_name():
    law = load_rulebook()
    packs = {"balanced", "us_label", "us_label_legacy", "eu_smpc", "delphi_2022", "hansen_2016"}
    assert set(law.policies) == packs
    with pytest.raises(UnknownPolicy, match=r"'eu_spmc' .*Did you mean eu_smpc\?"):
        law.policy("eu_spmc")


def test_every_pack_judges_the_same_clinical_rules():
    law = load_rulebook()
    rules = {name: law.under_policy("us_ipledge", name).rules for name in law.policies}
    assert all(each == rules["balanced"] for each in rules.values())


def overlaid(**fields: str) -> Rulebook:
    """The small rulebook with its two policies, as a clinic's overlay with one entry makes it."""
    entry = {"from": "2021-01-01", "reason": "our own caution", "by": "Dr A", **fields}
    row = ", ".join(f"{key}: {value}" for key, value in entry.items())
    base = Rulebook(read_rulebook(texts(clinical__balanced__laboratory__version=CHOICE)), "00" * 32)
    return overlay_read(base, f"clinic: C\ntightens:\n  - {{{row}}}\n".encode(), "clinic.yaml")


def refused_overlay(**fields: str) -> str:
    """What an overlay with one entry is refused with."""
    with pytest.raises(RulebookProblems) as refused:
        overlaid(**fields)
    return " ".join(problem.says for problem in refused.value.problems)


def value_under(law: Rulebook, policy: str, name: str) -> object:
    on = date(2021, 6, 1)
    return law.readings("xx_law", policy, on, [on])[0][0].value(name, on).value


CHOICE = (
    "asks: Which version counts?\nunit: word\ntightening: choice\nchoices: ['5.0', '6.0']\n"
    "reverify_by: 2027-01-05\nvalues:\n  - from: 2000-01-01\n    value: '5.0'\n"
    "    strength: local_default\n    confidence: low\n    announced_on: 2000-01-01\n"
    "    read_on: 2026-01-05\n    cite: {source: hearsay, at: everywhere}\n"
)


def test_a_clinic_may_tighten_a_policy_and_those_that_extend_it_follow():
    law = overlaid(value="laboratory/lag", policy="balanced", value_new="21")
    assert value_under(law, "balanced", "laboratory/lag") == 21
    assert value_under(law, "strict", "laboratory/lag") == 21


def test_a_clinic_that_tightens_one_policy_leaves_the_one_it_extends():
    law = overlaid(value="laboratory/lag", policy="strict", value_new="21")
    assert value_under(law, "strict", "laboratory/lag") == 21
    assert value_under(law, "balanced", "laboratory/lag") == 28


def test_a_clinic_may_not_loosen_a_policy():
    assert "only change it to something lower" in refused_overlay(
        value="laboratory/lag", policy="balanced", value_new="29"
    )


def test_a_clinic_names_a_policy_or_a_programme_and_not_both_or_neither():
    both = refused_overlay(value="laboratory/lag", policy="balanced", programme="xx_law", value_new="21")
    assert "programme or policy" in both
    assert "programme or policy" in refused_overlay(value="laboratory/lag", value_new="21")
    assert "Did you mean balanced?" in refused_overlay(
        value="laboratory/lag", policy="balancd", value_new="21"
    )


def test_where_no_word_is_the_stricter_one_a_clinic_chooses_among_those_there_are():
    law = overlaid(value="laboratory/version", policy="balanced", value_new="'6.0'")
    assert value_under(law, "strict", "laboratory/version") == "6.0"
    assert "not one of the choices" in refused_overlay(
        value="laboratory/version", policy="balanced", value_new="'4.0'"
    )


@pytest.mark.parametrize(
    ("old", "new"), [("choices: ['5.0', '6.0']\n", ""), ("tightening: choice", "tightening: none")]
)
def test_a_choice_says_what_there_is_to_choose_and_nothing_else_does(old: str, new: str):
    told = problems_of(texts(clinical__balanced__laboratory__version=CHOICE.replace(old, new)))
    assert any("exactly when its tightening is choice" in problem.says for problem in told)
