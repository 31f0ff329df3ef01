"""How does somebody come in: who invites whom, for how long does it hold, and what does accepting do?"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, cast
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from isovigil.storage import ledger
from isovigil.storage.models import Clinic, Invitation, Membership, PatientRecord, Person
from isovigil.storage.tenancy import holding_an_invitation, reading, writing
from isovigil.usecases.record.access import Verb, refuse_unless_allowed
from isovigil.usecases.record.acting import EVERY_ROLE, OWN_RECORD_ROLES, Acting, Role
from isovigil.usecases.record.clinics import add_member, add_person
from isovigil.usecases.record.end_membership import NoSuchMembership, end_sessions_of
from isovigil.usecases.record.members import roles_of
from isovigil.usecases.record.requests import hold_the_log

VALID_FOR: Final = timedelta(hours=24)
TOKEN_BYTES: Final = 24
"""192 bits from the system's generator: nobody guesses one."""


class Invited(NamedTuple):
    """What the inviting person hands on. The code is nowhere kept, so it is shown this once."""

    invitation: UUID
    code: str
    expires_at: datetime


class InvitationShown(NamedTuple):
    """What somebody who holds the code may know before accepting."""

    id: UUID
    clinic: UUID
    clinic_name: str
    name: str
    email: str
    role: Role
    expires_at: datetime
    person: UUID | None
    """Who has this address here already, if anybody."""
    asks_to_sign_in: bool
    """That person has a way in, so they accept by signing in, not by setting a new password."""


class InvitationRefused(ValueError):
    """What was asked for cannot be an invitation. Says everything that is wrong with it."""


class InvitationGone(LookupError):
    """The code opens nothing: it never did, was used or withdrawn, or its day is over."""

    def __init__(self) -> None:
        super().__init__(
            "This code opens nothing. An invitation works once and holds for 24 hours; "
            "ask whoever invited you for a new one."
        )


class SignInToAccept(PermissionError):
    """The address belongs to somebody who can sign in; only they accept."""


# -- inviting --------------------------------------------------------------------------------------


def invite(acting: Acting, name: str, email: str, role: Role, *, patient: UUID | None = None) -> Invited:
    """Invite somebody into a role at the acting person's clinic, for 24 hours, once.

    Raises:
        NotAllowed: The role may not invite.
        InvitationRefused: The name, address, role or patient cannot be, or the role is theirs already.
    """
    verb: Verb = "invite_patient" if role in OWN_RECORD_ROLES else "invite"
    refuse_unless_allowed(acting, verb)
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)
        problems = _problems(acting, name, email, role, patient)
        if problems:
            raise InvitationRefused(" ".join(problems))
        return _invitation(acting, name, email, role, patient)


def _problems(acting: Acting, name: str, email: str, role: Role, patient: UUID | None) -> list[str]:
    problems = []
    if not name.strip():
        problems.append("Write the name of whom you invite.")
    try:
        validate_email(email.strip())
    except ValidationError:
        problems.append(f"“{email}” is not an email address. Write it as name@example.org.")
    if role not in EVERY_ROLE:
        problems.append(f"“{role}” is no role. Choose one of the list.")
    if (role in OWN_RECORD_ROLES) != (patient is not None):
        problems.append("A patient or carer is invited to one patient's record, and nobody else is.")
    elif patient is not None and not PatientRecord.objects.filter(id=patient, clinic=acting.clinic).exists():
        problems.append("This clinic keeps no such record.")
    theirs = Membership.objects.filter(
        clinic=acting.clinic, person__email=_as_kept(email), role=role, patient=patient, ended_at=None
    )
    if theirs.exists():
        problems.append("Whoever has this address has that role here already.")
    return problems


def _invitation(acting: Acting, name: str, email: str, role: Role, patient: UUID | None) -> Invited:
    invitation, code = uuid4(), secrets.token_urlsafe(TOKEN_BYTES)
    payload = {
        "kind": "invitation",
        "invitation": str(invitation),
        "name": name.strip(),
        "role": role,
        "by": acting.name,
    }
    # A patient's name stands under their own key, and goes with it.
    entry = ledger.ToRecord(uuid4(), ledger.Category.PEOPLE, payload, patient)
    ledger.append(acting.clinic, acting.person, acting.at, [entry])
    Invitation.objects.create(
        id=invitation,
        clinic_id=acting.clinic,
        email=_as_kept(email),
        name=name.strip(),
        role=role,
        patient_id=patient,
        invited_by_id=acting.person,
        invited_at=acting.at,
        expires_at=acting.at + VALID_FOR,
        token_digest=digest_of(code),
    )
    return Invited(invitation, code, acting.at + VALID_FOR)


def withdraw(acting: Acting, invitation: UUID) -> None:
    """Make an invitation worthless before its time.

    Raises:
        NotAllowed: The role may not.
        InvitationGone: It is not open at this clinic.
    """
    refuse_unless_allowed(acting, "invite")
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)
        rows = Invitation.objects.filter(id=invitation, clinic=acting.clinic, used_at=None, withdrawn_at=None)
        if not rows.update(withdrawn_at=acting.at):
            raise InvitationGone
        payload = {"kind": "invitation_withdrawn", "invitation": str(invitation), "by": acting.name}
        entry = ledger.ToRecord(uuid4(), ledger.Category.PEOPLE, payload)
        ledger.append(acting.clinic, acting.person, acting.at, [entry])


def open_invitations(acting: Acting) -> Sequence[Invitation]:
    """The clinic's invitations of staff that can still be accepted, the newest first. Raises NotAllowed."""
    refuse_unless_allowed(acting, "see_people")
    with reading(acting.clinic, acting.person):
        rows = Invitation.objects.filter(
            clinic=acting.clinic, used_at=None, withdrawn_at=None, expires_at__gt=acting.at, patient=None
        )
        return list(rows.order_by("-invited_at"))


