"""Do sorted pieces, cut into shards and merged, hold each patient's rows as one sort of all rows would?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from isovigil.exchange.bulk import shards, sorted_pieces
from isovigil.exchange.bulk.chunk_rows import row_schema
from isovigil.exchange.bulk.shards import (
    Limits,
    Shard,
    cut_into_shards,
    nobodys_in,
    rows_of,
    shared_in,
)
from isovigil.exchange.bulk.sorted_pieces import PieceWriter, rows_apart

LIMITS = Limits(256, 1)
Place = tuple[str, int, int]
"""Whose a row is, its chunk and its line."""
NAMES = some.one_of(
    some.sampled_from(["a", "b", "B", "a-1", "é", "z", "\ue000", "\U0001f600", "\uffff"]),
    some.text(some.characters(exclude_categories=["Cs"]), min_size=1, max_size=4),
)
"""Above U+FFFF the order of UTF-16 is another than that of UTF-8 and of code points."""
CHUNKS = some.lists(some.lists(NAMES, max_size=12), max_size=6)
"""The patients whom the lines of each chunk name."""


def rows(places: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows with these values, and with nothing elsewhere."""
    return pa.Table.from_pylist([dict(each) for each in places], row_schema())


def row(patient: str, chunk: int, line: int, kind: str = "Observation", **more: Any) -> dict[str, Any]:
    return {
        "patient": patient,
        "chunk": chunk,
        "line": line,
        "kind": kind,
        "resource": f"{chunk}-{line}",
    } | more


def written(folder: Path, chunks: Sequence[Sequence[dict[str, Any]]], *, together: int = 1) -> None:
    """Write the rows of each chunk, those of so many chunks by one writer."""
    for first in range(0, len(chunks), together):
        writer = PieceWriter(folder)
        for number, own in enumerate(chunks[first : first + together], start=first):
            writer.add(number, rows(own))
        writer.flush()


def places_in(folder: Path, cut: Sequence[Shard]) -> list[list[Place]]:
    """Where the rows of each shard come from, in their order."""
    columns, opened = ("patient", "chunk", "line"), sorted_pieces.OpenPieces(folder)
    tables = [rows_of(folder, shard, opened) for shard in cut]
    return [list(zip(*(table.column(name).to_pylist() for name in columns), strict=True)) for table in tables]


