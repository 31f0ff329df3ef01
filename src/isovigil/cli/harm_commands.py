"""How does `isovigil report-harm` prefill a report?"""

from __future__ import annotations

from typing import Annotated

import typer

FORMATS = ("text", "html", "json")


def app_commands(app: typer.Typer) -> None:
    """Add `report-harm` to the command line."""
    app.command("report-harm", short_help="Prefill reports of harm for one case.")(report_harm_command)


def report_harm_command(
    case: Annotated[str, typer.Argument(metavar="CASE", help="A case file, or - (standard input).")],
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="As of this calendar day, as 2024-03-11.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="INSTANT", help="As of this instant, with its offset.")
    ] = None,
    known_by: Annotated[
        str | None, typer.Option("--known-by", metavar="WHEN", help="Hide facts recorded after it.")
    ] = None,
    programme: Annotated[
        str | None, typer.Option("--programme", metavar="P", help="Report as in this programme.")
    ] = None,
    policy: Annotated[
        str | None, typer.Option("--policy", metavar="Q", help="By this clinical policy.")
    ] = None,
    form: Annotated[str, typer.Option("--format", metavar="F", help="text, html or json.")] = "text",
) -> None:
    """Prefill a report for every pregnancy under the drug and every unwanted effect that is reported.

    Each sheet says to whom it goes, what is known, what must still be asked, and what follows.
    """
    from isovigil.cli.case_asked import Asked

    raise typer.Exit(run_report_harm(Asked(case, on, at, known_by, programme, policy), form))


def run_report_harm(asked: object, form: str) -> int:
    """Print the sheets; the exit code is 0, 2 or 3 as for a review."""
    from isovigil.cli.case_asked import Asked, review_asked
    from isovigil.cli.moment_asked import CallProblem, check_choice
    from isovigil.cli.streams import answer, complain, documents_in_utf8
    from isovigil.exchange.rulebook_problems import RulebookProblems

    assert isinstance(asked, Asked)
    try:
        check_choice("--format", form, FORMATS)
        outcome, rulebook = review_asked(asked)
    except (CallProblem, RulebookProblems) as wrong:
        complain(wrong)
        return 2
    if outcome.review is None or outcome.case is None:
        complain(outcome.trouble)
        return outcome.exit_code
    from isovigil.exchange import harm_sheet_text as shown
    from isovigil.usecases.harm_sheets import harm_sheets

    sheets = harm_sheets(outcome.case, outcome.review, rulebook)
    documents_in_utf8()
    write = {
        "text": shown.harm_sheets_as_text,
        "html": shown.harm_sheets_as_html,
        "json": shown.harm_sheets_as_json,
    }[form]
    answer(write(sheets))
    return 0
