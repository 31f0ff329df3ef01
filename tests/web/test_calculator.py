"""Can anybody count windows from a few dates, without an account and without leaving a trace?"""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page

from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.usecases.windows import KINDS
from isovigil.web.calculator import words
from isovigil.web.calculator.forms import COUNTRIES, OTHER
from tests.web.actions import Task, tab_to
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
from tests.web.serving import Server

SEND = "form#asked button.govuk-button"
PATIENT_TARGET = 44
MANUAL_STEPS = ("begin", "dates", "answer")
LOOKS: list[tuple[int, Scheme, str]] = [
    (WIDE, "light", "en"),
    (NARROW, "light", "es"),
    (WIDE, "dark", "es"),
    (NARROW, "dark", "en"),
]


def send(page: Page, button: str = SEND) -> None:
    """Press and wait for the answer, which has the same address."""
    with page.expect_navigation():
        page.click(button)


def write_day(page: Page, field: str, day: str) -> None:
    boxes = (f"#id_{field}", f"#id_{field}_month", f"#id_{field}_year")
    for box, text in zip(boxes, day.split(), strict=True):
        page.fill(box, text)


def choose(page: Page, programme: str, category: str) -> None:
    page.goto("/windows/")
    page.select_option("#id_programme", programme)
    page.locator(f"label[for={'id_category' if category == 'can' else 'id_category_1'}]").click()
    send(page)


def count_one_test(page: Page, day: str = "4 3 2024", programme: str = "us_ipledge") -> None:
    choose(page, programme, "can")
    write_day(page, "test", day)
    send(page)


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_every_step_can_be_read_by_everybody(
    browsing: Browsing, tmp_path: Path, width: int, scheme: Scheme, language: str
):
    page = browsing.page(width=width, scheme=scheme, language=language)

    is_shown = scheme == "light"

    def look(step: str) -> None:
        picture(
            page,
            f"window-calculator-{step}-{width}-{scheme}-{language}",
            tmp_path,
            is_shown and step in MANUAL_STEPS,
        )
        assert_accessible(page)
        assert_fits(page)
        assert_targets_are_large(page, PATIENT_TARGET)

    page.goto("/windows/")
    look("begin")
    send(page)
    look("nothing-chosen")
    choose(page, "us_ipledge", "can")
    look("dates")
    write_day(page, "test", "31 2 2026")
    page.fill("#id_cycle_days", "often")
    send(page)
    look("mistakes")
    write_day(page, "screening", "6 10 2026")
    write_day(page, "test", "16 11 2026")
    page.fill("#id_cycle_days", "")
    send(page)
    look("answer")
    for summary in page.locator("main summary").all():
        summary.click()
    look("answer-opened")


def test_the_us_window_of_4_march_2024_closes_on_the_10th_at_midnight_in_the_east(browsing: Browsing):
    page = browsing.page()
    count_one_test(page)
    # The specimen day is day 1: 4, 5, 6, 7, 8, 9, 10 March, the day the clocks change to EDT.
    first = page.locator("section.window").first.inner_text()
    assert "Monday 4 March 2024" in first
    assert "Sunday 10 March 2024, until 23:59 EDT" in first


def test_the_same_in_spanish_with_its_words_and_days(browsing: Browsing):
    page = browsing.page(language="es")
    count_one_test(page)
    first = page.locator("section.window").first.inner_text()
    assert "lunes 4 de marzo de 2024" in first
    assert "domingo 10 de marzo de 2024, hasta las 23:59 EDT" in first


def test_one_test_costs_no_more_than_its_budget(browsing: Browsing):
    page = browsing.page()
    page.goto("/windows/")
    task = Task(page, "window_calculator_one_test")
    task.choose(page.locator("#id_programme"), "us_ipledge")
    task.click(page.locator("label[for=id_category]"))
    task.click(page.locator(SEND))
    task.write_day(page.locator("#id_test"), "4", "3", "2024")
    task.click(page.locator(SEND))
    page.wait_for_selector("section.window")
    task.assert_within_budget()


