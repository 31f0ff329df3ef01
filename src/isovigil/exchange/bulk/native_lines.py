"""Which lines are byte for byte like lines that were read before, but for the values in known places?

Asked of a small library made from `native/known_lines.rs` where `make install` found a Rust compiler. It
understands nothing: it is taught by lines that the careful reader (`elements`) has read, and takes those
apart that are like one of them. All others it leaves to that reader. Without the library everything is read
by the careful reader, with the same rows.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from isovigil.exchange.bulk.fast_columns import (
    FAST,
    NUMBER,
    UNDER,
    Shape,
    element_names,
    shape_of,
    template_elements,
)
from isovigil.exchange.bulk.lines import Lines

if TYPE_CHECKING:
    import pyarrow as pa

_HERE: Final = Path(__file__).parent / "native"
SOURCES: Final = (
    "example.rs",
    "known_lines.rs",
    "lib.rs",
    "roles.rs",
    "taken.rs",
    "values.rs",
    "whole_paths.rs",
)
LIBRARY: Final = _HERE / "libisovigil_lines.so"
COLUMNS: Final = ("patient", "resource", "day", "later", "changed", "number", "under")
"""The columns of rows that come out of lines, in the library's order."""
_LITERAL, _TEMPLATE, _PERFORMER, _NOT_OURS, _WHOSE, _OWN_PATIENT, _NUMBER, _UNDER = range(1, 9)
_IGNORED, _PLAIN, _PERFORMER_REFERENCE = 0, 13, 14
_TEXTS: Final = {"resource": 9, "day": 10, "later": 11, "changed": 12}
"""What a value is for, by the library's numbers."""
_PAIRS: Final = 1 + 7 + 4 * len(COLUMNS)
_LEARNED: Final = 1
_NUMBER_BYTES: Final = 4


class Span(NamedTuple):
    """A line of a block: its number there, and where it begins and ends."""

    place: int
    start: int
    end: int


class Matched(NamedTuple):
    """What came of the lines of one block."""

    lines: int
    places: pa.Array
    """Of each row the number of its line."""
    starts: pa.Array
    which: pa.Array
    """Of each row the place of its template and performers among `kinds`."""
    kinds: Sequence[tuple[int, int]]
    """A template and performers that occur, each numbered in the order in which they were first met."""
    columns: Mapping[str, pa.Array]
    left: Sequence[Span]
    """The lines that are like none."""
    new_templates: Sequence[Span]
    """For each template that was not met before a line that has it."""
    new_performers: Sequence[Span]


class KnownLines:
    """What the lines of one resource type are like, as far as was learned."""

    def __init__(self, name: str) -> None:
        library = loaded()
        assert library is not None  # whoever makes one has asked
        self._library = library
        roles = "".join(f"{path}\t{role}\n" for path, role in roles_of(name).items()).encode()
        self._handle = library.known_lines_new(roles, len(roles))
        if not self._handle:
            raise MemoryError(f"There is no room for what is known of lines of {name}.")
        self._told = ((ctypes.c_uint64 * 2) * _PAIRS)()
        self.is_full = False
        """Is there no room for more? Then it is time to begin anew."""

    def __del__(self) -> None:
        if handle := getattr(self, "_handle", None):
            self._library.known_lines_free(handle)

    def learn(self, line: bytes) -> bool:
        """Take a line that was read, and kept, as an example. Whether it can be one."""
        return bool(self._library.known_lines_learn(self._handle, line, len(line)) == _LEARNED)

    def take(self, block: Lines) -> Matched:
        """Take the lines of a block apart, as far as they are like known ones."""
        import pyarrow as pa

        held = pa.py_buffer(block)
        if self._library.known_lines_take(self._handle, held.address, held.size, self._told):
            raise RuntimeError("The library for known lines failed; remove it, and all is read without it.")
        told = [(int(pair[0]), int(pair[1])) for pair in self._told]
        self.is_full = bool(told[0][0])
        places, starts, which = (_numbers(pair) for pair in told[1:4])
        left, new_templates, new_performers = (_spans(pair) for pair in told[5:8])
        columns = {
            name: _texts(told[8 + 4 * at : 12 + 4 * at], len(places)) for at, name in enumerate(COLUMNS)
        }
        return Matched(
            told[0][1], places, starts, which, _pairs(told[4]), columns, left, new_templates, new_performers
        )


