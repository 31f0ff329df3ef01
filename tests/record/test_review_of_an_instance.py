"""What could be set up or run so that nobody notices until it hurts?"""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from isovigil.settings import _database, _listed
from isovigil.storage.models import LogHead, WorklistRow
from isovigil.storage.tenancy import reading, writing
from isovigil.usecases.record import backup, look_after
from isovigil.usecases.record.backup import BackupFault, drill, take_backup
from isovigil.usecases.record.look_after import look_after_every_clinic
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.start_up import faults_at_start
from isovigil.usecases.record.worklist_read import WorklistAsked, lines_of, read_worklist
from tests.record.postgresql import OWNER
from tests.record.records import NOW, ON_POSTGRESQL, ON_SQLITE, Record

POSITIVE = {"kind": "pregnancy_test", "taken_on": "2026-03-10", "result": "positive", "setting": "clinic"}


@ON_SQLITE
@pytest.mark.parametrize("name", ["secret_key", "signing.key", "master-0001.key"])
def test_a_key_that_others_can_read_keeps_an_instance_from_serving(record: Record, name: str) -> None:
    (record.keys / name).chmod(0o644)
    (fault,) = faults_at_start()
    assert name in fault.what


def test_what_an_address_asks_of_the_connection_reaches_it() -> None:
    """`sslmode=verify-full`, as docs/postgresql.md wants it between hosts."""
    described = _database(
        "postgresql://app:p%40ss@db.example:5433/isovigil?sslmode=verify-full&sslrootcert=/ca.pem"
    )
    assert described["OPTIONS"]["sslmode"] == "verify-full"
    assert described["OPTIONS"]["sslrootcert"] == "/ca.pem"
    assert "synchronous_commit=on" in described["OPTIONS"]["options"]


@pytest.mark.parametrize("asked", ["options=-csynchronous_commit%3Doff", "sslmode", "host=elsewhere"])
def test_an_address_that_asks_for_something_else_is_refused(asked: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="ISOVIGIL_DATABASE"):
        _database(f"postgresql://app@db.example/isovigil?{asked}")


def test_hosts_may_stand_with_spaces_between() -> None:
    assert _listed("isovigil.clinic.example, www.clinic.example ,") == [
        "isovigil.clinic.example",
        "www.clinic.example",
    ]


@ON_SQLITE
def test_a_worklist_that_cannot_be_worked_out_keeps_no_head_from_being_signed(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(acting: Any) -> int:
        raise OperationalError("away")

    monkeypatch.setattr(look_after, "refresh_worklist", refuse)
    with pytest.raises(ExceptionGroup):
        look_after_every_clinic(NOW)
    with reading(record.clinic):
        assert LogHead.objects.filter(clinic=record.clinic).count() == 1


@ON_SQLITE
def test_looking_after_goes_on_after_a_round_that_failed(record: Record, tmp_path: Path) -> None:
    """The database is away for one round; a process that ended there would sign nothing for weeks."""
    code = """
import django
django.setup()
import isovigil.usecases.record.look_after as rounds
asked = []
def one_round(now):
    asked.append(now)
    if len(asked) == 1:
        from django.db import OperationalError
        raise OperationalError("Wilhelmina is away")
    import os, signal
    os.kill(os.getpid(), signal.SIGTERM)
rounds.look_after_every_clinic = one_round
from isovigil.cli.serving import run_look_after
code = run_look_after(0, once=False)
assert len(asked) == 2, asked
raise SystemExit(code)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=record.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    assert "OperationalError" in ran.stderr
    assert "Wilhelmina" not in ran.stderr


@ON_SQLITE
def test_reminders_are_listed_by_what_is_on_record_now(record: Record) -> None:
    nurse = record.acting("nurse")
    read_worklist(nurse, WorklistAsked())
    record_facts(record.acting("prescriber"), record.patient, [POSITIVE], request="positive")
    (line,) = lines_of(record.acting("nurse", NOW + timedelta(minutes=1)), [record.patient])
    assert line.row.group == "safety"


@ON_SQLITE
def test_a_line_that_an_earlier_version_kept_is_worked_out_again(record: Record) -> None:
    nurse = record.acting("nurse")
    (before,) = read_worklist(nurse, WorklistAsked()).lines
    with writing(record.clinic):
        WorklistRow.objects.update(sealed=b"of another shape")
    (after,) = read_worklist(nurse, WorklistAsked()).lines
    assert after == before


@ON_POSTGRESQL
def test_a_drill_never_restores_over_the_running_record(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert record.server is not None
    with record.server.as_superuser() as boss:
        role = "isovigil_backs_up"
        if boss.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
            boss.execute(f"CREATE ROLE {role} LOGIN BYPASSRLS IN ROLE pg_read_all_data, {OWNER}")
    running = record.server.address(role, record.name)
    monkeypatch.setenv("ISOVIGIL_BACKUP_DATABASE", running)
    monkeypatch.setenv("ISOVIGIL_SCRATCH_DATABASE", running)
    take_backup(tmp_path / "backup", NOW)
    count = len(record.entries())
    with pytest.raises(BackupFault, match="running"):
        drill(tmp_path / "backup", tmp_path / "scratch", NOW)
    assert len(record.entries()) == count


def test_the_password_of_a_backup_stands_in_no_list_of_processes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[tuple[list[str], dict[str, str]]] = []

    def run(command: list[str], **more: Any) -> None:
        seen.append((command, more["env"]))

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setenv("ISOVIGIL_BACKUP_DATABASE", "postgresql://backs_up:se%2Fcret@db.example:5433/isovigil")
    backup._dump_postgresql(tmp_path / "dump")
    ((command, environment),) = seen
    assert "se%2Fcret" not in " ".join(command)
    assert command[-1] == "postgresql://backs_up@db.example:5433/isovigil"
    assert environment["PGPASSWORD"] == "se/cret"
