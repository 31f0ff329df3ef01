"""What does one programme's law say on a day, in one reading of its open dates?"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date
from itertools import product
from typing import Any, TypeVar

import msgspec

from isovigil.calendar.days import Period, in_words
from isovigil.law.layer import Layer
from isovigil.law.possible_starts import NEVER, Choice, PossibleStarts
from isovigil.law.refusal import NoRuleInForce
from isovigil.law.source import Source
from isovigil.law.tightening import stricter, value_as_held
from isovigil.law.value import Dated, Tightened, ValueHistory

T = TypeVar("T")

_DAYS_KEPT = 50_000
"""Of how many days one reading keeps the answers, so that a population of patients costs one look-up each."""


class Programme(msgspec.Struct, frozen=True):
    """One programme's dated law as held: its layers, its values, and the rules that apply."""

    id: str
    title: str
    time_zone: str
    window_zone: str
    layers: tuple[Layer, ...]
    values: dict[str, ValueHistory]
    rules: tuple[str, ...]
    sources: dict[str, Source]
    extends: str | None = None
    """The programme whose layers, values and rules it keeps wherever it states none of its own."""


Governing = dict[str | tuple[str, str] | Callable[..., Any], Any]
"""The values that govern a day, by their names, as far as somebody asked for them; and what functions made of
them, by the function.
"""


class Regime(msgspec.Struct, frozen=True):
    """The regime in force on a day, with the overlays over it."""

    id: str
    from_: date
    to: date | None
    overlays: tuple[str, ...]


class Held(dict[date, Governing]):
    """What every reading that says the same has answered so far, by day.

    The days between two changes of the law share their answers, so that each question is settled once for
    all of them, whichever days a population asks about.
    """

    def __init__(self) -> None:
        super().__init__()
        self.histories: dict[str, tuple[list[date], list[Dated[Any]]]] = {}
        """For each question, the days on which its value changes and the value from each of them on."""
        self.changes: list[date] | None = None
        """The days on which some value or layer begins, once they are known."""
        self.regimes: dict[date, Regime] = {}
        self._stretches: dict[int, Governing] = defaultdict(dict)

    def __missing__(self, on: date) -> Governing:
        if len(self) >= _DAYS_KEPT:
            self.clear()
        changes = self.changes
        governing = self[on] = {} if changes is None else self._stretches[bisect_right(changes, on)]
        return governing


