"""What of an erased patient's way in has to go as well?"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from isovigil.storage.models import Invitation, Membership, Person
from isovigil.storage.tenancy import reading


def forget_who_was_let_in(clinic: UUID, patient: UUID, now: datetime) -> None:
    """End every role that names the patient, and forget the patient's own account and invitations.

    The rows stay, since others name them; what they say of the person goes. Call inside `tenancy.writing`.
    """
    roles = Membership.objects.filter(clinic=clinic, patient=patient)
    own = set(roles.filter(role="patient").values_list("person", flat=True))
    roles.filter(ended_at=None).update(ended_at=now)
    invited = Invitation.objects.filter(clinic=clinic, patient=patient)
    invited.filter(used_at=None, withdrawn_at=None).update(withdrawn_at=now)
    invited.update(name="", email=_nowhere(patient))
    for person in own:
        if not _has_a_role(clinic, person):
            _forget(person)


def _has_a_role(clinic: UUID, person: UUID) -> bool:
    """Somewhere: as that person, row-level security shows their roles at every clinic."""
    with reading(clinic, person):
        return Membership.objects.filter(person=person, ended_at=None).exists()


def _forget(person: UUID) -> None:
    gone = Person.objects.get(id=person)
    gone.name, gone.email, gone.is_active, gone.last_login = "", _nowhere(person), False, None
    gone.set_unusable_password()
    gone.save()
    sessions = UserSession.objects.filter(user=person)
    Session.objects.filter(session_key__in=list(sessions.values_list("session_key", flat=True))).delete()
    sessions.delete()
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()


def _nowhere(who: UUID) -> str:
    """An address that cannot exist (RFC 2606), one for each, since addresses are not shared."""
    return f"{who}@erased.invalid"
