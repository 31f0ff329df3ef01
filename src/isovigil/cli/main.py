"""Which commands are there, and how does each begin quickly?"""

from __future__ import annotations

import sys
from typing import Annotated, Optional

import typer

app = typer.Typer(
    name="isovigil",
    help="May this patient start, be prescribed to, be handed isotretinoin today, and if not, why?",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Cases = Annotated[
    list[str], typer.Argument(metavar="CASE...", help="Case files, directories of them, or - .")
]
On = Annotated[Optional[str], typer.Option("--on", metavar="DATE", help="Judge this calendar day.")]
At = Annotated[Optional[str], typer.Option("--at", metavar="INSTANT", help="Judge this instant.")]
KnownBy = Annotated[
    Optional[str],
    typer.Option("--known-by", metavar="DATE|INSTANT", help="Hide what was learned later."),
]
ProgrammeName = Annotated[
    Optional[str], typer.Option("--programme", metavar="P", help="The programme to judge by.")
]
PolicyName = Annotated[
    Optional[str], typer.Option("--policy", metavar="Q", help="The clinical policy pack.")
]
Overlay = Annotated[
    Optional[str], typer.Option("--overlay", metavar="FILE", help="A clinic's own tightening overlay.")
]


@app.command("review")
def review_command(
    cases: Cases,
    on: On = None,
    at: At = None,
    known_by: KnownBy = None,
    programme: ProgrammeName = None,
    policy: PolicyName = None,
    overlay: Overlay = None,
    form: Annotated[
        str, typer.Option("--format", metavar="json|table|markdown|html", help="How to show it.")
    ] = "table",
    fail_on: Annotated[
        Optional[str],
        typer.Option("--fail-on", metavar="waiting|hold|stop", help="Exit 1 at this verdict or worse."),
    ] = None,
) -> None:
    """Judge cases: verdicts at three gates, with every reason and the next steps."""
    from isovigil.cli.review_command import run_review

    raise typer.Exit(
        run_review(cases, on, at, known_by, programme, policy, overlay, form, fail_on)
    )


def main() -> None:
    """Run the command line; problems go to standard error, with the exit codes of the contract."""
    app(prog_name="isovigil")
    sys.exit(0)
