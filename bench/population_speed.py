"""How fast is a whole population judged, beside the least that reading the same bytes can cost?

Run: .venv/bin/python bench/population_speed.py [PATIENTS ...]      (default: 500 2000)
     .venv/bin/python bench/population_speed.py 1000 10000 100000   (the whole measurement; hours with replay)

Prints ratios to the floor query of the same run on the same files: DuckDB reading the same columns and
keeping nothing. Everything is measured in processor time of one core, so that neighbours disturb less; the
last table is wall-clock time with a process a core. Each figure stands beside what it is held to.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent))

from population_task_b import task_b

from isovigil.batch import work
from isovigil.exchange.bulk.assembling import Place
from isovigil.exchange.bulk.fact_rows import FactReader, rows_of_case
from isovigil.exchange.bulk.input_files import chunks_of, survey
from isovigil.exchange.bulk.sorting import Limits, rows_of, runs_in, shards_of, sort_rows
from isovigil.exchange.bulk.table_files import part_name, write_part
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.synthetic_nation.nation import Nation, write_nation
from isovigil.usecases.population_judged import Asked, judge_patient
from isovigil.usecases.population_shard import _no_rows, stored_of

ON = date(2025, 6, 30)
ASKED = Asked(ON, "us_ipledge", "balanced")
REPLAYED = 300
"""So many patients are enough to tell what replaying one costs."""
_COMMAND = "from isovigil.cli import main; main()"
FLOORS = {
    "Patient": "id: 'VARCHAR', birthDate: 'VARCHAR', gender: 'VARCHAR'",
    "Condition": "id: 'VARCHAR', subject: 'STRUCT(reference VARCHAR)', onsetDateTime: 'VARCHAR', "
    "code: 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR)[])'",
    "Consent": "id: 'VARCHAR', patient: 'STRUCT(reference VARCHAR)', dateTime: 'VARCHAR', status: 'VARCHAR'",
    "Encounter": "id: 'VARCHAR', subject: 'STRUCT(reference VARCHAR)', status: 'VARCHAR', "
    "period: 'STRUCT(\"start\" VARCHAR)'",
    "MedicationDispense": "id: 'VARCHAR', status: 'VARCHAR', subject: 'STRUCT(reference VARCHAR)', "
    "whenHandedOver: 'VARCHAR', daysSupply: 'STRUCT(\"value\" DOUBLE)'",
    "MedicationRequest": "id: 'VARCHAR', status: 'VARCHAR', subject: 'STRUCT(reference VARCHAR)', "
    "authoredOn: 'VARCHAR', "
    "medicationCodeableConcept: 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR)[])'",
    "MedicationStatement": "id: 'VARCHAR', status: 'VARCHAR', subject: 'STRUCT(reference VARCHAR)'",
    "Observation": "id: 'VARCHAR', status: 'VARCHAR', subject: 'STRUCT(reference VARCHAR)', "
    "effectiveDateTime: 'VARCHAR', code: 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR)[])', "
    "valueQuantity: 'STRUCT(\"value\" DOUBLE, code VARCHAR, comparator VARCHAR)', "
    "valueCodeableConcept: 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR)[])'",
    "QuestionnaireResponse": "id: 'VARCHAR', status: 'VARCHAR', subject: 'STRUCT(reference VARCHAR)', "
    "authored: 'VARCHAR', item: 'STRUCT(linkId VARCHAR)[]'",
}


@contextmanager
def timed(into: dict[str, float], name: str) -> Iterator[None]:
    began = time.process_time()
    yield
    into[name] = into.get(name, 0.0) + time.process_time() - began


def floor(folder: Path) -> float:
    """Processor seconds to parse the same columns of the same bytes on one core; the best of three."""
    base = duckdb.connect(config={"threads": 1})
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        for kind, columns in FLOORS.items():
            names = [each.split(":")[0].strip() for each in columns.split("', ")]
            kept = ", ".join(f"max({name}::VARCHAR)" if name != "item" else "count(item)" for name in names)
            base.execute(
                f"SELECT count(*), {kept} "
                f"FROM read_ndjson('{folder}/{kind}*.ndjson', columns = {{{columns}}})"
            ).fetchall()
        best = min(best, time.process_time() - began)
    return best


def one_core(folder: Path, scratch: Path) -> dict[str, float]:
    """Processor seconds of each step on one core, from the bytes to written results."""
    spent: dict[str, float] = {}
    spent["floor"] = floor(folder)
    files = survey(str(folder)).files
    chunks = chunks_of(files)
    work.prepare_reading(True)
    work.flattened(chunks[0])
    rows = scratch / "sorted.parquet"
    with timed(spent, "reading"):
        told = [work.read_chunk(chunk, str(scratch / "rows")) for chunk in chunks]
    with timed(spent, "sorting"):
        sort_rows(scratch / "rows", rows, Limits(512, 1))
        shards = shards_of(rows, Limits(512, 1))
    templates = {mark: text for each in told for mark, text in each["templates"]}
    places = tuple(Place(chunk.file.name, 0) for chunk in chunks)
    work.prepare_judging(
        work.Judging(str(scratch), ASKED, None, None, str(rows), None, tuple(templates.items()), places)
    )
    assembler, law = work._Tools.assembler, load_rulebook()
    patients = replayed = 0
    for shard in shards:
        with timed(spent, "assembling"):
            found = [assembler.assemble(name, own) for name, own in runs_in(rows_of(rows, shard))]
        stored = [each for each in map(stored_of, found) if each is not None]
        with timed(spent, "storing"):
            write_part(scratch, "facts", part_name(shard.number),
                       [row for each in stored for row in rows_of_case(each)])  # fmt: skip
        with timed(spent, "task B"):
            answers = [(each.patient, task_b(each.case.facts)) for each in stored if each.case is not None]
            lines = [json.dumps(answer) for answer in answers]
            (scratch / f"b{shard.number}.ndjson").write_text("\n".join(lines))
        with timed(spent, "review"):
            judged = _no_rows()
            for each in stored:
                judge_patient(each, law, ASKED._replace(with_replay=False), judged)
        with timed(spent, "tables"):
            for name in ("patients", "verdicts", "findings", "tasks", "laboratory", "courses"):
                write_part(scratch, name, part_name(shard.number), judged[name])
        if replayed < REPLAYED:
            with timed(spent, "replay"):
                for each in stored[: REPLAYED - replayed]:
                    judge_patient(each, law, ASKED, judged)
            replayed += len(stored[: REPLAYED - replayed])
        patients += len(stored)
    spent["patients"], spent["replayed"] = patients, replayed
    return spent | warm(scratch)


def warm(scratch: Path) -> dict[str, float]:
    """Processor seconds from the fact store: the facts, and Task B."""
    spent: dict[str, float] = {}
    for part in sorted((scratch / "facts").glob("*.parquet")):
        reader = FactReader()
        with timed(spent, "warm facts"):
            stored = [reader.patient(name, own) for name, own in runs_in(pq.read_table(part))]
        with timed(spent, "warm task B"):
            for each in stored:
                task_b(each.case.facts if each.case is not None else ())
    return spent


def whole_runs(folder: Path, scratch: Path, workers: int) -> tuple[float, int]:
    """Wall seconds and peak kilobytes of all processes of the command itself, without replay."""
    shutil.rmtree(scratch, ignore_errors=True)
    command = [sys.executable, "-c", _COMMAND, "population", str(folder),
               "--on", str(ON), "--programme", "us_ipledge", "--policy", "balanced", "--out", str(scratch),
               "--workers", str(workers), "--no-replay"]  # fmt: skip
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident(process.pid))
        time.sleep(0.05)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}.")
    return time.perf_counter() - began, peak


def resident(pid: int) -> int:
    """Kilobytes in memory of a process and everything it began, shared pages counted in each."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except (OSError, ValueError):
            continue
        if int(told["Pid"]) == pid or int(told["PPid"]) == pid:
            total += int(told.get("VmRSS", "0 kB").split()[0])
    return total