def test_it_works_with_the_keyboard_alone(browsing: Browsing):
    page = browsing.page()
    page.goto("/windows/")
    tab_to(page, page.locator(".govuk-skip-link"))
    tab_to(page, page.locator("#id_programme"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator("#id_programme").input_value() == "uk_mhra"
    tab_to(page, page.locator("#id_category"))
    page.keyboard.press("Space")
    tab_to(page, page.locator(SEND))
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#id_prescription"))
    page.keyboard.type("2")
    tab_to(page, page.locator("#id_prescription_month"))
    page.keyboard.type("March")
    tab_to(page, page.locator("#id_prescription_year"))
    page.keyboard.type("2026")
    page.keyboard.press("Enter")
    page.wait_for_selector("section.window")
    # The day of issue is day 0, day 7 the last: 2 + 7 = 9 March.
    assert "Monday 9 March 2026" in page.locator("section.window").first.inner_text()


def test_it_works_without_script(browsing: Browsing):
    page = browsing.page(script=False)
    count_one_test(page)
    assert "Monday 4 March 2024" in page.locator("section.window").first.inner_text()
    send(page, "button[name=step]")
    assert page.locator("#id_test_year").input_value() == "2024"
    write_day(page, "test", "5 3 2024")
    send(page)
    assert "Tuesday 5 March 2024" in page.locator("section.window").first.inner_text()


def test_another_language_keeps_what_was_entered(browsing: Browsing):
    page = browsing.page()
    choose(page, "us_ipledge", "can")
    page.fill("#id_test", "4")
    send(page, ".languages button.link-button")
    assert page.locator("h1").inner_text() == "¿Qué fechas tiene?"
    assert page.locator("#id_test").input_value() == "4"
    assert page.locator(".govuk-error-summary").count() == 0
    write_day(page, "test", "4 3 2024")
    send(page)
    send(page, ".languages button.link-button")
    assert page.locator("h1").inner_text() == "The windows"


def test_no_date_ever_stands_in_an_address_a_log_or_the_browser(browsing: Browsing, server: Server):
    page = browsing.page()
    addresses = []
    page.on("request", lambda request: addresses.append(request.url))
    count_one_test(page, "17 9 2025")
    assert page.evaluate("[localStorage.length, sessionStorage.length, history.length > 0]") == [0, 0, True]
    assert {one["name"] for one in page.context.cookies()} == {"isovigil-form"}
    told = [*addresses, (server.home / "access.log").read_text("utf-8")]
    assert not [text for text in told if "2025" in re.sub(r"\[\d+/\w+/\d+:[^]]*\]", "", text)]


def test_the_answer_is_kept_nowhere(browsing: Browsing):
    page = browsing.page()
    choose(page, "us_ipledge", "can")
    write_day(page, "test", "4 3 2024")
    with page.expect_response("**/windows/") as answered:
        send(page)
    assert answered.value.headers["cache-control"] == "no-store"


def test_the_saved_calendar_names_nothing(browsing: Browsing):
    page = browsing.page()
    choose(page, "uk_mhra", "can")
    write_day(page, "test", "27 2 2026")
    write_day(page, "prescription", "2 3 2026")
    write_day(page, "last_dose", "31 3 2026")
    send(page)
    with page.expect_download() as saved:
        page.locator("button[name=calendar]").click()
    text = Path(saved.value.path()).read_bytes().decode()
    assert saved.value.suggested_filename == "calendar.ics"
    lines = text.split("\r\n")
    assert {line for line in lines if line.startswith("SUMMARY")} == {
        "SUMMARY:Pharmacy",
        "SUMMARY:Appointment",
        "SUMMARY:Health reminder",
    }
    # The prescription of 2 March is handed over until 9 March; the calendar's end is the day after.
    at = lines.index("SUMMARY:Pharmacy")
    assert lines[at - 2 : at] == ["DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260310"]
    for banned in ("isotretinoin", "pregnan", "contracep", "dermat", "test", "dose", "embaraz"):
        assert banned not in text.casefold()


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("30 2 2026", "There is no day 30 2 2026 in the calendar. Check the day and the month."),
        ("4 3 24", "Write the year of the day of the test with four digits, such as 2026; “24” was written."),
        ("4 x 2026", "“4 x 2026” is not a day. Write the day of the test in numbers, such as 27 3 2026."),
        (
            "4 3 2006",
            "No rule is held for 4 March 2006 in this programme, so nothing can be counted from it.",
        ),
    ],
)
def test_a_mistake_is_told_at_the_top_and_beside_its_box(browsing: Browsing, day: str, says: str):
    page = browsing.page()
    count_one_test(page, day)
    told = page.locator(".govuk-error-summary a")
    assert told.inner_text().startswith(says)
    assert page.title().startswith("Error: ")
    assert says in page.locator("#id_test-error").inner_text()
    told.click()
    assert page.evaluate("document.activeElement.id") == "id_test"
    assert page.locator("#id_test_year").input_value() == day.split()[2]


