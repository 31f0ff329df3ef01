"""Do the rulebook, the rules and the words of the case file fit together with nothing left over?"""

from __future__ import annotations

import ast
import re
from datetime import date
from functools import cache
from typing import get_args

import pytest

from isovigil import load_rulebook
from isovigil.case import words
from isovigil.decisions import asked, catalogue, contraceptive_cover, cycle
from isovigil.decisions.rule import RULES
from isovigil.exchange.rulebook_files import RULEBOOK
from isovigil.law.rulebook import Rulebook
from isovigil.law.value import ValueHistory

PROGRAMMES = ("us_ipledge", "uk_mhra", "eu_ppp", "de_amvv", "fr_ansm", "it_aifa", "nl_ppp")
_HOLE = "[a-z_/]+"


@cache
def rulebook() -> Rulebook:
    return load_rulebook()


@cache
def asked_for() -> re.Pattern[str]:
    """The names of values that occur in the decisions, the parts filled in while running left open."""
    names = set()
    for path in sorted((RULEBOOK.parent / "decisions").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if re.fullmatch(r"[a-z_]+/[a-z_]*[a-z]", node.value):
                    names.add(re.escape(node.value))
            elif isinstance(node, ast.JoinedStr):
                text = "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else _HOLE
                    for part in node.values
                )
                if re.fullmatch(r"[a-z_/]+", text.replace(_HOLE, "")) and ("/" in text or "_in_" in text):
                    names.add(text)
    return re.compile("|".join(f"(?:{name})" for name in sorted(names)))


def test_the_rules_a_programme_lists_are_declared_and_no_declared_rule_is_left_out():
    assert catalogue.TOPICS
    listed = {rule for each in rulebook().programmes.values() for rule in each.rules}
    assert listed - RULES.keys() == set()
    assert {name for name, rule in RULES.items() if not rule.clinical} - listed == set()


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_value_is_asked_for_by_some_rule(programme: str):
    values = rulebook().programmes[programme].values
    assert [name for name in values if not asked_for().fullmatch(name)] == []


def test_every_value_that_is_asked_for_by_its_whole_name_is_held_somewhere():
    held = {name for each in rulebook().programmes.values() for name in each.values}
    held |= {name for each in rulebook().policies.values() for name in each.values}
    whole = {name for name in re.findall(r"\(\?:([^()]*)\)", asked_for().pattern) if _HOLE not in name}
    assert whole
    assert whole - held == set()


CONCERNED = (asked.EVERYONE, asked.CAN_BECOME_PREGNANT, asked.UNDER_AGE, asked.NOBODY)

# Which closed list a value's words come from. A word outside it would match no fact, in silence.
VOCABULARIES: list[tuple[str, tuple[str, ...]]] = [
    (r"[a-z_]+/[a-z_]*concerns?", CONCERNED),
    (r"category/accepted_bases", get_args(words.CategoryBasis)),
    (r"category/determined_by", get_args(words.CategoryDeterminer)),
    (r"category/post_menopausal_evidence[a-z_]*", ("hCG", "FSH", "estradiol", "progesterone")),
    (
        r"contraception/method_policy",
        (contraceptive_cover.TWO_FORMS, contraceptive_cover.TIERED, contraceptive_cover.ONE_EFFECTIVE),
    ),
    (r"contraception/interfering_medicines", get_args(words.MedicineClass)),
    (r"contraception/[a-z_]*methods[a-z_]*", get_args(words.Method)),
    (r"counselling/frequency[a-z_]*", ("monthly", "at_enrolment")),
    (r"documents/risk_form_version", ("2023", "2026")),
    (r"documents/risk_form_signer[a-z_]*", get_args(words.Signer)),
    (r"documents/risk_form", get_args(words.Form)),
    (r"eligibility/contraindicated_medicine_classes", get_args(words.MedicineClass)),
    (
        r"eligibility/(contraindications|cautioned_conditions|conditions_[a-z_]+)",
        get_args(words.ConditionWord),
    ),
    (r"eligibility/(prior_therapy_failures|failures_[a-z_]+)", get_args(words.TherapyOutcome)),
    (r"eligibility/prior_therapy_(systemic|topical)", get_args(words.PriorTherapyWord)),
    (r"enrolment/consent_forms[a-z_]*", get_args(words.Form)),
    (r"enrolment/consent_signers[a-z_]*", get_args(words.Signer)),
    (r"(mental_health|sexual_function)/tools", get_args(words.Tool)),
    (r"pregnancy_testing/scheme", (cycle.SPECIMEN_WINDOWS, cycle.PRESCRIPTION_WINDOWS)),
    (r"pregnancy_testing/settings_[a-z_]+", get_args(words.TestSetting)),
    (r"pregnancy_testing/specimens", get_args(words.Specimen)),
    (r"dispensing/window_counts_from", ("certificate", "signature")),
    (r"post_treatment/[a-z_]*settings[a-z_]*", get_args(words.TestSetting)),
    (r"prescription/refused_media", get_args(words.PrescriptionMedium)),
    (r"prescription/initiator_roles", get_args(words.ProfessionalRole)),
    (r"visits/[a-z_]*modes[a-z_]*", get_args(words.VisitMode)),
]


