"""Are the pages on which allauth lets people in accessible, do they fit, and how do they look?"""

from __future__ import annotations

import quopri
import re

from playwright.sync_api import Page, expect

from tests.web.browsing import Browsing, Looking
from tests.web.own_account import come_in_with_an_app, invited, send, with_a_passkey_device
from tests.web.serving import Server

ANOTHER = "quite another sentence to remember"


def at(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def link_mailed_to(server: Server, email: str) -> str:
    """The path of the link in the last email to an address. A demo keeps its emails as files."""
    written = sorted((server.home / "letters").iterdir(), key=lambda file: file.stat().st_mtime_ns)
    mails = [quopri.decodestring(file.read_bytes()).decode() for file in written]
    last = [mail for mail in mails if f"To: {email}" in mail][-1]
    found = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", last)
    assert found is not None
    return found.group(1)


def test_a_forgotten_password_is_replaced(people: Browsing, small_clinic: Server, look: Looking) -> None:
    email = f"forgot-{look.width}-{look.scheme}@nurse.example"
    come_in_with_an_app(people.page(), invited(people, email))
    page = look.page(people)
    page.goto("/account/login/")
    page.get_by_role("link", name="I forgot my password").click()
    at(page, "A forgotten password")
    send(page, "Send the email")
    expect(page.locator("[data-error-summary]")).to_be_visible()
    look.assert_right(page, "forgotten-password-mistakes")
    page.get_by_label("Email address").fill(email)
    send(page, "Send the email")
    at(page, "Look into your mailbox")
    look.assert_right(page, "forgotten-password-sent")
    link = link_mailed_to(small_clinic, email)
    page.goto(link)
    at(page, "Choose a new password")
    look.assert_right(page, "new-password")
    page.get_by_label("The new password").fill("too short")
    send(page, "Change the password")
    expect(page.locator("[data-error-summary]")).to_be_visible()
    look.assert_right(page, "new-password-mistakes")
    page.get_by_label("The new password").fill(ANOTHER)
    send(page, "Change the password")
    at(page, "Sign in with the new password")
    look.assert_right(page, "new-password-set")
    with page.expect_navigation():
        page.get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(ANOTHER)
    send(page, "Sign in")
    at(page, "The second step")
    look.assert_right(page, "second-step")
    page.get_by_label("Code").fill("0")
    send(page, "Sign in")
    expect(page.locator("[data-error-summary]")).to_be_visible()
    look.assert_right(page, "second-step-mistakes")
    guest = look.page(people)
    guest.goto(link)
    at(guest, "This link works no longer")
    look.assert_right(guest, "new-password-too-late")


def test_the_pages_of_ones_own_account(people: Browsing, look: Looking) -> None:
    page = look.page(people)
    with_a_passkey_device(page)
    come_in_with_an_app(page, invited(people, f"account-{look.width}-{look.scheme}@nurse.example"))
    at(page, "Recovery codes")
    look.assert_right(page, "recovery-codes")
    page.get_by_role("link", name="Draw new ones").click()
    at(page, "Draw new recovery codes?")
    look.assert_right(page, "recovery-codes-again")
    page.goto("/account/2fa/totp/deactivate/")
    at(page, "Take the app away?")
    look.assert_right(page, "app-taken-away")
    send(page, "Take the app away")
    expect(page.locator("[data-error-summary]")).to_be_visible()  # it is the last factor
    page.goto("/account/2fa/webauthn/add/")
    with page.expect_navigation(url=re.compile("/account/2fa/$")):
        page.locator("#mfa_webauthn_add").click()
    expect(page.locator(".banner--success")).to_contain_text("The passkey is added.")
    page.get_by_role("link", name="Your passkeys").click()
    look.assert_right(page, "passkeys")
    page.get_by_role("link", name="Rename").click()
    at(page, "Rename a passkey")
    look.assert_right(page, "passkey-renamed")
    page.goto("/account/password/change/")
    at(page, "Change the password")
    send(page, "Change the password")
    expect(page.locator("[data-error-summary]")).to_be_visible()
    look.assert_right(page, "password-mistakes")
    page.goto("/account/logout/")
    at(page, "Sign out")
    look.assert_right(page, "sign-out")
    for where, name in {
        "/account/reauthenticate/": "confirm-by-password",
        "/account/2fa/reauthenticate/": "confirm-by-code",
        "/account/2fa/webauthn/reauthenticate/": "confirm-by-passkey",
    }.items():
        page.goto(where)
        at(page, "Confirm who you are")
        look.assert_right(page, name)
    with page.expect_navigation(url=re.compile("/worklist/")):
        page.get_by_role("button", name="Confirm with a passkey").click()