def test_nothing_given_is_asked_for_and_another_country_is_refused(browsing: Browsing):
    page = browsing.page()
    choose(page, "us_ipledge", "cannot")
    send(page)
    assert "there is nothing yet to count from" in page.locator(".govuk-error-summary").inner_text()
    choose(page, OTHER, "can")
    assert (
        "The rules of other countries are not held here" in page.locator(".govuk-error-summary").inner_text()
    )


def test_an_open_date_of_the_law_gives_both_readings_and_only_their_difference(browsing: Browsing):
    page = browsing.page()
    count_one_test(page, "16 11 2026")
    assert "The law can be read in more than one way" in page.locator("main").inner_text()
    assert "Reading 2 of 2" in page.locator("main").inner_text()
    # In reading 1 the next specimen comes 19 days later, 5 December; in reading 2 at once, 17 November.
    second = page.locator("h2", has_text="Reading 2 of 2").locator("xpath=following-sibling::section")
    assert second.count() == 1
    assert "Tuesday 17 November 2026" in second.inner_text()


def test_hostile_text_stays_text(browsing: Browsing):
    page = browsing.page()
    choose(page, "us_ipledge", "can")
    write_day(page, "test", "4 <script>alert(1)</script> 2026")
    page.fill("#id_test_month", "<b>3</b>")
    send(page)
    assert page.locator("main b").count() == 0
    assert "<b>3</b>" in page.locator("#id_test-error").inner_text()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(server: Server, method: str):
    asked = urllib.request.Request(f"{server.address}/windows/", method=method)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked)
    assert refused.value.code in {403, 405}
    refused.value.close()


def test_every_programme_held_can_be_chosen_and_every_kind_has_words():
    assert set(COUNTRIES) - {OTHER} == set(load_rulebook().programmes)
    assert words.KINDS.keys() == set(KINDS)


def test_every_open_date_of_the_law_can_be_said_in_spanish():
    layers = [layer for programme in load_rulebook().programmes.values() for layer in programme.layers]
    assert {layer.undecided_because for layer in layers if layer.undecided_because} <= set(words.BECAUSE)


def test_every_way_of_counting_can_be_said_in_spanish():
    rulebook = load_rulebook()
    used = {
        programme.values[name].counting
        for programme in rulebook.programmes.values()
        for name in programme.values
        if name
        in {
            "contraception/lead",
            "dispensing/window_days",
            "dispensing/window_days_if_cannot_become_pregnant",
            "dispensing/days_after_prescription",
            "pregnancy_testing/days_before_prescription",
            "post_treatment/test_after",
            "post_treatment/contraception_after",
            "blood_donation/deferred_after",
        }
    }
    assert used - {None} <= words.COUNTINGS.keys()
