"""What can be said of a patient's course without looking into a single fact?

Which kinds of facts there are, and the few marks on which most rules turn. A rule that is asked about an
outline alone is given nothing else: no fact, no patient, no time of day. What it answers then, it answers for
every course of that outline on that day; where it would look further, it is told that it cannot.

Of some things a rule asks only whether they are there: a blood value that few have, one illness among many,
a medicine taken lately. It is told that they are not, and what it asked for is noted: its answer is then that
of every course of the outline with none of them (`unusual_in`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from isovigil.calendar.days import days_after
from isovigil.calendar.moment import Moment
from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.case.kinds import Laboratory, Medicine, Symptom
from isovigil.decisions.course import Course

F = TypeVar("F", bound=Fact)
_OF_AGE: Final = 18
"""Who is younger, or of unknown age, is unusual here. What a rule asks about a higher age is not told."""
_LATELY: Final = 366
"""A medicine that was taken until so many days ago, or still is, is unusual here."""
UNDER_AGE: Final = "under age"
TAKES_MEDICINE: Final = "takes medicine"


class Outline(NamedTuple):
    """A course without its facts."""

    on_file: frozenset[type[Fact]]
    """The kinds of which the chart holds any fact."""
    of_this_course: frozenset[type[Fact]]
    """Those of which it holds one that belongs to the present course."""
    can_become_pregnant: bool | None
    has_started: bool
    is_treated: bool
    """Was a first dose of this course handed over or recorded?"""
    has_ended: bool
    """Has a treatment ended, and no dose been taken since?"""
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
        course.is_treated,
        course.has_ended,
        course.standing_positive is not None,
        course.standing_pregnancy is not None,
    )


def unusual_in(course: Course) -> set[str]:
    """What is there of all that an outlined course says is not: the words of facts, and two marks."""
    chart = course.chart
    found = chart.words()
    age = chart.age_on(course.today.day)
    if age is None or age < _OF_AGE:
        found.add(UNDER_AGE)
    if chart.not_over_before(Medicine, _a_while_before(course.today.day)):
        found.add(TAKES_MEDICINE)
    return found


@lru_cache
def _a_while_before(day: date) -> date:
    return days_after(day, -_LATELY)


class NotInTheOutline(Exception):
    """A rule asked for what an outline does not tell."""


class OutlinedCourse(Course):
    """A course of which no more is known than its outline, on one day in one zone.

    What it does not know it refuses with NotInTheOutline, whatever it is asked for.
    """

    def __init__(self, outline: Outline, day: date, zone: ZoneInfo) -> None:
        self.today = _DayAlone(day, zone)
        self.taken_for_absent: set[str] = set()
        """What was said not to be there: the answer is that of courses with none of it."""
        self.chart = _OutlinedChart(outline.on_file, self.today, self.taken_for_absent)
        self._outline = outline
        self._before_first_dose = False
        self._last_day = date.max
        self._compared = None
        self._remembered = {}
        for told, kind in (("blood_results", Laboratory), ("reported_symptoms", Symptom)):
            if kind in outline.on_file:
                self.__dict__[told] = _NoneOfThese(self.taken_for_absent)
        there = {
            "standing_positive": outline.has_standing_positive,
            "standing_pregnancy": outline.has_standing_pregnancy,
            "sequence_started_on": outline.has_started,
            "started_on": outline.is_treated,
            "ended_treatment": outline.has_ended,
        }
        self.__dict__.update({mark: None for mark, is_there in there.items() if not is_there})

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

    @property
    def is_treated(self) -> bool:
        """As the outline says."""
        return self._outline.is_treated

    @property
    def has_ended(self) -> bool:
        """As the outline says."""
        return self._outline.has_ended

    def __getattr__(self, name: str) -> Any:
        raise NotInTheOutline


class _OutlinedChart(Chart):
    """A chart of which only the kinds of its facts are known."""

    def __init__(self, on_file: frozenset[type[Fact]], today: Moment, taken_for_absent: set[str]) -> None:
        self.today = today
        self._on_file = on_file
        self._taken_for_absent = taken_for_absent

    def all(self, kind: type[F]) -> list[F]:
        """No facts, where the chart holds none of the kind."""
        if kind in self._on_file:
            raise NotInTheOutline
        return []

    def latest(self, kind: type[F]) -> F | None:
        """None, where the chart holds no fact of the kind."""
        facts = self.all(kind)
        return facts[-1] if facts else None

    def saying(self, kind: type[F], words: Collection[str]) -> list[F]:
        """None, supposing that no fact says one of these words."""
        if kind in self._on_file:
            self._taken_for_absent.update(words)
        return []

    def not_over_before(self, kind: type[F], day: date) -> list[F]:
        """None, supposing that no medicine was taken lately; earlier ones and other kinds are not told."""
        if kind in self._on_file:
            if kind is not Medicine or day < _a_while_before(self.today.day):
                raise NotInTheOutline
            self._taken_for_absent.add(TAKES_MEDICINE)
        return []

    def is_at_least(self, years: int) -> bool:
        """They are, supposing that the patient is of age."""
        if years > _OF_AGE:
            raise NotInTheOutline
        self._taken_for_absent.add(UNDER_AGE)
        return True

    def __getattr__(self, name: str) -> Any:
        raise NotInTheOutline


class _NoneOfThese:
    """Facts by their own word, of which it is supposed that none says a word that is asked for."""

    def __init__(self, taken_for_absent: set[str]) -> None:
        self._taken_for_absent = taken_for_absent

    def get(self, word: str, default: Any = None) -> Any:
        """What is given for a word that no fact says."""
        self._taken_for_absent.add(word)
        return default

    def __contains__(self, word: str) -> bool:
        self._taken_for_absent.add(word)
        return False

    def _is_not_told(self, *_: object) -> Any:
        raise NotInTheOutline

    __getattr__ = __getitem__ = __iter__ = __len__ = __bool__ = __eq__ = _is_not_told


class _DayAlone(Moment):
    """A day without its time."""

    def __init__(self, day: date, zone: ZoneInfo) -> None:
        self.day = day
        self.zone = zone
        self.later = []

    def __getattr__(self, name: str) -> Any:
        raise NotInTheOutline
