"""Which answers given at one act of a patient still stand at the patient's next one?

An answer, whether it is to be looked at, its gates and its action stay what they are while no fact that the
rule can look at comes into view, no mark of the course that it can look at changes, no value of law begins
and none of the later moments is reached that the rule compared itself with. That is what `holds_until` of a
review rests on as well. Only the words may tell another day, so what is told is judged anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from isovigil.calendar.moment import Moment
from isovigil.decisions.answering import answer, bind
from isovigil.decisions.course import Course
from isovigil.decisions.finding import PASSES, Finding, Gate
from isovigil.decisions.past_charts import PastChart
from isovigil.decisions.rule import EVERY_GATE, RULES, Rule
from isovigil.decisions.rule_reads import MARKS, reads_of
from isovigil.decisions.verdict import holds_every_gate
from isovigil.law.law import Law

_NO_GATE: Final[tuple[Gate, ...]] = ()


class _Until(NamedTuple):
    """The first later day and the first later instant that a rule compared itself with."""

    day: date | None
    instant: datetime | None

    def is_reached(self, today: Moment) -> bool:
        """Is it that day or that instant, or later?"""
        return (self.day is not None and today.day >= self.day) or (
            self.instant is not None and today.at >= self.instant
        )


def speaks_at(finding: Finding) -> tuple[Gate, ...]:
    """The gates at which a finding is told: where it stands in the way or is to be looked at."""
    if holds_every_gate(finding):
        return EVERY_GATE
    return finding.gates if finding.amber or finding.answer not in PASSES else _NO_GATE


def marks_of(course: Course) -> tuple[Any, ...]:
    """What the course says about itself in single values, in the order of `MARKS`."""
    return tuple([getattr(course, mark) for mark in MARKS])


class StandingAnswers:
    """The answers of one reading of the law to the acts of one patient, oldest act first."""

    def __init__(self, course: Course, chart: PastChart, law: Law, marks: tuple[Any, ...]) -> None:
        self.law = law
        self._course = course
        self._chart = chart
        self._marks = marks
        self._kept: dict[str, Finding] = {}
        self._speaks_at: dict[str, tuple[Gate, ...]] = {}
        """The gates at which a rule speaks, for each rule whose answer is kept."""
        self._until: dict[str, _Until] = {}
        self._fresh: dict[str, Finding] = {}
        self._changes = law.coming_changes(date.min)

    def move_to(self, course: Course, chart: PastChart, law: Law, marks: tuple[Any, ...]) -> None:
        """Go on to a later act, by the same law, and forget every answer that may not stand there."""
        before, today = self._chart.today, chart.today
        begins = any(before.day < day <= today.day for day in self._changes)
        if today.at < before.at or begins:
            self._kept, self._speaks_at, self._until = {}, {}, {}
        else:
            changed: set[Any] = chart.changed_since(self._chart)
            if marks != self._marks:
                both = zip(MARKS, self._marks, marks, strict=True)
                changed.update([mark for mark, was, now in both if was != now])
            forget = [name for name, until in self._until.items() if until.is_reached(today)]
            for name in (*forget, *_rules_that_read(frozenset(changed))):
                self._kept.pop(name, None)
                self._speaks_at.pop(name, None)
                self._until.pop(name, None)
        self._fresh = {}
        self.law, self._course, self._chart, self._marks = law, course, chart, marks

    def supposing(self, course: Course, chart: PastChart, marks: tuple[Any, ...]) -> StandingAnswers:
        """The answers of the same reading to the same moment, if it had been this chart."""
        other = StandingAnswers(self._course, self._chart, self.law, self._marks)
        other.start_with(self._kept, self._speaks_at, self._until)
        other.move_to(course, chart, self.law, marks)
        return other

    def start_with(
        self,
        kept: Mapping[str, Finding],
        speaks_at: Mapping[str, tuple[Gate, ...]],
        until: Mapping[str, _Until],
    ) -> None:
        """Begin with what was answered already."""
        self._kept, self._speaks_at, self._until = dict(kept), dict(speaks_at), dict(until)

    def told_at(self, gate: Gate, rules: Iterable[Rule]) -> list[Finding]:
        """What these rules tell at a gate: what stands in the way there, or is to be looked at."""
        told = []
        spoken = self._speaks_at
        for rule in rules:
            gates = spoken.get(rule.name)
            if gates is None or gate in gates:
                finding = self.judged_now(rule)
                if gate in spoken[rule.name]:
                    told.append(finding)
        return told

    def told_somewhere(self, rule: Rule) -> Finding | None:
        """What a rule tells at any gate; None where it tells nothing."""
        if self._speaks_at.get(rule.name) == _NO_GATE:
            return None
        finding = self.judged_now(rule)
        return finding if self._speaks_at[rule.name] else None

    def answered(self, rule: Rule) -> Finding:
        """A rule's answer at this act; its words may be those of an earlier one."""
        held = self._kept.get(rule.name)
        return self.judged_now(rule) if held is None else held

    def judged_now(self, rule: Rule) -> Finding:
        """A rule's finding at this act, in the words of its day."""
        name = rule.name
        finding = self._fresh.get(name)
        if finding is None:
            today = self._chart.today
            today.later = []
            finding = bind(rule, answer(rule, self._course, self.law), self._course)
            if today.later:
                self._until[name] = _first_of(today.later)
            else:
                self._until.pop(name, None)
            self._speaks_at[name] = speaks_at(finding)
            self._kept[name] = self._fresh[name] = finding
        return finding


def _first_of(later: list[date | datetime]) -> _Until:
    """The first of some days, and the first of some instants."""
    days = [each for each in later if not isinstance(each, datetime)]
    instants = [each for each in later if isinstance(each, datetime)]
    return _Until(min(days, default=None), min(instants, default=None))


@lru_cache
def _rules_that_read(changed: frozenset[Any]) -> frozenset[str]:
    """The rules that can look at one of these kinds of facts or marks of the course."""
    return frozenset[str]().union(*map(_rules_that_read_this, changed))


@cache
def _rules_that_read_this(changed: Any) -> frozenset[str]:
    reads = {name: reads_of(name) for name in RULES}
    return frozenset(name for name, has in reads.items() if changed in has.kinds or changed in has.marks)
