"""How is a case written as a FHIR R4 Bundle, so that reading it gives the same case again?

A kind that a standard resource can say is written as that; then it is read back, and each field that came
back different is added as an extension. Every other kind is an Observation in the project's own CodeSystem
with one component a field. Provenance says who recorded it, when, and which fact it corrects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from isovigil.case.case import DEFAULT_POLICY, Case
from isovigil.case.fact import Fact
from isovigil.case.kinds import KINDS
from isovigil.exchange.fhir.code_tables import LOINC, OWN
from isovigil.exchange.fhir.declared_values import (
    code_of_kind,
    elements_of,
    extension_url,
    own_fields_of,
)
from isovigil.exchange.fhir.intake import Entry
from isovigil.exchange.fhir.reading import HEADER, READERS
from isovigil.exchange.fhir.record import FACT_ID, PATIENT_ID, Record, References
from isovigil.exchange.fhir.resources import AnyResource
from isovigil.exchange.fhir.standard_resources import STANDARD, Json, concept, observation
from isovigil.exchange.field_reading import read_struct
from isovigil.exchange.problems import Document

BASE: Final = "http://isovigil.invalid/fhir/"
"""Stands before the ids, so that references inside the Bundle can be followed. Nobody answers there."""
_FHIR_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")
_ALSO: Final = {"contraception": (LOINC, "8659-5")}
"""Kinds whose own Observation carries a standard code as well."""
_MAIN_VALUE: Final = {"category": "can_become_pregnant", "symptom": "severity"}
_IN_THE_CODE: Final = {"symptom": "code"}
_NOTHING: Final = Document(None)
_decoder: Final = msgspec.json.Decoder(AnyResource)


def write_fhir(case: Case) -> str:
    """The case as the JSON text of one Bundle of type collection."""
    return msgspec.json.format(msgspec.json.encode(bundle_of(case)), indent=1).decode() + "\n"


def bundle_of(case: Case) -> Json:
    """The case as a Bundle: the patient, the header, each fact in order, then who recorded what."""
    zone = ZoneInfo(case.time_zone)
    patient_id = case.patient.id if _FHIR_ID.fullmatch(case.patient.id) else "patient"
    subject = {"reference": f"Patient/{patient_id}"}
    resources = [_patient(case, patient_id), _header(case, subject)]
    provenances = []
    used: set[str] = set()
    for number, fact in enumerate(case.facts, start=1):
        resource = resource_of(fact, zone)
        resource["id"] = _resource_id(fact.id, number, used)
        resource["identifier"] = [{"system": FACT_ID, "value": fact.id}]
        resource["subject"] = subject
        resources.append(resource)
        said = _provenance(fact, f"{resource['resourceType']}/{resource['id']}", number)
        if said is not None:
            provenances.append(said)
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"{BASE}{each['resourceType']}/{each['id']}", "resource": each}
                  for each in (*resources, *provenances)],
    }  # fmt: skip


def _resource_id(fact_id: str, number: int, used: set[str]) -> str:
    wanted = fact_id if _FHIR_ID.fullmatch(fact_id) and fact_id not in used else f"fact.{number}"
    while wanted in used:
        wanted = f"{wanted}.{number}"
    used.add(wanted)
    return wanted


def _patient(case: Case, patient_id: str) -> Json:
    found: Json = {
        "resourceType": "Patient",
        "id": patient_id,
        "identifier": [{"system": PATIENT_ID, "value": case.patient.id}],
    }
    if case.patient.sex is not None:
        found["gender"] = case.patient.sex
    if case.patient.born_on is not None:
        found["birthDate"] = case.patient.born_on.isoformat()
    return found


def _header(case: Case, subject: Json) -> Json:
    said = {
        "programme": case.programme,
        "policy": case.policy if case.policy != DEFAULT_POLICY else None,
        "time-zone": case.time_zone,
    }
    extensions = [{"url": f"{HEADER}{name}", "valueString": value} for name, value in said.items() if value]
    return {
        "resourceType": "Basic",
        "id": "course",
        "extension": extensions,
        "code": concept(OWN, "course"),
        "subject": subject,
    }


def resource_of(fact: Fact, zone: ZoneInfo) -> Json:
    """One fact as a resource, without id and subject."""
    make = STANDARD.get(fact.kind)
    standard = make(fact) if make is not None else None
    if standard is not None:
        back = _read_back(standard, fact.kind, zone)
        if back is not None:
            extensions = list(_what_is_missing(fact, back))
            return {**standard, "extension": extensions} if extensions else standard
    return _own_observation(fact)


def _read_back(resource: Json, kind: str, zone: ZoneInfo) -> Fact | None:
    """The fact a resource is read as; None where that is another kind, or not exactly one."""
    raw = msgspec.json.encode(resource)
    decoded = _decoder.decode(raw)
    record = Record(zone, None, References())
    record.turn_to(Entry("resource", decoded, None))
    drafts = READERS[type(decoded)](decoded, record)
    if len(drafts) != 1 or drafts[0].kind != kind:
        return None
    return read_struct(KINDS[kind], drafts[0].values, (), _NOTHING, kind).struct


def _what_is_missing(fact: Fact, back: Fact) -> Iterator[Json]:
    for field in own_fields_of(fact.kind).values():
        value = getattr(fact, field.attribute)
        if value != getattr(back, field.attribute):
            for element in elements_of(fact.kind, field, value):
                yield {"url": extension_url(element), **element.value}


def _own_observation(fact: Fact) -> Json:
    """One component a field; the value nobody recorded is left out."""
    kind = fact.kind
    code = getattr(fact, _IN_THE_CODE[kind]) if kind in _IN_THE_CODE else code_of_kind(kind)
    codings = [{"system": OWN, "code": code}]
    if kind in _ALSO:
        system, also = _ALSO[kind]
        codings.append({"system": system, "code": also})
    found = observation(fact, {"coding": codings, "text": kind.replace("_", " ")}, "survey")
    stated: Any = getattr(fact, fact.day_field)
    found["effectiveDateTime"] = stated.isoformat() if isinstance(stated, datetime) else fact.day.isoformat()
    components = []
    for name, field in own_fields_of(kind).items():
        value = getattr(fact, field.attribute)
        if field.attribute == fact.day_field or name == _IN_THE_CODE.get(kind) or value is None:
            continue
        for element in elements_of(kind, field, value):
            if name == _MAIN_VALUE.get(kind):
                found |= element.value
            else:
                components.append({"code": concept(OWN, element.code), **element.value})
    if components:
        found["component"] = components
    return found


def _provenance(fact: Fact, target: str, number: int) -> Json | None:
    """Who recorded it; None where nobody said anything about that."""
    if fact.recorded_at is None and not (fact.entered_by or fact.source or fact.supersedes):
        return None
    agent: Json = {"who": {"display": fact.entered_by or "not recorded"}}
    if fact.entered_by is not None:
        agent["type"] = concept(OWN, fact.entered_by)
    found: Json = {
        "resourceType": "Provenance",
        "id": f"provenance.{number}",
        "target": [{"reference": target}],
        "agent": [agent],
    }
    if fact.recorded_at is not None:
        found["recorded"] = fact.recorded_at.isoformat()
    else:
        absent = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
        found["_recorded"] = {"extension": [{"url": absent, "valueCode": "unknown"}]}
    entities = []
    if fact.source is not None:
        entities.append({"role": "source", "what": {"display": fact.source}})
    if fact.supersedes is not None:
        entities.append(
            {"role": "revision", "what": {"identifier": {"system": FACT_ID, "value": fact.supersedes}}}
        )
    return {**found, "entity": entities} if entities else found


def write_clinic_as_fhir(cases: Iterable[Case], folder: Path) -> list[Path]:
    """Write each case as one Bundle, named after its patient; returns the files, in order.

    `load_case` reads each back as the same case. Raises OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, case in enumerate(cases, start=1):
        name = case.patient.id if _FHIR_ID.fullmatch(case.patient.id) else f"patient.{number}"
        path = folder / f"{name.lstrip('.')}.json"
        path.write_text(write_fhir(case), encoding="utf-8")
        written.append(path)
    return written