def renew_way_in(acting: Acting, membership: UUID) -> Invited:
    """Somebody lost their factor or password: a second person takes their old ways in, and invites again.

    Their passkeys, codes, password and sessions end at once.

    Raises:
        NotAllowed: The role may not.
        NoSuchMembership: It is not an open role at this clinic.
        InvitationRefused: It is one's own, or the person works elsewhere too.
    """
    refuse_unless_allowed(acting, "invite")
    with reading(acting.clinic, acting.person):
        row = (
            Membership.objects.filter(id=membership, clinic=acting.clinic, ended_at=None)
            .select_related("person")
            .first()
        )
    if row is None:
        raise NoSuchMembership("This role is not open at this clinic. Look at the list again.")
    if row.person_id == acting.person:
        raise InvitationRefused("A second person renews your way in, not you yourself.")
    if any(one.clinic != acting.clinic for one in roles_of(row.person_id)):
        raise InvitationRefused("They have a role at another clinic too, so this clinic alone cannot do it.")
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)
        Authenticator.objects.filter(user_id=row.person_id).delete()
        row.person.set_unusable_password()
        row.person.save(update_fields=["password"])
        end_sessions_of(row.person_id)
        return _invitation(acting, row.person.name, row.person.email, cast(Role, row.role), row.patient_id)


def invite_first_administrator(clinic: UUID, name: str, email: str, now: datetime) -> Invited:
    """Let the first administrator of a new clinic in; for the command that sets an instance up.

    Raises:
        InvitationRefused: The clinic has an administrator, who invites from now on.
    """
    with reading(clinic):
        if Membership.objects.filter(clinic=clinic, role="administrator", ended_at=None).exists():
            raise InvitationRefused("This clinic has an administrator already; they invite.")
    person = add_person(name, _as_kept(email), now)
    add_member(clinic, person, "administrator", now, by=None)
    acting = Acting(person, name, clinic, "administrator", now)
    with writing(clinic, person):
        hold_the_log(acting)
        return _invitation(acting, name, email, "administrator", None)


# -- accepting -------------------------------------------------------------------------------------


def digest_of(code: str) -> bytes:
    """What is kept of a code: its SHA-256. The code holds 192 random bits, so it needs no slow hash."""
    return hashlib.sha256(code.strip().encode()).digest()


def invitation_behind(digest: bytes, now: datetime) -> InvitationShown:
    """The open invitation whose code has this digest. Raises InvitationGone."""
    with holding_an_invitation(digest):
        row = Invitation.objects.filter(token_digest=digest).first()
    if row is None or row.used_at or row.withdrawn_at or now >= row.expires_at:
        raise InvitationGone
    with reading(row.clinic_id):
        clinic_name = Clinic.objects.values_list("name", flat=True).get(id=row.clinic_id)
    person = Person.objects.filter(email=row.email).first()
    return InvitationShown(
        row.id,
        row.clinic_id,
        clinic_name,
        row.name,
        row.email,
        cast(Role, row.role),
        row.expires_at,
        None if person is None else person.id,
        person is not None and _has_a_way_in(person),
    )


def _has_a_way_in(person: Person) -> bool:
    return person.has_usable_password() or Authenticator.objects.filter(user=person).exists()


def accept_with_password(digest: bytes, password: str, now: datetime) -> UUID:
    """Accept as somebody new, or whose ways in were renewed; the person who may now sign in.

    Raises:
        InvitationGone: The code opens nothing any more; also where two accept it at once.
        SignInToAccept: The address belongs to somebody who can sign in.
    """
    shown = invitation_behind(digest, now)
    if shown.asks_to_sign_in:
        raise SignInToAccept(f"{shown.email} has a way in here. Sign in first, then accept.")
    with writing(shown.clinic):
        invitation = _use(shown, now)
        person = shown.person or add_person(shown.name, shown.email, now)
        row = Person.objects.get(id=person)
        row.set_password(password)
        row.is_active = True
        row.save(update_fields=["password", "is_active"])
        EmailAddress.objects.update_or_create(
            user=row, email=shown.email, defaults={"verified": True, "primary": True}
        )
        _give_the_role(invitation, person, now)
    return person


def accept_signed_in(digest: bytes, person: UUID, now: datetime) -> None:
    """Accept as the signed-in person whom the invitation names.

    Raises:
        InvitationGone: The code opens nothing any more.
        SignInToAccept: It names somebody else.
    """
    shown = invitation_behind(digest, now)
    if shown.person != person:
        raise SignInToAccept("This invitation names another address. Sign in as whom it names.")
    with writing(shown.clinic):
        _give_the_role(_use(shown, now), person, now)


def _use(shown: InvitationShown, now: datetime) -> Invitation:
    """Mark an invitation used, once however many try."""
    rows = Invitation.objects.filter(id=shown.id, used_at=None, withdrawn_at=None, expires_at__gt=now)
    if not rows.update(used_at=now):
        raise InvitationGone
    return Invitation.objects.get(id=shown.id)


def _give_the_role(invitation: Invitation, person: UUID, now: datetime) -> None:
    theirs = Membership.objects.filter(
        clinic=invitation.clinic_id,
        person=person,
        role=invitation.role,
        patient=invitation.patient_id,
        ended_at=None,
    )
    if not theirs.exists():
        role = cast(Role, invitation.role)
        add_member(
            invitation.clinic_id,
            person,
            role,
            now,
            by=invitation.invited_by_id,
            patient=invitation.patient_id,
        )


def _as_kept(email: str) -> str:
    return email.strip().lower()
