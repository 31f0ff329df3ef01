"""Were mood and sexual function asked about, and was an abnormal screen acted on?

Indicators A4, A5, A9, A10 and A18.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from isovigil.calendar.days import days_after
from isovigil.case.fact import Fact
from isovigil.case.kinds import Assessment, ClinicalDecision, Questionnaire, TreatmentStop, Visit
from isovigil.indicators.count import NOT_ASKED, NOT_STARTED, Count, counted, excluded, together
from isovigil.indicators.record import AuditedCourse

MOOD = "mental_health"
SEXUAL_FUNCTION = "sexual_function"
_BRIEF = "brief"
_TOTALS = frozenset({"phq9", "phqa"})
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ACTIONS: tuple[type[Fact], ...] = (ClinicalDecision, Assessment, TreatmentStop)


def mood_before_start(course: AuditedCourse) -> Count:
    """A4: is there an entry about mood from before the first dose?"""
    return _before_start(course, MOOD)


def mood_at_follow_up(course: AuditedCourse) -> Count:
    """A5: is there an entry about mood at each follow-up visit?"""
    return _at_follow_up(course, MOOD)


def sexual_function_before_start(course: AuditedCourse) -> Count:
    """A9: is there an entry about sexual function from before the first dose?"""
    return _before_start(course, SEXUAL_FUNCTION)


def sexual_function_at_follow_up(course: AuditedCourse) -> Count:
    """A10: is there an entry about sexual function at each follow-up visit, as full as it had to be?"""
    return _at_follow_up(course, SEXUAL_FUNCTION)


def _before_start(course: AuditedCourse, topic: str) -> Count:
    started = course.started_on
    if started is None:
        return excluded(NOT_STARTED)
    if not course.law.holds(f"{topic}/baseline_concerns", started):
        return excluded(NOT_ASKED)
    return counted(any(entry.date <= started for entry in _entries(course, topic, started)))


def _entries(course: AuditedCourse, topic: str, on: date) -> list[Questionnaire]:
    tools = course.law.words(f"{topic}/tools", on).value
    return [fact for fact in course.all(Questionnaire) if fact.tool in tools]


def follow_up_visits(course: AuditedCourse) -> list[Visit]:
    """The visits after the first dose up to the last one, one for each day."""
    if course.started_on is None:
        return []
    last = course.last_day()
    visits = {visit.date: visit for visit in course.all(Visit) if course.started_on < visit.date <= last}
    return list(visits.values())


def _at_follow_up(course: AuditedCourse, topic: str) -> Count:
    if course.started_on is None:
        return excluded(NOT_STARTED)
    counts = []
    before = course.started_on
    for visit in follow_up_visits(course):
        if not course.law.holds(f"{topic}/follow_up_concerns", visit.date):
            counts.append(excluded(NOT_ASKED))
        else:
            counts.append(counted(_is_entered(course, topic, before, visit)))
        before = visit.date
    return together(counts)


def _is_entered(course: AuditedCourse, topic: str, before: date, visit: Visit) -> bool:
    """An entry since the visit before, up to this one, and not briefer than it may be."""
    since = [entry for entry in _entries(course, topic, visit.date) if before < entry.date <= visit.date]
    return any(_is_full_enough(course, topic, entry) for entry in since)


def _is_full_enough(course: AuditedCourse, topic: str, entry: Questionnaire) -> bool:
    law = course.law
    if entry.depth != _BRIEF or not law.holds(f"{topic}/full_entry_expected", entry.date):
        return True
    name = f"{topic}/brief_entry_from_visit"
    if not law.holds(name, entry.date):
        return False
    visits = {visit.date for visit in course.all(Visit) if visit.date <= entry.date}
    return len(visits) >= law.number(name, entry.date).value


def abnormal_screens_acted_on(course: AuditedCourse) -> Count:
    """A18: was each abnormal mental-health screen followed by a documented action in time?

    A clinician's decision, an assessment or an end of treatment is an action.
    """
    acted = [fact.day for kind in _ACTIONS for fact in course.all(kind)]
    within = course.law.days("audit/acted_within_working_days", course.on).value
    rest = course.law.words("audit/days_of_rest", course.on).value
    counts = []
    for screen in course.all(Questionnaire):
        if not _is_abnormal(course, screen):
            continue
        closes = working_days_after(screen.date, within, rest)
        if any(screen.date <= day <= closes for day in acted):
            counts.append(counted(True))
        elif course.on < closes:
            counts.append(excluded("the action may still come in time"))
        else:
            counts.append(counted(False))
    return together(counts)


def _is_abnormal(course: AuditedCourse, screen: Questionnaire) -> bool:
    if screen.tool not in _TOTALS:
        return False
    items = screen.items or ()
    self_harm = items[-1] if items else None
    if (
        self_harm is not None
        and self_harm >= course.law.number("mental_health/self_harm_item", screen.date).value
    ):
        return True
    answered = sum(item for item in items if item is not None)
    total = answered if screen.score is None else max(screen.score, answered)
    return total >= course.law.number("audit/mood_score_from", screen.date).value


def working_days_after(day: date, days: int, rest: Sequence[str]) -> date:
    """The day so many working days after a day, where nobody works on the weekdays of rest."""
    while days:
        day = days_after(day, 1)
        days -= _WEEKDAYS[day.weekday()] not in rest
    return day
