"""What was known about one patient at one moment?"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from isovigil.calendar.days import age_in_years, birthday
from isovigil.calendar.moment import Moment
from isovigil.calendar.window import last_instant
from isovigil.case.case import Case
from isovigil.case.fact import Fact, Instant

F = TypeVar("F", bound=Fact)
_DAYS_BETWEEN_ZONES: Final = 2
"""No two calendars are further apart: by the end of the second day after, an instant has passed in all."""


class Filed(msgspec.Struct, frozen=True, gc=False):
    """One fact with what every chart asks of it: its day, and when the system learned of it."""

    kind: type[Fact]
    fact: Fact
    day: date
    learned_on: date
    """The day at whose end it counts as known, where nobody stated when it was recorded."""
    learned_at: datetime | None
    ends_on: date | None


def in_total_order(case: Case) -> tuple[Filed, ...]:
    """The facts of a case in the total order of each kind: day, then the worse value, then id.

    A fact counts as recorded when it says so, else at the end of the day it was reported (where
    it has one), else at the end of its own day.
    """
    filed: tuple[Filed, ...] | None = case.worked_out.get(in_total_order)
    if filed is None:
        filed = case.worked_out[in_total_order] = _in_total_order(case)
    return filed


def _in_total_order(case: Case) -> tuple[Filed, ...]:
    filed = []
    for place, fact in enumerate(case.facts):
        kind = type(fact)
        day_field, is_dated_by_instant, is_ranked, has_end, is_reported = _ASKED_OF[kind]
        day = getattr(fact, day_field)
        if is_dated_by_instant:
            day = day.date()
        rank = fact.severity_rank() if is_ranked else 0.0
        learned_on = day
        ends_on = None
        if has_end:
            to: object = fact.to  # type: ignore[attr-defined] # as the kind declares
            ends_on = to if isinstance(to, date) else None
        if is_reported:
            learned_on = fact.reported_on or day  # type: ignore[attr-defined] # as the kind declares
        entry = Filed(kind, fact, day, learned_on, fact.recorded_at, ends_on)
        filed.append((day, rank, fact.id, place, entry))
    filed.sort()
    return tuple([each[-1] for each in filed])


class _Whole(msgspec.Struct, frozen=True, gc=False):
    """Every fact of a case by its kind, each kind in its order: the chart of a moment after all of them."""

    by_kind: dict[type[Fact], list[Any]]
    last_days: dict[type[Fact], date]
    """The day of the last fact of each kind."""
    last_day: date
    """The day of the last of them."""
    learned_on: date
    """The last day at whose end one of them counts as known that does not say when it was recorded."""
    recorded_on: date
    """The last day on which one was recorded, by the calendar of its own record."""
    ends: tuple[date, ...]
    """The last days of the intervals among them."""

    def is_there(self, today: date, last_day: date) -> bool:
        """Have all of them happened, and are they known by the end of the last day?"""
        recorded = self.recorded_on.toordinal() + _DAYS_BETWEEN_ZONES
        return self.last_day <= today and self.learned_on <= last_day and recorded <= last_day.toordinal()


def _whole(case: Case) -> _Whole | None:
    """None where a fact is withdrawn or corrects another."""
    if _whole not in case.worked_out:
        case.worked_out[_whole] = _put_together(in_total_order(case))
    whole: _Whole | None = case.worked_out[_whole]
    return whole


def _put_together(filed: tuple[Filed, ...]) -> _Whole | None:
    by_kind: dict[type[Fact], list[Any]] = {}
    last_days: dict[type[Fact], date] = {}
    learned_on = recorded_on = date.min
    ends = []
    for entry in filed:
        fact = entry.fact
        if fact.withdrawn or fact.supersedes is not None:
            return None
        kind = entry.kind
        if kind in by_kind:
            by_kind[kind].append(fact)
        else:
            by_kind[kind] = [fact]
        last_days[kind] = entry.day
        if entry.learned_at is not None:
            recorded_on = max(recorded_on, entry.learned_at.date())
        elif entry.learned_on > learned_on:
            learned_on = entry.learned_on
        if entry.ends_on is not None:
            ends.append(entry.ends_on)
    last_day = filed[-1].day if filed else date.min
    return _Whole(by_kind, last_days, last_day, learned_on, recorded_on, tuple(ends))


def days_up_to(case: Case, day: date) -> list[date]:
    """A day, and the day of every fact until then: those about which a judgement of it may ask the law."""
    return [day, *[entry.day for entry in in_total_order(case) if entry.day <= day]]


class _Asked(NamedTuple):
    """What has to be asked of a kind to file its facts, worked out once."""

    day_field: str
    is_dated_by_instant: bool
    is_ranked: bool
    has_end: bool
    is_reported: bool


class _AskedOfKinds(dict[type[Fact], _Asked]):
    """What is asked of each kind, worked out when its first fact is filed."""

    def __missing__(self, kind: type[Fact]) -> _Asked:
        shapes = {field.name: field.type for field in msgspec.structs.fields(kind)}
        asked = self[kind] = _Asked(
            kind.day_field,
            shapes[kind.day_field] == Instant,
            kind.severity_rank is not Fact.severity_rank,
            "to" in shapes,
            "reported_on" in shapes,
        )
        return asked


_ASKED_OF = _AskedOfKinds()


def keeping(case: Case, is_kept: Callable[[Fact], bool]) -> Case:
    """The same case with some of its facts only, in the order already worked out for all of them."""
    left_out = {id(fact) for fact in case.facts if not is_kept(fact)}
    kept = msgspec.structs.replace(
        case, facts=tuple([fact for fact in case.facts if id(fact) not in left_out])
    )
    kept.worked_out[in_total_order] = tuple(
        [entry for entry in in_total_order(case) if id(entry.fact) not in left_out]
    )
    return kept


def has_corrections(case: Case) -> bool:
    """Does any fact of the case correct another?"""
    found: bool | None = case.worked_out.get(has_corrections)
    if found is None:
        found = any(fact.supersedes for fact in case.facts)
        case.worked_out[has_corrections] = found
    return found


def entries_of(case: Case, name: str) -> frozenset[str]:
    """Every id under which one and the same thing was entered: this one, what it corrects, what corrects it.

    A fact that names another, as a hand-over its prescription, means it also after it was corrected.
    """
    if not has_corrections(case):
        return frozenset((name,))
    linked: dict[str, frozenset[str]] | None = case.worked_out.get(entries_of)
    if linked is None:
        linked = case.worked_out[entries_of] = _linked_by_corrections(case)
    return linked.get(name) or frozenset((name,))


def _linked_by_corrections(case: Case) -> dict[str, frozenset[str]]:
    linked: dict[str, frozenset[str]] = {}
    for fact in case.facts:
        if fact.supersedes is not None:
            pair = (fact.id, fact.supersedes)
            together = frozenset(pair).union(*(linked.get(each, ()) for each in pair))
            linked.update(dict.fromkeys(together, together))
    return linked


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


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
        self.coming: list[date] = []
        """Days after today on which a fact already known comes into view, or an interval ends."""
        self._by_kind: dict[type[Fact], list[Any]] = {}
        self._last_days: dict[type[Fact], date] = {}
        self._admit()

    def _admit(self) -> None:
        last_day = self._last_day_known()
        whole = _whole(self.case)
        if whole is not None and whole.is_there(self.today.day, last_day):
            # Most charts are of a day after everything on file: nothing is left out.
            self._by_kind, self._last_days = whole.by_kind, whole.last_days
            self.coming += [_day_after(day) for day in whole.ends if day >= self.today.day]
            return
        known = self._known(last_day)
        replaced: frozenset[str] = frozenset()
        if has_corrections(self.case):
            replaced = _replaced([entry.fact for entry in known])
        today, by_kind, last_days = self.today.day, self._by_kind, self._last_days
        for entry in known:
            fact = entry.fact
            if fact.withdrawn or (replaced and fact.id in replaced):
                continue
            if entry.day > today:
                self.coming.append(entry.day)
                continue
            facts = by_kind.get(entry.kind)
            if facts is None:
                by_kind[entry.kind] = [fact]
            else:
                facts.append(fact)
            last_days[entry.kind] = entry.day
            if entry.ends_on is not None and entry.ends_on >= today:
                self.coming.append(_day_after(entry.ends_on))

    def _last_day_known(self) -> date:
        """The last day whose end is not after `known_by`."""
        known_by = self.known_by
        last_day = known_by.astimezone(self.zone).date()
        if known_by < last_instant(last_day, self.zone):
            last_day = date.fromordinal(last_day.toordinal() - 1)
        return last_day

    def _known(self, last_day: date) -> list[Filed]:
        known_by = self.known_by
        return [
            entry
            for entry in in_total_order(self.case)
            if (entry.learned_on <= last_day if entry.learned_at is None else entry.learned_at <= known_by)
        ]

    def at(self, today: Moment) -> Chart:
        """The same facts at a later moment, before which none comes into view and no interval ends."""
        later = object.__new__(type(self))
        later.__dict__.update(self.__dict__)
        later.today = today
        return later

    def entries_of(self, name: str) -> frozenset[str]:
        """Every id under which the thing entered under this one was entered; see `entries_of`."""
        return entries_of(self.case, name)

    def everything(self) -> list[Fact]:
        """Every fact that counts, kind by kind, each kind in its total order."""
        return [fact for facts in self._by_kind.values() for fact in facts]

    def kinds(self) -> frozenset[type[Fact]]:
        """The kinds of which any fact counts."""
        return frozenset(self._by_kind)

    def kinds_since(self, first: date) -> frozenset[type[Fact]]:
        """The kinds of which any fact of that day or later counts."""
        return frozenset([kind for kind, last in self._last_days.items() if last >= first])

    def all(self, kind: type[F]) -> list[F]:
        """Every fact of a kind, oldest first, in the total order of its kind."""
        return self._by_kind.get(kind, [])

    def latest(self, kind: type[F]) -> F | None:
        """The last fact of a kind in the total order (day, then the worse value, then id)."""
        facts: list[F] | None = self._by_kind.get(kind)
        return facts[-1] if facts else None

    def words(self) -> set[str]:
        """The own words of every fact that counts: its condition, symptom, analyte or questionnaire."""
        found: set[str] = set()
        for kind, facts in self._by_kind.items():
            field = kind.word_field
            if field:
                found.update([getattr(fact, field) for fact in facts])
        return found

    def saying(self, kind: type[F], words: Collection[str]) -> list[F]:
        """The facts of a kind whose own word is one of these, oldest first."""
        field = kind.word_field
        return [fact for fact in self._by_kind.get(kind, ()) if getattr(fact, field) in words]

    def open_saying(self, kind: type[F], words: Collection[str]) -> list[F]:
        """Those of them that run today; see `open_now`."""
        return [fact for fact in self.saying(kind, words) if self.is_open(fact)]

    def not_over_before(self, kind: type[F], day: date) -> list[F]:
        """The interval facts of a kind, oldest first, without those that ended before a day."""
        facts: list[Any] | None = self._by_kind.get(kind)
        return [fact for fact in facts if fact.to is None or fact.to >= day] if facts else []

    def open_now(self, kind: type[F]) -> list[F]:
        """The interval facts of a kind that run today; both `from` and `to` count.

        A `to` that is still to come leaves the interval open until it is past.
        """
        return [fact for fact in self.all(kind) if self.is_open(fact)]

    def is_open(self, fact: Fact) -> bool:
        """Does an interval fact run today?"""
        to: date | None = getattr(fact, "to", None)
        return to is None or not self.today.is_past(to)

    def is_at_least(self, years: int) -> bool:
        """Is the patient known to have completed so many years of age today?"""
        born_on = self.patient.born_on
        return born_on is not None and self.today.has_reached(birthday(born_on, years))

    def age_on(self, day: date) -> int | None:
        """Completed years of age on a day; None when nobody recorded the day of birth."""
        born_on = self.patient.born_on
        return None if born_on is None else age_in_years(born_on, day)


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
