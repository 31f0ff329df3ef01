"""Which commands are there, and how does each begin quickly?"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated

import typer

from isovigil.cli.streams import complain, never_fail_on_a_sign

ADDED_BY: dict[str, str] = {
    "demo": "isovigil.cli.demo_command",
    "worklist": "isovigil.cli.demo_command",
    "forecast": "isovigil.cli.forecast_commands",
    "from-fhir": "isovigil.cli.exchange_commands",
    "import-csv": "isovigil.cli.exchange_commands",
    "to-fhir": "isovigil.cli.exchange_commands",
    "report-harm": "isovigil.cli.harm_commands",
    "self-care": "isovigil.cli.patient_commands",
    "synthesize": "isovigil.cli.synthesize_command",
    "init": "isovigil.cli.serve_commands",
    "migrate": "isovigil.cli.serve_commands",
    "serve": "isovigil.cli.serve_commands",
    "look-after": "isovigil.cli.serve_commands",
    "backup": "isovigil.cli.serve_commands",
    "restore-drill": "isovigil.cli.serve_commands",
    "check-log": "isovigil.cli.serve_commands",
    "windows": "isovigil.cli.plan_commands",
    "replay": "isovigil.cli.plan_commands",
    "diff-rules": "isovigil.cli.plan_commands",
    "plan": "isovigil.cli.plan_commands",
    "population": "isovigil.batch.command",
    "study": "isovigil.batch.study_command",
    "verify-log": "isovigil.cli.proof_commands",
    "export-log": "isovigil.cli.record_commands",
    "prove": "isovigil.cli.record_commands",
}
"""Modules with commands of their own, by the command that needs them; each offers `app_commands(app)`.

One is imported only when its command is typed or the list of commands is asked for. It may be missing.
"""
_added: set[str] = set()
FAULT_OF_OURS = 70
"""The exit code for a fault of the product itself (EX_SOFTWARE of sysexits.h)."""

app = typer.Typer(
    name="isovigil",
    help=(
        "May this patient start, be prescribed to, be handed isotretinoin today, and if not, why?\n\n"
        "Decision support for professionals, not medical advice."
    ),
    epilog=(
        "Exit codes: 0 answered, whatever the verdict; 1 a gate is at or past --fail-on; 2 the input or the "
        "call is wrong; 3 no rule is in force for what was asked."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)

Cases = Annotated[
    list[str],
    typer.Argument(metavar="CASE...", help="Case files, directories of them, or - (standard input)."),
]
OneCase = Annotated[str, typer.Argument(help="A case file, or - (standard input).")]
On = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help="Judge this calendar day, as 2024-03-11.")
]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="INSTANT", help="Judge this instant, as 2024-03-11T09:30:00-04:00."),
]
KnownBy = Annotated[
    str | None,
    typer.Option("--known-by", metavar="WHEN", help="Hide facts recorded and law announced after it."),
]
LawKnownBy = Annotated[
    str | None,
    typer.Option("--known-by", metavar="DATE", help="Leave out what was announced after this day."),
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


@app.command("review", short_help="Judge cases: verdicts, reasons, next steps.")
def review_command(
    cases: Cases,
    on: On = None,
    at: At = None,
    known_by: KnownBy = None,
    programme: ProgrammeName = None,
    policy: PolicyName = None,
    overlay: Overlay = None,
    form: Annotated[
        str, typer.Option("--format", metavar="F", help="json, table, markdown or html.")
    ] = "table",
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", metavar="V", help="Exit 1 at waiting, hold or stop, or worse."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show the rules that pass, too.")] = False,
) -> None:
    """Judge cases: verdicts at three gates, every reason, the next steps.

    Without --on and --at, now is judged.
    """
    from isovigil.cli.review_command import AskedReview, run_review

    asked = AskedReview(cases, on, at, known_by, programme, policy, overlay, form, fail_on, everything)
    raise typer.Exit(run_review(asked))


@app.command("explain", short_help="Explain one rule's answer about one case.")
def explain_command(
    case: Annotated[
        str, typer.Argument(help="A case file, - (standard input), or body: what the drug does.")
    ],
    rule: Annotated[
        str | None, typer.Argument(help="As pregnancy_testing.monthly_test; none for body.")
    ] = None,
    on: On = None,
    at: At = None,
    known_by: KnownBy = None,
    programme: ProgrammeName = None,
    policy: PolicyName = None,
    overlay: Overlay = None,
    language: Annotated[str, typer.Option("--language", metavar="L", help="For body: en or es.")] = "en",
    form: Annotated[str, typer.Option("--format", metavar="F", help="For body: text or html.")] = "text",
) -> None:
    """Explain one rule's answer about one case, with the days counted out.

    `isovigil explain body` tells patients what the drug does in the body and may do.
    """
    from isovigil.cli.case_asked import Asked
    from isovigil.cli.explain_command import RESERVED_SUBJECT, run_explain

    if rule is None and case == RESERVED_SUBJECT:
        from isovigil.cli.patient_commands import run_explain_body

        raise typer.Exit(run_explain_body(language, form))
    raise typer.Exit(run_explain(Asked(case, on, at, known_by, programme, policy, overlay), rule))


@app.command("rules", short_help="List rules and the values in force, with sources.")
def rules_command(
    programme: Annotated[
        str | None, typer.Argument(metavar="[PROGRAMME]", help="As us_ipledge. Without it, all.")
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The day the values govern. Default: today.")
    ] = None,
    known_by: LawKnownBy = None,
    policy: PolicyName = None,
    overlay: Overlay = None,
    form: Annotated[str, typer.Option("--format", metavar="F", help="table, json or markdown.")] = "table",
) -> None:
    """List a programme's rules and the values in force, each with its source."""
    from isovigil.cli.rules_command import run_rules

    raise typer.Exit(run_rules(programme, on, known_by, policy, overlay, form))


