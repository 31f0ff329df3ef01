"""How is a population judged on a cluster that runs Apache Spark, by the same functions?

Spark shares out the work, sorts the rows and starts again what a lost worker had in hand; what the rows say
is worked out by the functions of the local engine, inside `mapInArrow`. Every executor needs Isovigil with
its extra `spark`, and must see the input and the output under the same path (a shared disk).
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from isovigil.batch import work
from isovigil.batch.local_engine import (
    Run,
    Tell,
    broken_files,
    files_together,
    numbers_of,
    places_of,
    templates_of,
    to_judge_again,
    unread_rows,
    write_indicators,
)
from isovigil.batch.run_folder import RunFolder
from isovigil.exchange.bulk.declared_tables import PROBLEMS, UNREAD
from isovigil.exchange.bulk.flatten import SHARED, row_schema
from isovigil.exchange.bulk.input_files import Survey, chunks_of
from isovigil.exchange.bulk.sorting import MOST_ROWS, PATIENT_NAMED, runs_of_batches
from isovigil.exchange.bulk.table_files import part_name, write_part

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

_TOLD: Final = "told string"

Batches = Iterable["pa.RecordBatch"]


def judge_with_spark(
    run: Run,
    survey: Survey,
    folder: RunFolder,
    tell: Tell,
    session: SparkSession | None = None,
    before_judging: Callable[[], object] | None = None,
) -> dict[str, Any]:
    """Judge everybody; what came of it, in numbers. `session` is one already there, else one is begun.

    `before_judging` is called on each executor before it judges a piece; tests end one there.
    """
    spark = session or begin_session(run.workers)
    try:
        judging = work.Judging(str(run.out), run.asked, run.rules_as_of, run.overlay)
        read: list[dict[str, Any]] = []
        if survey.sort == "export":
            tell("reading", 0, 1)
            judging, read, frame = _read_export(spark, run, survey, folder, judging)
            tell("reading", 1, 1)
            judge = partial(_judge_rows, judging, before_judging)
        else:
            several: Sequence[Any] = survey.files
            if survey.sort == "cases":
                several = files_together(survey)
            frame = _numbered(spark, len(several))
            judge = partial(_judge_pieces, judging, tuple(several), survey.sort)
        tell("judging", 0, 1)
        told = [json.loads(row.told) for row in frame.mapInArrow(judge, _TOLD).collect()]
        if survey.sort == "cases":
            told = _those_named_twice_again(judging, several, told)
        tell("judging", 1, 1)
        told += _tell_the_rest(run, folder, judging, read)
        write_part(run.out, UNREAD.name, part_name(0), unread_rows([*read, *told]))
        write_indicators(run, told)
        return numbers_of(told, read, files=len(survey.files))
    finally:
        if session is None:
            spark.stop()


def _those_named_twice_again(
    judging: work.Judging, several: Sequence[Any], told: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The pieces in which a patient is named whom another file names, too: few, so judged again here."""
    by_number = {each["number"]: each for each in told}
    for number, twice in to_judge_again(list(by_number.values())).items():
        work.prepare_judging(judging)
        by_number[number] = work.judge_files(number, several[number], twice)
    return [by_number[number] for number in sorted(by_number)]


