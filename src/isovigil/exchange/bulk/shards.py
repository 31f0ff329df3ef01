"""Between which patients are the rows of all pieces cut into shards, and where do a shard's rows lie?

What names no patient is kept apart: resources that others refer to, and lines of which it cannot be told whom
they are about. Who recorded what is filed under each patient it is about.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from isovigil.exchange.bulk.flatten import SHARED
from isovigil.exchange.bulk.sorted_pieces import (
    OpenPieces,
    Slice,
    count_of_nobodys,
    patients_of,
    pieces_in,
    provenances_in,
    rows_written,
    waiting_schema,
)

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

MOST_ROWS: Final = 40_000
FEWEST_ROWS: Final = 32_000
"""A shard costs some milliseconds by itself, however few are in it. Only the last has fewer."""
PARTS: Final = 32
"""An input is cut into so many shards where that leaves each enough rows, so that every worker has some."""
_RUNS_HELD: Final = 1_000_000
"""So many names from pieces are held before equal ones are counted together."""
_AT_A_TIME: Final = 20_000
"""Rows of those who recorded something that are sorted out at a time."""
_SLICES: Final = "slices.arrow"
_OWNED: Final = "owned"
_OWNERS: Final = """
    SELECT DISTINCT ON (owner.patient, told.chunk, told.line)
           owner.patient, told.* EXCLUDE (patient, targets, about)
    FROM (SELECT *, regexp_extract(unnest(targets), '([A-Za-z]+/[A-Za-z0-9.-]+)(/_history/.*)?$', 1) AS about
          FROM provenances) AS told
    JOIN (SELECT DISTINCT patient, kind || '/' || resource AS named
          FROM pieces WHERE patient <> '') AS owner
      ON owner.named = told.about
    ORDER BY owner.patient, told.chunk, told.line
"""
"""Of a reference the type and id count, whatever server and version it names."""


class Shard(NamedTuple):
    """A run of patients."""

    number: int
    rows: int
    patients: int


class Limits(NamedTuple):
    """How much of the machine filing who recorded what may take; the rest spills to disk."""

    memory_mb: int
    threads: int


def shared_in(folder: Path) -> Path:
    """The file of a folder of pieces that holds what others refer to."""
    return folder / "shared.arrow"


def nobodys_in(folder: Path) -> Path:
    """The file of a folder of pieces that holds the lines of which it is not known whom they are about."""
    return folder / "nobodys.arrow"


def cut_into_shards(folder: Path, limits: Limits) -> list[Shard]:
    """Cut the rows of all pieces of a folder between patients, in the order of their names.

    The cuts depend on the rows alone, and not on how they lie in pieces. What names no patient is set apart.
    """
    _set_apart(folder)
    _file_under_owners(folder, limits)
    pieces = [*pieces_in(folder), *_owned_in(folder)]
    patients, rows = _rows_of_everybody(pieces)
    ends = list(accumulate(rows.to_pylist()))
    begins = list(_beginnings(ends))
    _write_slices(folder, pieces, [patients[begin].as_py() for begin in begins])
    return [
        Shard(number, ends[stop - 1] - (ends[begin - 1] if begin else 0), stop - begin)
        for number, (begin, stop) in enumerate(pairwise([*begins, len(ends)]))
    ]


def rows_of(folder: Path, shard: Shard, opened: OpenPieces | None = None) -> pa.Table:
    """The rows of one shard by patient, chunk and line. `opened`: the folder's pieces, kept open for many."""
    import pyarrow as pa

    with pa.memory_map(str(folder / _SLICES)) as file:
        listed = pa.ipc.open_file(file).get_batch(shard.number).to_pydict()
    return (opened or OpenPieces(folder)).merged(map(Slice, *listed.values()))


def _set_apart(folder: Path) -> None:
    """Write what names no patient into two files, by chunk and line: everybody's, and nobody's."""
    import pyarrow as pa
    import pyarrow.compute as pc

    schema, everybodys = waiting_schema(), pa.array(sorted(SHARED))
    with (
        rows_written(shared_in(folder), schema) as shared,
        rows_written(nobodys_in(folder), schema) as nobodys,
    ):
        for piece in pieces_in(folder):
            if not (count := count_of_nobodys(piece)):
                continue
            apart = OpenPieces(folder).merged([Slice(piece.name, 0, count)])
            kind = apart.column("kind")
            is_shared = pc.is_in(kind, value_set=everybodys)
            shared.write_table(apart.filter(is_shared))
            nobodys.write_table(apart.filter(pc.invert(is_shared)))


