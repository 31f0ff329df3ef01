"""Which commands run an instance: `init`, `migrate`, `serve`, `look-after`, `backup`, `restore-drill`?"""

from __future__ import annotations

from typing import Annotated

import typer

DEFAULT_PORT = 8000
HERE_ALONE = "127.0.0.1"

Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen; a proxy goes before.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help="0 takes a free one.")]
Folder = Annotated[str, typer.Argument(metavar="FOLDER", help="The folder of the backup.")]


def app_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("init", short_help="Make an instance's keys and tables, and its first clinic.")(init_command)
    app.command("migrate", short_help="Bring the record's tables up to this version.")(migrate_command)
    app.command("serve", short_help="Serve the pages.")(serve_command)
    app.command("look-after", short_help="Keep worklists true and logs signed (serve does it).")(
        look_after_command
    )
    app.command("backup", short_help="Write a backup of the record while it serves.")(backup_command)
    app.command("restore-drill", short_help="Show that a backup can be used, in a scratch place.")(
        restore_drill_command
    )
    app.command("check-log", short_help="Open every entry and compare it with what was signed.")(
        check_log_command
    )


def init_command(
    clinic: Annotated[str, typer.Option("--clinic", metavar="NAME", help="The clinic's name.")],
    administrator: Annotated[
        str, typer.Option("--administrator", metavar="NAME", help="Who lets the others in.")
    ],
    email: Annotated[str, typer.Option("--email", metavar="ADDRESS", help="The administrator's.")],
    programme: Annotated[str, typer.Option("--programme", metavar="P")] = "us_ipledge",
    policy: Annotated[str, typer.Option("--policy", metavar="Q")] = "balanced",
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", metavar="Z", help="Default: the programme's.")
    ] = None,
) -> None:
    """Make what is missing of an instance: keys, tables, the clinic, and its first administrator.

    Prints a code that works once, with which the administrator sets up a way to sign in.
    """
    from isovigil.cli.serving import AskedInit, run_init

    raise typer.Exit(run_init(AskedInit(clinic, administrator, email, programme, policy, time_zone)))


def migrate_command(
    grant_to: Annotated[
        str | None, typer.Option("--grant-to", metavar="ROLE", help="PostgreSQL: the role that serves.")
    ] = None,
) -> None:
    """Bring the record's tables up to this version. On PostgreSQL, run it as the role that owns them."""
    from isovigil.cli.serving import run_migrate

    raise typer.Exit(run_migrate(grant_to))


def serve_command(host: Host = HERE_ALONE, port: Port = DEFAULT_PORT, workers: int = 2) -> None:
    """Serve the pages, and look after worklists and logs meanwhile. Refuses an instance that is not fit."""
    from isovigil.cli.serving import run_serve

    raise typer.Exit(run_serve(host, port, workers))


def look_after_command(
    every: Annotated[int, typer.Option("--every", min=1, metavar="SECONDS")] = 20,
    once: Annotated[bool, typer.Option("--once", help="One round, then stop.")] = False,
) -> None:
    """Keep worklists true and logs signed. A missed round loses nothing: the record says what is due."""
    from isovigil.cli.serving import run_look_after

    raise typer.Exit(run_look_after(every, once=once))


def backup_command(folder: Folder) -> None:
    """Write a backup of the record into a new folder, while it serves. The keys are not in it."""
    from isovigil.cli.serving import run_backup

    raise typer.Exit(run_backup(folder))


def restore_drill_command(folder: Folder) -> None:
    """Restore a backup into a scratch place, check every entry, and say how long it took."""
    from isovigil.cli.serving import run_restore_drill

    raise typer.Exit(run_restore_drill(folder))


def check_log_command() -> None:
    """Open every entry of every clinic, and compare it with what the log committed to and signed."""
    from isovigil.cli.serving import run_check_log

    raise typer.Exit(run_check_log())
