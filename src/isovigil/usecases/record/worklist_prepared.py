"""How does a line that was worked out ahead wait beside today's, and take its place at its own instant?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import F, QuerySet

from isovigil.storage.models import WorklistRow

_WAITS: Final = ("next_from", "next_until", "next_group", "next_order", "next_owner", "next_sealed")


def prepare(rows: Iterable[WorklistRow]) -> None:
    """Lay rows, worked out as of an instant to come, beside those of today; call inside `tenancy.writing`.

    Each stands for its patient from the instant it was worked out for until it holds no longer.
    """
    waiting = [
        WorklistRow(
            patient_id=row.patient_id,
            next_from=row.worked_out_at,
            next_until=row.holds_until,
            next_group=row.group,
            next_order=row.order,
            next_owner=row.owner,
            next_sealed=bytes(row.sealed),
        )
        for row in rows
    ]
    WorklistRow.objects.bulk_update(waiting, _WAITS)


def due_to_follow(clinic: UUID, at: datetime, adoption: UUID | None) -> QuerySet[WorklistRow]:
    """The rows that are over and beside which lies what stands at an instant; never one before its time.

    Call inside `tenancy.reading` or `tenancy.writing`.
    """
    over = WorklistRow.objects.filter(clinic=clinic, adoption=adoption, holds_until__lte=at)
    return over.filter(next_from__lte=at, next_until__gt=at)


def take_over(clinic: UUID, at: datetime, adoption: UUID | None) -> int:
    """Let what was prepared take the place of what is over, in one statement; how many rows that were.

    Call inside `tenancy.writing`, holding the log.
    """
    return due_to_follow(clinic, at, adoption).update(
        worked_out_at=F("next_from"),
        holds_until=F("next_until"),
        group=F("next_group"),
        order=F("next_order"),
        owner=F("next_owner"),
        sealed=F("next_sealed"),
        next_from=None,
        next_until=None,
        next_sealed=None,
    )
