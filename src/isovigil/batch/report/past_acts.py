"""What do the tables say of past prescriptions and hand-overs: over time, and which windows were missed?"""

from __future__ import annotations

from typing import Final

from isovigil.batch.report.drawing import Bar, Series, bars, columns
from isovigil.batch.report.reading import RunTables
from isovigil.batch.report.shown import NOBODY, Cell, Grid, in_digits, less, nested
from isovigil.batch.report.told import Figure, Told, Value, span_in_words, span_of, spans_between
from isovigil.exchange.review_words import VERDICTS

_TONES: Final = {"ready": "good", "waiting": "wait", "hold": "bad", "stop": "worst", "no rule": "plain"}
_SYMBOLS: Final = {**{word: sign.symbol for word, sign in VERDICTS.items()}, "no rule": "–"}
KINDS: Final = {"prescription": "prescriptions", "dispense": "hand-overs"}
NOT_JUDGED: Final = "Past acts were not judged (--no-replay)."
CAUSES: Final = {
    "twice": "handed over twice on one prescription",
    "test": "no valid pregnancy test opened the window",
    "early": "tested again too early after an uncollected first window",
    "counselling": "no recent counselling opened the window",
    "late": "collected outside the window",
    "unrecorded": "not recorded what opened the window",
    "never": "never collected: another prescription followed, or treatment ended",
}
MISSES: Final = """
WITH own AS (
    SELECT patient, act, list(rule) AS rules,
           bool_or(rule = 'dispensing.inside_the_window' AND answer = 'unknown') AS is_unknown
    FROM broken WHERE kind = 'dispense' GROUP BY ALL
), outside AS (
    SELECT patient, act, CASE
        WHEN list_contains(rules, 'dispensing.once_per_prescription') THEN 'twice'
        WHEN len(list_filter(rules, rule -> starts_with(rule, 'pregnancy_testing.'))) > 0 THEN 'test'
        WHEN list_contains(rules, 'dispensing.no_lockout') THEN 'early'
        WHEN list_contains(rules, 'counselling.recorded') THEN 'counselling'
        WHEN is_unknown THEN 'unrecorded'
        ELSE 'late' END AS cause
    FROM own WHERE list_contains(rules, 'dispensing.inside_the_window')
), written AS (
    SELECT patient, act, "on", lead("on") OVER (PARTITION BY patient ORDER BY "on", act) AS next_on
    FROM acts WHERE kind = 'prescription'
), handed AS (
    SELECT acts.patient, acts."on", fields ->> 'prescription' AS prescription
    FROM acts LEFT JOIN facts ON facts.patient = acts.patient AND facts.fact = acts.act
    WHERE acts.kind = 'dispense'
), never AS (
    SELECT written.patient, written.act, 'never' AS cause FROM written
    WHERE (next_on IS NOT NULL OR EXISTS (
        SELECT 1 FROM facts WHERE facts.patient = written.patient AND facts.kind = 'treatment_stop'
            AND facts.day >= written."on"))
    AND NOT EXISTS (
        SELECT 1 FROM handed WHERE handed.patient = written.patient AND (handed.prescription = written.act
            OR handed.prescription IS NULL AND handed."on" >= written."on"
                AND (next_on IS NULL OR handed."on" < next_on)))
)
SELECT * FROM outside UNION ALL SELECT * FROM never
"""
"""One row a missed window: the patient, the hand-over outside it or the prescription never collected, why."""


