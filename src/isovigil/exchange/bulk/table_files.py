"""How are the rows of a table written to a Parquet file, whole or not at all?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from isovigil.exchange.bulk.declared_tables import BY_NAME, FACTS, ColumnType, Table
from isovigil.exchange.bulk.table_words import Columns

if TYPE_CHECKING:
    import pyarrow as pa

_UNFINISHED: Final = ".unfinished"
_LARGE: Final = frozenset({"facts", "findings", "laboratory", "acts", "broken"})
"""Tables worth the time of packing them closely; they are nearly all of a run's bytes."""
_LIGHTLY: Final[dict[str, Any]] = {"compression": "snappy", "compression_level": None}
_REPEATING: Final = frozenset({"text", "texts"})
"""What such columns hold comes again and again, so it is kept once, and rows say which."""
_UNLIKE: Final = frozenset({"fact", "facts", "act"})
"""Texts of which no value comes twice but by chance: nothing is won by keeping each once."""
_OWN_TO_A_FACT: Final = frozenset({"fact", "recorded_at", "day", "ends_on"})
"""Columns of facts of which hardly a value comes twice: nothing is won by keeping each once."""
_SKIPPED_BY: Final = ("patient",)
"""The column by which whole files can be passed over, as they stand in its order."""
_AT_A_TIME: Final = 1 << 20
"""Bytes that are handed to the disk at a time, where Arrow hands over each page of a column by itself."""


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


@cache
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
    _write(out, name, part, as_arrow(BY_NAME[name], rows))


def write_columns(out: Path, name: str, part: str, columns: Columns) -> None:
    """The same of a table that was collected as columns."""
    _write(out, name, part, columns.table())


def _write(out: Path, name: str, part: str, table: pa.Table) -> None:
    write_whole(
        out / name / part,
        table,
        use_dictionary=_kept_once(BY_NAME[name]),
        store_schema=False,
        write_statistics=_SKIPPED_BY,
        **({} if name in _LARGE else _LIGHTLY),
    )


@cache
def _kept_once(table: Table) -> list[str]:
    """The columns whose values are kept once, as Parquet names them."""
    return [
        f"{column.name}.list.element" if column.holds == "texts" else column.name
        for column in table.columns
        if column.holds in _REPEATING and column.name not in _UNLIKE
    ]


def write_facts(out: Path, part: str, table: pa.Table) -> None:
    """Write one file of the table `facts`. It has its name only once it is whole."""
    repeating = [name for name in table.schema.names if name not in _OWN_TO_A_FACT]
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
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}{_UNFINISHED}")
    with pa.output_stream(unfinished, compression=None, buffer_size=_AT_A_TIME) as file:
        pq.write_table(table, file, **{"compression": "zstd", "compression_level": 1, **more})
    unfinished.rename(path)
