"""Who was judged, what do the gates say on that day, and what in the input was doubtful?"""

from __future__ import annotations

from typing import Final

from isovigil.batch.report.drawing import Bar, bars
from isovigil.batch.report.reading import RunTables
from isovigil.batch.report.shown import Cell, less, nested
from isovigil.batch.report.told import Figure, Told, Value
from isovigil.exchange.review_words import GATES, VERDICTS

_SEVERITIES: Final = {"fatal": ("✖", "worst"), "error": ("✖", "bad"), "warning": ("!", "wait")}
_REFUSED: Final = {
    "reading": "something grave could not be read",
    "law": "no rule is held for the day",
    "call": "no such programme or policy",
}
_MOST: Final = 12


def gates_now(tables: RunTables) -> Figure:
    """What each gate says on the day judged."""
    rows: list[list[Value]] = []
    for gate, word in GATES.items():
        found = dict(tables.rows(f"SELECT {gate}, count(*) FROM verdicts GROUP BY 1"))  # noqa: S608 - no words of a caller
        parts = [Cell(found.get(verdict, 0), found.get(verdict, 0)) for verdict in VERDICTS]
        every, not_ready, held, stopped = nested(parts, tables.below)
        rows.append([word, every, less(every, not_ready), not_ready, held, stopped])
    signs = [sign.symbol for sign in VERDICTS.values()]
    heads = ("gate", "patients", f"{signs[0]} ready", f"{signs[1]} waiting or worse",
             f"{signs[2]} hold or stop", f"{signs[3]} stop")  # fmt: skip
    says = [
        (
            "After a first dose Start stays as it was judged then; after an end of treatment the gates "
            "ask about a next course."
        )
    ]
    return Figure("gates", f"What do the gates say on {tables.on:%-d %B %Y}?", says,
                  [Told("Patients by gate and verdict", heads, rows)])  # fmt: skip


def problems(tables: RunTables) -> Figure:
    """What could not be read, or only with a doubt: in full, since it tells of files and not of people."""
    found = tables.rows(
        "SELECT severity, code, coalesce(resource_type, 'file'), count(*), "
        "arg_min(says, (file, line)) FROM problems GROUP BY 1, 2, 3 "
        "ORDER BY list_position(['fatal', 'error', 'warning'], severity), 4 DESC, 2, 3"
    )
    lying = [
        Bar(f"{_SEVERITIES[severity][0]} {severity}, {code}: {kind}", count, f"{count:,}",
            _SEVERITIES[severity][1])
        for severity, code, kind, count, _ in found[:_MOST]
    ]  # fmt: skip
    rows = [[f"{_SEVERITIES[row[0]][0]} {row[0]}", *row[1:4], _cut(row[4])] for row in found]
    heads = ("severity", "kind", "resource", "how many", "the first, in words")
    told = [Told("Problems of the input", heads, rows, is_long=True)] if rows else []
    refused = tables.rows(
        "SELECT refused_for, count(*) FROM patients WHERE NOT is_judged GROUP BY 1 ORDER BY 1"
    )
    if refused:
        lines = [[_REFUSED.get(why, why), count] for why, count in refused]
        told.append(Told("Patients who were not judged", ("why", "patients"), lines))
    unread = tables.rows("SELECT resource_type, says, resources FROM unread ORDER BY resources DESC LIMIT 20")
    if unread:
        told.append(Told("Resources no rule looks at", ("resource", "why", "how many"), unread, is_long=True))
    high = float(max((bar.value or 0 for bar in lying), default=0) or 1)
    drawn = bars("problems", "Problems of the input; the table says the same", lying, high) if lying else None
    says = ["Each one stands in the table of problems, with its file and line. These numbers are not hidden."]
    if not told:
        says = ["None: everything in the input was read."]
    return Figure("problems", "What in the input was unread or doubtful?", says, told, drawn)


def _cut(text: str) -> str:
    """At most so much of a message that a table stays readable; the whole stands in the table `problems`."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


_LONGEST: Final = 240
