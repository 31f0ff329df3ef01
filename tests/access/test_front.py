"""Does the first page of a demo sign in as anybody, and never outside a demo?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.test.utils import override_settings

from isovigil.storage.keys import make_keys
from isovigil.usecases.record.acting import Role
from isovigil.usecases.record.end_membership import end_membership
from isovigil.web.accounts.checks import nobody_signs_in_without_proof
from tests.access.asvs import covers
from tests.access.clinics import ROLES, Clinics

OWN_PAGES: dict[Role, str] = {
    "prescriber": "/worklist/",
    "nurse": "/worklist/",
    "coordinator": "/worklist/",
    "programme_lead": "/log/",
    "auditor": "/log/",
    "administrator": "/people/",
    "patient": "/my-record/",
    "carer": "/my-record/",
}


@pytest.mark.parametrize("role", ROLES)
def test_a_card_signs_in_as_the_made_up_person_of_each_role(clinics: Clinics, role: Role):
    browser = Client()
    assert f'name="role" value="{role}"' in browser.get("/").content.decode()
    browser.post("/demo/sign-in/", {"role": role})
    answer = browser.get("/home/", follow=True)
    assert answer.status_code == 200
    if role in OWN_PAGES:
        assert answer.redirect_chain == [(OWN_PAGES[role], 302)]


def test_whoever_was_on_the_way_to_a_page_comes_to_it_after_signing_in(clinics: Clinics, browser: Client):
    first = browser.get("/people/")
    assert first.headers["Location"] == "/?next=%2Fpeople%2F"
    assert 'name="next" value="/people/"' in browser.get(first.headers["Location"]).content.decode()
    answer = browser.post("/demo/sign-in/", {"role": "administrator", "next": "/people/"})
    assert answer.headers["Location"] == "/people/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_nobody_is_sent_to_another_site_after_signing_in(clinics: Clinics, browser: Client, elsewhere: str):
    answer = browser.post("/demo/sign-in/", {"role": "nurse", "next": elsewhere})
    assert answer.headers["Location"] == "/home/"


def test_a_made_up_person_without_an_open_role_does_not_sign_in(clinics: Clinics, browser: Client):
    end_membership(clinics.acting("administrator"), clinics.memberships["nurse"], reason="left")
    assert browser.post("/demo/sign-in/", {"role": "nurse"}).status_code == 404


@pytest.mark.parametrize("role", ["", "boss", "nurse@harbour.example"])
def test_a_role_nobody_has_signs_nobody_in(clinics: Clinics, browser: Client, role: str):
    assert browser.post("/demo/sign-in/", {"role": role}).status_code == 404


@covers("6.3.1", "13.4.2")
def test_in_production_no_address_signs_in_without_a_proof_and_the_first_page_shows_no_card(tmp_path: Path):
    make_keys(tmp_path / "keys")
    program = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "from django.test import Client\n"
        "call_command('migrate', verbosity=0, skip_checks=True)\n"
        "browser = Client(SERVER_NAME='clinic.example', headers={'x-forwarded-proto': 'https'})\n"
        "posted = browser.post('/demo/sign-in/', {'role': 'administrator'}, secure=True).status_code\n"
        "confirmed = browser.post('/demo/confirm/', secure=True).status_code\n"
        "front = browser.get('/', secure=True)\n"
        "call_command('check')\n"
        "print(posted, confirmed, front.status_code, b'demo/sign-in' in front.content,\n"
        "      b'/account/login/' in front.content)\n"
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
    assert done.stdout.split()[-5:] == ["404", "404", "200", "False", "True"]


def test_the_start_is_refused_where_such_an_address_exists_in_production():
    assert nobody_signs_in_without_proof() == []
    with override_settings(IS_PRODUCTION=True):
        faults = nobody_signs_in_without_proof()
    assert [one.id for one in faults] == ["isovigil.E001", "isovigil.E001"]
    assert "'demo_sign_in'" in faults[0].msg


def test_in_production_a_session_of_a_demo_opens_nothing(clinics: Clinics):
    browser = clinics.signed_in("administrator")
    assert browser.get("/people/").status_code == 200
    with override_settings(IS_PRODUCTION=True):
        assert browser.get("/people/").headers["Location"] == "/account/second-factor/?next=%2Fpeople%2F"


@pytest.mark.parametrize("address", ["mail.example:25", "http://mail.example", "smtp://"])
def test_an_address_of_post_that_is_none_keeps_an_instance_from_starting(tmp_path: Path, address: str):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "isovigil.settings",
        "ISOVIGIL_ENVIRONMENT": "demo",
        "ISOVIGIL_HOME": str(tmp_path),
        "ISOVIGIL_MAIL": address,
    }
    done = subprocess.run(
        [sys.executable, "-c", "import isovigil.settings"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Write smtp://USER:PASSWORD@HOST:PORT" in done.stderr
