"""Do the import contracts of pyproject.toml catch what they are there to catch?

Each test writes a small product that obeys the contracts, plants one fault, and runs the real linter with the
real contracts over it.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.code_health.house_rules.house_rule import REPOSITORY

PACKAGES = [
    "api",
    "batch",
    "cli",
    "web",
    "settings",
    "usecases",
    "exchange",
    "storage",
    "synthetic_nation",
    "decisions",
    "indicators",
    "forecast",
    "proof",
    "law",
    "case",
    "calendar",
]
OBEDIENT = {
    "cli/review.py": "import isovigil.usecases",
    "usecases/review_case.py": "import isovigil.decisions, isovigil.forecast, isovigil.exchange",
    "decisions/dispensing.py": "import isovigil.law, isovigil.case",
    "law/value.py": "import datetime, isovigil.calendar",
    "forecast/exposure.py": "import tomllib, numpy\nfrom importlib import resources",
}

Lint = Callable[[dict[str, str]], subprocess.CompletedProcess[str]]


@pytest.fixture
def lint(tmp_path: Path) -> Lint:
    """Runs the linter over the obedient product with some files added."""

    def run(planted: dict[str, str]) -> subprocess.CompletedProcess[str]:
        product = tmp_path / "isovigil"
        folders = dict.fromkeys(PACKAGES, "")
        modules = (
            {f"{folder}/__init__.py": "" for folder in folders} | {"__init__.py": ""} | OBEDIENT | planted
        )
        for name, text in modules.items():
            (product / name).parent.mkdir(parents=True, exist_ok=True)
            (product / name).write_text(text + "\n")
        return subprocess.run(
            [
                sys.executable,
                "-c",
                "from importlinter.cli import lint_imports_command as lint; lint()",
                "--no-cache",
                "--no-logo",
                "--config",
                str(REPOSITORY / "pyproject.toml"),
            ],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_an_obedient_product_keeps_every_contract(lint: Lint):
    outcome = lint({})
    assert "3 kept, 0 broken" in outcome.stdout, outcome.stdout + outcome.stderr
    assert outcome.returncode == 0


@pytest.mark.parametrize(
    ("fault", "file", "text"),
    [
        ("a lower layer imports a higher one", "calendar/months.py", "import isovigil.law"),
        ("siblings know each other", "decisions/dose.py", "import isovigil.forecast"),
        ("a rule reads files", "decisions/dose.py", "import isovigil.exchange"),
        ("a face reaches another face", "web/pages.py", "import isovigil.cli"),
        ("a pure package rolls dice", "decisions/dose.py", "import random"),
        ("a pure package reads the clock", "law/clock.py", "import time"),
        ("a pure package opens a socket", "case/remote.py", "import socket"),
        ("a pure package reads YAML", "forecast/parameters.py", "import ruamel.yaml"),
        ("a pure package imports lazily", "law/lazy.py", "def f():\n    import os"),
        ("the made-up nation asks the engine", "synthetic_nation/acts.py", "import isovigil.decisions"),
        ("a package has no layer", "shortcuts/__init__.py", ""),
        ("a module has no layer", "shortcuts.py", ""),
    ],
)
def test_a_planted_fault_is_caught(lint: Lint, fault: str, file: str, text: str):
    outcome = lint({file: text})
    _, _, complaint = outcome.stdout.partition("Broken contracts")
    module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert module in complaint, f"{fault}, and the contracts passed it\n{outcome.stdout}{outcome.stderr}"
    assert outcome.returncode == 1
