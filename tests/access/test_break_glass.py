"""Is broken glass always told: with a reason, for an hour, to the patient and the auditor?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from isovigil.storage import ledger
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.access import NotAllowed
from isovigil.usecases.record.acting import Role
from isovigil.usecases.record.break_glass import NoReason, break_glass, with_broken_glass
from isovigil.usecases.record.course_read import NoSuchPatient
from isovigil.usecases.record.reads import looks_at, looks_at_clinic
from tests.access.asvs import covers
from tests.access.clinics import NOW, Clinics

REASON = "She collapsed at the counter and the ambulance asks what she takes."
A_SECOND = timedelta(seconds=1)


@covers("8.2.2")
def test_a_pharmacist_sees_a_course_only_after_saying_why(clinics: Clinics):
    browser = clinics.signed_in("pharmacist")
    course = f"/course/{clinics.young}/"
    assert browser.get(course).status_code == 404
    answer = browser.post(f"/patients/{clinics.young}/break-glass/", {"reason": REASON})
    assert (answer.status_code, answer.headers["Location"]) == (302, course)
    assert browser.get(course).status_code == 200
    assert browser.get(f"/course/{clinics.patient}/").status_code == 404


@pytest.mark.parametrize(
    ("after", "is_open"),
    [(timedelta(0), True), (timedelta(minutes=60) - A_SECOND, True), (timedelta(minutes=60), False)],
)
def test_the_glass_is_open_for_an_hour(clinics: Clinics, after: timedelta, is_open: bool):
    opened = break_glass(clinics.acting("pharmacist"), clinics.young, reason=REASON)
    later = with_broken_glass(clinics.acting("pharmacist", NOW + after), clinics.young)
    assert later.break_glass == (opened if is_open else None)


def test_the_glass_is_open_to_whoever_broke_it_and_for_that_patient_alone(clinics: Clinics):
    break_glass(clinics.acting("pharmacist"), clinics.young, reason=REASON)
    assert with_broken_glass(clinics.acting("pharmacist"), clinics.patient).break_glass is None
    assert with_broken_glass(clinics.acting("prescriber"), clinics.young).break_glass is None


def test_the_reason_stands_in_the_log_under_the_patients_key(clinics: Clinics):
    break_glass(clinics.acting("pharmacist"), clinics.young, reason=REASON)
    with reading(clinics.clinic):
        last = ledger.entries_about(clinics.clinic, clinics.young)[-1]
    assert last.actor == clinics.people["pharmacist"]
    assert last.payload is not None
    assert (last.payload["kind"], last.payload["reason"]) == ("break_glass", REASON)
    assert datetime.fromisoformat(last.payload["ends_at"]) == NOW + timedelta(hours=1)


@covers("16.3.3")
def test_the_patient_and_the_auditor_read_who_broke_the_glass(clinics: Clinics):
    break_glass(clinics.acting("pharmacist"), clinics.young, reason=REASON)
    (look,) = looks_at(clinics.acting("patient"), clinics.young)
    assert (look.who, look.role, look.broke_the_glass) == ("A pharmacist", "pharmacist", True)
    (told,) = looks_at_clinic(clinics.acting("auditor"), most=10)
    assert (told.patient, told.reason) == (clinics.young, REASON)
    assert "broke the glass" in clinics.signed_in("patient").get("/my-record/").content.decode()
    assert REASON in clinics.signed_in("auditor").get("/log/looks/").content.decode()


@covers("16.3.3")
def test_every_look_under_broken_glass_names_it(clinics: Clinics):
    browser = clinics.signed_in("pharmacist")
    browser.post(f"/patients/{clinics.young}/break-glass/", {"reason": REASON})
    browser.get(f"/course/{clinics.young}/")
    looks = looks_at(clinics.acting("patient", datetime.now(UTC)), clinics.young)
    assert [look.broke_the_glass for look in looks] == [True, True]


@pytest.mark.parametrize("reason", ["", "because", "eleven char", "            "])
def test_a_reason_of_eleven_letters_says_too_little(clinics: Clinics, reason: str):
    with pytest.raises(NoReason):
        break_glass(clinics.acting("nurse"), clinics.young, reason=reason)
    assert looks_at(clinics.acting("patient"), clinics.young) == []


def test_a_reason_of_twelve_letters_is_one(clinics: Clinics):
    opened = break_glass(clinics.acting("nurse"), clinics.young, reason="twelve chars")
    assert with_broken_glass(clinics.acting("nurse"), clinics.young).break_glass == opened


@pytest.mark.parametrize("role", ["coordinator", "auditor", "administrator", "programme_lead", "patient"])
def test_not_every_role_may_break_the_glass(clinics: Clinics, role: Role):
    with pytest.raises(NotAllowed):
        break_glass(clinics.acting(role), clinics.young, reason=REASON)


def test_no_glass_stands_in_front_of_another_clinics_patient(clinics: Clinics):
    with pytest.raises(NoSuchPatient):
        break_glass(clinics.acting("pharmacist"), clinics.elsewhere, reason=REASON)
