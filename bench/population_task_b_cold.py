"""What does Task B cost from the bytes of an export to its written answers?

A run of its own, as somebody would run it who wants the twelve answers and nothing else: files of types that
it does not ask for are not read, and lines whose template holds no code that it asks for make no rows, as the
peers' retrieves and the comparison's own prototype do it. What the templates make is
worked out in the run. Every answer is held against the plain rules over the facts of the whole case by
`population_speed.py`.
"""

from __future__ import annotations

import gc
import pickle
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import cache
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow as pa
from population_task_b import WANTED, Answer, task_b
from templates_asked import TemplatesAsked

from isovigil.batch import work
from isovigil.batch.local_engine import TemplatesTold, chunks_together, places_of
from isovigil.exchange.bulk.assembling import Assembler
from isovigil.exchange.bulk.facts_of_rows import FactsOfRows
from isovigil.exchange.bulk.flatten import Flattener
from isovigil.exchange.bulk.input_files import Chunk, chunks_of, survey
from isovigil.exchange.bulk.lines import line_of
from isovigil.exchange.bulk.narrow_facts import narrow_patients
from isovigil.exchange.bulk.shards import Limits, Shard, cut_into_shards, rows_of
from isovigil.exchange.bulk.sorted_pieces import OpenPieces, PieceWriter
from isovigil.exchange.fhir.code_tables import code_tables

STEPS: Final = ("reading b", "sorting b", "rows as a table", "facts as columns", "narrow facts", "task B")
_TEXTS: Final = re.compile('"([^"]*)"')
_NOT_ASKED: Final = ("Encounter", "Consent")
"""Types of which no row makes a fact that the task asks for."""
_LEARNED: Final = "learned.pickle"


@contextmanager
def timed(into: dict[str, float], name: str) -> Iterator[None]:
    """Add the processor seconds of some work."""
    began = time.process_time()
    yield
    into[name] = into.get(name, 0.0) + time.process_time() - began


@cache
def codes_asked() -> frozenset[str]:
    """Every code that is read as what the task asks for; our own ones, too."""
    found = {kind.replace("_", "-") for kind in WANTED}
    for table in code_tables().values():
        for row in table.codes:
            what = WANTED.get(row.reads, frozenset())
            if what is None or row.analyte in what or row.tool in what:
                found.add(row.code)
    return frozenset(found)


def is_asked(template: str) -> bool:
    """May rows of a template of an Observation make a fact that the task asks for?"""
    return not codes_asked().isdisjoint(_TEXTS.findall(template))


def chunks_asked(folder: Path) -> list[Chunk]:
    """The chunks of an export without the files of types that are not asked for, as these name them."""
    files = survey(str(folder)).files
    asked = [file for file in files if Path(file.name).name.partition(".")[0] not in _NOT_ASKED]
    return chunks_of(tuple(asked))


class _Tools:
    """What a process makes once and keeps."""

    flattener: Flattener
    by_columns: FactsOfRows
    opened: OpenPieces
    made_for: Path | None = None


def make_ready(chunk: Chunk) -> None:
    """Import whatever is imported at its first use, so that it counts for no step."""
    pa.array([""])  # Arrow looks for pandas then, and imports it where it is installed
    Flattener().flatten(chunk)
    _Tools.flattener = Flattener(templates=TemplatesAsked(is_asked))
    gc.collect()
    gc.freeze()  # as every worker does once it is ready


@work.no_collections()
def read_asked(some: Sequence[Chunk], rows: Path) -> list[dict[str, Any]]:
    """Read some chunks into sorted rows, without those that cannot matter; what was found in each."""
    writer, told = PieceWriter(rows), []
    for chunk in some:
        flat = _Tools.flattener.flatten(chunk)
        told.append({"lines": flat.lines, "templates": list(flat.templates.items())})
        writer.add(chunk.number, flat.table)
    writer.flush()
    return told