def expected(chunks: Sequence[Sequence[dict[str, Any]]]) -> list[Place]:
    """The rows that name a patient, sorted by the bytes of the name, by chunk and line."""
    places = [(each["patient"], each["chunk"], each["line"]) for own in chunks for each in own]
    return sorted((each for each in places if each[0]), key=lambda each: (each[0].encode(), *each[1:]))


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards of three rows or a little more."""
    monkeypatch.setattr(shards, "FEWEST_ROWS", 3)


@given(CHUNKS, some.integers(1, 3), some.randoms(use_true_random=False), some.sampled_from([1, 400, 10**9]))
def test_shards_hold_in_their_order_what_one_sort_of_all_rows_gives(
    names: list[list[str]], together: int, chance: Any, piece_bytes: int
):
    chunks = [
        [row(name, chunk, line) for line, name in enumerate(own)] for chunk, own in enumerate(names)
    ]  # fmt: skip
    for own in chunks:
        chance.shuffle(own)  # what the strict loader reads comes after the rest of a chunk
    with TemporaryDirectory() as held, pytest.MonkeyPatch.context() as patched:
        patched.setattr(sorted_pieces, "PIECE_BYTES", piece_bytes)
        patched.setattr(sorted_pieces, "_BATCH", 3)
        patched.setattr(sorted_pieces, "_MOST_OPEN", 1)
        written(Path(held), chunks, together=together)
        cut = cut_into_shards(Path(held), LIMITS)
        found = places_in(Path(held), cut)
    assert [each for own in found for each in own] == expected(chunks)
    assert [shard.rows for shard in cut] == [len(own) for own in found]
    assert [shard.patients for shard in cut] == [len({each[0] for each in own}) for own in found]
    for before, after in pairwise(found):
        assert len(before) >= 3
        assert before[-1][0] != after[0][0], "a patient lies in two shards"


@given(CHUNKS)
def test_the_cuts_are_the_same_however_the_rows_lie_in_pieces(names: list[list[str]]):
    chunks = [
        [row(name, chunk, line) for line, name in enumerate(own)] for chunk, own in enumerate(names)
    ]  # fmt: skip
    cuts = []
    for together, piece_bytes in ((1, 10**9), (6, 10**9), (6, 1)):
        with TemporaryDirectory() as held, pytest.MonkeyPatch.context() as patched:
            patched.setattr(sorted_pieces, "PIECE_BYTES", piece_bytes)
            written(Path(held), chunks, together=together)
            cuts.append(cut_into_shards(Path(held), LIMITS))
    assert cuts[0] == cuts[1] == cuts[2]


def test_a_shard_ends_with_the_first_patient_with_whom_it_is_full(tmp_path: Path):
    # Three rows fill a shard: a 2 + b 1 | c 2 + d 4 | e 1.
    names = ["a"] * 2 + ["b"] + ["c"] * 2 + ["d"] * 4 + ["e"]
    written(tmp_path, [[row(name, 0, line) for line, name in enumerate(names)]])
    assert cut_into_shards(tmp_path, LIMITS) == [Shard(0, 3, 2), Shard(1, 6, 2), Shard(2, 1, 1)]


def test_one_patient_may_have_all_rows_of_all_pieces(tmp_path: Path):
    chunks = [[row("only", chunk, line) for line in reversed(range(5))] for chunk in range(4)]
    written(tmp_path, chunks)
    assert cut_into_shards(tmp_path, LIMITS) == [Shard(0, 20, 1)]
    [found] = places_in(tmp_path, [Shard(0, 20, 1)])
    assert found == [("only", chunk, line) for chunk in range(4) for line in range(5)]


@pytest.mark.parametrize("chunks", [[], [[]], [[row("", 0, 0)], []]], ids=["no chunk", "no row", "nobody's"])
def test_where_nobody_is_named_there_is_no_shard(chunks: list[list[dict[str, Any]]], tmp_path: Path):
    written(tmp_path, chunks)
    assert cut_into_shards(tmp_path, LIMITS) == []
    assert [each[1] for each in rows_apart(nobodys_in(tmp_path))] == [0] * any(chunks)


def test_what_names_no_patient_is_set_apart_by_chunk_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sorted_pieces, "PIECE_BYTES", 200)  # so that a chunk has several pieces
    own = [
        row("", 0, 3, "Organization"), row("p", 0, 1), row("", 0, 2), row("", 0, 0, "Specimen"),
        row("p", 0, 5, "Medication"), row("", 0, 4, ""),
    ]  # fmt: skip
    written(tmp_path, [own, [row("", 1, 0, "Encounter")]])
    [shard] = cut_into_shards(tmp_path, LIMITS)
    told = [[each[:3] for each in rows_apart(path)] for path in (shared_in(tmp_path), nobodys_in(tmp_path))]
    assert told == [
        [(0, 0, "Specimen"), (0, 3, "Organization")],
        [(0, 2, "Observation"), (0, 4, ""), (1, 0, "Encounter")],
    ]
    assert places_in(tmp_path, [shard]) == [[("p", 0, 1), ("p", 0, 5)]]


def owned() -> list[list[dict[str, Any]]]:
    """Who recorded what: about two rows of one patient, one of another, and one that is not in the input."""
    about = ["Observation/0-0", "https://a.invalid/fhir/Observation/1-1/_history/2", "Observation/1-0"]
    return [
        [row("p", 0, 0), row("q", 0, 2, "Provenance", resource="cut off")],
        [row("p", 1, 0), row("q", 1, 1)],
        [row("", 2, 0, "Provenance", targets=about), row("", 2, 1, "Provenance", targets=["Observation/x"])],
        [row("p", 3, 0)],
    ]


def test_who_recorded_what_is_filed_once_under_each_patient_it_is_about(tmp_path: Path):
    written(tmp_path, owned(), together=2)
    cut = cut_into_shards(tmp_path, LIMITS)
    assert [each for own in places_in(tmp_path, cut) for each in own] == [
        ("p", 0, 0), ("p", 1, 0), ("p", 2, 0), ("p", 3, 0), ("q", 0, 2), ("q", 1, 1), ("q", 2, 0),
    ]  # fmt: skip
    assert list(rows_apart(nobodys_in(tmp_path))) == []


def test_to_cut_again_after_an_interruption_gives_the_same(tmp_path: Path):
    written(tmp_path, owned())
    before = cut_into_shards(tmp_path, LIMITS)
    (tmp_path / "owned-000007.arrow").write_bytes((tmp_path / "owned-000000.arrow").read_bytes())
    assert cut_into_shards(tmp_path, LIMITS) == before


def test_lines_too_long_together_for_one_plain_column_are_sorted_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sorted_pieces, "_LONGEST_COLUMN", 400)
    monkeypatch.setattr(sorted_pieces, "PIECE_BYTES", 200)
    names = ["b", "a", "", "b"]
    written(tmp_path, [[row(name, 0, line, raw=name.encode() * 90) for line, name in enumerate(names)]])
    [shard] = cut_into_shards(tmp_path, LIMITS)
    found = rows_of(tmp_path, shard)
    assert found.column("patient").to_pylist() == ["a", "b", "b"]
    assert found.schema.field("raw").type == pa.large_binary(), "the rows were not too long"
    assert found.column("raw").to_pylist() == [b"a" * 90, b"b" * 90, b"b" * 90]


def test_the_rows_have_the_columns_of_reading_but_for_the_targets(tmp_path: Path):
    written(tmp_path, [[row("p", 0, 0)]])
    [shard] = cut_into_shards(tmp_path, LIMITS)
    assert rows_of(tmp_path, shard).schema.equals(sorted_pieces.waiting_schema())
    assert [*sorted_pieces.waiting_schema().names, "targets"] == sorted(
        row_schema().names, key=lambda name: (name == "targets", row_schema().names.index(name))
    )


def test_a_piece_that_was_written_anew_is_opened_anew(tmp_path: Path):
    opened = sorted_pieces.OpenPieces(tmp_path)
    for names in (["a", "b"], ["c", "d", "e"]):
        written(tmp_path, [[row(name, 0, line) for line, name in enumerate(names)]])
        [shard] = cut_into_shards(tmp_path, LIMITS)
        assert rows_of(tmp_path, shard, opened).column("patient").to_pylist() == names
