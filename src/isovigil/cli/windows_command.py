"""How does `isovigil windows` answer?"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from isovigil.calendar.days import in_words
from isovigil.cli.moment_asked import CallProblem, check_choice, day_typed
from isovigil.cli.streams import answer, complain, documents_in_utf8
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.exchange.rulebook_problems import RulebookProblems
from isovigil.law.refusal import NoRuleInForce, ProgrammeNotModelled, UnknownProgramme
from isovigil.usecases.windows import (
    FoundWindow,
    FoundWindows,
    WindowDates,
    windows_as_dict,
    windows_from_dates,
)


class AskedWindows(NamedTuple):
    """What was typed."""

    programme: str
    tests: list[str]
    screening: str | None
    contraception_from: str | None
    menses: list[str]
    cycle_days: int | None
    prescription: str | None
    certificate: str | None
    counselling: str | None
    last_dose: str | None
    known_by: str | None
    overlay: str | None
    form: str


def run_windows(asked: AskedWindows) -> int:
    """Count and print; 0, 2 (the call is wrong) or 3 (no rule in force for a date)."""
    try:
        check_choice("--format", asked.form, ("table", "json"))
        dates = _dates(asked)
        known_by = datetime.now(UTC).date()
        if asked.known_by is not None:
            known_by = day_typed(asked.known_by, "--known-by")
        rulebook = load_rulebook(Path(asked.overlay) if asked.overlay else None)
        programme = rulebook.coverage.meant_by(asked.programme) or asked.programme
        if programme not in rulebook.programmes:
            programme = asked.programme
        readings = windows_from_dates(rulebook, programme, dates, known_by)
    except (CallProblem, RulebookProblems, UnknownProgramme, ValueError) as wrong:
        complain(wrong)
        return 2
    except (NoRuleInForce, ProgrammeNotModelled) as refusal:
        complain(refusal)
        return 3
    if asked.form == "json":
        documents_in_utf8()
        answer(json.dumps(windows_as_dict(readings), indent=2))
    else:
        _print_tables(readings)
    return 0


def _dates(asked: AskedWindows) -> WindowDates:
    def day(text: str | None, option: str) -> date | None:
        return None if text is None else day_typed(text, option)

    dates = WindowDates(
        tests=tuple(day_typed(text, "--test") for text in asked.tests),
        screening=day(asked.screening, "--screening"),
        contraception_from=day(asked.contraception_from, "--contraception-from"),
        menses=tuple(day_typed(text, "--menses") for text in asked.menses),
        cycle_days=asked.cycle_days,
        prescription=day(asked.prescription, "--prescription"),
        certificate=day(asked.certificate, "--certificate"),
        counselling=day(asked.counselling, "--counselling"),
        last_dose=day(asked.last_dose, "--last-dose"),
    )
    if not dates.days:
        raise CallProblem(
            "No date was given. Give one from which something can be counted, such as --test 2024-03-04."
        )
    return dates


def _print_tables(readings: tuple[FoundWindows, ...]) -> None:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from isovigil.cli.review_table import show
    from isovigil.cli.worklist_table import worklist_terminal
    from isovigil.decisions.review import NOTICE

    parts: list[Text | Table] = []
    for number, reading in enumerate(readings, 1):
        if len(readings) > 1:
            because = " and ".join(reading.decided_by)
            parts.append(Text(f"Reading {number} of {len(readings)}: {because}.", style="yellow"))
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("What", "From", "Until", "Rests on"):
            table.add_column(column, no_wrap=column in ("From", "Until"))
        for found in reading.found:
            table.add_row(found.what, in_words(found.opens_on), _until(found), _rests_on(found))
        parts.append(table)
    show(worklist_terminal(), Group(*parts, Text(f"\n{NOTICE}", style="dim")))


def _until(found: FoundWindow) -> str:
    if found.closes_on is None:
        return "-"
    if found.closes_at is None:
        return in_words(found.closes_on)
    return f"{in_words(found.closes_on)},\n{found.closes_at:%H:%M:%S} {found.closes_at.tzname()}"


def _rests_on(found: FoundWindow) -> str:
    return "; ".join(f"{value.strength}: {value.cite.source}, {value.cite.at}" for value in found.values)
