"""Can a patient be registered, found and enrolled without a mouse, task by task?"""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.web.browsing import Browsing
from tests.web.clinic_pages import a_name, register, sign_in
from tests.web.keyboard import Answer, Keys, do
from tests.web.test_keyboard_tasks import A_DAY, at, is_told_and_leads_to


def test_a_patient_is_registered_and_found_again(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "nurse")
    mark = uuid4().hex[:8]
    keys = Keys(page)
    keys.follow(page.get_by_role("link", name="Register a patient"))
    keys.follow(page.get_by_role("button", name="Register", exact=True))
    is_told_and_leads_to(keys, "Name", "id_name")
    page.keyboard.type(f"Keya {mark}")
    for box, text in (
        ("second_id", f"K-{mark}"),
        ("born_on", "3"),
        ("born_on_month", "4"),
        ("born_on_year", "2004"),
    ):
        keys.write(page.locator(f"#id_{box}"), text)
    keys.go()
    at(page, "Enrolment")
    keys.follow(page.locator(".site-header__wide").get_by_role("link", name="Patients"))
    keys.write(page.locator("#id_wanted"), mark)
    keys.go()
    keys.follow(page.get_by_role("link", name=f"Keya {mark}"))
    expect(page.locator(".patient-banner")).to_contain_text(f"Keya {mark}")


def test_somebody_of_the_same_name_is_read_out_before_a_second_record_is_made(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "nurse")
    keys = Keys(page)
    mark = uuid4().hex[:8]
    for number in ("1", "2"):
        page.goto("/patients/new/")
        for box, text in (("name", f"Twin {mark}"), ("second_id", f"T{number}-{mark}")):
            keys.write(page.locator(f"#id_{box}"), text)
        for box, text in (("born_on", "3"), ("born_on_month", "4"), ("born_on_year", "2004")):
            keys.write(page.locator(f"#id_{box}"), text)
        keys.go()
    told = page.locator("[data-error-summary]")
    expect(told).to_be_focused()
    expect(told).to_contain_text("is on record")
    keys.mark(page.get_by_label("I looked: this is another person"))
    keys.follow(page.get_by_role("button", name="Register", exact=True))
    at(page, "Enrolment")


BY_KEYS: dict[str, tuple[Answer, ...]] = {
    "category": (("choose", "can", "yes"),),
    "conditions": (("choose every", "", "no"),),
    "eligibility": (("select", "iga", ""), ("type", "nodules", "6"), ("type", "inflammatory", "20")),
    "agreement": (("mark every", "", ""),),
    "certification": (
        ("type", "prescriber_from", A_DAY),
        ("select", "role", ""),
        ("type", "pharmacy_from", A_DAY),
    ),
    "programme": (),
    "questions": (("choose", "passed", "yes"),),
    "contraception": (
        ("select", "primary", ""),
        ("type", "since", A_DAY),
        ("mark every", "reported_by", ""),
        ("choose", "regular", "yes"),
        ("type", "cycle_days", "28"),
    ),
    "counselling": (("mark every", "topics", ""),),
    "tests": (("type", "taken_on", A_DAY), ("choose", "result", "negative"), ("select", "setting", "")),
    "consents/us_patient_consent": (
        ("choose", "told_mood", "0"),
        ("choose", "told_sharing", "0"),
        ("choose", "told_body", "0"),
        ("type", "patient", "Nova Keyboard"),
        ("type", "prescriber", "Dr. Amara Osei"),
    ),
}
"""What is answered in each task of enrolment, in the order of its page."""


@pytest.mark.parametrize("task", list(BY_KEYS))
def test_a_task_of_enrolment_is_answered(clinic: Browsing, task: str) -> None:
    page = clinic.page()
    sign_in(page)
    register(page, *a_name())
    page.goto(f"{page.url}{task}/")
    keys = Keys(page)
    record = page.locator("main form button[type=submit]").first
    if not record.count():  # the programme of this clinic asks nothing here
        expect(page.get_by_text("There is nothing to answer here.")).to_be_visible()
        assert task == "agreement"
        keys.follow(page.locator("main").get_by_role("link", name="Enrolment"))
        return
    if BY_KEYS[task]:
        keys.follow(record)
        summary = page.locator("[data-error-summary]")
        expect(summary).to_be_focused()  # nothing was answered, and it says so first
    for answer in BY_KEYS[task]:
        do(keys, answer)
    keys.follow(record)
    expect(page.locator(".banner", has_text=re.compile("ecorded")).first).to_be_visible()


def test_every_task_of_enrolment_has_its_keys(clinic: Browsing) -> None:
    """A task that is added without a run of its own fails here."""
    page = clinic.page()
    sign_in(page)
    register(page, *a_name())
    listed = page.eval_on_selector_all(
        "main a[href*='/enrolment/']",
        "all => all.map(one => new URL(one.href).pathname.split('/enrolment/')[1])",
    )
    told = {each.strip("/").partition("/")[0] for each in listed if each}
    assert told
    assert told <= {each.partition("/")[0] for each in BY_KEYS}
