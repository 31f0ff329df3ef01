"""Can a clinic be run from its pages: the worklist, a course, a visit to sign?"""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.web.actions import Task, tab_to
from tests.web.browsing import Browsing, Looking
from tests.web.clinic_pages import course_of, line_of, open_worklist, sign_in


def open_visit(page: Page, name: str) -> str:
    address = course_of(page, name)
    page.goto(address + "visit/")
    return address


def test_each_page_of_the_clinic_is_accessible_and_fits(clinic: Browsing, look: Looking) -> None:
    page = look.page(clinic)
    sign_in(page)
    address = course_of(page, "Ada Unremarkable")
    for name, where in {
        "worklist": "/worklist/",
        "day-sheet": "/worklist/day-sheet/",
        "course": address,
        "facts": address + "facts/",
        "visit": address + "visit/",
    }.items():
        page.goto(where)
        look.assert_right(page, name)


def test_the_worklist_has_every_open_course_once(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "nurse")
    counts = [int(text) for text in page.locator(".filters .numbers").all_inner_texts()]
    seen = []
    for group in ("", "?group=nothing"):
        page.goto(f"/worklist/{group}")
        seen += [each.get_attribute("id") for each in page.locator(".worklist-line").all()]
    assert len(set(seen)) == len(seen)
    assert len(seen) == counts[0] + counts[-1]  # everything to do, and nothing to do
    # 40 made-up patients and the five known ones, and whom other tests registered before.
    assert len(seen) >= 45


def test_a_line_opens_in_place_and_escape_gives_the_focus_back(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "nurse")
    opener = page.locator("[data-opens]").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-opened]")).to_be_focused()
    assert page.url.endswith("/worklist/")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(page.locator("[data-opened]")).to_have_count(0)


