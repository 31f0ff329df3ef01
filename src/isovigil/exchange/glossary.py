"""Which page explains every word of the project, every kind of fact, every field and every unit?"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence

from isovigil.case.case import Patient
from isovigil.case.fact import Fact
from isovigil.case.kinds import KINDS
from isovigil.case.questionnaires import TOOL_SHAPES
from isovigil.case.time_zones import DEFAULT_TIME_ZONES
from isovigil.case.units import UNITS, canonical_unit, canonical_value
from isovigil.exchange.declared_types import DeclaredField, declared, fields_of
from isovigil.exchange.glossary_words import TERMS
from isovigil.exchange.refusals import wanted_in_words

_HEAD = """\
<!-- Written from src/isovigil/case and src/isovigil/exchange/glossary_words.py. Change those instead. -->

# Glossary

Every word that has a meaning of its own here, defined once; then every kind of fact with its fields.
A field is optional unless it is marked as required. What is left out is unknown, never "no".
"""


def glossary_markdown() -> str:
    """The whole page `GLOSSARY.md`, made from the declaration."""
    lines = [*_HEAD.splitlines(), ""]
    for topic, terms in TERMS.items():
        lines += [f"## {topic}", ""]
        rows = [(f"**{term.word}**", term.means, term.avoid) for term in terms]
        lines += _table(("Word", "Meaning", "We do not say"), rows)
    lines += _kinds()
    lines += _units()
    lines += _tools()
    lines += _zones()
    return "\n".join(lines).rstrip() + "\n"


def _kinds() -> Iterator[str]:
    yield from ("## The patient", "", _told(Patient), "")
    yield from _fields(fields_of(Patient).values())
    yield from ("## What every fact may carry", "", _told(Fact), "")
    yield from _fields(fields_of(Fact).values())
    yield from ("## Kinds of fact", "")
    common = fields_of(Fact)
    for name, kind in KINDS.items():
        yield from (f"### `{name}`", "", _told(kind))
        dated = f"Dated by `{kind.day_field.rstrip('_')}`."
        by_exception = (
            " Recorded by exception: none recorded reads as none known." if kind.by_exception else ""
        )
        yield from ("", dated + by_exception, "")
        yield from _fields([field for each, field in fields_of(kind).items() if each not in common])


def _told(declaration: type) -> str:
    """The docstring of a declaration as one paragraph."""
    return " ".join(inspect.cleandoc(declaration.__doc__ or "").split())


def _fields(fields: Iterable[DeclaredField]) -> Iterator[str]:
    rows = []
    for field in fields:
        need = "required" if field.required else ""
        if field.default not in (None, ""):
            default = (
                "true" if field.default is True else "false" if field.default is False else field.default
            )
            need = f"default: {default}"
        rows.append((f"`{field.name}`", _holds(field), need))
    yield from _table(("Field", "Holds", ""), rows)


def _holds(field: DeclaredField) -> str:
    wanted = declared(field.type)
    if wanted.extra.get("digits"):
        return "a label"
    return wanted_in_words(field.type)


def _units() -> Iterator[str]:
    yield from ("## Units of laboratory values", "")
    yield from ("UCUM, capitals matter. A value is judged in the unit it was reported in.", "")
    rows = []
    for analyte, units in UNITS.items():
        canonical = canonical_unit(analyte)
        others = [_in_canonical(analyte, unit, canonical) for unit in units if unit != canonical]
        rows.append((f"`{analyte}`", f"`{canonical}`", "; ".join(others)))
    yield from _table(("Analyte", "Unit", "Also read"), rows)


def _in_canonical(analyte: str, unit: str, canonical: str) -> str:
    nothing, one = (canonical_value(analyte, value, unit) for value in (0, 1))
    if nothing:
        return f"`{unit}` (1 is {one - nothing:.6g} `{canonical}`, and {nothing:.6g} is added)"
    if one == 1:
        return f"`{unit}` (the same)"
    return f"`{unit}` (1 is {one:.6g} `{canonical}`)"


def _tools() -> Iterator[str]:
    yield from ("## Questionnaires", "")
    rows = [
        (
            f"`{tool}`",
            str(shape.items),
            f"{shape.lowest} to {shape.highest}",
            f"{shape.score_from} to {shape.score_to}",
        )
        for tool, shape in TOOL_SHAPES.items()
    ]
    yield from _table(("Tool", "Items", "Each item", "Score"), rows)


def _zones() -> Iterator[str]:
    yield from ("## Time zones", "", "A case that names no `time_zone` has that of its programme.", "")
    yield from _table(
        ("Programme", "Time zone"), [(f"`{each}`", zone) for each, zone in DEFAULT_TIME_ZONES.items()]
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join(' --- ' for _ in heads)}|"
    for row in rows:
        yield f"| {' | '.join(_on_one_line(cell) for cell in row)} |".replace("|  |", "| |")
    yield ""


def _on_one_line(cell: str) -> str:
    return " ".join(cell.split()).replace("|", "\\|").replace("<", "&lt;")