def begin_session(workers: int) -> SparkSession:
    """A session on this machine, unless the surroundings name a cluster (`spark-submit`, SPARK_MASTER)."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise SparkMissing(
            "`--engine spark` needs the extra `spark` (pip install 'isovigil[spark]') and Java 17 or newer."
        ) from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("isovigil population").config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false").config("spark.log.level", "ERROR")
    builder = builder.config("spark.sql.session.timeZone", "UTC")
    builder = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "10000")
    if "SPARK_MASTER" in os.environ:
        builder = builder.master(os.environ["SPARK_MASTER"])
    elif "SPARK_ENV_LOADED" not in os.environ:
        builder = builder.master(f"local[{workers}]")
    return builder.getOrCreate()


class SparkMissing(Exception):
    """Spark or Java is not installed. The text says what to install."""


def _numbered(spark: SparkSession, count: int) -> DataFrame:
    """One row and one partition for each piece of work."""
    return spark.range(0, count, 1, max(count, 1))


def _read_export(
    spark: SparkSession, run: Run, survey: Survey, folder: RunFolder, judging: work.Judging
) -> tuple[work.Judging, list[dict[str, Any]], DataFrame]:
    """The rows of every line sorted by patient, and what is needed to judge them."""
    chunks = chunks_of(survey.files)
    parts = folder.work / "rows"
    parts.mkdir(exist_ok=True)
    read = partial(_read_chunks, tuple(chunks), str(parts), run.is_fast)
    came = [json.loads(row.told) for row in _numbered(spark, len(chunks)).mapInArrow(read, _TOLD).collect()]
    told = [found for _, found in sorted(came, key=lambda each: each[0])]
    rows = spark.read.parquet(str(parts))
    apart = rows.where((rows.patient == "") & (rows.kind != "Provenance"))
    _write_here(apart.where(apart.kind.isin(*SHARED)), folder, "shared")
    _write_here(apart.where(~apart.kind.isin(*SHARED)), folder, "nobodys")
    judging = judging._replace(
        rows=str(parts),
        shared=str(folder.work / "shared.parquet"),
        templates=templates_of(told),
        places=tuple(places_of(chunks, told)),
        chunks=tuple(chunks),
    )
    count = sum(found["fast"] + found["strict"] for found in told)
    pieces = max(spark.sparkContext.defaultParallelism * 2, count // MOST_ROWS + 1)
    whole = _with_provenance(rows).repartitionByRange(pieces, "patient")
    return judging, told, whole.sortWithinPartitions("patient", "chunk", "line")


def _write_here(frame: DataFrame, folder: RunFolder, name: str) -> None:
    """A few rows into one file: the resources others refer to, and lines that are nobody's."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([field for field in row_schema() if field.name != "targets"])
    listed = [row.asDict() for row in frame.drop("targets").orderBy("chunk", "line").collect()]
    pq.write_table(pa.Table.from_pylist(listed, schema), folder.work / f"{name}.parquet")


def _with_provenance(rows: DataFrame) -> DataFrame:
    """The rows that name a patient, and who recorded what filed under each patient it is about."""
    from pyspark.sql import functions as of

    theirs = rows.where(rows.patient != "")
    told = rows.where(rows.kind == "Provenance")
    if told.isEmpty():
        return theirs.drop("targets")
    about = told.withColumn("target", of.explode("targets")).withColumn(
        "named", of.regexp_extract("target", PATIENT_NAMED, 1)
    )
    owners = theirs.select(
        theirs.patient.alias("owner"), of.concat_ws("/", theirs.kind, theirs.resource).alias("named")
    ).distinct()
    found = about.join(owners, "named").dropDuplicates(["owner", "chunk", "line"])
    found = found.withColumn("patient", found.owner).select(*rows.columns)
    return theirs.unionByName(found).drop("targets")


def _read_chunks(
    chunks: Sequence[Any], parts: str, is_fast: bool, numbers: Batches
) -> Iterator[pa.RecordBatch]:
    work.prepare_reading(is_fast)
    for number in _each(numbers):
        yield _one_row([number, work.read_chunk(chunks[number], parts)])


def _judge_rows(
    judging: work.Judging, before: Callable[[], object] | None, batches: Batches
) -> Iterator[pa.RecordBatch]:
    from pyspark import TaskContext

    if before is not None:
        before()
    work.prepare_judging(judging)
    piece = TaskContext.get()
    assert piece is not None  # this runs on an executor
    yield _one_row(work.judge_runs(piece.partitionId(), runs_of_batches(batches)))


def _judge_pieces(
    judging: work.Judging, pieces: Sequence[Any], sort: str, numbers: Batches
) -> Iterator[pa.RecordBatch]:
    work.prepare_judging(judging)
    judge = work.judge_store if sort == "store" else work.judge_files
    for number in _each(numbers):
        yield _one_row(judge(number, pieces[number]))


def _each(numbers: Batches) -> Iterator[int]:
    for batch in numbers:
        yield from batch.column(0).to_pylist()


def _one_row(told: Any) -> pa.RecordBatch:
    import pyarrow as pa

    return pa.record_batch([pa.array([json.dumps(told)], pa.string())], names=["told"])


def _tell_the_rest(
    run: Run, folder: RunFolder, judging: work.Judging, read: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The problems of lines that are nobody's, and of files that are damaged: few, so told here."""
    if judging.rows is None:
        return []
    work.prepare_judging(judging)
    nobodys = work.judged_nobodys(str(folder.work / "nobodys.parquet"))
    rows = [*nobodys.rows[PROBLEMS.name], *broken_files(judging.places, read)]
    number = len(list((Path(run.out) / PROBLEMS.name).glob("*.parquet")))
    write_part(run.out, PROBLEMS.name, part_name(number), rows)
    return [work.told(0, nobodys), {"patients": 0, "counts": Counter(), "unread": [], "indicators": []}]
