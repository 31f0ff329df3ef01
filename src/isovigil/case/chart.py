"""What was known about one patient at one moment?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final, TypeVar

import msgspec

from isovigil.calendar.days import age_in_years, birthday
from isovigil.calendar.moment import Moment
from isovigil.calendar.window import last_instant
from isovigil.case.case import Case
from isovigil.case.fact import Fact
from isovigil.case.filing import FILING_OF

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
        day_of, _, is_ranked, has_end, is_reported = FILING_OF[kind]
        day = day_of(fact)
        rank = fact.severity_rank() if is_ranked else 0.0
        learned_on = day
        ends_on = None
        if has_end:
            ends_on = fact.to  # type: ignore[attr-defined] # as the kind declares
        if is_reported:
            learned_on = fact.reported_on or day  # type: ignore[attr-defined] # as the kind declares
        entry = Filed(kind, fact, day, learned_on, fact.recorded_at, ends_on)
        filed.append((day, rank, fact.id, place, entry))
    filed.sort()
    return tuple([each[-1] for each in filed])


class _Whole(msgspec.Struct, frozen=True, gc=False):
    """The facts of a case by kind, each kind in its order: the chart of a moment after all of them."""

    by_kind: dict[type[Fact], list[Any]]
    last_days: dict[type[Fact], date]
    """The day of the last fact of each kind."""
    ends: list[date]
    """The last days of the intervals among them."""
    days: set[date]
    """The days of all facts, also of those left out."""
    last_day: date
    """The last of these days."""
    reported_on: date
    """The last day on which a fact was reported, where that is said."""
    recorded_on: date
    """The last day on which one was recorded, by the calendar of its own record."""
    leaves_out: bool
    """Is any fact entered in error, or does it correct another? These and the corrected ones are left out."""

    def is_there(self, today: date, last_day: date) -> bool:
        """Have all facts happened, and are they known by the end of the last day?"""
        recorded = self.recorded_on.toordinal() + _DAYS_BETWEEN_ZONES
        is_known = self.reported_on <= last_day and recorded <= last_day.toordinal()
        return self.last_day <= today and self.last_day <= last_day and is_known


def _whole(case: Case) -> _Whole:
    whole: _Whole | None = case.worked_out.get(_whole)
    if whole is None:
        whole = _put_together(case.facts)
        if whole.leaves_out:
            whole = _without_what_does_not_count(whole, case.facts)
        case.worked_out[_whole] = whole
    return whole


def _put_together(every: tuple[Fact, ...]) -> _Whole:
    by_kind: defaultdict[type[Fact], list[Any]] = defaultdict(list)
    recorded_on = date.min
    leaves_out = False
    for fact in every:
        if fact.withdrawn or fact.supersedes is not None:
            leaves_out = True
        by_kind[type(fact)].append(fact)
        if fact.recorded_at is not None and (recorded := fact.recorded_at.date()) > recorded_on:
            recorded_on = recorded
    days: set[date] = set()
    last_days: dict[type[Fact], date] = {}
    reported_on = date.min
    ends: list[date] = []
    for kind, facts in by_kind.items():
        day_of, place_of, _, has_end, is_reported = FILING_OF[kind]
        if len(facts) > 1:
            own_days = set(map(day_of, facts))
            # How grave a fact is, and its id, count only where two of a kind share a day.
            facts.sort(key=day_of if len(own_days) == len(facts) else place_of)
            days |= own_days
            last_days[kind] = day_of(facts[-1])
        else:
            last_days[kind] = day = day_of(facts[0])
            days.add(day)
        if has_end:
            ends += [fact.to for fact in facts if fact.to is not None]
        if is_reported:
            for fact in facts:
                if fact.reported_on is not None:
                    reported_on = max(reported_on, fact.reported_on)
    last_day = max(days, default=date.min)
    return _Whole(dict(by_kind), last_days, ends, days, last_day, reported_on, recorded_on, leaves_out)


def _without_what_does_not_count(whole: _Whole, every: tuple[Fact, ...]) -> _Whole:
    replaced = _replaced(every)
    by_kind: dict[type[Fact], list[Any]] = {}
    last_days: dict[type[Fact], date] = {}
    ends: list[date] = []
    for kind, facts in whole.by_kind.items():
        counting = [fact for fact in facts if not (fact.withdrawn or fact.id in replaced)]
        if counting:
            filing = FILING_OF[kind]
            by_kind[kind] = counting
            last_days[kind] = filing.day_of(counting[-1])
            if filing.has_end:
                ends += [fact.to for fact in counting if fact.to is not None]
    return msgspec.structs.replace(whole, by_kind=by_kind, last_days=last_days, ends=ends)


def days_of(case: Case) -> Collection[date]:
    """The days of all facts, those entered in error included."""
    return _whole(case).days


def days_up_to(case: Case, day: date) -> list[date]:
    """A day, and every day until then of which there is a fact: those about which a judgement of it may ask
    the law.
    """
    return [day, *[each for each in days_of(case) if each <= day]]


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
        if whole.is_there(self.today.day, last_day):
            # Most charts are of a day after everything on file: nothing is left out.
            self._by_kind, self._last_days = whole.by_kind, whole.last_days
            self.coming += [_day_after(day) for day in whole.ends if day >= self.today.day]
        elif whole.leaves_out:
            self._admit_one_by_one(last_day)
        else:
            self._admit_known(whole, last_day)

    def _admit_known(self, whole: _Whole, last_day: date) -> None:
        today, known_by = self.today.day, self.known_by
        for kind, facts in whole.by_kind.items():
            day_of, _, _, has_end, is_reported = FILING_OF[kind]
            shown = []
            for fact in facts:
                day = day_of(fact)
                if fact.recorded_at is not None:
                    is_known = fact.recorded_at <= known_by
                else:
                    is_known = ((fact.reported_on or day) if is_reported else day) <= last_day
                if is_known and day <= today:
                    shown.append(fact)
                elif is_known:
                    self.coming.append(day)
            if shown:
                self._by_kind[kind] = shown
                self._last_days[kind] = day_of(shown[-1])
            if has_end:
                self.coming += [_day_after(fact.to) for fact in shown if fact.to and fact.to >= today]

    def _admit_one_by_one(self, last_day: date) -> None:
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
        """Every fact that counts, kind by kind (in whichever order), each kind in its total order."""
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
                found.update(map(attrgetter(field), facts))
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


def _replaced(known: Collection[Fact]) -> frozenset[str]:
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
