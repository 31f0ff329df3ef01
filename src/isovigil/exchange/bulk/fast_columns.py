"""Which elements of which resource types does the fast loader take out of a line, and how?

Made from the same classes as the strict loader (`exchange.fhir.resources`): every element declared there
is either one of the few that differ from resource to resource (`VARYING`), or part of the template, the
rest of the resource, which repeats. Anything else that can occur goes back to the strict loader.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from isovigil.exchange.fhir import resources
from isovigil.exchange.fhir.resources import AnyResource


class Varying(NamedTuple):
    """An element with a text of its own in each resource: where it stands, and its type in DuckDB."""

    element: str
    """As DuckDB names the place: ``period.start``."""
    column: str
    """``day``, ``later`` or ``changed``: the column of the row it goes to."""


class FastType(NamedTuple):
    """How lines of one resource type are taken apart."""

    kind: type[AnyResource]
    varying: tuple[Varying, ...]
    shapes: dict[str, str]
    """Elements that are taken apart further, with their DuckDB type; every other one is a slice of JSON."""
    parts: dict[str, tuple[str, ...]]
    """Of those, what goes into the template."""


_REFERENCE: Final = "STRUCT(reference JSON, type JSON, display JSON)"
_QUANTITY: Final = 'STRUCT("value" JSON, comparator JSON, unit JSON, "system" JSON, code JSON)'
_PERIOD: Final = 'STRUCT("start" JSON, "end" JSON)'
_META: Final = "STRUCT(lastUpdated JSON)"
_REQUEST: Final = (
    "STRUCT(quantity JSON, expectedSupplyDuration JSON, numberOfRepeatsAllowed JSON, "
    f"validityPeriod {_PERIOD})"
)

FAST: Final[dict[str, FastType]] = {
    "Patient": FastType(resources.Patient, (Varying("birthDate", "day"),), {}, {}),
    "Observation": FastType(
        resources.Observation,
        (Varying("effectiveDateTime", "day"), Varying("issued", "later")),
        {"valueQuantity": _QUANTITY},
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
        {"dispenseRequest": _REQUEST},
        {"dispenseRequest": ("quantity", "expectedSupplyDuration", "numberOfRepeatsAllowed")},
    ),
    "MedicationDispense": FastType(
        resources.MedicationDispense,
        (Varying("whenHandedOver", "day"), Varying("whenPrepared", "later")),
        {},
        {},
    ),
    "Encounter": FastType(
        resources.Encounter,
        (Varying("period.start", "day"), Varying("period.end", "later")),
        {"period": _PERIOD},
        {},
    ),
}
"""The common types. All others are rare or manifold, and the strict loader reads their lines."""

NUMBER: Final = "valueQuantity.value"
UNDER: Final = "authorizingPrescription"
_LONGEST_NUMBER: Final = 15
"""Characters of a number that are the same decimal number whoever reads them."""
BETWEEN: Final = "\x1f"
"""Stands between the elements of a template; it cannot stand inside JSON."""

_OF_MEDICINES: Final = frozenset({"MedicationRequest", "MedicationDispense"})
"""Types in which FHIR R5 writes `medication` where R4 writes one of two other elements."""
_NEVER_IN_A_TEMPLATE: Final = frozenset(
    {"id", "meta", "identifier", "contained", "extension", "subject", "patient", "specimen"}
)
"""Looked at one by one, or sent back by their mere presence, or looked at by no reader here."""


@cache
def element_names(kind: type[AnyResource]) -> tuple[str, ...]:
    """Every element the strict loader declares for a type, by its name in JSON."""
    return tuple(field.encode_name for field in msgspec.structs.fields(kind))


@cache
def template_elements(name: str) -> tuple[str, ...]:
    """The elements a template is made of: ``code``, ``valueQuantity.unit``."""
    fast = FAST[name]
    alone = {each.element for each in fast.varying}
    found: list[str] = []
    for element in element_names(fast.kind):
        if element in _NEVER_IN_A_TEMPLATE or element in alone or element in {"performer", UNDER}:
            continue
        if element in fast.shapes:
            found += [f"{element}.{part}" for part in fast.parts.get(element, ())]
        else:
            found.append(element)
    return tuple(found)


def _quoted(element: str) -> str:
    return ".".join(f'"{step}"' for step in element.split("."))


def declared_columns(name: str) -> str:
    """The `columns` of DuckDB's reader: never inferred, every text kept as the JSON it is."""
    fast = FAST[name]
    types = {"resourceType": "JSON", "id": "JSON", "subject": _REFERENCE, "patient": "JSON", "meta": _META}
    for element in element_names(fast.kind):
        if element not in types:
            types[element] = fast.shapes.get(element, "JSON")
    if name in _OF_MEDICINES:
        types["medication"] = "JSON"
    if "specimen" in types:
        types["specimen"] = _REFERENCE
    return ", ".join(f"\"{element}\": '{kind}'" for element, kind in types.items())


def _text_of(element: str) -> str:
    """SQL: the text of a JSON string; the JSON itself where it is none, which is doubted below."""
    return f"{_quoted(element)}::VARCHAR"


def _is_no_plain_text(element: str) -> str:
    """SQL: it is there, and no string without escapes."""
    text = _text_of(element)
    return f"({text} IS NOT NULL AND (NOT starts_with({text}, '\"') OR contains({text}, '\\')))"


