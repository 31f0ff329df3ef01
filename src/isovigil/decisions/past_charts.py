"""What did the chart show just before each past prescription and hand-over of one patient?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from isovigil.calendar.moment import Moment
from isovigil.calendar.once import worked_out_once
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case
from isovigil.case.chart import Chart, Filed, entries_of, has_corrections, in_total_order, keeping
from isovigil.case.fact import Fact
from isovigil.case.kinds import ClinicalDecision, Dispense, Prescription, Reversal

Act = Prescription | Dispense
_UNDER_WAY = (Prescription, Dispense, Reversal)
"""The kinds of which some facts had not happened yet when an act was done."""


def instant_of(act: Act, zone: ZoneInfo) -> datetime:
    """The instant an act is judged at: a hand-over's own, where it is known, else its day's first."""
    at = act.at if isinstance(act, Dispense) else None
    return first_instant(act.day, zone) if at is None else at.astimezone(zone)


def learned_at(fact: Fact, zone: ZoneInfo) -> datetime:
    """When a fact came on file: as recorded, else at the end of the day it was reported, or of its own."""
    if fact.recorded_at is not None:
        return fact.recorded_at
    return last_instant(getattr(fact, "reported_on", None) or fact.day, zone)


def not_happened_yet(acts: Iterable[Fact], act: Act) -> set[str]:
    """The ids of those acts of the same day that come after this one, and of a hand-over itself."""
    later = {act.id} if isinstance(act, Dispense) else set()
    for other in acts:
        if not isinstance(other, Prescription | Dispense) or other.day != act.day:
            continue
        if isinstance(other, Dispense):
            comes_later = isinstance(act, Prescription) or other.sort_key() >= act.sort_key()
        else:
            comes_later = isinstance(act, Prescription) and other.sort_key() > act.sort_key()
        if comes_later:
            later.add(other.id)
    return later


def before_the_act(case: Case, act: Act) -> Case:
    """The case without what had not happened yet when the act was done."""
    later = not_happened_yet(case.facts, act)
    if has_corrections(case):
        later |= _corrected_by(case, later)
    return keeping(case, lambda fact: fact.id not in later and not _undoes(fact, later))


def _undoes(fact: Fact, acts: set[str]) -> bool:
    return isinstance(fact, Reversal) and fact.dispense in acts


def _corrected_by(case: Case, left_out: set[str]) -> set[str]:
    """The earlier entries of the facts left out: without their correction they would count again."""
    replaces = {fact.id: fact.supersedes for fact in case.facts if fact.supersedes is not None}
    found: set[str] = set()
    for name in left_out:
        before = replaces.get(name)
        while before is not None and before not in found:
            found.add(before)
            before = replaces.get(before)
    return found


ByKind = dict[type[Fact], list[Any]]
Ends = list[tuple[date, type[Fact]]]
"""The last days of the intervals on file, with their kinds."""


class PastChart(Chart):
    """The chart of a past moment, read off what is filed of one patient instead of admitting it anew.

    For a day that is over nobody asks what comes into view later, so `coming` stays empty.
    """

    def __init__(self, act: Act, case: Case, today: Moment, known_by: datetime, ends: Ends) -> None:
        self._act = act
        self._whole = case
        self._ends = ends
        self.patient = case.patient
        self.today = today
        self.known_by = known_by
        self.zone = today.zone
        self.coming = []
        self._by_kind = {}

    @worked_out_once
    def case(self) -> Case:
        """The case as it stood before the act."""
        return before_the_act(self._whole, self._act)

    def entries_of(self, name: str) -> frozenset[str]:
        """As of any chart; asked of the whole case, which need not be cut for it."""
        return entries_of(self._whole, name)

    def show(self, facts: Mapping[type[Fact], list[Any]]) -> None:
        """These facts count, by kind."""
        self._by_kind = dict(facts)

    def put(self, kind: type[Fact], facts: list[Any]) -> None:
        """Of this kind, these facts count."""
        if facts:
            self._by_kind[kind] = facts
        else:
            self._by_kind.pop(kind, None)

    def changed_since(self, before: PastChart) -> set[type[Fact]]:
        """The kinds of which not the same facts count as did at an earlier moment, or an interval has ended
        since.
        """
        now, then = self._by_kind, before._by_kind
        changed = {
            kind
            for kind in {**then, **now}
            if (facts := now.get(kind)) is not (those := then.get(kind)) and facts != those
        }
        first, last = before.today.day, self.today.day
        changed.update([kind for to, kind in self._ends if first <= to < last])
        return changed


class PastCharts:
    """The charts of one patient's past acts. Each shows what was known by the end of the act's day."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._zone = ZoneInfo(case.time_zone)
        self._has_corrections = has_corrections(case)
        filed = [entry for entry in in_total_order(case) if not entry.fact.withdrawn]
        self._filed = filed
        self._days = [entry.day for entry in filed]
        self._to_look_through = _kinds_to_look_through(filed, self._zone)
        self._shown: tuple[int, ByKind] = (0, {})
        self._ends: Ends = [
            (entry.ends_on, entry.kind) for entry in in_total_order(case) if entry.ends_on is not None
        ]
        self._learned_late = [
            (entry.day, learned_by)
            for entry in in_total_order(case)
            if (learned_by := _day_it_was_learned(entry, self._zone)) > entry.day
        ]
        self._acts: dict[date, list[Fact]] = {}
        for entry in in_total_order(case):
            if entry.kind in (Prescription, Dispense):
                self._acts.setdefault(entry.day, []).append(entry.fact)

    def before(self, act: Act) -> PastChart:
        """What was known by the end of the act's day, without what had not happened yet."""
        return self._chart(act, None)

    def in_hindsight(self, act: Act, known_by: datetime) -> PastChart:
        """The same day with every fact about it, or a day before, that was on file by `known_by`."""
        return self._chart(act, known_by)

    def recorded_in_time(self, act: Act, known_by: datetime) -> Case:
        """The case before the act as if everything on file by `known_by` had been recorded by the end of its
        day.
        """
        case = before_the_act(self._case, act)
        end_of_day = last_instant(act.day, self._zone)
        facts = tuple(
            msgspec.structs.replace(fact, recorded_at=end_of_day)
            for fact in case.facts
            if learned_at(fact, self._zone) <= known_by and fact.day <= act.day
        )
        return msgspec.structs.replace(case, facts=facts)

    def show_everything(self, act: Act, known_by: datetime) -> bool:
        """Does hindsight see exactly what was seen on the day, so that it must say the same at the gate?

        It does where every fact dated by the act's day was known by its end, none corrects another (a
        correction dated later still counts), and no decision says when it was recorded: then the order in
        which things were recorded decides what the decision was about, and hindsight puts all of them at one
        moment.
        """
        end_of_day = last_instant(act.day, self._zone)
        is_of_its_day = instant_of(act, self._zone).date() == act.day
        if not is_of_its_day or known_by < end_of_day or self._has_corrections:
            return False
        return all(first > act.day or last <= act.day for first, last in self._learned_late)

    def _chart(self, act: Act, learned_by: datetime | None) -> PastChart:
        today = Moment(instant_of(act, self._zone), self._zone)
        chart = PastChart(act, self._case, today, last_instant(act.day, self._zone), self._ends)
        if self._has_corrections:
            admitted = Chart(chart.case, today, chart.known_by)
            for fact in admitted.everything():
                chart.put(type(fact), admitted.all(type(fact)))
            return chart
        later = not_happened_yet(self._acts.get(act.day, ()), act)
        is_of_its_day = learned_by is None and today.day <= act.day
        day = today.day if learned_by is None else min(today.day, act.day)
        known_by = chart.known_by if learned_by is None else learned_by
        place = bisect_right(self._days, day)
        shown = self._dated_by(place)
        chart.show(shown)
        for kind in self._to_look_through if is_of_its_day else shown:
            if kind in shown:
                chart.put(kind, self._known(kind, place, known_by))
        for kind in _UNDER_WAY if later else ():
            facts = chart.all(kind)
            if facts:
                chart.put(kind, [fact for fact in facts if fact.id not in later and not _undoes(fact, later)])
        return chart

    def _known(self, kind: type[Fact], place: int, known_by: datetime) -> list[Fact]:
        """Of the first so many facts on file, those of a kind that were known by then."""
        entries = self._filed[:place]
        return [each.fact for each in entries if each.kind is kind and _is_known(each, known_by, self._zone)]

    def _dated_by(self, place: int) -> ByKind:
        """The first so many facts by kind, each kind in its order. What the act before was shown is not put
        together again, so that an unchanged kind is the same list.
        """
        shown_before, shown = self._shown
        if place < shown_before:
            shown_before, shown = 0, {}
        grown: ByKind = {}
        for entry in self._filed[shown_before:place]:
            if entry.kind in grown:
                grown[entry.kind].append(entry.fact)
            else:
                grown[entry.kind] = [*shown.get(entry.kind, ()), entry.fact]
        self._shown = (place, {**shown, **grown})
        return self._shown[1]


def _kinds_to_look_through(filed: Iterable[Filed], zone: ZoneInfo) -> frozenset[type[Fact]]:
    """The kinds with a fact that was not known by the end of its own day: its day tells too little."""
    return frozenset(
        each.kind
        for each in filed
        if (
            each.learned_on > each.day
            if each.learned_at is None
            else each.learned_at > last_instant(each.day, zone)
        )
    )


def _is_known(entry: Filed, known_by: datetime, zone: ZoneInfo) -> bool:
    if entry.learned_at is not None:
        return entry.learned_at <= known_by
    return last_instant(entry.learned_on, zone) <= known_by


def _day_it_was_learned(entry: Filed, zone: ZoneInfo) -> date:
    """The first day by whose end a fact was known. A decision that says when it was recorded counts as never
    known in time: the order of recording decides what it was about.
    """
    if entry.learned_at is None:
        return entry.learned_on
    if entry.kind is ClinicalDecision:
        return date.max
    day = entry.learned_at.astimezone(zone).date()
    return day if entry.learned_at <= last_instant(day, zone) else date.fromordinal(day.toordinal() + 1)
