"""Is this instance fit to serve, and if not, what has to be put right first?"""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from isovigil.storage.guards import OF_ONE_CLINIC, grants_to
from isovigil.storage.keys import ONLY_THE_OWNER, SECRET, NoKeys, keys

_SHORTEST_SECRET: Final = 40
_SECRET_PREFIXES: Final = ("django-insecure-", "changeme", "secret")


class StartFault(NamedTuple):
    """One thing that keeps an instance from serving: what is wrong, and what to do."""

    what: str
    remedy: str


def prepare_database(grant_to: str | None = None) -> None:
    """Bring the tables up to this version; on PostgreSQL let the role that serves use them.

    Run it as the role that owns the tables. Raises django.db.DatabaseError.
    """
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).chmod(ONLY_THE_OWNER)
    if grant_to is not None and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for grant in grants_to(grant_to):
                cursor.execute(grant)


def faults_at_start() -> list[StartFault]:
    """Everything that keeps this instance from serving; none when it is fit. Production asks more."""
    faults = [*_faults_of_keys(), *_faults_of_migrations(), *_faults_of_sqlite()]
    if settings.IS_PRODUCTION:
        faults += [*_faults_of_settings(), *_faults_of_postgresql()]
    return faults


def sqlite_may_use_wal(version: tuple[int, ...]) -> bool:
    """Is this SQLite free of the fault that can damage a file in WAL mode (3.7.0 to 3.51.2, and 3.52)?

    Fixed in 3.51.3 and in 3.53.0: https://www.sqlite.org/changes.html.
    """
    return (3, 51, 3) <= version < (3, 52) or version >= (3, 53)


def _faults_of_sqlite() -> Iterator[StartFault]:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        (mode,) = cursor.fetchone()
    if mode == "wal" and not sqlite_may_use_wal(sqlite3.sqlite_version_info):
        yield StartFault(
            f"The database is in WAL mode, and SQLite {sqlite3.sqlite_version} can damage a file in it.",
            "Stop everything that uses the file, then: sqlite3 FILE 'PRAGMA journal_mode=TRUNCATE'.",
        )


def _faults_of_keys() -> Iterator[StartFault]:
    try:
        keys()
    except NoKeys as missing:
        yield StartFault(str(missing), "Type `isovigil init`, or put the keys back from where they are kept.")
        return
    folder = Path(settings.ISOVIGIL_KEYS)
    for file in sorted(folder.iterdir()):
        if (file.suffix == ".key" or file.name == SECRET) and stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield StartFault(f"Others can read {file}.", f"Type: chmod 600 {file}")


def _faults_of_migrations() -> Iterator[StartFault]:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield StartFault(
            "The tables are of an earlier version.",
            "Take a backup, then type `isovigil migrate` as the role that owns the tables.",
        )


def _faults_of_settings() -> Iterator[StartFault]:
    secret = str(settings.SECRET_KEY)
    if len(secret) < _SHORTEST_SECRET or secret.lower().startswith(_SECRET_PREFIXES):
        yield StartFault("The secret key is a default or too short.", "Delete secret_key; `isovigil init`.")
    if settings.DEBUG:
        yield StartFault("DEBUG is on: errors would show the record.", "Leave DEBUG off.")
    if "*" in settings.ALLOWED_HOSTS or not any(settings.ALLOWED_HOSTS):
        yield StartFault("This instance answers to any name.", "Name its hosts in ISOVIGIL_HOSTS.")


def _faults_of_postgresql() -> Iterator[StartFault]:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        (is_above_the_rules,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        (owned,) = cursor.fetchone()
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s) "
            "AND NOT (relrowsecurity AND relforcerowsecurity)",
            [[*OF_ONE_CLINIC, "clinic"]],
        )
        open_tables = [name for (name,) in cursor.fetchall()]
    if is_above_the_rules or owned:
        yield StartFault(
            "The database role may do more than serve: it owns tables, or stands above row-level security.",
            "Serve as a plain role; docs/postgresql.md shows the two roles.",
        )
    if open_tables:
        yield StartFault(
            f"Row-level security is not forced on: {', '.join(open_tables)}.",
            "Type `isovigil migrate` as the role that owns the tables.",
        )
