"""How does an instance start, run, stop, and keep a copy of itself?"""

from __future__ import annotations

import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple, ParamSpec

from isovigil.cli.instance import NotReady, reach_instance, tell_start_faults
from isovigil.cli.looked_after import LookingAfter
from isovigil.cli.streams import answer, complain

P = ParamSpec("P")
_BYTES_A_MEGABYTE = 1_000_000
_SECONDS_TO_STOP = 10
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


class AskedInit(NamedTuple):
    """What was typed."""

    clinic: str
    administrator: str
    email: str
    programme: str
    policy: str
    time_zone: str | None


def _of_an_instance(run: Callable[P, int]) -> Callable[P, int]:
    """A command that needs the instance: 2 where it cannot be reached or its database refuses."""

    @wraps(run)
    def made(*args: P.args, **kwargs: P.kwargs) -> int:
        try:
            reach_instance()
        except NotReady as why:
            complain(why)
            return 2
        from django.db import DatabaseError

        from isovigil.storage.keys import NoKeys
        from isovigil.usecases.record.backup import BackupFault

        try:
            return run(*args, **kwargs)
        except (BackupFault, NoKeys) as refusal:
            complain(refusal)
        except DatabaseError as refusal:
            complain(
                f"The database refuses: {str(refusal).strip()}\n    Look at ISOVIGIL_DATABASE and its server."
            )
        return 2

    return made


def run_init(asked: AskedInit) -> int:
    """Make keys, tables, the clinic and its administrator's way in."""
    from isovigil.storage.keys import make_keys

    home = Path(os.environ.get("ISOVIGIL_HOME") or "isovigil-data")
    try:  # first of all: without keys, production reads no settings
        make_keys(Path(os.environ.get("ISOVIGIL_KEYS") or home / "keys"))
    except OSError as refusal:
        complain(f"The keys cannot be written: {refusal}. Name a folder of your own in ISOVIGIL_KEYS.")
        return 2
    return _init(asked)


@_of_an_instance
def _init(asked: AskedInit) -> int:
    from django.conf import settings
    from django.db import IntegrityError

    from isovigil.case.time_zones import DEFAULT_TIME_ZONES
    from isovigil.law.refusal import ProgrammeNotModelled
    from isovigil.law.rulebook import UnknownPolicy, UnknownProgramme
    from isovigil.usecases.record.clinics import register_clinic
    from isovigil.usecases.record.invite import invite_first_administrator
    from isovigil.usecases.record.start_up import prepare_database

    now = datetime.now(UTC)
    prepare_database()
    zone = asked.time_zone or DEFAULT_TIME_ZONES.get(asked.programme, "UTC")
    try:
        clinic = register_clinic(asked.clinic, zone, asked.programme, asked.policy, now)
    except (UnknownProgramme, ProgrammeNotModelled, UnknownPolicy) as refusal:
        complain(refusal)
        return 2
    except IntegrityError:
        complain("This embedded database holds a clinic already. More clinics need PostgreSQL.")
        return 2
    invited = invite_first_administrator(clinic, asked.administrator, asked.email, now)
    answer(f"{asked.clinic} has a record. Its keys are in {settings.ISOVIGIL_KEYS}: keep a copy elsewhere.")
    answer(
        f"{asked.administrator} opens the page /account/invitation/ of this instance within 24 hours, types "
        f"this code, which works once, and sets up a way to sign in:\n\n  {invited.code}\n"
    )
    return 0


@_of_an_instance
def run_migrate(grant_to: str | None) -> int:
    """Bring the tables up to this version."""
    from isovigil.usecases.record.start_up import prepare_database

    prepare_database(grant_to)
    answer("The tables are of this version.")
    return 0


@_of_an_instance
def run_serve(host: str, port: int, workers: int) -> int:
    """Serve until stopped; a process beside it looks after the record."""
    from django.conf import settings

    if not settings.IS_PRODUCTION and host not in _THIS_MACHINE:
        complain(
            f"A demo lets anybody sign in, so it is served on this machine alone, not on {host}. "
            "A clinic sets ISOVIGIL_ENVIRONMENT=production; docs/operations.md says how."
        )
        return 2
    if tell_start_faults():
        complain("Isovigil does not serve until that is put right.")
        return 2
    from django.db import connection

    connection.close()  # the workers open their own
    listening = _listen(host, port)
    if listening is None:
        complain(f"Something else listens on {host} port {port}. Stop it, or name another with --port.")
        return 2
    looking_after = LookingAfter()
    answer(f"Serving at http://{host}:{listening.getsockname()[1]}/  (Control-C stops)")
    sys.stdout.flush()
    try:
        _serve(listening, workers, looking_after)
    finally:
        looking_after.end()
    return 0


