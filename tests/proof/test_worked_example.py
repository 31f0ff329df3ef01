"""Is the log of docs/proof.md what it says, and does its arithmetic come out with openssl and sha256sum?"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.code_health.house_rules.house_rule import REPOSITORY
from tests.proof.worked_example import FOLDER, files

PAGE = (REPOSITORY / "docs" / "proof.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```\n\n(?:```text\n(.*?)```|(?!```text))", PAGE, re.DOTALL)
BETWEEN = "---- next ----"


def test_the_files_of_the_example_are_those_that_are_told():
    there = {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*") if file.is_file()}
    assert there == set(files())
    for name, text in files().items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, name


def test_what_the_page_tells_a_reader_to_type_prints_what_it_says():
    for program in ("bash", "openssl", "sha256sum"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed; the page is for readers who have it")
    script = f"\necho '{BETWEEN}'\n".join(typed for typed, _ in BLOCKS)
    beside_python = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=FOLDER,
        env={"PATH": beside_python, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed = [each.strip() for each in done.stdout.split(BETWEEN)]
    assert printed == [told.strip() for _, told in BLOCKS]
    assert len(BLOCKS) == 5
