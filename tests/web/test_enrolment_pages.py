"""Can a patient be registered, enrolled, put right and planned for from the pages?"""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.web.actions import Task
from tests.web.browsing import Browsing, Looking
from tests.web.clinic_pages import TASKS_OF_ENROLMENT, a_name, course_of, register, sign_in


def enrolled(page: Page) -> str:
    """A new patient; the address of the tasks."""
    register(page, *a_name())
    assert re.search(r"/course/[0-9a-f-]{36}/enrolment/$", page.url)
    return page.url


def status_of(page: Page, words: str) -> str:
    return page.locator(".govuk-task-list__item").filter(has_text=words).locator(".verdict").inner_text()


def test_each_page_of_the_enrolment_is_accessible_and_fits(clinic: Browsing, look: Looking) -> None:
    page = look.page(clinic)
    sign_in(page)
    address = enrolled(page)
    places = {"patients": "/patients/", "register": "/patients/new/", "enrolment-begun": address}
    places |= {f"task-{task.replace('/', '-')}": f"{address}{task}/" for task in TASKS_OF_ENROLMENT}
    for name, where in places.items():
        page.goto(where)
        look.assert_right(page, name)


def test_correction_and_plan_are_accessible_and_fit(clinic: Browsing, look: Looking) -> None:
    page = look.page(clinic)
    sign_in(page)
    address = course_of(page, "Bea Untested")
    page.goto(address + "plan/")
    assert page.locator(".agenda > li").count() > 1
    look.assert_right(page, "plan")
    with page.expect_navigation():
        page.get_by_role("button", name="Print in Spanish").click()
    assert page.locator("h1").inner_text() == "Mi plan"
    look.assert_right(page, "plan-printed")
    page.goto(address + "facts/")
    page.get_by_role("link", name="Correct", exact=True).first.click()
    expect(page.locator("#id_reason")).to_be_visible()
    look.assert_right(page, "correct")


def test_a_patient_is_registered_from_the_worklist_within_the_budget(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "nurse")
    page.goto("/worklist/")
    name, number = a_name()
    task = Task(page, "registration")
    task.click(page.get_by_role("link", name="Register a patient"))
    task.write(page.locator("#id_name"), name)
    task.write(page.locator("#id_second_id"), number, by_tab=True)
    for box, text in (("born_on", "3"), ("born_on_month", "4"), ("born_on_year", "2004")):
        task.write(page.locator(f"#id_{box}"), text, by_tab=True)
    task.click(page.get_by_role("button", name="Register", exact=True))
    expect(page.get_by_role("heading", level=1, name="Enrolment")).to_be_visible()
    task.assert_within_budget()


def test_who_is_on_record_already_is_shown_first(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "nurse")
    name, number = a_name()
    register(page, name, number)
    register(page, name.upper(), number + "-2")
    expect(page.get_by_role("link", name=name)).to_be_visible()
    page.get_by_label("I looked: this is another person").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Register", exact=True).click()
    assert page.url.endswith("/enrolment/")
    register(page, "Somebody Else", number)
    expect(page.get_by_role("heading", name="This number is taken")).to_be_visible()
    assert page.get_by_label("I looked: this is another person").count() == 0


def test_a_patient_is_found_and_no_address_tells_whom_one_looked_for(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "coordinator")
    page.goto("/patients/")
    page.fill("#id_wanted", "untest")
    with page.expect_navigation():
        page.get_by_role("button", name="Search").click()
    assert page.url.endswith("/patients/")
    page.get_by_role("link", name="Bea Untested").click()
    assert re.search(r"/course/[0-9a-f-]{36}/$", page.url)


