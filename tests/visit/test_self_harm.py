"""Who is asked what about thoughts of self-harm at a visit, and does a later assessment clear them?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from isovigil.decisions.finding import Finding
from isovigil.usecases.record.acting import Role
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.symptom_words import symptom_words
from isovigil.usecases.record.visit_read import VisitRead, read_visit
from isovigil.usecases.visit.answers import facts_of
from isovigil.web.asked import AskedIn
from isovigil.web.visit.forms import VisitForm
from tests.access.clinics import NOW, Clinics

RULE = "mental_health.self_harm_risk"
DAY_AFTER = NOW + timedelta(days=1)
ALL_THREE = ["cleared", "continue_with_care", "not_cleared"]
ITEM_9 = {f"phq_{number}": "1" if number == 9 else "0" for number in range(1, 10)}
HANDED_OVER = "Handed over now, to the prescriber or to emergency or crisis care"
WHO_MAY = "The prescriber records whether treatment may go on."
STANDS = "stand in the way of treatment"
CRISIS = "Do not leave the patient alone"
POSITIVE = {
    "kind": "questionnaire",
    "date": "2026-03-10",
    "tool": "phq9",
    "items": [0, 0, 0, 0, 0, 0, 0, 0, 1],
    "score": 1,
}
ACUTE = {"kind": "questionnaire", "date": "2026-03-10", "tool": "asq", "items": [0, 0, 0, 1, 1]}
REPORTED = {"kind": "symptom", "date": "2026-03-10", "code": "AE12", "severity": "moderate"}
NOT_CLEARED = {
    "kind": "assessment",
    "date": "2026-03-10",
    "what": "suicide_risk",
    "outcome": "not_cleared",
    "by": "A nurse",
}


def say(clinics: Clinics, *facts: dict[str, Any], role: Role = "nurse", at: datetime = NOW) -> None:
    record_facts(clinics.acting(role, at), clinics.patient, facts, request=str(uuid4()))


def read(clinics: Clinics, at: datetime = DAY_AFTER, role: Role = "prescriber") -> VisitRead:
    return read_visit(clinics.acting(role, at), clinics.patient)


def form_of(clinics: Clinics, role: Role, at: datetime = DAY_AFTER, /, **typed: str) -> VisitForm:
    """The form of the second patient's visit as a role sends it."""
    told = read(clinics, at, role)
    data = {"day": f"{at:%Y-%m-%d}", "mode": "in_person", "test_setting": "clinic", **typed}
    named = symptom_words(told.course.judging, told.asks.today)
    return VisitForm(told.asks, named, data, may_prescribe=role == "prescriber", asked_in=AskedIn("en"))


def offered(form: VisitForm) -> Sequence[str]:
    return [str(one.data["value"]) for one in form["self_harm_disposition"].subwidgets]


def made(form: VisitForm) -> list[dict[str, Any]]:
    assert form.is_valid(), form.errors
    return facts_of(form.answers(), form.asks, "Dr. Osei")


def finding(clinics: Clinics, at: datetime) -> Finding:
    (told,) = [each for each in read(clinics, at).course.review.findings if each.rule == RULE]
    return told


def page(clinics: Clinics, role: Role, sent: dict[str, str] | None = None) -> str:
    browser, address = clinics.signed_in(role), f"/course/{clinics.patient}/visit/"
    answer = browser.get(address) if sent is None else browser.post(address, sent)
    return answer.content.decode()


# -- item 9 is answered now -------------------------------------------------------------------------------


def test_a_prescriber_may_choose_each_outcome_at_once(clinics: Clinics) -> None:
    assert offered(form_of(clinics, "prescriber", **ITEM_9)) == ALL_THREE


@pytest.mark.parametrize("role", ["nurse", "coordinator"])
def test_a_nurse_hands_over_and_is_told_who_records_whether_treatment_goes_on(
    clinics: Clinics, role: Role
) -> None:
    sent = {"day": f"{datetime.now(UTC):%Y-%m-%d}", "mode": "in_person", **ITEM_9, "act": "check"}
    told = page(clinics, role, sent)
    assert HANDED_OVER in told
    assert WHO_MAY in told
    assert "Assessed now" not in told
    form = form_of(clinics, role, **ITEM_9, self_harm_disposition="not_cleared")
    assert [each["outcome"] for each in made(form) if each["kind"] == "assessment"] == ["not_cleared"]


@pytest.mark.parametrize("outcome", ["cleared", "continue_with_care"])
def test_a_nurse_who_sends_another_outcome_is_refused_with_who_may(clinics: Clinics, outcome: str) -> None:
    form = form_of(clinics, "nurse", **ITEM_9, self_harm_disposition=outcome)
    assert not form.is_valid()
    assert WHO_MAY in str(form.errors["self_harm_disposition"])


@pytest.mark.parametrize("role", ["prescriber", "nurse"])
def test_item_9_above_nought_cannot_be_left_without_what_was_done(clinics: Clinics, role: Role) -> None:
    say(clinics, POSITIVE)  # also not where a hold stands from earlier
    for at_hand in (NOW, DAY_AFTER):
        form = form_of(clinics, role, at_hand, **ITEM_9)
        assert "" not in offered(form)
        assert "cannot be left open" in str(form.errors["self_harm_disposition"])


