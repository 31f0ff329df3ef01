"""Which programmes' law is held, and what does it say as known by a day?"""

from __future__ import annotations

import difflib
from bisect import bisect_right
from collections.abc import Collection
from datetime import date
from functools import lru_cache

import msgspec

from isovigil.law.coverage import Coverage, plainly
from isovigil.law.law import Held, Law, Programme, readings_of
from isovigil.law.layer import Layer
from isovigil.law.possible_starts import PossibleStarts
from isovigil.law.refusal import ProgrammeNotModelled, UnknownPolicy, UnknownProgramme
from isovigil.law.source import Source
from isovigil.law.value import ValueHistory

__all__ = ["Policy", "Rulebook", "RulebookParts", "UnknownPolicy", "UnknownProgramme"]

_READINGS_KEPT = 64
"""Each keeps the answers it gave, so only those of the days in hand are worth keeping."""
_RESOLVED_KEPT = 256
_ANNOUNCEMENTS_KEPT = 4096


class Policy(msgspec.Struct, frozen=True):
    """One clinical policy: the clinic's choice where programmes leave medicine to the prescriber.

    A policy that extends another states only what differs; `Rulebook.policy` answers with both.
    """

    id: str
    title: str
    values: dict[str, ValueHistory]
    extends: str | None = None
    rules: tuple[str, ...] = ()
    """The clinical rules it lists itself; those of the policy it extends apply as well."""


class RulebookParts(msgspec.Struct, frozen=True):
    """What a rulebook's files hold, as plain values."""

    programmes: dict[str, Programme]
    policies: dict[str, Policy]
    sources: dict[str, Source]
    coverage: Coverage


class Rulebook:
    """The law of every programme held, its sources, and what is known to be missing.

    A rulebook never changes once it is loaded. It keeps the readings it has made, within a bound,
    so that reviewing many patients resolves each question once.
    """

    def __init__(self, parts: RulebookParts, digest: str, clinic: str | None = None) -> None:
        self.parts = parts
        self.programmes = parts.programmes
        self.policies = parts.policies
        self.sources = parts.sources
        self.coverage = parts.coverage
        self.digest = digest
        """The sha256 of every file the rulebook was read from, names included."""
        self.clinic = clinic
        """Whose overlay tightens it; None without one."""
        self._known_days: dict[tuple[str, str], list[date]] = {}
        self._whole_policies: dict[str, Policy] = {}
        self._under_policy: dict[tuple[str, str], Programme] = {}
        self._announced: dict[tuple[str, str, date], PossibleStarts] = {}
        self._laws = lru_cache(maxsize=_READINGS_KEPT)(self._make_readings)
        self._resolved = lru_cache(maxsize=_RESOLVED_KEPT)(_nothing_resolved_yet)

    def programme(self, programme: str) -> Programme:
        """A programme's law. Raises ProgrammeNotModelled or UnknownProgramme where none is held."""
        held = self.programmes.get(programme)
        if held is not None:
            return held
        known = self.coverage.named(programme)
        if known is None:
            raise UnknownProgramme(programme, tuple(self.programmes), self.coverage.meant_by(programme))
        missing = "; ".join(gap.says.rstrip(".") for gap in known.known)
        raise ProgrammeNotModelled(
            known.title,
            f"its rules are not modelled yet. What is known to be missing: {missing}",
            f"Modelled are {', '.join(self.programmes)}.",
        )

    def policy(self, policy: str) -> Policy:
        """A clinical policy's values and rules, with those of the policies it extends.

        Raises UnknownPolicy where none of this name is held.
        """
        whole = self._whole_policies.get(policy)
        if whole is not None:
            return whole
        held = self.policies.get(policy)
        if held is None:
            meant = difflib.get_close_matches(plainly(policy), list(self.policies), n=1)
            raise UnknownPolicy(policy, tuple(self.policies), meant[0] if meant else None)
        if held.extends is not None:
            base = self.policy(held.extends)
            held = msgspec.structs.replace(
                held, values={**base.values, **held.values}, rules=(*base.rules, *held.rules)
            )
        self._whole_policies[policy] = held
        return held

    def under_policy(self, programme: str, policy: str) -> Programme:
        """A programme's law together with a clinical policy's values and rules; the programme's own win."""
        key = (programme, policy)
        held = self._under_policy.get(key)
        if held is None:
            law, clinical = self.programme(programme), self.policy(policy)
            rules = tuple(dict.fromkeys((*law.rules, *clinical.rules)))
            held = msgspec.structs.replace(law, values={**clinical.values, **law.values}, rules=rules)
            self._under_policy[key] = held
        return held

    def readings(
        self, programme: str, policy: str, known_by: date, days: Collection[date]
    ) -> list[tuple[Law, tuple[Layer, ...]]]:
        """Every reading of the programme's open dates that can matter to the given days.

        Each comes with the layers whose open start it had to assume; the first assumes the earlier
        law wherever there is a choice. Raises what `programme` and `policy` raise.
        """
        in_doubt = self._possible_starts(programme, policy, known_by).in_doubt(days)
        return list(self._laws(programme, policy, known_by, in_doubt))

    def _possible_starts(self, programme: str, policy: str, known_by: date) -> PossibleStarts:
        key = (programme, policy, known_by)
        possible = self._announced.get(key)
        if possible is None:
            if len(self._announced) >= _ANNOUNCEMENTS_KEPT:
                self._announced.clear()
            layers = self.under_policy(programme, policy).layers
            possible = self._announced[key] = PossibleStarts(layers, known_by)
        return possible

    def _make_readings(
        self, programme: str, policy: str, known_by: date, in_doubt: frozenset[int]
    ) -> tuple[tuple[Law, tuple[Layer, ...]], ...]:
        law = self.under_policy(programme, policy)
        starts = self._possible_starts(programme, policy, known_by).for_each_layer(in_doubt)
        last_news = self._last_news(programme, policy, known_by)

        def held(days: tuple[date, ...]) -> Held:
            return self._resolved(programme, policy, last_news, days)

        return tuple(readings_of(law, known_by, starts, held))

    def _last_news(self, programme: str, policy: str, known_by: date) -> date:
        """The last day by `known_by` on which anything was announced: knowledge is the same since."""
        key = (programme, policy)
        days = self._known_days.get(key)
        if days is None:
            law = self.under_policy(programme, policy)
            announced = {said.announced_on for layer in law.layers for said in layer.announcements}
            for history in law.values.values():
                announced |= {said.announced_on for said in history.statements}
                announced |= {own.from_ for own in history.clinic}
            days = self._known_days[key] = sorted(announced)
        place = bisect_right(days, known_by)
        return days[place - 1] if place else date.min


def _nothing_resolved_yet(programme: str, policy: str, last_news: date, starts: tuple[date, ...]) -> Held:
    return Held()
