"""Does what the README says still work?"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ \.venv/bin/isovigil ((?:review|explain|rules) [^#\n>]*)", README, re.MULTILINE)


def test_the_python_in_the_readme_gives_the_answer_the_text_tells(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(code) == 1
    monkeypatch.chdir(ROOT)
    exec(compile(code[0], "README.md", "exec"), {})
    # The window of 4 March (day 1) closed on 10 March (day 7); asked on 11 March.
    assert capsys.readouterr().out == "waiting dispensing.inside_the_window\n"


@pytest.mark.parametrize("typed", COMMANDS)
def test_each_command_in_the_readme_runs(typed: str) -> None:
    isovigil = str(Path(sys.executable).with_name("isovigil"))
    done = subprocess.run([isovigil, *shlex.split(typed)], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout


def test_there_are_commands_to_try() -> None:
    assert len(COMMANDS) == 4


def test_every_file_the_papers_point_to_is_there() -> None:
    for paper in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/validation/README.md"):
        text = (ROOT / paper).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert ((ROOT / paper).parent / target).exists(), f"{paper} points to {target}"
