"""Does a cluster give the same tables as one machine, also when it loses a worker or is interrupted?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from isovigil.batch.command import run_population
from isovigil.batch.local_engine import Run
from isovigil.usecases.population_judged import Asked
from tests.population.exports import ON, Lines, nation_lines, write_export
from tests.population.tables_read import rows_of_tables

ROOT = Path(__file__).resolve().parents[2]
ASKED = Asked(ON, "us_ipledge", "balanced")
needs_spark = pytest.mark.skipif(
    find_spec("pyspark") is None or shutil.which("java") is None,
    reason="pyspark or Java is not installed: bash requirements/install.sh spark",
)


def with_trouble(patients: int, seed: int) -> Lines:
    """A sound export, a line that is cut off, and one that says who recorded another."""
    lines = nation_lines(patients, seed=seed)
    recorded = json.loads(lines["Observation"][0])["id"]
    lines["Observation"].insert(3, b'{"resourceType":"Observation","id":')
    who = {"coding": [{"system": "urn:isovigil:codesystem:course", "code": "prescriber"}]}
    told = {
        "resourceType": "Provenance",
        "id": "who",
        "target": [{"reference": f"Observation/{recorded}"}],
        "recorded": "2025-06-29T10:00:00-04:00",
        "agent": [{"type": who}],
    }
    return {**lines, "Provenance": [json.dumps(told).encode()]}


def on_a_cluster(*what: object) -> None:
    ended = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("on_a_cluster.py")), *map(str, what)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]


def assert_as_on_one_machine(export: Path, out: Path, patients: int) -> None:
    local = out.with_name("local")
    assert run_population(Run(str(export), local, ASKED, workers=1), "local") == 0
    expected, found = rows_of_tables(local), rows_of_tables(out)
    assert len(expected["verdicts"]) == patients
    assert any('"entered_by":"prescriber"' in row["fields"] for row in expected["facts"]), "no Provenance"
    for name, rows in expected.items():
        assert found[name] == rows, name


@needs_spark
def test_two_executors_of_which_one_is_killed_give_the_tables_of_one_machine(tmp_path: Path):
    export = write_export(tmp_path / "export", with_trouble(12, seed=11))
    mark = tmp_path / "killed"
    on_a_cluster("killed", export, tmp_path / "cluster", mark)
    assert mark.read_text().isdigit(), "no executor was killed"
    assert_as_on_one_machine(export, tmp_path / "cluster", 12)


@needs_spark
def test_a_run_interrupted_while_reading_and_while_judging_goes_on_and_does_nothing_twice(tmp_path: Path):
    export = write_export(tmp_path / "export", with_trouble(8, seed=3))
    on_a_cluster("interrupted", export, tmp_path / "cluster", tmp_path)
    finished = json.loads((tmp_path / "finished").read_text())
    begun = [line.split(": ") for line in (tmp_path / "begun").read_text().splitlines()]

    def after(stop: str) -> set[str]:
        return {piece for when, piece in begun if when == stop}

    assert any(piece.startswith("read/") for piece in finished["read"])
    assert not any(piece.startswith("judged/") for piece in finished["read"])
    assert any(piece.startswith("judged/") for piece in finished["judged"])
    assert any(piece.startswith("read/") for piece in after("judged")), "reading was over at the first stop"
    assert after("nothing"), "judging was over at the second stop"
    assert not after("judged") & set(finished["read"])
    assert not after("nothing") & set(finished["judged"])
    assert not (tmp_path / "cluster" / "unfinished").exists()
    assert_as_on_one_machine(export, tmp_path / "cluster", 8)