def test_registering_and_a_task_need_no_mouse(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page, "nurse")
    page.goto("/patients/new/")
    name, number = a_name()
    page.locator("#id_name").focus()
    for text in (name, number, "3", "4", "2004"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.locator("#id_language").focus()
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    with page.expect_navigation():
        page.get_by_role("link", name="Can the patient become pregnant?").press("Enter")
    page.locator("input[name=can]").first.focus()
    page.keyboard.press("Space")
    page.locator("button", has_text="Record").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert status_of(page, "Can the patient become pregnant?") == "Done"


def test_the_category_is_never_answered_beforehand(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    page.goto(enrolled(page) + "category/")
    assert page.locator("input[name=can]:checked, input[name=basis]:checked").count() == 0
    page.locator("input[name=can][value=no]").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Record").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("Say on which grounds")


def test_each_condition_wants_an_answer_of_its_own(clinic: Browsing) -> None:
    page = clinic.page(script=False)
    sign_in(page)
    address = enrolled(page)
    assert status_of(page, "Conditions and medicines") == "To do"
    page.goto(address + "conditions/")
    for one in page.locator("input[value=no]").all()[1:]:
        one.check()
    page.get_by_role("button", name="Record").click()
    assert page.locator("[data-error-summary] a").count() == 1
    page.locator("input[name=is_breastfeeding][value=no]").check()
    page.get_by_role("button", name="Record").click()
    assert status_of(page, "Conditions and medicines") == "Done"


def test_a_wrong_answer_is_explained_and_the_consent_keeps_the_text_as_read(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    address = enrolled(page)
    page.goto(address + "consents/us_patient_consent/?in=es")
    digest = re.search(r"[0-9a-f]{64}", page.locator(".consent__hash").inner_text())
    assert digest is not None
    for name, answer in (("mood", "1"), ("sharing", "0"), ("body", "0")):
        page.locator(f"input[name=told_{name}][value='{answer}']").check()
    page.fill("#id_patient", "Nova")
    page.fill("#id_prescriber", "Dr. Amara Osei")
    with page.expect_navigation():
        page.get_by_role("button", name="Record the consent").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("No espere")
    page.locator("input[name=told_mood][value='0']").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Record the consent").click()
    page.locator(".enrolment .govuk-list a").click()
    main = page.locator("main")
    expect(main).to_contain_text(digest.group())
    expect(main).to_contain_text("Consentimiento del paciente")
    expect(main).to_contain_text("He leído este resumen")
    expect(page.locator(".govuk-summary-list__row").filter(has_text="Intentos")).to_contain_text("2")


def test_a_mistake_is_put_right_within_the_budget_and_both_values_stay(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    page.goto(course_of(page, "Bea Untested") + "facts/")
    entry = page.locator("li.fact").filter(has=page.get_by_role("heading", name=re.compile("^Weight"))).first
    before = entry.locator("p").first.inner_text()
    task = Task(page, "correction")
    task.click(entry.get_by_role("link", name="Correct", exact=True))
    page.wait_for_url("**/correct/")
    task.think()
    task.write(page.locator("#id_says_kg"), "61.5")
    task.write(page.locator("#id_reason"), "Another patient's")
    task.click(page.get_by_role("button", name="Record the correction"))
    expect(page.get_by_text("The correction is recorded.")).to_be_visible()
    task.assert_within_budget()
    expect(page.locator("li.fact.is-replaced").filter(has_text=before).first).to_be_visible()
    expect(page.locator("li.fact").filter(has_text="kg: 61.5").first).to_contain_text("Another patient's")


def test_a_correction_without_a_reason_is_not_recorded(clinic: Browsing) -> None:
    page = clinic.page(script=False)
    sign_in(page)
    page.goto(course_of(page, "Cleo Troubled") + "facts/")
    page.get_by_role("link", name="Correct", exact=True).first.click()
    page.get_by_role("button", name="Entered in error").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("Why is this corrected?")
    page.fill("#id_reason", "Never happened")
    page.get_by_role("button", name="Entered in error").click()
    expect(page.get_by_text("(entered in error)").first).to_be_visible()


def test_what_if_moves_the_plan_and_records_nothing(clinic: Browsing) -> None:
    page = clinic.page(script=False)
    sign_in(page)
    address = course_of(page, "Bea Untested")
    page.goto(address + "facts/")
    number = page.locator("li.fact").count()
    page.goto(address + "plan/")
    own = page.locator(".agenda").inner_text()
    page.get_by_label("Tuesday").check()
    page.get_by_role("button", name="Plan again").click()
    expect(page.get_by_text("This supposes what you entered")).to_be_visible()
    assert page.locator(".agenda").inner_text() != own
    assert page.url.endswith("/plan/?clinic_days=1")  # the supposition can be kept, sent and gone back to
    page.goto(address + "facts/")
    assert page.locator("li.fact").count() == number


def test_a_calendar_tells_nobody_what_it_is_for(clinic: Browsing) -> None:
    page = clinic.page()
    sign_in(page)
    page.goto(course_of(page, "Bea Untested") + "plan/")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="For a calendar (.ics)").click()
    text = Path(waiting.value.path()).read_text("utf-8")
    titles = set(re.findall(r"SUMMARY:(.+)", text))
    assert titles <= {"Pharmacy", "Appointment", "Health reminder"}
    assert text.count("BEGIN:VEVENT") > 1
    assert "Bea" not in text
