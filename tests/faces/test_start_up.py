"""Does a command import only what it needs?"""

from __future__ import annotations

import subprocess
import sys

import pytest


def imported_by(code: str) -> set[str]:
    shown = "import sys; print('\\n'.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{shown}"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("code", "never"),
    [
        ("import isovigil", {"msgspec", "typer", "rich", "ruamel", "numpy"}),
        ("import isovigil.cli.main", {"rich", "ruamel", "numpy", "msgspec"}),
        ("import isovigil.cli.review_command", {"rich", "numpy", "numba", "matplotlib", "duckdb"}),
    ],
)
def test_heavy_libraries_wait_until_they_are_used(code: str, never: set[str]) -> None:
    assert imported_by(code) & never == set()
