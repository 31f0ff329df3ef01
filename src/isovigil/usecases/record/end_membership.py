"""How does somebody's role at a clinic end, so that not one more page opens for them?"""

from __future__ import annotations

from uuid import UUID, uuid4

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from isovigil.storage import ledger
from isovigil.storage.models import Membership
from isovigil.storage.tenancy import writing
from isovigil.usecases.record.access import refuse_unless_allowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.requests import hold_the_log


class NoSuchMembership(LookupError):
    """The clinic has no such role that is still open."""


class LastAdministrator(ValueError):
    """Without any administrator nobody could be invited, or let go."""


def end_membership(acting: Acting, membership: UUID, *, reason: str) -> None:
    """End a role at the acting person's clinic, now; it stands in the log, and their sessions end with it.

    The role itself is asked for in the database at every request, so it opens nothing from this moment on;
    the sessions go as well, so that nothing of them is left to be stolen.

    Raises:
        NotAllowed: The role may not.
        NoSuchMembership: It is another clinic's, or has ended.
        LastAdministrator: It is the clinic's last administrator.
    """
    refuse_unless_allowed(acting, "end_membership")
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)
        opened = Membership.objects.filter(clinic=acting.clinic, ended_at=None)
        row = opened.filter(id=membership).first()
        if row is None:
            raise NoSuchMembership("This role is not open at this clinic. Look at the list again.")
        if row.role == "administrator" and opened.filter(role="administrator").count() == 1:
            raise LastAdministrator(
                "This is the clinic's last administrator. Invite another one, then end this role."
            )
        payload = {
            "kind": "membership_ended",
            "membership": str(membership),
            "person": str(row.person_id),
            "role": row.role,
            "reason": " ".join(reason.split()),
            "by": acting.name,
        }
        entry = ledger.ToRecord(uuid4(), ledger.Category.PEOPLE, payload)
        (recorded,) = ledger.append(acting.clinic, acting.person, acting.at, [entry])
        row.ended_at = recorded.recorded_at
        row.save(update_fields=["ended_at"])
        end_sessions_of(row.person_id)


def end_sessions_of(person: UUID, *, but: str | None = None) -> int:
    """End every session of a person, but for one if it is named; how many there were."""
    theirs = UserSession.objects.filter(user_id=person)
    if but is not None:
        theirs = theirs.exclude(session_key=but)
    keys = list(theirs.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    theirs.delete()
    return len(keys)
