"""How is the record backed up, and how is it shown that the backup can be used?

A backup is a folder: the database, and what each clinic's log was when it was taken. The keys are not in it:
they are kept elsewhere, so that neither alone can be read.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit
from uuid import UUID

import msgspec
from django.db import connection

from isovigil.storage.models import WorklistRow
from isovigil.storage.tenancy import every_clinic, reading
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.check_log import CheckedLog, check_log
from isovigil.usecases.record.judging import NotAdopted
from isovigil.usecases.record.look_after import NOBODY
from isovigil.usecases.record.sign_log import sign_head
from isovigil.usecases.record.worklist_rows import refresh_worklist

MANIFEST: Final = "backup.json"
SQLITE: Final = "record.sqlite3"
POSTGRESQL: Final = "record.dump"
_PIECE: Final = 1 << 20
_SECONDS_FOR_A_WRITER: Final = 60


class BackupFault(Exception):
    """A backup cannot be taken, or is not what its manifest says."""


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds."""

    taken_at: datetime
    vendor: str
    file: str
    sha256: str
    bytes: int
    heads: list[dict[str, Any]]
    """Each clinic's signed head just before; the restored log has at least these entries, unchanged."""


class Drilled(NamedTuple):
    """What a restore drill did and found."""

    seconds: float
    bytes: int
    logs: tuple[CheckedLog, ...]
    rows: int
    """Worklist rows worked out anew from the restored log."""
    faults: tuple[str, ...]


def take_backup(folder: Path, now: datetime) -> Manifest:
    """Write a backup into a new folder, while the instance serves.

    Raises:
        BackupFault: The folder holds something, or the database's own tool refused.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupFault(f"{folder} is not empty. Name a new folder for each backup.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    heads = [msgspec.to_builtins(sign_head(clinic, now)) for clinic in every_clinic()]
    name = SQLITE if connection.vendor == "sqlite" else POSTGRESQL
    if connection.vendor == "sqlite":
        _copy_sqlite(Path(connection.settings_dict["NAME"]), folder / name)
    else:
        _dump_postgresql(folder / name)
    manifest = Manifest(
        now, connection.vendor, name, _sha256(folder / name), (folder / name).stat().st_size, heads
    )
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def _copy_sqlite(database: Path, copy: Path) -> None:
    """SQLite's own online copy: one consistent state, whatever is written meanwhile."""
    with closing(sqlite3.connect(database, timeout=_SECONDS_FOR_A_WRITER)) as source:
        source.execute("VACUUM INTO ?", [str(copy)])
    with copy.open("rb") as written:
        os.fsync(written.fileno())
    with closing(sqlite3.connect(copy)) as copied:
        (found,) = copied.execute("PRAGMA integrity_check").fetchone()
    if found != "ok":
        raise BackupFault(f"SQLite says of the copy: {found}. Look after the disk, and take another.")


def _dump_postgresql(dump: Path) -> None:
    """`pg_dump`, as a role that row-level security does not bind, named in ISOVIGIL_BACKUP_DATABASE."""
    address = os.environ.get("ISOVIGIL_BACKUP_DATABASE")
    if not address:
        raise BackupFault(
            "ISOVIGIL_BACKUP_DATABASE is not set. Name the database as the role that takes backups "
            "(it has BYPASSRLS and may only read; docs/postgresql.md shows it)."
        )
    _run(["pg_dump", "--format=custom", f"--file={dump}", "--dbname"], address)


