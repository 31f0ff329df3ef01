"""Does a session end: when nobody uses it, when it is old, when somebody says so, and everywhere at once?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from isovigil.storage.models import Adoption, Draft
from isovigil.usecases.record.acting import Role
from isovigil.web.accounts.sessions import BEGAN_AT, SEEN_AT
from isovigil.web.acting import MEMBERSHIP_IN_SESSION, SIGNED_IN_AT_IN_SESSION
from tests.access.asvs import covers
from tests.access.clinics import Clinics
from tests.access.ways_in import PASSWORD, code_now, password_sent, signed_in_with_both, with_an_app

OWN_PAGE: dict[Role, str] = {"nurse": "/worklist/", "pharmacist": "/judged-by/", "patient": "/my-record/"}
A_MOMENT = timedelta(seconds=20)
"""Longer than any of these requests takes, shorter than the steps that are told apart."""


def set_back(browser: Client, key: str, by: timedelta) -> None:
    session = browser.session
    session[key] = (datetime.now(UTC) - by).isoformat()
    session.save()


@covers("7.3.1")
@pytest.mark.parametrize(
    ("role", "idle", "goes_on"),
    [
        ("nurse", timedelta(minutes=15) - A_MOMENT, True),
        ("nurse", timedelta(minutes=15), False),
        ("pharmacist", timedelta(minutes=15) - A_MOMENT, True),
        ("pharmacist", timedelta(minutes=15), False),
        ("patient", timedelta(minutes=10) - A_MOMENT, True),
        ("patient", timedelta(minutes=10), False),
    ],
)
def test_an_unused_session_ends_after_15_minutes_of_staff_and_10_of_patients(
    clinics: Clinics, role: Role, idle: timedelta, goes_on: bool
):
    browser = clinics.signed_in(role)
    set_back(browser, SEEN_AT, idle)
    answer = browser.get(OWN_PAGE[role])
    assert (answer.status_code == 200) is goes_on
    if not goes_on:
        assert answer.headers["Location"].startswith("/?ended=1")
        assert "_auth_user_id" not in browser.session
        assert "nobody used the page" in browser.get(answer.headers["Location"]).content.decode()


@covers("7.3.2")
@pytest.mark.parametrize(
    ("age", "goes_on"), [(timedelta(hours=12) - A_MOMENT, True), (timedelta(hours=12), False)]
)
@pytest.mark.parametrize("role", ["nurse", "patient"])
def test_a_session_ends_after_12_hours_however_much_it_is_used(
    clinics: Clinics, role: Role, age: timedelta, goes_on: bool
):
    browser = clinics.signed_in(role)
    set_back(browser, BEGAN_AT, age)
    assert (browser.get(OWN_PAGE[role]).status_code == 200) is goes_on


@covers("7.3.1")
def test_using_a_page_keeps_a_session_going(clinics: Clinics):
    browser = clinics.signed_in("nurse")
    set_back(browser, SEEN_AT, timedelta(minutes=14))
    assert browser.get("/worklist/").status_code == 200
    seen = datetime.fromisoformat(browser.session[SEEN_AT])
    assert datetime.now(UTC) - seen < timedelta(minutes=1)


@covers("7.3.1")
def test_a_session_without_clocks_is_over(clinics: Clinics):
    browser = clinics.signed_in("nurse")
    session = browser.session
    del session[SEEN_AT]
    session.save()
    assert browser.get("/worklist/").status_code == 302


@covers("7.3.1")
def test_what_was_typed_outlives_the_session(clinics: Clinics):
    browser = clinics.signed_in("nurse")
    Draft.objects.create(
        id=clinics.clinic,
        clinic_id=clinics.clinic,
        patient_id=clinics.young,
        person_id=clinics.people["nurse"],
        form="visit",
        saved_at=datetime.now(UTC),
        based_on_seq=1,
        sealed=b"sealed",
    )
    set_back(browser, SEEN_AT, timedelta(minutes=16))
    browser.get("/worklist/")
    assert Draft.objects.filter(person=clinics.people["nurse"], form="visit").exists()


@covers("7.4.1", "14.3.1")
def test_signing_out_ends_the_session_and_lets_the_browser_forget(clinics: Clinics):
    browser = clinics.signed_in("nurse")
    stolen = browser.cookies["isovigil"].value
    answer = browser.post("/account/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert browser.get("/worklist/").status_code == 302
    thief = Client()
    thief.cookies["isovigil"] = stolen
    assert thief.get("/worklist/").status_code == 302
    assert UserSession.objects.filter(user=clinics.people["nurse"]).count() == 0


def test_looking_at_the_sign_out_page_signs_nobody_out(clinics: Clinics):
    browser = clinics.signed_in("nurse")
    assert browser.get("/account/logout/").status_code == 200
    assert browser.get("/worklist/").status_code == 200


@covers("7.4.3", "7.5.2")
def test_signing_out_everywhere_ends_every_session_of_the_person_and_of_nobody_else(clinics: Clinics):
    here, there = clinics.signed_in("nurse"), clinics.signed_in("nurse")
    other = clinics.signed_in("prescriber")
    page = here.get("/account/sessions/").content.decode()
    assert page.count('<th scope="row">') == 2
    here.post("/account/sessions/end/")
    assert [one.get("/worklist/").status_code for one in (here, there, other)] == [302, 302, 200]


@covers("7.4.3", "7.5.2")
def test_all_other_sessions_can_be_ended_and_this_one_goes_on(clinics: Clinics):
    here, there = clinics.signed_in("nurse"), clinics.signed_in("nurse")
    here.post("/account/sessions/")
    assert [one.get("/worklist/").status_code for one in (here, there)] == [200, 302]


@covers("7.2.3", "7.2.4")
def test_a_session_gets_a_new_key_at_sign_in_at_the_second_factor_and_at_each_confirmation(clinics: Clinics):
    person, secret = with_an_app(clinics, "nurse")
    browser = Client()
    keys = []
    browser.get("/account/login/")
    password_sent(browser, person)
    keys.append(browser.session.session_key)
    browser.post("/account/2fa/authenticate/", {"code": code_now(secret)})
    keys.append(browser.session.session_key)
    cache.clear()
    browser.post("/account/2fa/reauthenticate/", {"code": code_now(secret)})
    keys.append(browser.session.session_key)
    assert len(set(keys)) == 3
    assert Session.objects.filter(session_key__in=keys).count() == 1
    # 32 letters of 36 are 165 bits.
    assert all(key is not None and len(key) == 32 for key in keys)
    assert browser.get("/worklist/").status_code == 200
    assert UserSession.objects.filter(user=person, session_key=keys[-1]).count() == 1


@covers("7.2.4", "8.3.2")
def test_a_session_gets_a_new_key_when_another_role_is_chosen(clinics: Clinics):
    from isovigil.usecases.record.clinics import add_member
    from tests.access.clinics import NOW

    second = add_member(clinics.clinic, clinics.people["nurse"], "auditor", NOW, by=None)
    browser = clinics.signed_in("nurse")
    before = browser.session.session_key
    browser.post("/home/role/", {"membership": str(second)})
    assert browser.session.session_key != before
    assert browser.get("/home/").headers["Location"] == "/log/"
    assert browser.get("/worklist/").status_code == 404


@covers("8.2.2")
def test_nobody_chooses_a_role_of_somebody_else(clinics: Clinics):
    browser = clinics.signed_in("nurse")
    answer = browser.post("/home/role/", {"membership": str(clinics.memberships["administrator"])})
    assert answer.status_code == 404
    session = browser.session
    session[MEMBERSHIP_IN_SESSION] = str(clinics.memberships["administrator"])
    session.save()
    assert browser.get("/people/").status_code == 302


@covers("7.5.1", "7.5.3")
def test_adopting_asks_who_one_is_where_the_last_answer_is_old(clinics: Clinics):
    browser = clinics.signed_in("prescriber")
    set_back(browser, SIGNED_IN_AT_IN_SESSION, timedelta(minutes=16))
    form = {"programme": "us_ipledge", "policy": "balanced"}
    answer = browser.post("/judged-by/", form)
    assert answer.headers["Location"] == "/confirm/?next=%2Fjudged-by%2F"
    assert not Adoption.objects.exists()
    assert "I am A prescriber" in browser.get(answer.headers["Location"]).content.decode()
    back = browser.post("/demo/confirm/", {"next": "/judged-by/"})
    assert back.headers["Location"] == "/judged-by/"
    assert browser.post("/judged-by/", form).status_code == 302
    assert Adoption.objects.get().adopted_by_id == clinics.people["prescriber"]


@covers("7.5.1")
def test_saying_once_more_who_one_is_is_by_the_password_or_the_factor(clinics: Clinics):
    browser, secret = signed_in_with_both(clinics, "prescriber")
    set_back(browser, SIGNED_IN_AT_IN_SESSION, timedelta(minutes=16))
    assert browser.get("/confirm/?next=/judged-by/").headers["Location"] == (
        "/account/reauthenticate/?next=%2Fjudged-by%2F"
    )
    wrong = browser.post("/account/reauthenticate/", {"password": "not the right one", "next": "/judged-by/"})
    assert wrong.status_code == 200
    right = browser.post("/account/reauthenticate/", {"password": PASSWORD, "next": "/judged-by/"})
    assert right.headers["Location"] == "/judged-by/"
    confirmed = datetime.fromisoformat(browser.session[SIGNED_IN_AT_IN_SESSION])
    assert datetime.now(UTC) - confirmed < timedelta(minutes=1)
    assert code_now(secret)


@covers("7.4.3", "7.5.1")
def test_a_changed_password_needs_the_old_one_and_ends_the_other_sessions(clinics: Clinics):
    here, secret = signed_in_with_both(clinics, "nurse")
    cache.clear()
    there = Client()
    from isovigil.storage.models import Person

    person = Person.objects.get(id=clinics.people["nurse"])
    password_sent(there, person)
    there.post("/account/2fa/authenticate/", {"code": code_now(secret)})
    assert there.get("/worklist/").status_code == 200
    new = "quite another sentence to remember"
    form = {"oldpassword": "not the old one", "password1": new, "password2": new}
    assert here.post("/account/password/change/", form).status_code == 200
    form["oldpassword"] = PASSWORD
    assert here.post("/account/password/change/", form).status_code == 302
    assert [one.get("/worklist/").status_code for one in (here, there)] == [200, 302]
    person.refresh_from_db()
    assert person.check_password(new)


@covers("16.5.2", "16.5.3")
def test_while_the_database_is_away_nothing_opens_and_the_page_says_when_to_come_back(
    clinics: Clinics, monkeypatch: pytest.MonkeyPatch
):
    def away(*_: object) -> None:
        raise OperationalError

    browser = clinics.signed_in("nurse")
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    answer = browser.get("/worklist/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