def test_the_page_is_said_in_spanish_where_staff_read_spanish(clinics: Clinics) -> None:
    browser, address = clinics.signed_in("nurse"), f"/course/{clinics.patient}/visit/"
    sent = {"day": f"{datetime.now(UTC):%Y-%m-%d}", "mode": "in_person", **ITEM_9, "act": "check"}
    told = browser.post(address, sent, headers={"accept-language": "es"}).content.decode()
    assert "Se deriva ahora, a quien prescribe o a urgencias o atención en crisis" in told
    assert "Quien prescribe registra si el tratamiento puede continuar." in told


# -- a hold stands from earlier ---------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["prescriber", "nurse"])
def test_nothing_is_asked_where_nothing_stands(clinics: Clinics, role: Role) -> None:
    told = page(clinics, role)
    assert STANDS not in told
    assert 'name="self_harm_disposition"' not in told


@pytest.mark.parametrize("fact", [POSITIVE, ACUTE, REPORTED])
@pytest.mark.parametrize(("role", "outcomes"), [("prescriber", ALL_THREE), ("nurse", ["not_cleared"])])
def test_the_question_stands_on_the_page_while_the_hold_does(
    clinics: Clinics, role: Role, outcomes: list[str], fact: dict[str, Any]
) -> None:
    say(clinics, fact)
    told = page(clinics, role)
    assert STANDS in told
    assert re.findall(r'name="self_harm_disposition" type="radio" value="(\w*)"', told) == ["", *outcomes]
    assert (WHO_MAY in told) is (role == "nurse")
    assert (CRISIS in told) is (fact is ACUTE)  # an acutely positive ASQ is an emergency, PSY-7


@pytest.mark.parametrize("role", ["prescriber", "nurse"])
def test_it_may_be_left_and_then_makes_no_fact(clinics: Clinics, role: Role) -> None:
    say(clinics, POSITIVE)
    assert not [each for each in made(form_of(clinics, role)) if each["kind"] == "assessment"]


def test_what_is_chosen_is_the_assessment_of_the_day_of_the_visit(clinics: Clinics) -> None:
    say(clinics, POSITIVE)
    form = form_of(clinics, "prescriber", self_harm_disposition="continue_with_care")
    assert [each for each in made(form) if each["kind"] == "assessment"] == [
        {
            "kind": "assessment",
            "date": "2026-03-11",
            "what": "suicide_risk",
            "outcome": "continue_with_care",
            "by": "Dr. Osei",
        }
    ]


def test_a_later_screen_at_nought_ends_the_question_of_item_9(clinics: Clinics) -> None:
    say(clinics, POSITIVE)
    assert read(clinics).asks.self_harm_asks_for == "hold"
    nought = {**POSITIVE, "date": "2026-03-11", "items": [0] * 9, "score": 0}
    say(clinics, nought, at=DAY_AFTER)
    assert read(clinics).asks.self_harm_asks_for is None


@pytest.mark.parametrize("outcome", ["cleared", "continue_with_care"])
def test_what_a_nurse_handed_over_a_prescriber_clears_on_a_later_day_with_a_decision(
    clinics: Clinics, outcome: str
) -> None:
    say(clinics, POSITIVE, NOT_CLEARED)
    assert (finding(clinics, DAY_AFTER).answer, finding(clinics, DAY_AFTER).action) == ("not_met", "hold")
    decision = {f"decision_{RULE}": "continue", f"reason_{RULE}": "Seen, with a safety plan."}
    form = form_of(clinics, "prescriber", self_harm_disposition=outcome, **decision)
    say(clinics, *made(form), role="prescriber", at=DAY_AFTER)
    after = finding(clinics, DAY_AFTER)
    assert (after.answer, after.action) == ("met", "continue")
    assert read(clinics).asks.self_harm_asks_for is None


@pytest.mark.parametrize(("outcome", "decides"), [("cleared", False), ("", True), ("not_cleared", True)])
def test_neither_the_assessment_nor_the_decision_alone_clears_it(
    clinics: Clinics, outcome: str, decides: bool
) -> None:
    say(clinics, POSITIVE, NOT_CLEARED)
    decision = {f"decision_{RULE}": "continue", f"reason_{RULE}": "Seen."} if decides else {}
    form = form_of(clinics, "prescriber", self_harm_disposition=outcome, **decision)
    say(clinics, *made(form), role="prescriber", at=DAY_AFTER)
    assert finding(clinics, DAY_AFTER).action == "hold"
    assert read(clinics).asks.self_harm_asks_for == "hold"


def test_an_emergency_is_cleared_the_same_way(clinics: Clinics) -> None:
    say(clinics, ACUTE, NOT_CLEARED)
    assert read(clinics).asks.self_harm_asks_for == "emergency"
    decision = {f"decision_{RULE}": "continue", f"reason_{RULE}": "Seen in crisis care."}
    form = form_of(clinics, "prescriber", self_harm_disposition="continue_with_care", **decision)
    say(clinics, *made(form), role="prescriber", at=DAY_AFTER)
    assert finding(clinics, DAY_AFTER).action == "continue"


def test_on_the_day_it_did_not_clear_the_graver_counts_and_the_page_says_so_beforehand(
    clinics: Clinics,
) -> None:
    say(clinics, POSITIVE, NOT_CLEARED)
    decision = {f"decision_{RULE}": "continue", f"reason_{RULE}": "Seen."}
    form = form_of(clinics, "prescriber", NOW, self_harm_disposition="cleared", **decision)
    assert "Of two on one day the graver one counts" in str(form["self_harm_disposition"].help_text)
    say(clinics, *made(form), role="prescriber")
    assert finding(clinics, NOW).action == "hold"
    later = form_of(clinics, "prescriber")
    assert not later["self_harm_disposition"].help_text
