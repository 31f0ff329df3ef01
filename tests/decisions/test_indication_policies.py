"""Which indication policy judges a candidate, and what does each ask for?"""

from typing import Any

import pytest

from isovigil.case import kinds
from isovigil.case.fact import Fact
from isovigil.decisions.answering import strongest
from tests.decisions.judged import UK, US, day, fact
from tests.decisions.switched import judged_saying

SEVERE = "eligibility.severe_acne"
TRIED = "eligibility.prior_therapy_failed"
SWITCH = "eligibility/indication_policy"
ON = "2024-06-03"

FAILED_RETINOID = fact(
    kinds.PriorTherapy,
    id="retinoid",
    from_=day("2024-01-01"),
    to=day("2024-04-30"),
    what="topical_retinoid",
    outcome="inadequate",
)


def acne(**found: Any) -> Fact:
    return fact(kinds.Acne, id="acne", date=day("2024-05-01"), **found)


# US label: severe, and a failed trial. AAD 2024: any one of severe, scarring, burden, failed treatment.
# EU SmPC: severe, and a failed trial. First line in severe acne, second line in moderate acne.
@pytest.mark.parametrize(
    ("facts", "severe_enough", "tried_enough"),
    [
        ([acne(iga=4)], "us_label eu_smpc aad_2024 first_line_severe", "aad_2024 first_line_severe"),
        ([acne(iga=3)], "", ""),
        ([acne(iga=2, psychosocial_burden=True)], "aad_2024", "aad_2024"),
        ([acne(iga=3), FAILED_RETINOID], "aad_2024 first_line_severe", "aad_2024 first_line_severe"),
        ([acne(iga=2), FAILED_RETINOID], "aad_2024", "aad_2024 first_line_severe"),
        ([acne(oiliness="severe")], "", ""),
    ],
    ids=["severe", "moderate", "burden", "moderate after failure", "mild after failure", "oily skin alone"],
)
def test_what_each_policy_asks_for(facts: list[Fact], severe_enough: str, tried_enough: str):
    for policy in ("us_label", "eu_smpc", "aad_2024", "first_line_severe"):
        severe = judged_saying(SEVERE, SWITCH, policy, facts, ON)
        tried = judged_saying(TRIED, SWITCH, policy, facts, ON)
        assert (severe.answer == "met") == (policy in severe_enough.split()), policy
        assert (tried.answer == "met") == (policy in tried_enough.split()), policy


@pytest.mark.parametrize("policy", ["aad_2024", "first_line_severe", "us_label", "by_programme"])
def test_no_policy_loosens_the_licence_of_the_united_kingdom(policy: str):
    moderate = [acne(iga=3, psychosocial_burden=True)]
    outcome = judged_saying(SEVERE, SWITCH, policy, moderate, ON, UK)
    assert (outcome.answer, strongest(outcome.values)) == ("not_met", "licence")
    untried = judged_saying(TRIED, SWITCH, policy, [acne(conglobata=True)], ON, UK)
    assert (untried.answer, strongest(untried.values)) == ("unknown", "licence")


@pytest.mark.parametrize("sign", ["conglobata", "fulminans", "scarring"])
def test_a_sign_of_danger_waits_for_no_trial_where_the_label_advises_and_a_person_looks(sign: str):
    outcome = judged_saying(TRIED, SWITCH, "us_label", [acne(**{sign: True})], ON, US)
    assert (outcome.answer, outcome.amber) == ("met", True)


def test_without_such_a_sign_it_does():
    assert judged_saying(TRIED, SWITCH, "us_label", [acne(iga=4)], ON, US).answer == "unknown"


@pytest.mark.parametrize(("burden", "answer"), [("moderate", "met"), ("mild", "not_met"), (False, "not_met")])
def test_a_burden_is_a_ground_from_moderate_on(burden: str | bool, answer: str):
    facts = [acne(iga=2, psychosocial_burden=burden)]
    assert judged_saying(SEVERE, SWITCH, "aad_2024", facts, ON).answer == answer
