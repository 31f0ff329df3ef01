"""The rows of a run's tables, as whoever analyses them reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from isovigil.exchange.bulk.declared_tables import TABLES
from isovigil.exchange.bulk.table_files import schema_of


def rows_of_tables(out: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in the order of its files."""
    found = {}
    for table in TABLES:
        parts = sorted((out / table.name).glob("*.parquet"))
        found[table.name] = [
            row for part in parts for row in pq.read_table(part).cast(schema_of(table)).to_pylist()
        ]
    return found