def learned(chunks: Sequence[Chunk], told: list[dict[str, Any]], rows: Path) -> None:
    """Keep beside the rows what every process has to know that answers."""
    templates = TemplatesTold()
    places = tuple(places_of(chunks, told))
    templates.taken_out(told)
    (rows / _LEARNED).write_bytes(pickle.dumps((dict(templates.by_mark()), places, tuple(chunks))))


def begin_answering(rows: Path, first: Shard) -> None:
    """Make what is made once for all shards, in a process that has none of it yet."""
    if _Tools.made_for == rows:
        return
    templates, places, chunks = pickle.loads((rows / _LEARNED).read_bytes())
    assembler = Assembler(templates, places, {}, "us_ipledge", lambda at, line: line_of(chunks[at], line))
    _Tools.by_columns = FactsOfRows(assembler, with_fields=False)
    _Tools.opened = OpenPieces(rows)
    _Tools.by_columns.read(rows_of(rows, first, _Tools.opened).slice(0, 0))
    _Tools.made_for = rows


@work.no_collections()
def answer_shard(rows: Path, shard: Shard, scratch: Path, on: date) -> dict[str, float]:
    """Write the answers about everybody in a shard; the processor seconds of each step."""
    spent: dict[str, float] = {}
    begin_answering(rows, shard)
    with timed(spent, "rows as a table"):
        table = rows_of(rows, shard, _Tools.opened)
    with timed(spent, "facts as columns"):
        facts = _Tools.by_columns.read(table).table
    with timed(spent, "narrow facts"):
        people = list(narrow_patients(facts, WANTED, on))
    with timed(spent, "task B"):
        told = [(each.patient, task_b(each.facts, on.toordinal())) for each in people]
        write_answers(scratch / f"cold{shard.number}.ndjson", told)
        del people, told
    return spent


def task_b_from_bytes(folder: Path, scratch: Path, on: date) -> dict[str, float]:
    """The processor seconds of each step to the written answers about every patient (`written_answers`)."""
    spent: dict[str, float] = {}
    chunks, rows = chunks_asked(folder), scratch / "asked"
    make_ready(chunks[0])
    with timed(spent, "reading b"):
        told = [each for some in chunks_together(chunks) for each in read_asked(some, rows)]
    with timed(spent, "sorting b"):
        shards = cut_into_shards(rows, Limits(512, 1))
    learned(chunks, told, rows)
    begin_answering(rows, shards[0])
    for shard in shards:
        for step, seconds in answer_shard(rows, shard, scratch, on).items():
            spent[step] = spent.get(step, 0.0) + seconds
    return spent


def task_b_by_processes(folder: Path, scratch: Path, on: date, workers: int) -> float:
    """Seconds by the clock from the bytes to the written answers, by several processes that are ready."""
    chunks, rows = chunks_asked(folder), scratch / "asked"
    with ProcessPoolExecutor(workers, get_context("spawn"), make_ready, (chunks[0],)) as pool:
        list(pool.map(time.sleep, [1.0] * workers))  # so that every process is there
        make_ready(chunks[0])  # this one too
        began = time.perf_counter()
        read = pool.map(read_asked, chunks_together(chunks), repeat(rows))
        told = [each for several in read for each in several]
        shards = cut_into_shards(rows, Limits(512, 1))
        learned(chunks, told, rows)
        list(pool.map(answer_shard, repeat(rows), shards, repeat(scratch), repeat(on)))
        return time.perf_counter() - began


def write_answers(path: Path, answers: Sequence[Any]) -> None:
    """Each patient's answers as a line: status, value and evidence of every rule."""
    path.write_bytes(msgspec.json.Encoder().encode_lines(answers))


def written_answers(scratch: Path) -> dict[str, list[Answer]]:
    """What was written about every patient."""
    decode = msgspec.json.Decoder(tuple[str, list[Answer]]).decode_lines
    return {
        patient: own for path in scratch.glob("cold*.ndjson") for patient, own in decode(path.read_bytes())
    }
