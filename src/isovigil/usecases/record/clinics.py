"""How does a clinic, and a person, come into being here?"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from isovigil.law.rulebook import UnknownProgramme
from isovigil.proof.tree import Tree
from isovigil.storage import ledger
from isovigil.storage.models import Clinic, LogState, Membership, Person
from isovigil.storage.tenancy import writing
from isovigil.usecases.record.acting import Role
from isovigil.usecases.record.judging import rulebook_in_use

__all__ = ["UnknownProgramme", "add_member", "add_person", "register_clinic"]


def register_clinic(name: str, time_zone: str, programme: str, policy: str, now: datetime) -> UUID:
    """Open a new clinic's record: its log begins with the clinic itself.

    Raises:
        UnknownProgramme, ProgrammeNotModelled, UnknownPolicy: The rulebook does not hold them.
        django.db.IntegrityError: An embedded database holds one clinic, and has it.
    """
    rulebook_in_use().under_policy(programme, policy)
    clinic = uuid4()
    payload = {
        "kind": "clinic",
        "name": name,
        "time_zone": time_zone,
        "programme": programme,
        "policy": policy,
    }
    with writing(clinic):
        Clinic.objects.create(
            id=clinic,
            name=name,
            time_zone=time_zone,
            programme=programme,
            policy=policy,
            registered_at=now,
        )
        LogState.objects.create(clinic_id=clinic, tree=Tree().stored())
        ledger.append(clinic, None, now, [ledger.ToRecord(clinic, ledger.Category.CLINIC, payload)])
    return clinic


def add_person(name: str, email: str, now: datetime, *, language: str = "en", password: str = "") -> UUID:
    """Register somebody who will sign in; without a password they cannot until they set a way in.

    Raises:
        django.db.IntegrityError: The address is taken.
    """
    person = Person(id=uuid4(), name=name, email=email.lower(), language=language, registered_at=now)
    if password:
        person.set_password(password)
    else:
        person.set_unusable_password()
    person.save(force_insert=True)
    return person.id


def add_member(
    clinic: UUID, person: UUID, role: Role, now: datetime, *, by: UUID | None, patient: UUID | None = None
) -> UUID:
    """Give somebody a role at a clinic, from now on; it stands in the clinic's log.

    Who a patient or carer is stands there under the patient's key, so that it goes when they are erased.

    Raises:
        django.db.IntegrityError: They have that role already.
    """
    membership = uuid4()
    payload: dict[str, Any] = {
        "kind": "membership",
        "person": str(person),
        "name": Person.objects.get(id=person).name,
        "role": role,
        "patient": None if patient is None else str(patient),
    }
    with writing(clinic, by):
        entry = ledger.ToRecord(membership, ledger.Category.PEOPLE, payload, patient)
        (recorded,) = ledger.append(clinic, by, now, [entry])
        Membership.objects.create(
            id=membership,
            clinic_id=clinic,
            person_id=person,
            role=role,
            patient_id=patient,
            began_at=recorded.recorded_at,
        )
    return membership
