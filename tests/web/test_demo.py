"""Does the demo end with an address at which a clinic can be worked in, and leave nothing running?"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

PATIENCE = 120


def demo(folder: Path, *typed: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "isovigil.cli", "demo", "--courses", "4", "--out", str(folder), *typed]
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("ISOVIGIL_")}
    return subprocess.Popen(
        command, env=surroundings, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=1
    )


def test_the_demo_prepares_a_record_and_ends_when_it_is_not_to_serve(tmp_path: Path) -> None:
    said, _ = demo(tmp_path / "clinic", "--no-serve").communicate(timeout=PATIENCE)
    assert "4 patients on " in said  # without --on, today is judged
    assert "The clinic is on record in" in said
    kept = tmp_path / "clinic" / "record"
    assert (kept / "record.sqlite3").stat().st_mode & 0o077 == 0  # nobody else reads the file
    assert sorted(file.name for file in (kept / "keys").iterdir()) == [
        "master-0001.key",
        "secret_key",
        "signing.key",
        "signing.pub.pem",
    ]


def test_the_demo_serves_sign_in_cards_and_stops_when_told(tmp_path: Path) -> None:
    with demo(tmp_path / "clinic", "--port", "0") as running:
        try:
            page = front_page_of(address_said_by(running))
        finally:
            running.send_signal(signal.SIGTERM)
            left = running.wait(PATIENCE)
    assert page.count('action="/demo/sign-in/"') == 9  # seven of the staff, a patient, her parent
    assert left == 0


def address_said_by(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    said = []
    for line in running.stdout:
        said.append(line)
        found = re.search(r"Serving at (http://127[.]0[.]0[.]1:[0-9]+/)", line)
        if found is not None:
            return found.group(1)
    raise AssertionError("".join(said))


def front_page_of(address: str) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=PATIENCE) as answered:
        page: str = answered.read().decode()
    return page


def test_the_demo_is_refused_in_production(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "secret_key").write_text("x" * 60, "ascii")
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "isovigil.cli",
            "demo",
            "--courses",
            "2",
            "--out",
            str(tmp_path / "clinic"),
            "--no-serve",
        ],
        env={
            **os.environ,
            "ISOVIGIL_ENVIRONMENT": "production",
            "ISOVIGIL_KEYS": str(keys),
            "ISOVIGIL_DATABASE": f"sqlite:///{tmp_path}/record.sqlite3",
            "ISOVIGIL_HOSTS": "clinic.example",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert ran.returncode == 2
    assert "production" in ran.stderr
    assert not (tmp_path / "record.sqlite3").exists()


def test_a_demo_is_never_served_to_other_machines(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "isovigil.cli", "serve", "--host", "0.0.0.0", "--port", "0"],
        env={**os.environ, "ISOVIGIL_HOME": str(tmp_path), "ISOVIGIL_ENVIRONMENT": "demo"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert ran.returncode == 2
    assert "on this machine alone" in ran.stderr
