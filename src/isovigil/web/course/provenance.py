"""Who recorded each fact, when was it true, when did we learn it, and whence did it come?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from isovigil.case.fact import Fact
from isovigil.exchange import review_words as words
from isovigil.exchange.case_writer import fact_as_mapping
from isovigil.usecases.record.course_read import CourseRead
from isovigil.usecases.record.patient_case import FactOnRecord
from isovigil.usecases.record.symptom_words import SymptomWords

_ABOUT_THE_ENTRY: Final = frozenset(
    {
        "entered_by",
        "id",
        "kind",
        "recorded_at",
        "source",
        "supersedes",
        "withdrawn",
    }
)


class FactShown(msgspec.Struct, frozen=True):
    """One fact with all that stands behind it."""

    id: str
    kind: str
    day: Any
    says: str
    learned_at: datetime | None
    recorded_at: datetime
    recorded_by: str
    entered_by: str
    whence: str
    is_replaced: bool
    is_withdrawn: bool
    corrects: str
    reason: str
    signed_by: str
    correct_url: str | None


def facts_shown(read: CourseRead, named: Mapping[str, SymptomWords]) -> list[FactShown]:
    """Every fact of a course, the latest day first, those that were corrected among them."""
    replaced = {each.fact.supersedes for each in read.facts if each.fact.supersedes}
    signed = {fact: f"{each.by}, {each.role}" for each in read.signatures for fact in each.facts}
    shown = [_shown(read, each, replaced, signed, named) for each in read.facts]
    return sorted(shown, key=lambda each: each.day, reverse=True)


def _shown(
    read: CourseRead,
    each: FactOnRecord,
    replaced: set[str],
    signed: dict[str, str],
    named: Mapping[str, SymptomWords],
) -> FactShown:
    fact, actor = each.fact, each.recorded.actor
    return FactShown(
        id=fact.id,
        kind=words.plain(fact.kind).capitalize(),
        day=fact.day,
        says="; ".join(said_of(fact, named)),
        learned_at=fact.recorded_at if each.provenance.imported else None,
        recorded_at=each.recorded.recorded_at,
        recorded_by=read.people.get(actor, _("somebody who left")) if actor is not None else _("the system"),
        entered_by=words.plain(fact.entered_by) if fact.entered_by else "",
        whence=each.provenance.source or fact.source or each.provenance.form or "",
        is_replaced=fact.id in replaced,
        is_withdrawn=fact.withdrawn,
        corrects=fact.supersedes or "",
        reason=each.provenance.reason or "",
        signed_by=signed.get(fact.id, ""),
        correct_url=_correct(read, fact),
    )


def _correct(read: CourseRead, fact: Fact) -> str | None:
    try:
        return reverse("correct_fact", args=[read.known.patient, fact.id])
    except NoReverseMatch:
        return None


def said_of(fact: Fact, named: Mapping[str, SymptomWords]) -> Iterator[str]:
    """What the fact says, each field in words; its day stands beside it, and a symptom has its name."""
    for name, value in fact_as_mapping(fact).items():
        if name in _ABOUT_THE_ENTRY or name == type(fact).day_field.rstrip("_"):
            continue
        if name == "code" and value in named:
            yield named[value].plain
            continue
        if _is_an_id(value):  # of the prescription or hand-over it belongs to: nothing that people read
            continue
        yield f"{words.plain(name)}: {_value(value)}"


def _is_an_id(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def _value(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"mg", "count"}:
        return f"{value['count']} × {value['mg']:g} mg"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return ", ".join(_value(each) for each in value)
    if isinstance(value, dict):
        return " ".join(f"{words.plain(str(name))} {_value(each)}" for name, each in value.items())
    return (
        words.plain(value)
        if isinstance(value, str)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
