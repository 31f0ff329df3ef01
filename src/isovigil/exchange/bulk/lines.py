"""Which whole lines does a piece of a file hold, and what could not be read of it?"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Any, Final, NamedTuple

from isovigil.exchange.bulk.input_files import Chunk

_GZIP: Final = 31
"""zlib's word for the format of gzip with the largest window."""
_PACKED: Final = 256 * 1024
"""Bytes unpacked at a time: what is packed very tightly grows by so much only."""
BLOCK: Final = 8 * 1024 * 1024
"""Bytes that are parsed at a time."""
LONGEST_LINE: Final = 16 * 1024 * 1024
"""Bytes. A resource has a few kilobytes; a narrative may have a megabyte."""


class LongLine(NamedTuple):
    """A line that is longer than is read: its length, and its beginning to tell whose it is."""

    length: int
    beginning: bytes


class Block(NamedTuple):
    """Some lines of a chunk."""

    first: int
    """The number of the first line within its chunk; 0 is the chunk's first."""
    lines: list[bytes | LongLine]


class Broken(NamedTuple):
    """Reading stopped here: the packed file is damaged or cut off."""

    line: int
    says: str


def blocks_of(chunk: Chunk, block: int = BLOCK) -> Iterator[Block | Broken]:
    """The lines of a chunk, block after block; a damaged packed file ends with `Broken`."""
    with open(chunk.file.path, "rb") as file:  # noqa: PTH123 - a path would be built for every chunk
        if chunk.file.compression == "none":
            yield from _plain(file, chunk, block)
        else:
            yield from _packed(_unpacked(file, chunk.file.compression), block)


def _unpacked(file: IO[bytes], compression: str) -> _Frames:
    if compression == "gzip":
        return _Frames(file, partial(zlib.decompressobj, wbits=_GZIP))
    import zstandard

    return _Frames(file, zstandard.ZstdDecompressor().decompressobj)


class _Frames:
    """Packed frames one after the other; what stands before a damaged place is still given out."""

    def __init__(self, file: IO[bytes], new: Callable[[], Any]) -> None:
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


def _plain(file: IO[bytes], chunk: Chunk, block: int) -> Iterator[Block]:
    """The lines that begin at or after the chunk's start and before its end."""
    if chunk.start > 0:
        file.seek(chunk.start - 1)
        _skip_line(file)
    number = 0
    while (at := file.tell()) < chunk.end:
        data = file.read(min(block, chunk.end - at))
        lines: list[bytes | LongLine] = [*data.split(b"\n")]
        last = lines.pop()
        assert isinstance(last, bytes)  # the pieces of bytes are bytes
        if last:
            lines.append(_rest_of_line(file, last))
        yield Block(number, lines)
        number += len(lines)


def _skip_line(file: IO[bytes]) -> None:
    while True:
        part = file.readline(LONGEST_LINE)
        if not part or part.endswith(b"\n"):
            return


def _rest_of_line(file: IO[bytes], beginning: bytes) -> bytes | LongLine:
    rest = file.readline(LONGEST_LINE)
    if not rest or rest.endswith(b"\n"):
        return _short_enough(beginning + rest.removesuffix(b"\n"))
    length = len(beginning) + len(rest)
    while part := file.readline(LONGEST_LINE):
        length += len(part)
        if part.endswith(b"\n"):
            break
    return LongLine(length, beginning + rest)


def _short_enough(line: bytes) -> bytes | LongLine:
    return line if len(line) <= LONGEST_LINE else LongLine(len(line), line)


def _packed(unpacked: _Frames, block: int) -> Iterator[Block | Broken]:
    number, rest, dropped = 0, b"", 0
    while True:
        try:
            data = unpacked.read(block)
        except Exception as error:
            if not isinstance(error, EOFError | OSError | zlib.error) and "zstd" not in str(type(error)):
                raise
            yield from _ended(number, rest, dropped)
            said = "The packed file is cut off or damaged"
            yield Broken(number + bool(rest), f"{said}: {error}. What follows in it was not read.")
            return
        if not data:
            yield from _ended(number, rest, dropped)
            return
        *whole, last = data.split(b"\n")
        if not whole:
            rest, dropped = _lengthened(rest, last, dropped)
            continue
        lines: list[bytes | LongLine] = [*whole]
        lines[0] = _joined(rest, whole[0], dropped)
        yield Block(number, lines)
        number += len(lines)
        rest, dropped = last, 0


def _lengthened(rest: bytes, more: bytes, dropped: int) -> tuple[bytes, int]:
    """A line that goes on; of one that is too long only the beginning is kept."""
    if len(rest) > LONGEST_LINE:
        return rest, dropped + len(more)
    return rest + more, dropped


def _joined(rest: bytes, end: bytes, dropped: int) -> bytes | LongLine:
    if len(rest) + len(end) + dropped > LONGEST_LINE:
        return LongLine(len(rest) + len(end) + dropped, rest or end)
    return rest + end


def _ended(number: int, rest: bytes, dropped: int) -> Iterator[Block]:
    if rest:
        yield Block(number, [_joined(rest, b"", dropped)])


def line_of(chunk: Chunk, number: int) -> bytes | None:
    """One line of a chunk again, by its number within it; None where it is no longer there."""
    for block in blocks_of(chunk):
        if isinstance(block, Block) and block.first <= number < block.first + len(block.lines):
            line = block.lines[number - block.first]
            return line if isinstance(line, bytes) else None
    return None