class Law:
    """One programme's law as known by a day, in one reading of the dates that are still open.

    `law.period("contraception/lead", on=day)` answers with the value that governs the day, its
    start, strength and citation, or raises `NoRuleInForce`.
    """

    def __init__(
        self, programme: Programme, known_by: date, starts: dict[str, date], held: Held | None = None
    ) -> None:
        self.programme = programme
        self.known_by = known_by
        self._starts = starts
        self._held = Held() if held is None else held
        self._governing: dict[date, Governing] = self._held
        self._agreed: tuple[tuple[Law, ...], dict[date, Governing]] = ((), {})
        self._regimes = [
            (starts[layer.id], layer)
            for layer in programme.layers
            if layer.kind == "regime" and starts[layer.id] != NEVER
        ]

    def says_the_same_as(self, other: Law) -> bool:
        """Does the other hold the very same values from the same days, whenever each of them knows it?

        False also where it was not looked into: where the two do not share what a rulebook resolved once.
        """
        return self is other or (type(self) is type(other) is Law and self._held is other._held)

    def agreed_with(self, others: tuple[Law, ...]) -> dict[date, Governing]:
        """The answers these other readings give too, kept for the next patient, until one of them changes."""
        if self._agreed[0] != others:
            agreed = Held()
            agreed.changes = sorted({day for law in (self, *others) for day in law.coming_changes(date.min)})
            self._agreed = (others, agreed)
        return self._agreed[1]

    def start_of(self, layer: str) -> date | None:
        """The first day of a layer in this reading; None when it never begins."""
        start = self._starts[layer]
        return None if start == NEVER else start

    def regime_on(self, day: date) -> Regime:
        """The regime in force on a day. Raises NoRuleInForce before the first one held."""
        kept = self._held.regimes
        regime = kept.get(day)
        if regime is None:
            if len(kept) >= _DAYS_KEPT:
                kept.clear()
            regime = kept[day] = self._find_regime(day)
        return regime

    def _find_regime(self, day: date) -> Regime:
        current: tuple[date, Layer] | None = None
        following: date | None = None
        for start, layer in self._regimes:
            if start <= day:
                current = (start, layer)
            elif following is None and self._is_settled(layer):
                following = start
        if current is None:
            raise self._nothing_held(self.programme.title, day)
        start, regime = current
        to = None if following is None else date.fromordinal(following.toordinal() - 1)
        return Regime(f"{self.programme.id}/{regime.id}", start, to, self._overlays(start, regime.id, day))

    def _is_settled(self, layer: Layer) -> bool:
        said = layer.as_known_by(self.known_by)
        return said is not None and said.confirmed

    def _overlays(self, regime_start: date, regime: str, day: date) -> tuple[str, ...]:
        running = [
            layer
            for layer in self.programme.layers
            if layer.kind == "overlay"
            and self._starts[layer.id] <= day
            and (regime_start <= self._starts[layer.id] or regime in layer.continues_into)
        ]
        replaced = {layer.replaces for layer in running}
        return tuple(f"{self.programme.id}/{layer.id}" for layer in running if layer.id not in replaced)

    def _nothing_held(self, question: str, day: date) -> NoRuleInForce:
        first = min(self._regimes, key=lambda pair: pair[0], default=None)
        said = None if first is None else first[1].as_known_by(self.known_by)
        if first is None or said is None:
            reason = f"nothing about {self.programme.title} had been announced by then"
        else:
            start = f"on {in_words(first[0])}"
            if said.earliest != said.latest:
                start = (
                    f"between {in_words(said.earliest)} and {in_words(said.latest)}, "
                    "on a day that was not found"
                )
            reason = f"the rulebook's first values for {self.programme.title} start {start}"
        return NoRuleInForce(
            question,
            day,
            self.known_by,
            reason,
            "See `isovigil coverage` for what is modelled and since when.",
        )

    def coming_changes(self, after: date) -> list[date]:
        """The days after `after` on which some value or layer already known by then begins."""
        changes = self._held.changes
        if changes is None:
            changes = self._held.changes = self._find_changes()
            self._held.clear()
        return changes[bisect_right(changes, after) :]

    def _find_changes(self) -> list[date]:
        days = set(self._starts.values())
        for name in self.programme.values:
            days.update(self._history(name)[0])
        return sorted(days - {NEVER})

    def _history(self, name: str) -> tuple[list[date], list[Dated[Any]]]:
        held = self._held.histories.get(name)
        if held is None:
            held = self._held.histories[name] = self._resolve(self.programme.values[name])
        return held

    def _resolve(self, history: ValueHistory) -> tuple[list[date], list[Dated[Any]]]:
        resolved: list[tuple[date, Dated[Any]]] = []
        for said in history.statements:
            start = said.from_day if said.from_layer is None else self._starts[said.from_layer]
            if start is None or start == NEVER or said.announced_on > self.known_by:
                continue
            dated = Dated(
                name=f"{history.home}/{history.name}",
                value=value_as_held(said.value, history.unit),
                unit=history.unit,
                from_=start,
                strength=said.strength,
                confidence=said.confidence,
                cite=said.cite,
                note=said.note,
            )
            resolved.append((start, dated))
        resolved.sort(key=lambda pair: pair[0])
        clinic = [own for own in history.clinic if own.from_ <= self.known_by]
        if clinic:
            resolved = _with_the_clinics_own(history, resolved, clinic)
        return [start for start, _ in resolved], [value for _, value in resolved]

    def holds(self, name: str, on: date) -> bool:
        """Is any value held for this question on this day?"""
        if name in self._governing[on]:
            return True
        return name in self.programme.values and bisect_right(self._history(name)[0], on) > 0

    def value(self, name: str, on: date) -> Dated[Any]:
        """The value that governs a day. Raises NoRuleInForce when none is held."""
        governing = self._governing[on]
        answered: Dated[Any] | None = governing.get(name)
        if answered is not None:
            return answered
        starts, values = self._history(name)
        place = bisect_right(starts, on)
        if place == 0:
            raise self._nothing_held(f"{self.programme.id}/{name}", on)
        governing[name] = values[place - 1]
        return values[place - 1]

    def days(self, name: str, on: date) -> Dated[int]:
        """A whole number of days."""
        return self._governing[on].get(name) or self.value(name, on)

    def number(self, name: str, on: date) -> Dated[float]:
        """A number in the unit the value declares."""
        return self._governing[on].get(name) or self.value(name, on)

    def period(self, name: str, on: date) -> Dated[Period]:
        """A length of time that says how it is counted."""
        return self._governing[on].get(name) or self.value(name, on)

    def word(self, name: str, on: date) -> Dated[str]:
        """One word out of a closed list."""
        return self._governing[on].get(name) or self.value(name, on)

    def words(self, name: str, on: date) -> Dated[tuple[str, ...]]:
        """A list of words."""
        return self._governing[on].get(name) or self.value(name, on)

    def flag(self, name: str, on: date) -> Dated[bool]:
        """Whether something is required or allowed."""
        return self._governing[on].get(name) or self.value(name, on)

    def day(self, name: str, on: date) -> Dated[date]:
        """A calendar day that the law itself names."""
        return self._governing[on].get(name) or self.value(name, on)

    def worked_out(self, work_out: Callable[[Law, date], T], on: date) -> T:
        """What a function makes of a day's values and of nothing else: once for as long as they govern."""
        governing = self._governing[on]
        found: T | None = governing.get(work_out)
        if found is None:
            found = governing[work_out] = work_out(self, on)
        return found

    def counting(self, name: str) -> str | None:
        """How the days of a value are counted, in words."""
        return self.programme.values[name].counting


