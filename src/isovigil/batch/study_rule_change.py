"""What did a change of the rules change, and what would other rules have said of the same acts?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from isovigil.batch.local_engine import Run, judge_locally
from isovigil.batch.report.drawing import Bar, bars
from isovigil.batch.report.past_acts import CAUSES, KINDS, MISSES, NOT_JUDGED
from isovigil.batch.report.reading import RunTables
from isovigil.batch.report.shown import NOBODY, Cell, Grid, in_digits, less, nested, share_in_words
from isovigil.batch.report.told import Figure, Told, Value
from isovigil.batch.run_folder import RunFolder, RunRefused
from isovigil.exchange.bulk.input_files import survey
from isovigil.law.rulebook import Rulebook
from isovigil.usecases.population_judged import Asked

_TITLE: Final = "What did a change of the rules change?"
_ACTS_BY_BOTH: Final = """
    SELECT kind, judged = 'right', is_right_by_others, count(*), count(DISTINCT patient)
    FROM (
        SELECT patient, kind, judged, (patient, act) IN (
            SELECT (patient, act) FROM read_parquet(?) WHERE judged = 'right'
        ) AS is_right_by_others
        FROM acts
    )
    GROUP BY ALL
"""
"""Of the acts of each kind, how many are right by their own day and by the others; counted where they lie."""
_BROKEN_BY_BOTH: Final = """
    SELECT rule, by_own, by_others, count(*), count(DISTINCT patient)
    FROM (
        SELECT patient, act, rule, bool_or(is_own) AS by_own, bool_or(NOT is_own) AS by_others
        FROM (
            SELECT patient, act, rule, true AS is_own FROM broken
            UNION ALL SELECT patient, act, rule, false FROM read_parquet(?)
        )
        GROUP BY ALL
    )
    GROUP BY ALL
