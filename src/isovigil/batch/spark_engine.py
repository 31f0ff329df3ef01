"""How is a population judged on a cluster that runs Apache Spark, by the same functions?

A thin adapter: Spark shares out the pieces of work (`mapInArrow`, a task a piece) and starts again what a
lost worker had in hand; what the rows say, and how they come together, is worked out by the functions of the
local engine. Every executor needs Isovigil with its extra `spark`, and must see the input and the
output under the same path (a shared disk). There each finished piece leaves what it found, so that an
interrupted run is gone on with and no piece is done twice.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from isovigil.batch import work
from isovigil.batch.local_engine import (
    Run,
    Tell,
    TemplatesTold,
    broken_files,
    chunks_together,
    files_together,
    numbers_of,
    places_of,
    to_judge_again,
    unread_rows,
    write_indicators,
)
from isovigil.batch.run_folder import RunFolder
from isovigil.exchange.bulk.declared_tables import PROBLEMS, UNREAD
from isovigil.exchange.bulk.input_files import Chunk, InputFile, Survey, chunks_of
from isovigil.exchange.bulk.shards import Limits, Shard, cut_into_shards, nobodys_in, shared_in
from isovigil.exchange.bulk.table_files import part_name, write_part

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark import Broadcast, SparkContext
    from pyspark.sql import SparkSession

_OWN: Final = "spark"
"""Below this folder of the unfinished run lies what only this engine reads."""
_SHARDS: Final = f"{_OWN}/shards"
_TOLD_EVERY: Final = 1.0
"""Seconds."""
_QUICK_TO_START: Final = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For Spark on this machine, which lives for minutes: to compile for hours of work would not pay."""

_Came = TypeVar("_Came")
BeforeEach = Callable[[str, int], object]
"""Called on the executor before each piece, with what is being done and the number of the piece."""


class SparkMissing(Exception):
    """Spark or Java is not installed. The text says what to install."""


class _Engine(NamedTuple):
    """What every step of a run needs."""

    spark: SparkContext
    run: Run
    folder: RunFolder
    tell: Tell
    before_each: BeforeEach | None


def judge_with_spark(
    run: Run,
    survey: Survey,
    folder: RunFolder,
    tell: Tell,
    context: SparkContext | None = None,
    before_each: BeforeEach | None = None,
) -> dict[str, Any]:
    """Judge everybody; what came of it, in numbers. Steps a former run finished are not done again.

    `context` is one already there, else one is begun. Tests end an executor or the run in `before_each`.
    """
    whole = run._replace(out=run.out.absolute())
    spark = context or begin_spark(run.workers)
    try:
        engine = _Engine(spark, whole, RunFolder(whole.out), tell, before_each)
        judging = work.Judging(str(whole.out), run.asked, run.rules_as_of, run.overlay)
        if survey.sort == "export":
            return _judge_export(engine, survey, judging)
        return _judge_pieces(engine, survey, judging)
    finally:
        if context is None:
            spark.stop()


def begin_spark(workers: int) -> SparkContext:
    """Spark on this machine, unless the surroundings name a cluster (`spark-submit`, SPARK_MASTER)."""
    try:
        from pyspark import SparkConf, SparkContext
    except ImportError:
        raise SparkMissing(
            "`--engine spark` needs the extra `spark` (pip install 'isovigil[spark]') and Java 17 or newer."
        ) from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    asked = SparkConf().setAppName("isovigil population")
    asked.setAll([("spark.ui.enabled", "false"), ("spark.ui.showConsoleProgress", "false")])
    asked.setAll([("spark.log.level", "ERROR"), ("spark.sql.catalogImplementation", "in-memory")])
    if "SPARK_MASTER" in os.environ:
        asked.setMaster(os.environ["SPARK_MASTER"])
    elif "SPARK_ENV_LOADED" not in os.environ:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        os.environ.setdefault("SPARK_LAUNCHER_OPTS", _QUICK_TO_START)
        asked.setMaster(f"local[{workers}]").set("spark.driver.extraJavaOptions", _QUICK_TO_START)
    return SparkContext.getOrCreate(asked)


def _judge_export(engine: _Engine, survey: Survey, judging: work.Judging) -> dict[str, Any]:
    """Read and judge the files of an export. To cut between patients takes little, so it is done here."""
    chunks = chunks_of(tuple(map(_seen_from_everywhere, survey.files)))
    pieces = engine.folder.work / _OWN / "pieces"
    pieces.mkdir(parents=True, exist_ok=True)
    several = chunks_together(chunks)
    templates = TemplatesTold()
    do = partial(_read_chunks, pieces, engine.run.is_fast)
    found = _all_done(engine, "read", do, several, lambda told: templates.taken_out(told["chunks"]))
    read = [each for told in found for each in told]
    if not engine.folder.is_done(_SHARDS):
        engine.tell("cutting", 0, 1)
        limits = Limits(engine.run.sorting_mb, max(engine.run.workers, 1))
        engine.folder.done(_SHARDS, [list(shard) for shard in cut_into_shards(pieces, limits)])
        engine.tell("cutting", 1, 1)
    shards = engine.folder.told(_SHARDS)
    judging = judging._replace(
        rows=str(pieces),
        shared=str(shared_in(pieces)),
        templates=templates.by_mark(),
        places=tuple(places_of(chunks, read)),
        chunks=tuple(chunks),
    )
    given = engine.spark.broadcast(judging)
    told = _all_done(engine, "judged", partial(_judge_rows, given), shards)
    told += _tell_the_rest(engine, judging, read, nobodys_in(pieces), len(shards))
    return _ended(engine, survey, told, read)


