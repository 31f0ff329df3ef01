"""Does somebody come in only by an invitation that is theirs, new, and not used before?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from isovigil.storage import ledger
from isovigil.storage.models import Invitation, Membership, Person
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.access import NotAllowed
from isovigil.usecases.record.acting import Role
from isovigil.usecases.record.clinics import add_member, add_person, register_clinic
from isovigil.usecases.record.end_membership import NoSuchMembership
from isovigil.usecases.record.invite import (
    InvitationGone,
    InvitationRefused,
    SignInToAccept,
    accept_signed_in,
    accept_with_password,
    digest_of,
    invitation_behind,
    invite,
    invite_first_administrator,
    open_invitations,
    renew_way_in,
    withdraw,
)
from isovigil.usecases.record.members import roles_of
from tests.access.asvs import covers
from tests.access.clinics import NOW, Clinics

PASSWORD = "a sentence nobody else would say"
A_SECOND = timedelta(seconds=1)


def invited(clinics: Clinics, email: str = "new@nurse.example", role: Role = "nurse") -> bytes:
    """The digest of the code of an invitation made at NOW."""
    return digest_of(invite(clinics.acting("administrator"), "Newman Nurse", email, role).code)


@covers("6.4.1")
def test_an_invitation_lets_one_person_into_one_role_once(clinics: Clinics):
    digest = invited(clinics)
    person = accept_with_password(digest, PASSWORD, NOW)
    (role,) = roles_of(person)
    assert (role.clinic, role.role) == (clinics.clinic, "nurse")
    row = Person.objects.get(id=person)
    assert (row.name, row.email) == ("Newman Nurse", "new@nurse.example")
    assert row.check_password(PASSWORD)
    with pytest.raises(InvitationGone):
        accept_with_password(digest, PASSWORD, NOW)
    assert len(roles_of(person)) == 1


@covers("6.4.1")
@pytest.mark.parametrize(
    ("after", "holds"),
    [(timedelta(hours=24) - A_SECOND, True), (timedelta(hours=24), False), (timedelta(hours=25), False)],
)
def test_an_invitation_holds_for_24_hours_and_not_a_second_longer(
    clinics: Clinics, after: timedelta, holds: bool
):
    digest = invited(clinics)
    if holds:
        assert len(roles_of(accept_with_password(digest, PASSWORD, NOW + after))) == 1
    else:
        with pytest.raises(InvitationGone):
            accept_with_password(digest, PASSWORD, NOW + after)


@covers("6.4.1", "11.5.1")
def test_only_the_digest_of_a_code_is_kept_and_a_code_has_192_bits(clinics: Clinics):
    asked = invite(clinics.acting("administrator"), "Newman Nurse", "new@nurse.example", "nurse")
    # 24 bytes in base64 are 32 characters.
    assert len(asked.code) == 32
    rows = list(Invitation.objects.values_list("token_digest", "email", "name"))
    assert asked.code not in str(rows)
    assert asked.code not in str([one.payload for one in _people_entries(clinics)])
    codes = {
        invite(clinics.acting("administrator"), "N", f"{n}@nurse.example", "nurse").code for n in range(20)
    }
    assert len(codes) == 20


def _people_entries(clinics: Clinics) -> tuple[ledger.Recorded, ...]:
    with reading(clinics.clinic):
        return ledger.clinic_entries(clinics.clinic, ledger.Category.PEOPLE)


def test_who_invited_whom_into_which_role_stands_in_the_log(clinics: Clinics):
    invited(clinics)
    last = _people_entries(clinics)[-1]
    assert last.actor == clinics.people["administrator"]
    assert last.payload is not None
    assert {"kind": "invitation", "name": "Newman Nurse", "role": "nurse"}.items() <= last.payload.items()


def test_what_a_patients_invitation_says_stands_under_the_patients_own_key(clinics: Clinics):
    before = len(_people_entries(clinics))
    invite(clinics.acting("nurse"), "Philippa", "p@home.example", "patient", patient=clinics.patient)
    assert len(_people_entries(clinics)) == before
    with reading(clinics.clinic):
        entries = ledger.entries_about(clinics.clinic, clinics.patient, ledger.Category.PEOPLE)
    assert [one.payload["role"] for one in entries if one.payload] == ["patient"]


@pytest.mark.parametrize(
    "role", ["prescriber", "nurse", "coordinator", "pharmacist", "programme_lead", "auditor"]
)
def test_nobody_but_an_administrator_invites_staff(clinics: Clinics, role: Role):
    with pytest.raises(NotAllowed):
        invite(clinics.acting(role), "Newman Nurse", "new@nurse.example", "nurse")


@pytest.mark.parametrize("role", ["administrator", "pharmacist", "auditor", "patient", "carer"])
def test_nobody_but_the_clinic_lets_somebody_see_a_patients_record(clinics: Clinics, role: Role):
    with pytest.raises(NotAllowed):
        invite(clinics.acting(role), "P", "p@home.example", "carer", patient=clinics.young)


def test_everything_wrong_with_an_invitation_is_told_together(clinics: Clinics):
    with pytest.raises(InvitationRefused) as refused:
        invite(clinics.acting("administrator"), " ", "nobody", "nurse", patient=clinics.patient)
    said = str(refused.value)
    assert "Write the name" in said
    assert "“nobody” is not an email address" in said
    assert "invited to one patient's record, and nobody else is" in said


def test_a_patient_of_another_clinic_is_nobody_one_can_invite_for(clinics: Clinics):
    with pytest.raises(InvitationRefused, match="keeps no such record"):
        invite(clinics.acting("nurse"), "P", "p@home.example", "patient", patient=clinics.elsewhere)


def test_nobody_is_invited_into_a_role_they_have(clinics: Clinics):
    accept_with_password(invited(clinics), PASSWORD, NOW)
    with pytest.raises(InvitationRefused, match="has that role here already"):
        invited(clinics, "New@Nurse.example ")


def test_a_withdrawn_invitation_opens_nothing(clinics: Clinics):
    asked = invite(clinics.acting("administrator"), "Newman Nurse", "new@nurse.example", "nurse")
    withdraw(clinics.acting("administrator"), asked.invitation)
    with pytest.raises(InvitationGone):
        invitation_behind(digest_of(asked.code), NOW)
    with pytest.raises(InvitationGone):
        withdraw(clinics.acting("administrator"), asked.invitation)
    assert asked.invitation not in {one.id for one in open_invitations(clinics.acting("administrator"))}


def test_an_administrator_withdraws_nothing_of_another_clinic(clinics: Clinics):
    elsewhere = invite(
        clinics.acting("administrator")._replace(clinic=clinics.other_clinic), "N", "n@x.example", "nurse"
    )
    with pytest.raises(InvitationGone):
        withdraw(clinics.acting("administrator"), elsewhere.invitation)
    assert invitation_behind(digest_of(elsewhere.code), NOW).clinic == clinics.other_clinic


@pytest.mark.parametrize("code", ["", "x", "a" * 32, "' OR 1=1 --"])
def test_a_code_nobody_gave_opens_nothing(clinics: Clinics, code: str):
    with pytest.raises(InvitationGone):
        invitation_behind(digest_of(code), NOW)


def test_whoever_can_sign_in_accepts_signed_in_and_nobody_sets_a_password_for_them(clinics: Clinics):
    accept_with_password(invited(clinics), PASSWORD, NOW)
    second = invited(clinics, role="coordinator")
    with pytest.raises(SignInToAccept):
        accept_with_password(second, "another sentence altogether", NOW)
    person = Person.objects.get(email="new@nurse.example")
    assert person.check_password(PASSWORD)
    with pytest.raises(SignInToAccept):
        accept_signed_in(second, clinics.people["nurse"], NOW)
    accept_signed_in(second, person.id, NOW)
    assert {one.role for one in roles_of(person.id)} == {"nurse", "coordinator"}


@covers("6.4.3", "6.4.4")
def test_a_lost_factor_needs_a_second_person_and_ends_every_old_way_in(clinics: Clinics):
    nurse = Person.objects.get(id=clinics.people["nurse"])
    nurse.set_password(PASSWORD)
    nurse.save()
    Authenticator.objects.create(user=nurse, type=Authenticator.Type.TOTP, data={"secret": "x"})
    browser = clinics.signed_in("nurse")
    asked = renew_way_in(clinics.acting("administrator"), clinics.memberships["nurse"])
    nurse.refresh_from_db()
    assert not nurse.has_usable_password()
    assert not Authenticator.objects.filter(user=nurse).exists()
    assert browser.get("/worklist/").status_code == 302
    assert accept_with_password(digest_of(asked.code), "quite another sentence now", NOW) == nurse.id
    (role,) = roles_of(nurse.id)
    assert role.membership == clinics.memberships["nurse"]


@covers("6.4.4")
def test_nobody_renews_their_own_way_in_or_that_of_somebody_elsewhere(clinics: Clinics):
    with pytest.raises(InvitationRefused, match="A second person"):
        renew_way_in(clinics.acting("administrator"), clinics.memberships["administrator"])
    with pytest.raises(NoSuchMembership):
        renew_way_in(clinics.acting("administrator"), clinics.membership_elsewhere)
    add_member(clinics.other_clinic, clinics.people["nurse"], "nurse", NOW, by=None)
    with pytest.raises(InvitationRefused, match="another clinic too"):
        renew_way_in(clinics.acting("administrator"), clinics.memberships["nurse"])
    with pytest.raises(NotAllowed):
        renew_way_in(clinics.acting("prescriber"), clinics.memberships["nurse"])


def test_the_first_administrator_of_a_clinic_is_invited_by_whoever_sets_it_up_and_no_second_one(
    clinics: Clinics,
):
    clinic = register_clinic("A third clinic", "Europe/London", "uk_mhra", "balanced", NOW)
    asked = invite_first_administrator(clinic, "Ada First", "Ada@third.example", NOW)
    person = accept_with_password(digest_of(asked.code), PASSWORD, NOW)
    (role,) = roles_of(person)
    assert (role.clinic, role.role) == (clinic, "administrator")
    with pytest.raises(InvitationRefused):
        invite_first_administrator(clinic, "Eve Second", "eve@third.example", NOW)


def test_an_ended_role_is_given_again_by_a_new_invitation(clinics: Clinics):
    person = add_person("Ann Again", "ann@again.example", NOW)
    membership = add_member(clinics.clinic, person, "nurse", NOW, by=None)
    Membership.objects.filter(id=membership).update(ended_at=NOW)
    accept_with_password(invited(clinics, "ann@again.example"), PASSWORD, NOW + A_SECOND)
    (role,) = roles_of(person)
    assert role.membership != membership


def test_no_session_is_left_of_anybody_whose_ways_in_were_renewed(clinics: Clinics):
    for _ in range(3):
        clinics.signed_in("nurse")
    renew_way_in(clinics.acting("administrator"), clinics.memberships["nurse"])
    assert UserSession.objects.filter(user=clinics.people["nurse"]).count() == 0
    assert Session.objects.count() == 0


def test_a_made_up_id_is_no_invitation(clinics: Clinics):
    with pytest.raises(InvitationGone):
        withdraw(clinics.acting("administrator"), uuid4())
    assert isinstance(clinics.invitation, UUID)
    assert clinics.invitation in {
        one.id for one in open_invitations(clinics.acting("administrator", datetime.now(UTC)))
    }