def worded(programme: str) -> list[ValueHistory]:
    values = rulebook().programmes[programme].values.values()
    return [value for value in values if value.unit in ("word", "words")]


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_word_of_every_value_is_one_that_a_fact_or_a_rule_can_hold(programme: str):
    strange = []
    for value in worded(programme):
        known = next((known for name, known in VOCABULARIES if re.fullmatch(name, value.name)), None)
        if known is None:
            strange.append(f"{value.name}: VOCABULARIES names no list for it")
            continue
        for said in value.statements:
            used = said.value if isinstance(said.value, list | tuple) else [said.value]
            strange += [f"{value.name}: {word}" for word in used if word not in known]
    assert strange == []


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_an_unknown_test_setting_is_never_accepted_or_tolerated(programme: str):
    for value in worded(programme):
        if value.name.startswith("pregnancy_testing/settings_"):
            assert all("unknown" not in said.value for said in value.statements), value.name


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_a_progestin_only_pill_is_counted_nowhere(programme: str):
    for value in worded(programme):
        if re.fullmatch(r"contraception/(primary|secondary|user)_[a-z_]*methods[a-z_]*", value.name):
            assert all("progestin_only_pill" not in said.value for said in value.statements), value.name


def test_no_value_rests_on_a_source_that_is_to_be_ignored():
    # The video summary slips (us-32), the bounty's seeds are wrong (us-51), clinics' habits are none (us-29).
    ignored = {"us-32", "us-51", "us-29"}
    for each in rulebook().programmes.values():
        for value in each.values.values():
            assert ignored.isdisjoint(said.cite.source for said in value.statements), value.name


# A first regime known to the month or year only is judged from the first day after it.
SINCE = {
    "us_ipledge": date(2008, 1, 1),
    "uk_mhra": date(2006, 1, 1),
    "eu_ppp": date(2003, 10, 17),
    "de_amvv": date(2003, 10, 17),
    "fr_ansm": date(2003, 10, 17),
    "it_aifa": date(2003, 10, 17),
    "nl_ppp": date(2003, 10, 17),
}


@pytest.mark.parametrize(("programme", "since"), SINCE.items())
def test_a_programme_says_since_when_it_is_modelled_when_it_was_checked_and_what_is_missing(
    programme: str, since: date
):
    coverage = rulebook().coverage.of(programme)
    assert coverage is not None
    assert (coverage.since, coverage.last_checked) == (since, date(2026, 11, 21))
    at_least = 2 if rulebook().programmes[programme].extends else 10
    assert len(coverage.gaps) >= at_least


def test_every_open_question_of_a_gap_says_where_it_was_looked_for():
    for modelled in rulebook().coverage.modelled:
        for gap in modelled.gaps:
            assert gap.cite, gap.says
