"""What does one worker do: read a piece of a file, or judge a run of patients?

Every function here is called in a process of its own and writes its own files, whole or not at all.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from isovigil.exchange.bulk.assembling import Assembler, Place
from isovigil.exchange.bulk.case_files import TwiceNamed, not_judged_twice, read_case_file
from isovigil.exchange.bulk.declared_tables import FACTS, INDICATORS, PROBLEMS, UNREAD
from isovigil.exchange.bulk.fact_columns import FactColumns
from isovigil.exchange.bulk.fact_reader import FactReader, read_facts
from isovigil.exchange.bulk.facts_of_rows import FactsOfRows
from isovigil.exchange.bulk.flatten import Flattener
from isovigil.exchange.bulk.input_files import Chunk, InputFile
from isovigil.exchange.bulk.lines import line_of
from isovigil.exchange.bulk.narrow_facts import has_plain_columns
from isovigil.exchange.bulk.rows_as_resources import Row
from isovigil.exchange.bulk.shards import Shard, rows_of
from isovigil.exchange.bulk.sorted_pieces import OpenPieces, PieceWriter, rows_apart
from isovigil.exchange.bulk.table_files import part_name, write_columns, write_facts, write_part
from isovigil.exchange.bulk.table_words import TableWords
from isovigil.exchange.fhir.intake import Entry, take_in
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.law.rulebook import Rulebook
from isovigil.usecases.population_judged import Asked
from isovigil.usecases.population_rules import RulesAsOf
from isovigil.usecases.population_shard import (
    Judged,
    counted,
    counted_problems,
    judge_cases,
    judge_read,
    judge_stored,
)

if TYPE_CHECKING:
    import pyarrow as pa


_TOGETHER: Final = 1_000
"""So many lines that are nobody's are looked at together."""
_OF_THE_WHOLE = frozenset({UNREAD.name, INDICATORS.name})
"""Tables that only all workers together can write."""


class Judging(NamedTuple):
    """What every worker that judges has to know."""

    out: str
    asked: Asked
    rules_as_of: date | None
    overlay: str | None = None
    rows: str | None = None
    """The folder of the sorted pieces; None where the fact store or case files are judged."""
    shared: str | None = None
    templates: tuple[tuple[int, str], ...] = ()
    places: tuple[Place, ...] = ()
    chunks: tuple[Chunk, ...] = ()


class _Tools:
    """What a worker makes once and keeps, also for the next piece."""

    is_fast: bool | None = None
    made_for: Judging | None = None

    flattener: Flattener | None
    judging: Judging
    law: Rulebook
    assembler: Assembler
    reader: FactReader
    facts_of_rows: FactsOfRows
    pieces: OpenPieces | None
    words: TableWords


def prepare_reading(is_fast: bool) -> None:
    """Make a worker ready to read."""
    if _Tools.is_fast is not is_fast:
        _Tools.flattener = Flattener(is_fast=is_fast)
        _Tools.is_fast = is_fast
        gc.collect()
        gc.freeze()


def flattened(chunk: Chunk) -> tuple[pa.Table, dict[str, Any]]:
    """The rows of one piece of a file, and what was found."""
    assert _Tools.flattener is not None  # whoever reads was made ready for it
    flat = _Tools.flattener.flatten(chunk)
    return flat.table, {
        "lines": flat.lines,
        "fast": flat.fast,
        "strict": flat.strict,
        "unread": [[kind, says, count] for (kind, says), count in flat.unread.items()],
        "templates": [[mark, text] for mark, text in flat.templates.items()],
        "broken": None if flat.broken is None else list(flat.broken),
    }


_ALL_BUT_THE_OLDEST: Final = 1
"""The generation up to which Python looks for cycles, so that it passes over what a worker keeps."""


