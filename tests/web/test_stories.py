"""Do the clinic's pages keep what the stories promise to whoever looks at them (C9, C11)?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.web.browsing import Browsing, assert_accessible, assert_fits
from tests.web.clinic_pages import course_of, sign_in

FOLD = 800
"""The height of the small laptop screen that a covering doctor looks at, in px, 1280 wide."""


def is_above_the_fold(place: Locator) -> bool:
    box = place.bounding_box()
    assert box is not None, f"{place} is not on the page"
    return box["y"] >= 0 and box["y"] + box["height"] <= FOLD and box["x"] + box["width"] <= 1280


def told_in_the_banner(page: Page, names: Sequence[str]) -> dict[str, str]:
    told = {}
    for name in names:
        pair = page.locator(".patient-banner dl > div").filter(has=page.locator("dt", has_text=name))
        assert pair.count() == 1, f"the banner has no {name}"
        assert is_above_the_fold(pair), name
        told[name] = pair.locator("dd").inner_text().strip()
        assert told[name], name
    return told


def test_a_covering_doctor_sees_the_patient_without_scrolling(clinic: Browsing) -> None:
    """Category, day, last test, dose, mood trend, next deadline, open alerts: at 1280 by 800."""
    page = clinic.page(height=FOLD)
    sign_in(page)
    course_of(page, "Ada Unremarkable")
    wanted = ("Can become pregnant", "Day of course", "Dose a day", "Given so far", "Last test", "Mood")
    told = told_in_the_banner(page, wanted)
    assert told["Can become pregnant"] == "yes"
    assert told["Dose a day"].endswith(" mg")
    assert "% of target" in told["Given so far"]
    assert told["Last test"].startswith("negative, ")
    assert "PHQ-" in told["Mood"]
    assert is_above_the_fold(page.locator(".course-now h1"))
    assert is_above_the_fold(page.locator(".course-now__left"))


def test_an_alert_is_above_the_fold_with_its_words(clinic: Browsing) -> None:
    page = clinic.page(height=FOLD)
    sign_in(page)
    course_of(page, "Dot Positive")
    alert = page.locator(".patient-banner .verdict--stop", has_text="positive").first
    assert is_above_the_fold(alert)
    assert is_above_the_fold(page.locator(".course-now h1"))


def test_the_dose_card_says_which_hand_overs_it_counts_and_what_is_left(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    course_of(page, "Ada Unremarkable")
    card = page.locator("aside .card").filter(has_text="Dose")
    expect(card.locator("#capsules-left")).to_contain_text("Capsules")
    card.locator("summary", has_text="Counted").click()
    counted = card.locator(".dose-counted li")
    assert counted.count() >= 1
    for each in counted.all():
        assert each.locator("a").get_attribute("href", timeout=1_000)
        assert " × " in each.inner_text()


# -- C11: an outage -------------------------------------------------------------------------------------


def test_an_outage_is_recorded_with_the_time_it_happened(clinic: Browsing, tmp_path: Path) -> None:
    page = clinic.page()
    sign_in(page, "nurse")
    address = course_of(page, "Cleo Troubled")
    page.get_by_role("link", name="Record an outage").click()
    page.fill("#id_from_day", "2026-01-12")
    page.fill("#id_from_time", "09:00")
    page.fill("#id_to_day", "2026-01-12")
    page.fill("#id_to_time", "08:00")
    page.get_by_role("button", name="Record the outage").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("The outage ends before it begins")
    assert_accessible(page)
    page.fill("#id_to_time", "23:30")
    assert_fits(page)
    page.get_by_role("button", name="Record the outage").click()
    expect(page.get_by_text("The outage is recorded.")).to_be_visible()
    page.goto(address + "facts/")
    kept = page.locator(".fact", has_text="Platform outage").first
    expect(kept).to_contain_text("12 January 2026")  # when it happened
    expect(kept).to_contain_text("Recorded")  # and when it was entered
    expect(kept).to_contain_text("outage/1")


def test_a_time_that_the_clocks_skip_is_refused(clinic: Browsing) -> None:
    """On 8 March 2026 New York goes from 1:59:59 to 3:00: 2:30 never was."""
    page = clinic.page()
    sign_in(page, "nurse")
    course_of(page, "Cleo Troubled")
    page.get_by_role("link", name="Record an outage").click()
    for name, value in {"from_day": "2026-03-08", "from_time": "02:30", "to_day": "2026-03-08"}.items():
        page.fill(f"#id_{name}", value)
    page.fill("#id_to_time", "09:00")
    page.get_by_role("button", name="Record the outage").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("The clocks skip this time")
