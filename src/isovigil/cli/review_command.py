"""How does `isovigil review` answer?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from isovigil.case.case import Case
from isovigil.cli.moment_asked import CallProblem, check_choice, moment_typed
from isovigil.cli.streams import answer, complain, documents_in_utf8
from isovigil.decisions.review import Review
from isovigil.decisions.verdict import severity, worst
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.exchange.rulebook_problems import RulebookProblems
from isovigil.law.rulebook import Rulebook
from isovigil.usecases.review_cases import CASE_FILE_ENDINGS, Reviewed, review_paths

FORMATS = ("json", "table", "markdown", "html")
FAIL_ON = ("waiting", "hold", "stop")

Show = Callable[[Case, Review], None]
Finish = Callable[[], None]


class AskedReview(NamedTuple):
    """What was typed."""

    cases: Sequence[str]
    on: str | None
    at: str | None
    known_by: str | None
    programme: str | None
    policy: str | None
    overlay: str | None
    form: str
    fail_on: str | None
    everything: bool


def run_review(asked: AskedReview) -> int:
    """Review the cases and print them; the exit code is the contract's (0, 1, 2 or 3)."""
    try:
        check_choice("--format", asked.form, FORMATS)
        if asked.fail_on is not None:
            check_choice("--fail-on", asked.fail_on, FAIL_ON)
        moment = moment_typed(asked.on, asked.at, asked.known_by)
        rulebook = load_rulebook(Path(asked.overlay) if asked.overlay else None)
    except (CallProblem, RulebookProblems) as wrong:
        complain(wrong)
        return 2
    show, finish = _face(asked.form, rulebook, asked.everything)
    outcomes = review_paths(asked.cases, rulebook, moment, asked.programme, asked.policy)
    return _print_all(outcomes, show, finish, asked)


def _print_all(outcomes: Iterable[Reviewed], show: Show, finish: Finish, asked: AskedReview) -> int:
    codes: set[int] = set()
    verdicts = []
    for outcome in outcomes:
        codes.add(outcome.exit_code)
        if outcome.review is None or outcome.case is None:
            complain(outcome.trouble)
            continue
        show(outcome.case, outcome.review)
        verdicts += [gate.verdict for gate in outcome.review.gates.values()]
    finish()
    if not codes:
        complain(
            f"No case file ({', '.join(CASE_FILE_ENDINGS)}) was found in {', '.join(asked.cases)}. "
            "Name a case file, or a directory that holds some."
        )
        return 2
    troubles = codes & {2, 3}
    if troubles:
        return min(troubles)
    if asked.fail_on is None:
        return 0
    return int(severity(worst(verdicts)) >= 1 + FAIL_ON.index(asked.fail_on))


def _face(form: str, rulebook: Rulebook, everything: bool) -> tuple[Show, Finish]:
    """How each review is shown, and what is left to print after the last one."""
    if form == "table":
        return _table(rulebook, everything)
    documents_in_utf8()
    if form == "html":
        return _html(rulebook)
    if form == "json":
        from isovigil.exchange.review_json import review_as_json

        return lambda _, review: answer(review_as_json(review)), _nothing
    from isovigil.exchange.review_markdown import review_as_markdown

    return lambda _, review: answer(review_as_markdown(review, rulebook, everything=everything)), _nothing


def _nothing() -> None:
    """Everything has been printed already."""


def _table(rulebook: Rulebook, everything: bool) -> tuple[Show, Finish]:
    from isovigil.cli.review_table import WIDTH, show_review, terminal
    from isovigil.exchange.review_content import tell

    console = terminal()
    shown: list[str] = []

    def show(_: Case, review: Review) -> None:
        if shown:
            answer(f"\n{'═' * min(WIDTH, console.width)}\n")
        shown.append(review.patient)
        show_review(tell(review, rulebook), console, everything=everything)

    return show, _nothing


def _html(rulebook: Rulebook) -> tuple[Show, Finish]:
    from isovigil.exchange.review_html import reviews_as_html

    done: list[tuple[Case, Review]] = []

    def finish() -> None:
        if done:
            answer(reviews_as_html(done, rulebook))

    return lambda case, review: done.append((case, review)), finish
