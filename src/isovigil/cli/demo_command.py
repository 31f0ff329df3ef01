"""Which commands show Isovigil at work on a whole clinic: `demo`, and `worklist` for any folder?"""

from __future__ import annotations

from typing import Annotated

import typer

DEFAULT_SEED = 20261122
DEFAULT_FOLDER = "demo-clinic"
DEFAULT_COURSES = 200
MOST_COURSES = 10_000
DEFAULT_PORT = 8000

On = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help="Judge this calendar day, as 2024-03-11.")
]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="INSTANT", help="Judge this instant, as 2024-03-11T09:30:00-04:00."),
]
Overlay = Annotated[
    str | None, typer.Option("--overlay", metavar="FILE", help="A clinic's own, stricter values.")
]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="N", help="Show about so many rows; count the rest.")
]
Everything = Annotated[bool, typer.Option("--all", help="Show the patients with nothing to do now, too.")]


def app_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("worklist", short_help="List whose move it is, most urgent first.")(worklist_command)
    app.command("demo", short_help="Judge a made-up clinic and show its worklist.")(demo_command)


def worklist_command(
    cases: Annotated[
        list[str],
        typer.Argument(metavar="CASE...", help="Case files, directories of them, or - (standard input)."),
    ],
    on: On = None,
    at: At = None,
    known_by: Annotated[
        str | None,
        typer.Option("--known-by", metavar="WHEN", help="Hide facts recorded and law announced after it."),
    ] = None,
    programme: Annotated[
        str | None, typer.Option("--programme", metavar="P", help="Judge by this programme.")
    ] = None,
    policy: Annotated[
        str | None, typer.Option("--policy", metavar="Q", help="Judge by this clinical policy.")
    ] = None,
    overlay: Overlay = None,
    names: Annotated[
        str | None,
        typer.Option("--names", metavar="FILE", help="A CSV file with id and name, for display only."),
    ] = None,
    form: Annotated[str, typer.Option("--format", metavar="F", help="table, json or markdown.")] = "table",
    limit: Limit = None,
    everything: Everything = False,
) -> None:
    """List whose move it is today, most urgent first: who, why, what to do, by when.

    Without --on and --at, now is judged.
    """
    from isovigil.cli.worklist_command import AskedWorklist, run_worklist

    asked = AskedWorklist(cases, on, at, known_by, programme, policy, overlay, names, form, limit, everything)
    raise typer.Exit(run_worklist(asked))


def demo_command(
    on: On = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Another seed, another clinic.")
    ] = DEFAULT_SEED,
    courses: Annotated[
        int, typer.Option("--courses", min=1, max=MOST_COURSES, metavar="N", help="How many patients.")
    ] = DEFAULT_COURSES,
    programme: Annotated[
        str, typer.Option("--programme", metavar="P", help="us_ipledge or uk_mhra.")
    ] = "us_ipledge",
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="Where the cases are written.")
    ] = DEFAULT_FOLDER,
    form: Annotated[
        str, typer.Option("--form", metavar="F", help="fhir (R4 Bundles) or yaml (case files).")
    ] = "fhir",
    limit: Limit = 25,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the clinic's pages afterwards.")
    ] = True,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, metavar="N", help="Where to serve; 0: a free one.")
    ] = DEFAULT_PORT,
) -> None:
    """Write a made-up clinic, judge it today, show its worklist, and serve its pages.

    The same seed, day and number of patients give the same clinic.
    """
    from isovigil.cli.demo_shown import AskedDemo, run_demo

    raise typer.Exit(run_demo(AskedDemo(on, seed, courses, programme, out, form, limit, serve, port)))
