"""How is a population judged on one machine, by several processes, in bounded memory?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from isovigil.batch import work
from isovigil.batch.run_folder import RunFolder, added, fingerprint
from isovigil.batch.workers import Task, Workers
from isovigil.exchange.bulk.assembling import Place
from isovigil.exchange.bulk.case_files import TwiceNamed, twice_named
from isovigil.exchange.bulk.declared_tables import INDICATORS, PROBLEMS, UNREAD
from isovigil.exchange.bulk.input_files import CHUNK, Chunk, InputFile, Survey, chunks_of
from isovigil.exchange.bulk.shards import Limits, Shard, cut_into_shards, nobodys_in, shared_in
from isovigil.exchange.bulk.table_files import part_name, write_part
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.usecases.population_indicators import indicator_rows
from isovigil.usecases.population_judged import Asked

SORTING_MB: Final = 512
"""What DuckDB may take to file who recorded what; the rest spills to disk. With two workers the whole stays
below 1.5 GB."""
FILES_TOGETHER: Final = 100
UNREAD_KEPT: Final = 5_000
_TASKS: Final = 16
"""About so many are made of reading: enough for as many processes, and each one's rows make a piece."""
_MOST_TOGETHER: Final = 16
"""Where the input is large, so many whole chunks are read as one task: the fewer pieces, the fewer slices."""
_UNPACKED: Final = 10
"""About so many times its bytes a packed file holds."""

Tell = Callable[[str, int, int], object]
"""Told again and again: what is being done, how much of it is done, and how much there is."""


class Run(NamedTuple):
    """Everything a run is asked."""

    given: str
    out: Path
    asked: Asked
    workers: int = 1
    resume: bool = False
    rules_as_of: date | None = None
    overlay: str | None = None
    is_fast: bool = True
    sorting_mb: int = SORTING_MB

    def told(self, survey: Survey, rulebook: str) -> dict[str, Any]:
        """What has to be the same for a run to be gone on with."""
        return {
            "input": self.given,
            "files": fingerprint(survey),
            "sort": survey.sort,
            "on": self.asked.on.isoformat(),
            "programme": self.asked.programme,
            "policy": self.asked.policy,
            "every_finding": self.asked.every_finding,
            "replay": self.asked.with_replay,
            "rules_as_of": None if self.rules_as_of is None else self.rules_as_of.isoformat(),
            "rulebook": rulebook,
        }


def judge_locally(run: Run, survey: Survey, folder: RunFolder, tell: Tell) -> dict[str, Any]:
    """Judge everybody; what came of it, in numbers. Steps a former run finished are not done again."""
    with Workers(run.workers) as workers:
        return _judge(run, survey, folder, workers, tell)


def _judge(run: Run, survey: Survey, folder: RunFolder, workers: Workers, tell: Tell) -> dict[str, Any]:
    judging = work.Judging(str(run.out), run.asked, run.rules_as_of, run.overlay)
    if survey.sort == "export":
        return _judge_export(run, survey, folder, workers, judging, tell)
    if survey.sort == "store":
        tasks: list[Task] = [(f"judged/{number:06d}", work.judge_store, (number, file))
                              for number, file in enumerate(survey.files)]  # fmt: skip
        told = _all_done(workers, folder, tasks, work.prepare_judging, (judging,), "judging", tell)
    else:
        told = _judge_cases(survey, folder, workers, judging, tell)
    return _ended(run, folder, told, [], files=len(survey.files))


def _judge_cases(
    survey: Survey, folder: RunFolder, workers: Workers, judging: work.Judging, tell: Tell
) -> list[dict[str, Any]]:
    """Case files are judged as they come; where it turns out that several name one patient, theirs again."""
    several = files_together(survey)
    tasks: list[Task] = [(f"judged/{number:06d}", work.judge_files, (number, files))
                          for number, files in enumerate(several)]  # fmt: skip
    told = _all_done(workers, folder, tasks, work.prepare_judging, (judging,), "judging", tell)
    again = to_judge_again(told)
    tasks = [(f"again/{number:06d}", work.judge_files, (number, several[number], twice))
             for number, twice in again.items()]  # fmt: skip
    for (number, _), each in zip(
        again.items(),
        _all_done(workers, folder, tasks, work.prepare_judging, (judging,), "judging again", tell),
        strict=True,
    ):
        told[number] = each
    return told