def shown(spent: dict[str, float], size: int) -> None:
    patients, parse = spent["patients"], spent["floor"]

    def in_us(name: str) -> float:
        return spent[name] / patients * 1e6

    task = sum(spent[name] for name in ("reading", "sorting", "assembling", "task B"))
    full = sum(spent[name] for name in ("reading", "sorting", "assembling", "storing", "review", "tables"))
    task_warm = (spent["warm facts"] + spent["warm task B"]) / patients
    replayed = (spent["replay"] / max(spent["replayed"], 1) - spent["review"] / patients) * 1e6
    print(
        f"\n{int(patients):,} patients, {size / 1e6:,.0f} MB, {size / patients / 1e3:.0f} kB each, one core"
    )
    print(f"  parse floor                       {in_us('floor'):8.0f} us a patient"
          f"  ({size / parse / 1e6:,.0f} MB/s)")  # fmt: skip
    for name in ("reading", "sorting", "assembling", "storing", "task B", "review", "tables"):
        print(f"  {name:32s}  {in_us(name):8.0f} us a patient  ({spent[name] / parse:.1f} x floor)")
    rows = [
        ("Task B, bytes to written answers", task / parse, "x floor", 2.5, task / parse <= 2.5),
        ("full review, bytes to written tables", full / parse, "x floor", 6.0, full / parse <= 6.0),
        ("warm Task B", 1 / task_warm, "patients/s/core", 15_000, task_warm <= 1 / 15_000),
        ("full review's own cost", in_us("review"), "us a patient", 150, in_us("review") <= 150),
        ("replay of all past acts, apart", replayed, "us a patient", None, True),
    ]
    for name, value, unit, bar, is_kept in rows:
        told = "" if bar is None else f"  (held to {bar:,}: {'kept' if is_kept else 'NOT kept'})"
        print(f"  {name:38s} {value:10,.1f} {unit}{told}")


def main() -> None:
    """Measure and print."""
    sizes = [int(each) for each in sys.argv[1:]] or [500, 2000]
    workers = len(os.sched_getaffinity(0))
    ends: list[tuple[int, float, int]] = []
    with tempfile.TemporaryDirectory() as held:
        for size in sizes:
            folder, scratch = Path(held) / f"nation{size}", Path(held) / "scratch"
            for _ in write_nation(Nation(size, 1, ON), folder, workers):
                pass
            read = sum(file.stat().st_size for file in folder.glob("*.ndjson"))
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            if size <= 10_000:
                shown(one_core(folder, scratch), read)
            seconds, peak = whole_runs(folder, scratch, workers)
            ends.append((size, seconds, peak))
            shutil.rmtree(folder)
    print(f"\nthe command itself, {workers} processes, without replay: wall time, patients a second, memory")
    for size, seconds, peak in ends:
        kept = "kept" if peak <= 1.5 * 1024 * 1024 else "NOT kept"
        rate = f"{size / seconds:8.0f}/s"
        print(f"  {size:>9,} {seconds:8.1f} s  {rate}  {peak / 1024:6.0f} MB (held to 1,536: {kept})")
    print(f"largest process so far: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    print("peers (cql-execution, fhir4ds-v2) are not measured by this bench yet.")


if __name__ == "__main__":
    main()
