"""Which hand-over windows did a course have before the present one?"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import Window
from isovigil.case.case import Case
from isovigil.case.chart import Chart, days_up_to
from isovigil.decisions.course import Course
from isovigil.decisions.review import Review
from isovigil.decisions.windows_of_course import windows_of_course
from isovigil.law.refusal import NoRuleInForce
from isovigil.law.rulebook import Rulebook


def earlier_windows(case: Case, law: Rulebook, told: Review) -> tuple[Window, ...]:
    """The windows of the course a review is about, oldest first, without the one the review tells.

    Where a date of law is open, by the earlier law; none where the rulebook does not hold how windows open.
    """
    course = Course(Chart(case, Moment(told.at, ZoneInfo(case.time_zone)), told.known_by))
    days = days_up_to(case, told.on)
    reading = law.readings(told.programme, told.policy, told.known_by.date(), days)[0][0]
    try:
        found = [each.window for each in windows_of_course(course, reading)]
    except NoRuleInForce:
        return ()
    present = None if told.window is None else (told.window.opens_on, told.window.closes_on)
    return tuple(each for each in found if (each.opens_on, each.closes_on) != present)
