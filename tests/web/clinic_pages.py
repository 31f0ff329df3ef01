"""How does a test sign in and reach a patient's pages?"""

from __future__ import annotations

import re
from uuid import uuid4

from playwright.sync_api import Page

TASKS_OF_ENROLMENT = (
    "category",
    "eligibility",
    "conditions",
    "agreement",
    "certification",
    "programme",
    "questions",
    "contraception",
    "counselling",
    "tests",
    "consents",
    "consents/us_patient_consent",
)
"""The end of the address of each task of enrolment, consents among them."""


def sign_in(page: Page, role: str = "prescriber") -> None:
    """As the made-up person of a role, who then stands on their own first page."""
    page.goto("/")
    with page.expect_navigation():
        page.locator(f"button[name=role][value={role}]").first.click()


def open_worklist(page: Page) -> None:
    page.goto("/worklist/")


def line_of(page: Page, name: str) -> None:
    """Go to the page of the worklist on which a patient's line is, whatever group it is in."""
    for group in ("", "?group=nothing", "?group=waiting"):
        page.goto(f"/worklist/{group}")
        while not page.get_by_role("link", name=name).count():
            following = page.locator("a[rel=next]")
            if not following.count():
                break
            with page.expect_navigation():
                following.click()
        else:
            return
    raise AssertionError(f"{name} is not on the worklist")


def course_of(page: Page, name: str) -> str:
    """Open a patient's course from the worklist; its address."""
    line_of(page, name)
    with page.expect_navigation():
        page.get_by_role("link", name=name).first.click()
    found = re.search(r"/course/[0-9a-f-]{36}/", page.url)
    assert found is not None
    return found.group()


def a_name() -> tuple[str, str]:
    """A name and a number nobody in the clinic has: the tests of a package share one clinic."""
    mark = uuid4().hex[:8]
    return f"Nova {mark}", f"N-{mark}"


def register(page: Page, name: str, number: str, year: str = "2004") -> None:
    """Register a patient, who then stands before the first task of enrolment."""
    page.goto("/patients/new/")
    page.fill("#id_name", name)
    page.fill("#id_second_id", number)
    for box, text in (("born_on", "3"), ("born_on_month", "4"), ("born_on_year", year)):
        page.fill(f"#id_{box}", text)
    with page.expect_navigation():
        page.get_by_role("button", name="Register", exact=True).click()
