"""Does every page open to exactly those who may open it: each role, each owner, each factor?"""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import NoReverseMatch

from isovigil.usecases.record.acting import Role
from isovigil.web.acting import IS_MADE_UP_IN_SESSION
from tests.access import agreed
from tests.access.asvs import covers
from tests.access.clinics import OF_PEOPLE, ROLES, STAFF, Clinics
from tests.access.routes import (
    OWN_ACCOUNT,
    OWNERS,
    PUBLIC,
    Owner,
    Route,
    address,
    asked,
    every_route,
    of_the_record,
)

NOT_THERE = 404
OPENS = {200, 302, 400, 409, 412, 422}
"""What a page that is open answers: itself, what is next, or what is missing in an empty form."""


@covers("8.2.1")
def test_every_address_says_who_may_open_it():
    silent = [route.pattern for route in every_route() if not route.is_declared]
    assert silent == [], "give each a verb by @page(...), or a line with a reason in tests/access/routes.py"


def test_the_lists_of_open_addresses_name_only_addresses_that_exist():
    names = {route.name for route in every_route()}
    assert {*PUBLIC, *OWN_ACCOUNT} - names == set()


def test_an_address_of_the_record_is_on_no_list_of_open_ones():
    assert [route.name for route in of_the_record() if {route.name} & {*PUBLIC, *OWN_ACCOUNT}] == []


def test_every_address_of_the_record_has_a_name_and_the_tests_can_ask_for_it(clinics: Clinics):
    for route in of_the_record():
        assert address(route, clinics, "young"), route.pattern


OF_THE_CLINIC = {"enrolment", "enrolment_task", "consents", "consent", "signed_consent", "visit", "outage"}
"""Forms in front of which the whole course is read, or whose facts the clinic alone records: whoever may
record a fact or two of another kind does not get them."""
ASKED_OF_NOBODY = {"consent"}
"""No consent is asked of a patient whose course is over, as these are: to whom it is open, it is not there
either. That it is open is tested with the enrolment; here, that it is closed to everybody else."""


def expected(route: Route, role: Role, owner: Owner) -> bool:
    """Is it open to this role, for this owner's patient, as was agreed?"""
    assert route.verb is not None
    if role not in agreed.roles(agreed.VERBS[route.verb]):
        return False
    if route.name in OF_THE_CLINIC and role not in agreed.roles(agreed.VERBS["see_course"]):
        return False
    if not {"patient", "membership", "invitation"} & {*route.parameters}:
        return True
    if role in {"patient", "carer"} and "patient" in route.parameters:
        return owner == "young"
    return owner in {"young", "other_patient"}


@covers("8.2.1", "8.2.2", "8.4.1")
@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_was_agreed_for_its_own_patients_and_nothing_else(clinics: Clinics, role: Role):
    browser = clinics.signed_in(role)
    wrong = []
    for route in of_the_record():
        owners = OWNERS if route.parameters else OWNERS[:1]
        if route.name == "withdraw_invitation":
            owners = ("other_clinic", "nobody", "young")  # once withdrawn, it is there no more
        for owner in owners:
            answer = asked(browser, address(route, clinics, owner))
            is_open = expected(route, role, owner)
            if is_open and route.name in ASKED_OF_NOBODY and answer.status_code == NOT_THERE:
                continue
            if (answer.status_code in OPENS) is not is_open or (
                not is_open and answer.status_code != NOT_THERE
            ):
                wrong.append(f"{route.name} of {owner}: {answer.status_code}, agreed: {is_open}")
    assert wrong == []


@covers("8.2.1", "8.3.1")
def test_nobody_who_is_not_signed_in_opens_a_page_of_the_record_or_of_an_account(
    clinics: Clinics, browser: Client
):
    for route in of_the_record():
        for method in (browser.get, browser.post):
            answer = method(address(route, clinics, "young"))
            assert answer.status_code in {302, 405}, route.name
            if answer.status_code == 302:
                assert answer.headers["Location"].partition("?")[0] == "/", route.name
    for route in every_route():
        if route.name in OWN_ACCOUNT:
            answer = asked(browser, _plain_address(route))
            assert answer.status_code in {302, 404}, route.name


@covers("6.3.3")
@pytest.mark.parametrize("role", STAFF)
def test_staff_who_showed_one_factor_open_no_page_of_the_record(clinics: Clinics, role: Role):
    browser = clinics.signed_in(role)
    session = browser.session
    del session[IS_MADE_UP_IN_SESSION]
    session.save()
    for route in of_the_record():
        answer = asked(browser, address(route, clinics, "young"))
        assert answer.status_code == 302, route.name
        assert answer.headers["Location"].startswith("/account/second-factor/"), route.name


@covers("8.2.3")
@pytest.mark.parametrize("role", ["pharmacist", "programme_lead", "auditor", "administrator", "carer"])
def test_no_page_of_a_role_that_sees_little_holds_what_it_may_not_see(clinics: Clinics, role: Role):
    browser = clinics.signed_in(role)
    # What the young patient's record says of contraception, pregnancy tests, mood and periods.
    forbidden = ("iud_copper", "copper", "phq", "condom", "pregnancy test", "menses", "sexual", "contracepti")
    names = OF_PEOPLE if role != "carer" else ()
    for route in of_the_record():
        answer = asked(browser, address(route, clinics, "young"))
        if answer.status_code != 200:
            continue
        told = _text(answer.content.decode())
        found = [word for word in (*forbidden, *names) if word.lower() in told]
        assert found == [], f"{route.name} shows a {role} {found}"


@covers("14.2.1")
def test_no_address_can_hold_anything_of_a_person_but_opaque_numbers(clinics: Clinics):
    for route in of_the_record():
        for parameter in route.parameters:
            assert parameter not in {"name_of_patient", "born_on", "second_id", "email"}, route.pattern
        if "patient" in route.parameters:
            assert "<uuid:patient>" in route.pattern, route.pattern
        url = address(route, clinics, "young")
        assert not any(word in url for word in OF_PEOPLE)


@covers("14.2.1", "16.2.5")
@pytest.mark.parametrize("role", ROLES)
def test_no_link_and_no_line_of_the_log_names_a_patient(
    clinics: Clinics, role: Role, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    browser = clinics.signed_in(role)
    for route in of_the_record():
        answer = asked(browser, address(route, clinics, "young"))
        addresses = re.findall(r'(?:href|action|src|data-hx-[a-z]+)="([^"]*)"', answer.content.decode())
        addresses.append(answer.headers.get("Location", ""))
        named = [each for each in addresses for word in OF_PEOPLE if word.replace(" ", "%20") in each]
        assert named == [], route.name
    written = "".join(capfd.readouterr()) + caplog.text
    assert '"event": "request"' in written
    assert [word for word in OF_PEOPLE if word in written] == []


def _plain_address(route: Route) -> str:
    from django.urls import reverse

    try:
        return reverse(str(route.name))
    except NoReverseMatch:
        return reverse(str(route.name), kwargs={"pk": 1})


def _text(page: str) -> str:
    """What a page says, without its tags, and without the list of addresses around it."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"<[^>]+>", " ", main).lower()
