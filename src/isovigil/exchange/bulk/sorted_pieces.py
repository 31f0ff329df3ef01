"""How do rows wait to be judged: sorted in many pieces, of which any part is found and merged again?

A piece holds the rows of some chunks by patient, chunk and line, as Arrow IPC, not packed. Its batches are of
equal size: the place of a row says in which it is, and a reader reads little more than what it takes. Names
are compared by their bytes in UTF-8, the order of their code points: Arrow, DuckDB and Python agree.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from isovigil.exchange.bulk.chunk_rows import row_schema

if TYPE_CHECKING:
    import pyarrow as pa

PIECE_BYTES: Final = 32 * 1024 * 1024
"""What one piece holds at most, unless a single row has more."""
_BATCH: Final = 1_024
"""Rows. Larger batches cost more reading beside what is taken, smaller ones more batches."""
_LONGEST_COLUMN: Final = 2**31 - 1
"""Bytes of text that Arrow's plain columns can tell apart."""
_ROWS_AT_A_TIME: Final = 1_000
_MOST_OPEN: Final = 256
"""A process may hold a thousand files open. Of a nation's pieces beyond these, each is opened each time."""
_PIECE: Final = "piece"
_PROVENANCE: Final = "provenance"


class Slice(NamedTuple):
    """Some rows of one piece, one after the other."""

    piece: str
    start: int
    rows: int


def waiting_schema() -> pa.Schema:
    """The columns of the rows that wait: those between reading and judging, without `targets`."""
    schema = row_schema()
    return schema.remove(schema.get_field_index("targets"))


def in_order(rows: pa.Table) -> pa.Table:
    """The rows by patient, chunk and line."""
    import pyarrow as pa

    if not rows.num_rows:
        return rows
    [batch] = _columns_whole(rows).combine_chunks().to_batches()
    order, count = _order_of(batch), batch.num_rows
    columns = [
        pa.nulls(count, column.type) if column.null_count == count else column.take(order)
        for column in batch.columns
    ]
    return pa.Table.from_arrays(columns, schema=batch.schema)


def _columns_whole(rows: pa.Table) -> pa.Table:
    """The same rows with columns that can lie in one piece, however long the lines they hold are."""
    import pyarrow as pa

    if _is_no_more_than(_LONGEST_COLUMN, rows):
        return rows
    at = rows.schema.get_field_index("raw")
    return rows.set_column(at, "raw", rows.column(at).cast(pa.large_binary()))


def _order_of(rows: pa.RecordBatch) -> pa.Array:
    """The places of the rows in their order. Each name is compared once, then only numbers."""
    import pyarrow.compute as pc

    names = rows.column("patient").dictionary_encode()
    whose = pc.rank(names.dictionary, tiebreaker="first").take(names.indices)
    where = _where(rows)
    order = pc.array_sort_indices(whose)
    if _ascends(whose.take(order), where.take(order)):
        return order  # the usual: rows came in the order of lines, and sorting leaves equals as they came
    by_line = pc.array_sort_indices(where)
    return by_line.take(pc.array_sort_indices(whose.take(by_line)))


def _where(rows: pa.RecordBatch | pa.Table) -> pa.Array | pa.ChunkedArray:
    """The chunk and line of each row as one number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    of_chunks = pc.shift_left(rows.column("chunk").cast(pa.int64()), pa.scalar(32, pa.int64()))
    return pc.add(of_chunks, rows.column("line"))


def _ascends(whose: pa.Array, where: pa.Array) -> bool:
    """Do each patient's rows stand in the order of chunks and lines? Patients stand together already."""
    import pyarrow.compute as pc

    is_next = pc.not_equal(pc.pairwise_diff(whose), 0)
    is_further = pc.greater_equal(pc.pairwise_diff(where), 0)
    return bool(pc.all(pc.or_(is_next, is_further), min_count=0).as_py())


class PieceWriter:
    """Writes the rows of chunks that come one after the other, those of several chunks into one piece."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: list[pa.Table] = []
        self._bytes = 0
        self._first = 0

    def add(self, chunk: int, rows: pa.Table) -> None:
        """Take the rows of one chunk."""
        if self._held and self._bytes + rows.nbytes > PIECE_BYTES:
            self.flush()
        if not self._held:
            self._first = chunk
        self._held.append(rows)
        self._bytes += rows.nbytes

    def flush(self) -> None:
        """Write what is held: sorted pieces, and apart who recorded what."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self._held:
            return
        rows = pa.concat_tables(self._held)
        self._held, self._bytes = [], 0
        targets = rows.column("targets")
        if targets.null_count < rows.num_rows:
            self._write(_PROVENANCE, rows.filter(pc.is_valid(targets)))
            rows = rows.filter(pc.is_null(targets))
        self._write(_PIECE, rows.drop_columns(["targets"]))

    def _write(self, sort: str, rows: pa.Table) -> None:
        for number, part in enumerate(_small_enough(rows)):
            path = self._folder / f"{sort}-{self._first:06d}-{number:03d}.arrow"
            with rows_written(path, part.schema) as writer:
                writer.write_table(in_order(part), max_chunksize=_BATCH)


