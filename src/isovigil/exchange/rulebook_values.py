"""Is a value file one question with dated, cited answers, and which are they?"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple, get_args

from isovigil.calendar.days import Period, in_words
from isovigil.exchange.problems import did_you_mean, one_of, shown
from isovigil.exchange.strict_yaml import Part, day_written
from isovigil.law.layer import Layer
from isovigil.law.source import Citation, Confidence, Source, Strength
from isovigil.law.value import Statement, Tightening, ValueHistory

UCUM_UNITS = (
    *("m[IU]/mL", "mg/kg", "mg/kg/d", "mg/d", "mg", "kg", "kg/m2", "cm", "a", "mo", "wk", "d", "h", "%"),
    *("mg/dL", "mmol/L", "umol/L", "U/L", "10*9/L", "mmol/mol", "{score}", "1"),
)
"""The units of measure in use. A new one is added here, so that a slip of the pen is no unit."""

STRENGTHS = get_args(Strength)
CONFIDENCES = get_args(Confidence)

_COUNTS = ("lower", "higher", "none")
_TIGHTENINGS: dict[str, tuple[str, ...]] = {
    "day": _COUNTS,
    "period": _COUNTS,
    "year": _COUNTS,
    "date": _COUNTS,
    "number": _COUNTS,
    "flag": ("true", "false", "none"),
    "words": ("fewer", "more", "none"),
    "word": ("choice", "none"),
    "map": ("none",),
    "table": ("none",),
}
UNITS = (*_TIGHTENINGS, *UCUM_UNITS)

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
"""A word of ours, a form's version such as 2026, or a code such as D10BA01."""
_WEAK = {
    "general_knowledge": "rests on general knowledge",
    "own_default": "is our own default",
}


class Shelf(NamedTuple):
    """What a value file may refer to: the registered sources, and the layers of its programme."""

    sources: Mapping[str, Source]
    layers: Mapping[str, Layer]


def read_value_file(whole: Part, home: str, name: str, shelf: Shelf) -> ValueHistory | None:
    """Read one question with its dated values; None when it has problems."""
    if not whole.is_given:
        return None
    before = len(whole.problems)
    parts = whole.fields(("asks", "unit", "tightening", "reverify_by", "values"), ("counting", "choices"))
    asks = parts["asks"].text()
    if asks is not None and not asks.rstrip().endswith("?"):
        parts["asks"].refuse("`asks` is a question, so it ends with a question mark.")
    unit = parts["unit"].word(UNITS)
    tightening = _read_tightening(parts["tightening"])
    _check_tightening(parts["tightening"], unit, tightening)
    choices = _read_choices(parts["choices"], tightening)
    reverify_by = parts["reverify_by"].day()
    counting = parts["counting"].text()
    rows = parts["values"].items(at_least=1)
    statements = [_statement(row, unit, shelf) for row in rows]
    told = [statement for statement in statements if statement is not None]
    if len(told) == len(statements):
        _check_order(list(zip(rows, told, strict=True)), shelf)
        if reverify_by is not None and told and reverify_by <= max(said.read_on for said in told):
            parts["reverify_by"].refuse("`reverify_by` must be later than every `read_on` below.")
    if len(whole.problems) > before:
        return None
    assert asks is not None
    assert unit is not None
    assert tightening is not None
    assert reverify_by is not None
    return ValueHistory(home, name, asks, unit, tightening, reverify_by, tuple(told), counting, choices)


def _read_choices(part: Part, tightening: str | None) -> tuple[str, ...]:
    """The words of a value that is a clinic's choice; no other value has any."""
    if (tightening == "choice") != part.is_given:
        part.refuse("a value has `choices` exactly when its tightening is choice.")
        return ()
    words = [word for item in part.items() if (word := item.text()) is not None]
    return tuple(words)


def _read_tightening(part: Part) -> Tightening | None:
    """The direction; for a flag it may be written true or false, without quotation marks."""
    if isinstance(part.value, bool):
        return "true" if part.value else "false"
    word: Tightening | None = part.word(get_args(Tightening))
    return word


def _check_tightening(part: Part, unit: str | None, tightening: str | None) -> None:
    if unit is None or tightening is None:
        return
    possible = _TIGHTENINGS.get(unit, _COUNTS)
    if tightening not in possible:
        part.refuse(
            f"a value in the unit {unit} cannot be tightened {tightening!r}; it can be {one_of(possible)}."
        )