"""
_REGIME: Final = "concat_ws(' with ', regime, nullif(array_to_string(overlays, ' and '), ''))"


def before_and_after(tables: RunTables) -> Figure:
    """Past acts by the regime they were done under: how many were not right, and by which rules."""
    if not tables.has_acts:
        return Figure("rule-change", _TITLE, [NOT_JUDGED], [])
    found = tables.rows(
        f"SELECT {_REGIME}, min(\"on\"), judged = 'right', count(*), count(DISTINCT patient) FROM acts "  # noqa: S608 - no words of a caller
        "WHERE regime IS NOT NULL GROUP BY ALL"
    )
    starts = {regime: first for regime, first, *_ in sorted(found, key=lambda row: row[1], reverse=True)}
    regimes = sorted(starts, key=lambda regime: (starts[regime], regime))
    parts: dict[str, list[Cell]] = {regime: [NOBODY, NOBODY] for regime in regimes}
    for regime, _, is_right, count, people in found:
        parts[regime][0 if is_right else 1] = Cell(count, people)
    rows: list[list[Value]] = []
    lying: list[Bar] = []
    for regime in regimes:
        every, not_right = nested(parts[regime], tables.below)
        share = None if not_right is None else share_in_words(not_right, every)
        rows.append([regime, every, not_right, share])
        value = None if not_right is None or not every else 100 * not_right / every
        lying.append(Bar(regime, value, share or in_digits(None), "bad"))
    high = max((bar.value or 0 for bar in lying), default=0) or 1.0
    says = [
        (
            "Each act under the regime of its own day. A difference between two times is not proof that the "
            "rules made it: people, clinics and records changed, too. --rules-as-of judges the same acts by "
            "other rules."
        )
    ]
    return Figure(
        "rule-change",
        _TITLE,
        says,
        [
            Told("Acts by regime", ("regime", "acts", "not right", "share"), rows, is_long=True),
            _rules_by_regime(tables, regimes),
        ],
        bars("rule-change", "Share of acts that were not right; the table says the same", lying, high),
    )


def _rules_by_regime(tables: RunTables, regimes: Sequence[str]) -> Told:
    cells = tables.rows(
        f"SELECT rule, {_REGIME}, count(*), count(DISTINCT patient) FROM broken "  # noqa: S608 - no words of a caller
        "JOIN acts USING (patient, act) GROUP BY ALL"
    )
    rules = sorted({row[0] for row in cells})
    grid = Grid(rules, regimes, cells, tables.below)
    return Told("Acts by broken rule", ("rule", *regimes), [[rule, *grid.row(rule)] for rule in rules],
                is_long=True)  # fmt: skip


def judge_again(
    tables: RunTables, rulebook: Rulebook, day: date, out: Path, workers: int, overlay: str | None
) -> None:
    """Judge the same people from the fact store, every act by the rules of one day.

    Raises RunRefused, also where the tables come from another rulebook: then not the day alone would differ.
    """
    told = tables.told
    asked = Asked(tables.on, told["programme"], told["policy"])
    if told["rulebook"] != rulebook.digest:
        raise RunRefused(
            f"{tables.folder} was judged by rulebook {told['rulebook'][:12]}, and this is "
            f"{rulebook.digest[:12]}. Name the --overlay of that run, or judge its people again first, "
            "with its folder as the input."
        )
    run = Run(str(tables.folder), out, asked, workers, rules_as_of=day, overlay=overlay)
    found = survey(run.given)
    folder = RunFolder(out)
    asked_for = run.told(found, rulebook.digest)
    folder.begin(asked_for, resume=False)
    came = judge_locally(run, found, folder, lambda *_: None)
    folder.end({"schema": "isovigil.population/1", **asked_for, **came})


def compared(tables: RunTables, others: RunTables) -> Figure:
    """The same acts by the rules of their own day and by those of another: what would have been different."""
    day = str(others.told["rules_as_of"])
    cells: dict[tuple[str, bool, bool], Cell] = {
        (kind, own, other): Cell(count, people)
        for kind, own, other, count, people in tables.rows(_ACTS_BY_BOTH, [_parts(others, "acts")])
    }
    rows: list[list[Value]] = []
    for kind, words in KINDS.items():
        sides = [[cells.get((kind, own, other), NOBODY) for other in (own, not own)] for own in (True, False)]
        rows.append([words, *(shown for side in sides for shown in nested(side, tables.below))])
    rules, lying = _rules_compared(tables, others)
    says = [
        (
            "Every act of these people, judged once by the rules of its own day and once by those of "
            f"{day}, with the facts that are on file. Who would have acted otherwise under other rules is "
            "not known."
        ),
    ]
    heads = (
        "acts",
        "right by their own day",
        f"of these not by {day}",
        "not right by their own day",
        f"of these right by {day}: saved",
    )
    high = float(max((bar.value or 0 for bar in lying), default=0) or 1)
    return Figure(
        "rule-change",
        f"What would the rules of {day} have changed?",
        says,
        [
            Told("Acts by both rules", heads, rows, is_long=True),
            rules,
            _misses_compared(tables, others, day),
        ],
        bars(
            "rule-change",
            "Acts that break a rule, by own and other rules; the table says the same",
            lying,
            high,
        )
        if lying
        else None,
    )


def _parts(tables: RunTables, table: str) -> list[str]:
    """The files of a table of another run."""
    return sorted(str(path) for path in (tables.folder / table).glob("*.parquet"))


def _rules_compared(tables: RunTables, others: RunTables) -> tuple[Told, list[Bar]]:
    """For each rule the acts that break it by both, only by the rules of the day, only by the others."""
    cells: dict[tuple[str, bool, bool], Cell] = {
        (rule, own, other): Cell(count, people)
        for rule, own, other, count, people in tables.rows(_BROKEN_BY_BOTH, [_parts(others, "broken")])
    }
    rows: list[list[Value]] = []
    lying: list[Bar] = []
    for rule in sorted({rule for rule, _, _ in cells}):
        kept_cell, gone_cell, new_cell = (
            cells.get((rule, *sides), NOBODY) for sides in ((True, True), (True, False), (False, True))
        )
        broken, gone = nested([kept_cell, gone_cell], tables.below)
        [new] = nested([new_cell], tables.below)
        rows.append([rule, broken, gone, new])
        lying += [
            Bar(f"{rule}: ✔ no longer broken", gone, in_digits(gone), "good"),
            Bar(f"{rule}: ✖ newly broken", new, in_digits(new), "bad"),
        ]
    shown = sorted((bar for bar in lying if bar.value), key=lambda bar: -(bar.value or 0))
    heads = ("rule", "broken", "of these no longer", "newly broken")
    return Told("Acts by broken rule", heads, rows, is_long=True), shown[:12]


def _misses_compared(tables: RunTables, others: RunTables, day: str) -> Told:
    """Windows missed by cause, by both rules."""
    query = f"SELECT cause, count(*), count(DISTINCT patient) FROM ({MISSES}) GROUP BY 1"  # noqa: S608 - no words of a caller
    sides = [
        {cause: Cell(count, people) for cause, count, people in each.rows(query)} for each in (tables, others)
    ]
    rows: list[list[Value]] = []
    for cause, words in CAUSES.items():
        counts = [nested([side.get(cause, NOBODY)], tables.below)[0] for side in sides]
        apart = less(*counts)
        if apart is not None and 0 < abs(apart) < tables.below:
            counts = [None, None]
        rows.append([words, *counts])
    return Told("Missed windows", ("why", "by the rules of the day", f"by those of {day}"), rows)
