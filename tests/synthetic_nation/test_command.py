"""Does `isovigil synthesize` write what it says, and refuse what it cannot make up?"""

from __future__ import annotations

from pathlib import Path

import pytest

from isovigil.cli.synthesize_command import run_synthesize
from isovigil.synthetic_nation.nation import TRUTH


def run(folder: Path, programme: str = "us_ipledge", on: str | None = None, compress: str = "none") -> int:
    return run_synthesize(12, str(folder), 3, programme, on, compress, None, 1)


def test_it_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path) == 0
    lines = sum(len(each.read_bytes().splitlines()) for each in tmp_path.glob("*.ndjson"))
    planted = len((tmp_path / TRUTH).read_text().splitlines()) - 1
    said = capsys.readouterr().out
    assert f"12 made-up patients as of 2025-06-30, {lines:,} resources" in said
    assert f"{planted} violations are planted" in said
    assert "Nobody in it is real." in said


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"programme": "uk_mhra"}, "us_ipledge"),
        ({"on": "2026-08-08"}, "2026-08-07"),
        ({"on": "yesterday"}, "calendar day"),
        ({"compress": "zip"}, "none, gzip, zstd"),
    ],
)
def test_a_wrong_call_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: dict[str, str], says: str
):
    folder = tmp_path / "out"
    assert run(folder, **given) == 2
    told = capsys.readouterr()
    assert says in told.err
    assert told.out == ""
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "file").write_text("in the way")
    assert run(tmp_path / "file") == 2
    assert "cannot be written" in capsys.readouterr().err
