"""How does a report become one page that asks for nothing from outside and prints?"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from isovigil import __version__
from isovigil.batch.report.audit_told import indicators
from isovigil.batch.report.drawing import STYLE
from isovigil.batch.report.medicine import cumulative_doses, laboratory_grades
from isovigil.batch.report.past_acts import missed_windows, verdicts_over_time
from isovigil.batch.report.people_and_input import gates_now, problems
from isovigil.batch.report.reading import RunTables
from isovigil.batch.report.told import Figure, Told, in_words
from isovigil.exchange.html_text import Html, tag
from isovigil.law.rulebook import Rulebook

REPORT: Final = "report.html"
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_QUESTIONS: Final = (
    gates_now,
    verdicts_over_time,
    missed_windows,
    indicators,
    laboratory_grades,
    cumulative_doses,
    problems,
)


def write_report(folder: Path, rulebook: Rulebook) -> Path:
    """Write the report of a finished run into its folder. Raises NoRunHere."""
    tables = RunTables(folder, rulebook)
    try:
        page = report_page(tables)
    finally:
        tables.close()
    target = folder / REPORT
    unfinished = target.with_name(f".{REPORT}.new")
    unfinished.write_text(page, encoding="utf-8")
    unfinished.rename(target)
    return target


def report_page(tables: RunTables) -> str:
    """The page: what was asked, then every question with its plot and tables."""
    figures = [ask(tables) for ask in _QUESTIONS]
    title = f"Population of {tables.on:%-d %B %Y}"
    return page(title, [_about(tables), _contents(figures)], figures, _notice(tables))


def page(title: str, opening: Sequence[Html], figures: Sequence[Figure], notice: str) -> str:
    """A page of figures under a title."""
    css = (files("isovigil.batch.report") / "report.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        Html(f"<style>{css}{STYLE}</style>"),
    )
    sections = [_section(figure) for figure in figures]
    main = tag("main", tag("h1", title), list(opening), sections, tag("footer", tag("p", notice)))
    return f"<!doctype html>\n{tag('html', head, tag('body', main), lang='en-GB')}\n"


def _about(tables: RunTables) -> Html:
    told: dict[str, Any] = tables.told
    judged = told["counts"].get("rows verdicts", 0)
    programmes = ", ".join(f"{programme} with {policy}" for programme, policy in tables.law_by_programme)
    pairs = [
        ("Judged", f"{judged:,} of {told['patients']:,} patients"),
        ("Programme", programmes or "none"),
        ("Rules", "of each act's own day"
         if told["rules_as_of"] is None
         else f"of {told['rules_as_of']} for every act: a what-if, not what was right"),
        ("Rulebook", str(told["rulebook"])[:12]),
        ("Hidden", f"numbers about 1 to {tables.below - 1} people, and what would tell them"),
    ]  # fmt: skip
    return tag("dl", [tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs])


def _contents(figures: Sequence[Figure]) -> Html:
    links = [tag("li", tag("a", figure.title, href=f"#{figure.name}")) for figure in figures]
    return tag("nav", tag("ol", links), aria_label="Questions")


def _notice(tables: RunTables) -> str:
    return (
        f"Written by Isovigil {__version__} from the tables beside this page, with nothing loaded from "
        "elsewhere. Decision support for professionals; a count says nothing about one patient."
    )


def _section(figure: Figure) -> Html:
    tables = [_table(each) for each in figure.tables]
    drawn = None if figure.svg is None else tag("figure", figure.svg)
    is_long = any(each.is_long for each in figure.tables)
    return tag(
        "section",
        tag("h2", figure.title, id=f"{figure.name}-heading"),
        [tag("p", each) for each in figure.says],
        tag("div", drawn, tag("div", tables), class_="beside long" if is_long else "beside"),
        id=figure.name,
        aria_labelledby=f"{figure.name}-heading",
    )


def _table(told: Told) -> Html:
    head = tag("tr", [tag("th", text, scope="col", role="columnheader") for text in told.heads], role="row")
    body = []
    for row in told.rows:
        first, *rest = row
        cells = [
            tag("td", in_words(value), role="cell", data_head=name, class_=_class_of(value))
            for name, value in zip(told.heads[1:], rest, strict=True)
        ]
        body.append(
            tag(
                "tr",
                tag("th", in_words(first), scope="row", role="rowheader", class_=_class_of(first)),
                cells,
                role="row",
            )
        )
    return tag(
        "table",
        tag("caption", told.caption),
        tag("thead", head, role="rowgroup"),
        tag("tbody", body, role="rowgroup"),
        role="table",
        class_="stacks" if told.is_long else "numbers stacks" if len(told.heads) > _FITS else "numbers",
    )


def _class_of(value: object) -> str | None:
    if value is None:
        return "hidden"
    if isinstance(value, int | float):
        return "count"
    return "short" if len(str(value)) <= _SHORT else None


_SHORT: Final = 10
_FITS: Final = 5
"""Columns of numbers that fit a narrow screen."""
