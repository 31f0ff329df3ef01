"""Who works at a clinic, since when, and who did?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID

from isovigil.storage.models import Membership
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.access import refuse_unless_allowed
from isovigil.usecases.record.acting import Acting, Role
from isovigil.usecases.record.end_membership import NoSuchMembership


class Member(NamedTuple):
    """One role of somebody at the clinic."""

    membership: UUID
    name: str
    email: str
    role: Role
    began_at: datetime
    ended_at: datetime | None
    is_oneself: bool


def staff_of(acting: Acting) -> Sequence[Member]:
    """The clinic's staff, open roles first, then by name. Patients and carers are not among them.

    Raises:
        NotAllowed: The role may not see people.
    """
    refuse_unless_allowed(acting, "see_people")
    with reading(acting.clinic, acting.person):
        rows = Membership.objects.filter(clinic=acting.clinic, patient=None).select_related("person")
        members = [_member(row, acting) for row in rows.order_by("person__name", "role", "began_at")]
    return sorted(members, key=lambda one: one.ended_at is not None)


def one_of_staff(acting: Acting, membership: UUID) -> Member:
    """One role of somebody at the clinic.

    Raises:
        NotAllowed: The role may not see people.
        NoSuchMembership: It is not this clinic's, or a patient's or carer's.
    """
    found = next((one for one in staff_of(acting) if one.membership == membership), None)
    if found is None:
        raise NoSuchMembership("This role is not one of this clinic's.")
    return found


def _member(row: Membership, acting: Acting) -> Member:
    return Member(
        row.id,
        row.person.name,
        row.person.email,
        cast(Role, row.role),
        row.began_at,
        row.ended_at,
        row.person_id == acting.person,
    )
