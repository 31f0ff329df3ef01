"""Were liver enzymes and lipids checked when they should be?

Indicators A2 and A2b.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from isovigil.calendar.days import days_after
from isovigil.case.kinds import Laboratory
from isovigil.indicators.count import NOT_STARTED, Count, counted, excluded
from isovigil.indicators.record import AuditedCourse

LIPIDS = frozenset({"triglycerides", "cholesterol"})
ENZYMES = frozenset({"alt", "ast"})


def lipids_before_and_during(course: AuditedCourse) -> Count:
    """A2: is there a lipid result from before the first dose, and at least one from during treatment?"""
    if course.started_on is None:
        return excluded(NOT_STARTED)
    drawn = _drawn(course, LIPIDS)
    before = any(day <= course.started_on for day in drawn)
    return counted(before and any(course.started_on < day <= course.last_day() for day in drawn))


def checked_all_along(course: AuditedCourse) -> Count:
    """A2b: were both checked before the first dose, about a month after it, then every three months?

    Only days up to the last dose, or the audit, count as due.
    """
    started, law, last = course.started_on, course.law, course.last_day()
    if started is None:
        return excluded(NOT_STARTED)
    if last <= law.period("audit/laboratory_audited_after", course.on).value.after(started):
        return excluded("the course was no longer than a month")
    both = sorted(_drawn(course, LIPIDS) & _drawn(course, ENZYMES))
    if not any(day <= started for day in both):
        return counted(False)
    first_due = law.period("audit/first_laboratory_check_after", course.on).value.after(started)
    tolerance = law.days("audit/first_laboratory_check_tolerance", course.on).value
    opens, closes = days_after(first_due, -tolerance), days_after(first_due, tolerance)
    if last < closes and not any(opens <= day <= last for day in both):
        return excluded("the first check on treatment may still come in time")
    if not any(opens <= day <= closes for day in both):
        return counted(False)
    return counted(_is_kept_up(course, [day for day in both if opens <= day <= last]))


def _is_kept_up(course: AuditedCourse, checks: Iterable[date]) -> bool:
    """Is no check further than allowed from the one before it, up to the last day?"""
    every = course.law.period("audit/laboratory_check_every", course.on).value
    known_until: date | None = None
    for day in (*checks, course.last_day()):
        if known_until is not None and day > known_until:
            return False
        known_until = every.after(day)
    return True


def _drawn(course: AuditedCourse, analytes: frozenset[str]) -> set[date]:
    return {fact.taken_on for fact in course.all(Laboratory) if fact.analyte in analytes}
