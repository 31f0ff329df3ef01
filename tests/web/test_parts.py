"""Does every part of a page work for everybody: read, pressed, by keyboard, without script?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.actions import tab_to
from tests.web.browsing import (
    NARROW,
    WIDE,
    Browsing,
    Scheme,
    assert_accessible,
    assert_fits,
    assert_targets_are_large,
    picture,
)

STAFF_TARGET = 24
PAGES = ["/gallery/", "/gallery/charts/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("path", PAGES)
def test_every_part_passes(browsing: Browsing, tmp_path: Path, path: str, width: int, scheme: Scheme):
    page = browsing.page(width=width, scheme=scheme)
    page.goto(path)
    for summary in page.locator("main summary").all():
        summary.click()
    picture(
        page, f"parts-{path.strip('/').replace('/', '-')}-{width}-{scheme}", tmp_path, is_for_the_manual=False
    )
    assert_accessible(page)
    assert_fits(page)
    assert_targets_are_large(page, STAFF_TARGET)


@pytest.mark.parametrize("path", PAGES)
def test_forced_colours_leave_nothing_out(browsing: Browsing, path: str):
    page = browsing.page(forced_colors="active")
    page.goto(path)
    # The system chooses these colours, and axe sees only the ones it replaced.
    assert_accessible(page, but_for=["color-contrast"])
    assert page.locator(".verdict svg, .chart svg:visible").first.is_visible()


def test_text_at_twice_its_size_fits(browsing: Browsing):
    page = browsing.page(width=WIDE)
    page.goto("/gallery/")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert_fits(page)


def test_a_hostile_name_is_only_a_name(browsing: Browsing):
    page = browsing.page()
    page.goto("/gallery/")
    assert page.locator("tbody th", has_text='<script>alert("1")</script>').count() == 1


def test_the_focus_is_always_seen_and_never_under_the_banner(browsing: Browsing):
    page = browsing.page(height=500)
    page.goto("/gallery/")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    tab_to(page, page.locator("#id_note"))
    page.keyboard.press("Shift+Tab")
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        top = page.evaluate("document.activeElement.getBoundingClientRect().top")
        banner = page.evaluate("document.querySelector('.patient-banner').getBoundingClientRect().bottom")
        is_inside = page.evaluate("!!document.activeElement.closest('.patient-banner')")
        assert is_inside or top >= banner - 1


def test_a_part_opens_in_place_and_escape_gives_the_focus_back(browsing: Browsing):
    page = browsing.page()
    page.goto("/gallery/")
    opener = page.locator("[data-opens]")
    opener.click()
    page.wait_for_selector("[data-opened]")
    assert page.url.endswith("/gallery/")
    assert opener.get_attribute("aria-expanded") == "true"
    assert page.locator("html").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("[data-opened]").count() == 0
    assert page.evaluate("document.activeElement.hasAttribute('data-opens')")


def test_another_language_is_one_press_away_and_stays(browsing: Browsing):
    page = browsing.page()
    page.goto("/gallery/")
    with page.expect_navigation():
        page.click(".languages button")
    assert page.url.endswith("/gallery/")
    assert page.locator("html").get_attribute("lang") == "es"
    assert page.locator(".verdict--hold").first.inner_text() == "En pausa"
    page.goto("/windows/")
    assert page.locator("h1").inner_text() == "Calculadora de plazos"


def test_without_script_the_same_address_is_a_whole_page(browsing: Browsing):
    page = browsing.page(script=False)
    page.goto("/gallery/")
    page.locator("[data-opens]").click()
    assert page.url.endswith("/gallery/row/")
    assert page.locator("h1").inner_text() == "Ada Brook"


def test_a_part_that_does_not_arrive_says_so(browsing: Browsing):
    page = browsing.page()
    page.goto("/gallery/")
    page.route("**/gallery/row/", lambda route: route.fulfill(status=500, body="broken"))
    page.locator("[data-opens]").click()
    notice = page.locator("#script-notice")
    notice.wait_for(state="visible")
    assert "Nothing was changed" in notice.inner_text()
    assert "broken" not in page.locator("body").inner_text()
