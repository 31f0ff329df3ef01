"""What is told when a page cannot be given, and what is not?"""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from typing import NamedTuple

import pytest

from isovigil.web.headers import POLICY
from tests.web.browsing import Browsing, assert_accessible, assert_fits
from tests.web.serving import Server


class Told(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str


def ask(server: Server, path: str, method: str = "GET", body: bytes | None = None) -> Told:
    request = urllib.request.Request(server.address + path, method=method, data=body)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request) as answer:
            return Told(answer.status, dict(answer.headers), answer.read().decode())
    except urllib.error.HTTPError as refused:
        with refused:
            return Told(refused.code, dict(refused.headers), refused.read().decode())


ERRORS = [
    ("/gallery/fails/400/", 400, "The request could not be read"),
    ("/gallery/fails/403/", 403, "This page is not open to you"),
    ("/nowhere/", 404, "There is no such page"),
    ("/gallery/only-post/", 405, "This address does not take that kind of request"),
    ("/gallery/fails/413/", 413, "Too much was sent at once"),
    ("/gallery/fails/429/", 429, "Too many tries"),
    ("/gallery/fails/500/", 500, "Something went wrong on our side"),
    ("/gallery/fails/503/", 503, "The record cannot be reached just now"),
]


@pytest.mark.parametrize(("path", "status", "title"), ERRORS)
def test_an_error_is_a_page_of_ours_with_every_header(server: Server, path: str, status: int, title: str):
    told = ask(server, path)
    assert told.status == status
    assert f"<h1>{title}</h1>" in told.body
    assert told.headers["Content-Security-Policy"] == POLICY
    assert told.headers["Cache-Control"] == "no-store"
    assert told.headers["X-Content-Type-Options"] == "nosniff"
    assert told.headers["X-Frame-Options"] == "DENY"
    assert told.headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(("path", "status", "title"), ERRORS)
def test_an_error_can_be_read_by_everybody(browsing: Browsing, path: str, status: int, title: str):
    page = browsing.page(width=320, scheme="dark", language="es")
    page.goto(path)
    assert page.locator("html").get_attribute("lang") == "es"
    assert title not in page.locator("h1").inner_text()
    assert_accessible(page)
    assert_fits(page)


@pytest.mark.parametrize("status", [500, 503])
def test_what_failed_is_told_to_nobody_and_only_a_number_leads_to_it(server: Server, status: int):
    told = ask(server, f"/gallery/fails/{status}/")
    for secret in ("Ada Brook", "ZeroDivisionError", "OperationalError", "Traceback", "gallery_views"):
        assert secret not in told.body
    log = server.log.read_text("utf-8")
    assert "Ada Brook" not in log, "a fault's text may quote a person's data"
    if status == 500:
        number = re.search(r"<strong>([0-9a-f]{8})</strong>", told.body)
        assert number is not None
        assert f"fault {number[1]}: ZeroDivisionError" in log


def test_a_method_that_is_not_taken_says_which_are(server: Server):
    assert ask(server, "/gallery/only-post/").headers["Allow"] == "POST"


def test_a_database_that_is_away_says_when_to_come_back(server: Server):
    assert ask(server, "/gallery/fails/503/").headers["Retry-After"] == "30"


def test_a_form_without_its_token_is_refused_in_our_words(server: Server):
    told = ask(server, "/windows/", "POST", b"programme=us_ipledge&category=can")
    assert told.status == 403
    assert "This form is too old to be sent" in told.body


def test_too_many_bytes_are_refused_as_such(server: Server):
    # Django reads at most 2.5 MB of a form into memory (DATA_UPLOAD_MAX_MEMORY_SIZE).
    told = ask(server, "/windows/", "POST", b"programme=" + b"x" * 2_700_000)
    assert told.status in {403, 413}
    assert "<h1>" in told.body
