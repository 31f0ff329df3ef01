"""How are the lines of an export taken apart into narrow rows that can be sorted by patient?

The fast way is DuckDB with explicit columns. Any line about which there is a doubt becomes a row that holds
the whole line, for the strict loader; so is every line of a type that is not common.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import msgspec

from isovigil.exchange.bulk.fast_columns import FAST, select_of
from isovigil.exchange.bulk.input_files import Chunk
from isovigil.exchange.bulk.lines import Block, Broken, LongLine, blocks_of
from isovigil.exchange.bulk.templates import Templates
from isovigil.exchange.fhir.code_tables import codes_reading
from isovigil.exchange.fhir.record import plain_reference
from isovigil.exchange.fhir.unread_resources import UNREAD

if TYPE_CHECKING:
    import pyarrow as pa

_TYPE: Final = re.compile(rb'"resourceType"\s*:\s*"([A-Za-z]{1,64})"')
_WHOSE: Final = re.compile(
    rb'"(?:subject|patient)"\s*:\s*\{[^{}]*?"reference"\s*:\s*"(?:[^"\\]*/)?'
    rb"Patient/([A-Za-z0-9.-]{1,64})"
)
_OWN_ID: Final = re.compile(rb'"id"\s*:\s*"([A-Za-z0-9.-]{1,64})"')
_TARGET: Final = re.compile(rb'"reference"\s*:\s*"([^"\\]{1,300})"')
_NULL: Final = b"null"
"""A line with a null goes back to the strict loader: DuckDB would take it for nothing at all."""
_DOUBTFUL: Final = (_NULL, b'"contained"', b"urn:isovigil:f", b"urn:isovigil:p", b'"medication"')
"""Of lines that hold one of these everything counts: nulls, resources inside, our own fields and ids."""
_USUAL_LINE: Final = 1024 * 1024
"""Bytes for which DuckDB makes room; more only where a line needs it."""
_LINE_NAMED: Final = re.compile(r"in line (\d+)")
_TRIES: Final = 6
SHARED: Final = frozenset({"Medication", "Organization", "Specimen"})
"""Types that are looked up from others. Without a patient of their own they are everybody's."""
NOT_READ: Final = "No rule looks at a {}."


class Row(NamedTuple):
    """A line for the strict loader, or the trouble with one that was not kept."""

    patient: str
    line: int
    kind: str
    resource: str | None
    raw: bytes | None
    targets: list[str] | None
    trouble: str | None
    is_json: bool = True


class Flat(NamedTuple):
    """What came of one chunk."""

    lines: int
    fast: int
    strict: int
    unread: Counter[tuple[str, str]]
    templates: dict[int, str]
    table: pa.Table
    broken: Broken | None


def row_schema() -> pa.Schema:
    """The columns of the rows between reading and judging."""
    import pyarrow as pa

    text = pa.string()
    return pa.schema(
        [("patient", text), ("chunk", pa.int32()), ("line", pa.int32()), ("kind", text), ("resource", text),
         ("day", text), ("later", text), ("changed", text), ("number", text), ("under", text),
         ("template", pa.int64()), ("raw", pa.binary()), ("targets", pa.list_(text)), ("trouble", text)]
    )  # fmt: skip


