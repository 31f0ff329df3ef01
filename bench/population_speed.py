"""How fast is a whole population judged, beside the least that reading the same bytes can cost?

Run: .venv/bin/python bench/population_speed.py [PATIENTS ...]   (default: 2000 20000; each step on one core)

Prints ratios to the floor query of the same run on the same files: DuckDB reading exactly what the task
reads and keeping nothing (`parse_floor.py`). Steps are measured in processor time of one core, so that
neighbours disturb less. Making the people counts nowhere. Each figure stands beside what it is held to.
Whole runs on all cores, and their memory: bench/population_by_the_clock.py. How people's answers stand
beside CQL engines: bench/population_peers.py.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent))

from parse_floor import FULL_REVIEW, TASK_B, TIMES, floor
from population_task_b import WANTED, Answer, task_b
from population_task_b_cold import STEPS as COLD
from population_task_b_cold import (
    task_b_from_bytes,
    timed,
    write_answers,
    written_answers,
)
from population_task_b_plain import plain_task_b

from isovigil.batch import work
from isovigil.batch.local_engine import chunks_together
from isovigil.decisions.replay import replay
from isovigil.exchange.bulk.assembling import Place
from isovigil.exchange.bulk.fact_reader import FactReader, read_facts
from isovigil.exchange.bulk.fact_rows import StoredPatient
from isovigil.exchange.bulk.input_files import chunks_of, survey
from isovigil.exchange.bulk.narrow_facts import narrow_patients, read_narrow
from isovigil.exchange.bulk.shards import Limits, cut_into_shards, rows_of
from isovigil.exchange.bulk.table_files import part_name, write_columns, write_facts, write_part
from isovigil.synthetic_nation.nation import Nation, write_nation
from isovigil.usecases import population_judged
from isovigil.usecases.population_judged import Asked, judge_patient
from isovigil.usecases.population_shard import nothing_collected

ON = date(2025, 6, 30)
ASKED = Asked(ON, "us_ipledge", "balanced", with_replay=False)
Result = TypeVar("Result")
REPLAYED = 300
"""So many patients are enough to tell what replaying one costs."""
A_COMMON_SIZE = 20_000
"""The size at which the comparison with other engines was made whose ratios are held to."""
STEPS = (
    "reading", "sorting", "rows of a shard", "columns of facts", "storing", "whole facts", "review", "tables",
)  # fmt: skip


FLOOR, FLOOR_OF_B = "parse floor of the review", "parse floor of Task B"


def prepared(folder: Path, scratch: Path, spent: dict[str, float]) -> tuple[Path, list[Any]]:
    """The sorted pieces of an export, and their shards, with a worker ready to judge them."""
    chunks = chunks_of(survey(str(folder)).files)
    work.prepare_reading(True)
    work.flattened(chunks[0])
    rows = scratch / "pieces"
    with timed(spent, "reading"):
        told = [each for some in chunks_together(chunks) for each in work.read_chunks(some, str(rows))]
    with timed(spent, "sorting"):
        shards = cut_into_shards(rows, Limits(512, 1))
    templates = {mark: text for each in told for mark, text in each["templates"]}
    places = tuple(Place(chunk.file.name, 0) for chunk in chunks)
    work.prepare_judging(
        work.Judging(str(scratch), ASKED, None, None, str(rows), None, tuple(templates.items()), places)
    )
    return rows, shards


def one_core(folder: Path, scratch: Path) -> dict[str, float]:
    """Processor seconds of each step on one core, from the bytes to written results.

    Task B, the full review and what is read from the fact store again each have a process of their own, as
    whoever runs one of them alone has. Of Task B the best of three times counts, as of the floors; the full
    review, which takes a quarter of a minute, is done once.
    """
    spent = {FLOOR_OF_B: alone(floor, folder, TASK_B), FLOOR: alone(floor, folder, FULL_REVIEW)}
    colds = [alone(task_b_from_bytes, folder, scratch, ON) for _ in range(TIMES)]
    cold = min(colds, key=lambda steps: sum(steps.values()))
    return spent | cold | alone(reviewed_in_full, folder, scratch) | alone(warm, scratch)


def alone(do: Callable[..., Result], *given: Any) -> Result:
    """What a function makes of something in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(do, *given).result()


def reviewed_in_full(folder: Path, scratch: Path) -> dict[str, float]:
    """Processor seconds of each step to the written tables of everybody's review, without past acts."""
    spent: dict[str, float] = {"patients": 0, "replayed": 0}
    rows, shards = prepared(folder, scratch, spent)
    for shard in shards:
        with work.no_collections():
            with timed(spent, "rows of a shard"):
                table = rows_of(rows, shard, work._Tools.pieces)
            with timed(spent, "columns of facts"):
                read = work._Tools.facts_of_rows.read(table)
            with timed(spent, "storing"):
                write_facts(scratch, part_name(shard.number), read.table)
            with timed(spent, "whole facts"):
                stored = list(read.patients())
            judged(scratch, shard.number, stored, spent)
            spent["patients"] += len(stored)
            del table, read, stored
    return spent


def held_against_whole_facts(stored: StoredPatient, answers: dict[str, list[Answer]]) -> None:
    """Stop where any answer over columns is not that of the plain rules over the facts of the case."""
    own = answers.pop(stored.patient, None)
    expected = None if stored.case is None else plain_task_b(stored.case, ON)
    if expected is not None and own != expected:
        raise SystemExit(f"Task B differs for {stored.patient}: {own} over columns, {expected} over facts.")


