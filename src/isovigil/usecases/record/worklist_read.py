"""Which lines of the worklist does a page show, and how many are there of each?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Count

from isovigil.proof.sealing import DoesNotOpen
from isovigil.storage.models import Clinic, WorklistRow
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.access import refuse_unless_allowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.judging import Judging, judging_of
from isovigil.usecases.record.worklist_rows import Line, refresh_worklist, stale_lines, worklist_lines
from isovigil.usecases.worklist import GROUPS, Group

LINES_ON_A_PAGE: Final = 50
OWNERS: Final = ("prescriber", "patient", "pharmacy")
MOST_ON_A_DAY_SHEET: Final = 500


class WorklistAsked(NamedTuple):
    """Which lines are wanted; None wants them all."""

    group: Group | None = None
    owner: str | None = None
    page: int = 1


class WorklistRead(NamedTuple):
    """One page of the worklist."""

    lines: Sequence[Line]
    counts: dict[Group, int]
    """Open courses by group; every one is in exactly one."""
    total: int
    """How many lines the filters leave."""
    page: int
    pages: int
    judging: Judging
    time_zone: str
    clinic: str


def read_worklist(acting: Acting, asked: WorklistAsked) -> WorklistRead:
    """One page of lines, most urgent first, true at the moment of the request.

    Raises:
        NotAllowed, NotAdopted: As they say.
    """
    refuse_unless_allowed(acting, "see_worklist")
    try:
        return _read_true(acting, asked)
    except (DoesNotOpen, msgspec.DecodeError, msgspec.ValidationError):
        refresh_worklist(acting, everything=True)  # an earlier version kept them in another shape
        return _read_true(acting, asked)


def _read_true(acting: Acting, asked: WorklistAsked) -> WorklistRead:
    with reading(acting.clinic, acting.person):
        judging = judging_of(acting.clinic)
        if not stale_lines(acting, judging):
            return _read(acting, asked, judging)
    refresh_worklist(acting)
    with reading(acting.clinic, acting.person):
        return _read(acting, asked, judging_of(acting.clinic))


def _read(acting: Acting, asked: WorklistAsked, judging: Judging) -> WorklistRead:
    here = Clinic.objects.get(id=acting.clinic)
    rows = WorklistRow.objects.filter(clinic=acting.clinic)
    counted = dict(rows.values_list("group").annotate(Count("patient")))
    wanted = rows.order_by("order")
    if asked.group is not None:
        wanted = wanted.filter(group=asked.group)
    elif asked.owner is None:
        wanted = wanted.exclude(group="nothing")
    if asked.owner is not None:
        wanted = wanted.filter(owner=asked.owner)
    total = wanted.count() if asked.owner is not None else _how_many(counted, asked.group)
    pages = max(1, -(-total // LINES_ON_A_PAGE))
    page = min(max(1, asked.page), pages)
    shown = wanted[(page - 1) * LINES_ON_A_PAGE : page * LINES_ON_A_PAGE]
    return WorklistRead(
        lines=worklist_lines(acting, shown),
        counts={group: counted.get(group, 0) for group in GROUPS},
        total=total,
        page=page,
        pages=pages,
        judging=judging,
        time_zone=here.time_zone,
        clinic=here.name,
    )


def _how_many(counted: Mapping[str, int], group: Group | None) -> int:
    """Every open course is in one group, so what was counted by group need not be counted again."""
    if group is not None:
        return counted.get(group, 0)
    return sum(count for name, count in counted.items() if name != "nothing")


def lines_of(acting: Acting, patients: Sequence[UUID]) -> list[Line]:
    """The lines of chosen patients, in the order of the worklist; for a list of reminders.

    Raises:
        NotAllowed, NotAdopted: As they say.
    """
    refuse_unless_allowed(acting, "see_worklist")
    refresh_worklist(acting)
    with reading(acting.clinic, acting.person):
        rows = WorklistRow.objects.filter(clinic=acting.clinic, patient__in=list(patients)).order_by("order")
        return worklist_lines(acting, rows[:MOST_ON_A_DAY_SHEET])


def day_sheet(acting: Acting) -> WorklistRead:
    """Everybody with something to do, on one list to be printed before the system or the programme fails.

    Raises:
        NotAllowed, NotAdopted: As they say.
    """
    first = read_worklist(acting, WorklistAsked())
    with reading(acting.clinic, acting.person):
        rows = WorklistRow.objects.filter(clinic=acting.clinic).exclude(group__in=("nothing", "waiting"))
        total = rows.count()
        lines = worklist_lines(acting, rows.order_by("order")[:MOST_ON_A_DAY_SHEET])
    return first._replace(lines=lines, total=total)
