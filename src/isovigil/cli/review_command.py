"""How does `isovigil review` answer?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from isovigil.case.case import Case
from isovigil.cli.moment_asked import CallProblem, moment_typed
from isovigil.decisions.review import Review
from isovigil.decisions.verdict import severity, worst
from isovigil.exchange.rulebook_files import RulebookProblems, load_rulebook
from isovigil.law.rulebook import Rulebook
from isovigil.usecases.review_cases import Reviewed, review_paths

FORMATS = ("json", "table", "markdown", "html")
_FAIL_ON = ("waiting", "hold", "stop")


def run_review(
    cases: Sequence[str],
    on: str | None,
    at: str | None,
    known_by: str | None,
    programme: str | None,
    policy: str | None,
    overlay: str | None,
    form: str,
    fail_on: str | None,
) -> int:
    """Review the cases and print them; the exit code is the contract's (0, 1, 2 or 3)."""
    try:
        moment = moment_typed(on, at, known_by)
        _check_choice("--format", form, FORMATS)
        if fail_on is not None:
            _check_choice("--fail-on", fail_on, _FAIL_ON)
        rulebook = load_rulebook(Path(overlay) if overlay else None)
    except (CallProblem, RulebookProblems) as wrong:
        print(wrong, file=sys.stderr)
        return 2
    outcomes = []
    written: list[tuple[Case, Review]] = []
    show = _writer(form, rulebook)
    for outcome in review_paths(cases, rulebook, moment, programme, policy):
        outcomes.append(outcome)
        if outcome.trouble is not None:
            print(outcome.trouble, file=sys.stderr)
        elif outcome.review is not None and outcome.case is not None:
            written.append((outcome.case, outcome.review))
    if written:
        show(written)
    return _exit_code(outcomes, fail_on)


def _check_choice(option: str, given: str, accepted: Sequence[str]) -> None:
    if given not in accepted:
        raise CallProblem(f"{option} {given!r} is not one of {', '.join(accepted)}.")


def _writer(form: str, rulebook: Rulebook) -> Callable[[list[tuple[Case, Review]]], None]:
    if form == "json":
        from isovigil.exchange.review_json import review_as_json

        return lambda done: print("\n".join(review_as_json(one) for _, one in done))
    if form == "markdown":
        from isovigil.exchange.review_markdown import review_as_markdown

        return lambda done: print("\n\n".join(review_as_markdown(one, rulebook) for _, one in done))
    if form == "html":
        from isovigil.exchange.review_html import reviews_as_html

        return lambda done: print(reviews_as_html(done, rulebook))
    from isovigil.cli.review_table import print_review

    return lambda done: [print_review(one, rulebook) for _, one in done] and None


def _exit_code(outcomes: Sequence[Reviewed], fail_on: str | None) -> int:
    trouble = {outcome.exit_code for outcome in outcomes}
    if 2 in trouble or not outcomes:
        return 2
    if 3 in trouble:
        return 3
    if fail_on is None:
        return 0
    verdicts = [
        gate.verdict
        for outcome in outcomes
        if outcome.review is not None
        for gate in outcome.review.gates.values()
    ]
    return int(severity(worst(verdicts)) >= 1 + _FAIL_ON.index(fail_on))
