"""Were appointments held as they should be, were remote tests documented, and how long was the way?

Indicators A11, A12, A13 and A20.
"""

from __future__ import annotations

from isovigil.calendar.days import days_between
from isovigil.case.kinds import PregnancyTest, Visit
from isovigil.indicators.count import NOT_ASKED, NOT_STARTED, Count, counted, excluded, together
from isovigil.indicators.record import AuditedCourse

_REMOTE = frozenset({"home", "supervised_remote"})


def first_visit_in_person(course: AuditedCourse) -> Count:
    """A11: was the first appointment held in person?"""
    visits = course.all(Visit)
    if not visits:
        return excluded("no appointment is on file")
    first = visits[0]
    if not course.law.holds("visits/first_visit_modes", first.date):
        return excluded(NOT_ASKED)
    modes = course.law.words("visits/first_visit_modes", first.date).value
    return counted(any(visit.mode in modes for visit in visits if visit.date == first.date))


def reviewed_in_time(course: AuditedCourse) -> Count:
    """A12: was the patient seen when the first review after the first dose was due?"""
    started, law = course.started_on, course.law
    if started is None:
        return excluded(NOT_STARTED)
    opens_after, closes_after = "visits/first_review_opens_after", "visits/first_review_closes_after"
    if not law.holds(opens_after, started):
        return excluded(NOT_ASKED)
    opens = law.period(opens_after, started).value.after(started)
    closes = law.period(closes_after, started).value.after(started)
    if any(opens <= visit.date <= closes for visit in course.all(Visit)):
        return counted(True)
    if course.ended_on is not None and course.ended_on < opens:
        return excluded("treatment had ended before the review was due")
    return excluded("the review may still come in time") if course.on < closes else counted(False)


def remote_tests_documented(course: AuditedCourse) -> Count:
    """A13: does each test taken away from the clinic say who vouches for it, how, with what kit and result?

    Who entered it stands for the supervisor, the specimen for the method; sensitivity and evidence have
    fields of their own.
    """
    return together(
        counted(
            test.entered_by is not None
            and test.specimen is not None
            and test.sensitivity_miu_ml is not None
            and test.evidence is not None
        )
        for test in course.all(PregnancyTest)
        if test.setting in _REMOTE
    )


def days_to_start(course: AuditedCourse) -> Count:
    """A20: how many days lay between the first appointment and the first dose?

    A referral is no fact of a case, and what delayed a start is not on file: of the indicator only this
    part can be measured.
    """
    visits = course.all(Visit)
    if course.started_on is None:
        return excluded(NOT_STARTED)
    if not visits or visits[0].date > course.started_on:
        return excluded("no appointment before the first dose is on file")
    return Count(1, 1, (), (days_between(visits[0].date, course.started_on),))