def doubts(name: str) -> str:
    """SQL: may the line hold anything the fast loader would not take as the strict one does?"""
    fast = FAST[name]
    texts = ["id", *(each.element for each in fast.varying), "subject.type", "subject.display"]
    if "meta.lastUpdated" not in texts:
        texts.append("meta.lastUpdated")
    if name == "MedicationRequest":
        texts.append("dispenseRequest.validityPeriod.start")
    if name == "Observation":
        texts += ["specimen.reference", "specimen.type", "specimen.display"]
    listed = [
        f"resourceType::VARCHAR IS DISTINCT FROM '\"{name}\"'",
        "id IS NULL",
        '"patient" IS NOT NULL',
        '"contained" IS NOT NULL',
        "contains(extension::VARCHAR, 'urn:isovigil:')",
        "contains(identifier::VARCHAR, 'urn:isovigil:')",
        *(_is_no_plain_text(text) for text in texts),
    ]
    if name == "Patient":
        listed.append("subject IS NOT NULL")
        listed.append("NOT regexp_full_match(id::VARCHAR, '\"[A-Za-z0-9.-]{1,64}\"')")
    else:
        listed.append(f"coalesce({WHOSE}, '') = ''")
    if name == "Observation":
        number = '"valueQuantity"."value"::VARCHAR'
        listed.append('"effectiveDateTime" IS NULL')
        listed.append(
            f"({number} IS NOT NULL AND (length({number}) > {_LONGEST_NUMBER} OR contains({number}, 'e') "
            f"OR TRY_CAST({number} AS DOUBLE) IS NULL))"
        )
    if name in _OF_MEDICINES:
        listed.append('"medication" IS NOT NULL')
    if name == "MedicationDispense":
        listed.append(f"({UNDER_TEXT} = '' AND \"{UNDER}\" IS NOT NULL)")
    return " OR ".join(f"coalesce({each}, false)" for each in listed)


_SUBJECT: Final = '"subject".reference::VARCHAR'
_SHORT: Final = len('"Patient/')
WHOSE: Final = (
    f"CASE WHEN starts_with({_SUBJECT}, '\"Patient/') "
    f"AND NOT contains(substr({_SUBJECT}, {_SHORT + 1}), '/') AND NOT contains({_SUBJECT}, '\\') "
    f"THEN substr({_SUBJECT}, {_SHORT + 1}, length({_SUBJECT}) - {_SHORT + 1}) "
    f"ELSE regexp_extract({_SUBJECT}, "
    '\'^"https?://[^"\\\\]*/Patient/([A-Za-z0-9.-]{1,64})"$\', 1) END'
)
"""SQL: the id of the patient a resource is about, by a relative or absolute reference."""
UNDER_TEXT: Final = (
    f'coalesce(regexp_extract("{UNDER}"::VARCHAR, '
    '\'^\\[\\{"reference":"([A-Za-z0-9./:-]{1,200})"(?:,"display":"[^"\\\\]*")?\\}\\]$\', 1), \'\')'
)
"""SQL: the one prescription a hand-over names; nothing where it names several, or none."""


@lru_cache(maxsize=64)
def select_of(name: str, source: str, longest: int) -> str:
    """The query that takes the lines of one type apart, a row a line, in their order.

    No line may have more bytes than `longest`.
    """
    fast = FAST[name]
    template = ", ".join(f"coalesce({_quoted(element)}::VARCHAR, '')" for element in template_elements(name))
    columns = {each.column: _unquoted(each.element) for each in fast.varying}
    number = '"valueQuantity"."value"::VARCHAR' if name == "Observation" else "NULL::VARCHAR"
    performer = '"performer"::VARCHAR' if "performer" in element_names(fast.kind) else "NULL::VARCHAR"
    under = UNDER_TEXT if name == "MedicationDispense" else "NULL::VARCHAR"
    whose = _unquoted("id") if name == "Patient" else WHOSE
    return (
        f"SELECT {whose} AS patient, {_unquoted('id')} AS resource, "
        + ", ".join(f"{columns.get(each, 'NULL::VARCHAR')} AS {each}" for each in ("day", "later", "changed"))
        + f", {number} AS number, {under} AS under, {performer} AS performer, "
        f"concat_ws('{BETWEEN}', {template}) AS template, "
        f"({doubts(name)}) AS doubtful "
        f"FROM read_ndjson('{source}', columns = {{{declared_columns(name)}}}, ignore_errors = false, "
        f"compression = 'uncompressed', maximum_object_size = {longest})"
    )


def _unquoted(element: str) -> str:
    text = _text_of(element)
    return f"substr({text}, 2, length({text}) - 2)"


def template_as_json(name: str, template: str) -> str:
    """The JSON of a resource with what its template holds, without id, subject and days."""
    whole: dict[str, Any] = {}
    elements = template_elements(name)
    for element, text in zip(elements, template.split(BETWEEN), strict=True):
        if text:
            outer, _, inner = element.partition(".")
            if inner:
                whole.setdefault(outer, {})[inner] = text
            else:
                whole[outer] = text
    pairs = [f'"{key}":{value if isinstance(value, str) else _object(value)}' for key, value in whole.items()]
    return "{" + ",".join([f'"resourceType":"{name}"', *pairs]) + "}"


def _object(parts: dict[str, str]) -> str:
    return "{" + ",".join(f'"{key}":{value}' for key, value in parts.items()) + "}"
