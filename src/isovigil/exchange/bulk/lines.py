"""Which whole lines does a piece of a file hold, and what could not be read of it?"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from functools import partial
from io import BufferedReader
from typing import Any, Final, NamedTuple, TypeAlias

from isovigil.exchange.bulk.input_files import Chunk

_GZIP: Final = 31
"""zlib's word for the format of gzip with the largest window."""
_PACKED: Final = 256 * 1024
"""Bytes unpacked at a time: what is packed very tightly grows by so much only."""
BLOCK: Final = 256 * 1024
"""Bytes that are taken apart at a time: they and what is found in them stay near the processor."""
_rooms: list[bytearray] = []
"""Room that was read into before and is free: new room costs the machine more than to fill it."""
LONGEST_LINE: Final = 16 * 1024 * 1024
"""Bytes. A resource has a few kilobytes; a narrative may have a megabyte."""


Lines: TypeAlias = bytes | memoryview
"""Some whole lines."""


class LongLine(NamedTuple):
    """A line that is longer than is read: its length, and its beginning to tell whose it is."""

    length: int
    beginning: bytes


class Damage(NamedTuple):
    """Reading stopped here: the packed file is damaged or cut off."""

    says: str


def blocks_of(chunk: Chunk, block: int = BLOCK) -> Iterator[Lines | LongLine | Damage]:
    """The lines of a chunk, some whole ones at a time, each with its end; a file's last may lack it.

    What is given out holds until the next is asked for.
    """
    with open(chunk.file.path, "rb") as file:  # noqa: PTH123 - a path would be built for every chunk
        if chunk.file.compression == "none":
            yield from _plain(file, chunk, block)
        else:
            yield from _packed(_unpacked(file, chunk.file.compression), block)


def count_of(lines: bytes) -> int:
    """How many lines."""
    return lines.count(b"\n") + (not lines.endswith(b"\n") and lines != b"")


def _unpacked(file: BufferedReader, compression: str) -> _Frames:
    if compression == "gzip":
        return _Frames(file, partial(zlib.decompressobj, wbits=_GZIP))
    import zstandard

    return _Frames(file, zstandard.ZstdDecompressor().decompressobj)


class _Frames:
    """Packed frames one after the other; what stands before a damaged place is still given out."""

    def __init__(self, file: BufferedReader, new: Callable[[], Any]) -> None:
        self._file = file
        self._new = new
        self._frame = new()
        self._began = False
        self._left = b""

    def read(self, size: int = BLOCK, /) -> bytes:
        """More of the text; nothing at its end. Raises EOFError where the last frame is cut off."""
        while True:
            packed = self._left or self._file.read(min(size, _PACKED))
            self._left = b""
            if not packed:
                if self._began:
                    raise EOFError("its end is missing")
                return b""
            text: bytes = self._frame.decompress(packed)
            self._began = True
            if self._frame.eof:
                self._left = self._frame.unused_data.lstrip(b"\0")
                self._frame, self._began = self._new(), False
            if text:
                return text


def _plain(file: BufferedReader, chunk: Chunk, block: int) -> Iterator[Lines | LongLine]:
    """The lines that begin at or after the chunk's start and before its end."""
    if chunk.start > 0:
        file.seek(chunk.start - 1)
        _skip_line(file)
    size = min(block, chunk.end - chunk.start)
    room = _rooms.pop() if _rooms and len(_rooms[-1]) >= size else bytearray(size)
    try:
        yield from _whole_lines(file, chunk, room, memoryview(room)[:size])
    finally:
        _rooms[:] = [room]


def _whole_lines(
    file: BufferedReader, chunk: Chunk, room: bytearray, view: memoryview
) -> Iterator[Lines | LongLine]:
    while (at := file.tell()) < chunk.end:
        size = file.readinto(view[: chunk.end - at])
        if not size:
            return
        whole = room.rfind(b"\n", 0, size) + 1
        if whole:
            file.seek(at + whole)
            yield view[:whole]
        else:
            yield _rest_of_line(file, bytes(view[:size]))


def _skip_line(file: BufferedReader) -> None:
    while True:
        part = file.readline(LONGEST_LINE)
        if not part or part.endswith(b"\n"):
            return


def _rest_of_line(file: BufferedReader, beginning: bytes) -> bytes | LongLine:
    rest = file.readline(LONGEST_LINE + 1)
    length = len(beginning) + len(rest.removesuffix(b"\n"))
    if length <= LONGEST_LINE:
        return beginning + rest
    beginning += rest
    while not rest.endswith(b"\n") and (rest := file.readline(LONGEST_LINE)):
        length += len(rest.removesuffix(b"\n"))
    return LongLine(length, beginning)


def _packed(unpacked: _Frames, block: int) -> Iterator[bytes | LongLine | Damage]:
    rest, dropped = b"", 0
    while True:
        try:
            data = unpacked.read(block)
        except Exception as error:
            if not isinstance(error, EOFError | OSError | zlib.error) and "zstd" not in str(type(error)):
                raise
            yield from _ended(rest, dropped)
            yield Damage(f"The packed file is cut off or damaged: {error}. What follows in it was not read.")
            return
        if not data:
            yield from _ended(rest, dropped)
            return
        first, last = data.find(b"\n"), data.rfind(b"\n") + 1
        if not last:
            rest, dropped = _lengthened(rest, data, dropped)
            continue
        if len(rest) + dropped + first > LONGEST_LINE:
            yield LongLine(len(rest) + dropped + first, rest or data[:first])
            yield from _pieces(data[first + 1 : last], block)
        else:
            yield from _pieces(rest + data[:last], block)
        rest, dropped = data[last:], 0


def _pieces(text: bytes, block: int) -> Iterator[bytes]:
    """Whole lines, about so many bytes at a time."""
    start = 0
    while start < len(text):
        end = text.find(b"\n", min(start + block, len(text) - 1)) + 1
        yield text[start:end]
        start = end


def _lengthened(rest: bytes, more: bytes, dropped: int) -> tuple[bytes, int]:
    """A line that goes on; of one that is too long only the beginning is kept."""
    if len(rest) > LONGEST_LINE:
        return rest, dropped + len(more)
    return rest + more, dropped


def _ended(rest: bytes, dropped: int) -> Iterator[bytes | LongLine]:
    length = len(rest) + dropped
    if rest:
        yield rest if length <= LONGEST_LINE else LongLine(length, rest)


def line_of(chunk: Chunk, number: int) -> bytes | None:
    """One line of a chunk again, by its number within it; None where it is no longer there."""
    before = 0
    for lines in blocks_of(chunk):
        if isinstance(lines, Damage):
            return None
        if isinstance(lines, LongLine):
            before += 1
            if number < before:
                return None
            continue
        text = bytes(lines)
        count = count_of(text)
        if number < before + count:
            return text.split(b"\n")[number - before]
        before += count
    return None
