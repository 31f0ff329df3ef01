"""Which columns of the fact store say what a fact says?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, NamedTuple

import msgspec

from isovigil.case.case import Case
from isovigil.case.fact import Fact
from isovigil.case.kinds import KINDS
from isovigil.exchange.declared_types import Declared, declared, fields_of

PATIENT_ROW: Final = "patient"
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
_REFERS_TO: Final = {"dispense": "prescription", "reversal": "dispense"}
_IN_COLUMNS: Final = frozenset({"id", "recorded_at"})


class StoredPatient(NamedTuple):
    """What the store knows of one patient: the case, or why there is none, and how well it was read."""

    patient: str
    case: Case | None
    refusal: str | None
    errors: int
    warnings: int


class Head(msgspec.Struct, frozen=True, omit_defaults=True):
    """The `fields` of a patient's own row."""

    time_zone: str = "UTC"
    programme: str | None = None
    policy: str = "balanced"
    sex: Any = None
    refusal: str | None = None
    is_read: bool = True
    errors: int = 0
    warnings: int = 0


class Said(NamedTuple):
    """The columns of a row that many facts share: all but whose it is, its id, its day and when recorded."""

    kind: str
    what: str | None = None
    number: float | None = None
    unit: str | None = None
    comparator: str | None = None
    upper_limit: float | None = None
    ends_on: date | None = None
    items: tuple[int | None, ...] | None = None
    refers_to: str | None = None
    supersedes: str | None = None
    withdrawn: bool | None = None
    fields: str = "{}"


class Plan(NamedTuple):
    """How facts of one kind are kept."""

    kind: type[Fact]
    day_attribute: str
    day_name: str
    day_is_instant: bool
    values_of: Callable[[Fact], tuple[Any, ...]]
    """The values of `others`."""
    others: dict[str, tuple[str, Any]]
    """By attribute: its name in the store, and the value that is left out."""
    numbers: tuple[tuple[str, Callable[[Any], Any]], ...]
    """The attributes that hold a number somewhere, and what writes it as it is declared."""
    instants: tuple[str, ...]
    """The attributes that hold an instant, which a reader puts into the patient's zone."""
    what: str | None
    number: str | None
    unit: str | None
    """The unit that the kind declares for its number; None where each fact names its own, or none."""
    refers_to: str | None

    def told(self, values: tuple[Any, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Of a fact whose `others` have these values: those by attribute, and by name those that are kept."""
        own = dict(zip(self.others, values, strict=True))
        for attribute, as_declared in self.numbers:
            if own[attribute] is not None:
                own[attribute] = as_declared(own[attribute])
        given = {
            name: value
            for (name, usual), value in zip(self.others.values(), own.values(), strict=True)
            if value is not usual and value != usual
        }
        return own, given

    def said(self, values: tuple[Any, ...]) -> Said:
        """The columns of a fact whose `others` have these values."""
        own, given = self.told(values)
        number = None if self.number is None else own[self.number]
        ends_on = own.get("to")
        return Said(
            self.kind.kind,
            None if self.what is None else own[self.what],
            None if number is None else float(number),
            own.get("unit") if number is None or self.unit is None else self.unit,
            own.get("comparator"),
            own.get("upper_limit"),
            ends_on if isinstance(ends_on, date) else None,
            own.get("items"),
            None if self.refers_to is None else own[self.refers_to],
            own["supersedes"],
            own["withdrawn"],
            as_text(given),
        )


@lru_cache(maxsize=64)
def plan_of(kind: str) -> Plan:
    """How facts of a kind are kept. Raises KeyError for a kind there is not."""
    fields = fields_of(KINDS[kind])
    shapes = {field.attribute: declared(field.type) for field in fields.values()}
    day_field = KINDS[kind].day_field
    is_instant = shapes[day_field].shape is datetime
    defaults = {each.name: each.default for each in msgspec.structs.fields(KINDS[kind])}
    others = {
        field.attribute: (name, defaults[field.attribute])
        for name, field in fields.items()
        if field.attribute not in _IN_COLUMNS and (is_instant or field.attribute != day_field)
    }
    number = _NUMBER.get(kind)
    return Plan(
        KINDS[kind],
        day_field,
        next(name for name, field in fields.items() if field.attribute == day_field),
        is_instant,
        attrgetter(*others),
        others,
        tuple(
            (attribute, as_declared)
            for attribute in others
            if (as_declared := _as_declared(shapes[attribute])) is not None
        ),
        tuple(attribute for attribute in others if shapes[attribute].shape is datetime),
        _WHAT.get(kind),
        number,
        None if number is None else shapes[number].unit,
        _REFERS_TO.get(kind),
    )


def as_text(value: Any) -> str:
    """A value as JSON."""
    return msgspec.json.encode(value).decode()


def _as_declared(told: Declared) -> Callable[[Any], Any] | None:
    """What writes a value's numbers as they are declared: 5 for a number with a fraction as 5.0.

    So equal facts have equal rows, whichever of them comes first. None where the values hold no number.
    """
    if told.shape is float:
        return lambda value: float(value) + 0.0
    if told.shape is int:
        return lambda value: int(value) if isinstance(value, float) and value.is_integer() else value
    if told.shape is tuple:
        each_as_declared = _as_declared(declared(told.arguments[0]))
        if each_as_declared is None:
            return None
        return lambda value: tuple([None if each is None else each_as_declared(each) for each in value])
    if isinstance(told.shape, type) and issubclass(told.shape, msgspec.Struct):
        return _parts_as_declared(told.shape)
    return None


def _parts_as_declared(struct: type[msgspec.Struct]) -> Callable[[Any], Any]:
    shapes = {field.attribute: declared(field.type) for field in fields_of(struct).values()}
    parts = [
        (name, told.shape, as_declared)
        for name, told in shapes.items()
        if (as_declared := _as_declared(told)) is not None
    ]

    def whole_as_declared(value: Any) -> Any:
        changed = {
            name: as_declared(part)
            for name, shape, as_declared in parts
            if type(part := getattr(value, name)) is not shape
        }
        return msgspec.structs.replace(value, **changed) if changed else value

    return whole_as_declared
