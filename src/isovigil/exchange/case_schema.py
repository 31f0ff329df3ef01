"""What does a case file look like to a program that knows JSON Schema?

Made from the declaration of the fact kinds, never by hand. It says what one field can say; what fields
must agree on (days in order, scores and sums, ids) only the reader checks.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, Literal, Union

import msgspec

from isovigil.case.case import CASE_FORMAT
from isovigil.case.fact import Fact, Label, Text
from isovigil.case.kinds import KINDS
from isovigil.case.questionnaires import TOOL_SHAPES, ToolShape
from isovigil.case.units import UNITS
from isovigil.exchange.case_file import MOST_FACTS, CaseHeader
from isovigil.exchange.declared_types import Declared, DeclaredField, declared, fields_of

Schema = dict[str, Any]


def _lengths(annotation: Any) -> Schema:
    limits = declared(annotation).limits
    return {"minLength": limits["min_length"], "maxLength": limits["max_length"]}


_BOUNDS: Final = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}
_DAY: Final = r"(19|2[01])\d\d-\d\d-\d\d"
_CLOCK: Final = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d"
_SHARED: Final[Mapping[str, Schema]] = {
    "day": {
        "description": "A calendar day in the case's zone.",
        "type": "string",
        "format": "date",
        "pattern": f"^{_DAY}$",
    },
    "instant": {
        "description": "An instant with its offset from UTC.",
        "type": "string",
        "format": "date-time",
        "pattern": rf"^{_DAY}[Tt ]{_CLOCK}(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$",
    },
    "text": {"type": "string", "pattern": r"\S", **_lengths(Text)},
    "label": {
        "description": "A short mark on one line, such as an id, a number or a version.",
        "type": ["string", "integer"],
        "pattern": r"\S",
        **_lengths(Label),
    },
}


def case_file_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of a case file."""
    properties = {field.name: _optional(field) for field in fields_of(CaseHeader).values()}
    properties["case"] = {"const": CASE_FORMAT, "description": "The format version."}
    properties["facts"] = {
        "type": ["array", "null"],
        "items": {"$ref": "#/$defs/fact"},
        "maxItems": MOST_FACTS,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:isovigil:schema:case-file:1",
        "title": "Isovigil case file",
        "description": "One patient's therapy as dated facts. A field that is left out or null is unknown.",
        "type": "object",
        "required": ["case", "patient"],
        "properties": {name: properties[name] for name in ("case", *properties)},
        "additionalProperties": False,
        "$defs": {"fact": _any_fact(), **_SHARED, **{name: _of_kind(kind) for name, kind in KINDS.items()}},
    }


case_schema = case_file_schema
"""The name the command line asks for."""


def schema_text() -> str:
    """The schema as the file in docs/ holds it."""
    return json.dumps(case_file_schema(), indent=2, ensure_ascii=False) + "\n"


def _any_fact() -> Schema:
    return {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": list(KINDS)}},
        "allOf": [_when("kind", name, {"$ref": f"#/$defs/{name}"}) for name in KINDS],
    }


def _when(field: str, word: str, then: Schema) -> Schema:
    return {"if": {"properties": {field: {"const": word}}, "required": [field]}, "then": then}


def _of_kind(kind: type[Fact]) -> Schema:
    schema = {"title": kind.kind, **_of_struct(kind)}
    schema["properties"] = {"kind": {"const": kind.kind}, **schema["properties"]}
    if kind.kind == "laboratory":
        schema["allOf"] = [_when("analyte", analyte, _unit_of(analyte)) for analyte in UNITS]
    if kind.kind == "questionnaire":
        schema["allOf"] = [_when("tool", tool, _answers_of(shape)) for tool, shape in TOOL_SHAPES.items()]
    if kind.kind == "reversal":
        schema["oneOf"] = [_names(field) for field in ("authorisation", "dispense")]
    return schema


def _unit_of(analyte: str) -> Schema:
    as_digits = [int(unit) for unit in UNITS[analyte] if unit.isdigit()]
    return {"properties": {"unit": {"enum": [*UNITS[analyte], *as_digits]}}}


def _answers_of(shape: ToolShape) -> Schema:
    item = {"type": ["integer", "null"], "minimum": shape.lowest, "maximum": shape.highest}
    items = {"items": item, "minItems": shape.items, "maxItems": shape.items}
    return {"properties": {"score": {"minimum": shape.score_from, "maximum": shape.score_to}, "items": items}}


def _names(field: str) -> Schema:
    return {"required": [field], "properties": {field: {"not": {"type": "null"}}}}


def _of_struct(struct: type[msgspec.Struct]) -> Schema:
    fields = fields_of(struct).values()
    return {
        "description": inspect.cleandoc(struct.__doc__ or "").partition("\n\n")[0].replace("\n", " "),
        "type": "object",
        "required": (["kind"] if issubclass(struct, Fact) else [])
        + [field.name for field in fields if field.required],
        "properties": {field.name: _optional(field) for field in fields if field.name != "facts"},
        "additionalProperties": False,
    }


def _optional(field: DeclaredField) -> Schema:
    """A field's schema; where it may be left out, null says the same, and a default is named."""
    if field.name == "facts":
        return {}
    schema = _of_type(declared(field.type))
    if field.required:
        return schema
    if field.default not in (None, ""):
        schema["default"] = field.default
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    if "$ref" in schema:
        reference = {"$ref": schema.pop("$ref")}
        return {**schema, "anyOf": [reference, {"type": "null"}]}
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return {**schema, "type": [*types, "null"]}
    return {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}


def _of_type(wanted: Declared) -> Schema:
    if wanted.shape is Union:
        return {"anyOf": [_of_type(declared(each)) for each in wanted.arguments]}
    if wanted.shape is Literal:
        return {"enum": list(wanted.arguments)}
    if wanted.shape is tuple:
        items = _of_item(wanted.arguments[0])
        return {"type": "array", "items": items, "minItems": wanted.limits.get("min_length", 0)}
    if wanted.shape is dict:
        key, item = (declared(each) for each in wanted.arguments)
        return {"type": "object", "propertyNames": _of_type(key), "additionalProperties": _of_type(item)}
    if wanted.shape in (int, float):
        return _of_number(wanted)
    if wanted.shape is bool:
        return {"type": "boolean"}
    if wanted.shape in (date, datetime):
        return {"$ref": "#/$defs/day" if wanted.shape is date else "#/$defs/instant"}
    if wanted.shape is str:
        return {"$ref": "#/$defs/label" if wanted.extra.get("digits") else "#/$defs/text"}
    return _of_struct(wanted.shape)


def _of_item(annotation: Any) -> Schema:
    schema = _of_type(declared(annotation))
    if type(None) in getattr(annotation, "__args__", ()):
        return {**schema, "type": [schema["type"], "null"]}
    return schema


def _of_number(wanted: Declared) -> Schema:
    schema: Schema = {"type": "integer" if wanted.shape is int else "number"}
    schema |= {_BOUNDS[name]: limit for name, limit in wanted.limits.items()}
    if wanted.unit is not None:
        schema["description"] = f"In {wanted.unit} (UCUM)."
    return schema
