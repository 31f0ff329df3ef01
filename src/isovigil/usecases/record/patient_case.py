"""What is on record about a patient: who they are, and their case as the engine reads it?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from isovigil.case.case import Case, Patient
from isovigil.case.fact import Fact
from isovigil.case.kinds import KINDS
from isovigil.case.words import Sex
from isovigil.storage import ledger
from isovigil.storage.models import Clinic
from isovigil.storage.patient_keys import Erased
from isovigil.usecases.record.judging import Judging


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who a patient is. Sealed like every fact, and never in an address, a log line or a message."""

    name: str
    second_id: str
    """The clinic's own number, by which two people of one name are told apart."""
    born_on: date | None = None
    sex: Sex | None = None
    language: str = "en"
    contact: str | None = None


class Provenance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whence a fact came: for whom, from what, from which form, and why it corrects another."""

    on_behalf_of: str | None = None
    source: str | None = None
    form: str | None = None
    """The form and its version, as `visit/3`."""
    reason: str | None = None
    """Why an earlier fact was corrected; every correction has one."""
    imported: bool = False
    """It was learned elsewhere, and says itself when; else it was learned when it was recorded here."""


class FactOnRecord(NamedTuple):
    """One fact with what stands behind it."""

    fact: Fact
    recorded: ledger.Recorded
    provenance: Provenance


class OnRecord(NamedTuple):
    """One patient as recorded."""

    patient: UUID
    identity: Identity
    case: Case
    facts: tuple[FactOnRecord, ...]
    """Every fact of the case with its provenance, in the order in which they were recorded."""
    seq: int
    """The last entry about the patient: the version a form is based on."""


class DamagedRecord(Exception):
    """An entry of the record is not what it was when it was checked in: a fault, or somebody's doing."""


class NotYetOnRecord(Exception):
    """By then the clinic had recorded nothing about the patient."""


def on_record(clinic: UUID, patient: UUID, judging: Judging, *, known_by: datetime | None = None) -> OnRecord:
    """One patient's identity and case; call inside `tenancy.reading` or `tenancy.writing`.

    Args:
        clinic: Whose record.
        patient: Whose therapy.
        judging: By what the clinic judges; it becomes the case's programme and policy.
        known_by: Hide what was recorded later.

    Raises:
        Erased: The patient's key was destroyed.
        DamagedRecord: An entry cannot be what was checked in.
        DoesNotOpen: An entry was changed.
        NotYetOnRecord: By `known_by` there was nothing.
    """
    zone_name = Clinic.objects.values_list("time_zone", flat=True).get(id=clinic)
    entries = ledger.entries_about(clinic, patient, known_by=known_by)
    if known_by is not None and not entries:
        raise NotYetOnRecord(f"Nothing about this patient was on record at {known_by.isoformat()}.")
    return told_by(entries, patient, zone_name, judging)


def told_by(entries: Iterable[ledger.Recorded], patient: UUID, zone_name: str, judging: Judging) -> OnRecord:
    """The patient that these entries, oldest first, tell of: the fold behind every page."""
    zone = ZoneInfo(zone_name)
    identity: Identity | None = None
    facts: list[FactOnRecord] = []
    seq = 0
    for entry in entries:
        seq = entry.seq
        if entry.payload is None:
            raise Erased(f"Patient {patient} was erased: nothing about them can be read any more.")
        if entry.category == ledger.Category.IDENTITY:
            identity = identity_told_by(entry)
        elif entry.category == ledger.Category.FACT:
            facts.append(_fact_on_record(entry, zone))
    if identity is None:
        raise DamagedRecord(f"The record of patient {patient} does not begin with who they are.")
    return OnRecord(
        patient,
        identity,
        Case(
            patient=Patient(id=str(patient), born_on=identity.born_on, sex=identity.sex),
            time_zone=zone_name,
            facts=tuple(each.fact for each in facts),
            programme=judging.programme,
            policy=judging.policy,
        ),
        tuple(facts),
        seq,
    )


def identity_told_by(entry: ledger.Recorded) -> Identity:
    """Who an entry of that category says a patient is. Raises DamagedRecord where it says something else."""
    try:
        return msgspec.convert((entry.payload or {}).get("identity"), Identity)
    except msgspec.ValidationError:
        raise DamagedRecord(f"Entry {entry.seq} ({entry.id}) does not say who the patient is.") from None


def _fact_on_record(entry: ledger.Recorded, zone: ZoneInfo) -> FactOnRecord:
    payload: Mapping[str, Any] = entry.payload or {}
    given = dict(payload.get("fact", {}))
    kind = KINDS.get(given.pop("kind", ""))
    if kind is None:
        raise DamagedRecord(f"Entry {entry.seq} ({entry.id}) is of no kind that this version knows.")
    try:
        provenance = msgspec.convert(payload.get("provenance", {}), Provenance)
        given["id"] = str(entry.id)
        if not provenance.imported:
            given["recorded_at"] = entry.recorded_at
        fact = msgspec.convert(given, kind)
    except msgspec.ValidationError as fault:
        raise DamagedRecord(f"Entry {entry.seq} ({entry.id}) holds no {kind.kind}: {fault}.") from None
    elsewhere = {name: at.astimezone(zone) for name, at in _instants(fact)}
    return FactOnRecord(msgspec.structs.replace(fact, **elsewhere), entry, provenance)


def _instants(fact: Fact) -> Iterator[tuple[str, datetime]]:
    for name in fact.__struct_fields__:
        value = getattr(fact, name)
        if isinstance(value, datetime):
            yield name, value
