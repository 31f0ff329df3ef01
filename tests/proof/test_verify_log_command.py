"""Does the verifier run alone on another machine, and does the product's command give the same answer?"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cryptography
import pytest

from isovigil.proof import verify_log
from tests.proof.logs import arguments_for
from tests.proof.spoiling import six_entries, spoilt


def alone(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """The verifier, copied out of the product, in a Python that sees no path of ours."""
    copied = folder / "elsewhere" / "verify_log.py"
    copied.parent.mkdir(exist_ok=True)
    shutil.copyfile(verify_log.__file__, copied)
    # -S keeps out the product's own path entry; the libraries are put back by name.
    libraries = str(Path(cryptography.__file__).parents[1])
    start = f"import runpy, sys; sys.path.append({libraries!r}); "
    start += f"runpy.run_path({str(copied)!r}, run_name='__main__')"
    ours = "import importlib.util; assert importlib.util.find_spec('isovigil') is None"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"{ours}\n{start}", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def command(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "isovigil"
    environment = {**os.environ, "COLUMNS": "100"}
    return subprocess.run(
        [str(program), "verify-log", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_copied_file_judges_where_there_is_nothing_of_ours(tmp_path: Path):
    export = six_entries().export(kept=six_entries().heads)
    honest = alone(arguments_for(export, tmp_path), tmp_path)
    assert (honest.returncode, honest.stdout[:3], honest.stderr) == (0, "OK:", "")
    export.log[3] = spoilt(export.log[3], lambda line: line["payload"].update(value=1))
    spoiled = alone(arguments_for(export, tmp_path), tmp_path)
    assert spoiled.returncode == 1
    assert "entry 4: its payload is not the one that was committed to." in spoiled.stdout
    assert alone([str(tmp_path / "nowhere")], tmp_path).returncode == 2


def test_the_plain_call_of_the_manual_works(tmp_path: Path):
    shutil.copyfile(verify_log.__file__, tmp_path / "verify_log.py")
    (tmp_path / "export").mkdir()
    arguments_for(six_entries().export(), tmp_path / "export")
    done = subprocess.run(
        [sys.executable, "-I", "verify_log.py", "export"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout[:3], done.stderr) == (0, "OK:", "")


def test_the_verifier_imports_nothing_but_the_standard_library_and_cryptography():
    tree = ast.parse(Path(verify_log.__file__).read_text(encoding="utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "."]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


@pytest.mark.parametrize("honest", [True, False])
def test_the_command_gives_the_answer_of_the_file(honest: bool, tmp_path: Path):
    export = six_entries().export(kept=six_entries().heads)
    export.clinic = "north"
    if not honest:
        export.log = export.log[:-1]
    arguments = arguments_for(export, tmp_path)
    by_command, by_file = command(arguments, tmp_path), alone(arguments, tmp_path)
    assert (by_command.returncode, by_command.stdout) == (by_file.returncode, by_file.stdout)
    assert by_command.returncode == (0 if honest else 1)


def test_the_command_writes_out_the_file_itself(tmp_path: Path):
    done = command(["--copy-to", "mine.py"], tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "mine.py").read_bytes() == Path(verify_log.__file__).read_bytes()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path):
    done = command(["--copy-to", "no/such/place.py"], tmp_path)
    assert done.returncode == 2
    assert "no/such/place.py cannot be written: No such file or directory." in done.stderr


def test_a_call_without_anything_to_check_is_refused(tmp_path: Path):
    done = command([], tmp_path)
    assert done.returncode == 2
    assert "name either the folder of an export, or --fact" in done.stderr
