"""What is every patient of one outline told on one day, so that it need be worked out only once?

Of a hundred rules about seventy-five say of most patients that they do not concern them, or that nothing is
recorded. Such an answer is found by asking the rule about the outline of a course alone
(`decisions.outline`): it cannot rest on anything else, so it is the answer of everybody who has that outline,
by the same law on the same day. Whatever a rule would have to look into is left to be asked of each patient.

Where a rule answered in the belief that something is not there, as an illness or a blood value, its answer is
that of those who have none of it; the others are asked.
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
from isovigil.decisions.outline import NotInTheOutline, Outline, OutlinedCourse, outline_of, unusual_in
from isovigil.decisions.rule import START, Rule
from isovigil.decisions.verdict import Reason, acts, reasons_of
from isovigil.law.compared_reading import ComparedReading
from isovigil.law.law import Law

_OUTLINES_KEPT: Final = 1024
"""Some 15 kB each. 1,000 made-up people have 55 outlines on a day; those met lately are kept."""
_GROUPS_KEPT: Final = 2048
"""Some 5 kB each: those of one outline who have the same of what rules took for absent."""


class SharedAnswers(NamedTuple):
    """What the rules of a programme say alike of everyone with one outline."""

    findings: tuple[Finding | None, ...]
    """One for each rule, in their order; None where the patient's own facts decide."""
    left: tuple[tuple[int, Rule], ...]
    """The rules to be asked of the patient, each with its place."""
    reasons: tuple[Reason, ...] = ()
    """What the shared findings say at the gates."""
    acting: tuple[Finding, ...] = ()
    """Those of them that ask for a clinical action."""
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
    if not kept.was_met:
        kept.was_met = True
        return nothing_shared(rules)
    if not kept.told:
        told = _told_of(kept.outline, today.day, today.zone, law, rules)
        kept.taken_for_absent = frozenset[str]().union(*[each.taken_for_absent for _, each in told if each])
        kept.told = told
    return _shared_by(kept, kept.taken_for_absent & unusual_in(course))


class _Told(NamedTuple):
    """What one rule says of an outline."""

    finding: Finding
    later: tuple[date | datetime, ...]
    """The later days it compared itself with."""
    is_alike: bool
    """Did it ask for nothing on which the readings of the law differ?"""
    taken_for_absent: frozenset[str]
    """What it was told is not there."""


class _Kept:
    """What is kept about one outline."""

    __slots__ = ("outline", "taken_for_absent", "told", "was_met")

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.was_met = False
        self.told: list[tuple[Rule, _Told | None]] = []
        """For each rule, in their order; None where the patient's own facts decide."""
        self.taken_for_absent: frozenset[str] = frozenset()
        """All that any of these rules was told is not there."""


@lru_cache(maxsize=_OUTLINES_KEPT)
def _kept(laws: tuple[Law, ...], day: date, zone: ZoneInfo, outline: Outline) -> _Kept:
    return _Kept(outline)


def forget_shared_answers() -> None:
    """Work everything out anew from here on."""
    _kept.cache_clear()
    _shared_by.cache_clear()


@lru_cache(maxsize=_GROUPS_KEPT)
def _shared_by(kept: _Kept, there: frozenset[str]) -> SharedAnswers:
    """What those are told who have of all that was taken for absent just this."""
    findings: list[Finding | None] = []
    left: list[tuple[int, Rule]] = []
    spoken: list[tuple[str, _Told]] = []
    for place, (rule, told) in enumerate(kept.told):
        if told is None or not told.taken_for_absent.isdisjoint(there):
            findings.append(None)
            left.append((place, rule))
        else:
            findings.append(told.finding)
            spoken.append((rule.name, told))
    return SharedAnswers(
        tuple(findings),
        tuple(left),
        tuple(reasons_of([told.finding for _, told in spoken])),
        tuple([told.finding for _, told in spoken if acts(told.finding)]),
        tuple([(name, told.later) for name, told in spoken if told.later]),
        {name: told.finding for name, told in spoken if told.is_alike},
    )


def _told_of(
    outline: Outline, day: date, zone: ZoneInfo, law: Law, rules: tuple[Rule, ...]
) -> list[tuple[Rule, _Told | None]]:
    told = [(rule, _told_by(rule, OutlinedCourse(outline, day, zone), law)) for rule in rules]
    if isinstance(law, ComparedReading):
        law.readings_differ = False
    return told


def _told_by(rule: Rule, course: OutlinedCourse, law: Law) -> _Told | None:
    """The rule's answer to an outline; None where it would look further. The start gate is frozen at the
    first dose, so a rule of that gate alone is not asked here after it.
    """
    if course.has_started and rule.gates == START:
        return None
    if isinstance(law, ComparedReading):
        law.readings_differ = False
    try:
        finding = bind(rule, answer(rule, course, law), course)
    except NotInTheOutline:
        return None
    is_alike = isinstance(law, ComparedReading) and not law.readings_differ
    return _Told(finding, tuple(course.today.later), is_alike, frozenset(course.taken_for_absent))
