"""Which resource was a fast row, before it was taken apart?

It is put together again from its template and its own texts, as the strict loader would have decoded it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, cast

import msgspec
from msgspec.structs import replace

from isovigil.exchange.fhir.resources import (
    AnyResource,
    Condition,
    Consent,
    DispenseRequest,
    Encounter,
    MedicationDispense,
    MedicationRequest,
    MedicationStatement,
    Meta,
    Observation,
    Patient,
    Period,
    Quantity,
    QuestionnaireResponse,
    Reference,
)

DECIMAL: Final = msgspec.json.Decoder(float)
"""Reads the text of a number as the strict loader does."""


class Row(NamedTuple):
    """A row of the sorted file, without its patient."""

    chunk: int
    line: int
    kind: str
    resource: str | None
    day: str | None
    later: str | None
    changed: str | None
    number: str | None
    under: str | None
    template: int | None
    raw: bytes | None
    trouble: str | None


def as_resource(template: AnyResource, row: Row, subject: Reference) -> AnyResource:
    """The resource of a fast row, from its decoded template; `subject` is whom it is about."""
    return _BUILT[row.kind](template, row, subject)


def _patient(base: Any, row: Row, subject: Reference) -> AnyResource:
    return replace(cast("Patient", base), id=row.resource, birthDate=row.day)


def _observation(base: Any, row: Row, subject: Reference) -> AnyResource:
    one = cast("Observation", base)
    quantity = one.valueQuantity
    if row.number is not None:
        value = DECIMAL.decode(row.number)
        quantity = Quantity(value=value) if quantity is None else replace(quantity, value=value)
    return replace(
        one,
        id=row.resource,
        subject=subject,
        effectiveDateTime=row.day,
        issued=row.later,
        valueQuantity=quantity,
    )


def _condition(base: Any, row: Row, subject: Reference) -> AnyResource:
    return replace(
        cast("Condition", base),
        id=row.resource,
        subject=subject,
        onsetDateTime=row.day,
        recordedDate=row.later,
        abatementDateTime=row.changed,
    )


def _request(base: Any, row: Row, subject: Reference) -> AnyResource:
    one = cast("MedicationRequest", base)
    wanted = one.dispenseRequest
    if row.later is not None:
        wanted = replace(wanted or DispenseRequest(), validityPeriod=Period(end=row.later))
    return replace(
        one,
        id=row.resource,
        subject=subject,
        authoredOn=row.day,
        dispenseRequest=wanted,
        meta=None if row.changed is None else Meta(lastUpdated=row.changed),
    )


def _dispense(base: Any, row: Row, subject: Reference) -> AnyResource:
    return replace(
        cast("MedicationDispense", base),
        id=row.resource,
        subject=subject,
        whenHandedOver=row.day,
        whenPrepared=row.later,
        authorizingPrescription=(Reference(reference=row.under),) if row.under else (),
    )


def _statement(base: Any, row: Row, subject: Reference) -> AnyResource:
    return replace(
        cast("MedicationStatement", base),
        id=row.resource,
        subject=subject,
        effectivePeriod=_period(row),
        dateAsserted=row.changed,
    )


def _encounter(base: Any, row: Row, subject: Reference) -> AnyResource:
    return replace(cast("Encounter", base), id=row.resource, subject=subject, period=_period(row))


def _period(row: Row) -> Period | None:
    return None if row.day is None and row.later is None else Period(row.day, row.later)


def _consent(base: Any, row: Row, subject: Reference) -> AnyResource:
    return replace(cast("Consent", base), id=row.resource, subject=subject, dateTime=row.day)


def _response(base: Any, row: Row, subject: Reference) -> AnyResource:
    return replace(cast("QuestionnaireResponse", base), id=row.resource, subject=subject, authored=row.day)


_BUILT: Final[Mapping[str, Callable[[Any, Row, Reference], AnyResource]]] = {
    "Patient": _patient,
    "Observation": _observation,
    "Condition": _condition,
    "MedicationRequest": _request,
    "MedicationDispense": _dispense,
    "MedicationStatement": _statement,
    "Encounter": _encounter,
    "Consent": _consent,
    "QuestionnaireResponse": _response,
}
