"""Can a clinic be run without a mouse: every task but the visit, which test_clinic_pages.py signs?"""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.web.browsing import Browsing
from tests.web.clinic_pages import course_of, sign_in
from tests.web.keyboard import Keys, do

A_DAY = "10102025"
"""10 October 2025: a box for a day takes it whichever way round the browser asks for day and month."""


def at(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()


def is_told_and_leads_to(keys: Keys, words: str, box: str) -> None:
    """The summary of errors has the focus; its link puts it into the box that is wrong."""
    summary = keys.page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text(words)
    keys.to(summary.locator(f"a[href='#{box}']"))
    keys.press("Enter")
    expect(keys.page.locator(f"#{box}")).to_be_focused()


# -- to and from the clinic -------------------------------------------------------------------------------


def test_one_signs_in_by_a_card_and_out_again(clinic: Browsing) -> None:
    page = clinic.page()
    page.goto("/")
    keys = Keys(page)
    keys.follow(page.get_by_role("button", name="Sign in as Nurse Tomás Rivera"))
    at(page, "Worklist")
    keys.follow(page.get_by_role("button", name="Sign out"))
    page.goto("/worklist/")
    at(page, "A made-up clinic")


# -- worklist ---------------------------------------------------------------------------------------------


def test_the_worklist_is_filtered_and_a_line_opens_and_closes_in_place(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "nurse")
    keys = Keys(page)
    keys.follow(page.locator(".filters").get_by_role("link", name="Our move"))
    expect(page.locator(".filters [aria-current]")).to_contain_text("Our move")
    opener = page.locator("[data-opens]").first
    keys.to(opener)
    keys.press("Enter")
    panel = page.locator("[data-opened]")
    expect(panel).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "true")
    keys.press("Tab")
    expect(panel.get_by_role("link", name="Open the course")).to_be_focused()  # its content comes next
    keys.press("Escape")
    expect(opener).to_be_focused()
    expect(panel).to_have_count(0)
    keys.press("Enter")
    expect(panel).to_be_focused()
    keys.press("Shift+Tab")  # and back out of it, to the line it belongs to
    line = page.locator(".worklist-line").filter(has=panel)
    assert line.evaluate("one => one.contains(document.activeElement)")
    keys.follow(panel.get_by_role("link", name="Open the course"))
    expect(page.locator(".patient-banner")).to_be_visible()


def test_a_second_line_opens_although_the_first_is_open(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "nurse")
    keys = Keys(page)
    first, second = page.locator("[data-opens]").nth(0), page.locator("[data-opens]").nth(1)
    keys.to(first)
    keys.press("Enter")
    expect(page.locator("[data-opened]")).to_be_focused()
    keys.to(second)
    keys.press("Enter")
    below = page.locator(".worklist-line").nth(1).locator("[data-opened]")
    expect(below).to_be_focused()
    keys.press("Escape")
    expect(second).to_be_focused()
    expect(below).to_have_count(0)
    expect(page.locator("[data-opened]")).to_have_count(1)  # the first one stays
    keys.back_to(first)
    keys.press("Enter")  # what opened it closes it
    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-expanded", "false")
    expect(page.locator("[data-opened]")).to_have_count(0)
    expect(second).to_have_attribute("aria-expanded", "false")


def test_reminders_are_listed_for_the_chosen(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "coordinator")
    names = page.locator(".worklist-line__name").all_inner_texts()[:2]
    keys = Keys(page)
    for place in (0, 1):
        keys.mark(page.locator("input[name=patient]").nth(place))
    keys.follow(page.get_by_role("button", name="List reminders for the chosen"))
    at(page, "Reminders")
    for name in names:
        expect(page.get_by_text(name)).to_be_visible()
    first = page.locator(".reminders li").first  # a positive test, and no letter answers that
    expect(first).to_contain_text("Call this patient yourself, now: a reminder is not enough.")
    keys.follow(page.locator("main").get_by_role("link", name="Worklist"))
    at(page, "Worklist")


def test_the_day_sheet_is_reached_and_its_button_prints(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "coordinator")
    page.add_init_script("window.print = () => { document.title = 'printed'; }")
    keys = Keys(page)
    keys.follow(page.get_by_role("link", name="Day sheet to print"))
    at(page, "Day sheet")
    keys.to(page.get_by_role("button", name="Print"))
    keys.press("Enter")
    expect(page).to_have_title("printed")


# -- a course ---------------------------------------------------------------------------------------------


