"""Until when does an answer stand, if nothing new is recorded?"""

from __future__ import annotations

from datetime import datetime

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant
from isovigil.case.case import Case
from isovigil.case.chart import Chart
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Finding
from isovigil.decisions.judgement import Judgement, answer, bind, judge
from isovigil.decisions.rule import RULES


def next_change(case: Case, judgement: Judgement, known_by: datetime) -> datetime | None:
    """The first later instant at which some rule answers otherwise, or the law in force differs.

    Knowledge stays as it is. Between the instants the rules compared themselves with nothing can
    change, so only those are tried, in order: a few rules each, everything where a known fact
    comes into view, an interval ends or a value of law begins. None when nothing changes any more.
    """
    today = judgement.course.today
    everything = {first_instant(day, today.zone) for day in judgement.course.chart.coming}
    everything |= {first_instant(day, today.zone) for day in judgement.law.coming_changes(today.day)}
    for instant in sorted({*judgement.turning_points, *everything}):
        if instant in everything:
            if _everything_differs(case, judgement, instant, known_by):
                return instant
        elif _some_rule_differs(case, judgement, instant, known_by):
            return instant
    return None


def _some_rule_differs(case: Case, judgement: Judgement, instant: datetime, known_by: datetime) -> bool:
    zone = judgement.course.today.zone
    moment = Moment(instant.astimezone(zone), zone)
    course = Course(Chart(case, moment, known_by, judgement.course.chart.filed))
    told = {finding.rule: finding for finding in judgement.findings}
    for name in judgement.turning_points[instant]:
        rule = RULES[name]
        finding = bind(rule, answer(rule, course, judgement.law), course)
        if _answer_of(finding) != _answer_of(told[name]):
            return True
    return False


def _everything_differs(case: Case, judgement: Judgement, instant: datetime, known_by: datetime) -> bool:
    zone = judgement.course.today.zone
    filed = judgement.course.chart.filed
    later = judge(case, judgement.law, instant.astimezone(zone), known_by, filed)
    if later.regime != judgement.regime:
        return True
    return signature(later) != signature(judgement)


def signature(judgement: Judgement) -> list[tuple[object, ...]]:
    """What counts as the answer of a whole judgement."""
    return [_answer_of(finding) for finding in judgement.findings]


def _answer_of(finding: Finding) -> tuple[object, ...]:
    """What counts as a finding's answer, and nothing in it that changes daily."""
    return (finding.rule, finding.answer, finding.amber, finding.gates, finding.action)
