"""How does `isovigil plan` answer?"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from isovigil.case.case import Case
from isovigil.case.fact import Fact, own_fields
from isovigil.case.kinds import KINDS
from isovigil.cli.moment_asked import CallProblem, check_choice, day_typed
from isovigil.cli.streams import answer, complain, documents_in_utf8
from isovigil.decisions.plan import plan
from isovigil.decisions.plan_parts import Constraints, Plan
from isovigil.decisions.review import NOTICE, ReviewNotPossible
from isovigil.exchange.case_file import CaseProblems, case_from_mapping, load_case
from isovigil.exchange.review_words import counted
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.exchange.rulebook_problems import RulebookProblems
from isovigil.law.refusal import NoRuleInForce, ProgrammeNotModelled
from isovigil.law.rulebook import UnknownPolicy, UnknownProgramme
from isovigil.usecases.plan_told import (
    day_in_brief,
    plan_as_dict,
    plan_as_html,
    plan_as_icalendar,
    plan_as_svg,
    remarks,
    step_in_plain,
)

FORMATS = ("table", "json", "html", "ics", "svg")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SUPPOSED: dict[str, dict[str, Any]] = {
    "pregnancy_test": {"result": "negative", "setting": "laboratory", "specimen": "serum"},
    "comprehension": {"passed": True},
    "visit": {"mode": "in_person"},
    "treatment_stop": {"reason": "completed"},
}
"""What a fact that is named with its day only is supposed to say."""


class AskedPlan(NamedTuple):
    """What was typed."""

    case: str
    on: str | None
    until: str | None
    what_if: list[str]
    unavailable: list[str]
    clinic_days: str | None
    programme: str | None
    policy: str | None
    overlay: str | None
    form: str


def run_plan(asked: AskedPlan) -> int:
    """Plan one case and print it; 0, 2 (the input or the call is wrong) or 3 (no rule in force)."""
    try:
        check_choice("--format", asked.form, FORMATS)
        constraints = Constraints(
            tuple(_absence(text) for text in asked.unavailable), _clinic_days(asked.clinic_days)
        )
        rulebook = load_rulebook(Path(asked.overlay) if asked.overlay else None)
        case = load_case(asked.case, programme=asked.programme)
        on = datetime.now(UTC).astimezone(ZoneInfo(case.time_zone)).date()
        if asked.on is not None:
            on = day_typed(asked.on, "--on")
        told = plan(
            case,
            rulebook,
            on,
            until=None if asked.until is None else day_typed(asked.until, "--until"),
            constraints=constraints,
            what_if=tuple(_supposed(text, case) for text in asked.what_if),
            programme=asked.programme,
            policy=asked.policy,
        )
    except (CallProblem, CaseProblems, RulebookProblems, ReviewNotPossible) as wrong:
        complain(wrong)
        return 2
    except (UnknownProgramme, UnknownPolicy) as wrong:
        complain(wrong)
        return 2
    except (NoRuleInForce, ProgrammeNotModelled) as refusal:
        complain(refusal)
        return 3
    _print(told, asked.form)
    return 0


def _absence(text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    days = (day_typed(first, "--unavailable"), day_typed(last or first, "--unavailable"))
    if days[1] < days[0]:
        raise CallProblem(f"--unavailable {text!r} ends before it begins.")
    return days


def _clinic_days(text: str | None) -> frozenset[int] | None:
    if text is None:
        return None
    named = [word.strip().lower()[:3] for word in text.split(",") if word.strip()]
    for word in named:
        check_choice("--clinic-days", word, WEEKDAYS)
    if not named:
        raise CallProblem("--clinic-days names no day. Write it as, for example, mon,wed.")
    return frozenset(WEEKDAYS.index(word) for word in named)


def _supposed(text: str, case: Case) -> Fact:
    """A fact as typed: its kind, its day, and `field=value` for anything else it should say."""
    match = re.fullmatch(r"(\w+)\s+(\d{4}-\d\d-\d\d)((?:\s+\w+=\S+)*)", text.strip())
    if match is None:
        raise CallProblem(
            f"--what-if {text!r} is not a kind of fact and its day. Write it as, for example, "
            "'pregnancy_test 2024-03-08' or 'pregnancy_test 2024-03-08 result=positive'."
        )
    name, day, more = match.groups()
    check_choice("--what-if", name, tuple(KINDS))
    kind = KINDS[name]
    fields = {field.name: field.encode_name for field in own_fields(kind)}
    fact = {"kind": name, fields[kind.day_field]: day, **_SUPPOSED.get(name, {})}
    fact |= dict(pair.split("=", 1) for pair in more.split())
    made = case_from_mapping(
        {"case": 1, "patient": {"id": "what-if"}, "time_zone": case.time_zone, "facts": [fact]}
    )
    return made.facts[0]


def _print(told: Plan, form: str) -> None:
    if form == "table":
        _print_table(told)
        return
    documents_in_utf8()
    if form == "json":
        answer(json.dumps(plan_as_dict(told), indent=2, ensure_ascii=False))
    elif form == "ics":
        answer(plan_as_icalendar(told).rstrip())
    else:
        answer(plan_as_html(told) if form == "html" else plan_as_svg(told))


def _print_table(told: Plan) -> None:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from isovigil.cli.review_table import show
    from isovigil.cli.worklist_table import worklist_terminal

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("#")
    table.add_column("Step")
    for column in ("Whose move", "On", "Earliest", "Latest", "Slack"):
        table.add_column(column, no_wrap=True)
    for step in told.steps:
        table.add_row(
            str(step.cycle or "-"),
            step_in_plain(step),
            step.who,
            day_in_brief(step.on),
            day_in_brief(step.earliest, beside=step.on),
            "-" if step.latest is None else day_in_brief(step.latest, beside=step.on),
            "-" if step.slack is None else counted(step.slack, "day"),
        )
    style = "yellow" if told.obstacle is not None else ""
    notes = [Text(note, style=style) for note in remarks(told)]
    show(worklist_terminal(), Group(table, Text(""), *notes, Text(f"\n{NOTICE}", style="dim")))
