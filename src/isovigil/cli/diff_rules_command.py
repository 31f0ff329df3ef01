"""How does `isovigil diff-rules` answer?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from isovigil.calendar.days import Period, in_words
from isovigil.case.case import DEFAULT_POLICY, Case
from isovigil.cli.moment_asked import CallProblem, check_choice, day_typed
from isovigil.cli.streams import answer, complain, documents_in_utf8
from isovigil.decisions.review import NOTICE
from isovigil.exchange.case_file import CaseProblems, load_case
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.exchange.rulebook_problems import RulebookProblems
from isovigil.law.refusal import NoRuleInForce, ProgrammeNotModelled
from isovigil.law.rulebook import UnknownPolicy, UnknownProgramme
from isovigil.law.value import Dated
from isovigil.usecases.diff_rules import RulesDiff, diff_as_dict, diff_rules, value_as_text
from isovigil.usecases.review_cases import case_paths


class AskedDiff(NamedTuple):
    """What was typed."""

    programme: str
    before: str
    after: str
    cases: Sequence[str]
    on: str | None
    known_by: str | None
    policy: str | None
    overlay: str | None
    form: str


def run_diff_rules(asked: AskedDiff) -> int:
    """Compare and print; 0, 2 (the input or the call is wrong) or 3 (no rule in force on a day)."""
    try:
        check_choice("--format", asked.form, ("table", "json"))
        known_by = datetime.now(UTC).date()
        if asked.known_by is not None:
            known_by = day_typed(asked.known_by, "--known-by")
        rulebook = load_rulebook(Path(asked.overlay) if asked.overlay else None)
        cases, is_bad = _cases(asked)
        diff = diff_rules(
            rulebook,
            asked.programme,
            day_typed(asked.before, "DATE"),
            day_typed(asked.after, "DATE"),
            known_by,
            cases,
            policy=asked.policy or DEFAULT_POLICY,
            on=None if asked.on is None else day_typed(asked.on, "--on"),
        )
    except (CallProblem, RulebookProblems, UnknownProgramme, UnknownPolicy) as wrong:
        complain(wrong)
        return 2
    except (NoRuleInForce, ProgrammeNotModelled) as refusal:
        complain(refusal)
        return 3
    if asked.form == "json":
        documents_in_utf8()
        answer(json.dumps(diff_as_dict(diff), indent=2, ensure_ascii=False))
    else:
        _print_tables(diff)
    return 2 if is_bad else 0


def _cases(asked: AskedDiff) -> tuple[tuple[Case, ...], bool]:
    """Every case that can be read; a bad one is reported, and the others are still judged."""
    found: list[Case] = []
    is_bad = False
    for path in case_paths(asked.cases):
        try:
            found.append(load_case(path, programme=asked.programme))
        except CaseProblems as wrong:
            complain(wrong)
            is_bad = True
    return tuple(found), is_bad


def _in_plain(side: Dated[Any] | None) -> str:
    """A value as people say it: ``35 days``, ``one effective preferably two``."""
    if side is not None and isinstance(side.value, Period):
        return side.value.in_words()
    return value_as_text(side).replace("_", " ")


def _print_tables(diff: RulesDiff) -> None:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from isovigil.cli.review_table import show
    from isovigil.cli.worklist_table import worklist_terminal

    sides = ((diff.before_on, diff.before), (diff.after_on, diff.after))
    top = f"{diff.programme}: " + " and ".join(f"{in_words(day)} ({regime.id})" for day, regime in sides)
    parts: list[Text | Table] = [Text(top, style="bold")]
    parts += [Text(f"Supposed, because {because}.", style="yellow") for because in diff.supposes]
    values = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("Question", in_words(diff.before_on), in_words(diff.after_on)):
        values.add_column(column, overflow="fold")
    for each in diff.values:
        told = [_in_plain(side) for side in (each.before, each.after)]
        if each.before is None or each.after is None or each.before.strength != each.after.strength:
            sides_told = zip(told, (each.before, each.after), strict=True)
            told = [text if side is None else f"{text} ({side.strength})" for text, side in sides_told]
        values.add_row(each.asks, *told)
    parts.append(values if diff.values else Text("No value differs."))
    for case in diff.cases:
        parts.append(Text(f"\n{case.patient}, judged on {in_words(case.on)}", style="bold"))
        moved = [f"{gate}: {pair[0]} → {pair[1]}" for gate, pair in case.gates.items() if pair[0] != pair[1]]
        parts.append(Text("; ".join(moved) or "No verdict changes."))
        parts += [
            Text(f"  {each.rule}: {each.before} → {each.after}. {each.says_after}") for each in case.findings
        ]
    show(worklist_terminal(), Group(*parts, Text(f"\n{NOTICE}", style="dim")))
