"""Which cases could anybody record? Hypothesis strategies made from the declaration of fact kinds.

`any_case()` draws a whole case that the case-file reader accepts; `any_fact(kind)` one fact of a kind.
Days are drawn close together, because windows, lockouts and corrections only meet on close days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal, Union
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from isovigil.case.case import Case, Patient
from isovigil.case.fact import Fact
from isovigil.case.kinds import KINDS
from isovigil.case.questionnaires import TOOL_SHAPES, answered
from isovigil.case.time_zones import DEFAULT_TIME_ZONES
from isovigil.case.units import UNITS
from isovigil.exchange.declared_types import Declared, declared, fields_of

FIRST_DAY = date(2024, 1, 1)
DAYS = 75
NEW_YORK = ZoneInfo("America/New_York")
ZONES = (*DEFAULT_TIME_ZONES.values(), "Asia/Kathmandu", "Pacific/Apia", "UTC")

days = st.integers(0, DAYS).map(lambda offset: FIRST_DAY + timedelta(days=offset))


def instants(zone: ZoneInfo, since: date = FIRST_DAY, days_long: int = DAYS) -> SearchStrategy[datetime]:
    """Instants of some days, in the zone; clock changes of spring 2024 lie among them."""
    start = datetime(since.year, since.month, since.day, tzinfo=zone)
    return st.integers(0, days_long * 86_400).map(
        lambda seconds: (start.astimezone(ZoneInfo("UTC")) + timedelta(seconds=seconds)).astimezone(zone)
    )


_letters = st.characters(
    categories=("L", "N", "P", "S"), include_characters=" \n\t'\"\\#:{}[],&*!|>%@`-?=~é日"
)
texts = st.text(_letters, min_size=1, max_size=20).filter(lambda text: text.strip() != "")
labels = st.one_of(
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9./-]{0,9}", fullmatch=True),
    st.sampled_from(["007", "2023", "1e3", "true", "null", "~", "yes", "0x1f", "2024-03-01", "- a", "é: ü"]),
)


def value_of(annotation: Any, zone: ZoneInfo) -> SearchStrategy[Any]:
    """Any value that a declared type accepts, never None."""
    wanted = declared(annotation)
    if wanted.shape is Union:
        return st.one_of([value_of(each, zone) for each in wanted.arguments])
    if wanted.shape is Literal:
        return st.sampled_from(wanted.arguments)
    if wanted.shape is tuple:
        item = value_of(wanted.arguments[0], zone)
        return st.lists(item, min_size=wanted.limits.get("min_length", 0), max_size=3).map(tuple)
    if wanted.shape is dict:
        key, item = (value_of(each, zone) for each in wanted.arguments)
        return st.dictionaries(key, item, max_size=3)
    return _plain_value_of(wanted, zone)


def _plain_value_of(wanted: Declared, zone: ZoneInfo) -> SearchStrategy[Any]:
    if wanted.shape is bool:
        return st.booleans()
    if wanted.shape is date:
        return days
    if wanted.shape is datetime:
        return instants(zone)
    if wanted.shape is str:
        return labels if wanted.extra.get("digits") else texts
    if wanted.shape in (int, float):
        return _number_of(wanted)
    return struct_of(wanted.shape, zone)


def _number_of(wanted: Declared) -> SearchStrategy[Any]:
    above = "gt" in wanted.limits
    low = wanted.limits.get("gt", wanted.limits.get("ge", 0))
    high = wanted.limits.get("le", 10_000)
    if wanted.shape is int:
        return st.integers(low + above, high)
    return st.floats(low, high, exclude_min=above, allow_subnormal=False)


def struct_of(struct: type[msgspec.Struct], zone: ZoneInfo) -> SearchStrategy[Any]:
    """Any value of a nested Struct, such as a capsule count."""
    fields = {field.attribute: value_of(field.type, zone) for field in fields_of(struct).values()}
    return st.builds(struct, **fields)


@st.composite
def any_fact(draw: DrawFn, kind: type[Fact], zone: ZoneInfo = NEW_YORK) -> Fact:
    """One fact of a kind that agrees with itself, without an id and without references to others."""
    values: dict[str, Any] = {}
    for field in fields_of(kind).values():
        if field.name in ("id", "supersedes", "withdrawn"):
            continue
        if field.required or draw(st.booleans()):
            values[field.attribute] = draw(value_of(field.type, zone))
    _put_in_order(values, zone)
    mend = _MENDED.get(kind.kind)
    if mend is not None:
        mend(draw, values)
    if "recorded_at" in values:
        fact = kind(**{**values, "recorded_at": None})
        known_from = max(fact.day, values.get("reported_on") or fact.day)
        values["recorded_at"] = draw(instants(zone, known_from, 20))
    return kind(**values)


def _put_in_order(values: dict[str, Any], zone: ZoneInfo) -> None:
    """Swap two days or limits that stand the wrong way round."""
    for first, second in (
        ("from_", "to"),
        ("taken_on", "reported_on"),
        ("date", "valid_until"),
        ("lower_limit", "upper_limit"),
        ("issued_at", "do_not_dispense_after"),
        ("from_at", "to_at"),
    ):
        if not isinstance(values.get(first), date | float) or not isinstance(
            values.get(second), date | float
        ):
            continue
        values[first], values[second] = sorted((values[first], values[second]))
        if isinstance(values[first], datetime) and values[first] == values[second]:
            values[second] = (values[second].astimezone(ZoneInfo("UTC")) + timedelta(hours=1)).astimezone(
                zone
            )


def _mend_laboratory(draw: DrawFn, values: dict[str, Any]) -> None:
    values["unit"] = draw(st.sampled_from(sorted(UNITS[values["analyte"]])))
    if values.get("upper_limit") == 0:
        del values["upper_limit"]


def _mend_questionnaire(draw: DrawFn, values: dict[str, Any]) -> None:
    shape = TOOL_SHAPES.get(values["tool"])
    if shape is None:
        return
    if "items" in values:
        item = st.one_of(st.none(), st.integers(shape.lowest, shape.highest))
        items = draw(st.lists(item, min_size=shape.items, max_size=shape.items))
        values["items"] = tuple(items)
        if "score" in values:
            least = max(answered(items), shape.score_from)
            values["score"] = least if None not in items else draw(st.integers(least, shape.score_to))
    elif "score" in values:
        values["score"] = draw(st.integers(shape.score_from, shape.score_to))


def _mend_reversal(draw: DrawFn, values: dict[str, Any]) -> None:
    values.pop("dispense", None)
    values.setdefault("authorisation", draw(labels))


def _mend_dispense(draw: DrawFn, values: dict[str, Any]) -> None:
    values.pop("prescription", None)


_MENDED = {
    "laboratory": _mend_laboratory,
    "questionnaire": _mend_questionnaire,
    "reversal": _mend_reversal,
    "dispense": _mend_dispense,
}


@st.composite
def any_case(
    draw: DrawFn,
    kinds: Sequence[type[Fact]] = tuple(KINDS.values()),
    most_facts: int = 12,
    fewest_facts: int = 0,
) -> Case:
    """A whole case of these kinds that the reader accepts, with corrections and references in it."""
    programme = draw(st.one_of(st.none(), st.sampled_from(sorted(DEFAULT_TIME_ZONES))))
    own_zone = st.just(DEFAULT_TIME_ZONES[programme]) if programme else st.nothing()
    zone = draw(st.one_of(own_zone, st.sampled_from(ZONES)))
    bare = draw(
        st.lists(
            st.sampled_from(list(kinds)).flatmap(lambda kind: any_fact(kind, ZoneInfo(zone))),
            min_size=fewest_facts,
            max_size=most_facts,
        )
    )
    facts = _joined(draw, bare)
    patient = Patient(
        id=draw(labels),
        born_on=draw(st.one_of(st.none(), st.dates(date(1950, 1, 1), date(2012, 12, 31)))),
        sex=draw(st.sampled_from([None, "female", "male", "other"])),
    )
    policy = draw(st.sampled_from(["balanced", "us_label", "eu_smpc"]))
    return Case(patient=patient, time_zone=zone, facts=tuple(facts), programme=programme, policy=policy)


def _joined(draw: DrawFn, bare: Sequence[Fact]) -> list[Fact]:
    """Give each fact an id, let some correct an earlier one, and let some name a fact of the right kind."""
    facts: list[Fact] = []
    ids: dict[str, list[str]] = {}
    for number, fact in enumerate(bare, start=1):
        own = draw(st.sampled_from([f"f-{number}", f"{fact.kind}:{number}", f"00{number}"]))
        changes: dict[str, Any] = {"id": own, "withdrawn": draw(st.sampled_from([False, False, True]))}
        changes |= _references(draw, fact, ids)
        if ids.get(fact.kind) and draw(st.booleans()):
            changes["supersedes"] = draw(st.sampled_from(ids[fact.kind]))
        ids.setdefault(fact.kind, []).append(own)
        facts.append(msgspec.structs.replace(fact, **changes))
    return facts


def _references(draw: DrawFn, fact: Fact, ids: Mapping[str, list[str]]) -> dict[str, Any]:
    if fact.kind == "dispense" and ids.get("prescription") and draw(st.booleans()):
        return {"prescription": draw(st.sampled_from(ids["prescription"]))}
    if fact.kind == "reversal" and ids.get("dispense") and draw(st.booleans()):
        return {"authorisation": None, "dispense": draw(st.sampled_from(ids["dispense"]))}
    return {}
