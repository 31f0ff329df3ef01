"""Who is asking, in which role, for which clinic, at which moment?"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, NamedTuple, get_args
from uuid import UUID

Role = Literal[
    "prescriber",
    "nurse",
    "coordinator",
    "pharmacist",
    "programme_lead",
    "auditor",
    "administrator",
    "patient",
    "carer",
]
CLINIC_ROLES: Final[frozenset[Role]] = frozenset({"prescriber", "nurse", "coordinator"})
OWN_RECORD_ROLES: Final[frozenset[Role]] = frozenset({"patient", "carer"})
EVERY_ROLE: Final[frozenset[Role]] = frozenset(get_args(Role))


class Acting(NamedTuple):
    """One person in one role at one clinic, at the moment of the request.

    The moment is read once, at the face, and used for everything the request does.
    """

    person: UUID
    name: str
    clinic: UUID
    role: Role
    at: datetime
    patient: UUID | None = None
    """Whose record a patient or carer may see; none for staff."""
    signed_in_again_at: datetime | None = None
    """When this person last proved who they are; signing asks for it to be recent."""
    break_glass: UUID | None = None
    """The entry under which a record is open that the role alone does not open."""
    clinic_name: str = ""
    clinic_zone: str = "UTC"
    """The clinic's time zone, in which every instant on its pages stands."""
