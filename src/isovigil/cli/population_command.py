"""How does `isovigil population-model` answer?"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from isovigil.cli.moment_asked import CallProblem, check_choice
from isovigil.cli.streams import answer
from isovigil.forecast.plan_text import PlanNotUnderstood, read_plan
from isovigil.forecast.virtual_trial import Arm, TrialRefused, TrialResult, run_trial

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from isovigil.forecast.trial_summary import ArmSummary, Summary

FORMATS = ("table", "json", "csv")
WEEKS_AFTER = 8.0
LESIONS = {"comedone_reduction", "inflammatory_reduction", "nodule_reduction", "lesions_left"}
EXAMPLE = (
    'isovigil population-model --arm "usual=0.5 mg/kg daily with food for 4 weeks then 1 mg/kg daily until '
    '120 mg/kg" --arm "low=20 mg daily with food for 24 weeks" --people 10000'
)
_VISIT = (
    ("exposure", "blood level, ng/mL"),
    ("sebum_reduction", "oil, % lower"),
    ("comedone_reduction", "comedones, % fewer"),
    ("inflammatory_reduction", "papules and pustules, % fewer"),
    ("nodule_reduction", "nodules, % fewer"),
    ("lesions_left", "papules, pustules and nodules left"),
)


def run_population(arms: list[str], people: int, seed: int, *, same_people: bool, form: str) -> int:
    """Run the trial and print its tables; a progress bar goes to standard error on a terminal."""
    check_choice("--format", form, FORMATS)
    try:
        read = [_arm_typed(text) for text in arms]
        result = _run(read, people, seed, same_people=same_people)
    except (PlanNotUnderstood, TrialRefused) as wrong:
        raise CallProblem(f"{wrong}\nExample: {EXAMPLE}") from None
    if form == "json":
        import msgspec

        answer(msgspec.json.format(msgspec.json.encode(result), indent=2).decode())
    elif form == "csv":
        _write_csv(result)
    else:
        _show(result)
    return 0


def _arm_typed(text: str) -> Arm:
    label, equals, plan = text.partition("=")
    if not equals or not label.strip():
        raise CallProblem(
            f'--arm {text!r} is not NAME=PLAN. Write --arm "low=20 mg daily with food for 24 weeks".'
        )
    return Arm(label.strip(), read_plan(plan))


def _run(arms: list[Arm], people: int, seed: int, *, same_people: bool) -> TrialResult:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("virtual people"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("people", total=people * len(arms))
        return run_trial(
            arms, people, seed, same_people=same_people, progress=lambda done: bar.advance(task, done)
        )


def _show(result: TrialResult) -> None:
    from rich.console import Group
    from rich.text import Text

    from isovigil.cli.review_table import show, terminal

    parts: list[RenderableType] = [Text("Table 1. People", style="bold"), _people_table(result), ""]
    for number, (field, title) in enumerate(_VISIT, start=2):
        parts += [Text(f"Table {number}. {title}: mean (SD)", style="bold"), _visit_table(result, field), ""]
    parts += [Text(f"Table {len(_VISIT) + 2}. Outcomes", style="bold"), _outcome_table(result), ""]
    same = "the same people in every arm" if result.same_people else "different people in each arm"
    how = f"{result.people_per_arm:,} people in each arm, {same}, seed {result.seed}"
    parts.append(Text(f"{how}, parameters {result.parameter_hash}."))
    parts.append(Text(f"Assumed: {'; '.join(result.assumptions)}."))
    parts.append(Text(result.intended_use))
    show(terminal(), Group(*parts))


def _grid(result: TrialResult, first: str) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(first)
    for arm in result.arms:
        table.add_column(arm.label, justify="right")
    return table


def _people_table(result: TrialResult) -> Table:
    table = _grid(result, "")
    rows: tuple[tuple[str, Callable[[ArmSummary], str]], ...] = (
        ("people", lambda arm: f"{arm.people:,}"),
        ("female", lambda arm: f"{arm.female:.0%}"),
        ("weight, kg", lambda arm: _mean_sd(arm.weight_kg)),
        ("comedones", lambda arm: _mean_sd(arm.comedones)),
        ("papules and pustules", lambda arm: _mean_sd(arm.inflammatory)),
        ("nodules", lambda arm: _mean_sd(arm.nodules)),
        ("share of doses taken", lambda arm: f"{arm.adherence.mean:.2f} ({arm.adherence.sd:.2f})"),
        ("days of treatment, median (quartiles)", lambda arm: _median(arm.treatment_days)),
        ("mg/kg in all, median (quartiles)", lambda arm: _median(arm.cumulative_mg_per_kg)),
    )
    for name, told in rows:
        table.add_row(name, *(told(arm) for arm in result.arms))
    return table


def _visit_table(result: TrialResult, field: str) -> Table:
    table = _grid(result, "week")
    for place, week in enumerate(result.visit_weeks):
        cells = [_cell(arm, place, field) for arm in result.arms]
        table.add_row(str(week), *cells)
    return table


def _cell(arm: ArmSummary, place: int, field: str) -> str:
    """Mean and SD; no lesions long after treatment, where people stay clear or relapse."""
    visit = arm.visits[place]
    ended = visit.still_treated == 0.0 and visit.week > arm.treatment_days.upper_quartile / 7.0 + WEEKS_AFTER
    return "see relapse" if ended and field in LESIONS else _mean_sd(getattr(visit, field))


def _outcome_table(result: TrialResult) -> Table:
    table = _grid(result, "")
    for place, week in enumerate(result.visit_weeks):
        if any(arm.visits[place].still_treated > 0 for arm in result.arms):
            name = f"nine in ten papules, pustules and nodules gone, week {week}"
            table.add_row(name, *(f"{arm.visits[place].ninety_percent_clear:.0%}" for arm in result.arms))
    rows = (
        ("relapse within 12 months of the last dose", "relapse_12_months"),
        ("within 24 months", "relapse_24_months"),
    )
    for name, field in rows:
        table.add_row(name, *(_share(arm, field) for arm in result.arms))
    return table


def _share(arm: ArmSummary, field: str) -> str:
    """A share with the 95% interval of chance in a trial of this size (Wilson 1927)."""
    share, n, z = getattr(arm, field), arm.people, 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return f"{100 * share:.1f}% ({100 * (middle - half):.1f}-{100 * (middle + half):.1f})"


def _mean_sd(found: Summary) -> str:
    return f"{found.mean:.1f} ({found.sd:.1f})"


def _median(found: Summary) -> str:
    return f"{found.median:.0f} ({found.lower_quartile:.0f}-{found.upper_quartile:.0f})"


def _write_csv(result: TrialResult) -> None:
    """One row for each arm, visit and quantity."""
    out = csv.writer(sys.stdout)
    out.writerow(["arm", "week", "quantity", "mean", "sd", "median", "lower_quartile", "upper_quartile"])
    for arm in result.arms:
        for visit in arm.visits:
            for field, _ in _VISIT:
                found: Summary = getattr(visit, field)
                out.writerow([arm.label, visit.week, field, found.mean, found.sd, found.median,
                              found.lower_quartile, found.upper_quartile])  # fmt: skip
