"""How are the lines of an export taken apart into narrow rows that can be sorted by patient?

The fast way takes many lines apart at once. Any line about which there is a doubt becomes a row that holds
the whole line, for the strict loader; so is every line of a type that is not common.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from isovigil.exchange.bulk import native_lines
from isovigil.exchange.bulk.chunk_rows import Broken, Row, RowsOfChunk, row_schema
from isovigil.exchange.bulk.doubts import Doubts
from isovigil.exchange.bulk.elements import Column, Elements, Taken
from isovigil.exchange.bulk.fast_columns import FAST, shape_of, template_elements
from isovigil.exchange.bulk.input_files import Chunk
from isovigil.exchange.bulk.lines import BLOCK, Damage, Lines, LongLine, blocks_of, count_of
from isovigil.exchange.bulk.matched_rows import LinesOfAType, RowsLikeKnown
from isovigil.exchange.bulk.templates import Template, Templates
from isovigil.exchange.fhir.code_tables import codes_reading
from isovigil.exchange.fhir.record import plain_reference

if TYPE_CHECKING:
    import pyarrow as pa

_TYPE: Final = re.compile(rb'"resourceType"\s*:\s*"([A-Za-z]{1,64})"')
_END: Final = re.compile(rb"\n")
_LINES_ASKED: Final = 8
_WHOSE: Final = re.compile(
    rb'"(?:subject|patient)"\s*:\s*\{[^{}]*?"reference"\s*:\s*"(?:[^"\\]*/)?'
    rb"Patient/([A-Za-z0-9.-]{1,64})"
)
_OWN_ID: Final = re.compile(rb'"id"\s*:\s*"([A-Za-z0-9.-]{1,64})"')
_TARGET: Final = re.compile(rb'"reference"\s*:\s*"([^"\\]{1,300})"')
_DOUBTFUL: Final = (b"null", b'"contained"', b"urn:isovigil:f", b"urn:isovigil:p", b'"medication"')
"""Of lines that hold one of these everything counts: nulls, resources inside, our own fields and ids."""
_BLOCK_OF_KNOWN: Final = 16 * 1024 * 1024
"""Bytes of which known lines are taken at a time: many, as little is done for each line."""
_READ_FIRST: Final = 64
"""So many lines that are like none are read and learned before the others are looked at again."""
SHARED: Final = frozenset({"Medication", "Organization", "Specimen"})
"""Types that are looked up from others. Without a patient of their own they are everybody's."""


class Flat(NamedTuple):
    """What came of one chunk."""

    lines: int
    fast: int
    strict: int
    unread: Counter[tuple[str, str]]
    templates: dict[int, str]
    table: pa.Table
    broken: Broken | None


