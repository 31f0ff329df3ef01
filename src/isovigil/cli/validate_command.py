"""How does `isovigil validate-model` answer?"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from isovigil.cli.moment_asked import check_choice
from isovigil.cli.review_table import show, terminal
from isovigil.cli.streams import answer
from isovigil.forecast.outcome import Outcome
from isovigil.forecast.validate import ValidationTable, validation_table

FORMATS = ("table", "json")
FITTING = "fit: was the figure used to fit the model. The source of each figure is in --format json."
_STYLES = {Outcome.MET: "green", Outcome.KNOWN_MISS: "yellow", Outcome.MISSED: "bold red"}


def run_validate(people: int, seed: int, form: str) -> int:
    """Print the whole table; the exit code is 1 when a figure is missed that is not a known miss."""
    check_choice("--format", form, FORMATS)
    table = validation_table(people, seed)
    if form == "json":
        import msgspec

        answer(msgspec.json.format(msgspec.json.encode(table), indent=2).decode())
    else:
        counts = ", ".join(f"{len(table.with_outcome(each))} {each.value}" for each in Outcome)
        made_of = f"{table.people} virtual people, seed {table.seed}, parameters {table.parameter_hash}."
        told = Text(f"{counts}. {made_of}")
        show(terminal(), Group(_grid(table), "", *_known_misses(table), told, Text(FITTING)))
    return int(bool(table.with_outcome(Outcome.MISSED)))


def _grid(table: ValidationTable) -> Table:
    """Every published figure, the model's own, what is accepted, and the outcome."""
    grid = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ("", "figure", "published"):
        grid.add_column(heading)
    grid.add_column("model", justify="right")
    for heading in ("accepted", "fit", ""):
        grid.add_column(heading)
    for row in table.rows:
        told = f"{row.target.quantity} ({row.target.unit})"
        outcome = _shown(row.outcome)
        fitted = _yes_or_no(row.target.used_in_fitting)
        grid.add_row(
            row.target.row, told, row.target.published, row.model_text, row.accepted_text, fitted, outcome
        )
    for blood in table.biomarkers:
        fitted = _yes_or_no(blood.used_in_fitting)
        grid.add_row(
            blood.id, blood.what, blood.published, blood.model, blood.tolerance, fitted, _shown(blood.outcome)
        )
    return grid


def _known_misses(table: ValidationTable) -> Iterator[RenderableType]:
    """Each known miss by name, and why it is missed."""
    missed = table.with_outcome(Outcome.KNOWN_MISS)
    if not missed:
        return
    yield Text("Known misses, and why", style="bold")
    grid = Table(box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)
    blood = {row.id: f"{row.what}: {row.known_miss}" for row in table.biomarkers if row in missed}
    others = [row.target for row in table.rows if row in missed]
    for target in others:
        grid.add_row(target.row, f"{target.quantity}: {target.known_miss}")
    for name, told in blood.items():
        grid.add_row(name, told)
    yield grid
    yield ""


def _shown(outcome: Outcome) -> Text:
    return Text(outcome.value, style=_STYLES[outcome])


def _yes_or_no(fitted: bool) -> str:
    return "yes" if fitted else "no"
