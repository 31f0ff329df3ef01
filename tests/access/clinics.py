"""What does every test of access begin with: two clinics, and somebody in each role of the first?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from isovigil.storage.keys import make_keys
from isovigil.usecases.record.acting import Acting, Role
from isovigil.usecases.record.clinics import add_member, add_person, register_clinic
from isovigil.usecases.record.demo_clinic import address_of
from isovigil.usecases.record.enrolment_acts import ConsentAct, Signer, record_with_act
from isovigil.usecases.record.invite import invite
from isovigil.usecases.record.members import acting_as, roles_of
from isovigil.usecases.record.patient_case import Identity
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.start_up import prepare_database
from tests.record.records import Record, a_patient, in_use, weight

STAFF: Final[tuple[Role, ...]] = (
    "prescriber",
    "nurse",
    "coordinator",
    "pharmacist",
    "programme_lead",
    "auditor",
    "administrator",
)
ROLES: Final[tuple[Role, ...]] = (*STAFF, "patient", "carer")
NOW: Final = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
YOUNG: Final = Identity(
    name="Philippa Quince-Marker",
    second_id="QQ-20417",
    born_on=date(2009, 8, 14),
    sex="female",
    contact="philippa.quince@marker.example",
)
ELSEWHERE: Final = Identity(
    name="Barnaby Otherclinic-Marker", second_id="OC-99120", born_on=date(1999, 2, 3), sex="male"
)
OF_PEOPLE: Final = (
    "Quince-Marker",
    "QQ-20417",
    "2009-08-14",
    "14 August 2009",
    "philippa.quince",
    "Otherclinic-Marker",
    "OC-99120",
)
"""What must never stand in an address or a line of a log."""


class Clinics(Record):
    """One embedded database: a clinic with a person in each role, and another clinic beside it.

    `young` is the patient whom the patient and the carer of the clinic belong to; `patient` is another one,
    and `elsewhere` is a patient of the other clinic. An embedded database refuses a second clinic; its
    trigger is dropped here so that every owner can be asked for on it.
    """

    def __init__(self, address: str, folder: Path) -> None:
        super().__init__(address, folder)
        self.young = self.elsewhere = self.other_clinic = UUID(int=0)
        self.memberships: dict[Role, UUID] = {}
        self.invitation = UUID(int=0)
        self.membership_elsewhere = UUID(int=0)
        self.consents: dict[str, UUID] = {}
        """A signed consent of each patient of the clinic, by whose it is."""
        self.weights: dict[str, UUID] = {}
        """A fact of each patient of the clinic that the whole clinic may record and correct."""

    def acting(self, role: Role = "nurse", at: datetime = NOW, *, clinic: UUID | None = None) -> Acting:
        """Somebody of the first clinic, who just said who they are."""
        return acting_as(
            self.people[role], clinic or self.clinic, self.memberships[role], at, signed_in_again_at=at
        )

    def signed_in(self, role: Role) -> Client:
        """A browser in which the made-up person of a role is signed in."""
        client = Client()
        answer = client.post("/demo/sign-in/", {"role": role})
        assert answer.status_code == 302, answer.content
        return client


def fill(clinics: Clinics) -> None:
    """Everybody and everything the class tells of."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER clinic_is_alone")
    clinics.clinic = register_clinic("A clinic", "America/New_York", "us_ipledge", "balanced", NOW)
    for role in STAFF:
        clinics.people[role] = add_person(f"A {role.replace('_', ' ')}", address_of(role), NOW)
        clinics.memberships[role] = add_member(clinics.clinic, clinics.people[role], role, NOW, by=None)
    clinics.patient = a_patient(clinics)
    clinics.young = a_patient(clinics, YOUNG)
    for role, name in (("patient", "A patient"), ("carer", "A carer")):
        person = add_person(name, address_of(role), NOW)
        clinics.people[role] = person
        clinics.memberships[role] = add_member(
            clinics.clinic, person, role, NOW, by=None, patient=clinics.young
        )
    clinics.consents = {
        "young": _signed_consent(clinics, clinics.young),
        "other_patient": _signed_consent(clinics, clinics.patient),
    }
    for owner, patient in (("young", clinics.young), ("other_patient", clinics.patient)):
        (clinics.weights[owner],) = record_facts(clinics.acting("nurse"), patient, [weight()], request=owner)
    now = datetime.now(UTC)
    asked = invite(clinics.acting("administrator", now), "Inge Newcomer", "inge@new.example", "nurse")
    clinics.invitation = asked.invitation
    _fill_elsewhere(clinics)


def _signed_consent(clinics: Clinics, patient: UUID) -> UUID:
    act = ConsentAct(
        form="us_patient_consent",
        text_version="1",
        language="en",
        text="What was read.",
        text_hash="0" * 64,
        signers=(Signer("patient", "Somebody", "I have read and understood it."),),
        told_back=(),
        attempts=1,
    )
    coordinator = clinics.acting("coordinator")
    return record_with_act(coordinator, patient, [], act, form="test", expected=None, request=str(patient))


def _fill_elsewhere(clinics: Clinics) -> None:
    clinics.other_clinic = register_clinic(
        "Another clinic", "Europe/London", "uk_mhra", "balanced", NOW - timedelta(days=1)
    )
    person = add_person("A nurse elsewhere", "nurse@elsewhere.example", NOW)
    clinics.membership_elsewhere = add_member(clinics.other_clinic, person, "nurse", NOW, by=None)
    (role,) = roles_of(person)
    first, clinics.clinic = clinics.clinic, clinics.other_clinic
    coordinator, clinics.people["coordinator"] = clinics.people["coordinator"], person
    kept = clinics.memberships["coordinator"]
    clinics.memberships["coordinator"] = role.membership
    clinics.elsewhere = a_patient(clinics, ELSEWHERE)
    clinics.clinic, clinics.people["coordinator"] = first, coordinator
    clinics.memberships["coordinator"] = kept


class Template:
    """Filled once a run; each test gets a copy of the file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filled: Clinics | None = None

    def copy(self, folder: Path) -> Clinics:
        """A database of one's own."""
        if self._filled is None:
            self._filled = Clinics(f"sqlite://{self.folder / 'record.sqlite3'}", self.folder)
            make_keys(self._filled.keys)
            with in_use(self._filled):
                prepare_database()
                fill(self._filled)
        shutil.copyfile(self.folder / "record.sqlite3", folder / "record.sqlite3")
        shutil.copytree(self._filled.keys, folder / "keys")
        copied = Clinics(f"sqlite://{folder / 'record.sqlite3'}", folder)
        for name, value in vars(self._filled).items():
            if name not in {"address", "folder"}:
                setattr(copied, name, dict(value) if isinstance(value, dict) else value)
        return copied


class QuickArgon2(Argon2PasswordHasher):
    """The same hash at the least cost there is; test_passwords.py asks for the real one."""

    time_cost, memory_cost, parallelism = 1, 8, 1


@contextmanager
def served(clinics: Clinics) -> Iterator[Clinics]:
    """The product works on these clinics until the end."""
    static = clinics.folder / "static"
    static.mkdir()
    quick = f"{QuickArgon2.__module__}.{QuickArgon2.__qualname__}"
    with in_use(clinics), override_settings(STATIC_ROOT=static, PASSWORD_HASHERS=[quick]):
        yield clinics
