"""How are the findings about patients collected as the columns of the table `findings`?"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from itertools import chain, compress
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from isovigil.decisions.finding import Finding
from isovigil.decisions.shared_answers import SharedAnswers
from isovigil.exchange.bulk.declared_tables import FINDINGS
from isovigil.exchange.bulk.table_words import Words, gathered, lists, one_for_each_row, whole_numbers

if TYPE_CHECKING:
    import pyarrow as pa

_REPEATING: Final = (
    "rule",
    "answer",
    "strength",
    "amber",
    "action",
    "gates",
    "needs",
    "whose_move",
    "satisfiable_from",
)
_said_by = attrgetter(*_REPEATING)
_says = attrgetter("says")
_facts = attrgetter("facts")
_OWN: Final = -1
"""Stands for the patient's own finding where shared ones have their places."""


class _Shared(NamedTuple):
    """What is the same in the rows of everybody who shares some findings."""

    answers: SharedAnswers | None
    """Kept, so that nothing else comes to stand where these stand in memory, by which they are known."""
    places: array[int]
    """The places of the shared findings that are told and `_OWN` for the others, in order."""
    told: int
    """How many shared findings are told."""
    own_among: Callable[[Sequence[Finding]], Sequence[Finding]]
    """The patient's own findings among all."""


class FindingColumns:
    """The rows of the table `findings` for some patients, as columns.

    Rules answer thousands of patients alike but for a day in the reason and the ids of the facts. Findings
    that are shared, and known for that by `SharedAnswers`, are looked at once and not for each patient.
    """

    def __init__(self, words: Words) -> None:
        words.forget_where_too_many()
        self._words = words
        self._patients: list[str] = []
        self._counts: list[int] = []
        self._rows = 0
        self._places = array("i")
        """For each finding that is shared and told its place; `_OWN` for each other."""
        self._is_told = bytearray()
        """For each of these others: is it told?"""
        # What follows is of those alone.
        self._own_places: list[int] = []
        self._says: list[str] = []
        self._facts: list[str] = []
        self._facts_of_each: list[int] = []

    def __len__(self) -> int:
        return self._rows

    def add(
        self,
        patient: str,
        findings: Sequence[Finding],
        shared: SharedAnswers | None = None,
        *,
        every: bool = True,
    ) -> None:
        """Add the findings about one patient, in their order; without `every`, those that concern them."""
        known = self._words.met.get((id(shared), len(findings), every)) or self._known(
            shared, findings, every=every
        )
        own = known.own_among(findings)
        is_told = [every or finding.answer != "not_applicable" for finding in own]
        told = [*compress(own, is_told)]
        count = known.told + len(told)
        if count == 0:
            return
        self._patients.append(patient)
        self._counts.append(count)
        self._rows += count
        self._places += known.places
        self._is_told += bytes(is_told)
        if told:
            self._add(told)

    def _add(self, told: Sequence[Finding]) -> None:
        """Add some of the patient's own findings."""
        self._says += map(_says, told)
        facts = [*map(_facts, told)]
        self._facts += chain.from_iterable(facts)
        self._facts_of_each += map(len, facts)
        known = map(self._words.met.get, map(_said_by, told))
        self._own_places += [
            was[1] if was is not None and was[0] == finding.values else self._own_place(finding)
            for finding, was in zip(told, known, strict=True)
        ]

    def _own_place(self, finding: Finding) -> int:
        """The place of what was not said last with these values of law and policy."""
        place = self._place(finding, None)
        self._words.met[_said_by(finding)] = (finding.values, place)
        return place

    def _place(self, finding: Finding, says: str | None) -> int:
        """The place of what a finding says; with its reason where that is the same for others, too."""
        met, values = self._words.met, finding.values
        # Values of law are the same objects again and again; kept, so that no other has their identity.
        key = (_said_by(finding), says, *map(id, values))
        known: tuple[int, Any] | None = met.get(key)
        if known is None:
            said = (*_said_by(finding), [value.name for value in values], says)
            known = met[key] = (self._words.place(said), values)
        return known[0]

    def _known(self, shared: SharedAnswers | None, findings: Sequence[Finding], *, every: bool) -> _Shared:
        """What is looked at once of shared findings."""
        alike = (None,) * len(findings) if shared is None else shared.findings
        # Whatever names facts stays the patient's own: ids are told row by row.
        own = [place for place, each in enumerate(alike) if each is None or each.facts]
        places = array("i")
        for each in alike:
            if each is None or each.facts:
                places.append(_OWN)
            elif every or each.answer != "not_applicable":
                places.append(self._place(each, each.says))
        known = _Shared(shared, places, len(places) - len(own), _picking(own))
        self._words.met[id(shared), len(findings), every] = known
        return known

    def table(self) -> pa.Table:
        """The rows as an Arrow table; what repeats is kept once."""
        import pyarrow as pa
        import pyarrow.compute as pc

        from isovigil.exchange.bulk.table_files import schema_of

        schema = schema_of(FINDINGS)
        places, is_own = self._told_places()
        columns = gathered(
            self._words.said, places, [schema.field(name) for name in (*_REPEATING, "values", "says")]
        )
        columns["patient"] = one_for_each_row(self._patients, self._counts)
        columns["says"] = pc.replace_with_mask(
            columns["says"].dictionary_decode(), is_own, pa.array(self._says, pa.string())
        )
        none = pa.repeat(pa.scalar(0, pa.int32()), len(places))
        facts = pc.replace_with_mask(none, is_own, whole_numbers(self._facts_of_each))
        columns["facts"] = lists(self._facts, facts, schema.field("facts").type)
        return pa.table({name: columns[name] for name in schema.names})

    def _told_places(self) -> tuple[pa.Array, pa.Array]:
        """For each row its place, and whether it is of the patient's own findings."""
        import pyarrow as pa
        import pyarrow.compute as pc

        places = whole_numbers(self._places)
        is_own = pc.equal(places, _OWN)
        flags = [None, pa.py_buffer(bytes(self._is_told))]
        is_told = pa.Array.from_buffers(pa.uint8(), len(self._is_told), flags).cast(pa.bool_())
        untold = pa.nulls(len(is_told), pa.int32())
        own = pc.replace_with_mask(untold, is_told, whole_numbers(self._own_places))
        places = pc.replace_with_mask(places, is_own, own)
        return places.drop_null(), is_own.filter(places.is_valid())


def _picking(places: Sequence[int]) -> Callable[[Sequence[Finding]], Sequence[Finding]]:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda findings: [findings[place] for place in places]
