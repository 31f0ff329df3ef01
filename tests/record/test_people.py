"""Do people come in and go under row-level security too, as on the embedded database?"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from isovigil.storage.models import Invitation, Person
from isovigil.storage.tenancy import holding_an_invitation, reading
from isovigil.usecases.record.access import may
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.break_glass import break_glass, with_broken_glass
from isovigil.usecases.record.clinics import add_member
from isovigil.usecases.record.end_membership import end_membership
from isovigil.usecases.record.invite import (
    InvitationGone,
    accept_signed_in,
    accept_with_password,
    digest_of,
    invitation_behind,
    invite,
    open_invitations,
    renew_way_in,
    withdraw,
)
from isovigil.usecases.record.kept import refuse_unless_kept
from isovigil.usecases.record.log_told import heads_text, log_told, public_key_pem
from isovigil.usecases.record.members import NoMembership, acting_as, roles_of
from isovigil.usecases.record.members_listed import one_of_staff, staff_of
from isovigil.usecases.record.reads import looks_at, looks_at_clinic
from isovigil.usecases.record.sign_log import sign_head
from tests.record.records import NOW, ON_POSTGRESQL, Record

PASSWORD = "a sentence nobody else would say"
LATER = NOW + timedelta(minutes=1)


def administrator(record: Record) -> Acting:
    return record.acting("administrator")


def come_in(record: Record, email: str = "new@nurse.example") -> UUID:
    asked = invite(administrator(record), "Newman Nurse", email, "nurse")
    return accept_with_password(digest_of(asked.code), PASSWORD, LATER)


def test_somebody_invited_comes_in_once_and_acts_in_the_role(record: Record):
    asked = invite(administrator(record), "Newman Nurse", "new@nurse.example", "nurse")
    assert invitation_behind(digest_of(asked.code), LATER).clinic_name == "A clinic"
    person = accept_with_password(digest_of(asked.code), PASSWORD, LATER)
    (role,) = roles_of(person)
    acting = acting_as(person, role.clinic, role.membership, LATER)
    assert (acting.role, acting.clinic_name) == ("nurse", "A clinic")
    refuse_unless_kept(acting, record.patient)
    with pytest.raises(InvitationGone):
        accept_with_password(digest_of(asked.code), PASSWORD, LATER)


def test_an_invitation_is_withdrawn_and_listed(record: Record):
    asked = invite(administrator(record), "Newman Nurse", "new@nurse.example", "nurse")
    assert [one.id for one in open_invitations(administrator(record))] == [asked.invitation]
    withdraw(administrator(record), asked.invitation)
    assert list(open_invitations(administrator(record))) == []
    with pytest.raises(InvitationGone):
        invitation_behind(digest_of(asked.code), NOW)


@ON_POSTGRESQL
def test_a_code_shows_its_own_invitation_and_no_other_to_somebody_of_no_clinic(record: Record):
    asked = [invite(administrator(record), "N", f"{n}@nurse.example", "nurse") for n in range(3)]
    assert Invitation.objects.count() == 0
    with holding_an_invitation(digest_of(asked[1].code)):
        assert [row.id for row in Invitation.objects.all()] == [asked[1].invitation]
        assert Invitation.objects.update(used_at=NOW) == 0
    with holding_an_invitation(digest_of("a code nobody gave")):
        assert Invitation.objects.count() == 0


def test_somebody_who_can_sign_in_accepts_a_second_role(record: Record):
    person = come_in(record)
    asked = invite(administrator(record), "Newman Nurse", "new@nurse.example", "coordinator")
    accept_signed_in(digest_of(asked.code), person, LATER)
    assert {one.role for one in roles_of(person)} == {"nurse", "coordinator"}


def test_a_leaver_acts_no_more_and_their_sessions_are_gone(record: Record):
    person = come_in(record)
    (role,) = roles_of(person)
    session = SessionStore()
    session["anything"] = True
    session.save()
    UserSession.objects.create(user_id=person, ip="127.0.0.1", session_key=session.session_key, user_agent="")
    end_membership(administrator(record), role.membership, reason="left")
    with pytest.raises(NoMembership):
        acting_as(person, role.clinic, role.membership, LATER)
    assert not Session.objects.filter(session_key=session.session_key).exists()
    member = one_of_staff(administrator(record), role.membership)
    assert member.ended_at is not None
    assert staff_of(administrator(record))[-1] == member


def test_a_renewed_way_in_ends_the_old_one(record: Record):
    person = come_in(record)
    (role,) = roles_of(person)
    asked = renew_way_in(administrator(record), role.membership)
    assert not Person.objects.get(id=person).has_usable_password()
    assert accept_with_password(digest_of(asked.code), "another sentence, quite long", LATER) == person
    assert roles_of(person) == [role]


def test_broken_glass_is_open_for_its_hour_and_everybody_concerned_reads_of_it(record: Record):
    pharmacist = record.acting("pharmacist")
    assert not may(pharmacist, "see_course", record.patient)
    break_glass(pharmacist, record.patient, reason="The ambulance asks what she takes.")
    assert may(with_broken_glass(pharmacist, record.patient), "see_course", record.patient)
    later = pharmacist._replace(at=NOW + timedelta(hours=1))
    assert with_broken_glass(later, record.patient).break_glass is None
    (look,) = looks_at(record.acting("auditor"), record.patient)
    assert look.broke_the_glass
    assert [one.patient for one in looks_at_clinic(record.acting("auditor"), most=5)] == [record.patient]


def test_the_log_is_told_without_being_opened(record: Record):
    before = log_told(record.acting("auditor"))
    assert (before.heads, before.last_head) == (0, None)
    assert before.entries == len(record.entries())
    signed = sign_head(record.clinic, NOW)
    after = log_told(record.acting("auditor"))
    assert (after.heads, after.last_head) == (1, signed)
    assert heads_text(record.acting("auditor")).count("\n") == 1
    assert public_key_pem(record.acting("auditor")).startswith("-----BEGIN PUBLIC KEY-----")


def test_a_role_given_twice_is_refused_and_leaves_nothing(record: Record):
    person = come_in(record)
    before = len(record.entries())
    with pytest.raises(Exception, match=r"(?i)unique"):
        add_member(record.clinic, person, "nurse", LATER, by=None)
    assert len(record.entries()) == before
    with reading(record.clinic):
        assert Person.objects.filter(id=person).exists()
