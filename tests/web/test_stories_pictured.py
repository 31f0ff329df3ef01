"""Which pages does the manual show that no other test draws? Each is also checked for access and width."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.browsing import NARROW, WIDE, Browsing, Scheme, assert_accessible, assert_fits, picture
from tests.web.clinic_pages import course_of, sign_in

LOOKS: list[tuple[int, Scheme]] = [(WIDE, "light"), (NARROW, "light"), (WIDE, "dark"), (NARROW, "dark")]
PAGES = {
    "first-page": "/",
    "enrolment": "COURSE/enrolment/",
    "outage": "COURSE/outage/",
}
"""The name of a picture, and the address; COURSE stands for a patient's own."""


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_each_page_around_a_course_is_accessible_and_fits(
    clinic: Browsing, tmp_path: Path, width: int, scheme: Scheme
) -> None:
    page = clinic.page(width=width, scheme=scheme)
    page.goto("/")
    assert_looks_right(page, f"first-page-{width}-{scheme}", tmp_path, scheme)
    sign_in(page)
    course = course_of(page, "Bea Untested").rstrip("/")
    for name, where in PAGES.items():
        page.goto(where.replace("COURSE", course))
        assert_looks_right(page, f"{name}-{width}-{scheme}", tmp_path, scheme)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_an_opened_line_is_accessible_and_fits(
    clinic: Browsing, tmp_path: Path, width: int, scheme: Scheme
) -> None:
    page = clinic.page(width=width, scheme=scheme)
    sign_in(page)
    page.locator("[data-opens]").first.click()
    expect(page.locator("[data-opened]")).to_be_visible()
    assert_looks_right(page, f"worklist-opened-{width}-{scheme}", tmp_path, scheme)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_what_is_to_be_signed_is_accessible_and_fits(
    clinic: Browsing, tmp_path: Path, width: int, scheme: Scheme
) -> None:
    page = clinic.page(width=width, scheme=scheme)
    sign_in(page)
    page.goto(course_of(page, "Bea Untested") + "visit/")
    page.get_by_label("Negative").check()
    page.get_by_label("Counselled today on the risks and the rules").check()
    page.get_by_label("Asked about all of these: none").check()
    page.get_by_label("Neither in the last two weeks: not at all").check()
    page.get_by_role("button", name="Check and sign").click()
    expect(page.get_by_role("heading", level=1, name="Check and sign")).to_be_visible()
    assert_looks_right(page, f"visit-check-{width}-{scheme}", tmp_path, scheme)


def assert_looks_right(page: Page, name: str, folder: Path, scheme: Scheme) -> None:
    assert_accessible(page)
    assert_fits(page)
    picture(page, name, folder, scheme == "light")
