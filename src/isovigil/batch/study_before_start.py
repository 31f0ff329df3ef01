"""How long is it from the first visit to the first dose, and what was waited for?"""

from __future__ import annotations

from typing import Final

from isovigil.batch.report.drawing import Series, columns
from isovigil.batch.report.reading import RunTables
from isovigil.batch.report.shown import Cell, Grid, nested
from isovigil.batch.report.told import Figure, Told, Value

_SPANS: Final = ((7, "up to 6 days"), (14, "7–13"), (28, "14–27"), (42, "28–41"), (56, "42–55"))
_LONGER: Final = "56 or more"
WHO: Final = {
    True: "can become pregnant",
    False: "cannot become pregnant",
    None: "not recorded which",
}
STEPS: Final = {
    "enrolment": "to be entered in the programme",
    "acknowledgement": "to sign the forms",
    "attestation": "for an attestation",
    "opinion": "for another prescriber's opinion",
    "contraception": "for an entry about contraception",
    "pregnancy_test": "for the last pregnancy test before the start",
    "laboratory": "for laboratory values",
    "counselling": "for counselling",
    "prescription": "for the prescription",
    "dose": "for the first dose, with everything on file",
}
"""What a wait ended with, by kind of fact."""
DAYS_TO_START: Final = """
SELECT patient, can_become_pregnant, started_on - first_visit_on AS days
FROM courses JOIN patients USING (patient)
WHERE number = 1 AND first_visit_on <= started_on
"""
LONGEST_WAITS: Final = """
WITH begun AS (
    SELECT patient, first_visit_on, started_on FROM courses
    WHERE number = 1 AND first_visit_on < started_on
), steps AS (
    SELECT patient, 'visit' AS step, first_visit_on AS reached FROM begun
    UNION ALL SELECT patient, 'dose', started_on FROM begun
    UNION ALL SELECT patient, 'prescription', min(facts.day) FROM begun JOIN facts USING (patient)
        WHERE kind = 'prescription' AND facts.day BETWEEN first_visit_on AND started_on GROUP BY ALL
    UNION ALL SELECT patient, kind, max(facts.day) FROM begun JOIN facts USING (patient)
        WHERE kind IN ('enrolment', 'acknowledgement', 'attestation', 'opinion', 'contraception',
                       'pregnancy_test', 'laboratory', 'counselling')
            AND facts.day BETWEEN first_visit_on AND started_on GROUP BY ALL
), waits AS (
    SELECT patient, step, reached, list_position($1, step) AS place,
           reached - lag(reached) OVER (PARTITION BY patient ORDER BY reached, place) AS days
    FROM steps
)
SELECT patient, arg_max(step, (days, -place)) AS step, max(days) AS days FROM waits
WHERE days > 0 GROUP BY patient
"""
"""Each patient's longest wait between two steps from the first visit to the first dose, and its end."""


_COUNTED_WAITS: Final = (
    f"SELECT step, count(*), median(days) FROM ({LONGEST_WAITS}) GROUP BY 1 ORDER BY 2 DESC, 1"  # noqa: S608 - no words of a caller
)


def days_to_first_dose(tables: RunTables) -> Figure:
    """Days from the first visit on record to the first dose of a first course, and the longest wait."""
    found = tables.rows(DAYS_TO_START)
    words = [word for _, word in _SPANS] + [_LONGER]
    counted: dict[tuple[str, str], int] = {}
    for _, who, days in found:
        span = next((word for end, word in _SPANS if days < end), _LONGER)
        counted[span, WHO[who]] = counted.get((span, WHO[who]), 0) + 1
    seen = [who for who in WHO.values() if any(column == who for _, column in counted)]
    cells = [(span, who, count, count) for (span, who), count in counted.items()]
    grid = Grid(words, seen, cells, tables.below, known=seen)
    series = [
        Series(who, "", tone, grid.column(who))
        for who, tone in zip(seen, ("plain", "wait", "bad"), strict=False)
    ]
    drawn = columns(
        "first-dose", "Days from the first visit to the first dose; the table says the same", words, series
    )
    rows = [[span, *grid.row(span)] for span in words]
    says = [
        (
            "First courses whose first visit is on record. The longest wait is the longest time between "
            "two steps in a row (visit, entry in the programme, forms, tests, counselling, prescription, "
            "dose); the step that ended it is what was waited for. What stood behind a wait is not "
            "recorded."
        )
    ]
    return Figure(
        "first-dose",
        "How long is it from the first visit to the first dose, and what was waited for?",
        says,
        [
            Told("Patients by days from first visit to first dose", ("days", *seen), rows),
            _middles(tables, seen),
            *(each for each in (_waits(tables), _not_begun(tables)) if each.rows),
        ],
        drawn,
    )


def _middles(tables: RunTables, seen: list[str]) -> Told:
    found = {
        WHO[who]: (count, middle, low, high)
        for who, count, low, middle, high in tables.rows(
            "SELECT can_become_pregnant, count(*), quantile_cont(days, 0.25), quantile_cont(days, 0.5), "  # noqa: S608 - no words of a caller
            f"quantile_cont(days, 0.75) FROM ({DAYS_TO_START}) GROUP BY 1"
        )
    }
    rows: list[list[Value]] = []
    for who in seen:
        count, middle, low, high = found[who]
        shown = (count, middle, f"{low:.0f} to {high:.0f}") if count >= tables.below else (None, None, None)
        rows.append([who, *shown])
    return Told("Days in the middle", ("who", "patients", "median days", "middle half"), rows)


def _waits(tables: RunTables) -> Told:
    found = tables.rows(
        _COUNTED_WAITS,
        [list(STEPS)],
    )
    cells = [(step, "patients", count, count) for step, count, _ in found]
    grid = Grid(list(STEPS), ["patients"], cells, tables.below, known=["patients"])
    rows: list[list[Value]] = []
    for step, _, days in found:
        count = grid.shown(step, "patients")
        rows.append([STEPS.get(step, step), count, None if count is None else days])
    return Told("The longest wait was", ("what for", "patients", "median days waited"), rows)


def _not_begun(tables: RunTables) -> Told:
    """Who has a case but never began: what holds the start on the day judged."""
    found = tables.rows(
        "SELECT start_first_reason, count(*) FROM verdicts JOIN courses USING (patient) WHERE started_on "
        "IS NULL AND ended_on IS NULL AND number = 1 AND start <> 'ready' GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    rows: list[list[Value]] = [[rule, *nested([Cell(count, count)], tables.below)] for rule, count in found]
    return Told("Not begun on the day judged, and what stands in the way first", ("rule", "patients"), rows)
