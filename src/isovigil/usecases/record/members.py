"""Which roles does a person have, and in which are they acting now?"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID

from isovigil.storage.models import Membership
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.acting import Acting, Role


class NoMembership(Exception):
    """The person has no such open role at this clinic."""


class RoleAt(NamedTuple):
    """One open role of a person."""

    membership: UUID
    clinic: UUID
    clinic_name: str
    role: Role


def roles_of(person: UUID) -> list[RoleAt]:
    """Every open role of a person, at every clinic."""
    with reading(None, person):
        rows = Membership.objects.filter(person=person, ended_at=None).select_related("clinic")
        return [
            RoleAt(row.id, row.clinic_id, row.clinic.name, cast(Role, row.role))
            for row in rows.order_by("clinic__name", "role")
        ]


def acting_as(
    person: UUID,
    clinic: UUID,
    membership: UUID,
    at: datetime,
    *,
    signed_in_again_at: datetime | None = None,
) -> Acting:
    """The person acting in one of their open roles, at a moment.

    Raises:
        NoMembership: The role is not theirs, or has ended.
    """
    with reading(clinic, person):
        row = (
            Membership.objects.filter(id=membership, person=person, clinic=clinic, ended_at=None)
            .select_related("person", "clinic")
            .first()
        )
    if row is None or not row.person.is_active:
        raise NoMembership("This role has ended. Sign in again, or ask the clinic's administrator.")
    return Acting(
        person,
        row.person.name,
        clinic,
        cast(Role, row.role),
        at,
        patient=row.patient_id,
        signed_in_again_at=signed_in_again_at,
        clinic_name=row.clinic.name,
        clinic_zone=row.clinic.time_zone,
    )
