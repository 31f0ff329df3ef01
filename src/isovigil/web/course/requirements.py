"""What does each rule ask, why, on whose word, and what is the one action that clears it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format

from isovigil.decisions.finding import PASSES, Finding
from isovigil.exchange import review_words as words
from isovigil.law.rulebook import Rulebook
from isovigil.law.value import Dated
from isovigil.usecases.record.course_read import CourseRead
from isovigil.usecases.worklist_words import step_of

_ENROLMENT: Final = frozenset({"enrolment", "acknowledgement", "certification", "category", "opinion"})
"""Tasks that the enrolment page answers; every other is answered in the visit."""


class Quoted(msgspec.Struct, frozen=True):
    """One dated value a finding used, and who says so."""

    name: str
    value: str
    since: str
    source: str
    at: str


class Requirement(msgspec.Struct, frozen=True):
    """One rule's answer, in the words of the page."""

    rule: str
    tone: str
    asks: str
    says: str
    step: str
    whose_move: str
    url: str | None
    gates: str
    strength: str
    quoted: tuple[Quoted, ...]
    facts: tuple[str, ...]


class Requirements(msgspec.Struct, frozen=True):
    """Every rule that was asked, what is open first."""

    open_ones: tuple[Requirement, ...]
    to_look_at: tuple[Requirement, ...]
    met: tuple[Requirement, ...]
    not_concerned: tuple[Requirement, ...]


def requirements_of(read: CourseRead, rulebook: Rulebook) -> Requirements:
    """The checklist of a course, in the order of the review."""
    stands_in_the_way = {rule for gate in read.review.gates.values() for rule in gate.because}
    asked_by_medicine = set(read.review.clinical.findings)
    open_ones, to_look_at, met, not_concerned = [], [], [], []
    for finding in read.review.findings:
        shown = _shown(read, finding, rulebook)
        if finding.rule in stands_in_the_way or finding.rule in asked_by_medicine:
            open_ones.append(shown)
        elif finding.answer == "not_applicable":
            not_concerned.append(shown)
        elif finding.answer not in PASSES or finding.amber:
            to_look_at.append(shown)
        else:
            met.append(shown)
    return Requirements(tuple(open_ones), tuple(to_look_at), tuple(met), tuple(not_concerned))


def _shown(read: CourseRead, finding: Finding, rulebook: Rulebook) -> Requirement:
    is_open = finding.answer not in PASSES and finding.answer != "not_applicable"
    return Requirement(
        rule=finding.rule,
        tone=_tone(finding),
        asks=_asks(finding.rule),
        says=finding.says,
        step=step_of(finding) if is_open else "",
        whose_move=words.plain(finding.whose_move) if is_open and finding.whose_move else "",
        url=_where(read.known.patient, finding) if is_open else None,
        gates=words.listed([words.GATES[gate].lower() for gate in finding.gates]) if finding.gates else "",
        strength=words.STRENGTHS.get(finding.strength, finding.strength),
        quoted=tuple(_quoted(finding.values, rulebook)),
        facts=finding.facts,
    )


def _tone(finding: Finding) -> str:
    if finding.action in ("hold", "stop", "emergency"):
        return finding.action
    if finding.amber and finding.answer in PASSES:
        return "attention"
    return finding.answer


def _asks(rule: str) -> str:
    from isovigil.decisions.rule import RULES

    return RULES[rule].asks


def _where(patient: UUID, finding: Finding) -> str | None:
    """The page on which a person of the clinic clears it; none where this version has none."""
    tasks = [task.what for task in finding.tasks]
    topic = finding.rule.partition(".")[0]
    name = "enrolment" if topic in _ENROLMENT or any(task in _ENROLMENT for task in tasks) else "visit"
    try:
        return reverse(name, args=[patient])
    except NoReverseMatch:
        return None


def _quoted(values: Sequence[Dated[Any]], rulebook: Rulebook) -> Iterator[Quoted]:
    for dated in {each.name: each for each in values}.values():
        source = _source(rulebook, dated.cite.source)
        yield Quoted(
            name=dated.name,
            value=words.dated_in_words(dated),
            since=date_format(dated.from_),
            source=source,
            at=dated.cite.at,
        )


def _source(rulebook: Rulebook, source_id: str) -> str:
    sources: Mapping[str, Any] = rulebook.sources
    source = sources.get(source_id)
    return source_id if source is None else f"{source.issuer}: {source.title}"
