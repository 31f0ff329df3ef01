"""Which four answers does Isovigil's own fast reading path give about every patient of an export (Task A)?

Run by bench/population_peers.py as a process of its own: our_own.py EXPORT ANSWERS INDEX_DAY

The path is the product's: lines into rows, rows sorted by patient, patients put together, the strict readers'
facts. Only rows whose template holds a code that the task asks for are kept, as the peers' retrieves do it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from isovigil.batch import work
from isovigil.batch.local_engine import places_of, templates_of
from isovigil.case.kinds import Dispense, Laboratory, PregnancyTest
from isovigil.case.units import canonical_value
from isovigil.exchange.bulk.assembling import Assembler
from isovigil.exchange.bulk.input_files import chunks_of, survey
from isovigil.exchange.bulk.lines import line_of
from isovigil.exchange.bulk.runs_of_rows import runs_in
from isovigil.exchange.bulk.shards import Limits, cut_into_shards, rows_of
from isovigil.exchange.bulk.sorted_pieces import PieceWriter

TYPES = ("Patient", "Observation", "MedicationDispense")
WANTED = tuple(
    f'"{code}"' for code in ("1742-6", "2571-8", "3048-6", "14927-8", "2106-3", "2118-8", "19080-1")
)
WINDOW = timedelta(days=7)


def wanted_rows(table: pa.Table, templates: Iterable[tuple[int, str]]) -> pa.Table:
    """Observations with another code are left out; so is no line that went to the strict loader."""
    marks = pa.array([mark for mark, text in templates if any(code in text for code in WANTED)], pa.int64())
    is_other = pc.not_equal(table.column("kind"), "Observation")
    is_wanted = pc.is_in(table.column("template"), value_set=marks)
    is_strict = pc.is_null(table.column("template"))
    return table.filter(pc.or_(pc.or_(is_other, is_strict), is_wanted))


def answers(facts: Iterable[Any], index: date) -> list[Any]:
    """Latest ALT, latest triglycerides in mg/dL, negative hCG in 7 days, days since the last hand-over."""
    latest: dict[str, Any] = {}
    last: date | None = None
    is_negative = False
    for fact in facts:
        if fact.withdrawn or fact.day > index:
            continue
        if isinstance(fact, Laboratory):
            before = latest.get(fact.analyte)
            if before is None or fact.sort_key() > before.sort_key():
                latest[fact.analyte] = fact
        elif isinstance(fact, PregnancyTest):
            is_negative |= fact.result == "negative" and fact.day >= index - WINDOW
        elif isinstance(fact, Dispense):
            last = fact.day if last is None else max(last, fact.day)
    return [
        _value(latest, "alt"),
        _value(latest, "triglycerides"),
        is_negative,
        None if last is None else (index - last).days,
    ]


def _value(latest: Mapping[str, Any], analyte: str) -> float | None:
    fact = latest.get(analyte)
    return None if fact is None else canonical_value(analyte, fact.value, fact.unit)


@work.few_collections()
def main(export: str, out: str, day: str) -> None:
    index = date.fromisoformat(day)
    files = tuple(file for file in survey(export).files if file.name.startswith(TYPES))
    chunks = chunks_of(files)
    work.prepare_reading(True)
    told = []
    with tempfile.TemporaryDirectory() as held:
        rows = Path(held)
        writer = PieceWriter(rows)
        for chunk in chunks:
            table, found = work.flattened(chunk)
            told.append(found)
            writer.add(chunk.number, wanted_rows(table, found["templates"]))
        writer.flush()
        again = partial(_line_again, chunks)
        places = tuple(places_of(chunks, told))
        assembler = Assembler(dict(templates_of(told)), places, {}, "us_ipledge", again)
        lines = []
        for shard in cut_into_shards(rows, Limits(512, 1)):
            for patient, own in runs_in(rows_of(rows, shard)):
                case = assembler.assemble(patient, own).case
                lines.append(json.dumps([patient, *answers(() if case is None else case.facts, index)]))
        Path(out).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _line_again(chunks: Any, number: int, line: int) -> bytes | None:
    return line_of(chunks[number], line)


if __name__ == "__main__":
    main(*sys.argv[1:])
