"""Does a nurse hand thoughts of self-harm over, and can a prescriber record a later assessment?"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.web.browsing import Browsing, Looking
from tests.web.clinic_pages import a_name, register, sign_in

STANDS = "#self-harm-stands"
RULE = "mental_health.self_harm_risk"


def handed_over_yesterday(page: Page) -> str:
    """A patient whose item 9 a nurse recorded for yesterday, and handed over; the address of the course."""
    sign_in(page, "nurse")
    register(page, *a_name())
    found = re.search(r"/course/[0-9a-f-]{36}/", page.url)
    assert found is not None
    page.goto(found.group() + "visit/")
    page.fill("#id_day", f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}")
    page.locator("summary", has_text="Answer one by one").click()
    for number in range(1, 10):
        page.locator(f"input[name=phq_{number}][value='{1 if number == 9 else 0}']").check()
    page.get_by_role("button", name="Check and record").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("Say what was done at once")
    expect(page.get_by_text("The prescriber records whether treatment may go on.")).to_be_visible()
    assert page.locator("input[name=self_harm_disposition]").count() == 1
    page.get_by_label("Handed over now, to the prescriber or to emergency or crisis care").check()
    page.get_by_role("button", name="Check and record").click()
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_text("Recorded. A prescriber decides and signs.")).to_be_visible()
    return found.group()


def test_what_a_nurse_handed_over_a_prescriber_clears_at_a_later_visit(clinic: Browsing) -> None:
    page = clinic.page()
    address = handed_over_yesterday(page)
    page.goto(address + "visit/")
    expect(page.locator(STANDS)).to_contain_text("The prescriber records whether treatment may go on.")
    assert page.get_by_label("Assessed now").count() == 0
    sign_in(page)
    page.goto(address + "visit/")
    expect(page.locator(STANDS)).to_contain_text("stand in the way of treatment")
    expect(page.get_by_label("Not assessed at this visit")).to_be_checked()
    page.get_by_label("Assessed now: goes on with a safety plan and follow-up").check()
    page.select_option(f"[name='decision_{RULE}']", "continue")
    page.fill(f"[name='reason_{RULE}']", "Seen today; a safety plan is agreed.")
    page.get_by_role("button", name="Check and sign").click()
    expect(page.get_by_text("what: suicide risk; outcome: continue with care")).to_be_visible()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("The visit is signed.")).to_be_visible()
    page.goto(address + "visit/")
    expect(page.get_by_role("heading", level=2, name="Mood")).to_be_visible()
    expect(page.locator(STANDS)).to_have_count(0)


def test_the_question_and_a_doubted_weight_are_accessible_and_fit(clinic: Browsing, look: Looking) -> None:
    page = look.page(clinic)
    address = handed_over_yesterday(page)
    page.goto(address + "visit/")
    look.assert_right(page, "visit-handed-over-nurse")
    sign_in(page)
    page.goto(address + "visit/")
    look.assert_right(page, "visit-handed-over-prescriber")
    page.get_by_text("Something changed").click()
    page.fill("#id_weight_kg", "68")
    page.get_by_role("button", name="Check and sign").click()
    page.get_by_role("button", name="Sign", exact=True).click()
    page.goto(address + "visit/")
    page.get_by_text("Something changed").click()
    page.fill("#id_weight_kg", "150")
    page.get_by_role("button", name="Check and sign").click()
    # 150 x 0.45359237 = 68.04 kg
    expect(page.locator("[data-error-summary]")).to_contain_text("150 lb would be 68.0 kg")
    look.assert_right(page, "visit-weight-doubted")
    page.get_by_label("The weight is right, and in kg").check()
    page.get_by_role("button", name="Check and sign").click()
    expect(page.get_by_role("heading", level=1, name="Check and sign")).to_be_visible()
