"""Does `isovigil serve` notice when the process that looks after the record is gone?"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from isovigil.cli.looked_after import LookingAfter
from tests.web.test_demo import PATIENCE, address_said_by, front_page_of

HAS_ENDED = "has ended. It is started again"
SECONDS_BETWEEN_LOOKS = 0.1


def children_of(process: int) -> dict[int, str]:
    """Each child of a process, with the words it was started by."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    found = {}
    for child in map(int, listed):
        command = Path(f"/proc/{child}/cmdline")
        if command.exists():
            found[child] = command.read_bytes().replace(b"\0", b" ").decode()
    return found


def looks_after(process: int, but_for: int | None = None) -> int:
    """The process that looks after the record of a server; waits until there is one."""
    for _ in range(int(PATIENCE / SECONDS_BETWEEN_LOOKS)):
        for child, command in children_of(process).items():
            if command.strip().endswith("look-after") and child != but_for:
                return child
        time.sleep(SECONDS_BETWEEN_LOOKS)
    raise AssertionError(f"nobody looks after the record: {children_of(process)}")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are looked up in /proc")
def test_a_killed_look_after_is_started_again_and_the_pages_go_on(tmp_path: Path) -> None:
    said = tmp_path / "said.txt"
    command = [sys.executable, "-m", "isovigil.cli", "demo", "--courses", "2", "--port", "0"]
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("ISOVIGIL_")}
    with (
        said.open("w") as complaints,
        subprocess.Popen(
            [*command, "--out", str(tmp_path / "clinic")],
            env=surroundings,
            text=True,
            stdout=subprocess.PIPE,
            stderr=complaints,
        ) as running,
    ):
        try:
            address = address_said_by(running)
            first = looks_after(running.pid)
            os.kill(first, signal.SIGKILL)
            second = looks_after(running.pid, but_for=first)
            assert second != first
            assert "demo/sign-in" in front_page_of(address)
        finally:
            running.send_signal(signal.SIGTERM)
            left = running.wait(PATIENCE)
    assert left == 0
    assert len(re.findall(HAS_ENDED, said.read_text())) == 1
    assert not Path(f"/proc/{second}").exists()  # it ended with the server


def ended(looking_after: LookingAfter) -> None:
    """Wait until the process that was started last is gone."""
    process = looking_after._process
    assert process is not None
    process.wait(PATIENCE)


def test_one_that_ends_at_once_is_started_again_once_a_minute_and_each_end_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Ended at 0 s: started again at once. Ended again: not before 60 s later, and told once."""
    starts = tmp_path / "starts"
    adds_a_line = f"open({str(starts)!r}, 'a').write('started\\n')"
    looking_after = LookingAfter([sys.executable, "-c", adds_a_line])
    begun = looking_after._started_at

    def number_of_starts() -> int:
        ended(looking_after)
        return len(starts.read_text().splitlines())

    assert number_of_starts() == 1
    looking_after.see_to_it(begun)
    assert number_of_starts() == 2
    for later in (1, 30, 59):
        looking_after.see_to_it(begun + later)
        assert number_of_starts() == 2
    looking_after.see_to_it(begun + 60)
    assert number_of_starts() == 3
    told = capsys.readouterr().err
    assert told.count(HAS_ENDED) == 2
    assert "started again now" in told
    assert "started again in 59 seconds" in told


def test_a_process_that_cannot_be_started_is_told_and_tried_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    looking_after = LookingAfter([str(tmp_path / "nowhere")])
    assert not looking_after.is_running
    assert "cannot be started" in capsys.readouterr().err
    looking_after.end()  # and nothing is there to end
