"""What do the tables say about one run of patients, from the rows read or from the fact store?

Both engines call this: whatever cuts the patients into runs and wherever a run is judged, these are its rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from isovigil.exchange.bulk.declared_tables import BY_NAME, FACTS, FINDINGS, LABORATORY, TABLES, Rows
from isovigil.exchange.bulk.fact_columns import FactColumns
from isovigil.exchange.bulk.fact_rows import StoredPatient
from isovigil.exchange.bulk.facts_of_rows import FactsRead
from isovigil.exchange.bulk.finding_columns import FindingColumns
from isovigil.exchange.bulk.table_words import Columns, TableWords
from isovigil.law.rulebook import Rulebook
from isovigil.usecases.population_judged import Asked, Audit, Collected, judge_patient
from isovigil.usecases.population_laboratory import LaboratoryColumns

if TYPE_CHECKING:
    import pyarrow as pa

_AS_COLUMNS: Final = frozenset({FACTS, FINDINGS, LABORATORY})
"""Tables of so many rows that they are collected as columns."""


class Judged(NamedTuple):
    """The rows of a run of patients, and what was counted on the way."""

    rows: Rows
    unread: Counter[tuple[str, str]]
    counts: Counter[str]
    audit: Audit
    facts: pa.Table | None = None
    """The rows of the fact store; None where the facts come from one."""
    columns: Mapping[str, Columns] = {}
    """The tables that are collected as columns, by name, beside the facts."""


def judge_read(read: FactsRead, law: Rulebook, asked: Asked, words: TableWords | None = None) -> Judged:
    """Judge patients read from the sorted rows of an export; their facts go to the store."""
    judged = _each_judged(read.patients(), law, asked, words)
    judged.rows["problems"].extend((patient, *problem) for patient, problem in read.problems)
    return _with_counts(judged._replace(unread=read.unread, facts=read.table))


def judge_cases(
    cases: Sequence[StoredPatient], law: Rulebook, asked: Asked, words: TableWords | None = None
) -> Judged:
    """Judge cases already read, such as those of case files; their facts go to the store."""
    facts = FactColumns()
    for stored in cases:
        facts.add(stored)
    return _with_counts(_each_judged(cases, law, asked, words)._replace(facts=facts.table()))


def judge_stored(
    cases: Iterable[StoredPatient], law: Rulebook, asked: Asked, words: TableWords | None = None
) -> Judged:
    """Judge patients from the fact store."""
    return _with_counts(_each_judged(cases, law, asked, words))


def _each_judged(
    cases: Iterable[StoredPatient], law: Rulebook, asked: Asked, words: TableWords | None
) -> Judged:
    into = nothing_collected(words)
    audit: Audit = {}
    for stored in cases:
        judge_patient(stored, law, asked, into, audit)
    columns: dict[str, Columns] = {FINDINGS.name: into.findings, LABORATORY.name: into.laboratory}
    return Judged(into.rows, Counter(), Counter(), audit, None, columns)


def _with_counts(judged: Judged) -> Judged:
    return judged._replace(counts=counted(judged))


def nothing_collected(words: TableWords | None = None) -> Collected:
    """Every table that is made here, still empty. `words`: what was put into words for other patients."""
    words = words or TableWords()
    rows: Rows = {table.name: [] for table in TABLES if table not in _AS_COLUMNS}
    return Collected(rows, FindingColumns(words.findings), LaboratoryColumns(words.laboratory))


def counted(judged: Judged) -> Counter[str]:
    """What the terminal's summary needs, so that no table has to be read again."""
    counts = Counter({f"rows {name}": len(rows) for name, rows in judged.rows.items()})
    counts.update({f"rows {name}": len(columns) for name, columns in judged.columns.items()})
    counts[f"rows {FACTS.name}"] = 0 if judged.facts is None else judged.facts.num_rows
    counts.update(_places(judged.rows))
    return counts


def _places(rows: Rows) -> Iterator[str]:
    columns = {table.name: [column.name for column in table.columns] for table in TABLES}

    def place(table: str, column: str) -> int:
        return columns[table].index(column)

    gates = [(gate, place("verdicts", gate)) for gate in ("start", "prescribe", "dispense", "worst")]
    for row in rows["verdicts"]:
        yield from (f"{gate} {row[at]}" for gate, at in gates)
    refused = place("patients", "refused_for")
    yield from (f"refused {row[refused]}" for row in rows["patients"] if row[refused] is not None)
    kind, judged = place("acts", "kind"), place("acts", "judged")
    yield from (f"{row[kind]} {row[judged]}" for row in rows["acts"])
    rule = place("broken", "rule")
    yield from (f"broke {row[rule]}" for row in rows["broken"])
    yield from _places_of_problems(rows["problems"])


def counted_problems(problems: Sequence[tuple[Any, ...]]) -> Counter[str]:
    """The same for problems alone."""
    counts = Counter({"rows problems": len(problems)})
    counts.update(_places_of_problems(problems))
    return counts


def _places_of_problems(problems: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    names = [column.name for column in BY_NAME["problems"].columns]
    severity, loader = names.index("severity"), names.index("loader")
    for row in problems:
        yield f"problem {row[severity]}"
        yield f"loader {row[loader]}"
