"""How many made-up patients a second are written, and how large is a resource?

Run: .venv/bin/python bench/synthesize_speed.py [PATIENTS]     (default 4,000)

Writes a made-up nation into a temporary folder, timed from outside as a person's command is, once for each
number of workers; prints patients a second beside the bar of 2,000 on two cores, bytes for each resource, and
beside it what the disk needs for the same bytes with nothing made up, so that the two can be told apart.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BAR = 2_000
"""Patients a second on two cores."""
PATIENTS = 4_000
_MEGABYTE = 1_000_000


def main() -> None:
    patients = int(sys.argv[1]) if len(sys.argv) > 1 else PATIENTS
    print(f"{patients:,} patients, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for workers in (1, 2):
        start, _, _ = written(1, workers)
        seconds, size, resources = written(patients, workers)
        rate = patients / seconds
        print(
            f"workers {workers}: {seconds:6.2f} s ({rate:,.0f} patients/s, {rate / BAR:.2f} of the bar; "
            f"{patients / (seconds - start):,.0f} without the command's own start of {start:.2f} s), "
            f"{size / _MEGABYTE / seconds:,.0f} MB/s"
        )
    print(f"{resources / patients:.1f} resources a patient, {size / resources:,.0f} bytes each")
    print(f"the same bytes copied by the disk alone: {copied(size):.2f} s")


def written(patients: int, workers: int) -> tuple[float, int, int]:
    """Seconds of one command, and the bytes and lines it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            str(Path(sys.executable).parent / "isovigil"), "synthesize", "--patients", str(patients),
            "--seed", "1", "--out", folder, "--workers", str(workers),
        ]  # fmt: skip
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - began
        files = list(Path(folder).glob("*.ndjson"))
        size = sum(file.stat().st_size for file in files)
        lines = sum(file.read_bytes().count(b"\n") for file in files)
    return seconds, size, lines


def copied(size: int) -> float:
    """Seconds to write as many bytes that are already in memory."""
    block = b"x" * _MEGABYTE
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with (Path(folder) / "block").open("wb") as file:
            for _ in range(size // _MEGABYTE):
                file.write(block)
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
