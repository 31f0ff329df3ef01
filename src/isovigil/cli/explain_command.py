"""How does `isovigil explain` take one answer apart?"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from isovigil.cli.case_asked import Asked, review_asked
from isovigil.cli.moment_asked import CallProblem
from isovigil.cli.streams import complain
from isovigil.exchange.rulebook_problems import RulebookProblems

if TYPE_CHECKING:
    from rich.console import RenderableType

    from isovigil.decisions.review import Review
    from isovigil.exchange.finding_explained import Explanation, ValueTold

RESERVED_SUBJECT = "body"
_NO_RULE = (
    "No rule was named. Name one after the case, as in "
    "`isovigil explain CASE pregnancy_testing.monthly_test`; `isovigil rules` lists them. "
    "Or ask `isovigil explain body` what the drug does."
)


def run_explain(asked: Asked, rule: str | None) -> int:
    """Explain one rule's answer about one case; the exit code is 0, 2 or 3 as for a review."""
    try:
        _refuse_reserved(asked.case)
        if rule is None:
            raise CallProblem(_NO_RULE)
        outcome, rulebook = review_asked(asked)
        if outcome.review is None or outcome.case is None:
            complain(outcome.trouble)
            return outcome.exit_code
        known = _rule_asked(rule, outcome.review)
    except (CallProblem, RulebookProblems) as wrong:
        complain(wrong)
        return 2
    from rich.console import Group

    from isovigil.cli.review_table import show, terminal
    from isovigil.exchange.finding_explained import explain

    explanation = explain(known, outcome.case, outcome.review, rulebook)
    show(terminal(), Group(*parts_of(explanation)))
    return 0


def _refuse_reserved(case: str) -> None:
    if case == RESERVED_SUBJECT and not Path(case).exists():
        raise CallProblem(
            "`isovigil explain body` is kept for what the drug does in the body, and takes no rule. "
            "To explain a rule, name a case file first: isovigil explain CASE RULE."
        )


def _rule_asked(name: str, review: Review) -> str:
    """The rule of that name. Raises CallProblem with the closest names."""
    names = [finding.rule for finding in review.findings]
    if name in names:
        return name
    from isovigil.decisions.rule import RULES

    if name in RULES:
        raise CallProblem(f"The rule {name} is not one of those that {review.programme} applies.")
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    ends = [one for one in names if one.partition(".")[2] == plain]
    close = ends or difflib.get_close_matches(plain, names, n=3, cutoff=0.5)
    meant = f" Did you mean {' or '.join(close)}?" if close else ""
    raise CallProblem(
        f"{name!r} is not a rule of {review.programme}.{meant} "
        f"`isovigil rules {review.programme}` lists them all."
    )


def parts_of(told: Explanation) -> Iterable[RenderableType]:
    """An explanation as it is shown in a terminal, heading by heading."""
    from rich.text import Text

    from isovigil.cli.review_table import indented, section, sign_of_answer

    yield Text.assemble((told.rule, "bold"), f" for {told.patient} on {told.day}")
    yield Text.assemble(sign_of_answer(told.answer), f"  {told.says}")
    yield section("What the rule asks")
    yield indented(Text(told.asks))
    yield indented(Text(told.stake))
    yield section("What was found")
    for fact in told.facts or ("No recorded fact was used.",):
        yield indented(Text(fact[:1].upper() + fact[1:]))
    yield section("Which dated values were used")
    for value in told.values:
        yield indented(_value(value))
    if not told.values:
        yield indented(Text("None."))
    if told.arithmetic:
        yield section("The days counted out")
        for line in told.arithmetic:
            yield indented(Text(line))
    yield section("What clears it")
    for line in told.clears:
        yield indented(Text(line))
    if told.other_readings:
        yield section("Another reading of the law")
        for line in told.other_readings:
            yield indented(Text(line))


def _value(value: ValueTold) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    from isovigil.cli.review_table import indented

    more = [line for line in (value.basis, value.source, value.counting, value.note) if line]
    told = Text.assemble(f"{value.asks} ", (value.value, "bold"))
    return Group(told, *(indented(Text(line, style="dim")) for line in more))
