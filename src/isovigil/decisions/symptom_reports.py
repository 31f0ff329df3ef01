"""What did the patient report of each symptom, and which reports stand?

A symptom stands from its first report until it is reported as `none`. Of several reports on one day
each counts, so that what is listed last never hides what is worse.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import NamedTuple, get_args

from isovigil.case.kinds import Symptom
from isovigil.case.words import Severity
from isovigil.decisions.course import Course

SEVERITIES: tuple[str, ...] = get_args(Severity)
"""From none to severe."""
_RANK = {severity: place for place, severity in enumerate(SEVERITIES)}
_NOTHING: Mapping[str, Reported] = {}


class OnOneDay(NamedTuple):
    """What was reported of one symptom on one day, without the reports that it was not there."""

    day: date
    present: tuple[Symptom, ...]
    reports: tuple[Symptom, ...]

    @property
    def rank(self) -> int:
        """The worst severity of the day; 0 is none."""
        return max((severity_rank(report) for report in self.present), default=0)


class Reported(NamedTuple):
    """Everything reported of one symptom, oldest first, and the unbroken run up to the last report."""

    reports: tuple[Symptom, ...]
    days: tuple[OnOneDay, ...]
    run: tuple[OnOneDay, ...]
    """The last days on which it was reported as there, with none in between on which it was gone."""

    @property
    def last(self) -> OnOneDay:
        """The last day on which anything was said about it."""
        return self.days[-1]

    @property
    def run_days(self) -> int:
        """How many days lie between the first and the last report of the run."""
        return (self.run[-1].day - self.run[0].day).days if self.run else 0


def severity_rank(report: Symptom) -> int:
    """None 0, mild 1, moderate 2, severe 3."""
    return _RANK[report.severity]


def at_least(report: Symptom, severity: str) -> bool:
    """Is a report as severe as that, or more?"""
    return _RANK[report.severity] >= _RANK[severity]


def reported(course: Course) -> Mapping[str, Reported]:
    """Each symptom ever reported, by its code, from any course. Each is worked out once for the course."""
    if not course.chart.all(Symptom):
        return _NOTHING
    return {code: _told(course, code, reports) for code, reports in course.reported_symptoms.items()}


def reported_of(course: Course, code: str) -> Reported | None:
    """What was ever reported of one symptom; None where nothing was."""
    reports = course.reported_symptoms.get(code)
    return None if reports is None else _told(course, code, reports)


def _told(course: Course, code: str, reports: list[Symptom]) -> Reported:
    return course.remember(("symptom reported", code), lambda: _in_days(reports))


def _in_days(reports: list[Symptom]) -> Reported:
    days = tuple(
        OnOneDay(day, tuple(each for each in of_day if each.severity != "none"), of_day)
        for day, of_day in ((day, tuple(group)) for day, group in groupby(reports, lambda each: each.date))
    )
    run: list[OnOneDay] = []
    for day in reversed(days):
        if not day.present:
            break
        run.append(day)
    return Reported(tuple(reports), days, tuple(reversed(run)))