def _small_enough(rows: pa.Table) -> Iterator[pa.Table]:
    """The rows in parts that are no more than a piece holds; several are cut in the order of lines."""
    import pyarrow.compute as pc

    if _is_no_more_than(PIECE_BYTES, rows):
        if rows.num_rows:
            yield rows
        return
    by_line = _columns_whole(rows).take(pc.sort_indices(_where(rows)))
    yield from (part.cast(rows.schema) for part in _halves(by_line))


def _is_no_more_than(room: int, rows: pa.Table) -> bool:
    """Do rows fit into so many bytes? What lies in their buffers is told at once, and is mostly no more."""
    return bool(rows.get_total_buffer_size() <= room or rows.nbytes <= room)


def _halves(rows: pa.Table) -> Iterator[pa.Table]:
    if rows.nbytes <= PIECE_BYTES or rows.num_rows == 1:
        yield rows
        return
    half = rows.num_rows // 2
    yield from _halves(rows.slice(0, half))
    yield from _halves(rows.slice(half))


@contextmanager
def rows_written(path: Path, schema: pa.Schema) -> Iterator[Any]:
    """Arrow's writer for a file of rows, which has its name only once it is whole."""
    import pyarrow as pa

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    with pa.OSFile(str(unfinished), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        yield writer
    unfinished.rename(path)


def rows_apart(path: Path) -> Iterator[tuple[Any, ...]]:
    """The rows of a file of what names no patient, as tuples of the other columns in their order."""
    import pyarrow as pa

    with pa.OSFile(str(path)) as file:
        opened = pa.ipc.open_file(file)
        for number in range(opened.num_record_batches):
            rows = opened.get_batch(number).drop_columns(["patient"])
            for at in range(0, rows.num_rows, _ROWS_AT_A_TIME):
                columns = rows.slice(at, _ROWS_AT_A_TIME).columns
                yield from zip(*(column.to_pylist() for column in columns), strict=True)


def pieces_in(folder: Path) -> list[Path]:
    """The sorted pieces of a folder, in the order of their chunks."""
    return sorted(folder.glob(f"{_PIECE}-*.arrow"))


def provenances_in(folder: Path) -> list[Path]:
    """The files of a folder that hold who recorded what."""
    return sorted(folder.glob(f"{_PROVENANCE}-*.arrow"))


def patients_of(piece: Path) -> tuple[pa.Array, pa.Array]:
    """The patients of a piece in their order, and the row with which each one's rows end."""
    import pyarrow.compute as pc

    runs = pc.run_end_encode(_names_in(piece))
    return runs.values, runs.run_ends


def count_of_nobodys(piece: Path) -> int:
    """How many rows of a piece name no patient: its first."""
    import pyarrow.compute as pc

    names = _names_in(piece)
    return 0 if names[0].as_py() else int(pc.sum(pc.equal(names, "")).as_py())


def _names_in(piece: Path) -> pa.Array:
    import pyarrow as pa

    wanted = pa.ipc.IpcReadOptions(included_fields=[waiting_schema().get_field_index("patient")])
    with pa.memory_map(str(piece)) as file:
        return pa.ipc.open_file(file, options=wanted).read_all().column(0).combine_chunks()


class OpenPieces:
    """The pieces of a folder, each opened once, however many runs of rows are cut out of it.

    They stay open as long as this is kept: to open a piece means to read where all its batches lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: dict[str, tuple[tuple[int, int], Any]] = {}
        """Each piece by its name, with which file it was and when that was written."""

    def merged(self, slices: Iterable[Slice]) -> pa.Table:
        """The rows of some slices by patient, chunk and line."""
        import pyarrow as pa

        return in_order(pa.Table.from_batches([batch for each in slices for batch in self._cut_out(each)]))

    def _cut_out(self, part: Slice) -> Iterator[pa.RecordBatch]:
        """The rows of a slice: read, not mapped, as mapped pages would count as memory until the end."""
        opened, stop = self._piece(part.piece), part.start + part.rows
        for number in range(part.start // _BATCH, (stop - 1) // _BATCH + 1):
            begin = number * _BATCH
            skipped = max(part.start - begin, 0)
            yield opened.get_batch(number).slice(skipped, stop - begin - skipped)

    def _piece(self, name: str) -> Any:
        import pyarrow as pa

        path = self._folder / name
        told = path.stat()
        written = (told.st_ino, told.st_mtime_ns)
        known = self._opened.get(name)
        if known is not None and known[0] == written:
            return known[1]
        # Not opened yet, or written anew since: the file of an earlier run would still be read.
        opened = pa.ipc.open_file(pa.OSFile(str(path)))
        if known is not None or len(self._opened) < _MOST_OPEN:
            self._opened[name] = (written, opened)
        return opened
