"""How does a test get a running server? A process of its own, on the loopback alone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60
SECONDS_BETWEEN_TRIES = 0.1
TRIES = int(PATIENCE_SECONDS / SECONDS_BETWEEN_TRIES)


class Server(NamedTuple):
    """A server that answers."""

    address: str
    """As http://127.0.0.1:40213, without a slash at the end."""
    home: Path
    """Its ISOVIGIL_HOME: the database, the keys."""
    log: Path


@contextmanager
def serving(
    home: Path,
    *,
    settings: str = "isovigil.settings",
    before: Sequence[Sequence[str]] = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Serve the pages until the block ends.

    `before` are commands run first in the same environment, each as `("-m", "django", "migrate")`: what
    makes the database and its people. The server is a process of its own, so that Django's database and
    Playwright's event loop never share a thread.
    """
    home.mkdir(parents=True, exist_ok=True)
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": settings,
        "ISOVIGIL_ENVIRONMENT": "demo",
        "ISOVIGIL_HOME": str(home),
        "ISOVIGIL_DATABASE": f"sqlite:///{home / 'record.sqlite3'}",
        "PYTHONPATH": str(ROOT),
        **(environment or {}),
    }
    for command in before:
        subprocess.run([sys.executable, *command], env=surroundings, cwd=ROOT, check=True)
    port = _free_port()
    log = home / "server.log"
    command = ["-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "8"]
    command += ["--access-logfile", str(home / "access.log"), "--no-control-socket"]
    command += ["isovigil.web.wsgi:application"]
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, *command], env=surroundings, cwd=home, stdout=written, stderr=written
        )
    try:
        server = Server(f"http://127.0.0.1:{port}", home, log)
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(TRIES):
        if process.poll() is not None:
            break
        try:
            with closing(opener.open(server.address + "/static/isovigil/mark.svg", timeout=5)):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(SECONDS_BETWEEN_TRIES)
    raise RuntimeError(f"The server did not begin:\n{server.log.read_text('utf-8', 'replace')}")
