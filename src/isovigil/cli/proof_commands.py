"""Which command lets an outsider check a clinic's log, here or with a copy of the verifier elsewhere?"""

from __future__ import annotations

from typing import Annotated

import typer


def app_commands(app: typer.Typer) -> None:
    """Add `verify-log` to the command line."""
    app.command("verify-log", short_help="Check that a clinic's log was not changed.")(verify_log_command)


def verify_log_command(
    export: Annotated[
        str | None, typer.Argument(metavar="[EXPORT_DIR]", help="log.jsonl, heads.jsonl, keys.json.")
    ] = None,
    fact: Annotated[
        str | None, typer.Option("--fact", metavar="PROOF", help="Check the proof of one entry instead.")
    ] = None,
    head: Annotated[
        list[str] | None, typer.Option("--head", metavar="KEPT", help="A head kept elsewhere; any number.")
    ] = None,
    public_key: Annotated[
        list[str] | None, typer.Option("--public-key", metavar="KEY", help="Trust this key (PEM) only.")
    ] = None,
    clinic: Annotated[
        str | None, typer.Option("--clinic", metavar="NAME", help="Whose log it must be.")
    ] = None,
    copy_to: Annotated[
        str | None, typer.Option("--copy-to", metavar="FILE", help="Write the verifier itself, and stop.")
    ] = None,
) -> None:
    """Check that a clinic's log was not changed since its heads were signed.

    This runs one file that shares no code with the rest. Whoever must not trust this machine copies it with
    --copy-to to another, and runs it there: python -I verify_log.py EXPORT_DIR.

    Exit codes: 0 nothing is wrong; 1 something is, and it says what; 2 it could not be checked.
    """
    from isovigil.proof import verify_log

    if copy_to is not None:
        raise typer.Exit(_copy_verifier(copy_to))
    asked = [] if export is None else [export]
    for option, values in (
        ("--fact", [fact]),
        ("--head", head or []),
        ("--public-key", public_key or []),
        ("--clinic", [clinic]),
    ):
        asked += [f"{option}={value}" for value in values if value is not None]
    raise typer.Exit(verify_log.main(asked))


def _copy_verifier(path: str) -> int:
    from importlib.resources import files
    from pathlib import Path

    from isovigil.cli.streams import answer, complain

    try:
        Path(path).write_bytes((files("isovigil.proof") / "verify_log.py").read_bytes())
    except OSError as refusal:
        complain(f"{path} cannot be written: {refusal.strerror}.")
        return 2
    answer(f"{path}: run it with `python -I {path} EXPORT_DIR`. It needs Python and `cryptography`.")
    return 0
