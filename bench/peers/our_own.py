"""Which four answers does Isovigil's own fast reading path give about every patient of an export (Task A)?

Run by bench/population_peers.py as a process of its own: our_own.py EXPORT ANSWERS INDEX_DAY

The path is the product's: lines into rows, rows sorted by patient, facts as columns by the strict readers'
plans. Only lines whose template holds a code that the task asks for make rows, as the peers' retrieves do it.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from templates_asked import TemplatesAsked

from isovigil.batch import work
from isovigil.batch.local_engine import TemplatesTold, places_of
from isovigil.case.units import canonical_value
from isovigil.exchange.bulk.assembling import Assembler
from isovigil.exchange.bulk.facts_of_rows import FactsOfRows
from isovigil.exchange.bulk.flatten import Flattener
from isovigil.exchange.bulk.input_files import chunks_of, survey
from isovigil.exchange.bulk.lines import line_of
from isovigil.exchange.bulk.narrow_facts import NarrowFact, Wanted, narrow_patients
from isovigil.exchange.bulk.shards import Limits, cut_into_shards, rows_of
from isovigil.exchange.bulk.sorted_pieces import OpenPieces, PieceWriter

TYPES = ("Patient", "Observation", "MedicationDispense")
WANTED = tuple(
    f'"{code}"' for code in ("1742-6", "2571-8", "3048-6", "14927-8", "2106-3", "2118-8", "19080-1")
)
FACTS: Wanted = {
    "laboratory": frozenset({"alt", "triglycerides"}),
    "pregnancy_test": frozenset({"negative"}),
    "dispense": None,
}
WINDOW = 7


def is_asked(template: str) -> bool:
    """Does a template hold a code that the task asks for?"""
    return any(code in template for code in WANTED)


def answers(facts: Mapping[str, Sequence[NarrowFact]], index: int) -> list[Any]:
    """Latest ALT, latest triglycerides in mg/dL, negative hCG in 7 days, days since the last hand-over.

    Facts stand in the order of their days; of several results on the latest day the worse one counts.
    """
    blood, hand_overs = facts.get("laboratory", ()), facts.get("dispense", ())
    return [
        _latest(blood, "alt"),
        _latest(blood, "triglycerides"),
        any(test.day >= index - WINDOW for test in facts.get("pregnancy_test", ())),
        index - hand_overs[-1].day if hand_overs else None,
    ]


def _latest(blood: Sequence[NarrowFact], analyte: str) -> float | None:
    own = [fact for fact in blood if fact.what == analyte]
    last = [fact for fact in own if fact.day == own[-1].day]
    return max([canonical_value(analyte, fact.number or 0.0, fact.unit or "") for fact in last], default=None)


@work.no_collections()
def main(export: str, out: str, day: str) -> None:
    index = date.fromisoformat(day)
    files = tuple(file for file in survey(export).files if file.name.startswith(TYPES))
    chunks = chunks_of(files)
    work.prepare_reading(True)
    work._Tools.flattener = Flattener(templates=TemplatesAsked(is_asked))
    told, templates = [], TemplatesTold()
    with tempfile.TemporaryDirectory() as held:
        rows = Path(held)
        writer = PieceWriter(rows)
        for chunk in chunks:
            table, found = work.flattened(chunk)
            told.append(found)
            writer.add(chunk.number, table)
        writer.flush()
        again = partial(_line_again, chunks)
        places = tuple(places_of(chunks, told))
        templates.taken_out(told)
        assembler = Assembler(dict(templates.by_mark()), places, {}, "us_ipledge", again)
        by_columns, lines = FactsOfRows(assembler, with_fields=False), []
        shards, opened = cut_into_shards(rows, Limits(512, 1)), OpenPieces(rows)
        for shard in shards:
            table = by_columns.read(rows_of(rows, shard, opened)).table
            for patient, facts in narrow_patients(table, FACTS, index):
                lines.append([patient, *answers(facts, index.toordinal())])
        Path(out).write_bytes(msgspec.json.Encoder().encode_lines(lines))


def _line_again(chunks: Any, number: int, line: int) -> bytes | None:
    return line_of(chunks[number], line)


if __name__ == "__main__":
    main(*sys.argv[1:])
