"""What does one worker do: read a piece of a file, or judge a run of patients?

Every function here is called in a process of its own and writes its own files, whole or not at all.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections import Counter
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from isovigil.exchange.bulk.assembling import Assembler, Place
from isovigil.exchange.bulk.case_files import read_case_file
from isovigil.exchange.bulk.declared_tables import FACTS
from isovigil.exchange.bulk.fact_rows import FactReader
from isovigil.exchange.bulk.flatten import Flattener
from isovigil.exchange.bulk.input_files import Chunk, InputFile
from isovigil.exchange.bulk.lines import line_of
from isovigil.exchange.bulk.sorting import Shard, rows_of, runs_in
from isovigil.exchange.bulk.table_files import part_name, write_part, write_whole
from isovigil.exchange.fhir.intake import Entry, take_in
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.law.rulebook import Rulebook
from isovigil.usecases.population_judged import Asked
from isovigil.usecases.population_rules import RulesAsOf
from isovigil.usecases.population_shard import Judged, counted, judge_cases, judge_read, judge_stored


class Judging(NamedTuple):
    """What every worker that judges has to know."""

    out: str
    asked: Asked
    rules_as_of: date | None
    overlay: str | None = None
    rows: str | None = None
    """The sorted rows; None where the fact store or case files are judged."""
    shared: str | None = None
    templates: tuple[tuple[int, str], ...] = ()
    places: tuple[Place, ...] = ()
    chunks: tuple[Chunk, ...] = ()


class _Tools:
    """What a worker makes once and keeps."""

    flattener: Flattener
    judging: Judging
    law: Rulebook
    assembler: Assembler
    reader: FactReader


def prepare_reading(is_fast: bool) -> None:
    """Make a worker ready to read."""
    _Tools.flattener = Flattener(is_fast=is_fast)


def read_chunk(chunk: Chunk, parts: str) -> dict[str, Any]:
    """Read one piece of a file into rows, and say what was found."""
    flat = _Tools.flattener.flatten(chunk)
    write_whole(Path(parts) / part_name(chunk.number), flat.table)
    return {
        "lines": flat.lines,
        "fast": flat.fast,
        "strict": flat.strict,
        "unread": [[kind, says, count] for (kind, says), count in flat.unread.items()],
        "templates": [[mark, text] for mark, text in flat.templates.items()],
        "broken": None if flat.broken is None else list(flat.broken),
    }


def prepare_judging(judging: Judging) -> None:
    """Make a worker ready to judge."""
    law: Rulebook = load_rulebook(None if judging.overlay is None else Path(judging.overlay))
    _Tools.judging = judging
    _Tools.law = law if judging.rules_as_of is None else RulesAsOf(law, judging.rules_as_of)
    _Tools.reader = FactReader()
    _Tools.assembler = Assembler(
        dict(judging.templates),
        judging.places,
        _shared(judging),
        judging.asked.programme,
        partial(_line_again, judging.chunks),
    )
    gc.collect()
    gc.freeze()


def _line_again(chunks: tuple[Chunk, ...], number: int, line: int) -> bytes | None:
    return line_of(chunks[number], line)


def _shared(judging: Judging) -> dict[str, Entry]:
    """The resources that others refer to, by type and id."""
    import pyarrow.parquet as pq

    if judging.shared is None:
        return {}
    found = {}
    table = pq.read_table(judging.shared, columns=["raw"])
    for raw in table.column("raw").to_pylist():
        for entry in take_in(raw).entries if raw is not None else ():
            kind = str(entry.resource.__struct_config__.tag)
            found[f"{kind}/{entry.resource.id}"] = entry
    return found


def judge_rows(shard: Shard) -> dict[str, Any]:
    """Judge one run of patients of the sorted rows."""
    judging = _Tools.judging
    assert judging.rows is not None  # said by whoever calls for rows
    runs = runs_in(rows_of(Path(judging.rows), shard))
    judged = judge_read(runs, _Tools.assembler, _Tools.law, judging.asked)
    return _written(shard.number, shard.patients, judged)


def judge_nobodys(number: int, path: str) -> dict[str, Any]:
    """Tell of the lines of which it is not known whom they are about."""
    import pyarrow.parquet as pq

    judged = Judged({"problems": []}, Counter(), Counter())
    with pq.ParquetFile(path) as opened:
        for batch in opened.iter_batches(batch_size=1000):
            names = [name for name in batch.schema.names if name != "patient"]
            rows = zip(*(batch.column(name).to_pylist() for name in names), strict=True)
            found = _Tools.assembler.assemble("", rows)
            judged.unread.update(found.unread)
            judged.rows["problems"].extend((None, *problem) for problem in found.problems)
    write_part(Path(_Tools.judging.out), "problems", part_name(number), judged.rows["problems"])
    counts = Counter({"rows problems": len(judged.rows["problems"])})
    counts.update(f"problem {row[1]}" for row in judged.rows["problems"])
    return _told(0, judged._replace(counts=counts))


def judge_store(number: int, path: str) -> dict[str, Any]:
    """Judge one file of a fact store."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    patients = sum(1 for kind in table.column("kind").to_pylist() if kind == "patient")
    judged = judge_stored(runs_in(table), _Tools.reader, _Tools.law, _Tools.judging.asked)
    out = Path(_Tools.judging.out) / FACTS.name / part_name(number)
    shutil.copyfile(path, out)
    return _written(number, patients, judged, leave=frozenset({FACTS.name, "problems"}))


def judge_files(number: int, files: tuple[InputFile, ...]) -> dict[str, Any]:
    """Judge some case files. One that cannot be read is told, and the others are judged."""
    asked = _Tools.judging.asked
    read = [read_case_file(file, asked.programme) for file in files]
    cases = [stored for each in read for stored in each.patients]
    judged = judge_cases(cases, _Tools.law, asked)
    judged.rows["problems"].extend((whose, *problem) for each in read for whose, problem in each.problems)
    return _written(number, len(cases), judged._replace(counts=counted(judged.rows)))


def _written(
    number: int, patients: int, judged: Judged, leave: frozenset[str] = frozenset()
) -> dict[str, Any]:
    out = Path(_Tools.judging.out)
    for name, rows in judged.rows.items():
        if name != "unread" and name not in leave:
            write_part(out, name, part_name(number), rows)
    return _told(patients, judged)


def _told(patients: int, judged: Judged) -> dict[str, Any]:
    return {
        "patients": patients,
        "counts": dict(judged.counts),
        "unread": [[kind, says, count] for (kind, says), count in judged.unread.items()],
    }


def cores() -> int:
    """How many processes this machine runs at a time."""
    return len(os.sched_getaffinity(0))