def _judge_pieces(engine: _Engine, survey: Survey, judging: work.Judging) -> dict[str, Any]:
    """Judge the files of a fact store, or case files, some together; again where several name one patient."""
    whole = survey._replace(files=tuple(map(_seen_from_everywhere, survey.files)))
    if survey.sort == "store":
        told = _all_done(engine, "judged", partial(_judge_store, judging), whole.files)
        return _ended(engine, survey, told, [])
    several = files_together(whole)
    told = _all_done(
        engine, "judged", partial(_judge_files, judging), [(*each, None) for each in enumerate(several)]
    )
    twice = [(number, several[number], names) for number, names in to_judge_again(told).items()]
    for each in _all_done(engine, "again", partial(_judge_files, judging), twice):
        told[each["number"]] = each
    return _ended(engine, survey, told, [])


def _seen_from_everywhere(file: InputFile) -> InputFile:
    """The file by its whole path: executors stand in other folders than the caller."""
    return file._replace(path=str(Path(file.path).absolute()))


def _ended(
    engine: _Engine, survey: Survey, told: list[dict[str, Any]], read: list[dict[str, Any]]
) -> dict[str, Any]:
    write_part(engine.run.out, UNREAD.name, part_name(0), unread_rows([*read, *told]))
    write_indicators(engine.run, told)
    return numbers_of(told, read, files=len(survey.files))


def _all_done(
    engine: _Engine,
    doing: str,
    do: Callable[[int, Any], dict[str, Any]],
    pieces: Sequence[Any],
    kept: Callable[[Any], Any] = lambda told: told,
) -> list[Any]:
    """What is `kept` of what came of every piece, in their order; what is done already is not done again."""
    folder = engine.folder
    to_do = [
        (number, piece) for number, piece in enumerate(pieces) if not folder.is_done(_step(doing, number))
    ]
    left = folder.work / _OWN / doing
    left.mkdir(parents=True, exist_ok=True)

    def tell() -> None:
        engine.tell(doing, sum(1 for _ in left.glob("*.json")), len(pieces))

    tell()
    if to_do:
        one = partial(_do_one, folder, doing, do, engine.before_each)
        places = _tables(engine.spark).range(0, len(to_do), 1, len(to_do))
        _waited_for(places.mapInArrow(partial(_do_each, one, to_do), places.schema).collect, tell)
        tell()
    return [kept(folder.told(_step(doing, number))) for number in range(len(pieces))]


def _waited_for(job: Callable[[], _Came], tell: Callable[[], object]) -> _Came:
    """What came of a job of Spark, waited for where an interruption is heard.

    A thread that waits for Java's answer would take the signal in the middle of it, and Spark's own handler,
    which asks Java to cancel the job, would ask on the same line.
    """
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(job)
        while not wait([running], timeout=_TOLD_EVERY).done:
            tell()
        return running.result()


def _step(doing: str, number: int) -> str:
    return f"{_OWN}/{doing}/{number:06d}"


def _tables(spark: SparkContext) -> SparkSession:
    from pyspark.sql import SparkSession

    return SparkSession(spark)


def _do_each(
    one: Callable[[tuple[int, Any]], None],
    to_do: Sequence[tuple[int, Any]],
    places: Iterable[pa.RecordBatch],
) -> Iterator[pa.RecordBatch]:
    """On an executor, inside `mapInArrow`: do the pieces at these places of the list, one a task."""
    for batch in places:
        for place in batch.column(0).to_pylist():
            one(to_do[place])
        yield batch


def _do_one(
    folder: RunFolder,
    doing: str,
    do: Callable[[int, Any], dict[str, Any]],
    before: BeforeEach | None,
    numbered: tuple[int, Any],
) -> None:
    """On an executor: do one piece and leave what came of it on the shared disk."""
    number, piece = numbered
    if folder.is_done(_step(doing, number)):
        return  # an executor that was given up for lost had finished it
    if before is not None:
        before(doing, number)
    folder.done(_step(doing, number), do(number, piece))


def _read_chunks(pieces: Path, is_fast: bool, _: int, chunks: tuple[Chunk, ...]) -> dict[str, Any]:
    """Read some pieces of files into sorted rows."""
    work.prepare_reading(is_fast)
    return {"chunks": work.read_chunks(chunks, str(pieces))}


def _judge_rows(given: Broadcast[work.Judging], _: int, shard: Sequence[int]) -> dict[str, Any]:
    """Judge one run of patients with their rows, out of all pieces."""
    work.prepare_judging(given.value)
    return work.judge_rows(Shard(*shard))


def _judge_store(judging: work.Judging, number: int, file: InputFile) -> dict[str, Any]:
    work.prepare_judging(judging)
    return work.judge_store(number, file)


def _judge_files(judging: work.Judging, _: int, piece: tuple[int, Any, Any]) -> dict[str, Any]:
    work.prepare_judging(judging)
    return work.judge_files(*piece)


def _tell_the_rest(
    engine: _Engine, judging: work.Judging, read: Sequence[dict[str, Any]], path: Path, number: int
) -> list[dict[str, Any]]:
    """The problems of lines that are nobody's, and of files that are damaged: few, so told here."""
    work.prepare_judging(judging)
    nobodys = work.judged_nobodys(str(path))
    rows = [*nobodys.rows[PROBLEMS.name], *broken_files(judging.places, read)]
    write_part(engine.run.out, PROBLEMS.name, part_name(number), rows)
    return [work.told(0, nobodys), {"patients": 0, "counts": Counter(), "unread": [], "indicators": []}]
