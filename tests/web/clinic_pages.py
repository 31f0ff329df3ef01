"""How does a test sign in and reach a patient's pages?"""

from __future__ import annotations

import re

from playwright.sync_api import Page

PLACES = {"prescriber": 0, "nurse": 1, "coordinator": 2, "pharmacist": 3}


def sign_in(page: Page, role: str = "prescriber") -> None:
    """As the made-up person of a role, who then stands on their own first page."""
    page.goto("/")
    with page.expect_navigation():
        page.locator("form[action='/demo/sign-in/'] button").nth(PLACES[role]).click()


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
