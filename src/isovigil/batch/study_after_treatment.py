"""Was the last pregnancy test done, and when do laboratory values become abnormal?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from isovigil.batch.report.drawing import Bar, bars
from isovigil.batch.report.medicine import name_of
from isovigil.batch.report.reading import RunTables
from isovigil.batch.report.shown import NOBODY, Cell, Grid, in_digits, nested, share_in_words
from isovigil.batch.report.told import Figure, Told, Value

ENDED: Final = """
SELECT courses.patient, programme, policy, ended_on,
       list_sort(list(facts.day) FILTER (facts.day > ended_on)) AS tested
FROM courses JOIN patients USING (patient)
    LEFT JOIN facts ON facts.patient = courses.patient AND facts.kind = 'pregnancy_test'
WHERE can_become_pregnant AND ended_on IS NOT NULL AND stop_reason IS DISTINCT FROM 'pregnancy'
GROUP BY ALL ORDER BY 1
"""
WHEN: Final = {
    "in time": "in time",
    "late": "later",
    "early": "too early, and not again",
    "never": "not at all",
}


def _when_tested(
    tables: RunTables, programme: str, policy: str, ended_on: date, tested: Sequence[date] | None
) -> str:
    """A word of `WHEN`, or `open` where a test may still come, or `not asked`."""
    law = tables.law_by_programme[programme, policy]
    if not law.holds("post_treatment/test_after", ended_on):
        return "not asked"
    if tables.on <= law.period("audit/ended_for_longer_than", tables.on).value.after(ended_on):
        return "open"
    due = law.period("post_treatment/test_after", ended_on).value.after(ended_on)
    closes = law.period("audit/last_test_closes_after", tables.on).value.after(due)
    days = [day for day in tested or () if day <= tables.on]
    if any(due <= day <= closes for day in days):
        return "in time"
    if tables.on <= closes:
        return "open"
    return "late" if any(day > closes for day in days) else "early" if days else "never"


def last_tests(tables: RunTables) -> Figure:
    """Whether a pregnancy test was taken when it was due after the last dose, by year of the last dose."""
    every = Counter((str(row[3].year), _when_tested(tables, *row[1:])) for row in tables.rows(ENDED))
    counted = {place: count for place, count in every.items() if place[1] in WHEN}
    open_still, not_asked = (
        sum(count for (_, when), count in every.items() if when == left_out)
        for left_out in ("open", "not asked")
    )
    years = sorted({year for year, _ in counted})
    cells = [(year, when, count, count) for (year, when), count in counted.items()]
    grid = Grid(years, list(WHEN), cells, tables.below, known=list(WHEN))
    whole = Counter(when for (_, when), count in counted.items() for _ in range(count))
    found = [(when, "courses", count, count) for when, count in whole.items()]
    total = Grid(list(WHEN), ["courses"], found, tables.below, known=["courses"])
    lying = [Bar(words, total.shown(when, "courses"), in_digits(total.shown(when, "courses")),
                 "good" if when == "in time" else "bad") for when, words in WHEN.items()]  # fmt: skip
    high = float(max((bar.value or 0 for bar in lying), default=0) or 1)
    still, unasked = (nested([Cell(count, count)], tables.below)[0] for count in (open_still, not_asked))
    says = [
        (
            "Those who can become pregnant and whose last course has ended, other than by a pregnancy. "
            "In time: from its due day (post_treatment/test_after) to the end of the span that "
            f"audit/last_test_closes_after allows. The test may still come: {in_digits(still)}. The "
            f"programme asked for none: {in_digits(unasked)}."
        )
    ]
    rows = [[year, *grid.row(year)] for year in years]
    return Figure(
        "last-tests",
        "Was the last pregnancy test taken after treatment?",
        says,
        [
            Told("Courses by when they were tested", ("tested", "courses"),
                 [[words, total.shown(when, "courses")] for when, words in WHEN.items()]),
            Told("By year of the last dose", ("year", *WHEN.values()), rows),
        ],
        bars("last-tests", "Tests after treatment; the table says the same", lying, high),
    )  # fmt: skip


_MONTHS: Final = 8
_DAYS: Final = 30
_FOLLOWED: Final = ("triglycerides", "cholesterol", "alt", "ast")
WORST_BY_MONTH: Final = f"""
SELECT analyte, month, worst, count(*) FROM (
    SELECT laboratory.patient, analyte, max(grade) AS worst,
        CASE WHEN taken_on <= started_on THEN 0
             ELSE least(ceil((taken_on - started_on) / {_DAYS})::INT, {_MONTHS}) END AS month
    FROM laboratory JOIN courses USING (patient)
    WHERE started_on IS NOT NULL AND grade IS NOT NULL
        AND (ended_on IS NULL OR taken_on <= ended_on) GROUP BY ALL
) GROUP BY ALL ORDER BY ALL
"""  # noqa: S608 - no words of a caller


def laboratory_over_time(tables: RunTables) -> Figure:
    """The share of patients with an abnormal value in each month of treatment."""
    parts: dict[tuple[str, int], list[Cell]] = {}
    for analyte, month, worst, people in tables.rows(WORST_BY_MONTH):
        own = parts.setdefault((analyte, month), [NOBODY, NOBODY])
        at = min(worst, 1)
        own[at] = Cell(own[at].times + people, own[at].people + people)
    rows: list[list[Value]] = []
    lying: list[Bar] = []
    for analyte in (each for each in _FOLLOWED if any(key[0] == each for key in parts)):
        for month in range(_MONTHS + 1):
            every, abnormal = nested(parts.get((analyte, month), [NOBODY, NOBODY]), tables.below)
            if every == 0:
                continue
            share = share_in_words(abnormal, every)
            words = f"{name_of(analyte)}, {_month(month)}"
            rows.append([words, every, abnormal, None if abnormal is None else share])
            if every is not None:
                value = None if abnormal is None else 100 * abnormal / every
                lying.append(Bar(words, value, share))
    heads = ("what and when", "patients measured", "grade 1 or higher", "share")
    return Figure(
        "laboratory",
        "When do laboratory values become abnormal?",
        [
            (
                f"Months of {_DAYS} days from the first dose of the current course, else the last. Each "
                "patient counts once a month, with the worst CTCAE grade of the version that counts "
                "under the policy. Only who was measured is seen: whoever is watched because of an "
                "earlier value is measured more often."
            )
        ],
        [Told("Patients by month of treatment", heads, rows)],
        bars("laboratory", "Shares with an abnormal value by month; the table says the same", lying, 60.0)
        if lying
        else None,
    )


def _month(month: int) -> str:
    if month == 0:
        return "before the first dose"
    return f"month {month} or later" if month == _MONTHS else f"month {month}"
