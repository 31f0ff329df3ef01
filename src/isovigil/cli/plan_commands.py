"""Which commands look ahead, look back, and compare the law of two days?"""

from __future__ import annotations

from typing import Annotated

import typer

OneCase = Annotated[str, typer.Argument(metavar="CASE", help="A case file, or - (standard input).")]
Days = list[str] | None
Format = Annotated[str, typer.Option("--format", metavar="F", help="table or json.")]
KnownBy = Annotated[
    str | None,
    typer.Option("--known-by", metavar="DATE", help="Leave out what was announced later."),
]
ProgrammeName = Annotated[
    str | None, typer.Option("--programme", metavar="P", help="Judge by this programme.")
]
PolicyName = Annotated[
    str | None, typer.Option("--policy", metavar="Q", help="Judge by this clinical policy.")
]
Overlay = Annotated[
    str | None, typer.Option("--overlay", metavar="FILE", help="A clinic's own, stricter values.")
]


def app_commands(app: typer.Typer) -> None:
    """Add `plan`, `windows`, `replay` and `diff-rules` to the command line."""
    app.command("plan", short_help="Plan the next steps, through to the end.")(plan_command)
    app.command("windows", short_help="Count windows and due days from dates.")(windows_command)
    app.command("replay", short_help="Judge every past act by the rules of its day.")(replay_command)
    app.command("diff-rules", short_help="Compare the rules of two days.")(diff_rules_command)


def plan_command(
    case: OneCase,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The day to plan from. Default: today.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="The last dose. Default: after 24 weeks.")
    ] = None,
    what_if: Annotated[
        Days, typer.Option("--what-if", metavar="FACT", help="Suppose 'pregnancy_test 2024-03-08'.")
    ] = None,
    unavailable: Annotated[
        Days, typer.Option("--unavailable", metavar="DAYS", help="Away, as 2024-03-10..2024-03-20.")
    ] = None,
    clinic_days: Annotated[
        str | None, typer.Option("--clinic-days", metavar="DAYS", help="As mon,wed. Default: every day.")
    ] = None,
    programme: ProgrammeName = None,
    policy: PolicyName = None,
    overlay: Overlay = None,
    form: Annotated[
        str, typer.Option("--format", metavar="F", help="table, json, html, ics or svg.")
    ] = "table",
) -> None:
    """Plan the next steps through start, cycles, end and the last test.

    Every planned prescription and hand-over was judged by the engine, with what the plan puts on file
    before it.
    """
    from isovigil.cli.plan_command import AskedPlan, run_plan

    asked = AskedPlan(
        case, on, until, what_if or [], unavailable or [], clinic_days, programme, policy, overlay, form
    )
    raise typer.Exit(run_plan(asked))


def windows_command(
    programme: Annotated[str, typer.Option("--programme", metavar="P", help="As us_ipledge.")],
    test: Annotated[Days, typer.Option("--test", metavar="DATE", help="A negative test's day.")] = None,
    screening: Annotated[
        str | None, typer.Option("--screening", metavar="DATE", help="The screening test's specimen day.")
    ] = None,
    contraception_from: Annotated[
        str | None, typer.Option("--contraception-from", metavar="DATE", help="In use since.")
    ] = None,
    menses: Annotated[Days, typer.Option("--menses", metavar="DATE", help="First day of a period.")] = None,
    cycle_days: Annotated[
        int | None, typer.Option("--cycle-days", metavar="N", help="Usual length of a regular cycle.")
    ] = None,
    prescription: Annotated[
        str | None, typer.Option("--prescription", metavar="DATE", help="Day of issue.")
    ] = None,
    certificate: Annotated[
        str | None,
        typer.Option("--certificate", metavar="DATE", help="Of non-pregnancy (Italy)."),
    ] = None,
    counselling: Annotated[
        str | None,
        typer.Option("--counselling", metavar="DATE", help="Where pregnancy is impossible."),
    ] = None,
    last_dose: Annotated[
        str | None, typer.Option("--last-dose", metavar="DATE", help="The day of the last dose.")
    ] = None,
    known_by: KnownBy = None,
    overlay: Overlay = None,
    form: Format = "table",
) -> None:
    """Count every window, lockout and due day that follows from a few dates.

    Nothing is read but the rulebook, and nothing is kept.
    """
    from isovigil.cli.windows_command import AskedWindows, run_windows

    asked = AskedWindows(
        programme, test or [], screening, contraception_from, menses or [], cycle_days, prescription,
        certificate, counselling, last_dose, known_by, overlay, form,
    )  # fmt: skip
    raise typer.Exit(run_windows(asked))


def replay_command(
    case: OneCase,
    known_by: Annotated[
        str | None,
        typer.Option("--known-by", metavar="WHEN", help="What is on file by then, for the hindsight."),
    ] = None,
    programme: ProgrammeName = None,
    policy: PolicyName = None,
    overlay: Overlay = None,
    form: Format = "table",
) -> None:
    """Judge every past prescription and hand-over as of its own day.

    Each is judged under the rules, and with the knowledge, of that day: what was right, what was wrong,
    and what nobody had recorded by then.
    """
    from isovigil.cli.replay_command import run_replay

    raise typer.Exit(run_replay(case, known_by, programme, policy, overlay, form))


def diff_rules_command(
    programme: Annotated[str, typer.Argument(metavar="PROGRAMME", help="As uk_mhra.")],
    before: Annotated[str, typer.Argument(metavar="DATE", help="The first day.")],
    after: Annotated[str, typer.Argument(metavar="DATE", help="The second day.")],
    cases: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE...]", help="Case files, or directories of them.")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DATE", help="Judge the cases on this day. Default: their last fact's."),
    ] = None,
    known_by: KnownBy = None,
    policy: PolicyName = None,
    overlay: Overlay = None,
    form: Format = "table",
) -> None:
    """Compare the rules of two days, and whose verdict would change.

    Each case is judged twice on one day with the same facts: once by the rules of the first day and once
    by those of the second.
    """
    from isovigil.cli.diff_rules_command import AskedDiff, run_diff_rules

    asked = AskedDiff(programme, before, after, cases or [], on, known_by, policy, overlay, form)
    raise typer.Exit(run_diff_rules(asked))