def _file_under_owners(folder: Path, limits: Limits) -> None:
    """File who recorded what under each patient it is about: pieces of their own, sorted outside memory."""
    for left in _owned_in(folder):
        left.unlink()  # of a run that was interrupted here
    told, pieces, schema = provenances_in(folder), pieces_in(folder), waiting_schema()
    if not told or not pieces:
        return
    import pyarrow as pa
    import pyarrow.dataset as ds

    base = _connected(limits, folder)
    base.register("provenances", ds.dataset(list(map(str, told)), format="arrow"))
    base.register("pieces", ds.dataset(list(map(str, pieces)), format="arrow"))
    for number, batch in enumerate(base.sql(_OWNERS).fetch_arrow_reader(_AT_A_TIME)):
        with rows_written(folder / f"{_OWNED}-{number:06d}.arrow", schema) as writer:
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))
    base.close()


def _owned_in(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{_OWNED}-*.arrow"))


def _connected(limits: Limits, folder: Path) -> duckdb.DuckDBPyConnection:
    import duckdb

    return duckdb.connect(
        config={
            "memory_limit": f"{limits.memory_mb}MB",
            "threads": limits.threads,
            "temp_directory": str(folder / "spilled"),
            "preserve_insertion_order": "false",
        }
    )


def _rows_of_everybody(pieces: Sequence[Path]) -> tuple[pa.Array, pa.Array]:
    """Everybody who is named, in the order of names, and how many rows each has in all pieces together."""
    import pyarrow as pa

    names, rows, held = [pa.array([], pa.string())], [pa.array([], pa.int64())], 0
    for piece in pieces:
        patients, ends = patients_of(piece)
        names.append(patients)
        rows.append(_differences(ends))
        held += len(patients)
        if held > _RUNS_HELD:
            patients, counts = _added(names, rows)
            names, rows, held = [patients], [counts], 0
    patients, counts = _added(names, rows)
    named = int(len(patients) > 0 and not patients[0].as_py())
    return patients[named:], counts[named:]


def _added(names: Sequence[pa.Array], rows: Sequence[pa.Array]) -> tuple[pa.Array, pa.Array]:
    """Each name once, in their order, and the sum of its rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    given = pa.concat_arrays(names).dictionary_encode()
    whose = pc.rank(given.dictionary, tiebreaker="first").take(given.indices)
    order = pc.array_sort_indices(whose)
    lasts = pc.subtract(pc.run_end_encode(whose.take(order)).run_ends, 1)
    ends = pc.cumulative_sum(pa.concat_arrays(rows).take(order)).take(lasts)
    return given.dictionary.take(pc.array_sort_indices(given.dictionary)), _differences(ends)


def _differences(ends: pa.Array) -> pa.Array:
    """How far each is from the one before."""
    import pyarrow as pa
    import pyarrow.compute as pc

    far = ends.cast(pa.int64())
    return pc.subtract(far, pa.concat_arrays([pa.array([0], pa.int64()), far[:-1]])[: len(far)])


def _beginnings(ends: Sequence[int]) -> Iterator[int]:
    """The places of the patients with whom a shard begins: one ends with the first by whom it is full."""
    size = max(FEWEST_ROWS, min(MOST_ROWS, (ends[-1] if ends else 0) // PARTS))
    begin = 0
    while begin < len(ends):
        yield begin
        begin = bisect_left(ends, size + (ends[begin - 1] if begin else 0)) + 1


def _write_slices(folder: Path, pieces: Sequence[Path], firsts: Sequence[str]) -> None:
    """Write for each shard where its rows lie in every piece that has some, a batch each."""
    import pyarrow as pa

    cuts: list[array[int]] = []
    for piece in pieces:
        patients, ends = (column.to_pylist() for column in patients_of(piece))
        begins = [0, *ends]
        cuts.append(array("q", [begins[bisect_left(patients, first)] for first in firsts] + [ends[-1]]))
    schema = pa.schema([("piece", pa.string()), ("start", pa.int64()), ("rows", pa.int64())])
    with pa.OSFile(str(folder / _SLICES), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        for number in range(len(firsts)):
            own = [
                (piece.name, cut[number], cut[number + 1] - cut[number])
                for piece, cut in zip(pieces, cuts, strict=True)
                if cut[number] < cut[number + 1]
            ]
            columns = [
                pa.array(column, field.type)
                for column, field in zip(zip(*own, strict=True), schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(columns, schema=schema))
