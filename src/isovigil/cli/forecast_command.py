"""How does `isovigil forecast` answer?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast
from zoneinfo import ZoneInfo

from isovigil.cli.moment_asked import CallProblem, check_choice, day_typed
from isovigil.cli.streams import answer, complain

if TYPE_CHECKING:
    from isovigil.case.case import Case
    from isovigil.forecast.biomarkers import Threshold
    from isovigil.forecast.plain_words import Language
    from isovigil.forecast.plan_text import Plan
    from isovigil.usecases.forecast_course import CaseForecast

FORMATS = ("table", "json")
PICTURES = (".svg", ".png")


class AskedForecast(NamedTuple):
    """What was typed."""

    case: str
    plan: str | None
    compare: tuple[str, ...]
    until: str | None
    on: str | None
    adherence: float
    fasting: bool | None
    figure: str | None
    narrow: bool
    population: bool
    patient: str | None
    personal: bool
    form: str
    seed: int


def run_forecast(asked: AskedForecast) -> int:
    """Forecast one case and print it; exit code 0, 2 (wrong input) or 3 (no forecast is possible)."""
    from isovigil.exchange.case_file import CaseProblems, load_case
    from isovigil.forecast.course import CourseRefused
    from isovigil.forecast.plan_text import PlanNotUnderstood, read_plan
    from isovigil.law.refusal import UnknownPolicy

    _check(asked)
    try:
        case = load_case(asked.case)
        plans = [read_plan(text) for text in (asked.plan, *asked.compare) if text is not None]
        found = _forecast(asked, case, plans)
    except (CaseProblems, PlanNotUnderstood, UnknownPolicy) as wrong:
        complain(wrong)
        return 2
    except CourseRefused as refused:
        complain(refused)
        return 3
    if asked.figure is not None:
        draw(found, Path(asked.figure), narrow=asked.narrow)
    _print(asked, found)
    return 0


def _check(asked: AskedForecast) -> None:
    """Everything about the call that can be judged before the case is read."""
    from isovigil.forecast.plain_words import LANGUAGES

    check_choice("--format", asked.form, FORMATS)
    if asked.patient is not None:
        check_choice("--patient", asked.patient, LANGUAGES)
    if asked.figure is not None and Path(asked.figure).suffix not in PICTURES:
        raise CallProblem(f"--figure {asked.figure!r} ends in neither .svg nor .png; give a file that does.")
    if not 0.0 <= asked.adherence <= 1.0:
        raise CallProblem(f"--adherence {asked.adherence:g} is not a share from 0 to 1.")


def _forecast(asked: AskedForecast, case: Case, plans: list[Plan]) -> CaseForecast:
    from isovigil.usecases.forecast_course import forecast_case

    on = _day_asked(asked.on, case)
    until = None if asked.until is None else day_typed(asked.until, "--until")
    if until is not None and until <= on:
        raise CallProblem(f"--until {until} is not after {on}, the day looked from.")
    return forecast_case(
        case, on, plans, until=until, adherence=asked.adherence, seed=asked.seed,
        thresholds=_thresholds(asked, case, on), fasting=asked.fasting, population=_is_population(asked),
    )  # fmt: skip


def _day_asked(on: str | None, case: Case) -> date:
    if on is not None:
        return day_typed(on, "--on")
    return datetime.now(UTC).astimezone(ZoneInfo(case.time_zone)).date()


def _thresholds(asked: AskedForecast, case: Case, on: date) -> tuple[Threshold, ...]:
    """The values at which the clinic's policy asks for something; a population has no results."""
    from isovigil.exchange.rulebook_files import load_rulebook
    from isovigil.usecases.forecast_thresholds import action_thresholds

    return () if _is_population(asked) else action_thresholds(case, load_rulebook(), on)


def _is_population(asked: AskedForecast) -> bool:
    return asked.population or (asked.patient is not None and not asked.personal)


def _print(asked: AskedForecast, found: CaseForecast) -> None:
    if asked.patient is not None:
        from isovigil.forecast.plain_words import plain_words

        language = cast("Language", asked.patient)
        for scenario in found.scenarios:
            if len(found.scenarios) > 1:
                answer(f"== {scenario.course.label}")
            answer(plain_words(scenario.course, language, personal=not found.population).as_text())
    elif asked.form == "json":
        import msgspec

        answer(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        from isovigil.cli.forecast_table import show_forecast
        from isovigil.cli.review_table import terminal

        show_forecast(found, terminal())


def draw(found: CaseForecast, path: Path, *, narrow: bool) -> None:
    """Draw the forecast to an SVG or a PNG file."""
    from isovigil.forecast.figure import figure_scene
    from isovigil.usecases.forecast_picture import picture_of

    panels, caption = picture_of(found)
    scene = figure_scene(panels, caption, narrow=narrow)
    if path.suffix == ".svg":
        from isovigil.forecast.figure_svg import svg_of

        path.write_text(svg_of(scene), encoding="utf-8")
    else:
        from isovigil.forecast.figure_png import png_of

        path.write_bytes(png_of(scene))
