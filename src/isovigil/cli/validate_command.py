"""How does `isovigil validate-model` answer?"""

from __future__ import annotations

from isovigil.cli.moment_asked import check_choice
from isovigil.cli.streams import answer
from isovigil.forecast.validate import Outcome, ValidationTable, validation_table

FORMATS = ("table", "json")
_STYLES = {Outcome.MET: "green", Outcome.KNOWN_MISS: "yellow", Outcome.MISSED: "bold red"}


def run_validate(people: int, seed: int, form: str) -> int:
    """Print the whole table; the exit code is 1 when a figure is missed that is not a known miss."""
    check_choice("--format", form, FORMATS)
    table = validation_table(people, seed)
    if form == "json":
        import msgspec

        answer(msgspec.json.format(msgspec.json.encode(table), indent=2).decode())
    else:
        _show(table)
    return int(bool(table.with_outcome(Outcome.MISSED)))


def _show(table: ValidationTable) -> None:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from isovigil.cli.review_table import show, terminal

    grid = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for heading, justify in (("", "left"), ("figure", "left"), ("published", "left"), ("model", "right"),
                             ("accepted", "left"), ("fit", "left"), ("", "left")):  # fmt: skip
        grid.add_column(heading, justify=justify)  # type: ignore[arg-type]  # Rich spells its own words
    for row in table.rows:
        told = f"{row.target.quantity} ({row.target.unit})"
        fitted = "yes" if row.target.used_in_fitting else "no"
        outcome = Text(row.outcome.value, style=_STYLES[row.outcome])
        grid.add_row(
            row.target.row, told, row.target.published, row.model_text, row.accepted_text, fitted, outcome
        )
    counts = ", ".join(f"{len(table.with_outcome(each))} {each.value}" for each in Outcome)
    told = f"{counts}. {table.people} virtual people, seed {table.seed}, parameters {table.parameter_hash}."
    show(terminal(), Group(grid, "", Text(told), *_biomarkers()))


def _biomarkers() -> list[str]:
    """Where the table of the blood-value forecast is."""
    return [
        "fit: was the figure used to fit the model. The source of each figure is in --format json.",
        "Blood results have their own table: python bench/biomarkers_validation.py",
    ]
