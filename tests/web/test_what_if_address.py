"""Is a what-if an address, which anybody of the clinic may open again, without script?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from tests.access.clinics import Clinics
from tests.access.conftest import clinics, template

__all__ = ["clinics", "template"]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Whatever language a request of another test left behind."""
    with translation.override("en"):
        yield


def day(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def address_of(clinics: Clinics) -> str:
    return f"/course/{clinics.patient}/plan/"


def test_boxes_left_empty_do_not_stand_in_the_address(clinics: Clinics):
    browser = clinics.signed_in("nurse")
    sent = {"test_on": "", "away_from_1": day(20), "away_until_1": day(25), "away_from_2": "", "act": "plan"}
    answer = browser.get(address_of(clinics), sent)
    assert answer.status_code == 302
    assert answer.headers["Location"] == (
        f"{address_of(clinics)}?away_from_1={day(20)}&away_until_1={day(25)}"
    )
    nothing = browser.get(address_of(clinics), {"test_on": "", "act": "plan"})
    assert nothing.headers["Location"] == address_of(clinics)


def test_an_address_with_two_absences_shows_both_again_and_room_for_one_more(clinics: Clinics):
    asked = {"away_from_1": day(20), "away_until_1": day(25), "away_from_2": day(50), "away_until_2": day(52)}
    page = clinics.signed_in("coordinator").get(address_of(clinics), asked).content.decode()
    assert "This supposes what you entered; nothing of it is recorded." in page
    for name, value in asked.items():
        box = re.search(rf'<input[^>]* name="{name}"[^>]*>', page)
        assert box is not None
        assert f'value="{value}"' in box.group()
    assert 'name="away_from_3"' in page
    assert 'name="away_from_4"' not in page


def test_a_mistake_in_an_address_is_told_beside_its_box_and_the_own_plan_is_shown(clinics: Clinics):
    answer = clinics.signed_in("nurse").get(address_of(clinics), {"away_from_1": day(20)})
    assert answer.status_code == 422
    assert "Give the first and the last day of the absence." in answer.content.decode()


def test_what_is_printed_supposes_the_same(clinics: Clinics):
    browser = clinics.signed_in("nurse")
    asked = {"away_from_1": day(0), "away_until_1": day(200), "act": "print-en"}
    assert (
        browser.get(address_of(clinics), asked).content
        != browser.get(address_of(clinics), {"act": "print-en"}).content
    )
