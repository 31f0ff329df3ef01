"""Does an instance that is not fit refuse to serve, and does a backup show that it can be used?"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import override_settings

from isovigil.storage.models import LogHead, WorklistRow
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.backup import MANIFEST, BackupFault, drill, read_manifest, take_backup
from isovigil.usecases.record.check_log import check_log
from isovigil.usecases.record.erase_patient import erase_patient
from isovigil.usecases.record.look_after import look_after_every_clinic, sign_every_head
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.start_up import faults_at_start, sqlite_may_use_wal
from tests.record.postgresql import OWNER
from tests.record.records import NOW, ON_POSTGRESQL, ON_SQLITE, Record, weight

BACKS_UP = "isovigil_backs_up"
"""The role that takes backups: it reads everything, as docs/postgresql.md says."""


def test_an_instance_as_it_was_made_is_fit_to_serve(record: Record) -> None:
    assert faults_at_start() == []


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 40, 1), False),  # Debian 12's
        ((3, 51, 2), False),  # the last one affected
        ((3, 51, 3), True),  # the first one mended
        ((3, 52, 0), False),
        ((3, 53, 0), True),
    ],
)
def test_write_ahead_logging_is_for_mended_versions_of_sqlite(
    version: tuple[int, ...], is_safe: bool
) -> None:
    assert sqlite_may_use_wal(version) is is_safe


@ON_SQLITE
def test_a_file_in_wal_mode_is_not_served_by_a_version_that_can_damage_it(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    connection.ensure_connection()
    connection.cursor().execute("PRAGMA journal_mode=WAL")
    (fault,) = faults_at_start()
    assert "WAL" in fault.what
    assert "TRUNCATE" in fault.remedy


def test_keys_that_others_can_read_are_refused(record: Record) -> None:
    (record.keys / "signing.key").chmod(0o640)
    (fault,) = faults_at_start()
    assert "signing.key" in fault.what
    assert fault.remedy.startswith("Type: chmod 600")


def test_an_instance_without_its_keys_is_refused(record: Record, tmp_path: Path) -> None:
    with override_settings(ISOVIGIL_KEYS=tmp_path / "nowhere"):
        (fault,) = faults_at_start()
    assert "cannot be read" in fault.what


@ON_SQLITE
def test_tables_of_an_earlier_version_are_refused(record: Record) -> None:
    with record.owner() as owner:
        owner.execute("DELETE FROM django_migrations WHERE app = 'storage' AND name = '0002_guards'")
    (fault,) = faults_at_start()
    assert "earlier version" in fault.what


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("SECRET_KEY", "django-insecure-" + "x" * 50, "secret key"),
        ("SECRET_KEY", "short", "secret key"),
        ("DEBUG", True, "DEBUG"),
        ("ALLOWED_HOSTS", ["*"], "any name"),
    ],
)
@ON_SQLITE
def test_production_refuses_what_a_demo_may_have(
    record: Record, setting: str, value: object, said: str
) -> None:
    with override_settings(IS_PRODUCTION=True, **{setting: value}):
        faults = faults_at_start()
    assert [said in fault.what for fault in faults] == [True]


@ON_POSTGRESQL
def test_production_refuses_a_role_that_owns_its_tables(record: Record) -> None:
    from tests.record.records import connected_to

    assert record.server is not None
    with connected_to(record.server.address(OWNER, record.name)), override_settings(IS_PRODUCTION=True):
        (fault,) = faults_at_start()
    assert "owns tables" in fault.what


@ON_POSTGRESQL
def test_production_refuses_a_table_whose_rows_anybody_could_see(record: Record) -> None:
    with record.owner() as owner:
        owner.execute("ALTER TABLE draft NO FORCE ROW LEVEL SECURITY")
    with override_settings(IS_PRODUCTION=True):
        (fault,) = faults_at_start()
    assert "draft" in fault.what


def test_production_starts_with_nothing_missing_or_says_all_that_is(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env={"DJANGO_SETTINGS_MODULE": "isovigil.settings", "ISOVIGIL_ENVIRONMENT": "production"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode != 0
    for missing in ("ISOVIGIL_HOME", "ISOVIGIL_DATABASE", "ISOVIGIL_HOSTS", "ISOVIGIL_KEYS"):
        assert missing in ran.stderr


def test_looking_after_signs_a_head_at_least_every_hour(record: Record) -> None:
    for minutes in (0, 30, 61, 90, 122):
        nurse = record.acting(at=NOW + timedelta(minutes=minutes))
        record_facts(nurse, record.patient, [weight()], request=f"at {minutes}")
        look_after_every_clinic(nurse.at)
    with reading(record.clinic):
        signed = [head.signed_at for head in LogHead.objects.filter(clinic=record.clinic).order_by("size")]
    assert [round((at - NOW).total_seconds() / 60) for at in signed] == [0, 61, 122]


def test_stopping_signs_what_was_added_last(record: Record) -> None:
    look_after_every_clinic(NOW)
    record_facts(record.acting(), record.patient, [weight()], request="the last one")
    sign_every_head(NOW + timedelta(minutes=1))
    with reading(record.clinic):
        last = LogHead.objects.filter(clinic=record.clinic).order_by("-size").first()
    assert last is not None
    assert last.size == len(record.entries())


def test_what_is_recorded_after_a_signature_is_never_dated_before_it(record: Record) -> None:
    sign_every_head(NOW + timedelta(minutes=5))
    record_facts(record.acting(at=NOW), record.patient, [weight()], request="began before, came after")
    assert record.entries()[-1].recorded_at == NOW + timedelta(minutes=5)


def test_a_log_that_nobody_touched_is_what_it_was(record: Record) -> None:
    sign_every_head(NOW)
    checked = check_log(record.clinic)
    assert checked.faults == ()
    assert checked.entries == len(record.entries())


def test_after_an_erasure_the_log_is_still_what_it_was(record: Record) -> None:
    about_her = [row for row in record.entries() if row.patient_id == record.patient]
    erase_patient(record.acting("administrator"), record.patient, reason="She asked for it.")
    checked = check_log(record.clinic)
    assert checked.faults == ()
    assert checked.erased == len(about_her)


@ON_SQLITE
def test_a_backup_taken_while_serving_is_restored_and_every_entry_is_what_it_was(
    record: Record, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    manifest = take_backup(folder, NOW)
    record_facts(record.acting(), record.patient, [weight()], request="after the backup")
    done = drill(folder, tmp_path / "scratch", NOW)
    assert done.faults == ()
    assert done.logs[0].entries == manifest.heads[0]["head"]["size"] == len(record.entries()) - 1
    assert done.rows == 1  # the one patient's line, worked out anew
    assert connection.settings_dict["NAME"] == record.address.removeprefix(
        "sqlite://"
    )  # back at the running one
    with reading(record.clinic):
        assert not WorklistRow.objects.exists()  # the drill left the running record alone


@ON_SQLITE
def test_a_backup_that_was_cut_short_is_refused(record: Record, tmp_path: Path) -> None:
    take_backup(tmp_path / "backup", NOW)
    with (tmp_path / "backup" / "record.sqlite3").open("r+b") as file:
        file.truncate(4096)
    with pytest.raises(BackupFault, match="changed or cut short"):
        read_manifest(tmp_path / "backup")


@ON_SQLITE
def test_a_backup_in_which_somebody_changed_an_entry_does_not_pass_the_drill(
    record: Record, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    take_backup(folder, NOW)
    with closing(sqlite3.connect(folder / "record.sqlite3", isolation_level=None)) as changed:
        changed.execute("DROP TRIGGER entry_refuses_update")
        changed.execute("UPDATE entry SET recorded_at = '2020-01-01 00:00:00' WHERE seq = 3")
    told = json.loads((folder / MANIFEST).read_text())
    from isovigil.usecases.record.backup import _sha256

    told["sha256"] = _sha256(folder / "record.sqlite3")
    (folder / MANIFEST).write_text(json.dumps(told))
    done = drill(folder, tmp_path / "scratch", NOW)
    assert "Entry 3 was changed: when, who or about whom." in done.faults


@ON_SQLITE
def test_the_keys_are_not_in_a_backup(record: Record, tmp_path: Path) -> None:
    take_backup(tmp_path / "backup", NOW)
    kept = b"".join(file.read_bytes() for file in (tmp_path / "backup").iterdir())
    for key in record.keys.glob("*.key"):
        assert key.read_text("ascii").encode() not in kept
        assert bytes.fromhex(key.read_text("ascii")) not in kept


@ON_SQLITE
def test_a_backup_never_overwrites_another(record: Record, tmp_path: Path) -> None:
    take_backup(tmp_path / "backup", NOW)
    with pytest.raises(BackupFault, match="not empty"):
        take_backup(tmp_path / "backup", NOW)


@ON_POSTGRESQL
def test_a_postgresql_backup_is_restored_and_every_entry_is_what_it_was(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("pg_dump") is None:
        pytest.fail("pg_dump is missing: apt-get install postgresql-client")
    assert record.server is not None
    scratch = record.server.new_database()
    with record.server.as_superuser() as boss:
        if boss.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [BACKS_UP]).fetchone() is None:
            boss.execute(f"CREATE ROLE {BACKS_UP} LOGIN BYPASSRLS IN ROLE pg_read_all_data, {OWNER}")
    monkeypatch.setenv("ISOVIGIL_BACKUP_DATABASE", record.server.address(BACKS_UP, record.name))
    monkeypatch.setenv("ISOVIGIL_SCRATCH_DATABASE", record.server.address(BACKS_UP, scratch))
    take_backup(tmp_path / "backup", NOW)
    done = drill(tmp_path / "backup", tmp_path / "scratch", NOW)
    assert done.faults == ()
    assert done.logs[0].entries == len(record.entries())
    record.server.drop(scratch)