def test_without_script_a_line_opens_as_a_page(clinic: Browsing) -> None:
    page = clinic.page(script=False)
    sign_in(page, "nurse")
    page.locator("[data-opens]").first.click()
    assert re.search(r"/worklist/[0-9a-f-]{36}/$", page.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_no_address_of_the_clinic_holds_a_name_or_a_number(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    addresses = page.eval_on_selector_all("a[href], form[action]", "all => all.map(e => e.href || e.action)")
    name = page.locator(".worklist-line__name").first.inner_text()
    for word in (*name.split(), page.locator(".worklist-line .quiet.numbers").first.inner_text()):
        assert not [address for address in addresses if word.lower() in str(address).lower()]


def test_the_course_answers_for_a_chosen_day_and_for_what_was_known_then(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    address = course_of(page, "Ada Unremarkable")
    page.goto(address + "?on=2099-01-01")
    assert page.locator("h1").count() == 1
    known = page.locator("#known").get_attribute("value")
    assert known == ""
    day = page.evaluate("new Date(Date.now() - 60 * 86400e3).toISOString().slice(0, 10)")
    page.goto(f"{address}?known={day}")
    expect(page.get_by_text("As it was known at the end of").first).to_be_visible()


def test_every_open_requirement_says_why_on_whose_word_and_what_clears_it(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    course_of(page, "Dot Positive")
    open_ones = page.locator("section[aria-labelledby=open] > .requirements").first.locator(".requirement")
    assert open_ones.count() > 0
    for one in open_ones.all():
        assert one.locator(".requirement__says").inner_text()
        assert one.locator(".requirement__step").inner_text()
        one.locator("summary").click()
        assert one.locator(".requirement__values").inner_text()


def test_an_unremarkable_month_is_signed_within_its_budget(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    line_of(page, "Ada Unremarkable")
    task = Task(page, "unremarkable_visit")
    line = page.locator(".worklist-line").filter(has_text="Ada Unremarkable")
    task.click(line.get_by_role("link", name="Visit"))
    page.wait_for_url("**/visit/")
    task.think()
    task.click(page.get_by_label("Negative"))
    task.think()
    task.click(page.get_by_label("Confirmed today: unchanged"))
    task.click(page.get_by_label("Counselled today on the risks and the rules"))
    task.think()
    task.click(page.get_by_label("Asked about all of these: none"))
    task.think()
    task.click(page.get_by_label("Neither in the last two weeks: not at all"))
    task.click(page.get_by_label("Prescribe the same again"))
    task.click(page.get_by_role("button", name="Check and sign"))
    expect(page.get_by_role("heading", level=1, name="Check and sign")).to_be_visible()
    task.think()
    task.click(page.get_by_role("button", name="Sign", exact=True))
    expect(page.get_by_text("The visit is signed.")).to_be_visible()
    task.assert_within_budget()
    page.goto(page.url + "facts/")
    assert page.get_by_text("signed by Dr. Amara Osei").count() > 5


def test_three_results_are_entered_within_their_budget(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "nurse")
    open_visit(page, "Bea Untested")
    task = Task(page, "three_results")
    task.write(page.locator("#id_value_alt"), "24")
    task.write(page.locator("#id_value_triglycerides"), "110")
    task.write(page.locator("#id_value_ldl"), "98")
    task.click(page.get_by_role("button", name="Check and record"))
    task.click(page.get_by_role("button", name="Record", exact=True))
    expect(page.get_by_text("Recorded. A prescriber decides and signs.")).to_be_visible()
    task.assert_within_budget()


def test_a_unit_mix_up_cannot_be_saved_silently(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    open_visit(page, "Bea Untested")
    page.fill("#id_value_triglycerides", "1.7")
    page.get_by_role("button", name="Check and sign").click()
    # 1.7 mmol/L x 88.57 = 150.6 mg/dL
    expect(page.locator("[data-error-summary]")).to_contain_text("In mmol/L it would be 151 mg/dL")
    page.select_option("#id_unit_triglycerides", "mmol/L")
    page.get_by_role("button", name="Check and sign").click()
    expect(page.get_by_text("value: 1.7; unit: mmol/L")).to_be_visible()
    assert "upper limit: 150" not in page.content()  # the limit of another unit went with it


def test_a_thought_of_self_harm_cannot_be_signed_past(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    open_visit(page, "Cleo Troubled")
    page.locator("summary", has_text="Answer one by one").click()
    for number in range(1, 10):
        answer = 1 if number == 9 else 0  # a total of 1: far below every band
        page.locator(f"input[name=phq_{number}][value='{answer}']").check()
    page.get_by_role("button", name="Check and sign").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("Say what was done at once")
    expect(page.get_by_text("988")).to_be_visible()
    page.get_by_label("Handed over to emergency or crisis care now").check()
    page.get_by_role("button", name="Check and sign").click()
    expect(page.get_by_role("heading", level=1, name="Check and sign")).to_be_visible()
    expect(page.get_by_text("what: suicide risk; outcome: not cleared")).to_be_visible()


def test_a_draft_survives_a_closed_page(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    address = open_visit(page, "Cleo Troubled")
    with page.expect_response(lambda answer: "/visit/" in answer.url and answer.request.method == "POST"):
        page.fill("#id_inflammatory", "7")
        page.locator("#id_nodules").focus()
    page.goto("/worklist/")
    page.goto(address + "visit/")
    expect(page.locator("#id_inflammatory")).to_have_value("7")


def test_the_advice_changes_as_one_types(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    open_visit(page, "Bea Untested")
    page.get_by_label("Positive").check()
    expect(page.locator("#advice")).to_contain_text("Stop", timeout=10_000)


def test_a_visit_is_recorded_and_signed_without_script(clinic: Browsing) -> None:
    page = clinic.page(script=False)
    sign_in(page)
    open_visit(page, "Cleo Troubled")
    page.get_by_label("Asked about all of these: none").check()
    page.get_by_role("button", name="See advice").click()
    expect(page.locator("#advice")).to_contain_text("Dispense")
    page.get_by_role("button", name="Throw the draft away").click()
    assert page.locator("#id_has_no_symptoms").is_checked() is False


def test_a_nurse_is_never_offered_what_only_a_prescriber_may_do(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "nurse")
    open_visit(page, "Bea Untested")
    assert page.get_by_role("button", name="Check and sign").count() == 0
    assert page.locator("#id_prescribes_same, #id_daily_dose_mg, #id_stop_reason").count() == 0


def test_the_day_sheet_is_two_actions_away(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "coordinator")
    open_worklist(page)
    task = Task(page, "day_sheet")
    task.click(page.get_by_role("link", name="Day sheet to print"))
    expect(page.get_by_role("heading", level=1, name="Day sheet")).to_be_visible()
    task.assert_within_budget()


def test_a_visit_is_answered_and_signed_with_the_keyboard_alone(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    open_visit(page, "Eve Keyboard")
    for field in ("is_unchanged", "is_counselled", "has_no_symptoms", "phq2_none", "prescribes_same"):
        tab_to(page, page.locator(f"#id_{field}"))
        page.keyboard.press("Space")
        expect(page.locator(f"#id_{field}")).to_be_checked()
    tab_to(page, page.get_by_role("button", name="Check and sign"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Check and sign")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Sign", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("The visit is signed.")).to_be_visible()
