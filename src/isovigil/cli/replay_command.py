"""How does `isovigil replay` answer?"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from isovigil.calendar.days import in_words
from isovigil.calendar.window import last_instant
from isovigil.case.case import Case
from isovigil.cli.moment_asked import CallProblem, check_choice, moment_typed
from isovigil.cli.streams import answer, complain, documents_in_utf8
from isovigil.decisions.replay import Replay, ReplayedAct, replay
from isovigil.decisions.review import NOTICE, ReviewNotPossible
from isovigil.exchange.case_file import CaseProblems, load_case
from isovigil.exchange.review_words import counted
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.exchange.rulebook_problems import RulebookProblems
from isovigil.law.refusal import ProgrammeNotModelled
from isovigil.law.rulebook import UnknownPolicy, UnknownProgramme
from isovigil.usecases.replay_told import replay_as_dict

_STYLES = {"right": "green", "wrong": "red", "unknowable": "yellow", "no_rule": "dim"}
_IN_PLAIN = {"prescription": "prescribed", "dispense": "handed over", "no_rule": "no rule held"}


def run_replay(
    case_file: str,
    known_by: str | None,
    programme: str | None,
    policy: str | None,
    overlay: str | None,
    form: str,
) -> int:
    """Replay one case and print it; 0, 2 (the input or the call is wrong) or 3 (not modelled)."""
    try:
        check_choice("--format", form, ("table", "json"))
        rulebook = load_rulebook(Path(overlay) if overlay else None)
        case = load_case(case_file, programme=programme)
        told = replay(case, rulebook, _by(case, known_by), programme=programme, policy=policy)
        if told.programme:
            rulebook.programme(told.programme)
    except (CallProblem, CaseProblems, RulebookProblems, ReviewNotPossible) as wrong:
        complain(wrong)
        return 2
    except (UnknownProgramme, UnknownPolicy) as wrong:
        complain(wrong)
        return 2
    except ProgrammeNotModelled as refusal:
        complain(refusal)
        return 3
    if form == "json":
        documents_in_utf8()
        answer(json.dumps(replay_as_dict(told), indent=2, ensure_ascii=False))
    else:
        _print_table(told)
    return 0


def _by(case: Case, known_by: str | None) -> datetime:
    zone = ZoneInfo(case.time_zone)
    moment = moment_typed(None, None, known_by)
    if moment.known_by is None:
        return last_instant(datetime.now(UTC).astimezone(zone).date(), zone)
    return moment.known_by if isinstance(moment.known_by, datetime) else last_instant(moment.known_by, zone)


def _print_table(told: Replay) -> None:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from isovigil.cli.review_table import show
    from isovigil.cli.worklist_table import worklist_terminal

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("On", "What", "Then", "Why", "In hindsight"):
        table.add_column(column, no_wrap=column != "Why")
    for act in told.acts:
        table.add_row(
            in_words(act.on),
            _IN_PLAIN[act.kind],
            Text(_IN_PLAIN.get(act.judged, act.judged), style=_STYLES[act.judged]),
            _why(act),
            act.in_hindsight or "-",
        )
    counts = ", ".join(
        f"{told.count(judged)} {_IN_PLAIN.get(judged, judged)}"
        for judged in ("right", "wrong", "unknowable", "no_rule")
        if told.count(judged)
    )
    acts = counted(len(told.acts), "prescription or hand-over", "prescriptions and hand-overs")
    top = Text(f"{acts}: {counts or 'none'}.", style="bold")
    show(worklist_terminal(), Group(top, table, Text(f"\n{NOTICE}", style="dim")))


def _why(act: ReplayedAct) -> str:
    if act.refusal is not None:
        return act.refusal
    told = [reason.says for reason in act.because]
    told += [f"To look at: {reason.says}" for reason in act.to_look_at if reason not in act.because]
    told += [f"In the reading {regime}: {verdict}." for regime, verdict in act.other_readings]
    return " ".join(told) or "-"
