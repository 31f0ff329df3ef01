"""Which files does an input hold: a bulk export, case files, or a fact store of an earlier run?"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, NamedTuple

Sort = Literal["export", "cases", "store"]
Compression = Literal["none", "gzip", "zstd"]

_LINES: Final = (".ndjson", ".jsonl")
_PACKED: Final[dict[str, Compression]] = {".gz": "gzip", ".zst": "zstd"}
_CASES: Final = (".yaml", ".yml", ".json")
CHUNK: Final = 32 * 1024 * 1024
"""Bytes of a plain file that are read as one piece of work. It shapes nothing in the answer."""
RUN_TOLD: Final = "run.json"


class NothingToRead(Exception):
    """The input holds no file that is read. The text says what was looked for."""


class InputFile(NamedTuple):
    """One file of an input."""

    name: str
    """Its path below the input folder, as problems name it."""
    path: str
    compression: Compression
    size: int


class Survey(NamedTuple):
    """What an input is, and its files in the order of their names."""

    sort: Sort
    files: tuple[InputFile, ...]


class Chunk(NamedTuple):
    """One piece of work: whole lines of one file."""

    number: int
    file: InputFile
    start: int
    end: int
    """The byte before which the chunk's last line begins; of a packed file, all of it is one chunk."""


def survey(given: str) -> Survey:
    """What the input is. Raises NothingToRead where it holds nothing that is read."""
    root = Path(given)
    if not root.exists():
        raise NothingToRead(
            f"{given} does not exist. Name a bulk export, a folder of cases or a run's folder."
        )
    if root.is_file():
        found = [root]
    elif (root / RUN_TOLD).is_file() and (root / "facts").is_dir():
        found = sorted((root / "facts").glob("*.parquet"))
        return Survey("store", tuple(_file(path, root, "none") for path in found))
    else:
        found = sorted(path for path in root.rglob("*") if path.is_file())
    lines = [each for path in found if (each := _file_of_lines(path, root)) is not None]
    if lines:
        return Survey("export", tuple(lines))
    cases = [_file(path, root, "none") for path in found if path.suffix in _CASES]
    if cases:
        return Survey("cases", tuple(cases))
    endings = ", ".join((*_LINES, "the same with .gz or .zst", *_CASES))
    raise NothingToRead(f"{given} holds no file that is read. Read are files ending in {endings}.")


def _file_of_lines(path: Path, root: Path) -> InputFile | None:
    compression = _PACKED.get(path.suffix, "none")
    inner = path.name if compression == "none" else path.stem
    return _file(path, root, compression) if inner.endswith(_LINES) else None


def _file(path: Path, root: Path, compression: Compression) -> InputFile:
    name = path.name if path == root else str(path.relative_to(root))
    return InputFile(name, str(path), compression, path.stat().st_size)


def chunks_of(files: tuple[InputFile, ...], size: int = CHUNK) -> list[Chunk]:
    """The pieces of work of an export, in the order of its files and lines."""
    chunks: list[Chunk] = []
    for file in files:
        step = max(file.size, 1) if file.compression != "none" else size
        for start in range(0, max(file.size, 1), step):
            chunks.append(Chunk(len(chunks), file, start, min(start + step, file.size)))
    return chunks
