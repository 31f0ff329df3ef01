"""How do the tests make people up, read them as any FHIR input, and judge them as any case?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from isovigil import load_rulebook
from isovigil.calendar.window import last_instant
from isovigil.case.case import Case
from isovigil.decisions.replay import replay
from isovigil.exchange.fhir.reading import FhirReading, read_fhir
from isovigil.law.rulebook import Rulebook
from isovigil.synthetic_nation.folder import TYPES, Violation
from isovigil.synthetic_nation.nation import Nation, write_one
from isovigil.usecases.truth_check import Charge, charges_of

ON = date(2025, 6, 30)
SEED = 20251
PROGRAMME = "us_ipledge"


class MadeUp(NamedTuple):
    """One made-up person: the lines written, and what was planted."""

    lines: list[list[bytes]]
    truth: list[Violation]

    def text(self) -> bytes:
        """Every resource of the person, one a line."""
        return b"".join(line for some in self.lines for line in some)

    def reading(self) -> FhirReading:
        """What the ordinary reader makes of it."""
        return read_fhir([self.text()], programme=PROGRAMME)

    def case(self) -> Case:
        """The one case it holds."""
        (case,) = self.reading().cases
        return case

    def charges(self) -> list[Charge]:
        """What was planted, as the truth table says it."""
        return [(each.patient, each.act, each.rule) for each in self.truth]


def people(numbers: Iterable[int], seed: int = SEED, on: date = ON) -> Iterator[MadeUp]:
    """The people of these numbers."""
    nation = Nation(1, seed, on)
    for number in numbers:
        lines: list[list[bytes]] = [[] for _ in TYPES]
        yield MadeUp(lines, write_one(nation, number, lines))


@cache
def whole_law() -> Rulebook:
    """The rulebook, read once."""
    return load_rulebook()


def judged(cases: Iterable[Case], law: Rulebook | None = None) -> Iterator[Charge]:
    """What the engine charges the acts of these people with."""
    rulebook = law or whole_law()
    known_by = last_instant(ON, ZoneInfo("America/New_York"))
    for case in cases:
        yield from charges_of(replay(case, rulebook, known_by))


def without(rule: str) -> Rulebook:
    """The law with one rule switched off: no programme and no policy lists it."""
    held = whole_law()
    programmes = {name: _lacking(each, rule) for name, each in held.parts.programmes.items()}
    policies = {name: _lacking(each, rule) for name, each in held.parts.policies.items()}
    parts = msgspec.structs.replace(held.parts, programmes=programmes, policies=policies)
    return Rulebook(parts, f"{held.digest} without {rule}")


def _lacking(lists: msgspec.Struct, rule: str) -> msgspec.Struct:
    rules: tuple[str, ...] = lists.rules  # type: ignore[attr-defined] # a programme or a policy: both list rules
    return msgspec.structs.replace(lists, rules=tuple(each for each in rules if each != rule))


def chance(seed: int) -> Random:
    """Repeatable chance."""
    return Random(seed)
