"""How is a whole nation written, on every core, the same bytes for the same seed?

The unit of work is one set of files, so the number of workers changes nothing but the time. In a file the
lines of all its patients are shuffled, in batches that fit into memory where it holds very many.
"""

from __future__ import annotations

import csv
import gzip
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final, Literal, NamedTuple

from isovigil.synthetic_nation.course import write_course
from isovigil.synthetic_nation.folder import TYPES, Violation
from isovigil.synthetic_nation.period_law import FIRST_DAY, LAST_DAY

Compression = Literal["none", "gzip", "zstd"]
COMPRESSIONS: Final[tuple[Compression, ...]] = ("none", "gzip", "zstd")
ENDINGS: Final = {"none": "", "gzip": ".gz", "zstd": ".zst"}
PROGRAMMES: Final = ("us_ipledge",)
DEFAULT_DAY: Final = date(2025, 6, 30)
PATIENTS_IN_MEMORY: Final = 2_000
TRUTH: Final = "truth.csv"
_PATIENTS_IN_ONE_FILE: Final = 200
_LEVEL: Final = 3
"""Of gzip and zstd: little slower than none."""
_AFTER_FIRST_DAY: Final = 70
_BEFORE_LAST_DAY: Final = 20


class Nation(NamedTuple):
    """What is to be written: so many patients of a seed, as their records stand on a day."""

    patients: int
    seed: int
    on: date = DEFAULT_DAY
    files: int | None = None
    """Files of each resource type; by default one for every 2,000 patients, and two at the least."""
    compression: Compression = "none"


class Written(NamedTuple):
    """What one set of files holds."""

    number: int
    patients: int
    resources: int
    bytes: int
    truth: tuple[Violation, ...]


class NationRefused(Exception):
    """Such a nation cannot be made up. The text says why, and what can."""


def check(nation: Nation) -> None:
    """Raises NationRefused for a day or a number outside what the generator knows."""
    earliest = date.fromordinal(FIRST_DAY.toordinal() + _AFTER_FIRST_DAY + _BEFORE_LAST_DAY + 1)
    if not earliest <= nation.on <= LAST_DAY:
        raise NationRefused(
            f"Records can be made up as of {earliest} to {LAST_DAY}, not {nation.on}: the generator knows "
            "the law of those days, in which every reading agrees."
        )
    if nation.patients < 1 or (nation.files is not None and nation.files < 1):
        raise NationRefused("There must be at least one patient, and at least one file of each type.")


def files_of(nation: Nation) -> int:
    """How many files each resource type gets."""
    if nation.files is not None:
        return min(nation.files, nation.patients)
    wanted = -(-nation.patients // PATIENTS_IN_MEMORY)
    return wanted if nation.patients <= _PATIENTS_IN_ONE_FILE else max(2, wanted)


def write_nation(nation: Nation, folder: Path, workers: int | None = None) -> Iterator[Written]:
    """Write the export and its truth into a folder, telling of each set of files as it is whole.

    Raises NationRefused, and ModuleNotFoundError for zstd where the extra `population` is not installed.
    """
    check(nation)
    folder.mkdir(parents=True, exist_ok=True)
    sets = files_of(nation)
    job = partial(_write_set, nation, folder, sets)
    done: list[Written] = []
    if workers == 1 or sets == 1:
        for number in range(sets):
            done.append(job(number))
            yield done[-1]
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            for written in pool.map(job, range(sets)):
                done.append(written)
                yield written
    _write_truth(folder / TRUTH, done)


def _write_truth(path: Path, done: list[Written]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(Violation._fields)
        for written in done:
            out.writerows(written.truth)


def _write_set(nation: Nation, folder: Path, sets: int, number: int) -> Written:
    """Write one file of each type; every patient whose number leaves this remainder is in it."""
    patients = range(number, nation.patients, sets)
    resources = size = 0
    truth: list[Violation] = []
    with ExitStack() as open_files:
        handles = [
            _opened(folder, _name(kind, number, sets), nation.compression, open_files) for kind in TYPES
        ]
        for begin in range(0, len(patients), PATIENTS_IN_MEMORY):
            batch = patients[begin : begin + PATIENTS_IN_MEMORY]
            lines: list[list[bytes]] = [[] for _ in TYPES]
            for patient in batch:
                truth += write_one(nation, patient, lines)
            mixed = _chance(nation.seed, -1 - batch[0])
            for file, some in zip(handles, lines, strict=True):
                _shuffle(some, mixed)
                text = b"".join(some)
                file.write(text)
                resources += len(some)
                size += len(text)
    return Written(number, len(patients), resources, size, tuple(truth))


def write_one(nation: Nation, patient: int, lines: list[list[bytes]]) -> list[Violation]:
    """One patient's resources onto the lines of each type; returns the truth about them."""
    chance = _chance(nation.seed, patient)
    first = FIRST_DAY.toordinal() + _AFTER_FIRST_DAY
    last = nation.on.toordinal() - _BEFORE_LAST_DAY
    enrolled_on = first + int(chance.random() * (last - first))
    return write_course(patient + 1, enrolled_on, nation.on.toordinal(), chance, lines).truth


def _chance(seed: int, number: int) -> Random:
    return Random((seed << 40) ^ (number * 0x9E3779B97F4A7C15))  # noqa: S311 - repeatable, not secret


def _shuffle(lines: list[bytes], chance: Random) -> None:
    """The same as Random.shuffle, in a third of the time: by one random key a line."""
    roll = chance.random
    keys = [roll() for _ in lines]
    order = sorted(range(len(lines)), key=keys.__getitem__)
    lines[:] = [lines[place] for place in order]


def _name(kind: str, number: int, sets: int) -> str:
    return f"{kind}.ndjson" if sets == 1 else f"{kind}.{number + 1:04d}.ndjson"


def _opened(folder: Path, name: str, compression: Compression, open_files: ExitStack) -> Any:
    """A file to write bytes to; it is closed with the others."""
    file = open_files.enter_context((folder / f"{name}{ENDINGS[compression]}").open("wb"))
    if compression == "gzip":
        # No name and no time in the header, so that the same nation is the same bytes.
        return open_files.enter_context(gzip.GzipFile("", "wb", _LEVEL, file, mtime=0))
    if compression == "zstd":
        import zstandard

        compressor = zstandard.ZstdCompressor(level=_LEVEL)
        return open_files.enter_context(compressor.stream_writer(file, closefd=False))
    return file
