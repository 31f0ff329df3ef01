"""Which commands tell what the drug does in the body?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from isovigil.cli.moment_asked import CallProblem
from isovigil.cli.streams import complain

NEEDS_EXTRA = (
    "This command needs {missing}, which comes with the forecast extra. "
    'Install it with: pip install "isovigil[forecast]"'
)
EXTRA = {"numpy", "numba", "llvmlite", "matplotlib"}

OneCase = Annotated[str, typer.Argument(metavar="CASE", help="A case file, or - (standard input).")]
PlanText = Annotated[
    str | None,
    typer.Option("--plan", metavar="WORDS", help='As "40 mg twice daily with food until 120 mg/kg".'),
]
Compared = Annotated[
    list[str] | None, typer.Option("--compare", metavar="WORDS", help="Another plan, side by side.")
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="Last day. Default: two years after.")
]
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day to look from. Default: today.")]

Personal = Annotated[
    bool, typer.Option("--personal", help="With --patient: of this person, marked for release.")
]


def app_commands(app: typer.Typer) -> None:
    """Add `forecast`, `population-model` and `validate-model` to the command line."""
    app.command("forecast", short_help="Tell what a course will probably do.")(forecast_command)
    app.command("population-model", short_help="Run a virtual trial of plans.")(population_command)
    app.command("validate-model", short_help="Print the model beside what was published.")(validate_command)


def forecast_command(
    case: OneCase,
    plan: PlanText = None,
    compare: Compared = None,
    until: Until = None,
    on: On = None,
    adherence: Annotated[
        float, typer.Option("--adherence", metavar="SHARE", help="Share of planned doses taken, 0 to 1.")
    ] = 1.0,
    fasting: Annotated[
        bool | None, typer.Option("--fasting/--not-fasting", help="How the next blood sample is taken.")
    ] = None,
    figure: Annotated[
        str | None, typer.Option("--figure", metavar="FILE", help="Draw to FILE.svg or FILE.png.")
    ] = None,
    narrow: Annotated[bool, typer.Option("--narrow", help="Draw 320 pixels wide.")] = False,
    population: Annotated[
        bool, typer.Option("--population", help="Population curves only; they need no release.")
    ] = False,
    patient: Annotated[
        str | None, typer.Option("--patient", metavar="LANG", help="Plain words in en or es.")
    ] = None,
    personal: Personal = False,
    form: Annotated[str, typer.Option("--format", metavar="F", help="table or json.")] = "table",
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The seed of the virtual people.")] = 1,
) -> None:
    """Tell what a course will probably do: blood level, skin, blood results, relapse.

    It compares plans and never recommends a dose.
    """

    def run() -> int:
        from isovigil.cli.forecast_command import AskedForecast, run_forecast

        return run_forecast(
            AskedForecast(
                case,
                plan,
                tuple(compare or ()),
                until,
                on,
                adherence,
                fasting,
                figure,
                narrow,
                population,
                patient,
                personal,
                form,
                seed,
            )
        )

    raise typer.Exit(with_the_extra(run))


def population_command(
    arm: Annotated[
        list[str] | None,
        typer.Option("--arm", metavar="NAME=PLAN", help="An arm; give it again for more arms."),
    ] = None,
    people: Annotated[int, typer.Option("--people", metavar="N", help="People in each arm.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The seed; it repeats the trial.")] = 1,
    same_people: Annotated[
        bool, typer.Option("--same-people", help="Give every arm the same people.")
    ] = False,
    form: Annotated[str, typer.Option("--format", metavar="F", help="table, json or csv.")] = "table",
) -> None:
    """Run a virtual trial: N people in each arm, with tables as in a paper."""

    def run() -> int:
        from isovigil.cli.population_command import run_population

        return run_population(arm or [], people, seed, same_people=same_people, form=form)

    raise typer.Exit(with_the_extra(run))


def validate_command(
    people: Annotated[int, typer.Option("--people", metavar="N", help="Virtual people.")] = 20_000,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Their seed.")] = 20_250_101,
    form: Annotated[str, typer.Option("--format", metavar="F", help="table or json.")] = "table",
) -> None:
    """Print every published figure, the model's own, the tolerance, and known misses."""

    def run() -> int:
        from isovigil.cli.validate_command import run_validate

        return run_validate(people, seed, form)

    raise typer.Exit(with_the_extra(run))


def with_the_extra(run: Callable[[], int]) -> int:
    """Run a command; a missing library of the extra or a wrong call is told plainly (exit code 2)."""
    try:
        return run()
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in EXTRA:
            raise
        complain(NEEDS_EXTRA.format(missing=missing.name))
    except CallProblem as wrong:
        complain(wrong)
    return 2
