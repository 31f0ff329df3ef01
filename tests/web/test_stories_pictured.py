"""Which pages does the manual show that no other test draws? Each is also checked for access and width."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.web.browsing import Browsing, Looking
from tests.web.clinic_pages import course_of, sign_in

PAGES = {
    "first-page": "/",
    "enrolment": "COURSE/enrolment/",
    "outage": "COURSE/outage/",
}
"""The name of a picture, and the address; COURSE stands for a patient's own."""


def test_each_page_around_a_course_is_accessible_and_fits(clinic: Browsing, look: Looking) -> None:
    page = look.page(clinic)
    page.goto("/")
    look.assert_right(page, "first-page")
    sign_in(page)
    course = course_of(page, "Bea Untested").rstrip("/")
    for name, where in PAGES.items():
        page.goto(where.replace("COURSE", course))
        look.assert_right(page, name)


def test_an_opened_line_is_accessible_and_fits(clinic: Browsing, look: Looking) -> None:
    page = look.page(clinic)
    sign_in(page)
    page.locator("[data-opens]").first.click()
    expect(page.locator("[data-opened]")).to_be_visible()
    look.assert_right(page, "worklist-opened")


def test_what_is_to_be_signed_is_accessible_and_fits(clinic: Browsing, look: Looking) -> None:
    page = look.page(clinic)
    sign_in(page)
    page.goto(course_of(page, "Bea Untested") + "visit/")
    page.get_by_label("Negative").check()
    page.get_by_label("Counselled today on the risks and the rules").check()
    page.get_by_label("Asked about all of these: none").check()
    page.get_by_label("Neither in the last two weeks: not at all").check()
    page.get_by_role("button", name="Check and sign").click()
    expect(page.get_by_role("heading", level=1, name="Check and sign")).to_be_visible()
    look.assert_right(page, "visit-check")
