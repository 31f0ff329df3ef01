"""Where does a real PostgreSQL come from, for the tests that must not take the embedded one's word?

Debian's server, started on a socket of its own and stopped when the tests end; nothing of the machine's own
clusters is touched. Two roles, as in service: the owner migrates, the app serves and owns nothing.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

OWNER, APP, SUPERUSER = "isovigil_owner", "isovigil_app", "boss"
_INSTALLED = Path("/usr/lib/postgresql")
MISSING = (
    "PostgreSQL's server is not on this machine, and half of the record's tests are about it. "
    "Type:  sudo apt-get install --yes postgresql"
)


class Server:
    """One running PostgreSQL, reached by a socket in its own folder."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries, self.folder, self.data = binaries, folder, folder / "data"
        self._made = 0

    def make(self) -> None:
        self._run("initdb", "-D", str(self.data), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8",
                  "--locale=C.UTF-8", "--data-checksums", "--no-instructions")  # fmt: skip
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\n")
            settings.write("max_connections = 60\nshared_buffers = 64MB\n")
        self.start()
        with self.as_superuser() as database:
            for role in (OWNER, APP):
                database.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS")

    def wait_for_the_disk(self, *, wait: bool) -> None:
        """As it ships; tests that crash nothing need not wait. A crash of the server alone leaves as much."""
        with self.as_superuser() as database:
            database.execute(f"ALTER SYSTEM SET fsync = {'on' if wait else 'off'}")
            database.execute("SELECT pg_reload_conf()")

    def start(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "-t", "60", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; `immediate` is a crash: no checkpoint, no farewell, recovery at the next start."""
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def as_superuser(self, database: str = "postgres") -> psycopg.Connection:
        return self.connect(SUPERUSER, database)

    def connect(self, role: str, database: str) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user=role, dbname=database, autocommit=True)

    def address(self, role: str, database: str) -> str:
        """As ISOVIGIL_DATABASE names it; the folder of the socket stands in the host's place."""
        return f"postgresql://{role}@{str(self.folder).replace('/', '%2F')}/{database}"

    def new_database(self, template: str | None = None) -> str:
        self._made += 1
        name = f"record_{self._made}"
        copied = "" if template is None else f" TEMPLATE {template}"
        with self.as_superuser() as database:
            database.execute(f"CREATE DATABASE {name} OWNER {OWNER}{copied}")
        return name

    def drop(self, name: str) -> None:
        with self.as_superuser() as database:
            database.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _run(self, *words: str) -> None:
        command = [str(self.binaries / words[0]), *words[1:]]
        if os.geteuid() == 0:  # the server refuses to run as root
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder)
        if done.returncode != 0:
            log = self.folder / "log"
            said = log.read_text("utf-8")[-2_000:] if log.exists() else ""
            pytest.fail(f"{words[0]} failed: {done.stdout}{done.stderr}\n{said}")


@contextmanager
def a_server() -> Iterator[Server]:
    """A new server in a folder of its own, gone at the end."""
    binaries = sorted(_INSTALLED.glob("*/bin"), key=lambda each: int(each.parent.name))
    if not binaries or not (binaries[-1] / "initdb").is_file():
        pytest.fail(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="isovigil-pg-"))
    if os.geteuid() == 0:
        of_postgres = pwd.getpwnam("postgres")
        os.chown(folder, of_postgres.pw_uid, of_postgres.pw_gid)
    server = Server(binaries[-1], folder)
    try:
        server.make()
        yield server
    finally:
        if (server.data / "postmaster.pid").exists():
            server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
