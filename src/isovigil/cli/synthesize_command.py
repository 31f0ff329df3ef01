"""How does `isovigil synthesize` write a made-up nation?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isovigil.cli.moment_asked import CallProblem, check_choice, day_typed
from isovigil.cli.streams import answer, complain

if TYPE_CHECKING:
    from isovigil.synthetic_nation.nation import Nation, Written


def app_commands(app: typer.Typer) -> None:
    """Add `synthesize` to the command line."""
    app.command("synthesize", short_help="Write made-up bulk data with a truth table.")(synthesize_command)


def synthesize_command(
    patients: Annotated[int, typer.Option("--patients", metavar="N", min=1, help="How many people.")],
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="The folder to write into.")],
    seed: Annotated[
        int, typer.Option("--seed", metavar="S", min=0, help="The same seed gives the same bytes.")
    ] = 1,
    programme: Annotated[str, typer.Option("--programme", metavar="P", help="us_ipledge.")] = "us_ipledge",
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DATE", help="The records as of this day. Default: 2025-06-30."),
    ] = None,
    compress: Annotated[str, typer.Option("--compress", metavar="C", help="none, gzip or zstd.")] = "none",
    files: Annotated[
        int | None,
        typer.Option("--files", metavar="N", min=1, help="Files of each resource type."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, help="Processes. Default: one a core.")
    ] = None,
) -> None:
    """Write a made-up nation as FHIR Bulk Data (NDJSON), and truth.csv: every violation planted in it.

    Nobody in it is real. The same seed gives the same bytes, whatever the number of workers.
    """
    raise typer.Exit(run_synthesize(patients, out, seed, programme, on, compress, files, workers))


def run_synthesize(
    patients: int,
    out: str,
    seed: int,
    programme: str,
    on: str | None,
    compress: str,
    files: int | None,
    workers: int | None,
) -> int:
    """Write the nation and say what was written; 0, or 2 for a call that is wrong."""
    from isovigil.synthetic_nation.nation import COMPRESSIONS, DEFAULT_DAY, PROGRAMMES, Nation, NationRefused

    try:
        check_choice("--programme", programme, PROGRAMMES)
        compression = next((each for each in COMPRESSIONS if each == compress), None)
        if compression is None:
            raise CallProblem(f"--compress {compress!r} is not one of {', '.join(COMPRESSIONS)}.")
        day = DEFAULT_DAY if on is None else day_typed(on, "--on")
        nation = Nation(patients, seed, day, files, compression)
        written = _written(nation, Path(out), workers)
    except (CallProblem, NationRefused) as wrong:
        complain(wrong)
        return 2
    except ModuleNotFoundError as missing:
        complain(f"--compress {compress} needs {missing.name}. Install the extra: isovigil[population].")
        return 2
    except OSError as refused:
        complain(f"{refused.filename or out} cannot be written: {refused.strerror}.")
        return 2
    _tell(nation, written, out)
    return 0


def _written(nation: Nation, folder: Path, workers: int | None) -> list[Written]:
    from isovigil.cli.progress_bar import with_progress
    from isovigil.synthetic_nation.nation import check, files_of, write_nation

    check(nation)
    work = write_nation(nation, folder, workers)
    return list(with_progress(work, files_of(nation), "sets of files"))


def _tell(nation: Nation, written: list[Written], out: str) -> None:
    resources = sum(each.resources for each in written)
    size = sum(each.bytes for each in written)
    truth = [row for each in written for row in each.truth]
    people = len({row.patient for row in truth})
    answer(
        f"{nation.patients:,} made-up patients as of {nation.on}, {resources:,} resources "
        f"({resources / nation.patients:.1f} a patient, {size / resources:,.0f} bytes each), in {out}.\n"
        f"{len(truth):,} violations are planted in {people:,} of them ({people / nation.patients:.1%}): "
        "truth.csv lists them.\nNobody in it is real."
    )