def is_there() -> bool:
    """Was the library made on this machine, from these sources?"""
    return loaded() is not None


@cache
def loaded() -> ctypes.CDLL | None:
    """The library; None where it was not made, or was made from other sources than those beside it."""
    try:
        library = ctypes.CDLL(str(LIBRARY))
        made_from = ctypes.string_at(ctypes.addressof(ctypes.c_char.in_dll(library, "ISOVIGIL_SOURCE")))
    except (OSError, ValueError):
        return None
    if made_from.decode("ascii", "replace") != digest_of_sources():
        return None
    library.known_lines_new.restype = ctypes.c_void_p
    library.known_lines_new.argtypes = (ctypes.c_char_p, ctypes.c_size_t)
    library.known_lines_free.argtypes = (ctypes.c_void_p,)
    library.known_lines_learn.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t)
    library.known_lines_take.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
    return library


def digest_of_sources() -> str:
    """What the library has to say it was made from."""
    texts = [(_HERE / name).read_bytes() for name in SOURCES]
    return hashlib.blake2b(b"\0".join(texts), digest_size=16).hexdigest()


def roles_of(name: str) -> dict[str, int]:
    """What the values at each path of a resource type are for; of several paths the longest counts.

    Made of the same declaration as the careful reader's columns. Values at other paths no reader looks at.
    """
    fast = FAST[name]
    roles = dict.fromkeys(_texts_of(shape_of(name), ""), _PLAIN)
    roles |= dict.fromkeys(template_elements(name), _TEMPLATE)
    roles |= {"resourceType": _LITERAL, "extension": _NOT_OURS, "identifier": _NOT_OURS}
    roles["id"] = _OWN_PATIENT if name == "Patient" else _TEXTS["resource"]
    roles[f"{fast.whose}.reference"] = _WHOSE
    if "performer" in element_names(fast.kind):
        roles |= {"performer": _PERFORMER, "performer.reference": _PERFORMER_REFERENCE}
        # Which person it was says nothing (`templates`), and people are many.
        roles |= dict.fromkeys(("performer.display", "performer.identifier.value"), _IGNORED)
    if NUMBER.partition(".")[0] in fast.inside:
        roles[NUMBER] = _NUMBER
    if name == "MedicationDispense":
        roles[f"{UNDER}.reference"] = _UNDER
    return roles | {each.element: _TEXTS[each.column] for each in fast.varying}


def _texts_of(shape: Shape, path: str) -> Iterator[str]:
    """The paths whose texts the careful reader decodes: it leaves lines with escapes in them."""
    yield from (f"{path}{name}" for name in shape.texts)
    for name, inside in shape.inside.items():
        yield from _texts_of(inside, f"{path}{name}.")


def _numbers(pair: tuple[int, int]) -> pa.Array:
    import pyarrow as pa

    address, count = pair
    return pa.Array.from_buffers(pa.uint32(), count, [None, _buffer(address, count * _NUMBER_BYTES)])


def _buffer(address: int, size: int) -> Any:
    """A copy: the library uses its room again."""
    import pyarrow as pa

    held = pa.allocate_buffer(size)
    if size:
        ctypes.memmove(held.address, address, size)
    return held


def _spans(pair: tuple[int, int]) -> Sequence[Span]:
    numbers = _listed(pair)
    return [Span(*numbers[at : at + 3]) for at in range(0, len(numbers), 3)]


def _pairs(pair: tuple[int, int]) -> Sequence[tuple[int, int]]:
    numbers = _listed(pair)
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _listed(pair: tuple[int, int]) -> list[int]:
    address, count = pair
    held = ctypes.string_at(address, count * _NUMBER_BYTES) if count else b""
    return memoryview(held).cast("I").tolist()


def _texts(pairs: Sequence[tuple[int, int]], count: int) -> pa.Array:
    import pyarrow as pa

    (offsets, ends), (data, size), (valid, bits), (_, nulls) = pairs
    if nulls == count:
        return pa.nulls(count, pa.string())
    mask = _buffer(valid, bits) if nulls else None
    return pa.StringArray.from_buffers(
        count, _buffer(offsets, ends * _NUMBER_BYTES), _buffer(data, size), mask, nulls
    )
