"""Until when does an answer stand, if nothing new is recorded?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant
from isovigil.case.case import Case
from isovigil.decisions.answering import answer, bind
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Finding
from isovigil.decisions.judgement import Judgement, judge, rules_in_order
from isovigil.decisions.rule import RULES


def next_change(case: Case, judgement: Judgement, known_by: datetime) -> datetime | None:
    """The first later instant at which some rule answers otherwise, or the law in force differs.

    Knowledge stays as it is. Between the instants the rules compared themselves with nothing can
    change, so only those are tried, in order: a few rules each, everything where a known fact
    comes into view, an interval ends or a value of law begins. A rule that answers the same there
    may have looked at later instants than before; those are tried in their turn. None when nothing
    changes any more.
    """
    course = judgement.course
    today = course.today
    turning = {instant: set(rules) for instant, rules in judgement.turning_points.items()}
    everything = {
        first_instant(day, today.zone)
        for day in (*course.chart.coming, *judgement.law.coming_changes(today.day))
    }
    while turning or everything:
        instant = min((*turning, *everything))
        rules = turning.pop(instant, set())
        if instant in everything:
            everything.discard(instant)
            later = _judged_later(case, judgement, instant, known_by)
            if later.regime != judgement.regime or signature(later) != signature(judgement):
                return instant
            course = later.course
            _add(turning, later.turning_points)
        else:
            changed, more = _rules_judged_later(judgement, course, instant, rules)
            if changed:
                return instant
            _add(turning, more)
    return None


def _add(turning: dict[datetime, set[str]], more: Mapping[datetime, Iterable[str]]) -> None:
    for instant, rules in more.items():
        turning.setdefault(instant, set()).update(rules)


def _rules_judged_later(
    judgement: Judgement, course: Course, instant: datetime, rules: set[str]
) -> tuple[bool, dict[datetime, list[str]]]:
    """Does one of the rules answer otherwise then? If not, the later instants they look at."""
    zone = course.today.zone
    moment = Moment(instant.astimezone(zone), zone)
    then = course.at(moment)
    places = _places_of(judgement.law.programme.rules)
    more: dict[datetime, list[str]] = {}
    for name in rules:
        rule = RULES[name]
        moment.later = []
        finding = bind(rule, answer(rule, then, judgement.law), then)
        if answer_of(finding) != answer_of(judgement.findings[places[name]]):
            return True, {}
        for later in moment.later:
            more.setdefault(moment.instant_of(later), []).append(name)
    return False, more


@cache
def _places_of(names: tuple[str, ...]) -> dict[str, int]:
    """Where each rule of a programme stands among its findings."""
    return {rule.name: place for place, rule in enumerate(rules_in_order(names))}


def _judged_later(case: Case, judgement: Judgement, instant: datetime, known_by: datetime) -> Judgement:
    zone = judgement.course.today.zone
    return judge(case, judgement.law, instant.astimezone(zone), known_by)


def signature(judgement: Judgement) -> list[tuple[object, ...]]:
    """What counts as the answer of a whole judgement."""
    return [answer_of(finding) for finding in judgement.findings]


def answer_of(finding: Finding) -> tuple[object, ...]:
    """What counts as a finding's answer, and nothing in it that changes daily."""
    return (finding.rule, finding.answer, finding.amber, finding.gates, finding.action)