def judged(scratch: Path, number: int, stored: Sequence[StoredPatient], spent: dict[str, float]) -> None:
    """The review of each patient, the tables made of it, and a replay of the first few patients."""
    law, into = work._Tools.law, nothing_collected(work._Tools.words)
    began, before = time.process_time(), spent.get("review", 0.0)
    with each_call_timed(spent, "review_with_its_course", "review"):
        for each in stored:
            judge_patient(each, law, ASKED, into)
    for name in ("patients", "verdicts", "tasks", "courses", "problems"):
        write_part(scratch, name, part_name(number), into.rows[name])
    for name, columns in (("findings", into.findings), ("laboratory", into.laboratory)):
        write_columns(scratch, name, part_name(number), columns)
    reviewed = spent.get("review", 0.0) - before
    spent["tables"] = spent.get("tables", 0.0) + time.process_time() - began - reviewed
    again = stored[: max(REPLAYED - int(spent["replayed"]), 0)]
    with timed(spent, "replay"):
        for each in again:
            if each.case is not None:
                known_by = population_judged._chart(each.case, ON).known_by
                replay(each.case, law, known_by, programme="us_ipledge", policy="balanced")
    spent["replayed"] += len(again)


@contextmanager
def each_call_timed(spent: dict[str, float], function: str, name: str) -> Iterator[None]:
    """Count what one function of the judging spends, while the rest goes on around it."""
    asked: Callable[..., Any] = getattr(population_judged, function)

    def clocked(*given: Any, **more: Any) -> Any:
        with timed(spent, name):
            return asked(*given, **more)

    setattr(population_judged, function, clocked)
    try:
        yield
    finally:
        setattr(population_judged, function, asked)


def warm(scratch: Path) -> dict[str, float]:
    """Processor seconds from the fact store: whole facts, and Task B with its answers written.

    Stops where the answers that were made cold are not those of the plain rules over the stored cases.
    """
    parts = sorted((scratch / "facts").glob("*.parquet"))

    def whole_facts() -> None:
        reader = FactReader()
        for part in parts:
            with work.no_collections():
                for _ in reader.patients(read_facts(part)):
                    pass

    def twelve_rules() -> None:
        for at, part in enumerate(parts):
            with work.no_collections():
                people = narrow_patients(read_narrow(part), WANTED, ON)
                answers = [(each.patient, task_b(each.facts, ON.toordinal())) for each in people]
                write_answers(scratch / f"warm{at}.ndjson", answers)
                del answers

    spent = {"warm task B": best_of_three(twelve_rules), "warm facts": best_of_three(whole_facts)}
    reader, cold = FactReader(), written_answers(scratch)
    for part in parts:
        for stored in reader.patients(read_facts(part)):
            held_against_whole_facts(stored, cold)
    if cold:
        raise SystemExit(f"Task B answers about {sorted(cold)[:5]}, of whom nothing is stored.")
    return spent


def best_of_three(do: Callable[[], None]) -> float:
    """Processor seconds of the quickest of three times."""
    spent: dict[str, float] = {}
    for again in range(3):
        with timed(spent, str(again)):
            do()
    return min(spent.values())


def shown(spent: dict[str, float], size: int) -> None:
    """Print each step beside the floor, and what it is held to."""
    patients = spent["patients"]

    def in_us(name: str) -> float:
        return spent[name] / patients * 1e6

    task = sum(spent[name] for name in COLD) / spent[FLOOR_OF_B]
    full = sum(spent[name] for name in STEPS) / spent[FLOOR]
    rate = patients / spent["warm task B"]
    replayed = spent["replay"] / max(spent["replayed"], 1) * 1e6
    print(
        f"\n{int(patients):,} patients, {size / 1e6:,.0f} MB, {size / patients / 1e3:.0f} kB each, one core"
    )
    for parse, names in ((FLOOR, (*STEPS, "warm facts")), (FLOOR_OF_B, (*COLD, "warm task B"))):
        for name in (parse, *names):
            times = spent[name] / spent[parse]
            print(f"  {name:32s}  {in_us(name):8.0f} us a patient  ({times:.2f} x floor)")
    rows = [
        ("Task B, bytes to written answers", task, "x floor", 2.5, task <= 2.5),
        ("full review, bytes to written tables", full, "x floor", 6.0, full <= 6.0),
        ("warm Task B", rate, "patients/s/core", 15_000, rate >= 15_000),
        ("full review's own cost", in_us("review"), "us a patient", 150, in_us("review") <= 150),
        ("replay of all past acts, apart", replayed, "us a patient", None, True),
    ]
    for name, value, unit, bar, is_kept in rows:
        told = "" if bar is None else f"  (held to {bar:,}: {'kept' if is_kept else 'NOT kept'})"
        print(f"  {name:38s} {value:10,.1f} {unit}{told}")
    print("  Every answer of Task B is the one that the plain rules give over the facts of the case.")


def steps(sizes: Sequence[int], workers: int) -> None:
    """Each step on one core."""
    with tempfile.TemporaryDirectory() as held:
        for size in sizes:
            folder, scratch = Path(held) / f"nation{size}", Path(held) / "scratch"
            made(size, folder, workers)
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            spent = one_core(folder, scratch)
            shown(spent, sum(file.stat().st_size for file in folder.glob("*.ndjson")))
            shutil.rmtree(folder)


def made(size: int, folder: Path, workers: int) -> None:
    for _ in write_nation(Nation(size, 1, ON), folder, workers):
        pass


def main() -> None:
    """Measure and print."""
    sizes = [int(each) for each in sys.argv[1:]]
    workers = len(os.sched_getaffinity(0))
    steps(sizes or (2_000, A_COMMON_SIZE), workers)


if __name__ == "__main__":
    main()
