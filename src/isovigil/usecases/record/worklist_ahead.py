"""How is tomorrow's worklist judged before midnight, so that nobody waits for all of it at once?

At the clinic's midnight every row runs out. In the hour before, each round of looking after judges a share
of them as of the first instant of tomorrow, and lays them beside the rows of today. They stand from then on,
as long as their own review says; an entry about a patient throws hers away.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from isovigil.storage.models import Clinic, WorklistRow
from isovigil.storage.tenancy import reading, writing
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.judging import Judging, judging_of
from isovigil.usecases.record.requests import hold_the_log
from isovigil.usecases.record.worklist_prepared import prepare
from isovigil.usecases.record.worklist_rows import AT_ONCE, next_midnight, rows_worked_out

AHEAD: Final = timedelta(hours=1)
"""So long before midnight it begins: later than that few entries are made that throw a prepared row away."""
DONE_WITHIN: Final = timedelta(minutes=50)
"""Of that hour: what is left is for rows that were thrown away, and for a round that failed."""


def prepare_next_day(acting: Acting) -> int:
    """Judge the share of tomorrow's rows that is due by now, as of its first instant; how many that were.

    Outside the last hour of the clinic's day it does nothing. Rows that are over already, or another
    policy's, are left to `refresh_worklist`.

    Raises:
        NotAdopted: Nobody is judged here yet.
    """
    with reading(acting.clinic, acting.person):
        judging = judging_of(acting.clinic)
        zone = ZoneInfo(Clinic.objects.values_list("time_zone", flat=True).get(id=acting.clinic))
        midnight = next_midnight(acting.at.astimezone(zone))
        begins = midnight - AHEAD
        if acting.at < begins:
            return 0
        total = _of_today(acting, judging).count()
        lacking = list(_not_prepared(acting, judging, midnight).values_list("patient_id", flat=True))
    share = min(1.0, (acting.at - begins) / DONE_WITHIN)
    some = lacking[: max(0, ceil(total * share) - (total - len(lacking)))]
    as_of_tomorrow = acting._replace(at=midnight)
    for begin in range(0, len(some), AT_ONCE):
        with writing(acting.clinic, acting.person):
            hold_the_log(acting)  # or an entry added meanwhile would be prepared over
            still = _not_prepared(acting, judging_of(acting.clinic), midnight)
            chosen = still.filter(patient__in=some[begin : begin + AT_ONCE])
            patients = list(chosen.values_list("patient_id", flat=True))
            prepare(rows_worked_out(as_of_tomorrow, judging_of(acting.clinic), patients))
    return len(some)


def _of_today(acting: Acting, judging: Judging) -> QuerySet[WorklistRow]:
    """The rows that stand now."""
    rows = WorklistRow.objects.filter(clinic=acting.clinic, adoption=judging.adoption)
    return rows.filter(holds_until__gt=acting.at)


def _not_prepared(acting: Acting, judging: Judging, midnight: datetime) -> QuerySet[WorklistRow]:
    is_prepared = Q(next_from=midnight, next_from__isnull=False)
    return _of_today(acting, judging).exclude(is_prepared).order_by("order")
