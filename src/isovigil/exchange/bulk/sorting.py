"""How do the rows of all files come together, a patient at a time, in any amount?

DuckDB sorts them outside memory. What names no patient is kept apart: resources that others refer to, and
lines of which it cannot be told whom they are about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from isovigil.exchange.bulk.flatten import SHARED

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

ROWS_IN_A_GROUP: Final = 20_480
MOST_ROWS: Final = 40_000
FEWEST_ROWS: Final = 8_000
PARTS: Final = 32
"""A small input is still cut into so many shards, so that every worker has something to do."""
_WITH_A_PATIENT: Final = "SELECT * EXCLUDE targets FROM all_rows WHERE patient <> ''"
PATIENT_NAMED: Final = "([A-Za-z]+/[A-Za-z0-9.-]+)(/_history/.*)?$"
"""Of a reference the type and id, whatever server and version it names."""
_OWNERS: Final = """
    UNION ALL BY NAME
    SELECT DISTINCT ON (owner.patient, told.chunk, told.line)
           owner.patient, told.* EXCLUDE (patient, targets, about)
    FROM (SELECT *, regexp_extract(unnest(targets), '([A-Za-z]+/[A-Za-z0-9.-]+)(/_history/.*)?$', 1) AS about
          FROM all_rows WHERE kind = 'Provenance') AS told
    JOIN (SELECT DISTINCT patient, kind || '/' || resource AS named
          FROM all_rows WHERE patient <> '') AS owner
      ON owner.named = told.about
"""
"""Who recorded what is filed under each patient it is about."""
_APART: Final = {
    "shared": "SELECT * EXCLUDE targets FROM all_rows WHERE patient = '' AND kind IN $shared",
    "nobodys": "SELECT * EXCLUDE targets FROM all_rows WHERE patient = '' AND kind <> 'Provenance' "
    "AND kind NOT IN $shared",
}


class Shard(NamedTuple):
    """A run of patients: rows `start` to `end` of the sorted rows, `end` not included."""

    number: int
    start: int
    end: int
    patients: int


class Limits(NamedTuple):
    """How much of the machine sorting may take."""

    memory_mb: int
    threads: int


def _connected(limits: Limits, folder: Path) -> duckdb.DuckDBPyConnection:
    import duckdb

    return duckdb.connect(
        config={
            "memory_limit": f"{limits.memory_mb}MB",
            "threads": limits.threads,
            "temp_directory": str(folder / "spilled"),
            "preserve_insertion_order": "false",
        }
    )


def sort_rows(parts: Path, out: Path, limits: Limits) -> None:
    """Sort the rows of all chunks by patient, file and line into one file; apart, what names no patient."""
    base = _connected(limits, out.parent)
    base.read_parquet(f"{parts}/*.parquet").create_view("all_rows")
    told = base.execute("SELECT count(*) FROM all_rows WHERE kind = 'Provenance'").fetchone()
    chosen = _WITH_A_PATIENT + (_OWNERS if told is not None and told[0] else "")
    unfinished = out.with_name(f"{out.name}.new")
    base.sql(chosen).order("patient, chunk, line").write_parquet(
        str(unfinished), compression="lz4", row_group_size=ROWS_IN_A_GROUP
    )
    listed = "(" + ", ".join(f"'{name}'" for name in sorted(SHARED)) + ")"
    for name, query in _APART.items():
        apart = base.sql(query.replace("$shared", listed)).order("chunk, line")
        apart.write_parquet(str(out.with_name(f"{name}.parquet")), compression="lz4")
    base.close()
    unfinished.rename(out)


def shards_of(rows: Path, limits: Limits) -> list[Shard]:
    """The sorted rows cut between patients; the cuts depend on the rows alone."""
    base = _connected(limits, rows.parent)
    base.read_parquet(str(rows)).create_view("sorted_rows")
    counted = base.execute("SELECT count(*) FROM sorted_rows").fetchone()
    total = counted[0] if counted is not None else 0
    size = max(FEWEST_ROWS, min(MOST_ROWS, total // PARTS))
    runs = base.execute("SELECT patient, count(*) FROM sorted_rows GROUP BY patient ORDER BY patient")
    shards: list[Shard] = []
    start = end = patients = 0
    while several := runs.fetchmany(10_000):
        for _, count in several:
            end += count
            patients += 1
            if end - start >= size:
                shards.append(Shard(len(shards), start, end, patients))
                start, patients = end, 0
    if patients:
        shards.append(Shard(len(shards), start, end, patients))
    base.close()
    return shards


def rows_of(file: Path, shard: Shard) -> pa.Table:
    """The rows of one shard."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(file, memory_map=True) as opened:
        at = first = 0
        groups: list[int] = []
        for group in range(opened.num_row_groups):
            count = opened.metadata.row_group(group).num_rows
            if at < shard.end and at + count > shard.start:
                if not groups:
                    first = at
                groups.append(group)
            at += count
        table = opened.read_row_groups(groups, use_threads=False)
    return table.slice(shard.start - first, shard.end - shard.start)


def runs_of_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """The same of batches that come one after the other; a patient may lie in several."""
    patient, rows = None, []
    for batch in batches:
        for name, more in runs_in(batch):
            if name == patient:
                rows += more
                continue
            if patient is not None:
                yield patient, rows
            patient, rows = name, more
    if patient is not None:
        yield patient, rows


def runs_in(table: pa.Table | pa.RecordBatch) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Each patient's rows, as tuples in the order of the columns without the patient."""
    names = [name for name in table.schema.names if name != "patient"]
    patients = table.column("patient").to_pylist()
    rows = list(zip(*(table.column(name).to_pylist() for name in names), strict=True))
    start = 0
    for place in range(1, len(patients) + 1):
        if place == len(patients) or patients[place] != patients[start]:
            yield patients[start], rows[start:place]
            start = place