def _run(command: list[str], address: str) -> None:
    """A tool of PostgreSQL on a database; its password goes where no list of processes shows it."""
    parts = urlsplit(address)
    environment = dict(os.environ)
    if parts.password:
        environment["PGPASSWORD"] = unquote(parts.password)
        address = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@", 1)).geturl()
    asked = [*command, address]
    try:
        subprocess.run(asked, check=True, capture_output=True, text=True, env=environment)  # noqa: S603 - our own words
    except FileNotFoundError:
        raise BackupFault(f"There is no {command[0]} here: apt-get install postgresql-client.") from None
    except subprocess.CalledProcessError as failed:
        raise BackupFault(f"{command[0]} refused: {failed.stderr.strip()}") from None


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup whose database is what it says.

    Raises:
        BackupFault: It is not there, or the database was changed or cut short.
    """
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
        found = _sha256(folder / manifest.file)
    except (OSError, msgspec.DecodeError) as error:
        raise BackupFault(f"{folder} is not a whole backup: {error}") from None
    if found != manifest.sha256:
        raise BackupFault(f"{folder / manifest.file} was changed or cut short since it was taken.")
    return manifest


def drill(folder: Path, scratch: Path, now: datetime) -> Drilled:
    """Restore a backup into a scratch place, check every entry, and work every worklist out anew.

    The running record is not touched. On PostgreSQL the scratch database is the one named in
    ISOVIGIL_SCRATCH_DATABASE; it is emptied first.

    Raises:
        BackupFault: The backup cannot be restored.
    """
    began = monotonic()
    manifest = read_manifest(folder)
    with _restored(manifest, folder, scratch):
        clinics = every_clinic()
        logs = tuple(check_log(clinic) for clinic in clinics)
        rows = sum(_worked_out_anew(clinic, now) for clinic in clinics)
        faults = [fault for log in logs for fault in log.faults]
        faults += _faults_of_heads(manifest, {log.clinic: log for log in logs})
    return Drilled(monotonic() - began, manifest.bytes, logs, rows, tuple(faults))


def _faults_of_heads(manifest: Manifest, logs: dict[UUID, CheckedLog]) -> Iterator[str]:
    for signed in manifest.heads:
        head = signed["head"]
        log = logs.get(UUID(head["clinic"]))
        if log is None:
            yield f"Clinic {head['clinic']} is not in the backup."
        elif log.entries < head["size"]:
            yield f"The log of {head['clinic']} has {log.entries} entries; its head says {head['size']}."
        elif log.entries == head["size"] and log.root != head["root"]:
            yield f"The log of {head['clinic']} has another root than its head."


def _worked_out_anew(clinic: UUID, now: datetime) -> int:
    acting = Acting(NOBODY, "Isovigil", clinic, "administrator", now)
    try:
        refresh_worklist(acting, everything=True)
    except NotAdopted:
        return 0
    with reading(clinic):
        return WorklistRow.objects.filter(clinic=clinic).count()


@contextmanager
def _restored(manifest: Manifest, folder: Path, scratch: Path) -> Iterator[None]:
    """Look at the restored database in place of the running one."""
    settings = connection.settings_dict
    before = dict(settings)
    connection.close()
    try:
        if manifest.vendor == "sqlite":
            if connection.vendor != "sqlite":
                raise BackupFault("This is an embedded backup; drill it with an embedded ISOVIGIL_DATABASE.")
            scratch.mkdir(parents=True, exist_ok=True)
            restored = scratch / SQLITE
            restored.write_bytes((folder / manifest.file).read_bytes())
            settings["NAME"] = str(restored)
        else:
            settings.update(_restore_postgresql(folder / manifest.file))
        yield
    finally:
        connection.close()
        settings.clear()
        settings.update(before)


def _restore_postgresql(dump: Path) -> dict[str, Any]:
    address = os.environ.get("ISOVIGIL_SCRATCH_DATABASE")
    if not address:
        raise BackupFault(
            "ISOVIGIL_SCRATCH_DATABASE is not set. Name an empty database to restore into, as its owner "
            "with BYPASSRLS; it is emptied first."
        )
    _refuse_the_running_database(address)
    _run(
        ["pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", str(dump), "--dbname"],
        address,
    )
    parts = urlsplit(address)
    return {
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
    }


_WHICH: Final = "SELECT current_database(), pg_postmaster_start_time()"
"""Tells two databases apart, under whatever name and address each is reached."""


def _refuse_the_running_database(address: str) -> None:
    """Raises BackupFault where the place to restore into, which is emptied first, is the running record."""
    import psycopg

    try:
        with psycopg.connect(address) as scratch:
            there = scratch.execute(_WHICH).fetchone()
    except psycopg.Error as failed:
        raise BackupFault(f"ISOVIGIL_SCRATCH_DATABASE cannot be reached: {failed}") from None
    with connection.cursor() as cursor:
        cursor.execute(_WHICH)
        here = cursor.fetchone()
    connection.close()
    if there == here:
        raise BackupFault(
            "ISOVIGIL_SCRATCH_DATABASE is the running record, which a drill would empty. Name another one."
        )


def _sha256(file: Path) -> str:
    total = hashlib.sha256()
    with file.open("rb") as read:
        while piece := read.read(_PIECE):
            total.update(piece)
    return total.hexdigest()
