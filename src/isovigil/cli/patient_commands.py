"""Which commands speak to the people who take the capsules: a self-care plan, and what the drug does."""

from __future__ import annotations

from typing import Annotated

import typer

FORMATS = ("text", "html")
WRONG_CALL = 2

Language = Annotated[str, typer.Option("--language", metavar="L", help="en or es.")]
Form = Annotated[str, typer.Option("--format", metavar="F", help="text or html, to print.")]


def app_commands(app: typer.Typer) -> None:
    """Add `self-care` to the command line; `explain body` is asked for through `explain`."""
    app.command("self-care", short_help="Print a patient's self-care plan.")(self_care_command)


def self_care_command(
    case: Annotated[str, typer.Argument(metavar="CASE", help="A case file, or - (standard input).")],
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="As of this day. Default: now.")
    ] = None,
    language: Language = "en",
    form: Form = "text",
) -> None:
    """Print a patient's self-care plan: lips, skin, nose, eyes, sun, alcohol, exercise.

    What concerns this patient comes first, by the symptoms that stand and the conditions on file.
    """
    raise typer.Exit(run_self_care(case, on, language, form))


def run_self_care(path: str, on: str | None, language: str, form: str) -> int:
    """Print the plan; 0, or 2 when the call or the case file is wrong."""
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from isovigil.calendar.window import first_instant, last_instant
    from isovigil.cli.moment_asked import CallProblem, check_choice, day_typed
    from isovigil.cli.streams import answer, complain, documents_in_utf8
    from isovigil.exchange.case_file import CaseProblems, load_case
    from isovigil.exchange.patient_pages import plan_as_html, plan_as_text
    from isovigil.exchange.patient_texts import NoSuchLanguage, patient_texts
    from isovigil.exchange.rulebook_files import load_rulebook
    from isovigil.exchange.rulebook_problems import RulebookProblems
    from isovigil.usecases.self_care_plan import self_care_plan

    try:
        check_choice("--format", form, FORMATS)
        texts = patient_texts(language)
        day = None if on is None else day_typed(on, "--on")
        case = load_case(path)
        rulebook = load_rulebook()
    except (CallProblem, CaseProblems, NoSuchLanguage, RulebookProblems) as wrong:
        complain(wrong)
        return WRONG_CALL
    zone = ZoneInfo(case.time_zone)
    at = datetime.now(UTC).astimezone(zone) if day is None else first_instant(day, zone)
    known_by = at if day is None else last_instant(day, zone)
    plan = self_care_plan(case, at, known_by, texts, rulebook)
    documents_in_utf8()
    as_form = plan_as_html if form == "html" else plan_as_text
    answer(as_form(texts, plan.parts))
    return 0


def run_explain_body(language: str, form: str) -> int:
    """Print what the drug does in the body and may do; 0, or 2 when the call is wrong."""
    from isovigil.cli.moment_asked import CallProblem, check_choice
    from isovigil.cli.streams import answer, complain, documents_in_utf8
    from isovigil.exchange.patient_pages import body_as_html, body_as_text
    from isovigil.exchange.patient_texts import NoSuchLanguage, patient_texts
    from isovigil.exchange.rulebook_files import load_rulebook
    from isovigil.exchange.rulebook_problems import RulebookProblems

    try:
        check_choice("--format", form, FORMATS)
        texts = patient_texts(language)
        sources = load_rulebook().sources
    except (CallProblem, NoSuchLanguage, RulebookProblems) as wrong:
        complain(wrong)
        return WRONG_CALL
    documents_in_utf8()
    as_form = body_as_html if form == "html" else body_as_text
    answer(as_form(texts, sources))
    return 0