def _with_the_clinics_own(
    history: ValueHistory, law: list[tuple[date, Dated[Any]]], clinic: list[Tightened]
) -> list[tuple[date, Dated[Any]]]:
    """Wherever the clinic's own value is stricter than the law's, the clinic's governs."""
    days = sorted({start for start, _ in law} | {own.from_ for own in clinic})
    governing: list[tuple[date, Dated[Any]]] = []
    for day in days:
        said = next((value for start, value in reversed(law) if start <= day), None)
        own = next((own for own in reversed(clinic) if own.from_ <= day), None)
        if said is not None:
            governing.append((day, said if own is None else _stricter_of(history, said, own)))
    return governing


def _stricter_of(history: ValueHistory, said: Dated[Any], own: Tightened) -> Dated[Any]:
    value = stricter(history, said.value, value_as_held(own.value, history.unit))
    if value == said.value:
        return said
    laws = f"Without it the value is {_as_text(said.value)} ({said.cite.source}, {said.cite.at})."
    return Dated(
        name=said.name,
        value=value,
        unit=said.unit,
        from_=own.from_,
        strength=said.strength,
        confidence=said.confidence,
        cite=own.cite,
        note=f"The clinic's own value, by {own.by}: {own.reason} {laws}"
        + ("" if said.note is None else f" {said.note}"),
    )


def _as_text(value: Any) -> str:
    if isinstance(value, Period):
        return value.as_text()
    return ", ".join(map(str, value)) or "an empty list" if isinstance(value, tuple) else str(value)


def readings(
    programme: Programme, known_by: date, days: Collection[date]
) -> list[tuple[Law, tuple[Layer, ...]]]:
    """Every reading of the programme's open dates that can matter to the given days.

    Each reading comes with the layers whose open start it had to assume; the first reading
    assumes the earlier law wherever there is a choice.
    """
    possible = PossibleStarts(programme.layers, known_by)
    return readings_of(programme, known_by, possible.for_each_layer(possible.in_doubt(days)))


def readings_of(
    programme: Programme,
    known_by: date,
    starts: tuple[tuple[Choice, ...], ...],
    held: Callable[[tuple[date, ...]], Held | None] = lambda _: None,
) -> list[tuple[Law, tuple[Layer, ...]]]:
    """The readings that arise from the possible starts of each layer, one for each combination.

    `held` may hand over what was already resolved for the same starts and the same knowledge.
    """
    found = []
    for combination in product(*starts):
        days = tuple(start for start, _ in combination)
        assumed = tuple(
            layer for layer, (_, is_open) in zip(programme.layers, combination, strict=True) if is_open
        )
        by_layer = {layer.id: day for layer, day in zip(programme.layers, days, strict=True)}
        found.append((Law(programme, known_by, by_layer, held(days)), assumed))
    return found