class Flattener:
    """Takes chunks apart, one after the other; keeps what it learns of the shape of lines, and templates."""

    def __init__(
        self,
        *,
        is_fast: bool = True,
        knows_lines: bool | None = None,
        templates: Templates | None = None,
    ) -> None:
        """`knows_lines` says whether lines like known ones are recognised; if they can be, unless told.

        `templates` says which of them nobody looks at; those that no rule does, unless told.
        """
        self._is_fast = is_fast
        self._knows_lines = is_fast and (native_lines.is_there() if knows_lines is None else knows_lines)
        self._known: dict[str, LinesOfAType] = {}
        self._elements: dict[str, Elements] = {}
        self._templates = templates or Templates()

    def flatten(self, chunk: Chunk) -> Flat:
        """The rows of one chunk."""
        import pyarrow as pa

        work = RowsOfChunk(chunk)
        for block in blocks_of(chunk, _BLOCK_OF_KNOWN if self._knows_lines else BLOCK):
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

    def _take(self, block: Lines, work: RowsOfChunk) -> None:
        name = _type_of(block)
        if self._templates.forget_where_too_many():
            for each in self._known.values():
                each.forget()
        if self._is_fast and name in FAST and name not in self._elements:
            self._elements[name] = Elements(shape_of(name), template_elements(name))
        if self._knows_lines and name in FAST:
            self._take_known(name, block, work)
            return
        text = bytes(block)
        numbers = range(work.lines, work.lines + count_of(text))
        work.lines = numbers.stop
        if self._is_fast and name in FAST:
            self._take_apart(name, text, numbers, work)
            return
        for number, line in zip(numbers, text.removesuffix(b"\n").split(b"\n"), strict=True):
            if line.strip():
                work.strict_row(_row_of(line, number))

    def _take_known(self, name: str, block: Lines, work: RowsOfChunk) -> None:
        """Take lines that are like known ones; of the others read some, learn them, and look again."""
        if name not in self._known:
            self._known[name] = LinesOfAType(name, self._elements[name], self._templates)
        known, some = self._known[name], _READ_FIRST
        found = known.rows_of(block)
        numbers: Sequence[int] = range(work.lines, work.lines + found.matched.lines)
        work.lines += found.matched.lines
        while True:
            self._keep_known(name, block, numbers, found, work)
            left = found.matched.left
            if not left:
                return
            lines = [bytes(block[each.start : each.end]) for each in left]
            numbers = [numbers[each.place] for each in left]
            kept = self._take_apart(name, b"\n".join(lines[:some]), numbers[:some], work)
            block, numbers = b"\n".join(lines[some:]), numbers[some:]
            if not known.learn(kept):
                # None of them can be an example, so the rest is read in the same way.
                self._take_apart(name, block, numbers, work)
                return
            some *= 4
            found = known.rows_of(block)

    def _keep_known(
        self, name: str, block: Lines, numbers: Sequence[int], found: RowsLikeKnown, work: RowsOfChunk
    ) -> None:
        """Keep the rows of lines that are like known ones."""
        import pyarrow as pa
        import pyarrow.compute as pc

        matched, which = found.matched, found.matched.which
        if not len(which):
            return
        met = [self._templates.met[place] for place in found.met]
        held = work.templates
        is_refused = [
            not (place and (each.mark in held or work.holds(each)))
            for place, each in zip(found.met, met, strict=True)
        ]
        is_kept = [not refused and each.unread is None for refused, each in zip(is_refused, met, strict=True)]
        own = {
            "line": _numbered(numbers, matched.places),
            "template": pa.array([each.mark for each in met], pa.int64()).take(which),
            **matched.columns,
        }
        if not all(is_kept):
            for told in pc.value_counts(which).to_pylist():
                each = met[told["values"]]
                if each.unread is not None and not is_refused[told["values"]]:
                    work.unread[name, each.unread] += told["counts"]
            for row in pc.indices_nonzero(pa.array(is_refused).take(which)).to_pylist():
                start, place = matched.starts[row].as_py(), matched.places[row].as_py()
                end = _END.search(block, start)
                line = bytes(block[start : len(block) if end is None else end.start()])
                work.strict_row(_row_of(line, numbers[place]))
            kept = pa.array(is_kept).take(which)
            own = {column: values.filter(kept) for column, values in own.items()}
        work.columns_of_rows(name, own)

    def _take_apart(self, name: str, text: bytes, numbers: Sequence[int], work: RowsOfChunk) -> list[bytes]:
        """Read lines one element after the other; which of them were kept."""
        taken = self._elements[name].of(text)
        refused = set(self._keep(name, taken, numbers, work)) if taken.places else set()
        if not self._knows_lines and not refused and not taken.given_up:
            return []
        lines = text.split(b"\n")
        for place in sorted([*taken.given_up, *refused]):
            work.strict_row(_row_of(lines[place], numbers[place]))
        return [lines[place] for place in taken.places if place not in refused]

    def _keep(self, name: str, taken: Taken, numbers: Sequence[int], work: RowsOfChunk) -> list[int]:
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
        lines: Sequence[int] = [numbers[place] for place in taken.places]
        if wanted is not None:
            lines, templates = list(compress(lines, wanted)), list(compress(templates, wanted))
            for key, column in given.items():
                given[key] = None if column is None else list(compress(column, wanted))
        marks = {place: each.mark for place, each in met.items()}
        given["template"] = list(map(marks.__getitem__, templates))
        work.fast_rows(name, lines, given)
        return [taken.places[row] for row in refused]


def _numbered(numbers: Sequence[int], places: pa.Array) -> pa.Array:
    """The numbers that stand in some places."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(numbers, range):
        return pc.add(places.cast(pa.int32()), pa.scalar(numbers.start, pa.int32()))
    return pa.array(numbers, pa.int32()).take(places)


def _wanted(
    name: str, templates: Sequence[int], refused: set[int], met: Mapping[int, Template], work: RowsOfChunk
) -> list[bool] | None:
    """Whether each row is kept; None where all are. What no rule looks at is only counted."""
    unread = {place: each.unread for place, each in met.items() if each.unread is not None}
    if not unread and not refused:
        return None
    for row, place in enumerate(templates):
        if place in unread and row not in refused:
            work.unread[name, str(unread[place])] += 1
    return [row not in refused and place not in unread for row, place in enumerate(templates)]


def _type_of(block: Lines) -> str:
    """The common type of which one of the first lines is, so that a wrong line decides nothing for others."""
    start = 0
    text = memoryview(block)
    for _ in range(_LINES_ASKED):
        found = _TYPE.search(text, start)
        if found is None:
            break
        name = found[1].decode()
        if name in FAST:
            return name
        end = _END.search(text, found.end())
        if end is None:
            break
        start = end.end()
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
