"""What is every patient of one outline told on one day, so that it need be worked out only once?

Of a hundred rules about sixty say of most patients that they do not concern them, or that nothing is
recorded. Such an answer is found by asking the rule about the outline of a course alone
(`decisions.outline`): it cannot rest on anything else, so it is the answer of everybody who has that outline,
by the same law on the same day. Whatever a rule would have to look into is left to be asked of each patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from isovigil.decisions.answering import answer, bind
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Finding
from isovigil.decisions.outline import NotInTheOutline, Outline, OutlinedCourse, outline_of
from isovigil.decisions.rule import START, Rule
from isovigil.decisions.verdict import asks_for_something
from isovigil.law.compared_reading import ComparedReading
from isovigil.law.law import Law

_OUTLINES_KEPT: Final = 1024
"""Some 10 kB each. A made-up nation has 35 outlines on a day; those met lately are kept."""


class SharedAnswers(NamedTuple):
    """What the rules of a programme say alike of everyone with one outline."""

    findings: tuple[Finding | None, ...]
    """One for each rule, in their order; None where the patient's own facts decide."""
    left: tuple[tuple[int, Rule], ...]
    """The rules to be asked of the patient, each with its place."""
    asking: tuple[Finding, ...] = ()
    """The shared findings that ask for something."""
    later: tuple[tuple[str, tuple[date | datetime, ...]], ...] = ()
    """The rules that compared themselves with later days, and with which."""
    alike: Mapping[str, Finding] = MappingProxyType({})
    """The findings, by rule, of those that asked for nothing on which the readings of the law differ."""


@lru_cache
def nothing_shared(rules: tuple[Rule, ...]) -> SharedAnswers:
    """Every rule is left to be asked."""
    return SharedAnswers((None,) * len(rules), tuple(enumerate(rules)))


def shared_answers(course: Course, law: Law, rules: tuple[Rule, ...]) -> SharedAnswers:
    """What everyone with this course's outline is told, once a second patient has it; nothing before.

    So a day that is asked about once, as in a plan, is not worked out for others who never come.
    """
    laws = law.readings if isinstance(law, ComparedReading) else (law,)
    today = course.today
    kept = _kept(laws, today.day, today.zone, outline_of(course))
    if kept.answers is None:
        if not kept.was_met:
            kept.was_met = True
            return nothing_shared(rules)
        kept.answers = _answers_of(kept.outline, today.day, today.zone, law, rules)
    return kept.answers


class _Kept:
    """What is kept about one outline."""

    __slots__ = ("answers", "outline", "was_met")

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.was_met = False
        self.answers: SharedAnswers | None = None


@lru_cache(maxsize=_OUTLINES_KEPT)
def _kept(laws: tuple[Law, ...], day: date, zone: ZoneInfo, outline: Outline) -> _Kept:
    return _Kept(outline)


def forget_shared_answers() -> None:
    """Work everything out anew from here on."""
    _kept.cache_clear()


def _answers_of(
    outline: Outline, day: date, zone: ZoneInfo, law: Law, rules: tuple[Rule, ...]
) -> SharedAnswers:
    findings: list[Finding | None] = []
    left: list[tuple[int, Rule]] = []
    later: list[tuple[str, tuple[date | datetime, ...]]] = []
    alike: dict[str, Finding] = {}
    for place, rule in enumerate(rules):
        finding = None
        course = OutlinedCourse(outline, day, zone)
        if isinstance(law, ComparedReading):
            law.readings_differ = False
        if not (outline.has_started and rule.gates == START):
            finding = _answer_of(rule, course, law)
        findings.append(finding)
        if finding is None:
            left.append((place, rule))
            continue
        if course.today.later:
            later.append((rule.name, tuple(course.today.later)))
        if isinstance(law, ComparedReading) and not law.readings_differ:
            alike[rule.name] = finding
    if isinstance(law, ComparedReading):
        law.readings_differ = False
    asking = tuple(each for each in findings if each is not None and asks_for_something(each))
    return SharedAnswers(tuple(findings), tuple(left), asking, tuple(later), alike)


def _answer_of(rule: Rule, course: OutlinedCourse, law: Law) -> Finding | None:
    """The rule's answer to an outline; None where it would look further. The start gate is frozen at the
    first dose, so a rule of that gate alone is not asked here after it.
    """
    try:
        return bind(rule, answer(rule, course, law), course)
    except NotInTheOutline:
        return None
