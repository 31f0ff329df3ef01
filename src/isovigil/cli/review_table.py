"""How does a review look in a terminal of 80 columns?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from isovigil.decisions.finding import PASSES
from isovigil.exchange import review_words as words
from isovigil.exchange.review_content import (
    OPEN_TITLE,
    AlternativeTold,
    FindingTold,
    GateTold,
    ReviewTold,
    StepTold,
)

WIDTH = 80
_STYLES = {"good": "green", "wait": "yellow", "bad": "bold red", "plain": "dim"}
_INDENT = 2


class CarefulConsole(Console):
    """A console on which nothing that a case holds can steer the terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments as Rich makes them, with every steering character made visible."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=words.visible(segment.text))


def terminal(file: TextIO | None = None) -> Console:
    """A console no wider than 80 columns; Rich keeps to NO_COLOR and sends no codes into a pipe."""
    console = CarefulConsole(file=file, highlight=False, emoji=False, markup=False)
    width = min(WIDTH, console.width) if console.is_terminal else WIDTH
    console.width = width
    return console


def show_review(told: ReviewTold, console: Console, *, everything: bool = False) -> None:
    """Print one review: the verdicts and the next step first, then every reason."""
    show(console, Group(_headline(told), _gates(told), *_body(told, everything)))


def show(console: Console, what: RenderableType) -> None:
    """Print to a terminal as it is; into a pipe without the blanks that only fill up a line."""
    if console.is_terminal:
        console.print(what)
        return
    with console.capture() as written:
        console.print(what)
    lines = (line.rstrip() for line in written.get().splitlines())
    console.file.write("".join(f"{line}\n" for line in lines))


def _headline(told: ReviewTold) -> Text:
    return Text.assemble((f"{told.patient}", "bold"), " on ", (told.day, "bold"))


def _gates(told: ReviewTold) -> Table:
    table = _grid(11, 10)
    for gate in told.gates:
        sign = words.VERDICTS[gate.verdict]
        verdict = Text(f"{sign.symbol} {sign.word}", style=_STYLES[sign.tone])
        table.add_row(Text(gate.gate, style="bold"), verdict, Text(gate.reason))
    if told.clinical is not None:
        table.add_row(
            Text("Clinical", style="bold"), _clinical_sign(told.clinical), Text(told.clinical.reason)
        )
    table.add_row(Text("Next", style="bold"), Text("→"), Text(told.next_step, style="bold"))
    return table


def _clinical_sign(clinical: GateTold) -> Text:
    sign = words.VERDICTS.get(clinical.verdict if clinical.verdict != "emergency" else "stop")
    if sign is None:
        return Text(f"{words.AMBER.symbol} ADVICE", style=_STYLES["wait"])
    return Text(f"{sign.symbol} {sign.word}", style=_STYLES[sign.tone])


def _body(told: ReviewTold, everything: bool) -> Iterable[RenderableType]:
    yield _pairs(told.about)
    if told.window is not None:
        yield section("Window to hand over")
        yield indented(Text(told.window))
    if told.steps:
        yield section("What to do next")
        yield _steps(told.steps)
    yield from _findings("What stands in the way", told.obstacles)
    yield from _findings(OPEN_TITLE, told.advice)
    yield from _findings("Passed, but look at these", told.amber)
    if everything:
        yield from _findings("Met", told.passed)
        yield from _findings("Does not apply", told.not_applicable)
    else:
        yield section("The rest")
        yield indented(Text(f"{told.rest} (--all shows them)"))
    yield section("Course")
    yield _pairs(told.course)
    for other in told.alternatives:
        yield section("Another reading of the law")
        yield _alternative(other)
    yield Text("\n" + told.notice, style="dim")


def section(title: str) -> Group:
    """An empty line and a heading."""
    return Group(Text(""), Line(Text(title, style="bold"), align="left", characters="─", style="dim"))


def sign_of_answer(answer: str) -> Text:
    """A finding's answer as symbol and word, coloured in addition."""
    sign = words.ANSWERS[answer]
    return Text(f"{sign.symbol} {sign.word}", style=_STYLES[sign.tone])


def _grid(*widths: int) -> Table:
    table = Table.grid(padding=(0, 1))
    for width in widths:
        table.add_column(width=width)
    table.add_column(ratio=1)
    return table


def indented(what: RenderableType) -> Padding:
    """A part set in below its heading."""
    return Padding(what, (0, 0, 0, _INDENT))


def _pairs(pairs: Sequence[tuple[str, str]]) -> Table:
    table = _grid(11)
    for name, value in pairs:
        table.add_row(Text(name, style="dim"), Text(value))
    return table


def _steps(steps: Sequence[StepTold]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("  Who", width=13)
    table.add_column("What", ratio=1)
    table.add_column("When", width=20)
    for step in steps:
        table.add_row(Text(f"  {step.who}"), Text(step.in_words()), Text(step.when))
    return table


def _findings(title: str, findings: Sequence[FindingTold]) -> Iterable[RenderableType]:
    if not findings:
        return
    yield section(f"{title} ({len(findings)})")
    for told in findings:
        yield indented(_finding(told))


def _finding(told: FindingTold) -> Group:
    finding = told.finding
    sign = words.ANSWERS[finding.answer]
    tone = sign.tone if told.blocks or finding.answer in PASSES else "wait"
    line = Text.assemble((f"{sign.symbol} {sign.word}", _STYLES[tone]), "  ", (finding.rule, "bold"))
    if finding.amber and finding.answer in PASSES:
        line.append(f"  {words.AMBER.symbol} {words.AMBER.word}", style=_STYLES["wait"])
    if finding.action is not None and finding.action != "continue":
        line.append(f"  {words.ACTIONS[finding.action]}", style="bold")
    details = _grid(7)
    if told.needs:
        details.add_row(Text("needs", style="dim"), Text(told.needs))
    if finding.whose_move and told.needs:
        move = words.plain(finding.whose_move) + (f", {told.when}" if told.when else "")
        details.add_row(Text("move", style="dim"), Text(move))
    for source in told.sources:
        details.add_row(Text("source", style="dim"), Text(source.in_words(), style="dim"))
    return Group(line, indented(Group(Text(finding.says), details)))


def _alternative(other: AlternativeTold) -> Padding:
    table = _grid(11, 10)
    for gate in other.gates:
        sign = words.VERDICTS[gate.verdict]
        table.add_row(
            gate.gate, Text(f"{sign.symbol} {sign.word}", style=_STYLES[sign.tone]), Text(gate.reason)
        )
    parts: list[RenderableType] = [Text(f"{other.supposes} ({other.decided_by}):"), table]
    if other.window is not None:
        parts.append(Text(f"Window: {other.window}"))
    return indented(Group(*parts))
