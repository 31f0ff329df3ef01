"""Can people be let in, sign in, look after accounts and read the log without a mouse?"""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.web.browsing import Browsing
from tests.web.keyboard import Keys, assert_walks
from tests.web.own_account import PASSWORD, code_of


def signed_in(people: Browsing, role: str) -> Keys:
    page = people.page()
    page.goto("/")
    keys = Keys(page)
    keys.follow(page.locator(f"button[name=role][value={role}]"))
    return keys


def at(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()


def invited(people: Browsing, email: str) -> str:
    """The code of an invitation that an administrator made, without a mouse."""
    keys = signed_in(people, "administrator")
    page = keys.page
    page.goto("/people/")
    keys.follow(page.get_by_role("link", name="Invite somebody"))
    keys.follow(page.get_by_role("button", name="Invite"))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    keys.write(page.get_by_label("Name"), "Kay Board")
    keys.write(page.get_by_label("Email address"), email)
    keys.choose(page.locator("input[name=role]"), page.get_by_label("nurse"))
    keys.follow(page.get_by_role("button", name="Invite"))
    at(page, "The invitation of Kay Board")
    return page.locator("#invitation-code").inner_text()


def test_a_nurse_sets_up_password_and_app_and_signs_in_in_two_steps(people: Browsing) -> None:
    code = invited(people, "kay@board.example")
    page = people.page()
    page.goto("/account/invitation/")
    keys = Keys(page)
    keys.write(page.get_by_label("The code of your invitation"), code)
    keys.go()
    keys.write(page.get_by_label("Choose a password"), "short")
    keys.go()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    keys.write(page.get_by_label("Choose a password"), PASSWORD)
    keys.go()
    at(page, "A second factor comes first")
    keys.follow(page.get_by_role("link", name="Set up codes from an app"))
    assert_walks(page)
    keys.write(page.locator("#id_code"), code_of(page.locator("#authenticator_secret").input_value(), page))
    keys.go()
    page.goto("/account/2fa/recovery-codes/")
    spare = re.findall(r"\b[0-9a-f]{8,}\b", page.locator("main").inner_text() + _values(page))
    assert spare, "no recovery code is shown"
    keys.follow(page.get_by_role("link", name="Back to my page"))
    at(page, "Worklist")
    keys.follow(page.get_by_role("button", name="Sign out"))
    page.goto("/account/login/")
    keys.write(page.locator("#id_login"), "kay@board.example")
    keys.write(page.locator("#id_password"), "another one")
    keys.go()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    keys.write(page.locator("#id_login"), "kay@board.example")
    keys.write(page.locator("#id_password"), PASSWORD)
    keys.go()
    assert "/2fa/authenticate/" in page.url
    assert_walks(page)
    keys.write(page.locator("#id_code"), spare[0])
    keys.go()
    at(page, "Worklist")


def _values(page: Page) -> str:
    return " " + " ".join(
        page.eval_on_selector_all("main textarea, main input", "all => all.map(one => one.value)")
    )


def test_an_invitation_is_withdrawn_and_a_role_ended(people: Browsing) -> None:
    invited(people, "withdrawn@board.example")
    keys = signed_in(people, "administrator")
    page = keys.page
    page.goto("/people/")
    assert_walks(page)
    one = page.locator("main li", has_text="withdrawn@board.example")
    keys.follow(one.get_by_role("button", name="Withdraw"))
    expect(one).to_have_count(0)
    keys.follow(page.get_by_role("link", name="June Park"))
    assert_walks(page)
    keys.follow(page.get_by_role("button", name="End this role now"))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    keys.write(page.get_by_label("Reason"), "moved away")
    keys.go()
    expect(page.locator("main")).to_contain_text("The role has ended")


def test_an_administrator_gives_a_new_way_in(people: Browsing) -> None:
    keys = signed_in(people, "administrator")
    page = keys.page
    page.goto("/people/")
    keys.follow(page.get_by_role("link", name="Tomás Rivera"))
    keys.follow(page.get_by_role("link", name="Give them a new way in"))
    at(page, "A new way in for Nurse Tomás Rivera")
    assert_walks(page)


def test_the_log_is_read_and_its_heads_are_taken_away(people: Browsing, tmp_path: Path) -> None:
    keys = signed_in(people, "auditor")
    page = keys.page
    keys.follow(page.locator(".site-header__wide").get_by_role("link", name="Log", exact=True))
    at(page, "The log")
    for name, kind in (("Download the heads", ".jsonl"), ("Download the public key", ".pem")):
        keys.to(page.get_by_role("link", name=name))
        with page.expect_download() as waiting:
            keys.press("Enter")
        assert waiting.value.suggested_filename.endswith(kind)
    keys.follow(page.get_by_role("link", name="Who looked at which record"))
    at(page, "Who looked at which record")


def test_a_patient_reads_who_looked(people: Browsing) -> None:
    keys = signed_in(people, "patient")
    page = keys.page
    page.goto("/my-record/")
    at(page, "Who looked at my record")
    assert_walks(page)


def test_a_prescriber_adopts_what_is_judged_by(people: Browsing) -> None:
    keys = signed_in(people, "prescriber")
    page = keys.page
    keys.follow(page.locator(".site-header__wide").get_by_role("link", name="What we judge by"))
    at(page, "What we judge by")
    assert_walks(page)
    keys.follow(page.get_by_role("button", name="Adopt under my name"))
    expect(page.locator("main")).to_contain_text("Adopted by Dr. Amara Osei")


def test_whoever_lost_a_session_is_told_where_they_are_signed_in(people: Browsing) -> None:
    keys = signed_in(people, "nurse")
    page = keys.page
    keys.follow(page.locator(".site-header__wide").get_by_role("link", name="Nurse Tomás Rivera"))
    at(page, "Passkeys and codes")
    keys.follow(page.get_by_role("link", name="Where I am signed in"))
    assert_walks(page)
    keys.follow(page.get_by_role("link", name="Back to my page"))
    at(page, "Worklist")
