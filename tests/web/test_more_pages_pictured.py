"""Are the pages that only a task leads to accessible, do they fit, and how do they look?"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.web.browsing import Browsing, Looking
from tests.web.clinic_pages import a_name, course_of, register, sign_in
from tests.web.gallery.gallery_views import REFUSED
from tests.web.serving import Server


def test_what_follows_from_the_worklist_and_a_course(clinic: Browsing, look: Looking) -> None:
    page = look.page(clinic)
    sign_in(page)
    for place in (0, 1, 2):
        page.locator("input[name=patient]").nth(place).check(force=True)
    page.get_by_role("button", name="List reminders for the chosen").click()
    look.assert_right(page, "reminders")
    course = course_of(page, "Ada Unremarkable")
    day = page.evaluate("new Date(Date.now() - 40 * 86400e3).toISOString().slice(0, 10)")
    page.goto(f"{course}?on={day}&known={day}")
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    look.assert_right(page, "course-opened")
    patient = course.strip("/").rpartition("/")[2]
    page.goto(f"/patients/{patient}/invite/")
    look.assert_right(page, "invite-patient")
    page.goto("/nowhere/")
    look.assert_right(page, "not-found")
    page.goto("/confirm/")
    look.assert_right(page, "confirm-demo")


def test_a_consent_as_it_was_signed_and_a_mistake(clinic: Browsing, look: Looking) -> None:
    page = look.page(clinic)
    sign_in(page)
    page.goto("/patients/new/")
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    look.assert_right(page, "register-mistakes")
    register(page, *a_name())
    address = page.url
    page.goto(f"{address}consents/us_patient_consent/")
    for name in ("mood", "sharing", "body"):
        page.locator(f"input[name=told_{name}][value='0']").check()
    page.fill("#id_patient", "Nova Example")
    page.fill("#id_prescriber", "Dr. Amara Osei")
    page.get_by_role("button", name="Record the consent").click()
    page.locator(".enrolment .govuk-list a").click()
    look.assert_right(page, "consent-signed")


def test_pages_about_people_that_a_task_leads_to(people: Browsing, look: Looking) -> None:
    page = look.page(people)
    sign_in(page, "administrator")
    page.goto("/people/invite/")
    page.get_by_label("Name").fill("Newman Nurse")
    page.get_by_label("Email address").fill(f"{look.width}-{look.scheme}@nurse.example")
    page.get_by_label("nurse").check()
    page.get_by_role("button", name="Invite").click()
    code = page.locator("#invitation-code").inner_text()
    look.assert_right(page, "invited")
    page.goto("/people/")
    look.assert_right(page, "people-invited")
    page.get_by_role("link", name="Tomás Rivera").click()
    look.assert_right(page, "person")
    page.get_by_role("link", name="Give them a new way in").click()
    look.assert_right(page, "new-way-in")
    page.goto("/account/password/change/")
    look.assert_right(page, "password")
    guest = look.page(people)
    guest.goto("/account/invitation/")
    guest.get_by_label("The code of your invitation").fill(code)
    with guest.expect_navigation():
        guest.get_by_role("button", name="Continue").click()
    look.assert_right(guest, "invitation-accepted")
    guest.get_by_label("Choose a password").fill("a sentence nobody else would say")
    with guest.expect_navigation():
        guest.get_by_role("button", name="Continue").click()
    look.assert_right(guest, "second-factor")
    with guest.expect_navigation():
        guest.get_by_role("link", name="Set up codes from an app").click()
    look.assert_right(guest, "codes-from-an-app")
    guest.goto("/account/2fa/webauthn/add/")
    look.assert_right(guest, "passkey-added")


def test_a_record_in_need_and_a_record_that_does_not_verify(
    people: Browsing, small_clinic: Server, look: Looking
) -> None:
    page = look.page(people)
    sign_in(page, "nurse")
    page.goto("/worklist/?group=nothing")
    if not page.locator(".worklist-line__name").count():
        page.goto("/worklist/")
    course = page.locator(".worklist-line__name").first.get_attribute("href")
    assert course is not None
    page.goto(course)
    patient = course.strip("/").rpartition("/")[2]
    pharmacist = look.page(people)
    sign_in(pharmacist, "pharmacist")
    pharmacist.goto(f"/patients/{patient}/break-glass/")
    look.assert_right(pharmacist, "break-glass")
    auditor = look.page(people)
    sign_in(auditor, "auditor")
    auditor.goto(f"/patients/{patient}/looks/")
    look.assert_right(auditor, "looks-at-a-record")
    damage(small_clinic, patient)
    page.goto(course)
    expect(page.get_by_role("heading", level=1, name="This record does not verify")).to_be_visible()
    look.assert_right(page, "record-does-not-verify")
    page.goto("/worklist/")
    line = page.locator(f"#line-{patient}")
    expect(line).to_contain_text("does not verify")
    line.locator("[data-opens]").click()
    expect(page.locator("[data-opened]")).to_be_focused()
    expect(page.locator("[data-opened]")).to_contain_text("Nothing was changed.")
    look.assert_right(page, "worklist-does-not-verify")
    assert line.locator(".verdict--ready").count() == 0


@pytest.mark.parametrize("why", list(REFUSED))
def test_capsules_that_may_not_be_handed_over(browsing: Browsing, look: Looking, why: str) -> None:
    page = look.page(browsing)
    page.goto(f"/gallery/not-today/{why}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Do not dispense")
    look.assert_right(page, f"not-today-{why}")


def damage(server: Server, patient: str) -> None:
    """The last fact of a patient now holds the bytes of another entry."""
    with closing(sqlite3.connect(server.home / "record.sqlite3", isolation_level=None)) as owner:
        owner.execute("DROP TRIGGER IF EXISTS entry_refuses_update")
        owner.execute(
            "UPDATE entry SET sealed = (SELECT sealed FROM entry WHERE seq = 1) WHERE seq = "
            "(SELECT max(seq) FROM entry WHERE patient_id = ? AND category = 'fact')",
            (patient.replace("-", ""),),
        )
