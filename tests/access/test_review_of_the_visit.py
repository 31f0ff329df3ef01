"""What that is told or pressed at a visit could be lost, recorded twice, or meant about something else?"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from isovigil.storage.models import Draft, Entry
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.judging import judging_of
from isovigil.usecases.record.patient_case import on_record
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.symptom_words import symptom_words
from isovigil.usecases.record.visit_read import read_visit
from isovigil.usecases.visit.answers import FORM, facts_of
from isovigil.web.asked import AskedIn
from isovigil.web.visit.forms import VisitForm
from tests.access.clinics import Clinics


def visit_form(clinics: Clinics, **typed: str) -> VisitForm:
    """The form of the second patient's visit with these answers."""
    read = read_visit(clinics.acting("prescriber"), clinics.patient)
    data = {"day": "2026-03-10", "mode": "in_person", "test_setting": "clinic", **typed}
    words = symptom_words(read.course.judging, read.asks.today)
    return VisitForm(read.asks, words, data, may_prescribe=True, asked_in=AskedIn("en"))


def kinds_on_record(clinics: Clinics) -> list[str]:
    with reading(clinics.clinic):
        known = on_record(clinics.clinic, clinics.patient, judging_of(clinics.clinic))
    return [each.fact.kind for each in known.facts]


def say(clinics: Clinics, fact: dict[str, Any], **more: Any) -> None:
    record_facts(clinics.acting("prescriber"), clinics.patient, [fact], request=str(fact), **more)


def checked(browser: Client, address: str, **typed: str) -> dict[str, str]:
    """The hidden fields of the page to sign, after these answers were sent from the form."""
    today = datetime.now(UTC).date() - timedelta(days=1)
    data = {"day": today.isoformat(), "mode": "in_person", "test_setting": "clinic", **typed, "act": "check"}
    answer = browser.post(address, data)
    assert answer.status_code == 200, answer.content.decode()
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.content.decode())
    return {name: value for name, value in fields if name not in {"csrfmiddlewaretoken", "language", "next"}}


@pytest.mark.parametrize("with_item", ["1", "2", "5"])
def test_item_9_beside_one_other_item_is_not_taken_for_two_answers_of_phq_2(clinics: Clinics, with_item: str):
    typed = {f"phq_{with_item}": "1", "phq_9": "2", "self_harm_disposition": "cleared"}
    form = visit_form(clinics, **typed)
    assert not form.is_valid()
    assert [name for name in form.errors if name.startswith("phq_")]


def test_the_two_questions_alone_and_all_nine_are_whole(clinics: Clinics):
    assert visit_form(clinics, phq_1="0", phq_2="1").is_valid()
    assert visit_form(clinics, **{f"phq_{number}": "0" for number in range(1, 10)}).is_valid()


def test_neither_beside_an_answer_that_says_more_is_refused(clinics: Clinics):
    form = visit_form(clinics, phq2_none="on", phq_1="3", phq_2="3")
    assert not form.is_valid()
    assert "phq2_none" in form.errors


def test_the_advice_tells_of_item_9_before_the_others_are_answered(clinics: Clinics):
    browser = clinics.signed_in("prescriber")
    data = {"day": "2026-03-10", "mode": "in_person", "test_setting": "clinic", "phq_9": "1", "act": "advice"}
    answer = browser.post(f"/course/{clinics.patient}/visit/", data, headers={"HX-Request": "true"})
    assert "Do not leave the patient alone" in answer.content.decode()
    assert "PHQ-9" in answer.content.decode()


def test_no_symptoms_does_not_say_that_self_harm_is_over_which_was_not_asked(clinics: Clinics):
    for code in ("AE01", "AE12"):
        say(clinics, {"kind": "symptom", "date": "2026-03-09", "code": code, "severity": "moderate"})
    form = visit_form(clinics, has_no_symptoms="on")
    assert form.is_valid(), form.errors
    facts = facts_of(form.answers(), form.asks, "Dr. A")
    over = {fact["code"]: fact["severity"] for fact in facts if fact["kind"] == "symptom"}
    assert over == {"AE01": "none"}


def test_a_decision_stays_with_the_finding_it_was_made_about(clinics: Clinics):
    """Another finding that comes before it in the list must not take the decision over."""
    drawn = {"kind": "laboratory", "taken_on": "2026-03-09", "unit": "mg/dL", "upper_limit": 150}
    say(clinics, {**drawn, "analyte": "triglycerides", "value": 900, "fasting": True})
    before = visit_form(clinics)
    (about,) = [one.rule for one in before.asks.to_decide if "triglycerides" in one.says.lower()]
    assert f"decision_{about}" in before.fields
    assert f"reason_{about}" in before.fields


