"""Which commands hand a clinic's log, or one entry of it, to somebody who wants to check it?"""

from __future__ import annotations

from typing import Annotated

import typer


def app_commands(app: typer.Typer) -> None:
    """Add `export-log` and `prove`."""
    app.command("export-log", short_help="Write a clinic's log for an outsider to check.")(export_log_command)
    app.command("prove", short_help="Prove one entry of a log, and show no other.")(prove_command)


def export_log_command(
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="A new or empty folder.")],
    clinic: Annotated[
        str | None, typer.Option("--clinic", metavar="ID", help="Whose log. Needed where there are several.")
    ] = None,
    show: Annotated[
        str, typer.Option("--show", metavar="WHAT", help="closed, rows, or payloads (in the clear!).")
    ] = "rows",
) -> None:
    """Sign the log as it stands, and write it for an outsider, who runs verify-log on it.

    Exit codes: 0 written; 1 written, and something was found wrong on the way; 2 not written.
    """
    from isovigil.cli.log_handed_over import run_export_log

    raise typer.Exit(run_export_log(folder, clinic, show))


def prove_command(
    fact: Annotated[str, typer.Argument(metavar="FACT", help="The id of a fact or other entry.")],
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Write it there. Default: print it.")
    ] = None,
    show: Annotated[
        str, typer.Option("--show", metavar="WHAT", help="closed, rows, or payloads (in the clear!).")
    ] = "payloads",
) -> None:
    """Prove that one entry is in its clinic's signed log, and show no other.

    Check it with: isovigil verify-log --fact FILE --public-key KEY.
    """
    from isovigil.cli.log_handed_over import run_prove

    raise typer.Exit(run_prove(fact, out, show))
