"""What can be said of a patient's course without looking into a single fact?

Which kinds of facts there are, and the few marks on which most rules turn. A rule that is asked about an
outline alone is given nothing else: no fact, no patient, no time of day. What it answers then, it answers for
every course of that outline on that day; where it would look further, it is told that it cannot.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from isovigil.calendar.moment import Moment
from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.decisions.course import Course

F = TypeVar("F", bound=Fact)


class Outline(NamedTuple):
    """A course without its facts."""

    on_file: frozenset[type[Fact]]
    """The kinds of which the chart holds any fact."""
    of_this_course: frozenset[type[Fact]]
    """Those of which it holds one that belongs to the present course."""
    can_become_pregnant: bool | None
    has_started: bool
    has_standing_positive: bool
    has_standing_pregnancy: bool


def outline_of(course: Course) -> Outline:
    """The outline of the present course of a chart."""
    on_file = course.chart.kinds()
    opened_on = course.opened_on
    return Outline(
        on_file,
        on_file if opened_on == date.min else course.chart.kinds_since(opened_on),
        course.can_become_pregnant,
        course.has_started,
        course.standing_positive is not None,
        course.standing_pregnancy is not None,
    )


class NotInTheOutline(Exception):
    """A rule asked for what an outline does not tell."""


class OutlinedCourse(Course):
    """A course of which no more is known than its outline, on one day in one zone.

    What it does not know it refuses with NotInTheOutline, whatever it is asked for.
    """

    def __init__(self, outline: Outline, day: date, zone: ZoneInfo) -> None:
        self.today = _DayAlone(day, zone)
        self.chart = _OutlinedChart(outline.on_file, self.today)
        self._outline = outline
        self._before_first_dose = False
        self._last_day = date.max
        self._compared = None
        self._remembered = {}
        if not outline.has_standing_positive:
            self.__dict__["standing_positive"] = None
        if not outline.has_standing_pregnancy:
            self.__dict__["standing_pregnancy"] = None

    def all(self, kind: type[F]) -> list[F]:
        """No facts, where the course has none of the kind."""
        if kind in self._outline.of_this_course:
            raise NotInTheOutline
        return []

    @property
    def can_become_pregnant(self) -> bool | None:
        """As the outline says."""
        return self._outline.can_become_pregnant

    @property
    def has_started(self) -> bool:
        """As the outline says."""
        return self._outline.has_started

    def __getattr__(self, name: str) -> Any:
        raise NotInTheOutline


class _OutlinedChart(Chart):
    """A chart of which only the kinds of its facts are known."""

    def __init__(self, on_file: frozenset[type[Fact]], today: Moment) -> None:
        self.today = today
        self._on_file = on_file

    def all(self, kind: type[F]) -> list[F]:
        """No facts, where the chart holds none of the kind."""
        if kind in self._on_file:
            raise NotInTheOutline
        return []

    def latest(self, kind: type[F]) -> F | None:
        """None, where the chart holds no fact of the kind."""
        facts = self.all(kind)
        return facts[-1] if facts else None

    def __getattr__(self, name: str) -> Any:
        raise NotInTheOutline


class _DayAlone(Moment):
    """A day without its time."""

    def __init__(self, day: date, zone: ZoneInfo) -> None:
        self.day = day
        self.zone = zone
        self.later = []

    def __getattr__(self, name: str) -> Any:
        raise NotInTheOutline
