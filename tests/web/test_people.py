"""Can people be let in, sign in with a passkey, and let go, from the pages, and can everybody read those?"""

from __future__ import annotations

import re

from tests.access.asvs import covers
from tests.web.browsing import Browsing, Looking
from tests.web.clinic_pages import sign_in
from tests.web.own_account import PASSWORD, invited, with_a_passkey_device


@covers("6.3.3", "6.4.1", "7.4.1")
def test_an_invited_nurse_sets_up_a_passkey_sees_the_worklist_and_signs_in_with_it_again(people: Browsing):
    code = invited(people, "passkey@nurse.example")
    page = people.page()
    with_a_passkey_device(page)
    page.goto("/account/invitation/")
    page.get_by_label("The code of your invitation").fill(code)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    with page.expect_navigation():  # whole: the script that asks for the passkey has to be there
        page.get_by_role("link", name="Set up a passkey").or_(
            page.get_by_role("button", name="Set up a passkey")
        ).click()
    with page.expect_navigation(url=re.compile("recovery-codes")):
        page.locator("#mfa_webauthn_add").click()
    page.goto("/worklist/")
    assert page.get_by_role("heading", level=1).inner_text() != ""
    assert page.url.endswith("/worklist/")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    page.goto("/worklist/")
    assert page.url.partition("localhost")[2].partition("/")[2].startswith("?next=")
    page.goto("/account/login/")
    with page.expect_navigation(url=re.compile("/worklist/")):
        page.locator("#passkey_login").click()
    assert page.url.endswith("/worklist/")


@covers("7.4.2", "7.4.5")
def test_a_leaver_is_out_at_their_next_click(people: Browsing):
    leaver, administrator = people.page(), people.page()
    sign_in(leaver, "coordinator")
    sign_in(administrator, "administrator")
    administrator.goto("/people/")
    administrator.get_by_role("link", name="June Park").click()
    administrator.get_by_label("Reason").fill("moved away")
    with administrator.expect_navigation():
        administrator.get_by_role("button", name="End this role now").click()
    assert "The role has ended" in administrator.inner_text("main")
    leaver.goto("/worklist/")
    assert "next=" in leaver.url


def test_pages_about_people_can_be_read_by_everybody(people: Browsing, look: Looking):
    page = look.page(people)
    sign_in(page, "prescriber")
    for group in ("", "?group=nothing"):  # so that there is something to read about who looked
        page.goto(f"/worklist/{group}")
        for course in page.eval_on_selector_all(".worklist-line__name", "all => all.map(one => one.href)"):
            page.goto(course)
    page.context.clear_cookies()
    for role, pages in {
        "": {
            "front": "/",
            "sign-in": "/account/login/",
            "invitation": "/account/invitation/",
            "forgotten-password": "/account/password/reset/",
        },
        "administrator": {
            "people": "/people/",
            "invite": "/people/invite/",
            "log": "/log/",
            "sessions": "/account/sessions/",
            "factors": "/account/2fa/",
        },
        "prescriber": {"judged-by": "/judged-by/", "confirm": "/confirm/"},
        "auditor": {"looks": "/log/looks/"},
        "patient": {"own-record": "/my-record/"},
    }.items():
        if role:
            sign_in(page, role)
        for name, where in pages.items():
            page.goto(where)
            look.assert_right(page, name)
