"""How does a line of the worklist read on the page?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from isovigil.usecases.record.worklist_rows import Line
from isovigil.usecases.worklist import GROUPS, Group, Row
from isovigil.usecases.worklist_told import by_when, left, other_reading_told
from isovigil.web.components import Words

GROUP_WORDS: Final[dict[Group, Words]] = {
    "safety": _("Safety first"),
    "closing": _("Closing within 48 hours"),
    "ours": _("Our move"),
    "patient": _("The patient's move"),
    "pharmacy": _("The pharmacy's move"),
    "waiting": _("Waiting for a day to come"),
    "nothing": _("Nothing to do now"),
}
OWNER_WORDS: Final[dict[str, Words]] = {
    "prescriber": _("Prescriber"),
    "designee": _("Clinic"),
    "specialist": _("Specialist"),
    "patient": _("Patient"),
    "carer": _("Carer"),
    "pharmacy": _("Pharmacy"),
}


class LineShown(msgspec.Struct, frozen=True):
    """One line, in the words of the page."""

    patient: UUID
    name: str
    second_id: str
    verdict: str | None
    """A key of TONES; None once treatment has ended."""
    day_of_course: int | None
    course_number: int
    step: str
    reason: str
    more_reasons: int
    by_when: str
    left: str
    is_late: bool
    owner: Words
    other_reading: str


class GroupShown(msgspec.Struct, frozen=True):
    """One group with its lines."""

    name: Group
    words: Words
    lines: tuple[LineShown, ...]


class Filter(msgspec.Struct, frozen=True):
    """One filter: an address, its words, how many lines, and whether it is chosen."""

    url: str
    words: Words
    count: int
    is_chosen: bool


def line_shown(line: Line) -> LineShown:
    """One line in the words of the page."""
    row = line.row
    return LineShown(
        patient=line.patient,
        name=row.name or str(_("Name cannot be read")),
        second_id=line.second_id,
        verdict=row.verdict,
        day_of_course=row.course_day if row.verdict is not None else None,
        course_number=row.course_number,
        step=row.next_step,
        reason=row.reason,
        more_reasons=row.more_reasons,
        by_when=by_when(row),
        left=left(row),
        is_late=_is_late(row),
        owner=OWNER_WORDS.get(row.whose_move or "", ""),
        other_reading=other_reading_told(row),
    )


def _is_late(row: Row) -> bool:
    return row.slack is not None and row.slack.endswith("late")


def groups_shown(lines: Sequence[Line]) -> tuple[GroupShown, ...]:
    """The lines under their groups, in the order of the worklist."""
    grouped = groupby(lines, key=lambda line: line.row.group)
    return tuple(
        GroupShown(name, GROUP_WORDS[name], tuple(line_shown(line) for line in members))
        for name, members in grouped
    )


def filters_shown(counts: dict[Group, int], chosen: Group | None, home: str) -> Iterable[Filter]:
    """All that is to do, then each group that has lines."""
    to_do = sum(count for group, count in counts.items() if group != "nothing")
    yield Filter(home, _("Everything to do"), to_do, chosen is None)
    for group in GROUPS:
        if counts[group] or group == chosen:
            yield Filter(f"{home}?group={group}", GROUP_WORDS[group], counts[group], group == chosen)