class Flattener:
    """Takes chunks apart, one after the other. One a process: it holds a DuckDB of its own."""

    def __init__(self, *, is_fast: bool = True) -> None:
        import duckdb

        self._is_fast = is_fast
        self._duckdb = duckdb
        self._base = duckdb.connect(config={"threads": 1, "memory_limit": "256MB"})
        self._memory = os.memfd_create("isovigil") if is_fast else -1
        self._templates = Templates()

    def flatten(self, chunk: Chunk) -> Flat:
        """The rows of one chunk."""
        import pyarrow as pa

        work = _Work(chunk)
        for block in blocks_of(chunk):
            if isinstance(block, Broken):
                work.broken = block
                continue
            work.lines = block.first + len(block.lines)
            self._take(block, work)
        work.flush()
        table = pa.Table.from_batches(work.batches, row_schema())
        return Flat(work.lines, work.fast, work.strict, work.unread, work.templates, table, work.broken)

    def _take(self, block: Block, work: _Work) -> None:
        name = _type_of(block.lines)
        is_fast = self._is_fast and name in FAST
        if is_fast and not any(isinstance(each, LongLine) for each in (block.lines[0], block.lines[-1])):
            lines = cast("list[bytes]", block.lines)
            text = b"\n".join(lines)
            if _NULL not in text and b"" not in lines:
                numbers = list(range(block.first, block.first + len(lines)))
                self._take_fast(name, lines, numbers, work, text)
                return
        kept, numbers = [], []
        for place, line in enumerate(block.lines, start=block.first):
            if isinstance(line, LongLine):
                work.strict_row(_too_long(line, place))
            elif not is_fast or _NULL in line:
                if line.strip():
                    work.strict_row(_row_of(line, place))
            elif line and not line.isspace():
                kept.append(line)
                numbers.append(place)
        if kept:
            self._take_fast(name, kept, numbers, work, b"\n".join(kept))

    def _take_fast(self, name: str, lines: list[bytes], numbers: list[int], work: _Work, text: bytes) -> None:
        """One query over the lines; a line at which it stops is set aside for the strict loader."""
        for _ in range(_TRIES):
            try:
                table = self._query(name, text, max(map(len, lines)))
            except self._duckdb.Error as error:
                named = _LINE_NAMED.search(str(error))
                at = int(named[1]) - 1 if named is not None else len(lines)
                aside = range(max(at - 2, 0), min(at + 2, len(lines)))
                if not aside:
                    break
                for place in aside:
                    work.strict_row(_row_of(lines[place], numbers[place]))
                del lines[aside.start : aside.stop], numbers[aside.start : aside.stop]
                if not lines:
                    return
                text = b"\n".join(lines)
                continue
            if table.num_rows == len(lines):
                self._keep(name, table, lines, numbers, work)
                return
            break
        if len(lines) == 1:
            if lines[0].strip():
                work.strict_row(_row_of(lines[0], numbers[0]))
            return
        half = len(lines) // 2
        for some in (slice(half), slice(half, None)):
            self._take_fast(name, lines[some], numbers[some], work, b"\n".join(lines[some]))

    def _query(self, name: str, text: bytes, longest: int) -> pa.Table:
        os.pwrite(self._memory, text, 0)
        os.ftruncate(self._memory, len(text))
        query = select_of(name, f"/proc/self/fd/{self._memory}", max(longest + 1, _USUAL_LINE))
        return self._base.execute(query).fetch_arrow_table()

    def _keep(self, name: str, table: pa.Table, lines: list[bytes], numbers: list[int], work: _Work) -> None:
        """Keep the rows about which there is no doubt; the lines of the others go to the strict loader."""
        import pyarrow as pa
        import pyarrow.compute as pc

        places, templates = self._templates.of_rows(
            name, _whole(table.column("template")), _whole(table.column("performer"))
        )
        marks = pa.array([None if each is None else each.mark for each in templates], pa.int64()).take(places)
        is_strict = pc.or_(_whole(table.column("doubtful")), pc.is_null(marks))
        for place in pc.indices_nonzero(is_strict).to_pylist():
            work.strict_row(_row_of(lines[place], numbers[place]))
        is_unread = pa.array([each is not None and each.unread is not None for each in templates]).take(
            places
        )
        is_kept = pc.invert(pc.or_(is_strict, is_unread))
        left_out = places.filter(pc.and_(is_unread, pc.invert(is_strict)))
        for place, count in Counter(left_out.to_pylist()).items():
            template = templates[place]
            if template is not None and template.unread is not None:
                work.unread[name, template.unread] += count
        for place in pc.unique(places.filter(is_kept)).to_pylist():
            template = templates[place]
            if template is not None:
                work.templates[template.mark] = template.text
        chosen = table.append_column("mark", marks).append_column("at", pa.array(numbers, pa.int32()))
        self._add(name, chosen.filter(is_kept).combine_chunks(), work)

    def _add(self, name: str, chosen: pa.Table, work: _Work) -> None:
        import pyarrow as pa

        count, schema = chosen.num_rows, row_schema()
        work.fast += count
        given = {
            "chunk": pa.array([work.chunk.number] * count, pa.int32()),
            "line": _whole(chosen.column("at")),
            "kind": pa.array([name] * count, pa.string()),
            "template": _whole(chosen.column("mark")),
        }
        columns = []
        for field in schema:
            if field.name in given:
                columns.append(given[field.name])
            elif field.name in ("raw", "targets", "trouble"):
                columns.append(pa.nulls(count, field.type))
            else:
                columns.append(_whole(chosen.column(field.name)))
        work.batches.append(pa.record_batch(columns, schema=schema))


