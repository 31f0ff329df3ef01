"""How is a review written as Markdown?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from isovigil.decisions.finding import PASSES
from isovigil.decisions.review import Review
from isovigil.exchange import review_words as words
from isovigil.exchange.review_content import OPEN_TITLE, FindingTold, GateTold, ReviewTold, tell
from isovigil.law.rulebook import Rulebook

_MARKS = re.compile(r"([\\`*\[\]#|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def review_as_markdown(review: Review, rulebook: Rulebook, *, everything: bool = False) -> str:
    """One review as a Markdown document; whatever a case holds is shown, never interpreted."""
    told = tell(review, rulebook)
    return "\n".join(_lines(told, everything)).strip() + "\n"


def escaped(text: str) -> str:
    """Text that Markdown and HTML leave as it is, on one line."""
    text = words.visible(" ".join(text.split()))
    for mark, entity in _ENTITIES.items():
        text = text.replace(mark, entity)
    return _MARKS.sub(r"\\\1", text)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    """A Markdown table out of texts that are already escaped."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join(' --- ' for _ in heads)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _lines(told: ReviewTold, everything: bool) -> Iterable[str]:
    yield f"# {escaped(told.patient)} on {told.day}"
    yield ""
    yield from table(("Gate", "Verdict", "Why"), _gate_rows(told))
    yield f"**Next: {escaped(told.next_step)}**"
    yield ""
    for name, value in told.about:
        yield f"- {name}: {escaped(value)}"
    yield ""
    if told.window is not None:
        yield from ("## Window to hand over", "", escaped(told.window), "")
    if told.steps:
        yield from ("## What to do next", "")
        rows = [(escaped(step.who), escaped(step.in_words()), escaped(step.when)) for step in told.steps]
        yield from table(("Who", "What", "When"), rows)
    yield from _findings("What stands in the way", told.obstacles)
    yield from _findings(OPEN_TITLE, told.advice)
    yield from _findings("Passed, but look at these", told.amber)
    if everything:
        yield from _findings("Met", told.passed)
        yield from _findings("Does not apply", told.not_applicable)
    else:
        yield from ("## The rest", "", f"{told.rest}.", "")
    yield from ("## Course", "")
    yield from (f"- {name}: {escaped(value)}" for name, value in told.course)
    yield ""
    for other in told.alternatives:
        yield from ("## Another reading of the law", "")
        yield from (f"{escaped(other.supposes)} ({escaped(other.decided_by)}):", "")
        yield from table(("Gate", "Verdict", "Why"), [_gate_row(gate) for gate in other.gates])
        if other.window is not None:
            yield from (f"Window: {escaped(other.window)}", "")
    yield f"_{escaped(told.notice)}_"


def _gate_rows(told: ReviewTold) -> Iterable[tuple[str, str, str]]:
    for gate in told.gates:
        yield _gate_row(gate)
    if told.clinical is not None:
        yield ("Clinical", words.ACTIONS[told.clinical.verdict], escaped(told.clinical.reason))


def _gate_row(gate: GateTold) -> tuple[str, str, str]:
    sign = words.VERDICTS[gate.verdict]
    return (gate.gate, f"{sign.symbol} {sign.word}", escaped(gate.reason))


def _findings(title: str, findings: Sequence[FindingTold]) -> Iterable[str]:
    if not findings:
        return
    yield from (f"## {title} ({len(findings)})", "")
    for told in findings:
        yield from _finding(told)
    yield ""


def _finding(told: FindingTold) -> Iterable[str]:
    finding = told.finding
    sign = words.ANSWERS[finding.answer]
    amber = f" {words.AMBER.symbol} {words.AMBER.word}" if finding.amber and finding.answer in PASSES else ""
    yield f"- {sign.symbol} {sign.word} `{finding.rule}`{amber}: {escaped(finding.says)}"
    if told.needs:
        yield f"  - needs: {escaped(told.needs)}"
    if told.needs and finding.whose_move:
        yield f"  - move: {words.plain(finding.whose_move)}" + (f", {told.when}" if told.when else "")
    for source in told.sources:
        yield f"  - source: {escaped(source.in_words())}"
