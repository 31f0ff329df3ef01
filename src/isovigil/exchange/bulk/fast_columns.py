"""Which elements of which resource types does the fast loader take out of a line, and how?

Made from the same classes as the strict loader (`exchange.fhir.resources`): every element declared there
is either one of the few that differ from resource to resource (`VARYING`), or part of the template, the
rest of the resource, which repeats. Anything else that can occur goes back to the strict loader.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec

from isovigil.exchange.fhir import resources
from isovigil.exchange.fhir.resources import AnyResource


class Shape(NamedTuple):
    """How an object is taken apart: its texts, the objects in it, and every other member as it is written."""

    texts: frozenset[str] = frozenset()
    inside: Mapping[str, Shape] = {}


class Varying(NamedTuple):
    """An element with a text of its own in each resource, and the column of the row it goes to."""

    element: str
    """``period.start``."""
    column: str
    """``day``, ``later`` or ``changed``."""


class FastType(NamedTuple):
    """How lines of one resource type are taken apart."""

    kind: type[AnyResource]
    varying: tuple[Varying, ...]
    inside: Mapping[str, Shape]
    """Elements that are taken apart further."""
    parts: Mapping[str, tuple[str, ...]]
    """Of those, what goes into the template."""
    whose: str = "subject"
    """The element that says whom it is about."""


_REFERENCE: Final = Shape(frozenset({"reference", "type", "display"}))
_META: Final = Shape(frozenset({"lastUpdated"}))
_PERIOD: Final = Shape(frozenset({"start", "end"}))

FAST: Final[Mapping[str, FastType]] = {
    "Patient": FastType(resources.Patient, (Varying("birthDate", "day"),), {}, {}),
    "Observation": FastType(
        resources.Observation,
        (Varying("effectiveDateTime", "day"), Varying("issued", "later")),
        {"valueQuantity": Shape(), "specimen": _REFERENCE},
        {"valueQuantity": ("comparator", "unit", "system", "code")},
    ),
    "Condition": FastType(
        resources.Condition,
        (
            Varying("onsetDateTime", "day"),
            Varying("recordedDate", "later"),
            Varying("abatementDateTime", "changed"),
        ),
        {},
        {},
    ),
    "MedicationRequest": FastType(
        resources.MedicationRequest,
        (
            Varying("authoredOn", "day"),
            Varying("dispenseRequest.validityPeriod.end", "later"),
            Varying("meta.lastUpdated", "changed"),
        ),
        {"dispenseRequest": Shape(inside={"validityPeriod": _PERIOD})},
        {"dispenseRequest": ("quantity", "expectedSupplyDuration", "numberOfRepeatsAllowed")},
    ),
    "MedicationDispense": FastType(
        resources.MedicationDispense,
        (Varying("whenHandedOver", "day"), Varying("whenPrepared", "later")),
        {},
        {},
    ),
    "MedicationStatement": FastType(
        resources.MedicationStatement,
        (
            Varying("effectivePeriod.start", "day"),
            Varying("effectivePeriod.end", "later"),
            Varying("dateAsserted", "changed"),
        ),
        {"effectivePeriod": _PERIOD},
        {},
    ),
    "Encounter": FastType(
        resources.Encounter,
        (Varying("period.start", "day"), Varying("period.end", "later")),
        {"period": _PERIOD},
        {},
    ),
    "Consent": FastType(resources.Consent, (Varying("dateTime", "day"),), {}, {}, whose="patient"),
    "QuestionnaireResponse": FastType(resources.QuestionnaireResponse, (Varying("authored", "day"),), {}, {}),
}
"""The common types. All others are rare or manifold, and the strict loader reads their lines."""

NUMBER: Final = "valueQuantity.value"
UNDER: Final = "authorizingPrescription"
BETWEEN: Final = b"\x1f"
"""Stands between the elements of a template; it cannot stand inside JSON."""

_NEVER_IN_A_TEMPLATE: Final = frozenset(
    {
        "id",
        "meta",
        "identifier",
        "contained",
        "extension",
        "subject",
        "patient",
        "specimen",
        "performer",
        UNDER,
    }
)
"""Looked at one by one, or sent back by their mere presence, or looked at by no reader here."""


@cache
def element_names(kind: type[AnyResource]) -> tuple[str, ...]:
    """Every element the strict loader declares for a type, by its name in JSON."""
    return tuple(field.encode_name for field in msgspec.structs.fields(kind))


@cache
def shape_of(name: str) -> Shape:
    """How a line of a type is taken apart."""
    fast = FAST[name]
    texts = {"resourceType", "id", *(each.element for each in fast.varying if "." not in each.element)}
    return Shape(frozenset(texts), {"meta": _META, fast.whose: _REFERENCE, **fast.inside})


@cache
def template_elements(name: str) -> tuple[str, ...]:
    """The elements a template is made of: ``code``, ``valueQuantity.unit``."""
    fast = FAST[name]
    alone = {each.element for each in fast.varying}
    found: list[str] = []
    for element in element_names(fast.kind):
        if element in _NEVER_IN_A_TEMPLATE or element in alone:
            continue
        if element in fast.inside:
            found += [f"{element}.{part}" for part in fast.parts.get(element, ())]
        else:
            found.append(element)
    return tuple(found)


def template_as_json(name: str, elements: tuple[str, ...], template: bytes) -> bytes:
    """The JSON of a resource with what its template holds, without id, subject and days."""
    whole: dict[str, Any] = {"resourceType": b'"%s"' % name.encode()}
    for element, text in zip(elements, template.split(BETWEEN), strict=True):
        if text:
            outer, _, inner = element.partition(".")
            if inner:
                whole.setdefault(outer, {})[inner] = text
            else:
                whole[outer] = text
    return _object(
        {key: _object(value) if isinstance(value, dict) else value for key, value in whole.items()}
    )


def _object(members: Mapping[str, bytes]) -> bytes:
    return b"{" + b",".join(b'"%s":%s' % (key.encode(), value) for key, value in members.items()) + b"}"
