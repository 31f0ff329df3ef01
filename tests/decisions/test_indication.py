"""Is isotretinoin indicated: is the acne severe, and have the usual treatments failed?"""

from typing import Any

import pytest

from isovigil.case import kinds
from isovigil.case.fact import Fact
from isovigil.decisions.answering import strongest
from tests.decisions.judged import UK, US, day, fact, judged, stopped

SEVERE = "eligibility.severe_acne"
TRIED = "eligibility.prior_therapy_failed"
ON = "2024-06-03"


def acne(on: str = "2024-05-01", **found: Any) -> Fact:
    return fact(kinds.Acne, id=f"acne-{on}", date=day(on), **found)


def tried(
    what: str,
    outcome: str = "inadequate",
    from_: str = "2024-01-01",
    to: str | None = "2024-04-30",
    adherence: float | None = None,
) -> Fact:
    return fact(
        kinds.PriorTherapy,
        id=f"{what}-{outcome}",
        from_=day(from_),
        to=None if to is None else day(to),
        what=what,
        outcome=outcome,
        adherence=adherence,
    )


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        ({"iga": 3}, "not_met"),
        ({"iga": 4}, "met"),
        ({"gags": 30}, "not_met"),
        ({"gags": 31}, "met"),
        ({"cass": 3}, "not_met"),
        ({"cass": 4}, "met"),
        ({"cass": {"face": 1, "back": 4}}, "met"),
        ({"cass": {"face": 3, "back": 3}}, "not_met"),
        ({"nodules": 2}, "not_met"),
        ({"nodules": 3}, "met"),
        ({"iga": 2, "scarring": True}, "met"),
        ({"conglobata": True}, "met"),
        ({"fulminans": True}, "met"),
        ({"scarring": False}, "unknown"),  # the absence of one sign does not say how severe it is
        ({"redness": "severe"}, "unknown"),
    ],
)
def test_what_makes_acne_severe(found: dict[str, Any], answer: str):
    assert judged(SEVERE, [acne(**found)], ON, UK).answer == answer


def test_the_latest_record_that_says_how_severe_it_is_decides():
    better = [acne("2024-01-01", iga=4), acne("2024-05-01", iga=2)]
    assert judged(SEVERE, better, ON, UK).answer == "not_met"
    silent = [acne("2024-01-01", iga=4), acne("2024-05-01", oiliness="mild")]
    assert judged(SEVERE, silent, ON, UK).answer == "met"


@pytest.mark.parametrize("rule", [SEVERE, TRIED])
def test_the_uk_licence_blocks_and_the_us_label_advises(rule: str):
    uk, us = judged(rule, [], ON, UK), judged(rule, [], ON, US)
    assert (uk.answer, strongest(uk.values)) == ("unknown", "licence")
    assert (us.answer, strongest(us.values)) == ("unknown", "guidance")


@pytest.mark.parametrize(
    ("therapies", "answer"),
    [
        ([tried("oral_antibiotic"), tried("topical_retinoid")], "met"),
        ([tried("oral_antibiotic")], "unknown"),
        ([tried("topical_retinoid"), tried("benzoyl_peroxide")], "unknown"),
        ([tried("oral_antibiotic", "adequate"), tried("azelaic_acid")], "not_met"),
        ([tried("oral_antibiotic", "relapsed"), tried("benzoyl_peroxide", "contraindicated")], "met"),
        ([tried("hormonal"), tried("azelaic_acid")], "unknown"),
    ],
)
def test_a_systemic_antibiotic_and_a_topical_treatment_must_both_have_failed(
    therapies: list[Fact], answer: str
):
    assert judged(TRIED, therapies, ON, UK).answer == answer


# Twelve weeks are 84 days. From 1 January 2024, both ends counting, day 84 is 24 March
# (31 days of January + 29 of February + 24 of March = 84).
@pytest.mark.parametrize(("to", "amber"), [("2024-03-24", False), ("2024-03-23", True)])
def test_a_trial_shorter_than_twelve_weeks_asks_for_a_look_and_blocks_nothing(to: str, amber: bool):
    facts = [tried("oral_antibiotic", to=to), tried("topical_retinoid")]
    outcome = judged(TRIED, facts, ON, UK)
    assert (outcome.answer, outcome.amber) == ("met", amber)


@pytest.mark.parametrize(("on", "amber"), [("2024-03-24", False), ("2024-03-23", True)])
def test_a_trial_that_still_runs_is_as_long_as_it_has_been(on: str, amber: bool):
    facts = [tried("oral_antibiotic", to=None), tried("topical_retinoid", from_="2023-06-01")]
    assert judged(TRIED, facts, on, UK).amber is amber


@pytest.mark.parametrize("outcome", ["intolerant", "contraindicated"])
def test_who_cannot_take_a_treatment_owes_no_full_trial(outcome: str):
    facts = [tried("oral_antibiotic", outcome, to="2024-01-08"), tried("topical_retinoid")]
    assert judged(TRIED, facts, ON, UK).amber is False


@pytest.mark.parametrize(("adherence", "amber"), [(0.8, False), (0.79, True), (None, False)])
def test_a_trial_taken_too_seldom_asks_for_a_look(adherence: float | None, amber: bool):
    facts = [tried("oral_antibiotic", adherence=adherence), tried("topical_retinoid")]
    assert judged(TRIED, facts, ON, UK).amber is amber


def test_what_was_tried_before_an_earlier_course_still_counts():
    facts = [tried("oral_antibiotic"), tried("topical_retinoid"), stopped("2024-05-31")]
    assert judged(TRIED, facts, ON, UK).answer == "met"
    assert judged(SEVERE, [acne(iga=4), stopped("2024-05-31")], ON, UK).answer == "unknown"
