"""How is a made-up clinic put on record, with somebody to sign in as in each role?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

import msgspec

from isovigil.case.case import Case
from isovigil.case.fact import Fact
from isovigil.case.time_zones import DEFAULT_TIME_ZONES
from isovigil.storage import ledger
from isovigil.storage.models import PatientRecord
from isovigil.storage.patient_keys import draw_key
from isovigil.storage.tenancy import reading, writing
from isovigil.usecases.record.acting import Acting, Role
from isovigil.usecases.record.clinics import add_member, add_person, register_clinic
from isovigil.usecases.record.patient_case import Identity, Provenance
from isovigil.usecases.record.record_facts import entries_of
from isovigil.usecases.record.worklist_rows import refresh_worklist
from isovigil.usecases.synthetic_clinic.clinic import make_clinic

MEMBERS: Final[tuple[tuple[Role, str], ...]] = (
    ("prescriber", "Dr. Amara Osei"),
    ("nurse", "Nurse Tomás Rivera"),
    ("coordinator", "June Park"),
    ("pharmacist", "Elif Demir, PharmD"),
    ("programme_lead", "Dr. Ravi Menon"),
    ("auditor", "Astrid Holm"),
    ("administrator", "Noah Becker"),
)
OF_ONE_PATIENT: Final[tuple[tuple[Role, str], ...]] = (
    ("patient", "Maya Linden"),
    ("carer", "Ines Linden"),
)
POLICY: Final = "balanced"
NAME: Final = "Harbour Skin Clinic (made up)"


def address_of(role: Role) -> str:
    """The address of the demo's person in a role; no such domain can exist (RFC 2606)."""
    return f"{role.replace('_', '-')}@harbour.example"


def put_demo_clinic_on_record(
    programme: str, now: datetime, patients: Iterable[tuple[Identity, Case]]
) -> Iterator[int]:
    """Put a made-up clinic on record, and yield how many patients are done, as a progress bar wants it.

    Raises:
        django.db.IntegrityError: The embedded database holds a clinic already.
    """
    clinic = register_clinic(NAME, DEFAULT_TIME_ZONES[programme], programme, POLICY, now)
    people: dict[Role, UUID] = {}
    for role, name in MEMBERS:
        people[role] = add_person(name, address_of(role), now)
        add_member(clinic, people[role], role, now, by=None)
    acting = Acting(people["coordinator"], "June Park", clinic, "coordinator", now)
    for count, (identity, case) in enumerate(patients, start=1):
        put_patient_on_record(acting, identity, case, source="made up")
        yield count
    _let_one_patient_in(clinic, now)
    refresh_worklist(acting)


def made_up_patients(programme: str, today: date, seed: int, courses: int) -> Iterator[tuple[Identity, Case]]:
    """A synthetic clinic's patients, each with who they are."""
    for each in make_clinic(programme, today, seed, courses):
        yield identity_of(each.case, each.person.name), each.case


def identity_of(case: Case, name: str) -> Identity:
    """Who a patient of a made-up case is: the case holds no name, so it comes beside it."""
    patient = case.patient
    return Identity(name=name, second_id=patient.id.upper(), born_on=patient.born_on, sex=patient.sex)


def _let_one_patient_in(clinic: UUID, now: datetime) -> None:
    """One patient, and a parent of hers, may see her own record."""
    with reading(clinic):
        records = PatientRecord.objects.filter(clinic=clinic).order_by("id")
        young = records.values_list("id", flat=True).first()
    if young is not None:
        for role, name in OF_ONE_PATIENT:
            person = add_person(name, address_of(role), now)
            add_member(clinic, person, role, now, by=None, patient=young)


def put_patient_on_record(acting: Acting, identity: Identity, case: Case, *, source: str) -> UUID:
    """Register a patient together with everything a checked case says; what was learned when stays.

    For imports: the case came through a door that checked it, and each fact keeps when it was recorded.
    """
    patient = uuid4()
    whence = Provenance(source=source, imported=True)
    renamed = {fact.id: str(uuid4()) for fact in case.facts}
    facts = [
        msgspec.structs.replace(
            fact, id=renamed[fact.id], supersedes=renamed.get(fact.supersedes or "", fact.supersedes)
        )
        for fact in case.facts
    ]
    facts = [_with_references(fact, renamed) for fact in facts]
    who = {"kind": "identity", "identity": msgspec.to_builtins(identity), "reason": None}
    with writing(acting.clinic, acting.person):
        PatientRecord.objects.create(id=patient, clinic_id=acting.clinic, registered_at=acting.at)
        draw_key(acting.clinic, patient)
        entries = [ledger.ToRecord(uuid4(), ledger.Category.IDENTITY, who, patient)]
        entries += entries_of(patient, facts, whence)
        ledger.append(acting.clinic, acting.person, acting.at, entries)
    return patient


_REFERRING: Final = ("about", "authorisation", "dispense", "prescription")
"""Fields that may name another fact by its id."""


def _with_references(fact: Fact, renamed: dict[str, str]) -> Fact:
    changed = {
        name: renamed[value]
        for name in _REFERRING
        if (value := getattr(fact, name, None)) is not None and value in renamed
    }
    return msgspec.structs.replace(fact, **changed) if changed else fact
