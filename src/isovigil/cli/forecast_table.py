"""How does a forecast look in a terminal of 80 columns?"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from isovigil.cli.review_table import show
from isovigil.forecast.biomarkers import AnalyteForecast, BiomarkerForecast, Chance
from isovigil.forecast.course import CourseForecast
from isovigil.forecast.plain_words import in_a_hundred
from isovigil.usecases.forecast_course import CaseForecast

WEEKS_SHOWN = (4, 8, 12, 16, 20, 24)
_COLUMNS = (
    ("exposure", "Blood\nng/mL"),
    ("sebum", "Oil\n%"),
    ("gland", "Glands\n%"),
    ("comedones", "Comed.\n%"),
    ("inflammatory", "Papules\n%"),
    ("nodules", "Nodules\n%"),
)


def show_forecast(found: CaseForecast, console: Console) -> None:
    """Print each scenario: skin by week, next blood results, relapse, doubts and sources."""
    told = f"{found.patient} seen from {found.on}, {found.weight_kg:g} kg"
    mark = Text(found.release, style="bold" if found.population else "bold red")
    parts: list[RenderableType] = [Text(told, style="bold"), mark]
    for place, scenario in enumerate(found.scenarios):
        letter = f"{chr(ord('A') + place)}  " if len(found.scenarios) > 1 else ""
        parts += ["", Text(letter + scenario.course.label, style="bold"), _doses(scenario.course)]
        parts += ["", _skin(scenario.course)]
        if found.next_results:
            parts += ["", _results(found.next_results[place])]
        parts += ["", *_relapse(scenario.course)]
    first = found.scenarios[0].course
    parts += ["", *_notes(first, found.next_results[:1]), ""]
    parts += [Text(first.intended_use), Text(first.not_modelled)]
    show(console, Group(*parts))


def _doses(course: CourseForecast) -> Text:
    steps = "; ".join(f"{amount:.0f} mg a day from day {day:.0f}" for day, amount in course.dose_steps[:-1])
    return Text(
        f"{steps}. Last dose day {course.last_dose_day:.0f}; {course.cumulative_mg_per_kg:.0f} mg/kg in all."
    )


def _skin(course: CourseForecast) -> Table:
    """Typical value and the range of 80 in 100 people, in percent of before treatment."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("Week", justify="right")
    for _, heading in _COLUMNS:
        table.add_column(heading, justify="right")
    end = round(course.last_dose_day / 7.0)
    weeks = [(week, str(week)) for week in (*(w for w in WEEKS_SHOWN if w < end), end)]
    weeks += [(end + 52, "+1 y"), (end + 104, "+2 y")]
    for week, name in weeks:
        if 7 * week > course.days[-1] + 14:
            continue
        row = [
            _with_range(course, key, week) if week <= end or key in {"sebum", "gland"} else ""
            for key, _ in _COLUMNS
        ]
        table.add_row(name, *row)
    return table


def _with_range(course: CourseForecast, key: str, week: int) -> str:
    curve = course.curves[key]
    place = min(range(len(course.days)), key=lambda index: abs(course.days[index] - 7.0 * week))
    scale = 1.0 if key == "exposure" else 100.0 / curve.typical[0]
    typical, low, high = (scale * row[place] for row in (curve.typical, curve.p10, curve.p90))
    return f"{typical:.0f} ({low:.0f}-{high:.0f})"


def _results(following: BiomarkerForecast) -> RenderableType:
    """The next blood results: median, intervals, and the chance to pass each line."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in (f"Blood, day {following.visit.day:.0f}", "median", "80%", "95%", "chance to pass"):
        table.add_column(heading)
    declined = []
    for answer in following.answers:
        if not isinstance(answer, AnalyteForecast):
            declined.append(Text(str(answer)))
            continue
        chances = _chances(answer.chances)
        table.add_row(
            f"{answer.analyte}, {answer.unit}", f"{answer.median:.0f}",
            f"{answer.interval_80.low:.0f}-{answer.interval_80.high:.0f}",
            f"{answer.interval_95.low:.0f}-{answer.interval_95.high:.0f}", chances,
        )  # fmt: skip
    return Group(table, *declined) if table.row_count else Group(*declined)


def _relapse(course: CourseForecast) -> list[RenderableType]:
    lines: list[RenderableType] = [Text("Relapse, of 100 people, 12 and 24 months after the last dose")]
    for found in course.relapse:
        at = dict(zip(found.months, zip(found.probability, found.low, found.high, strict=True), strict=True))
        words = ", ".join(
            f"{in_a_hundred(at[month][0])} ({100 * at[month][1]:.0f}-{100 * at[month][2]:.0f})"
            for month in (12.0, 24.0)
        )
        lines.append(Padding(Text(f"{found.definition.value.replace('_', ' ')}: {words}"), (0, 0, 0, 2)))
    return lines


def _notes(course: CourseForecast, following: Sequence[BiomarkerForecast]) -> Sequence[RenderableType]:
    """Evidence, limits, assumptions, sources and the parameter hash."""
    evidence = "; ".join(f"{key}: {course.curves[key].grade}" for key, _ in _COLUMNS)
    notes = [f"Evidence. {evidence}."]
    if course.limits:
        notes.append(f"Limits: {'; '.join(course.limits)}.")
    notes.append(f"Assumed: {'; '.join(course.assumptions)}.")
    notes += [said for blood in following for said in blood.statements]
    used = (*course.citations, *(source for blood in following for source in blood.citations))
    hashes = " + ".join([course.parameter_hash, *(blood.parameter_hash for blood in following)])
    notes.append(
        f"Bands are {course.people} virtual people, seed {course.seed}. "
        f"{len({source.cite for source in used})} sources (in --format json). "
        f"Model {course.model_version}, parameters {hashes}."
    )
    return [Text(note) for note in notes]


def _chances(chances: Sequence[Chance]) -> str:
    """Each threshold with its chance; of several below 1% the first speaks for the rest."""
    told = []
    for place, chance in enumerate(chances):
        if place and chance.probability is None and chance.shown == chances[place - 1].shown:
            continue
        beyond = chance.probability is None and any(c.shown == chance.shown for c in chances[place + 1 :])
        told.append(f"{chance.threshold.name}{' and beyond' if beyond else ''}: {chance.shown}")
    return "; ".join(told)