@app.command("coverage", short_help="Say what is modelled, and what is missing.")
def coverage_command(
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="Overdue as of this day. Default: today.")
    ] = None,
    form: Annotated[str, typer.Option("--format", metavar="F", help="table, json or markdown.")] = "table",
) -> None:
    """Say what is modelled, since when, last checked when, and what is missing."""
    from isovigil.cli.coverage_command import run_coverage

    raise typer.Exit(run_coverage(on, form))


@app.command("schema", short_help="Print the JSON Schema of a case or a review.")
def schema_command(
    of: Annotated[str, typer.Argument(metavar="case|review", help="Which document's schema.")],
) -> None:
    """Print the JSON Schema of a case file or of a review."""
    from isovigil.cli.schema_command import run_schema

    raise typer.Exit(run_schema(of))


def main() -> None:
    """Run the command line; problems go to standard error, with the exit codes of the contract.

    A fault of the product itself says what happened and exits with 70; it never shows a traceback,
    whose values could be a patient's.
    """
    never_fail_on_a_sign()
    try:
        _add_commands(sys.argv[1:])
        app(prog_name="isovigil")
    except Exception as fault:  # noqa: BLE001 - whatever it is, no traceback may reach a terminal
        complain(_told(fault))
        sys.exit(FAULT_OF_OURS)


def _add_commands(typed: list[str]) -> None:
    """Add the commands of the modules this call needs; all of them for the list of commands."""
    command = typed[0] if typed else ""
    listing = command in {"", "-h", "--help"}
    own = {each.name for each in app.registered_commands}
    for name, module in ADDED_BY.items():
        wanted = (listing or command not in own) and module not in _added
        if wanted and find_spec(module) is not None:
            _added.add(module)
            import_module(module).app_commands(app)
            if name == command:
                return


def _told(fault: Exception) -> str:
    """What happened, without any value of the case: the kind of fault and the line it came from."""
    from isovigil import __version__

    trace, place = fault.__traceback__, "an unknown place"
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if "isovigil" in file:
            place = f"{file.rpartition('isovigil/')[2]}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return (
        f"Isovigil {__version__} stopped because of a fault of its own: {type(fault).__name__} at {place}.\n"
        "The case was not judged, so take this as no answer.\n"
        "To report it, send this text and the command's options. Send no case file and no patient's data."
    )
