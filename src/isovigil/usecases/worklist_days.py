"""By which day must a step of the worklist be done, and why is there none where there is none?

Every day here comes from the review: its windows, the days its findings ask for, and its tasks, which are the
answer of `decisions.next_steps` and what a plan begins with. None is counted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from isovigil.calendar.window import last_instant
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import capsules_last_until
from isovigil.decisions.finding import Finding, Task
from isovigil.decisions.review import Review
from isovigil.decisions.rule import Verdict

_ONE_SECOND: Final = timedelta(seconds=1)
_TESTS: Final = frozenset({"pregnancy_test", "confirmatory_test"})
RUN_OUT: Final = "capsules run out"
LAST_DAY: Final = "the last day it counts"
AT_ONCE: Final = "At once: a stop waits for no day."
OVER: Final = "Nothing is left to do."
BEFORE_CAPSULES: Final = (
    "No last day: before the first capsules no rule bounds this step. Each day later begins treatment "
    "a day later."
)
NOT_JUDGED: Final = "At once: until this patient can be judged, no day is known."
NO_RULE: Final = "No rule sets a day for this."


class Deadline(msgspec.Struct, frozen=True):
    """By when, and what happens then. A whole day ends in the clinic's own zone."""

    at: datetime
    what: str
    is_whole_day: bool


def window_closes(course: Course, review: Review) -> Deadline | None:
    """The end of the window or of the authorisation, whichever is first, while both are unused."""
    last = course.last_hand_over
    ends: list[Deadline] = []
    window = review.window
    is_used = last is not None and window is not None and window.opens_on <= last.date
    if window is not None and not (is_used and course.undispensed is None):
        closes_at = window.closes_at.astimezone(review.at.tzinfo)
        if closes_at >= review.at:
            ends.append(Deadline(closes_at, "window closes", is_whole_day=False))
    authorisation = course.authorisation
    if authorisation is not None and course.undispensed is not None:
        until = authorisation.do_not_dispense_after.astimezone(review.at.tzinfo)
        if until >= review.at:
            ends.append(Deadline(until, "authorisation ends", is_whole_day=False))
    return min(ends, key=lambda end: end.at, default=None)


def capsules_run_out(course: Course) -> Deadline | None:
    """The first day without capsules, as tasks and plans count it; None where none were handed over."""
    day = capsules_last_until(course)
    return None if day is None else whole_day(day, course, RUN_OUT)


def whole_day(day: date, course: Course, what: str) -> Deadline:
    """The end of a day in the clinic's own zone."""
    return Deadline(last_instant(day, course.chart.zone), what, is_whole_day=True)


def answer_changes(review: Review, runs_out: Deadline | None) -> Deadline | None:
    """The last instant of this answer, where it comes before the capsules run out: as when the test
    that serves the prescription grows too old. A later change is nobody's deadline.
    """
    if review.holds_until is None:
        return None
    last = review.holds_until.astimezone(review.at.tzinfo) - _ONE_SECOND
    if runs_out is not None and last >= runs_out.at:
        return None
    return Deadline(last, "then the answer changes", is_whole_day=False)


def by_when_of(finding: Finding, course: Course, review: Review, verdict: Verdict) -> Deadline | None:
    """A stop has no window to catch; anything else ends with the window, its own day, the capsules, or the
    last day on which the step still counts.
    """
    due = due_of(finding, course)
    if verdict == "stop":
        return due
    return (
        window_closes(course, review) or due or capsules_run_out(course) or _listed(finding, course, review)
    )


def due_of(finding: Finding, course: Course) -> Deadline | None:
    """The day the finding itself asks for."""
    days = [day for task in finding.tasks for day in (task.due_on or task.closes_on,) if day is not None]
    return whole_day(min(days), course, "due") if days else None


def hand_over_by(course: Course, review: Review) -> Deadline | None:
    """By when capsules should be handed over where no window bounds it: before those in hand run out."""
    return _soonest([task for task in review.tasks if task.what == "dispense"], course)


def _listed(finding: Finding, course: Course, review: Review) -> Deadline | None:
    """The days that the next steps give a finding's tasks, as where a test counts only while a period lasts.

    A lapsed window asks for a test, and the tests of the start say which one that is and when.
    """
    asked = {task.what for task in finding.tasks}
    own = [task for task in review.tasks if task.what in asked and task.rule == finding.rule]
    if not own and asked & _TESTS:
        own = [task for task in review.tasks if task.what in _TESTS]
    return _soonest(own, course)


def _soonest(tasks: Sequence[Task], course: Course) -> Deadline | None:
    ends: list[Deadline] = []
    for task in tasks:
        if task.due_on is not None:
            what = RUN_OUT if task.due_on == capsules_last_until(course) else "due"
            ends.append(whole_day(task.due_on, course, what))
        elif task.closes_on is not None:
            ends.append(whole_day(task.closes_on, course, LAST_DAY))
    return min(ends, key=lambda end: end.at, default=None)


def why_no_day(course: Course, verdict: Verdict | None, *, is_due: bool) -> str:
    """Why a step has no day, as a sentence for its line."""
    if not is_due:
        return OVER
    if verdict == "stop":
        return AT_ONCE
    return NO_RULE if capsules_last_until(course) is not None else BEFORE_CAPSULES