def _listen(host: str, port: int) -> socket.socket | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # who comes before the pages are ready waits, and is not turned away
    except OSError:
        listening.close()
        return None
    return listening


def _serve(listening: socket.socket, workers: int, looking_after: LookingAfter) -> None:
    from gunicorn.app.base import BaseApplication
    from gunicorn.arbiter import Arbiter

    class Master(Arbiter):  # type: ignore[misc] # gunicorn ships no types
        """gunicorn's own loop, about once a second, which sees to the process beside it as well."""

        def manage_workers(self) -> None:
            super().manage_workers()
            looking_after.see_to_it()

    class Pages(BaseApplication):  # type: ignore[misc] # gunicorn ships no types
        """Our pages, served by gunicorn."""

        def load_config(self) -> None:
            chosen: dict[str, Any] = {
                "bind": f"fd://{listening.fileno()}",
                "workers": workers,
                "threads": 4,
                "worker_class": "gthread",
                "timeout": 60,
                "graceful_timeout": _SECONDS_TO_STOP,
                "accesslog": None,  # ours names routes, never addresses with an id
                "loglevel": "warning",
                "forwarded_allow_ips": "127.0.0.1,::1",
                "max_requests": 20_000,
                "max_requests_jitter": 2_000,
            }
            for name, value in chosen.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from django.core.wsgi import get_wsgi_application

            from isovigil.usecases.record.judging import rulebook_in_use

            rulebook_in_use()  # or the first person to look would wait for it
            return get_wsgi_application()

        def run(self) -> None:
            Master(self).run()

    Pages().run()


@_of_an_instance
def run_look_after(every: int, *, once: bool) -> int:
    """Rounds until stopped; the logs are signed once more at the end."""
    from isovigil.usecases.record.look_after import sign_every_head

    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    while not stop.is_set():
        went_well = _round_of_looking_after()
        if once:
            return 0 if went_well else 2
        stop.wait(every)
    sign_every_head(datetime.now(UTC))
    return 0


def _round_of_looking_after() -> bool:
    """One round; a database that is away for it must not end the rounds to come. Told by its kind alone."""
    from django.db import connection

    from isovigil.usecases.record.look_after import look_after_every_clinic

    try:
        look_after_every_clinic(datetime.now(UTC))
    except Exception as fault:  # noqa: BLE001 - whatever it was, the next round has to come
        kinds = sorted({type(each).__qualname__ for each in getattr(fault, "exceptions", (fault,))})
        complain(
            f"A round of looking after the record failed ({', '.join(kinds)}); the next one tries again."
        )
        return False
    finally:
        connection.close()  # one that the server dropped meanwhile is not used again
    return True


@_of_an_instance
def run_backup(folder: str) -> int:
    """Write a backup and say what it holds."""
    from isovigil.usecases.record.backup import take_backup

    manifest = take_backup(Path(folder), datetime.now(UTC))
    answer(f"{folder}: {manifest.bytes / _BYTES_A_MEGABYTE:.1f} MB, sha256 {manifest.sha256[:16]}…")
    for signed in manifest.heads:
        head = signed["head"]
        answer(f"  clinic {head['clinic']}: {head['size']} entries, root {head['root'][:16]}…")
    answer("The keys are not in it. A backup counts once it was restored: isovigil restore-drill " + folder)
    return 0


@_of_an_instance
def run_restore_drill(folder: str) -> int:
    """Restore into a scratch place and say what was found; 1 where anything differs."""
    from isovigil.usecases.record.backup import drill

    with tempfile.TemporaryDirectory(prefix="isovigil-drill-") as scratch:
        done = drill(Path(folder), Path(scratch), datetime.now(UTC))
    for log in done.logs:
        answer(f"  clinic {log.clinic}: {log.entries} entries ({log.erased} erased), root {log.root[:16]}…")
    megabytes = done.bytes / _BYTES_A_MEGABYTE
    answer(
        f"Restored, checked and worked out anew in {done.seconds:.1f} s: {megabytes:.1f} MB, "
        f"{done.rows} worklist lines ({done.seconds / 60 / (megabytes / 1000):.1f} minutes a gigabyte)."
    )
    for fault in done.faults:
        complain(fault)
    answer("The backup is not what it should be." if done.faults else "Every entry is what it was.")
    return 1 if done.faults else 0


@_of_an_instance
def run_check_log() -> int:
    """Check the running record; 1 where anything differs."""
    from isovigil.usecases.record.check_log import check_log, clinics_here

    faulty = False
    for clinic, name in clinics_here():
        checked = check_log(clinic)
        answer(f"{name}: {checked.entries} entries ({checked.erased} erased), root {checked.root[:16]}…")
        for fault in checked.faults:
            complain(fault)
        faulty = faulty or bool(checked.faults)
    answer("The record is not what it was." if faulty else "Every entry is what it was.")
    return 1 if faulty else 0