class _Work:
    """What has been read of one chunk so far."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.lines = self.fast = self.strict = 0
        self.unread: Counter[tuple[str, str]] = Counter()
        self.templates: dict[int, str] = {}
        self.batches: list[pa.RecordBatch] = []
        self.broken: Broken | None = None
        self._rows: list[Row] = []
        self._bytes = 0

    def strict_row(self, row: Row) -> None:
        """Keep a line for the strict loader, unless no rule looks at resources of its type."""
        self.strict += 1
        if row.kind in UNREAD and row.is_json:
            self.unread[row.kind, NOT_READ.format(row.kind)] += 1
            return
        self._rows.append(row)
        self._bytes += len(row.raw or b"")
        if self._bytes > 32 * 1024 * 1024:
            self.flush()

    def flush(self) -> None:
        """Put the rows kept so far into a batch."""
        import pyarrow as pa

        rows, schema = self._rows, row_schema()
        if not rows:
            return
        given: dict[str, list[Any]] = {name: [getattr(row, name) for row in rows] for name in Row._fields}
        given["chunk"] = [self.chunk.number] * len(rows)
        self.batches.append(
            pa.record_batch(
                [pa.array(given.get(each.name, [None] * len(rows)), each.type) for each in schema],
                schema=schema,
            )
        )
        self._rows, self._bytes = [], 0


def _whole(column: Any) -> Any:
    """A column in one piece."""
    import pyarrow as pa

    chunked = column.combine_chunks()
    return pa.concat_arrays(chunked.chunks) if isinstance(chunked, pa.ChunkedArray) else chunked


def _type_of(lines: Sequence[bytes | LongLine]) -> str:
    for line in lines:
        if isinstance(line, bytes) and (found := _TYPE.search(line)) is not None:
            return found[1].decode()
    return ""


class _Told(msgspec.Struct):
    reference: str | None = None


class _Outline(msgspec.Struct, rename={"kind": "resourceType"}):
    """What a line says about itself; the rest is only checked for being JSON."""

    kind: str = ""
    id: str | None = None
    subject: _Told | None = None
    patient: _Told | None = None


_outline: Final = msgspec.json.Decoder(_Outline)


def _row_of(line: bytes, place: int) -> Row:
    """A line for the strict loader, filed under whom it is about, or seems to be where it is no JSON."""
    try:
        told = _outline.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _row_of_no_json(line, place)
    about = told.subject or told.patient
    patient = _patient_named(about.reference) if about is not None else ""
    targets = None
    if told.kind == "Patient" and told.id is not None:
        patient = told.id
    elif told.kind == "Provenance":
        targets, patient = [each.decode(errors="replace") for each in _TARGET.findall(line)], ""
    return Row(patient, place, told.kind, told.id, line, targets, None)


def _patient_named(reference: str | None) -> str:
    if reference is None:
        return ""
    kind, _, name = plain_reference(reference).rpartition("/")
    return name if kind == "Patient" else ""


def _row_of_no_json(line: bytes, place: int) -> Row:
    kind = _TYPE.search(line)
    own = _OWN_ID.search(line)
    whose = _WHOSE.search(line)
    name = own[1].decode() if own is not None else None
    patient = whose[1].decode() if whose is not None else ""
    if kind is not None and kind[1] == b"Patient" and name is not None:
        patient = name
    return Row(
        patient, place, kind[1].decode() if kind is not None else "", name, line, None, None, is_json=False
    )


def _too_long(line: LongLine, place: int) -> Row:
    row = _row_of_no_json(line.beginning, place)
    severity = "fatal" if may_be_grave(line.beginning) else "error"
    says = f"{severity} The line has {line.length:,} bytes; at most 16 MiB are read. It was not read."
    return row._replace(raw=None, targets=None, trouble=says)


def may_be_grave(text: bytes) -> bool:
    """May it hold a pregnancy test, a pregnancy, or whether the patient can become pregnant?"""
    grave = codes_reading(("pregnancy_test", "pregnancy", "pregnancy_status"))
    return b'"can-become-pregnant"' in text or any(code in text for code in grave)


def is_doubtful(line: bytes) -> bool:
    """Does a line hold what only the strict loader takes as it is meant?"""
    return any(mark in line for mark in _DOUBTFUL)
