"""How does somebody come in who was invited: with a password and an app, or with a passkey?"""

from __future__ import annotations

import base64
import hmac
import struct

from playwright.sync_api import Page

from tests.web.browsing import Browsing
from tests.web.clinic_pages import sign_in

PASSWORD = "a sentence nobody else would say"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def invited(people: Browsing, email: str) -> str:
    """The code of an invitation that the administrator just made."""
    page = people.page()
    sign_in(page, "administrator")
    page.goto("/people/invite/")
    page.get_by_label("Name").fill("Newman Nurse")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("nurse").check()
    page.get_by_role("button", name="Invite").click()
    return page.locator("#invitation-code").inner_text()


def with_a_passkey_device(page: Page) -> None:
    """A device that holds passkeys and unlocks by itself."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def code_of(secret: str, page: Page) -> str:
    """The six digits that an app shows now (RFC 6238: HMAC-SHA-1 of the number of half minutes)."""
    half_minutes = page.evaluate("Math.floor(Date.now() / 30000)")
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", half_minutes), "sha1")
    (number,) = struct.unpack(">I", digest[digest[-1] & 15 :][:4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"


def send(page: Page, button: str) -> None:
    """Press a button and wait for the answer, which may have the same address."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def come_in_with_an_app(page: Page, code: str) -> None:
    """Accept an invitation, with a password and an app's codes; then the recovery codes are on the screen."""
    page.goto("/account/invitation/")
    page.get_by_label("The code of your invitation").fill(code)
    send(page, "Continue")
    page.get_by_label("Choose a password").fill(PASSWORD)
    send(page, "Continue")
    with page.expect_navigation():
        page.get_by_role("link", name="Set up codes from an app").click()
    secret = page.locator("#authenticator_secret").input_value()
    page.get_by_label("The six digits").fill(code_of(secret, page))
    send(page, "Continue")