def test_a_day_is_selected_in_every_lane_and_each_lane_has_its_table(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    course_of(page, "Ada Unremarkable")
    keys = Keys(page)
    keys.write(page.locator("#on"), A_DAY)
    keys.go()
    assert "on=2025-10-10" in page.url
    section = page.locator("section[aria-labelledby=course-drawn]")
    expect(section.locator(".govuk-summary-list").first).to_be_visible()
    keys.press("Tab")
    assert section.evaluate("one => one.contains(document.activeElement)"), "the page began at its top again"
    lanes = page.locator(".chart svg").first.locator(".lane__title, [data-lane]").count()
    keys.to(section.locator("summary", has_text="Show as tables"))
    keys.press("Enter")
    tables = section.locator("details[open] table")
    expect(tables.first).to_be_visible()
    assert tables.count() >= max(4, lanes)
    for table in tables.all():
        assert table.locator("caption").inner_text()
        assert table.locator("tbody tr").count() >= 1


def test_the_course_is_shown_as_it_was_known_and_one_finds_back(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    course_of(page, "Ada Unremarkable")
    day = page.evaluate("new Date(Date.now() - 40 * 86400e3).toISOString().slice(0, 10)")
    keys = Keys(page)
    keys.to(page.locator("#known"))
    # a day inside the course has no form that every browser reads alike: the arrows go back from today
    page.locator("#known").evaluate("(one, day) => { one.value = day; }", day)
    keys.press("ArrowUp")
    keys.press("ArrowDown")
    keys.go()
    assert f"known={day}" in page.url
    said = page.get_by_text("As it was known at the end of")
    assert said.count() == 2  # at the top, and beside the drawing where one asked
    section = page.locator("section[aria-labelledby=course-drawn]")
    keys.follow(section.get_by_role("link", name="Back to now"))
    expect(said).to_have_count(0)


def test_a_requirement_leads_to_the_facts_it_used_and_to_who_recorded_them(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    course_of(page, "Ada Unremarkable")
    keys = Keys(page)
    met = page.locator("section[aria-labelledby=open] > details").first.locator("> summary")
    keys.to(met)
    keys.press("Enter")
    one = (
        page.locator(".requirement:visible")
        .filter(has_text="Facts used")
        .or_(page.locator(".requirement:visible").filter(has=page.locator("a[href*='#fact-']")))
    )
    keys.to(one.first.locator("summary"))
    keys.press("Space")
    fact = one.first.locator("a[href*='#fact-']").first
    expect(fact).to_be_visible()
    keys.follow(fact)
    at(page, "Everything on record")
    entry = page.locator(page.url[page.url.index("#") :])
    expect(entry).to_be_in_viewport()
    expect(entry).to_contain_text("Recorded")
    keys.press("Tab")
    assert entry.evaluate("one => one.contains(document.activeElement)"), "the focus is not at the entry"


def test_an_outage_is_recorded(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "nurse")
    course_of(page, "Cleo Troubled")
    keys = Keys(page)
    keys.follow(page.get_by_role("link", name="Record an outage"))
    keys.follow(page.get_by_role("button", name="Record the outage"))
    is_told_and_leads_to(keys, "From", "id_from_time")
    for box, text in (("from_day", A_DAY), ("from_time", "0900A"), ("to_day", A_DAY), ("to_time", "1100A")):
        keys.write(page.locator(f"#id_{box}"), text)
    keys.follow(page.get_by_role("button", name="Record the outage"))
    expect(page.get_by_text("The outage is recorded.")).to_be_visible()


def test_a_fact_is_put_right(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    page.goto(course_of(page, "Ada Unremarkable") + "facts/")
    keys = Keys(page)
    entry = page.locator("li.fact").filter(has=page.get_by_role("heading", name=re.compile("^Weight"))).first
    keys.follow(entry.get_by_role("link", name="Correct", exact=True))
    keys.write(page.locator("#id_says_kg"), "63.5")
    keys.go()  # Enter in a box is the button that corrects, never the one that withdraws
    is_told_and_leads_to(keys, "Why is this corrected?", "id_reason")
    page.keyboard.type("Read off wrongly")
    keys.go()
    expect(page.get_by_text("The correction is recorded.")).to_be_visible()
    new = page.locator(page.url[page.url.index("#") :])
    expect(new).to_contain_text("kg: 63.5")
    expect(new).to_be_in_viewport()


def test_a_plan_is_made_again_with_what_if_and_printed(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    course_of(page, "Bea Untested")
    keys = Keys(page)
    keys.follow(page.locator("main").get_by_role("link", name="Plan", exact=True))
    keys.write(page.locator("#id_away_from_1"), "10102030")
    keys.go()
    is_told_and_leads_to(keys, "Give the first and the last day", "id_away_until_1")
    page.goto(page.url.partition("?")[0])
    keys.mark(page.get_by_label("Tuesday"))
    keys.follow(page.get_by_role("button", name="Plan again"))
    expect(page.get_by_text("This supposes what you entered")).to_be_visible()
    keys.follow(page.get_by_role("button", name="Print in Spanish"))
    at(page, "Mi plan")


# -- the window calculator --------------------------------------------------------------------------------


def test_windows_are_counted_and_saved_for_a_calendar(clinic: Browsing) -> None:
    page = clinic.page()
    page.goto("/windows/")
    keys = Keys(page)
    keys.follow(page.get_by_role("button", name="Next: the dates"))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    do(keys, ("select", "programme", ""))
    keys.to(page.locator("input[name=category]").first)
    keys.press("Space")
    keys.follow(page.get_by_role("button", name="Next: the dates"))
    at(page, "Which dates do you have?")
    keys.follow(page.get_by_role("button", name="Count the windows"))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    first = page.locator(".govuk-date-input").first.locator("input")
    for place, text in enumerate(("9", "11", "2026")):
        keys.write(first.nth(place), text)
    keys.follow(page.get_by_role("button", name="Count the windows"))
    at(page, "The windows")
    keys.to(page.locator("main summary").first)
    keys.press("Enter")
    expect(page.locator("main details[open] li").first).to_be_visible()
    keys.to(page.get_by_role("button", name="Save for my calendar (.ics)").first)
    with page.expect_download() as waiting:
        keys.press("Enter")
    assert waiting.value.suggested_filename.endswith(".ics")
    keys.follow(page.get_by_role("button", name="Change the dates"))
    at(page, "Which dates do you have?")
    expect(first.nth(2)).to_have_value("2026")
