"""Does the tabulator reach everything on every page, in order, seen, and without a trap?"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.web.browsing import NARROW, WIDE, Browsing, assert_accessible, assert_fits
from tests.web.clinic_pages import TASKS_OF_ENROLMENT, course_of, sign_in
from tests.web.keyboard import Keys, assert_skip_link_works, assert_walks, stops_of

AROUND_A_COURSE = ("", "facts/", "visit/", "plan/", "outage/", "enrolment/")
OF_THE_CLINIC = (
    "/worklist/",
    "/worklist/day-sheet/",
    "/patients/",
    "/patients/new/",
    "/judged-by/",
    "/confirm/",
)
BEFORE_SIGNING_IN = ("/", "/windows/", "/account/login/", "/account/invitation/", "/account/password/reset/")
OF_OTHERS = {
    "administrator": ("/people/", "/people/invite/", "/log/", "/account/sessions/", "/account/2fa/"),
    "auditor": ("/log/", "/log/looks/"),
    "patient": ("/my-record/",),
}


def assert_walks_opened(page: Page, where: str) -> None:
    """With everything open that opens in place."""
    page.goto(where)
    assert_skip_link_works(page)
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    assert_walks(page)


def test_every_page_before_signing_in_is_walked(clinic: Browsing) -> None:
    page = clinic.page()
    for where in BEFORE_SIGNING_IN:
        assert_walks_opened(page, where)


def test_every_page_of_a_course_is_walked(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    course = course_of(page, "Bea Untested")
    for where in (*(course + part for part in AROUND_A_COURSE), *OF_THE_CLINIC):
        assert_walks_opened(page, where)


def test_every_task_of_enrolment_is_walked(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    course = course_of(page, "Bea Untested")
    for task in TASKS_OF_ENROLMENT:
        assert_walks_opened(page, f"{course}enrolment/{task}/")


@pytest.mark.parametrize("role", list(OF_OTHERS))
def test_every_page_of_the_others_is_walked(clinic: Browsing, role: str) -> None:
    page = clinic.page()
    sign_in(page, role)
    for where in OF_OTHERS[role]:
        assert_walks_opened(page, where)


@pytest.mark.parametrize("language", ["en", "es"])
def test_on_a_narrow_screen_a_menu_holds_everything_beside_the_name(clinic: Browsing, language: str) -> None:
    page = clinic.page(width=NARROW, language=language)
    sign_in(page)
    header = page.locator("header").bounding_box()
    notice = page.locator(".demo-notice").bounding_box()
    assert header is not None
    assert notice is not None
    assert header["height"] - notice["height"] <= 64  # a row of 52 px, and the header's own borders
    closed = len(stops_of(page))
    keys = Keys(page)
    menu = page.locator(".site-menu summary")
    assert menu.inner_text() == {"en": "Menu", "es": "Menú"}[language]
    keys.to(menu)
    keys.press("Enter")
    expect(page.locator(".site-menu nav")).to_be_visible()
    assert len(stops_of(page)) == closed + 7  # four places, the other language, the account, the way out
    assert_accessible(page)
    assert_fits(page)
    assert_walks(page)
    keys.back_to(menu)
    keys.press("Space")
    expect(page.locator(".site-menu nav")).to_be_hidden()
    keys.press("Enter")
    keys.follow(page.locator(".site-menu a[href='/patients/']"))
    expect(page).to_have_url(f"{clinic.address}/patients/")


def test_the_menu_opens_without_script(clinic: Browsing) -> None:
    page = clinic.page(width=NARROW, script=False)
    sign_in(page, "nurse")
    page.locator(".site-menu summary").click()
    page.locator(".site-menu").get_by_role("link", name="Patients").click()
    expect(page.get_by_role("heading", level=1, name="Patients")).to_be_visible()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_on_paper_there_is_no_way_to_go(clinic: Browsing, width: int) -> None:
    page = clinic.page(width=width)
    sign_in(page, "nurse")
    page.emulate_media(media="print")
    for hidden in (".site-menu", ".site-nav >> nth=0", ".site-header__wide .site-header__person"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".site-header__wide .site-header__clinic")).to_be_visible()
