"""Which commands take records in and give them out: FHIR R4 and a clinic's sheet?"""

from __future__ import annotations

from typing import Annotated

import typer

Programme = Annotated[
    str | None,
    typer.Option("--programme", metavar="P", help="For courses whose records name no programme."),
]
Out = Annotated[str | None, typer.Option("--out", metavar="DIR", help="Write a file a patient here.")]


def app_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("from-fhir", short_help="Read FHIR R4 into case files.")(from_fhir_command)
    app.command("to-fhir", short_help="Write cases as FHIR R4 Bundles.")(to_fhir_command)
    app.command("import-csv", short_help="Read a clinic's sheet into case files.")(import_csv_command)


def from_fhir_command(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Bundles, resources, NDJSON, folders of them, or -."),
    ],
    programme: Programme = None,
    out: Out = None,
    outcome: Annotated[
        str | None,
        typer.Option("--outcome", metavar="FILE", help="Write the OperationOutcome here."),
    ] = None,
) -> None:
    """Read FHIR R4 into case files, and list everything that was unread or doubtful.

    All files are read together, so that a bulk export may be split by resource type.
    """
    from isovigil.cli.fhir_commands import run_from_fhir

    raise typer.Exit(run_from_fhir(files, programme, out, outcome))


def to_fhir_command(
    cases: Annotated[
        list[str],
        typer.Argument(metavar="CASE...", help="Case files, directories of them, or - (standard input)."),
    ],
    out: Out = None,
) -> None:
    """Write each case as one FHIR R4 Bundle that reads in as the same case again."""
    from isovigil.cli.fhir_commands import run_to_fhir

    raise typer.Exit(run_to_fhir(cases, out))


def import_csv_command(
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="A sheet saved as CSV in UTF-8.")
    ] = None,
    mapping: Annotated[
        str | None, typer.Option("--map", metavar="FILE", help="Which column means what, as confirmed.")
    ] = None,
    write_map: Annotated[
        str | None, typer.Option("--write-map", metavar="FILE", help="Write the guessed mapping here.")
    ] = None,
    dates: Annotated[
        str | None,
        typer.Option("--dates", metavar="ORDER", help="dmy or mdy, where 03/04/2026 could be either."),
    ] = None,
    programme: Annotated[
        str, typer.Option("--programme", metavar="P", help="The programme of every patient.")
    ] = "us_ipledge",
    out: Out = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The day of the preview. Default: today.")
    ] = None,
    template: Annotated[bool, typer.Option("--template", help="Print an empty sheet to fill in.")] = False,
) -> None:
    """Read a clinic's sheet, a row a visit, into case files; nothing is written before it is confirmed.

    Without --map the columns are guessed and shown with a preview of the worklist. Look at both, keep the
    guess with --write-map, and write the cases with --map and --out.
    """
    from isovigil.cli.sheet_command import AskedSheet, run_import_csv

    asked = AskedSheet(file, mapping, write_map, dates, programme, out, on, template)
    raise typer.Exit(run_import_csv(asked))
