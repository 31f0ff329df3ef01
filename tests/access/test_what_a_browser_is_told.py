"""Does every answer, an error too, tell the browser what it may load, keep, frame and send?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse

from isovigil.storage.keys import make_keys
from isovigil.storage.models import Clinic, Entry, Invitation, Membership, ReadEvent
from isovigil.usecases.record.acting import Role
from isovigil.web import headers
from tests.access.asvs import covers
from tests.access.clinics import ROLES, Clinics
from tests.access.routes import address, asked, every_route, of_the_record

ON_EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": headers.POLICY,
    "Cache-Control": "no-store",
}


def check_headers(answer: Any, what: str) -> None:
    for name, value in ON_EVERY_ANSWER.items():
        assert answer.headers.get(name, "").startswith(value) or (
            name == "Cache-Control" and "no-store" in answer.headers.get(name, "")
        ), f"{what}: {name} is {answer.headers.get(name)!r}"
    assert answer.headers["Referrer-Policy"] in {"no-referrer", "same-origin", "strict-origin"}, what
    assert "Server" not in answer.headers, what
    assert "X-Powered-By" not in answer.headers, what


@covers("3.4.3", "3.4.4", "3.4.5", "3.4.6", "3.4.8", "14.3.2")
@pytest.mark.parametrize("role", ROLES)
def test_every_answer_of_every_page_carries_the_headers(clinics: Clinics, role: Role):
    browser = clinics.signed_in(role)
    for route in of_the_record():
        for owner in ("young", "nobody"):
            check_headers(asked(browser, address(route, clinics, owner)), f"{route.name} for a {role}")


@covers("3.4.4", "3.4.6", "14.3.2")
def test_pages_for_anybody_and_errors_carry_the_headers_too(clinics: Clinics, browser: Client):
    for route in every_route():
        try:
            url = reverse(str(route.name))
        except NoReverseMatch:
            continue
        check_headers(asked(browser, url), url)
    check_headers(browser.get("/no/such/page/"), "404")
    check_headers(browser.put("/worklist/"), "405")
    check_headers(Client(enforce_csrf_checks=True).post("/demo/sign-in/"), "403")


@covers("3.4.3", "3.4.7")
def test_the_content_policy_allows_nothing_unsafe_and_no_other_host():
    allowed = dict(part.split(" ", 1) for part in headers.POLICY.split("; "))
    assert allowed["default-src"] == "'none'"
    assert allowed["frame-ancestors"] == "'none'"
    assert allowed["base-uri"] == "'none'"
    for what, where in allowed.items():
        assert "unsafe" not in where, what
        assert "*" not in where, what
        assert "http" not in where, what


@covers("3.5.1")
def test_every_page_that_takes_a_form_refuses_one_without_its_token(clinics: Clinics):
    signed = clinics.signed_in("administrator")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.update(signed.cookies)
    for route in every_route():
        if route.name == "health":
            continue
        try:
            url = address(route, clinics, "young")
        except (AssertionError, NoReverseMatch):
            continue
        answer = strict.post(url, {"code": "x"})
        assert answer.status_code in {403, 405}, f"{route.pattern}: {answer.status_code}"
    assert strict.get("/people/").status_code == 200


@covers("3.5.1", "3.5.3")
def test_a_form_from_another_site_is_refused_even_with_a_token(clinics: Clinics):
    browser = Client(enforce_csrf_checks=True)
    browser.get("/")
    token = browser.cookies["isovigil-form"].value
    form = {"role": "nurse", "csrfmiddlewaretoken": token}
    foreign = browser.post("/demo/sign-in/", form, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert browser.post("/demo/sign-in/", form, headers={"origin": "http://testserver"}).status_code == 302


@covers("3.5.1")
@pytest.mark.parametrize("role", ROLES)
def test_looking_changes_nothing_but_the_list_of_who_looked(clinics: Clinics, role: Role):
    browser = clinics.signed_in(role)
    before = _kept()
    for route in every_route():
        try:
            url = address(route, clinics, "young")
        except (AssertionError, NoReverseMatch):
            continue
        browser.get(url)
        browser.head(url)
    assert _kept() == before
    assert ReadEvent.objects.exclude(person=clinics.people[role]).count() == 0


def _kept() -> list[Any]:
    return [list(table.objects.order_by("pk").values()) for table in (Entry, Membership, Invitation, Clinic)]


@covers("4.1.4")
def test_a_method_that_no_page_has_is_refused(clinics: Clinics):
    browser = clinics.signed_in("administrator")
    for route in of_the_record():
        url = address(route, clinics, "young")
        for method in (browser.put, browser.patch, browser.delete):
            assert method(url).status_code == 405, route.name


@covers("4.1.1")
def test_the_type_of_an_answer_is_what_it_is(clinics: Clinics):
    browser = clinics.signed_in("auditor")
    types = {
        "/log/": "text/html; charset=utf-8",
        "/log/heads.jsonl": "application/jsonl; charset=utf-8",
        "/log/key.pem": "application/x-pem-file",
    }
    assert {url: browser.get(url).headers["Content-Type"] for url in types} == types
    for download in ("/log/heads.jsonl", "/log/key.pem"):
        assert browser.get(download).headers["Content-Disposition"].startswith("attachment;")


@covers("15.3.1", "15.3.3")
def test_a_form_sets_nothing_that_it_does_not_ask_for(clinics: Clinics):
    browser = clinics.signed_in("administrator")
    form = {
        "name": "Newman Nurse",
        "email": "new@nurse.example",
        "role": "nurse",
        "clinic": str(clinics.other_clinic),
        "invited_by": str(clinics.people["nurse"]),
        "expires_at": "2999-01-01T00:00",
        "patient": str(clinics.young),
    }
    assert browser.post("/people/invite/", form).status_code == 200
    row = Invitation.objects.get(email="new@nurse.example")
    assert row.clinic_id == clinics.clinic
    assert row.invited_by_id == clinics.people["administrator"]
    assert row.expires_at - row.invited_at == settings_hours(24)
    assert row.patient_id is None


def settings_hours(hours: int) -> Any:
    from datetime import timedelta

    return timedelta(hours=hours)


@covers("15.3.3")
def test_an_administrator_gives_nobody_a_role_that_is_not_of_staff_on_that_page(clinics: Clinics):
    browser = clinics.signed_in("administrator")
    form = {"name": "P", "email": "p@home.example", "role": "patient"}
    assert browser.post("/people/invite/", form).status_code == 422
    assert not Invitation.objects.filter(email="p@home.example").exists()


@covers("16.5.1", "16.5.2", "16.5.3")
def test_a_fault_tells_a_number_and_nothing_else_and_changes_nothing(
    clinics: Clinics, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("SECRET-IN-A-FAULT Quince-Marker")

    browser = clinics.signed_in("administrator")
    browser.raise_request_exception = False
    monkeypatch.setattr("isovigil.usecases.record.end_membership.end_sessions_of", broken)
    url = f"/people/{clinics.memberships['nurse']}/end/"
    answer = browser.post(url, {"reason": "left the clinic"})
    assert answer.status_code == 500
    assert b"SECRET-IN-A-FAULT" not in answer.content
    assert b"Traceback" not in answer.content
    assert Membership.objects.get(id=clinics.memberships["nurse"]).ended_at is None


@covers("16.5.2", "16.5.3")
def test_a_fault_while_asking_who_may_opens_nothing(clinics: Clinics, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no answer")

    browser = clinics.signed_in("nurse")
    browser.raise_request_exception = False
    monkeypatch.setattr("isovigil.web.acting.refuse_unless_allowed", broken)
    assert browser.get("/worklist/").status_code == 500
    monkeypatch.undo()
    monkeypatch.setattr("isovigil.web.acting.acting_as", broken)
    assert browser.get("/worklist/").status_code == 500


@covers("3.3.1", "3.3.2", "3.3.3", "3.3.4", "3.4.1", "13.4.6")
def test_in_production_cookies_are_locked_to_the_host_and_the_browser_keeps_to_tls(tmp_path: Path):
    make_keys(tmp_path / "keys")
    program = (
        "import json, django; django.setup()\n"
        "from django.core.management import call_command\n"
        "from django.test import Client\n"
        "call_command('migrate', verbosity=0, skip_checks=True)\n"
        "browser = Client(SERVER_NAME='clinic.example', headers={'x-forwarded-proto': 'https'})\n"
        "out = {}\n"
        "for page in ('/', '/account/login/', '/windows/', '/no/such/page/'):\n"
        "    answer = browser.get(page, secure=True)\n"
        "    out[page] = {'headers': dict(answer.headers),\n"
        "                 'cookies': {name: {k: v for k, v in one.items() if v}\n"
        "                             for name, one in answer.cookies.items()}}\n"
        "browser.post('/account/invitation/', {'code': 'x'}, secure=True)\n"
        "session = browser.get('/account/2fa/webauthn/login/', headers={'accept': 'application/json'},\n"
        "                      secure=True)\n"
        "out['session'] = {'headers': dict(session.headers),\n"
        "                  'cookies': {name: {k: v for k, v in one.items() if v}\n"
        "                              for name, one in session.cookies.items()}}\n"
        "print('\\n' + json.dumps(out))\n"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "isovigil.settings",
        "ISOVIGIL_ENVIRONMENT": "production",
        "ISOVIGIL_HOME": str(tmp_path),
        "ISOVIGIL_KEYS": str(tmp_path / "keys"),
        "ISOVIGIL_DATABASE": f"sqlite://{tmp_path / 'record.sqlite3'}",
        "ISOVIGIL_HOSTS": "clinic.example",
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    cookies = {name: one for page in told.values() for name, one in page["cookies"].items()}
    assert set(cookies) == {"__Host-isovigil", "__Host-isovigil-form"}
    for name, cookie in cookies.items():
        assert cookie["secure"], name
        assert cookie["httponly"], name
        assert cookie["samesite"] in {"Lax", "Strict"}, name
        assert cookie["path"] == "/", name
        assert "domain" not in cookie, name
    for page in told.values():
        assert page["headers"]["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
        assert "Server" not in page["headers"]


def test_a_made_up_number_of_a_patient_is_not_there(clinics: Clinics):
    assert clinics.signed_in("nurse").get(f"/course/{UUID(int=99)}/").status_code == 404
    assert settings.SESSION_COOKIE_HTTPONLY