def files_together(survey: Survey) -> list[tuple[InputFile, ...]]:
    """Case files in pieces of work."""
    return [survey.files[at : at + FILES_TOGETHER] for at in range(0, len(survey.files), FILES_TOGETHER)]


def to_judge_again(told: Sequence[dict[str, Any]]) -> dict[int, TwiceNamed]:
    """The pieces whose files name a patient whom another file names, too, and those patients."""
    twice = twice_named((patient, file) for each in told for patient, file in each["named"])
    pieces: dict[int, dict[str, tuple[str, ...]]] = {}
    for each in told:
        own = {patient: twice[patient] for patient, _ in each["named"] if patient in twice}
        if own:
            pieces[each["number"]] = own
    return {number: pieces[number] for number in sorted(pieces)}


def _judge_export(
    run: Run, survey: Survey, folder: RunFolder, workers: Workers, judging: work.Judging, tell: Tell
) -> dict[str, Any]:
    pieces, chunks = folder.work / "pieces", chunks_of(survey.files)
    pieces.mkdir(exist_ok=True)
    several = chunks_together(chunks)
    reading: list[Task] = [(f"read/{each[0].number:06d}", work.read_chunks, (each, str(pieces)))
                            for each in several]  # fmt: skip
    ready = (work.prepare_reading, (run.is_fast,))
    templates = TemplatesTold()
    weights = list(map(len, several))
    found = _all_done(workers, folder, reading, *ready, "reading", tell, weights, templates.taken_out)
    read = [each for told in found for each in told]
    if not folder.is_done("shards"):
        tell("cutting", 0, 1)
        limits = Limits(run.sorting_mb, max(run.workers, 1))
        folder.done("shards", [list(shard) for shard in cut_into_shards(pieces, limits)])
        tell("cutting", 1, 1)
    shards = [Shard(*each) for each in folder.told("shards")]
    judging = judging._replace(
        rows=str(pieces),
        shared=str(shared_in(pieces)),
        templates=templates.by_mark(),
        places=tuple(places_of(chunks, read)),
        chunks=tuple(chunks),
    )
    tasks: list[Task] = [(f"judged/{shard.number:06d}", work.judge_rows, (shard,)) for shard in shards]
    nobodys = (len(shards), str(nobodys_in(pieces)))
    tasks.append((f"judged/{len(shards):06d}", work.judge_nobodys, nobodys))
    weights = [shard.patients for shard in shards] + [0]
    told = _all_done(workers, folder, tasks, work.prepare_judging, (judging,), "judging", tell, weights)
    broken = broken_files(judging.places, read)
    if broken:
        write_part(run.out, PROBLEMS.name, part_name(len(tasks)), broken)
    return _ended(run, folder, told, read, files=len(survey.files))


def chunks_together(chunks: Sequence[Chunk], whole: int = CHUNK) -> list[tuple[Chunk, ...]]:
    """Chunks in pieces of work, each of about the bytes of one or several `whole` chunks.

    Which are read together depends on the input alone.
    """
    times = sum(map(_bytes_of, chunks)) // (_TASKS * whole)
    room = whole * max(1, min(times, _MOST_TOGETHER))
    several: list[list[Chunk]] = []
    left = 0
    for chunk in chunks:
        size = _bytes_of(chunk)
        if not several or size > left:
            several.append([])
            left = room
        several[-1].append(chunk)
        left -= size
    return [tuple(each) for each in several]


def _bytes_of(chunk: Chunk) -> int:
    return (chunk.end - chunk.start) * (1 if chunk.file.compression == "none" else _UNPACKED)


