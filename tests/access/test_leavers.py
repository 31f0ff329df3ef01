"""Does a role that ended open nothing from that moment on?"""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from isovigil.storage import ledger
from isovigil.storage.models import Membership
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.access import NotAllowed
from isovigil.usecases.record.acting import Role
from isovigil.usecases.record.end_membership import (
    LastAdministrator,
    NoSuchMembership,
    end_membership,
)
from tests.access.asvs import covers
from tests.access.clinics import NOW, Clinics


@covers("7.4.2", "7.4.5", "8.3.2")
def test_the_sessions_of_a_leaver_end_with_the_role_and_their_next_request_opens_nothing(clinics: Clinics):
    leaver, colleague = (
        [clinics.signed_in("nurse"), clinics.signed_in("nurse")],
        clinics.signed_in("prescriber"),
    )
    assert [one.get("/worklist/").status_code for one in leaver] == [200, 200]
    end_membership(clinics.acting("administrator"), clinics.memberships["nurse"], reason="left")
    assert [one.get("/worklist/").headers["Location"] for one in leaver] == ["/?next=%2Fworklist%2F"] * 2
    assert UserSession.objects.filter(user=clinics.people["nurse"]).count() == 0
    assert Session.objects.filter(session_key__in=[one.session.session_key for one in leaver]).count() == 0
    assert colleague.get("/worklist/").status_code == 200


@covers("8.3.2")
def test_a_role_that_ended_opens_nothing_even_where_the_session_is_still_there(clinics: Clinics):
    browser = clinics.signed_in("nurse")
    Membership.objects.filter(id=clinics.memberships["nurse"]).update(ended_at=NOW)
    assert browser.get("/worklist/").status_code == 302


@covers("8.3.2")
def test_somebody_who_is_no_longer_active_opens_nothing(clinics: Clinics):
    browser = clinics.signed_in("nurse")
    membership = Membership.objects.select_related("person").get(id=clinics.memberships["nurse"])
    membership.person.is_active = False
    membership.person.save()
    assert browser.get("/worklist/").status_code == 302


def test_the_end_of_a_role_stands_in_the_log_with_who_ended_it_and_why(clinics: Clinics):
    end_membership(clinics.acting("administrator"), clinics.memberships["nurse"], reason="  moved \n away ")
    with reading(clinics.clinic):
        last = ledger.clinic_entries(clinics.clinic, ledger.Category.PEOPLE)[-1]
    assert last.actor == clinics.people["administrator"]
    assert last.payload is not None
    assert last.payload["kind"] == "membership_ended"
    assert last.payload["reason"] == "moved away"
    assert Membership.objects.get(id=clinics.memberships["nurse"]).ended_at == last.recorded_at


def test_the_last_administrator_stays(clinics: Clinics):
    with pytest.raises(LastAdministrator):
        end_membership(clinics.acting("administrator"), clinics.memberships["administrator"], reason="off")


def test_a_role_ends_once_and_only_at_ones_own_clinic(clinics: Clinics):
    administrator = clinics.acting("administrator")
    end_membership(administrator, clinics.memberships["nurse"], reason="left")
    with pytest.raises(NoSuchMembership):
        end_membership(administrator, clinics.memberships["nurse"], reason="left")
    with pytest.raises(NoSuchMembership):
        end_membership(administrator, clinics.membership_elsewhere, reason="left")


@pytest.mark.parametrize("role", ["prescriber", "nurse", "coordinator", "pharmacist", "auditor", "patient"])
def test_nobody_but_an_administrator_ends_a_role(clinics: Clinics, role: Role):
    with pytest.raises(NotAllowed):
        end_membership(clinics.acting(role), clinics.memberships["nurse"], reason="because")
