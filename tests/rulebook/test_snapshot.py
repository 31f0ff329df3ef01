"""Does the snapshot hold exactly what the YAML says, and is it dropped the moment it may be stale?"""

from __future__ import annotations

from pathlib import Path

import pytest

from isovigil.exchange import rulebook_files, rulebook_snapshot
from isovigil.exchange.rulebook_files import RULEBOOK, digest_of, load_rulebook, rulebook_texts
from isovigil.exchange.rulebook_reader import read_rulebook
from isovigil.exchange.rulebook_snapshot import read_snapshot, write_snapshot
from tests.rulebook.small_rulebook import WINDOW, small_parts, with_changes


def test_the_snapshot_of_the_whole_rulebook_equals_its_yaml(tmp_path: Path):
    texts = rulebook_texts(RULEBOOK)
    parts = read_rulebook(texts)
    write_snapshot(parts, digest_of(texts), tmp_path / "rulebook.snapshot")
    assert read_snapshot(digest_of(texts), tmp_path / "rulebook.snapshot") == parts


def test_a_snapshot_of_other_files_is_not_used(tmp_path: Path):
    snapshot = tmp_path / "rulebook.snapshot"
    before, after = with_changes(), with_changes((WINDOW, "value: 10", "value: 11"))
    write_snapshot(small_parts(), digest_of(before), snapshot)
    assert read_snapshot(digest_of(before), snapshot) is not None
    assert read_snapshot(digest_of(after), snapshot) is None


def test_a_renamed_file_changes_the_digest():
    texts = with_changes()
    renamed = dict(texts)
    renamed["xx_law/dispensing/window_hours.yaml"] = renamed.pop(WINDOW)
    assert digest_of(texts) != digest_of(renamed)


def test_where_one_file_ends_and_the_next_begins_is_part_of_the_digest():
    # Run together, the names and texts of both are "abc".
    assert digest_of({"a": b"b", "c": b""}) != digest_of({"a": b"bc"})


@pytest.mark.parametrize("damage", [b"", b"no line break", b"\n{}"])
def test_a_damaged_snapshot_is_not_used(tmp_path: Path, damage: bytes):
    snapshot = tmp_path / "rulebook.snapshot"
    snapshot.write_bytes(damage)
    assert read_snapshot(digest_of(with_changes()), snapshot) is None


def test_a_snapshot_with_one_altered_byte_in_its_body_is_not_used(tmp_path: Path):
    snapshot = tmp_path / "rulebook.snapshot"
    digest = digest_of(with_changes())
    write_snapshot(small_parts(), digest, snapshot)
    whole = snapshot.read_bytes()
    assert whole.count(b'"value":10,') == 1
    snapshot.write_bytes(whole.replace(b'"value":10,', b'"value":11,'))
    assert read_snapshot(digest, snapshot) is None


def test_a_snapshot_made_by_other_code_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    snapshot = tmp_path / "rulebook.snapshot"
    digest = digest_of(with_changes())
    write_snapshot(small_parts(), digest, snapshot)
    monkeypatch.setattr(rulebook_snapshot, "_READ_BY", rulebook_snapshot._READ_BY[1:])
    assert read_snapshot(digest, snapshot) is None


def test_every_module_that_reads_the_rulebook_is_among_those_a_snapshot_depends_on():
    product = RULEBOOK.parent
    for name in rulebook_snapshot._READ_BY:
        assert (product / name).is_file(), name
    readers = {f"exchange/{path.name}" for path in (product / "exchange").glob("rulebook_*.py")}
    readers |= {f"law/{path.name}" for path in (product / "law").glob("*.py")}
    # These make no part of what a snapshot holds: they find files, tell problems, or use what was read.
    apart = {
        "exchange/rulebook_files.py",
        "exchange/rulebook_problems.py",
        "law/__init__.py",
        "law/refusal.py",
    }
    apart |= {"law/compared_reading.py", "law/one_days_law.py", "law/possible_starts.py", "law/tightening.py"}
    assert readers - apart <= set(rulebook_snapshot._READ_BY)


def test_loading_answers_the_same_with_and_without_a_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rulebook_files, "read_snapshot", lambda _: None)
    from_yaml = load_rulebook()
    write_snapshot(from_yaml.parts, from_yaml.digest, tmp_path / "rulebook.snapshot")
    monkeypatch.setattr(
        rulebook_files, "read_snapshot", lambda digest: read_snapshot(digest, tmp_path / "rulebook.snapshot")
    )
    from_snapshot = load_rulebook()
    assert (from_snapshot.parts, from_snapshot.digest) == (from_yaml.parts, from_yaml.digest)


def test_another_folder_is_always_read_from_its_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for file, text in with_changes().items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(text)
    monkeypatch.setattr(rulebook_files, "read_snapshot", lambda _: pytest.fail("a snapshot was asked for"))
    assert list(load_rulebook(folder=tmp_path).programmes) == ["xx_law"]
