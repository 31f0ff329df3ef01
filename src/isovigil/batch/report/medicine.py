"""What do the tables say of laboratory values and doses, beside what published cohorts found?"""

from __future__ import annotations

from math import sqrt
from typing import Final

from isovigil.batch.report.drawing import Bar, Series, bars, marked
from isovigil.batch.report.published_cohorts import PUBLISHED, PublishedBand
from isovigil.batch.report.reading import RunTables
from isovigil.batch.report.shown import HIDDEN, NOBODY, Cell, Grid, in_digits, nested, share_in_words
from isovigil.batch.report.told import Figure, Told, Value

ANALYTES: Final = {
    "triglycerides": "Triglycerides",
    "cholesterol": "Cholesterol",
    "alt": "ALT",
    "ast": "AST",
}
_GRADES: Final = (0, 1, 2, 3, 4)
_BIN: Final = 20
_BINS: Final = 12
_CONFIDENCE: Final = 1.96
"""Standard errors of a 95 % interval."""
WORST_GRADES: Final = """
SELECT analyte, worst, count(*) FROM (
    SELECT laboratory.patient, analyte, max(grade) AS worst FROM laboratory JOIN courses USING (patient)
    WHERE taken_on BETWEEN started_on AND coalesce(ended_on, DATE '9999-12-31') GROUP BY ALL
) GROUP BY ALL
"""
Reached = dict[str, list[int | None]]
"""By analyte: patients measured, graded, with grade 1 or higher, 2, 3, 4; each is part of the one before."""


def laboratory_grades(tables: RunTables) -> Figure:
    """The worst grade of each patient during treatment, beside the shares published cohorts found."""
    reached = _reached(tables)
    bands = [band for band in PUBLISHED if band.analyte in reached]
    heads = ("analyte", "patients", "graded", *(f"grade {grade}+" for grade in _GRADES[1:-1]), "grade 4")
    counted: list[list[Value]] = [[name_of(each), *numbers] for each, numbers in reached.items()]
    compared = [_compared(reached, band) for band in bands]
    lying = [
        Bar(
            f"{name_of(band.analyte)}, grade {band.from_grade} or higher",
            None if share is None else 100 * share,
            told,
            "plain",
            (100 * band.low, 100 * band.high),
        )
        for band in bands
        if band.high > 0
        for share, told in [_share(reached, band)]
    ]
    drawn = bars("laboratory", "Shares of patients with abnormal values beside the published bands; the "
                 "table says the same", lying, 60.0,
                 "Bars: patients here, in per cent. Brackets: what published cohorts found.")  # fmt: skip
    heads_compared = ("what", "here", "95 % interval", "published", "compared", "studies")
    return Figure(
        "laboratory",
        "How often are laboratory values abnormal during treatment?",
        [
            (
                "The worst CTCAE grade of each patient's values from the first to the last dose of the "
                "current course, else the last, by the version that counts under the policy. Without the "
                "laboratory's own limit a value has no grade. 2+ is grade 2 or higher."
            )
        ],
        [
            Told("Patients by worst grade", heads, counted),
            Told("Beside published cohorts", heads_compared, compared, is_long=True),
        ],
        drawn if lying else None,
    )


def name_of(analyte: str) -> str:
    """The analyte as people write it."""
    return ANALYTES.get(analyte, analyte)


def _reached(tables: RunTables) -> Reached:
    parts: dict[str, list[Cell]] = {}
    for analyte, worst, people in tables.rows(WORST_GRADES):
        own = parts.setdefault(analyte, [NOBODY] * (1 + len(_GRADES)))
        own[0 if worst is None else 1 + worst] = Cell(people, people)
    in_order = sorted(parts, key=lambda analyte: ([*ANALYTES, analyte].index(analyte), analyte))
    return {analyte: nested(parts[analyte], tables.below) for analyte in in_order}


