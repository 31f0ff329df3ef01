"""How does one patient's case, with its replay, become the courses that audit indicators look at?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from isovigil.calendar.days import days_after
from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case
from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.case.kinds import CourseOpened, Enrolment, Prescription, TreatmentStop
from isovigil.decisions.course import Course
from isovigil.decisions.replay import Replay, ReplayedAct
from isovigil.indicators.catalogue import measure
from isovigil.indicators.count import Count
from isovigil.indicators.record import LOOKED_AT, AuditedAct, AuditedCourse
from isovigil.law.law import Law

_GRAVER = ("hold", "stop")
_BEGINNINGS: tuple[type[Fact], ...] = (CourseOpened, Enrolment, Prescription)
"""What a new course begins with, after the one before has ended."""


def audited(
    chart: Chart, law: Law, replayed: Replay | None
) -> Iterator[tuple[AuditedCourse, tuple[Count, ...]]]:
    """Every course of a patient as charted on a day, each with what every indicator counts in it.

    `law` is one reading of the programme's law with its policy, as `Rulebook.readings` gives it. Without a
    replay the indicators that need one leave the course out, and say so.
    """
    for course in courses_of(chart, law, replayed):
        yield course, measure(course)


def chart_of(case: Case, on: date) -> Chart:
    """What was on file by the end of a day."""
    zone = ZoneInfo(case.time_zone)
    return Chart(case, Moment(first_instant(on, zone), zone), last_instant(on, zone))


def courses_of(chart: Chart, law: Law, replayed: Replay | None) -> Iterator[AuditedCourse]:
    """The courses in which anything was prescribed or taken, oldest first."""
    stops = sorted({stop.date for stop in chart.all(TreatmentStop)})
    before = date.min
    for ended_on in (*stops, None):
        course = Course(chart) if ended_on is None else Course(chart, last_day=ended_on)
        if course.prescriptions or course.started_on is not None:
            yield _audited(course, law, replayed, before, ended_on)
        before = ended_on or before


def _audited(
    course: Course, law: Law, replayed: Replay | None, before: date, ended_on: date | None
) -> AuditedCourse:
    last = _last_day_that_counts(course, ended_on)
    facts = {kind: _of_these_days(course.chart.all(kind), course.opened_on, last) for kind in LOOKED_AT}
    acts = () if replayed is None else replayed.acts
    return AuditedCourse(
        patient=course.patient.id,
        on=course.today.day,
        law=law,
        can_become_pregnant=course.can_become_pregnant,
        born_on=course.patient.born_on,
        facts=facts,
        prescriptions=course.prescriptions,
        hand_overs=course.hand_overs,
        started_on=course.started_on,
        ended_on=ended_on,
        acts=[_act(each) for each in acts if before < each.on and (ended_on is None or each.on <= ended_on)],
    )


def _of_these_days(facts: list[Any], first: date, last: date) -> list[Any]:
    """The facts of a kind, oldest first, from one day to another, both included."""
    if not facts or (first <= facts[0].day and facts[-1].day <= last):
        return facts
    return [fact for fact in facts if first <= fact.day <= last]


def _last_day_that_counts(course: Course, ended_on: date | None) -> date:
    """What is dated after the last dose still belongs to the course, until the next one begins."""
    if ended_on is None:
        return date.max
    begun = [
        fact.day
        for kind in _BEGINNINGS
        if (facts := course.chart.all(kind)) and facts[-1].day > ended_on
        for fact in facts
        if fact.day > ended_on
    ]
    return days_after(min(begun), -1) if begun else date.max


def _act(replayed: ReplayedAct) -> AuditedAct:
    return AuditedAct(
        act=replayed.act,
        on=replayed.on,
        is_hand_over=replayed.kind == "dispense",
        in_the_way=frozenset(reason.rule for reason in replayed.because),
        is_stopped=replayed.verdict in _GRAVER,
        is_judged=replayed.verdict is not None,
    )
