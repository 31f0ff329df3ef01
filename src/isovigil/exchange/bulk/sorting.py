"""How do the rows of all files come together, a patient at a time, in any amount?

DuckDB sorts them outside memory. What names no patient is kept apart: resources that others refer to, and
lines of which it cannot be told whom they are about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from isovigil.exchange.bulk.flatten import SHARED

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

MOST_ROWS: Final = 40_000
FEWEST_ROWS: Final = 8_000
PARTS: Final = 32
"""A small input is still cut into so many shards, so that every worker has something to do."""
_AT_A_TIME: Final = 20_000
"""Sorted rows that are looked at at a time."""
_PATIENTS: Final = b"isovigil.patients"
"""Under this name the file of sorted rows says how many patients each of its row groups holds."""
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
    """A run of patients: one row group of the file of sorted rows."""

    number: int
    rows: int
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
    """Sort the rows of all chunks by patient, file and line into one file; apart, what names no patient.

    The file is cut between patients into row groups, a shard each; the cuts depend on the rows alone.
    """
    base = _connected(limits, out.parent)
    rows = base.read_parquet(f"{parts}/*.parquet").create_view("all_rows")
    chosen = base.sql(_WITH_A_PATIENT + (_OWNERS if _count(rows.filter("kind = 'Provenance'")) else ""))
    size = max(FEWEST_ROWS, min(MOST_ROWS, _count(chosen) // PARTS))
    unfinished = out.with_name(f"{out.name}.new")
    _write_shards(chosen.order("patient, chunk, line").fetch_arrow_reader(_AT_A_TIME), unfinished, size)
    listed = "(" + ", ".join(f"'{name}'" for name in sorted(SHARED)) + ")"
    for name, query in _APART.items():
        apart = base.sql(query.replace("$shared", listed)).order("chunk, line")
        apart.write_parquet(str(out.with_name(f"{name}.parquet")), compression="lz4")
    base.close()
    unfinished.rename(out)


def _count(rows: duckdb.DuckDBPyRelation) -> int:
    found = rows.aggregate("count(*)").fetchone()
    return 0 if found is None else int(found[0])


def _write_shards(batches: pa.RecordBatchReader, path: Path, size: int) -> None:
    """A row group ends with the first patient with whom it has `size` rows."""
    import pyarrow.parquet as pq

    held: list[pa.RecordBatch] = []
    rows = 0
    patients: list[int] = []
    last: str | None = None
    with pq.ParquetWriter(
        path, batches.schema, compression="lz4", use_dictionary=False, write_statistics=False
    ) as file:
        for batch in batches:
            begin = 0
            for name, start in _runs(batch):
                if name == last:
                    continue
                if last is None or rows + start - begin >= size:
                    _write_group(file, [*held, batch.slice(begin, start - begin)])
                    held, rows, begin = [], 0, start
                    patients.append(0)
                last = name
                patients[-1] += 1
            held.append(batch.slice(begin))
            rows += batch.num_rows - begin
        _write_group(file, held)
        file.add_key_value_metadata({_PATIENTS: json.dumps(patients)})


def _runs(batch: pa.RecordBatch) -> Iterator[tuple[str, int]]:
    """Each patient of a batch, and the row at which their rows begin."""
    import pyarrow.compute as pc

    runs = pc.run_end_encode(batch.column("patient"))
    return zip(runs.values.to_pylist(), [0, *runs.run_ends.to_pylist()], strict=False)


def _write_group(file: Any, batches: list[pa.RecordBatch]) -> None:
    import pyarrow as pa

    table = pa.Table.from_batches(batches, file.schema)
    if table.num_rows:
        file.write_table(table, row_group_size=table.num_rows)


def shards_of(rows: Path) -> list[Shard]:
    """The shards of a file of sorted rows."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(rows) as opened:
        told = opened.metadata
        patients = json.loads(told.metadata[_PATIENTS])
        return [
            Shard(number, told.row_group(number).num_rows, count) for number, count in enumerate(patients)
        ]


def rows_of(file: Path, shard: Shard) -> pa.Table:
    """The rows of one shard."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(file, memory_map=True) as opened:
        return opened.read_row_group(shard.number, use_threads=False)
