"""How are the rows of a table written to a Parquet file, whole or not at all?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from isovigil.exchange.bulk.declared_tables import BY_NAME, FACTS, ColumnType, Table

if TYPE_CHECKING:
    import pyarrow as pa

_UNFINISHED: Final = ".unfinished"
_LARGE: Final = frozenset({"facts", "findings", "laboratory", "acts", "broken"})
"""Tables worth the time of packing them closely; they are nearly all of a run's bytes."""
_UNLIKE: Final = frozenset({"fact", "recorded_at"})
"""Columns of facts of which no value comes twice: nothing is won by keeping each once."""


def _arrow_type(holds: ColumnType) -> pa.DataType:
    import pyarrow as pa

    return {
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "whole": pa.int64(),
        "wholes": pa.list_(pa.int64()),
        "number": pa.float64(),
        "day": pa.date32(),
        "instant": pa.timestamp("us", tz="UTC"),
        "flag": pa.bool_(),
    }[holds]


def schema_of(table: Table) -> pa.Schema:
    """The Arrow schema of a table."""
    import pyarrow as pa

    return pa.schema([(column.name, _arrow_type(column.holds)) for column in table.columns])


def as_arrow(table: Table, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """Rows as an Arrow table."""
    import pyarrow as pa

    schema = schema_of(table)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def part_name(number: int) -> str:
    """The name of one file of a table; names and rows stand in the same order."""
    return f"part-{number:06d}.parquet"


def write_part(out: Path, name: str, part: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write one file of a table. It has its name only once it is whole."""
    packed: dict[str, Any] = {} if name in _LARGE else {"compression": "snappy", "compression_level": None}
    write_whole(out / name / part, as_arrow(BY_NAME[name], rows), **packed)


def write_facts(out: Path, part: str, table: pa.Table) -> None:
    """Write one file of the table `facts`. It has its name only once it is whole."""
    repeating = [name for name in table.schema.names if name not in _UNLIKE]
    write_whole(
        out / FACTS.name / part,
        table,
        use_dictionary=repeating,
        store_schema=False,
        write_statistics=["patient", "day"],
    )


def write_whole(path: Path, table: pa.Table, **more: Any) -> None:
    """Write a table to a file that has its name only once it is whole; until then no reader sees it.

    `more` is told to Arrow's writer of Parquet.
    """
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}{_UNFINISHED}")
    pq.write_table(table, unfinished, **{"compression": "zstd", "compression_level": 1, **more})
    unfinished.rename(path)


def write_for_once(path: Path, table: pa.Table) -> None:
    """The same for rows that are read once and then thrown away: written quickly, and not as small."""
    write_whole(
        path, table, compression="lz4", compression_level=None, use_dictionary=False, write_statistics=False
    )