def verdicts_over_time(tables: RunTables) -> Figure:
    """What the gates said of every past prescription and hand-over, by the day it was done."""
    title = "What did the gates say of past prescriptions and hand-overs?"
    first, last = tables.one('SELECT min("on"), max("on") FROM acts')
    if first is None:
        return Figure("verdicts", title, [NOT_JUDGED if not tables.has_acts else "There are none."], [])
    span = span_of(first, last)
    words = [span_in_words(day, span) for day in spans_between(first, last, span)]
    found = tables.rows(
        f"SELECT date_trunc('{span}', \"on\"), coalesce(verdict, 'no rule'), count(*), "  # noqa: S608 - no words of a caller
        "count(DISTINCT patient) FROM acts GROUP BY ALL ORDER BY ALL"
    )
    cells = [(span_in_words(day, span), verdict, count, people) for day, verdict, count, people in found]
    seen = [verdict for verdict in _TONES if verdict != "no rule" or any(verdict in row for row in cells)]
    grid = Grid(words, seen, cells, tables.below, known=["ready"])
    series = [Series(each, _SYMBOLS[each], _TONES[each], grid.column(each)) for each in seen]
    rows = [[label, *grid.row(label)] for label in words]
    heads = (span, *(f"{_SYMBOLS[each]} {each}" for each in seen))
    says = [
        (
            "Each act is judged at its gate with the knowledge of its own day. ✔ ready: it was right. "
            "Every other verdict means that something stood in its way."
        )
    ]
    if grid.has_hidden:
        says.append("° in the plot: a number of that column is hidden and not drawn.")
    drawn = columns("verdicts", f"Verdicts of past acts by {span}; the table says the same", words, series)
    tables_told = [Told(f"Acts by {span} and verdict", heads, rows), _judged(tables)]
    return Figure("verdicts", title, says, tables_told, drawn)


def _judged(tables: RunTables) -> Told:
    """Each kind of act: all, judged, with something in its way, wrong; each is part of the one before."""
    found = {
        (kind, judged): Cell(count, people)
        for kind, judged, count, people in tables.rows(
            "SELECT kind, judged, count(*), count(DISTINCT patient) FROM acts GROUP BY ALL"
        )
    }
    rows: list[list[Value]] = []
    for kind, words in KINDS.items():
        parts = [found.get((kind, judged), NOBODY) for judged in ("no_rule", "right", "unknowable", "wrong")]
        every, judged, in_the_way, wrong = nested(parts, tables.below)
        rows.append([words, every, judged, less(judged, in_the_way), in_the_way, wrong])
    heads = ("acts", "all", "judged", "right", "not right", "of these wrong")
    return Told("Right or not (not right and not wrong: something was not recorded)", heads, rows)


def missed_windows(tables: RunTables) -> Figure:
    """The windows in which nothing was handed over, or outside which something was, by cause."""
    title = "Which windows were missed, and why?"
    if not tables.has_acts:
        return Figure("windows", title, [NOT_JUDGED], [])
    found = tables.rows(f"SELECT 'all', cause, count(*), count(DISTINCT patient) FROM ({MISSES}) GROUP BY 2")  # noqa: S608 - no words of a caller
    outside = sum(people for _, cause, _, people in found if cause != "never")
    # How many hand-overs were outside their windows can be found elsewhere, unless they are few.
    known = ["windows"] if outside >= tables.below else []
    cells = [(cause, "windows", count, people) for _, cause, count, people in found]
    causes = [cause for cause in CAUSES if cause != "never"]
    grid = Grid(causes, ["windows"], cells, tables.below, known=known)
    never = Grid(["never"], ["windows"], cells, tables.below)
    counts = {cause: (never if cause == "never" else grid).shown(cause, "windows") for cause in CAUSES}
    in_order = sorted(CAUSES, key=lambda cause: (counts[cause] is None, -(counts[cause] or 0)))
    rows: list[list[Value]] = [[CAUSES[cause], counts[cause]] for cause in in_order]
    if None not in counts.values():
        rows.append(["all", sum(count or 0 for count in counts.values())])
    lying = [
        Bar(CAUSES[cause], counts[cause], in_digits(counts[cause]), "bad" if counts[cause] else "plain")
        for cause in in_order
    ]
    says = [
        (
            f"{in_digits(_prescriptions(tables))} prescriptions were written. A hand-over outside its "
            "window counts once, under the gravest cause; a prescription that was never handed over "
            "counts once its turn is past."
        )
    ]
    high = float(max((count or 0 for count in counts.values()), default=0) or 1)
    drawn = bars("windows", "Missed windows by cause; the table says the same", lying, high)
    return Figure("windows", title, says, [Told("By cause", ("why", "windows"), rows)], drawn)


def _prescriptions(tables: RunTables) -> int | None:
    count, people = tables.one(
        "SELECT count(*), count(DISTINCT patient) FROM acts WHERE kind = 'prescription'"
    )
    [shown] = nested([Cell(count, people)], tables.below)
    return shown
