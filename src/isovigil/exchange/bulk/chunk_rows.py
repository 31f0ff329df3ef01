"""Which rows were made of one chunk so far, and what has to be told of it?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from isovigil.exchange.bulk.input_files import Chunk
from isovigil.exchange.bulk.templates import Template
from isovigil.exchange.fhir.unread_resources import UNREAD

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_TEMPLATES: Final = 2 * 1024 * 1024
"""Characters of all templates of a chunk. Where hardly anything repeats, lines are kept whole."""
_MOST_IN_A_BATCH: Final = 20_000
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


class Broken(NamedTuple):
    """Reading stopped at this line of the chunk: the packed file is damaged or cut off."""

    line: int
    says: str


def row_schema() -> pa.Schema:
    """The columns of the rows between reading and judging."""
    import pyarrow as pa

    text = pa.string()
    return pa.schema(
        [("patient", text), ("chunk", pa.int32()), ("line", pa.int32()), ("kind", text), ("resource", text),
         ("day", text), ("later", text), ("changed", text), ("number", text), ("under", text),
         ("template", pa.int64()), ("raw", pa.binary()), ("targets", pa.list_(text)), ("trouble", text)]
    )  # fmt: skip


class RowsOfChunk:
    """What has been read of one chunk so far."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.lines = self.fast = self.strict = 0
        self.unread: Counter[tuple[str, str]] = Counter()
        self.templates: dict[int, str] = {}
        self._room = _MOST_TEMPLATES
        self.batches: list[pa.RecordBatch] = []
        self.broken: Broken | None = None
        self._rows: list[Row] = []
        self._bytes = 0
        self._kind = ""
        self._fast: defaultdict[str, list[Any]] = defaultdict(list)
        """The columns of the fast rows that are in no batch yet, all of one kind."""

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

    def holds(self, template: Template) -> bool:
        """Is there room for a template among those of the chunk?"""
        if template.unread is None and template.mark not in self.templates:
            if len(template.text) > self._room:
                return False
            self._room -= len(template.text)
            self.templates[template.mark] = template.text
        return True

    def fast_rows(self, name: str, lines: Sequence[int], given: Mapping[str, Sequence[Any] | None]) -> None:
        """Keep rows that were taken apart."""
        self.fast += len(lines)
        if name != self._kind or len(self._fast["line"]) > _MOST_IN_A_BATCH:
            self._flush_fast()
            self._kind = name
        for column, values in {**given, "line": lines}.items():
            self._fast[column].extend([None] * len(lines) if values is None else values)

    def _flush_fast(self) -> None:
        import pyarrow as pa

        schema = row_schema()
        if self._fast["line"]:
            columns = {name: pa.array(values, schema.field(name).type) for name, values in self._fast.items()}
            self._add_batch(self._kind, columns)
        self._fast = defaultdict(list)

    def columns_of_rows(self, name: str, columns: Mapping[str, pa.Array]) -> None:
        """Keep rows that stand in columns already."""
        self.fast += len(columns["line"])
        self._add_batch(name, columns)

    def _add_batch(self, kind: str, columns: Mapping[str, pa.Array]) -> None:
        import pyarrow as pa

        schema, count = row_schema(), len(columns["line"])
        whole = {
            **columns,
            "chunk": pa.repeat(pa.scalar(self.chunk.number, pa.int32()), count),
            "kind": pa.repeat(kind, count),
        }
        arrays = [whole[each.name] if each.name in whole else pa.nulls(count, each.type) for each in schema]
        self.batches.append(pa.record_batch(arrays, schema=schema))

    def flush(self) -> None:
        """Put the rows kept so far into batches."""
        import pyarrow as pa

        self._flush_fast()
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