def _part(reached: Reached, band: PublishedBand) -> tuple[int | None, int | None]:
    """How many of the graded patients reach the grade."""
    numbers = reached[band.analyte]
    return numbers[1 + band.from_grade], numbers[1]


def _share(reached: Reached, band: PublishedBand) -> tuple[float | None, str]:
    part, whole = _part(reached, band)
    told = share_in_words(part, whole)
    return (None if part is None or not whole else part / whole), told


def _compared(reached: Reached, band: PublishedBand) -> list[Value]:
    part, whole = _part(reached, band)
    interval, verdict = HIDDEN, HIDDEN
    if part is not None and whole:
        low, high = interval_of(part, whole)
        interval = f"{100 * low:.1f} to {100 * high:.1f} %"
        verdict = "below" if high < band.low else "above" if low > band.high else "✔ fits"
    what = f"{name_of(band.analyte)}, grade {band.from_grade} or higher"
    published = f"{100 * band.low:g} to {100 * band.high:g} %" if band.high else "none"
    return [what, share_in_words(part, whole), interval, published, verdict, band.studies]


def interval_of(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score (Wilson 1927, doi 10.1080/01621459.1927.10502953)."""
    share, z = part / whole, _CONFIDENCE
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return max(middle - half, 0.0), min(middle + half, 1.0)


DOSES: Final = f"""
SELECT least(floor(cumulative_mg_per_kg / {_BIN})::INT, {_BINS - 1}) AS bin, count(*)
FROM courses WHERE cumulative_mg_per_kg IS NOT NULL AND ended_on IS NOT NULL GROUP BY ALL
"""  # noqa: S608 - no words of a caller


def cumulative_doses(tables: RunTables) -> Figure:
    """How much isotretinoin ended courses came to, per kilogram of body weight."""
    words = [f"{_BIN * at}–{_BIN * (at + 1)}" for at in range(_BINS - 1)] + [f"{_BIN * (_BINS - 1)}+"]
    found = [(words[at], "courses", count, count) for at, count in tables.rows(DOSES)]
    grid = Grid(words, ("courses",), found, tables.below, known=["courses"])
    series = [Series("courses ended", "", "plain", grid.column("courses"))]
    targets = tables.rows(
        "SELECT DISTINCT target_from_mg_per_kg, target_to_mg_per_kg FROM courses "
        "WHERE target_from_mg_per_kg IS NOT NULL"
    )
    marks, said = [], ""
    if len(targets) == 1:
        low, high = targets[0]
        marks = [(low / (_BIN * _BINS), f"{low:g}"), (high / (_BIN * _BINS), f"{high:g}")]
        said = f" Dashed: the policy's target, {low:g} to {high:g} mg/kg."
    drawn = marked("doses", "Cumulative dose of courses; the table says the same", words, series, marks)
    rows: list[list[Value]] = [[word, *grid.row(word)] for word in words]
    return Figure(
        "doses",
        "How high is the cumulative dose of a course?",
        [
            (
                "Handed over less returned, in mg/kg, conventional equivalents; of everybody whose last "
                f"course has ended.{said}{_middle(tables)}"
            )
        ],
        [Told("Courses ended, by cumulative dose", ("mg/kg", "courses"), rows)],
        drawn,
    )


def _middle(tables: RunTables) -> str:
    """The median and quartiles of ended courses, where there are enough of them."""
    count, low, middle, high = tables.one(
        "SELECT count(*), quantile_cont(cumulative_mg_per_kg, 0.25), quantile_cont(cumulative_mg_per_kg, "
        "0.5), quantile_cont(cumulative_mg_per_kg, 0.75) FROM courses WHERE ended_on IS NOT NULL AND "
        "cumulative_mg_per_kg IS NOT NULL"
    )
    if count < tables.below:
        return ""
    return (
        f" The middle one of {in_digits(count)} ended courses came to {middle:.0f} mg/kg (middle half "
        f"{low:.0f} to {high:.0f})."
    )