@contextmanager
def no_collections() -> Iterator[None]:
    """Work on one piece, during which no cyclic garbage is looked for; that comes once, at its end.

    What is made for a patient is dropped with the patient, so there are hardly any cycles, and a piece is
    small. In the midst of it Python would go through thousands of facts again and again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
            gc.collect(_ALL_BUT_THE_OLDEST)


@no_collections()
def read_chunks(chunks: Sequence[Chunk], pieces: str) -> list[dict[str, Any]]:
    """Read some pieces of files, one after the other, into sorted rows; say what was found in each."""
    writer, told = PieceWriter(Path(pieces)), []
    for chunk in chunks:
        table, found = flattened(chunk)
        writer.add(chunk.number, table)
        told.append(found)
    writer.flush()
    return told


def prepare_judging(judging: Judging) -> None:
    """Make a worker ready to judge."""
    if _Tools.made_for == judging:
        return
    _Tools.flattener, _Tools.is_fast = None, None  # what was learned of lines is not needed any more
    law: Rulebook = load_rulebook(None if judging.overlay is None else Path(judging.overlay))
    _Tools.judging = judging
    _Tools.law = law if judging.rules_as_of is None else RulesAsOf(law, judging.rules_as_of)
    _Tools.reader = FactReader()
    _Tools.words = TableWords()
    _Tools.assembler = Assembler(
        dict(judging.templates),
        judging.places,
        _shared(judging),
        judging.asked.programme,
        partial(_line_again, judging.chunks),
    )
    _Tools.facts_of_rows = FactsOfRows(_Tools.assembler)
    _Tools.pieces = None if judging.rows is None else OpenPieces(Path(judging.rows))
    _Tools.made_for = judging
    gc.unfreeze()  # reading is over
    gc.collect()
    gc.freeze()


def _line_again(chunks: tuple[Chunk, ...], number: int, line: int) -> bytes | None:
    return line_of(chunks[number], line)


def _shared(judging: Judging) -> dict[str, Entry]:
    """The resources that others refer to, by type and id."""
    if judging.shared is None:
        return {}
    found = {}
    for row in rows_apart(Path(judging.shared)):
        raw = Row(*row).raw
        for entry in take_in(raw).entries if raw is not None else ():
            kind = str(entry.resource.__struct_config__.tag)
            found[f"{kind}/{entry.resource.id}"] = entry
    return found


@no_collections()
def judge_rows(shard: Shard) -> dict[str, Any]:
    """Judge one run of patients with their rows, merged out of the sorted pieces."""
    rows = _Tools.judging.rows
    assert rows is not None  # said by whoever calls for rows
    read = _Tools.facts_of_rows.read(rows_of(Path(rows), shard, _Tools.pieces))
    judged = judge_read(read, _Tools.law, _Tools.judging.asked, _Tools.words)
    return _written(shard.number, len(judged.rows["patients"]), judged)


@no_collections()
def judged_nobodys(path: str) -> Judged:
    """What has to be told of the lines of which it is not known whom they are about."""
    judged = Judged({PROBLEMS.name: []}, Counter(), Counter(), {})
    problems = judged.rows[PROBLEMS.name]
    rows = rows_apart(Path(path))
    while some := list(islice(rows, _TOGETHER)):
        found = _Tools.assembler.assemble("", some)
        judged.unread.update(found.unread)
        problems.extend((None, *problem) for problem in found.problems)
    judged.counts.update(counted_problems(problems))
    return judged


def judge_nobodys(number: int, path: str) -> dict[str, Any]:
    """Tell of the lines of which it is not known whom they are about."""
    return _written(number, 0, judged_nobodys(path))


def judged_store(file: InputFile) -> tuple[int, Judged]:
    """The patients of one file of a fact store, judged; the file's rows stay as they are."""
    table = read_facts(Path(file.path))
    judged = judge_stored(_Tools.reader.patients(table), _Tools.law, _Tools.judging.asked, _Tools.words)
    judged.counts[f"rows {FACTS.name}"] = table.num_rows
    return len(judged.rows["patients"]), judged


@no_collections()
def judge_store(number: int, file: InputFile) -> dict[str, Any]:
    """Judge one file of a fact store. What was told of the input is still true, and comes along."""
    patients, judged = judged_store(file)
    out = Path(_Tools.judging.out)
    _keep_facts(Path(file.path), out, part_name(number))
    if number == 0:
        judged.counts.update(_problems_kept(Path(file.path).parents[1], out))
    return _written(number, patients, judged, leave=frozenset({PROBLEMS.name}))


def _keep_facts(path: Path, out: Path, part: str) -> None:
    """The facts of a store as they are; those that an earlier version wrote, with today's columns."""
    if has_plain_columns(path):
        shutil.copyfile(path, out / FACTS.name / part)
        return
    columns = FactColumns()
    for stored in FactReader().patients(read_facts(path)):
        columns.add(stored)
    write_facts(out, part, columns.table())


def _problems_kept(before: Path, out: Path) -> Counter[str]:
    """The problems that an earlier run told of the input, kept with those who are judged again."""
    import pyarrow.parquet as pq

    counts: Counter[str] = Counter()
    for part in sorted((before / PROBLEMS.name).glob("*.parquet")):
        shutil.copyfile(part, out / PROBLEMS.name / part.name)
        columns = pq.read_table(part).columns
        counts.update(counted_problems(list(zip(*(each.to_pylist() for each in columns), strict=True))))
    return counts


def judged_files(files: Sequence[InputFile], twice: TwiceNamed) -> tuple[int, Judged, list[list[str]]]:
    """The patients of some case files, and whom each file names. One that cannot be read is told, and the
    others are judged; so is everybody but those named `twice`.
    """
    asked = _Tools.judging.asked
    read = [read_case_file(file, asked.programme) for file in files]
    named = [[stored.patient, file.name]
             for file, each in zip(files, read, strict=True) for stored in each.patients]  # fmt: skip
    read = [not_judged_twice(each, file, twice) for file, each in zip(files, read, strict=True)]
    cases = [stored for each in read for stored in each.patients]
    judged = judge_cases(cases, _Tools.law, asked, _Tools.words)
    judged.rows[PROBLEMS.name].extend((whose, *problem) for each in read for whose, problem in each.problems)
    return len(cases), judged._replace(counts=counted(judged)), named


@no_collections()
def judge_files(number: int, files: Sequence[InputFile], twice: TwiceNamed | None = None) -> dict[str, Any]:
    """Judge some case files."""
    patients, judged, named = judged_files(files, twice or {})
    return {**_written(number, patients, judged), "number": number, "named": named}


def _written(
    number: int, patients: int, judged: Judged, leave: frozenset[str] = frozenset()
) -> dict[str, Any]:
    out = Path(_Tools.judging.out)
    for name, rows in judged.rows.items():
        if name not in _OF_THE_WHOLE and name not in leave:
            write_part(out, name, part_name(number), rows)
    for name, columns in judged.columns.items():
        write_columns(out, name, part_name(number), columns)
    if judged.facts is not None:
        write_facts(out, part_name(number), judged.facts)
    return told(patients, judged)


def told(patients: int, judged: Judged) -> dict[str, Any]:
    """What a piece of work leaves behind beside its rows."""
    return {
        "patients": patients,
        "counts": dict(judged.counts),
        "unread": [[kind, says, count] for (kind, says), count in judged.unread.items()],
        "indicators": [[*key, totals.as_values()] for key, totals in judged.audit.items()],
    }


def cores() -> int:
    """How many processes this machine runs at a time."""
    return len(os.sched_getaffinity(0))
