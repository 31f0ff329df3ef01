"""How is a case kept as rows of the fact store, and read back as the same case?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from isovigil.case.case import Case, Patient
from isovigil.case.fact import Fact
from isovigil.case.kinds import KINDS
from isovigil.exchange.declared_types import declared, fields_of

PATIENT_ROW: Final = "patient"
_KEPT: Final = 50_000
_WHAT: Final = {
    "laboratory": "analyte", "questionnaire": "tool", "pregnancy_test": "result", "condition": "what",
    "medicine": "name", "symptom": "code", "visit": "mode", "acknowledgement": "form",
    "attestation": "what", "certification": "who", "treatment_stop": "reason", "prescription": "product",
    "contraception": "primary", "assessment": "what", "clinical_decision": "decision",
    "prior_therapy": "what",
}  # fmt: skip
_NUMBER: Final = {
    "laboratory": "value", "weight": "kg", "height": "cm", "questionnaire": "score",
    "prescription": "daily_dose_mg", "dispense": "days_supply",
}  # fmt: skip
_IN_COLUMNS: Final = frozenset({"id", "recorded_at"})


class StoredPatient(NamedTuple):
    """What the store knows of one patient: the case, or why there is none, and how well it was read."""

    patient: str
    case: Case | None
    refusal: str | None
    errors: int
    warnings: int


class _Head(msgspec.Struct, frozen=True, omit_defaults=True):
    """The `fields` of a patient's own row."""

    time_zone: str = "UTC"
    programme: str | None = None
    policy: str = "balanced"
    sex: Any = None
    refusal: str | None = None
    is_read: bool = True
    errors: int = 0
    warnings: int = 0


class _Plan(NamedTuple):
    """How facts of one kind are kept."""

    kind: type[Fact]
    day_attribute: str
    day_is_instant: bool
    others: tuple[tuple[str, str, Any], ...]
    """Field in the store, attribute, and the value that is left out."""
    instants: tuple[str, ...]
    what: str | None
    number: str | None


_head: Final = msgspec.json.Decoder(_Head)


@lru_cache(maxsize=64)
def _plan(kind: str) -> _Plan:
    fields = fields_of(KINDS[kind])
    shapes = {name: declared(field.type).shape for name, field in fields.items()}
    day_field = KINDS[kind].day_field
    day_name = next(name for name, field in fields.items() if field.attribute == day_field)
    is_instant = shapes[day_name] is datetime
    declared_fields = {each.name: each for each in msgspec.structs.fields(KINDS[kind])}
    others = tuple(
        (name, field.attribute, declared_fields[field.attribute].default)
        for name, field in fields.items()
        if field.attribute not in _IN_COLUMNS and (is_instant or field.attribute != day_field)
    )
    instants = tuple(
        field.attribute
        for name, field in fields.items()
        if shapes[name] is datetime and name != "recorded_at"
    )
    return _Plan(KINDS[kind], day_field, is_instant, others, instants, _WHAT.get(kind), _NUMBER.get(kind))


def rows_of_case(stored: StoredPatient) -> Iterator[tuple[Any, ...]]:
    """The rows of the table `facts` for one patient; the patient's own row first."""
    case = stored.case
    head = _Head(
        is_read=case is not None, refusal=stored.refusal, errors=stored.errors, warnings=stored.warnings
    )
    if case is None:
        yield (stored.patient, PATIENT_ROW, None, "", None, None, None, _text(head))
        return
    head = msgspec.structs.replace(
        head,
        time_zone=case.time_zone,
        programme=case.programme,
        policy=case.policy,
        sex=case.patient.sex,
    )
    yield (stored.patient, PATIENT_ROW, case.patient.born_on, "", None, None, None, _text(head))
    for fact in case.facts:
        yield (stored.patient, *_row_of(fact))


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _row_of(fact: Fact) -> tuple[Any, ...]:
    plan = _plan(fact.kind)
    said = {
        name: value
        for name, attribute, usual in plan.others
        if (value := getattr(fact, attribute)) is not usual and value != usual
    }
    what = getattr(fact, plan.what) if plan.what is not None else None
    number = getattr(fact, plan.number) if plan.number is not None else None
    recorded = None if fact.recorded_at is None else fact.recorded_at.astimezone(UTC)
    number = None if number is None else float(number)
    return (fact.kind, fact.day, fact.id, what, number, recorded, _text(said))


class FactReader:
    """Reads patients back from rows of the store; keeps what repeats."""

    def __init__(self) -> None:
        self._met: dict[tuple[str, str], dict[str, Any]] = {}
        self._zones: dict[str, ZoneInfo] = {}

    def patient(self, patient: str, rows: Sequence[tuple[Any, ...]]) -> StoredPatient:
        """One patient from the rows of the table `facts`, without their first column."""
        _, born_on, _, _, _, _, fields = rows[0]
        head = _head.decode(fields)
        if not head.is_read:
            return StoredPatient(patient, None, head.refusal, head.errors, head.warnings)
        zone = self._zones.setdefault(head.time_zone, ZoneInfo(head.time_zone))
        case = Case(
            patient=Patient(patient, born_on, head.sex),
            time_zone=head.time_zone,
            facts=tuple(self._facts(rows[1:], zone)),
            programme=head.programme,
            policy=head.policy,
        )
        return StoredPatient(patient, case, head.refusal, head.errors, head.warnings)

    def _facts(self, rows: Iterable[tuple[Any, ...]], zone: ZoneInfo) -> Iterator[Fact]:
        for kind, day, name, _, _, recorded, fields in rows:
            key = (kind, fields)
            values = self._met.get(key)
            if values is None:
                values = self._values(kind, fields, day)
            plan = _plan(kind)
            more: dict[str, Any] = {"id": name}
            if not plan.day_is_instant:
                more[plan.day_attribute] = day
            if recorded is not None:
                more["recorded_at"] = recorded.astimezone(zone)
            for instant in plan.instants:
                if values.get(instant) is not None:
                    more[instant] = values[instant].astimezone(zone)
            yield plan.kind(**{**values, **more})

    def _values(self, kind: str, fields: str, day: date) -> dict[str, Any]:
        plan = _plan(kind)
        given = msgspec.json.decode(fields)
        if not plan.day_is_instant:
            outside = next(
                name for name, each in fields_of(plan.kind).items() if each.attribute == plan.day_attribute
            )
            given[outside] = day
        fact = msgspec.convert(given, plan.kind)
        said = {attribute for name, attribute, _ in plan.others if name in given}
        values = {name: getattr(fact, name) for name in said}
        if len(self._met) >= _KEPT:
            self._met.clear()
        self._met[kind, fields] = values
        return values