def _all_done(
    workers: Workers,
    folder: RunFolder,
    tasks: Sequence[Task],
    prepare: Callable[..., None],
    given: tuple[Any, ...],
    doing: str,
    tell: Tell,
    weights: Sequence[int] | None = None,
    kept: Callable[[Any], Any] = lambda told: told,
) -> list[Any]:
    """What is `kept` of what came of every task, in their order; what is done already is not done again."""
    weigh = dict(zip((name for name, _, _ in tasks), weights or [1] * len(tasks), strict=True))
    total = sum(weigh.values())
    to_do = [task for task in tasks if not folder.is_done(task[0])]
    done = total - sum(weigh[name] for name, _, _ in to_do)
    tell(doing, done, total)
    for name, came in workers.results(to_do, prepare, given):
        folder.done(name, came)
        done += weigh[name]
        tell(doing, done, total)
    return [kept(folder.told(name)) for name, _, _ in tasks]


class TemplatesTold:
    """The templates of all pieces of an input, each kept once: each piece tells its own, mostly the same."""

    def __init__(self) -> None:
        self._found: dict[int, str] = {}

    def taken_out(self, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What is told of some pieces without their templates, which are kept here.

        Raises RuntimeError where two share a mark, which no honest input has.
        """
        for each in told:
            for mark, text in each.pop("templates"):
                if self._found.setdefault(mark, text) != text:
                    raise RuntimeError(f"Two templates share the mark {mark}; judge with --strict.")
        return told

    def by_mark(self) -> tuple[tuple[int, str], ...]:
        """Every template with its mark."""
        return tuple(sorted(self._found.items()))


def places_of(chunks: Sequence[Chunk], read: Sequence[dict[str, Any]]) -> Iterator[Place]:
    """Where the lines of each chunk stand in their file."""
    before: Counter[str] = Counter()
    for chunk, each in zip(chunks, read, strict=True):
        yield Place(chunk.file.name, before[chunk.file.name])
        before[chunk.file.name] += each["lines"]


def broken_files(places: Sequence[Place], read: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The problems of packed files that are cut off or damaged, as rows."""
    rows: list[tuple[Any, ...]] = []
    for place, each in zip(places, read, strict=True):
        if each["broken"] is not None:
            line, says = each["broken"]
            at = place.before + line + 1
            rows.append((None, "error", "incomplete", place.file, at, None, None, None, says, "strict"))
    return rows


def unread_rows(told: Iterable[dict[str, Any]]) -> list[tuple[str, str, int]]:
    """The rows of the table `unread`, the most frequent first."""
    unread: Counter[tuple[str, str]] = Counter()
    for each in told:
        unread.update({(kind, says): count for kind, says, count in each["unread"]})
    kept = sorted(unread.items(), key=lambda item: (-item[1], item[0]))[:UNREAD_KEPT]
    return [(*key, count) for key, count in kept]


def write_indicators(run: Run, told: Iterable[dict[str, Any]]) -> None:
    """The table `indicators`: the sums of every worker together, with small cells hidden."""
    law = load_rulebook(None if run.overlay is None else Path(run.overlay))
    write_part(run.out, INDICATORS.name, part_name(0), indicator_rows(told, law, run.asked.on))


def _ended(
    run: Run,
    folder: RunFolder,
    judged: Sequence[dict[str, Any]],
    read: Sequence[dict[str, Any]],
    *,
    files: int,
) -> dict[str, Any]:
    """The table of what no rule looked at, and the numbers of the whole run."""
    write_part(run.out, UNREAD.name, part_name(0), unread_rows([*read, *judged]))
    write_indicators(run, judged)
    return numbers_of(judged, read, files=files)


def numbers_of(
    judged: Sequence[dict[str, Any]], read: Sequence[dict[str, Any]], *, files: int
) -> dict[str, Any]:
    """What came of a run, in numbers."""
    counts = added([each["counts"] for each in judged])
    broken = sum(each["broken"] is not None for each in read)
    if broken:
        counts["problem error"] = counts.get("problem error", 0) + broken
        counts["rows problems"] = counts.get("rows problems", 0) + broken
    return {
        "files": files,
        "patients": counts.get("rows patients", 0),
        "lines": sum(each["lines"] for each in read),
        "lines_fast": sum(each["fast"] for each in read),
        "lines_strict": sum(each["strict"] for each in read),
        "unread": sum(count for each in (*read, *judged) for _, _, count in each["unread"]),
        "counts": counts,
    }
