"""Can everybody read the report: on a wide and a narrow screen, light and dark, without script, printed?"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from isovigil.batch.study_command import run_study
from tests.web.browsing import NARROW, WIDE, assert_accessible, assert_fits


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, 1024, 900, NARROW])
def test_the_checker_finds_nothing_and_nothing_scrolls_sideways(
    width: int, scheme: str, judged: Path, chromium: Browser
):
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto((judged / "report.html").as_uri())
    assert_fits(page)
    assert_accessible(page)
    assert [url for url in asked if not url.startswith("data:")] == [(judged / "report.html").as_uri()]
    context.close()


def test_the_report_is_whole_without_script_and_on_paper(judged: Path, chromium: Browser):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((judged / "report.html").as_uri())
    page.emulate_media(media="print")
    assert page.locator("h2").count() == 7
    assert page.locator("svg").count() == 6
    assert page.pdf(format="A4").startswith(b"%PDF")
    context.close()


def test_the_page_of_a_study_is_as_readable(judged: Path, tmp_path: Path, chromium: Browser):
    assert run_study("first-dose", judged, out=str(tmp_path)) == 0
    context = chromium.new_context()
    page = context.new_page()
    for width in (WIDE, 900, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto((tmp_path / "first-dose.html").as_uri())
        assert_fits(page)
        assert_accessible(page)
    context.close()
