"""How are the lines of an export taken apart into narrow rows that can be sorted by patient?

The fast way takes many lines apart at once. Any line about which there is a doubt becomes a row that holds
the whole line, for the strict loader; so is every line of a type that is not common.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from isovigil.exchange.bulk.doubts import Doubts
from isovigil.exchange.bulk.elements import Column, Elements, Taken
from isovigil.exchange.bulk.fast_columns import FAST, shape_of, template_elements
from isovigil.exchange.bulk.input_files import Chunk
from isovigil.exchange.bulk.lines import Damage, LongLine, blocks_of
from isovigil.exchange.bulk.templates import Template, Templates
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
_DOUBTFUL: Final = (b"null", b'"contained"', b"urn:isovigil:f", b"urn:isovigil:p", b'"medication"')
"""Of lines that hold one of these everything counts: nulls, resources inside, our own fields and ids."""
_MOST_TEMPLATES: Final = 2 * 1024 * 1024
"""Characters of all templates of a chunk. Where hardly anything repeats, lines are kept whole."""
_MOST_IN_A_BATCH: Final = 20_000
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


class Broken(NamedTuple):
    """Reading stopped at this line of the chunk: the packed file is damaged or cut off."""

    line: int
    says: str


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
    """Takes chunks apart, one after the other; keeps what it learns of the shape of lines, and templates."""

    def __init__(self, *, is_fast: bool = True) -> None:
        self._is_fast = is_fast
        self._elements: dict[str, Elements] = {}
        self._templates = Templates()

    def flatten(self, chunk: Chunk) -> Flat:
        """The rows of one chunk."""
        import pyarrow as pa

        work = _Work(chunk)
        for block in blocks_of(chunk):
            if isinstance(block, Damage):
                work.broken = Broken(work.lines, block.says)
            elif isinstance(block, LongLine):
                work.strict_row(_too_long(block, work.lines))
                work.lines += 1
            else:
                self._take(block, work)
        work.flush()
        table = pa.Table.from_batches(work.batches, row_schema())
        return Flat(work.lines, work.fast, work.strict, work.unread, work.templates, table, work.broken)

    def _take(self, block: bytes, work: _Work) -> None:
        found = _TYPE.search(block)
        name = "" if found is None else found[1].decode()
        if not self._is_fast or name not in FAST:
            lines = block.removesuffix(b"\n").split(b"\n")
            for place, line in enumerate(lines, start=work.lines):
                if line.strip():
                    work.strict_row(_row_of(line, place))
            work.lines += len(lines)
            return
        if name not in self._elements:
            self._elements[name] = Elements(shape_of(name), template_elements(name))
        taken = self._elements[name].of(block)
        strict = [*taken.given_up, *(self._keep(name, taken, work) if taken.places else ())]
        if strict:
            lines = block.split(b"\n")
            for place in sorted(strict):
                work.strict_row(_row_of(lines[place], work.lines + place))
        work.lines += taken.lines

    def _keep(self, name: str, taken: Taken, work: _Work) -> list[int]:
        """Keep the rows about which there is no doubt. The places of the others, for the strict loader."""
        count = len(taken.places)
        doubts = Doubts(name, taken.columns, count)
        given: dict[str, Sequence[Any] | None] = {
            "patient": doubts.patients(name),
            "resource": taken.columns["id"],
            "number": doubts.numbers(),
            "under": doubts.prescriptions() if name == "MedicationDispense" else None,
        }
        for each in FAST[name].varying:
            given[each.column] = _or_none(taken.columns.get(each.element))
        templates = self._templates.of_rows(name, taken)
        met = {place: self._templates.met[place] for place in dict.fromkeys(templates)}
        refused = doubts.rows
        without = {place for place, each in met.items() if not (place and work.holds(each))}
        if without:
            refused.update(row for row, template in enumerate(templates) if template in without)
        wanted = _wanted(name, templates, refused, met, work)
        lines: Sequence[int] = [place + work.lines for place in taken.places]
        if wanted is not None:
            lines, templates = list(compress(lines, wanted)), list(compress(templates, wanted))
            for key, column in given.items():
                given[key] = None if column is None else list(compress(column, wanted))
        marks = {place: each.mark for place, each in met.items()}
        given["template"] = list(map(marks.__getitem__, templates))
        work.fast_rows(name, lines, given)
        return [taken.places[row] for row in refused]


def _wanted(
    name: str, templates: Sequence[int], refused: set[int], met: Mapping[int, Template], work: _Work
) -> list[bool] | None:
    """Whether each row is kept; None where all are. What no rule looks at is only counted."""
    unread = {place: each.unread for place, each in met.items() if each.unread is not None}
    if not unread and not refused:
        return None
    for row, place in enumerate(templates):
        if place in unread and row not in refused:
            work.unread[name, str(unread[place])] += 1
    return [row not in refused and place not in unread for row, place in enumerate(templates)]


class _Work:
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

        schema, count = row_schema(), len(self._fast["line"])
        if not count:
            return
        columns = {
            "chunk": pa.repeat(pa.scalar(self.chunk.number, pa.int32()), count),
            "kind": pa.repeat(self._kind, count),
        }
        for column, values in self._fast.items():
            columns[column] = pa.array(values, schema.field(column).type)
        arrays = [
            columns[each.name] if each.name in columns else pa.nulls(count, each.type) for each in schema
        ]
        self.batches.append(pa.record_batch(arrays, schema=schema))
        self._fast = defaultdict(list)

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


class _Told(msgspec.Struct):
    reference: str | None = None


class _Outline(msgspec.Struct, rename={"kind": "resourceType"}):
    """What a line says about itself; the rest is only checked for being JSON."""

    kind: str = ""
    id: str | None = None
    subject: _Told | None = None
    patient: _Told | None = None


_outline: Final = msgspec.json.Decoder(_Outline)


def _or_none(column: Column | None) -> Sequence[Any] | None:
    if column is None or all(column):
        return column
    return [each or None for each in column]


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
