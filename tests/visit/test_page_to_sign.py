"""Does the page to sign carry what it showed, and is it shown anew where that changed? Without script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from isovigil.storage.models import Entry
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.judging import adopt
from isovigil.usecases.record.record_facts import record_facts
from tests.access.clinics import Clinics

ANSWERS = {
    "mode": "in_person",
    "has_no_symptoms": "on",
    "value_ldl": "98",
    "unit_ldl": "mg/dL",
}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Whatever language a request of another test left behind; and none is left behind here."""
    with translation.override("en"):
        yield


def answers() -> dict[str, str]:
    return {"day": f"{datetime.now(UTC):%Y-%m-%d}", **ANSWERS}


def hidden(page: str) -> dict[str, str]:
    """What the form of a page would send, but for its token."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def opened(clinics: Clinics, **headers: str) -> tuple[Client, str, dict[str, str]]:
    """A prescriber who stands on the page to sign: the browser, the address, and what the page would send."""
    browser = clinics.signed_in("prescriber")
    browser.defaults.update(headers)
    address = f"/course/{clinics.patient}/visit/"
    page = browser.post(address, {**answers(), "act": "check"})
    assert page.status_code == 200
    return browser, address, hidden(page.content.decode())


def pressed(browser: Client, address: str, sent: dict[str, str]) -> Any:
    return browser.post(address, {**sent, "act": "sign"})


def entries(clinics: Clinics) -> int:
    with reading(clinics.clinic):
        return Entry.objects.filter(clinic=clinics.clinic).count()


def test_what_is_unchanged_is_signed(clinics: Clinics):
    browser, address, sent = opened(clinics)
    assert re.fullmatch("[0-9a-f]{64}", sent["shown"])
    before = entries(clinics)
    assert pressed(browser, address, sent).status_code == 302
    assert entries(clinics) > before


def test_a_page_whose_advice_changed_is_shown_again_with_what_changed_and_can_then_be_signed(
    clinics: Clinics,
):
    browser, address, sent = opened(clinics)
    adopt(clinics.acting("prescriber", datetime.now(UTC)), "us_ipledge", "us_label_legacy")
    before = entries(clinics)
    again = pressed(browser, address, sent)
    assert again.status_code == 409
    page = again.content.decode()
    assert "Nothing was signed" in page
    assert "Said now:" in page or "Said no longer:" in page
    assert entries(clinics) == before
    sent_anew = hidden(page)
    assert sent_anew["shown"] != sent["shown"]
    assert pressed(browser, address, sent_anew).status_code == 302


def test_a_page_beside_which_something_was_recorded_is_shown_again(clinics: Clinics):
    browser, address, sent = opened(clinics)
    nurse = clinics.acting("nurse", datetime.now(UTC))
    record_facts(nurse, clinics.patient, [{"kind": "height", "date": "2026-03-10", "cm": 179}], request="x")
    again = pressed(browser, address, sent)
    assert again.status_code == 409
    assert "Nothing was signed" in again.content.decode()
    assert pressed(browser, address, hidden(again.content.decode())).status_code == 302


def test_a_tampered_hash_is_refused_and_the_page_says_that_it_cannot_tell_what_was_shown(clinics: Clinics):
    browser, address, sent = opened(clinics)
    before = entries(clinics)
    for tampered in ("0" * 64, "", "ñ"):
        again = pressed(browser, address, {**sent, "shown": tampered})
        assert again.status_code == 409
        assert "cannot be told from what it sent" in again.content.decode()
    assert entries(clinics) == before


def test_an_answer_changed_on_the_way_is_refused_and_told(clinics: Clinics):
    browser, address, sent = opened(clinics)
    before = entries(clinics)
    again = pressed(browser, address, {**sent, "value_ldl": "99"})
    assert again.status_code == 409
    told = again.content.decode().split("Read all of it again")[0]
    assert "value: 98" in told
    assert "value: 99" in told
    assert entries(clinics) == before


def test_a_statement_changed_on_the_way_is_not_believed(clinics: Clinics):
    browser, address, sent = opened(clinics)
    forged = sent["shown_statement"].replace("value: 98", "value: 12")
    again = pressed(browser, address, {**sent, "shown_statement": forged, "value_ldl": "99"})
    assert again.status_code == 409
    assert "value: 12" not in again.content.decode()


def test_another_language_at_the_moment_of_signing_is_refused(clinics: Clinics):
    browser, address, sent = opened(clinics)
    before = entries(clinics)
    again = browser.post(address, {**sent, "act": "sign"}, headers={"accept-language": "es"})
    assert again.status_code == 409
    assert entries(clinics) == before


def test_what_was_shown_stands_beside_the_signature_on_the_page_of_the_record(clinics: Clinics):
    browser, address, sent = opened(clinics)
    assert pressed(browser, address, sent).status_code == 302
    page = browser.get(f"/course/{clinics.patient}/facts/").content.decode()
    assert "What was shown, word for word" in page
    assert sent["shown"] in page
