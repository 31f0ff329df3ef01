"""How are the findings about patients collected as the columns of the table `findings`?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from isovigil.decisions.finding import Finding
from isovigil.exchange.bulk.declared_tables import FINDINGS
from isovigil.exchange.bulk.table_words import Words, gathered, lists, one_for_each_row

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


class FindingColumns:
    """The rows of the table `findings` for some patients, as columns.

    Rules answer thousands of patients alike but for a day in the reason and the ids of the facts.
    """

    def __init__(self, words: Words) -> None:
        words.forget_where_too_many()
        self._words = words
        self._patients: list[str] = []
        self._counts: list[int] = []
        self._places: list[int] = []
        self._says: list[str] = []
        self._facts: list[str] = []
        self._facts_of_each: list[int] = []

    def __len__(self) -> int:
        return len(self._places)

    def add(self, patient: str, findings: Sequence[Finding]) -> None:
        """Add the findings about one patient, in their order."""
        if not findings:
            return
        self._patients.append(patient)
        self._counts.append(len(findings))
        self._says += map(_says, findings)
        facts = [*map(_facts, findings)]
        self._facts += chain.from_iterable(facts)
        self._facts_of_each += map(len, facts)
        known = map(self._words.met.get, map(_said_by, findings))
        self._places += [
            was[1] if was is not None and was[0] == finding.values else self._place(finding)
            for finding, was in zip(findings, known, strict=True)
        ]

    def _place(self, finding: Finding) -> int:
        """The place of what was not said last with these values of law and policy."""
        said, names = _said_by(finding), [value.name for value in finding.values]
        met = self._words.met
        place: int | None = met.get((said, *names))
        if place is None:
            place = met[(said, *names)] = self._words.place((*said, names))
        met[said] = (finding.values, place)
        return place

    def table(self) -> pa.Table:
        """The rows as an Arrow table; what repeats is kept once."""
        import pyarrow as pa

        from isovigil.exchange.bulk.table_files import schema_of

        schema = schema_of(FINDINGS)
        columns = gathered(
            self._words.said, self._places, [schema.field(name) for name in (*_REPEATING, "values")]
        )
        columns["patient"] = one_for_each_row(self._patients, self._counts)
        columns["says"] = pa.array(self._says, pa.string())
        columns["facts"] = lists(self._facts, self._facts_of_each, schema.field("facts").type)
        return pa.table({name: columns[name] for name in schema.names})
