"""How fast are the four answers of Task A beside two CQL engines, and are they the same answers?

Run: make bench-peers       or: .venv/bin/python bench/population_peers.py [PATIENTS]      (default: 3000)

Task A: the latest ALT, the latest triglycerides in mg/dL, a negative hCG in the seven days to the index date,
the days since the last hand-over; of Patient, Observation and MedicationDispense, from files to answers.
The peers are put into .bench/peers and nowhere else, never into .venv; no part of Isovigil depends on them.

Every engine runs in a process of its own; counted is the processor time of the whole process.
Its start (imports, compiling CQL to SQL) is measured over two patients and taken out, in the peers' favour.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))

from peers.differences import cause_of, differing, plant_ties

from isovigil.synthetic_nation.nation import Nation, write_nation

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "bench" / "peers"
INSTALLED = ROOT / ".bench" / "peers"
ON = date(2025, 6, 30)
FEW = 2
TRIES = 2


class NotInstalled(Exception):
    """A peer could not be put on this machine. The text says what was said."""


class Engine(NamedTuple):
    """One contestant: how it is put in place, how it is called, what it is held to."""

    name: str
    install: Callable[[], None]
    command: list[str]
    bar: float | None


class Measured(NamedTuple):
    """Processor seconds of one run over all patients and over a few, and the answers."""

    whole: float
    start: float
    peak_mb: float
    answers: dict[str, list[Any]]

    def each(self, patients: int) -> float:
        return max(self.whole - self.start, 1e-9) / (patients - FEW)


def called(*command: str, within: Path = ROOT) -> None:
    """Run an installer. Raises NotInstalled with its last words."""
    try:
        done = subprocess.run(command, cwd=within, capture_output=True, text=True, timeout=900, check=False)
    except (OSError, subprocess.TimeoutExpired) as wrong:
        raise NotInstalled(str(wrong)) from wrong
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise NotInstalled(f"{' '.join(command[:3])} ended with {done.returncode}: {' | '.join(said)}")


def put_cql_execution() -> None:
    """The packages by their exact versions, and the bench's library compiled to ELM."""
    there = INSTALLED / "cql_execution"
    wanted = (HERE / "package.json").read_text(encoding="utf-8")
    if not (there / "ready").is_file() or (there / "ready").read_text(encoding="utf-8") != wanted:
        shutil.rmtree(there, ignore_errors=True)
        there.mkdir(parents=True)
        (there / "package.json").write_text(wanted, encoding="utf-8")
        called("npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", within=there)
        (there / "ready").write_text(wanted, encoding="utf-8")
    called("node", str(HERE / "cql_execution.mjs"), "compile", str(HERE / "task_a.cql"), "task_a.elm.json",
           within=there)  # fmt: skip


def put_fhir4ds() -> None:
    """An environment of its own: it needs another DuckDB than Isovigil, and its licence is the AGPL."""
    there = INSTALLED / "fhir4ds"
    wanted = (HERE / "fhir4ds.txt").read_text(encoding="utf-8")
    if (there / "ready").is_file() and (there / "ready").read_text(encoding="utf-8") == wanted:
        return
    shutil.rmtree(there, ignore_errors=True)
    called(sys.executable, "-m", "venv", str(there))
    called(str(there / "bin/python"), "-m", "pip", "install", "--quiet", "--only-binary", ":all:",
           "-r", str(HERE / "fhir4ds.txt"))  # fmt: skip
    (there / "ready").write_text(wanted, encoding="utf-8")


GIVEN = ("{export}", "{out}", "{on}")
ENGINES = (
    Engine("Isovigil", lambda: None, [sys.executable, str(HERE / "our_own.py"), *GIVEN], None),
    Engine(
        "cql-execution 3.3.2",
        put_cql_execution,
        ["node", str(HERE / "cql_execution.mjs"), "run", *GIVEN, "task_a.elm.json"],
        100,
    ),
    Engine(
        "fhir4ds-v2 0.0.17",
        put_fhir4ds,
        [str(INSTALLED / "fhir4ds/bin/python"), str(HERE / "fhir4ds_v2.py"), *GIVEN],
        20,
    ),
)


def run_once(engine: Engine, export: Path, out: Path) -> tuple[float, float]:
    """Processor seconds of the process and its peak of memory in MB. Raises NotInstalled where it fails."""
    words = {"{export}": str(export), "{out}": str(out), "{on}": ON.isoformat()}
    command = [words.get(word, word) for word in engine.command]
    within = INSTALLED / "cql_execution" if command[0] == "node" else ROOT
    surroundings = {**os.environ, "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=within, env=surroundings, stdout=said, stderr=said)
        _, ended, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(ended)
        if process.returncode != 0:
            said.seek(0)
            raise NotInstalled(f"it failed: {said.read().decode(errors='replace').strip()[-600:]}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measured(engine: Engine, export: Path, few: Path, scratch: Path) -> Measured:
    """The best of some runs. Raises NotInstalled."""
    engine.install()
    start = min(run_once(engine, few, scratch)[0] for _ in range(TRIES))
    runs = [run_once(engine, export, scratch) for _ in range(TRIES)]
    told = [json.loads(line) for line in scratch.read_text(encoding="utf-8").splitlines()]
    whole, peak = min(runs)
    return Measured(whole, start, peak, {patient: four for patient, *four in told})


def show_speed(engine: Engine, found: Measured, own: Measured, patients: int) -> None:
    each, ours = found.each(patients), own.each(patients)
    print(f"  {engine.name:20s} {each * 1e6:10,.0f} us a patient {1 / each:9,.0f} patients/s/core "
          f"{found.start:6.1f} s to start {found.peak_mb:7,.0f} MB")  # fmt: skip
    if engine.bar is not None:
        ratio = each / ours
        kept = "kept" if ratio >= engine.bar else "NOT kept"
        print(f"  {'':20s} Isovigil is {ratio:,.1f} x as fast (held to {engine.bar:,.0f} x: {kept}); "
              f"starts included {found.whole / own.whole:,.1f} x")  # fmt: skip


def show_differences(engine: Engine, found: Measured, own: Measured, export: Path) -> None:
    """Every patient whose answers differ, with the cause where it is known."""
    others = differing(own.answers, found.answers)
    print(f"  {engine.name}: {len(own.answers) - len({each.patient for each in others}):,} of "
          f"{len(own.answers):,} patients have equal answers")  # fmt: skip
    for each in others:
        print(f"    {each.patient} {each.output}: Isovigil {each.ours}, peer {each.theirs}: "
              f"{cause_of(each, export, ON)}")  # fmt: skip


def main() -> None:
    """Install, measure, compare and print."""
    patients = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    with tempfile.TemporaryDirectory() as held:
        export, few, scratch = Path(held) / "export", Path(held) / "few", Path(held) / "answers"
        for folder, size in ((export, patients), (few, FEW)):
            for _ in write_nation(Nation(size, 1, ON), folder, 1):
                pass
        patients += plant_ties(export, ON)
        print(f"Task A, {patients:,} patients, index date {ON}, processor time, start taken out")
        own: Measured | None = None
        compared: list[tuple[Engine, Measured]] = []
        for engine in ENGINES:
            try:
                found = measured(engine, export, few, scratch)
            except NotInstalled as why:
                print(f"  {engine.name:20s} NOT MEASURED: {why}")
                continue
            own = own or found
            show_speed(engine, found, own, patients)
            compared.append((engine, found))
        print("answers")
        for engine, found in compared[1:]:
            show_differences(engine, found, compared[0][1], export)
    print(f"again: .venv/bin/python bench/population_peers.py {patients - 2}")


if __name__ == "__main__":
    main()