def test_a_visit_sent_twice_is_recorded_once_and_leaves_no_draft(clinics: Clinics):
    """A double press, or the back button: the second one finds other suggestions and has to be the same."""
    say(clinics, {"kind": "symptom", "date": "2026-03-09", "code": "AE01", "severity": "mild"})
    browser, address = clinics.signed_in("prescriber"), f"/course/{clinics.patient}/visit/"
    hidden = checked(browser, address, has_no_symptoms="on", is_unchanged="on")
    answers = [browser.post(address, {**hidden, "act": "sign"}) for _ in range(2)]
    assert [answer.headers.get("Location") for answer in answers] == [f"/course/{clinics.patient}/"] * 2
    assert kinds_on_record(clinics).count("visit") == 2, "the first visit, and this one"
    with reading(clinics.clinic):
        assert not Draft.objects.filter(patient=clinics.patient, form=FORM).exists()


@pytest.mark.parametrize("gone", ["expected", "request"])
def test_nothing_is_signed_that_was_not_checked(clinics: Clinics, gone: str):
    browser, address = clinics.signed_in("prescriber"), f"/course/{clinics.patient}/visit/"
    hidden = checked(browser, address)
    del hidden[gone]
    with reading(clinics.clinic):
        before = Entry.objects.count()
    answer = browser.post(address, {**hidden, "act": "sign"})
    assert answer.status_code == 200
    assert "Check and sign" in answer.content.decode()
    with reading(clinics.clinic):
        assert Entry.objects.count() == before


def test_a_draft_says_of_which_day_it_is(clinics: Clinics):
    browser, address = clinics.signed_in("prescriber"), f"/course/{clinics.patient}/visit/"
    browser.post(address, {"day": "2026-03-10", "mode": "in_person", "act": "draft"})
    with reading(clinics.clinic):
        kept = Draft.objects.get(patient=clinics.patient, form=FORM)
    Draft.objects.filter(id=kept.id).update(saved_at=datetime(2026, 3, 10, 15, 30, tzinfo=UTC))
    page = browser.get(address).content.decode()
    assert re.search(r"Draft of\s+10 March 2026, 11:30 EDT", page)
    assert "This draft is of another day" in page


def test_a_mark_left_from_one_result_confirms_no_other_value_and_no_other_unit(clinics: Clinics):
    """Triglycerides of 1.5 mg/dL are hardly ever seen, 1.5 mmol/L are; of 100 it is the other way round."""
    typed = {"value_triglycerides": "1.5", "unit_triglycerides": "mg/dL", "sure_triglycerides": "on"}
    asked_about = {"asked_about_triglycerides": "1.5 mg/dL"}
    assert visit_form(clinics, **typed, **asked_about).is_valid()
    assert "value_triglycerides" in visit_form(clinics, **typed).errors
    left = visit_form(clinics, **{**typed, "value_triglycerides": "2.5"}, **asked_about)
    assert "value_triglycerides" in left.errors
    assert not left["sure_triglycerides"].value(), "the mark is taken off, to be set for this one"
    other = {"value_triglycerides": "100", "unit_triglycerides": "mmol/L", "sure_triglycerides": "on"}
    assert visit_form(clinics, **other, asked_about_triglycerides="100 mmol/L").is_valid()
    assert "value_triglycerides" in visit_form(
        clinics, **other, asked_about_triglycerides="100 mg/dL"
    ).errors  # fmt: skip


def test_the_page_says_which_value_and_unit_it_asked_about(clinics: Clinics):
    browser, address = clinics.signed_in("prescriber"), f"/course/{clinics.patient}/visit/"
    yesterday = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
    sent = {"day": yesterday, "mode": "in_person", "test_setting": "clinic", "act": "check"}
    sent |= {"value_triglycerides": "1.5", "unit_triglycerides": "mg/dL"}
    asked = browser.post(address, sent)
    assert asked.status_code == 422
    assert 'name="asked_about_triglycerides" value="1.5 mg/dL"' in asked.content.decode()
    sent |= {"sure_triglycerides": "on", "asked_about_triglycerides": "1.5 mg/dL"}
    assert browser.post(address, sent).status_code == 200
