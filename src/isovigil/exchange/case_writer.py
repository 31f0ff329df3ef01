"""How is a case written, so that reading it gives the same case again?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import msgspec

from isovigil.case.case import CASE_FORMAT, DEFAULT_POLICY, Case
from isovigil.case.fact import Fact
from isovigil.case.time_zones import DEFAULT_TIME_ZONES
from isovigil.exchange.case_text import Form
from isovigil.exchange.declared_types import fields_of


def write_case(case: Case, form: Form) -> str:
    """The case as a case file, one fact a line; `read_case_text` gives the same case back.

    Defaults and everything nobody recorded are left out; every id is written, so that a later hand
    may add or remove a fact without renaming the others.
    """
    if form == "json":
        return _as_json(case)
    lines = [f"{name}: {_yaml(value)}" for name, value in _header(case).items()]
    lines.append("facts:" if case.facts else "facts: []")
    lines += [f"  - {_yaml(fact_as_mapping(fact))}" for fact in case.facts]
    return "\n".join(lines) + "\n"


def _as_json(case: Case) -> str:
    lines = [f"  {json.dumps(name)}: {_json(value)}," for name, value in _header(case).items()]
    facts = ",\n".join(f"    {_json(fact_as_mapping(fact))}" for fact in case.facts)
    lines.append(f'  "facts": [\n{facts}\n  ]' if case.facts else '  "facts": []')
    return "\n".join(["{", *lines, "}"]) + "\n"


def _header(case: Case) -> dict[str, Any]:
    header: dict[str, Any] = {"case": CASE_FORMAT, "patient": _as_mapping(case.patient)}
    if case.programme is not None:
        header["programme"] = case.programme
    if case.policy != DEFAULT_POLICY:
        header["policy"] = case.policy
    if case.time_zone != DEFAULT_TIME_ZONES.get(case.programme or ""):
        header["time_zone"] = case.time_zone
    return header


def case_as_mapping(case: Case) -> dict[str, Any]:
    """The case as plain values in the shape of a case file; `case_from_mapping` reads it back."""
    return {**_header(case), "facts": [fact_as_mapping(fact) for fact in case.facts]}


def fact_as_mapping(fact: Fact) -> dict[str, Any]:
    """One fact as it stands in a case file: its kind, its id, its own fields, then who and when."""
    values = _as_mapping(fact)
    own = {name: value for name, value in values.items() if name not in _COMMON}
    common = {name: values[name] for name in _COMMON if name in values and name != "id"}
    return {"kind": fact.kind, "id": fact.id, **own, **common}


_COMMON: Final = tuple(fields_of(Fact))


def _as_mapping(struct: msgspec.Struct) -> dict[str, Any]:
    """The fields of a Struct that say something, by the names of the case file."""
    return dict(_said(struct))


def _said(struct: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    for name, field in fields_of(type(struct)).items():
        value = getattr(struct, field.attribute)
        if value is not None and (field.required or value != field.default):
            yield name, _plain(value)


def _plain(value: Any) -> Any:
    """A value as a text, number, flag, list or mapping."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, msgspec.Struct):
        return _as_mapping(value)
    return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


_PLAIN_TEXT: Final = re.compile(r"[A-Za-z][A-Za-z0-9_/+.-]*")
_DAY_OR_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d:\d\d)?")
_NOT_PLAIN: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Words that need quotes: here, or for a reader of an older YAML."""
_ESCAPED: Final = re.compile("[\x7f-\xa0\xad\u2028\u2029\ufeff\ufffe\uffff]")


def _yaml(value: Any) -> str:
    """A plain value in YAML's flow style, on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_yaml(item) for item in value) + "]"
    if isinstance(value, str):
        return _yaml_text(value)
    return _json(value)


def _yaml_text(text: str) -> str:
    if _DAY_OR_INSTANT.fullmatch(text):
        return text
    if _PLAIN_TEXT.fullmatch(text) and text.lower() not in _NOT_PLAIN:
        return text
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", _json(text))