def _statement(row: Part, unit: str | None, shelf: Shelf) -> Statement | None:
    before = len(row.problems)
    parts = row.fields(
        ("from", "value", "strength", "confidence", "read_on", "cite"), ("announced_on", "note")
    )
    value = None if unit is None else read_plain_value(parts["value"], unit)
    strength: Strength | None = parts["strength"].word(STRENGTHS)
    confidence: Confidence | None = parts["confidence"].word(CONFIDENCES)
    read_on = parts["read_on"].day()
    cite = read_citation(parts["cite"], shelf.sources)
    from_day, from_layer = _start(parts["from"], shelf)
    announced_on = parts["announced_on"].day()
    if announced_on is None and not parts["announced_on"].is_given:
        if from_layer is not None:
            announced_on = shelf.layers[from_layer].announcements[0].announced_on
        elif from_day is not None:
            row.refuse(
                "announced_on is missing: a value that begins on a day of its own must say since when it "
                "was public."
            )
    if announced_on is not None and read_on is not None and announced_on > read_on:
        parts["read_on"].refuse(
            f"it was announced on {in_words(announced_on)}, so it cannot have been read before."
        )
    _check_strength(parts["strength"], strength, confidence, cite, shelf)
    note = parts["note"].text()
    if len(row.problems) > before:
        return None
    assert strength is not None
    assert confidence is not None
    assert read_on is not None
    assert cite is not None
    assert announced_on is not None
    return Statement(value, strength, confidence, cite, announced_on, read_on, from_day, from_layer, note)


def _start(part: Part, shelf: Shelf) -> tuple[date | None, str | None]:
    """A layer's id, or else a day; a day that is also a layer's id means the layer."""
    if not part.is_given:
        return None, None
    if isinstance(part.value, str) and part.value in shelf.layers:
        return None, part.value
    day = day_written(part.value)
    if day is not None:
        return day, None
    meant = did_you_mean(str(part.value), tuple(shelf.layers))
    layers = one_of([*shelf.layers, "a day such as 2026-11-21"])
    part.refuse(
        f"{shown(part.value)} is neither a day nor a layer of this programme. {meant}It can be {layers}."
    )
    return None, None


def read_citation(part: Part, sources: Mapping[str, Source]) -> Citation | None:
    """A registered source and the place in it."""
    if not part.is_given:
        return None
    parts = part.fields(("source", "at"))
    source = parts["source"].text()
    at = parts["at"].text()
    if source is not None and source not in sources:
        meant = did_you_mean(source, tuple(sources))
        parts["source"].refuse(f"the source {shown(source)} is not registered in sources/. {meant}".rstrip())
        return None
    return None if source is None or at is None else Citation(source, at)


def _check_strength(
    part: Part, strength: str | None, confidence: str | None, cite: Citation | None, shelf: Shelf
) -> None:
    """Law and licence must rest on a document that was read, and not on a weak one."""
    if strength not in ("law", "licence") or cite is None:
        return
    weak = _WEAK.get(shelf.sources[cite.source].evidence)
    if confidence == "low":
        weak = "has low confidence"
    if weak is not None:
        part.refuse(f"a value that {weak} may not be {strength}; it can be guidance or local_default.")


def _check_order(rows: list[tuple[Part, Statement]], shelf: Shelf) -> None:
    """Each value must begin after the one before it, whatever the open dates turn out to be."""
    ended: date | None = None
    for row, said in rows:
        first, last = possible_starts_of(said, shelf.layers)
        if ended is not None and first <= ended:
            row.refuse(
                f"this value begins on {in_words(first)}, which is not after the start of the one above it; "
                "values stand in the order of their dates, one for each."
            )
        ended = max(ended or last, last)


def possible_starts_of(said: Statement, layers: Mapping[str, Layer]) -> tuple[date, date]:
    """The first and the last day on which a value may turn out to begin, as announced so far."""
    if said.from_layer is None:
        assert said.from_day is not None
        return said.from_day, said.from_day
    announced = layers[said.from_layer].announcements
    return min(each.earliest for each in announced), max(each.latest for each in announced)


# -- plain values, by their unit ---------------------------------------------------------------


def read_plain_value(part: Part, unit: str) -> Any:
    """A value of the unit's own type, as plain as YAML wrote it; None, with a problem, if it is not."""
    if not part.is_given:
        return None
    accepts, what = _TYPES.get(unit, (_is_measure, "a number, or [low, high]"))
    if accepts(part.value):
        return part.value
    part.refuse(f"{shown(part.value)} is not {what}, which the unit {unit} asks for.")
    return None


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_measure(value: Any) -> bool:
    if isinstance(value, list):
        low_and_high = 2
        return len(value) == low_and_high and all(map(_is_number, value)) and value[0] < value[1]
    return _is_number(value)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_word, value)) and len(set(value)) == len(value)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) and row for row in value)


def _is_period(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        Period.parse(value)
    except ValueError:
        return False
    return True


_TYPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "day": (_is_whole, "a whole number of days, 0 or more"),
    "year": (_is_whole, "a whole number of years, 0 or more"),
    "number": (_is_number, "a number"),
    "flag": (lambda value: isinstance(value, bool), "true or false"),
    "word": (_is_word, "one word"),
    "words": (_is_words, "a list of single words, each once"),
    "period": (_is_period, "a period such as P30D, P4W, P1M or `later of P1M and P30D`"),
    "date": (lambda value: day_written(value) is not None, "a day such as 2026-11-21"),
    "map": (lambda value: isinstance(value, dict) and bool(value), "a mapping"),
    "table": (_is_table, "a list of mappings, one a row"),
}
