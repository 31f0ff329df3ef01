"""What was known about one patient at one moment?"""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from isovigil.calendar.days import age_in_years
from isovigil.calendar.moment import Moment
from isovigil.calendar.window import last_instant
from isovigil.case.case import Case
from isovigil.case.fact import Fact

F = TypeVar("F", bound=Fact)


def recorded_at(fact: Fact, zone: ZoneInfo) -> datetime:
    """When the system learned of the fact: as stated, else the end of the day it was reported
    (where it has one), else the end of its own day.
    """
    if fact.recorded_at is not None:
        return fact.recorded_at
    reported_on: date | None = getattr(fact, "reported_on", None)
    return last_instant(reported_on or fact.day, zone)


class Chart:
    """The facts of one case that count at a moment: of its day or earlier, known by `known_by`,
    neither corrected by a later fact nor entered in error.

    Everything derived here is computed once and never changed.
    """

    def __init__(self, case: Case, today: Moment, known_by: datetime) -> None:
        self.case = case
        self.patient = case.patient
        self.today = today
        self.known_by = known_by
        self.zone = today.zone
        self._by_kind: dict[type[Fact], list[Fact]] = {}
        self.coming: list[date] = []
        """Days after today on which a fact already known comes into view, or an interval ends."""
        self._admit(case.facts)

    def _admit(self, facts: tuple[Fact, ...]) -> None:
        known = [fact for fact in facts if self._is_known(fact)]
        replaced = _replaced(known) if any(fact.supersedes for fact in known) else frozenset()
        day = self.today.day
        for fact in known:
            if fact.withdrawn or fact.id in replaced:
                continue
            if fact.day > day:
                self.coming.append(fact.day)
                continue
            self._by_kind.setdefault(type(fact), []).append(fact)
            to: object = getattr(fact, "to", None)
            if isinstance(to, date) and to >= day:
                self.coming.append(date.fromordinal(to.toordinal() + 1))
        for kind in self._by_kind.values():
            if len(kind) > 1:
                kind.sort(key=_total_order)

    def _is_known(self, fact: Fact) -> bool:
        if fact.recorded_at is None:
            reported_on: date | None = getattr(fact, "reported_on", None)
            day = reported_on or fact.day
            if day < self._known_by_day:
                return True
            if day > self._known_by_day:
                return False
        return recorded_at(fact, self.zone) <= self.known_by

    @cached_property
    def _known_by_day(self) -> date:
        return self.known_by.astimezone(self.zone).date()

    def all(self, kind: type[F]) -> list[F]:
        """Every fact of a kind, oldest first, in the total order of its kind."""
        return cast(list[F], self._by_kind.get(kind, []))

    def latest(self, kind: type[F]) -> F | None:
        """The last fact of a kind in the total order (day, then the worse value, then id)."""
        facts = self._by_kind.get(kind)
        return cast(F, facts[-1]) if facts else None

    def open_now(self, kind: type[F]) -> list[F]:
        """The interval facts of a kind that run today; both `from` and `to` count.

        A `to` that is still to come leaves the interval open until it is past.
        """
        return [fact for fact in self.all(kind) if self.is_open(fact)]

    def is_open(self, fact: Fact) -> bool:
        """Does an interval fact run today?"""
        to: date | None = getattr(fact, "to", None)
        return to is None or not self.today.is_past(to)

    def age_on(self, day: date) -> int | None:
        """Completed years of age on a day; None when nobody recorded the day of birth."""
        born_on = self.patient.born_on
        return None if born_on is None else age_in_years(born_on, day)


def _total_order(fact: Fact) -> tuple[date, float, str]:
    return fact.sort_key()


def _replaced(known: list[Fact]) -> frozenset[str]:
    """The ids corrected by a known fact.

    A correction that was itself entered in error corrects nothing; a correction that was later
    corrected still stands between the first entry and the last.
    """
    void = {fact.id for fact in known if fact.withdrawn and fact.supersedes is None}
    void |= {fact.supersedes for fact in known if fact.withdrawn and fact.supersedes is not None}
    return frozenset(
        fact.supersedes
        for fact in known
        if fact.supersedes is not None and (fact.withdrawn or fact.id not in void)
    )
