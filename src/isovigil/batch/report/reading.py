"""How are the tables of a run read for a report, in bounded memory?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from isovigil.exchange.bulk.declared_tables import TABLES
from isovigil.exchange.bulk.input_files import RUN_TOLD
from isovigil.exchange.bulk.table_files import schema_of
from isovigil.law.law import Law
from isovigil.law.rulebook import Rulebook

if TYPE_CHECKING:
    import duckdb

MEMORY: Final = "512MB"


class NoRunHere(Exception):
    """The folder holds no finished run. The text says what to do."""


class RunTables:
    """The tables of one finished run, each a view by its name, and the law that tells what is small."""

    def __init__(self, folder: Path, rulebook: Rulebook) -> None:
        """Open the tables. Raises NoRunHere."""
        told = folder / RUN_TOLD
        if not told.is_file():
            raise NoRunHere(
                f"{folder} holds no finished run: {RUN_TOLD} is missing. "
                "`isovigil population INPUT --on DATE --out DIR` writes one."
            )
        self.folder = folder
        self.told: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
        self.on = date.fromisoformat(self.told["on"])
        self._database = _opened(folder)
        self.law_by_programme = {
            (programme, policy): rulebook.readings(programme, policy, self.on, [self.on])[0][0]
            for programme, policy in self.rows(
                "SELECT DISTINCT programme, policy FROM patients WHERE is_judged ORDER BY ALL"
            )
        }
        self.below = self._small_below()

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What a query answers."""
        return self._database.execute(sql, list(values)).fetchall()

    def one(self, sql: str, values: Sequence[object] = ()) -> tuple[Any, ...]:
        """The one row that a query answers."""
        [row] = self.rows(sql, values)
        return row

    def _small_below(self) -> int:
        """The strictest threshold of the policies judged by; with nobody judged, everything is small."""
        named = [_small(law, self.on) for law in self.law_by_programme.values()]
        (patients,) = self.one("SELECT count(*) FROM patients")
        return max(named, default=int(patients) + 1)

    @property
    def has_acts(self) -> bool:
        """Were past acts judged?"""
        return bool(self.told["replay"])

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _small(law: Law, on: date) -> int:
    return int(law.number("audit/small_cells_below", on).value)


def _opened(folder: Path) -> duckdb.DuckDBPyConnection:
    import duckdb

    database = duckdb.connect(config={"memory_limit": MEMORY, "threads": 2})
    database.execute("SET TimeZone = 'UTC'")
    for table in TABLES:
        parts = sorted(str(path) for path in (folder / table.name).glob("*.parquet"))
        if parts:
            database.read_parquet(parts).create_view(table.name)
        else:
            database.from_arrow(schema_of(table).empty_table()).create_view(table.name)
    return database
