"""Does a cluster give the same tables as one machine, also when it loses a worker on the way?"""

from __future__ import annotations

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
from tests.population.exports import ON, nation_lines, write_export
from tests.population.tables_read import rows_of_tables

ROOT = Path(__file__).resolve().parents[2]
needs_spark = pytest.mark.skipif(
    find_spec("pyspark") is None or shutil.which("java") is None,
    reason="pyspark or Java is not installed: bash requirements/install.sh spark",
)


@needs_spark
def test_two_executors_of_which_one_is_killed_give_the_tables_of_one_machine(tmp_path: Path):
    lines = nation_lines(24, seed=11)
    lines["Observation"].insert(3, b'{"resourceType":"Observation","id":')
    export = write_export(tmp_path / "export", lines)
    local, cluster, mark = tmp_path / "local", tmp_path / "cluster", tmp_path / "killed"
    asked = Asked(ON, "us_ipledge", "balanced")
    assert run_population(Run(str(export), local, asked, workers=1), "local") == 0
    ended = subprocess.run(
        [
            sys.executable,
            str(Path(__file__).with_name("on_a_cluster.py")),
            str(export),
            str(cluster),
            str(mark),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert mark.read_text().isdigit(), "no executor was killed"
    expected, found = rows_of_tables(local), rows_of_tables(cluster)
    assert len(expected["verdicts"]) == 24
    for name, rows in expected.items():
        assert found[name] == rows, name
