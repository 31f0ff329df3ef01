"""What opens in place under a line of the worklist?"""

from __future__ import annotations

from uuid import UUID

import msgspec

from isovigil.decisions.finding import Finding
from isovigil.exchange import review_words as words
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.course_read import CourseRead
from isovigil.usecases.record.worklist_rows import Line
from isovigil.usecases.worklist_words import step_of
from isovigil.web.worklist.shown import LineShown, line_shown


class Reason(msgspec.Struct, frozen=True):
    """One thing that stands in the way, and what clears it."""

    tone: str
    says: str
    step: str
    whose_move: str
    rule: str


class Panel(msgspec.Struct, frozen=True):
    """One patient's line with everything behind it."""

    patient: UUID
    line: LineShown
    gates: tuple[tuple[str, str], ...]
    """The words of each gate, and its verdict."""
    reasons: tuple[Reason, ...]
    tasks: tuple[str, ...]


def panel_shown(read: CourseRead, acting: Acting) -> Panel:
    """The panel of one course."""
    review = read.review
    told = {finding.rule: finding for finding in review.findings}
    because = dict.fromkeys(rule for gate in review.gates.values() for rule in gate.because)
    asked = dict.fromkeys([*because, *review.clinical.findings])
    return Panel(
        patient=read.known.patient,
        line=line_shown(Line(read.known.patient, read.row, read.known.identity.second_id)),
        gates=tuple((words.GATES[gate], verdict.verdict) for gate, verdict in review.gates.items()),
        reasons=tuple(_reason(told[rule]) for rule in asked if rule in told),
        tasks=(),
    )


def _reason(finding: Finding) -> Reason:
    return Reason(
        tone="unknown" if finding.answer == "unknown" else "not_met",
        says=finding.says,
        step=step_of(finding),
        whose_move=words.plain(finding.whose_move) if finding.whose_move else "",
        rule=finding.rule,
    )
