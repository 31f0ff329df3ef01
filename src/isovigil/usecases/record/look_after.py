"""What does an instance do on its own, so that nothing is forgotten: worklists, and signed heads?"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from isovigil.storage.tenancy import every_clinic
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.judging import NotAdopted
from isovigil.usecases.record.sign_log import sign_head, sign_head_if_due
from isovigil.usecases.record.worklist_ahead import prepare_next_day
from isovigil.usecases.record.worklist_rows import refresh_worklist

NOBODY: Final = UUID(int=0)
"""Stands for the instance itself where a person would stand. It has no row and can record nothing."""


def look_after_every_clinic(now: datetime) -> int:
    """Work out the worklist rows that ran out, prepare tomorrow's before midnight, and sign what is due; how
    many rows were worked out.

    What is due follows from the record alone, so a missed round loses nothing: the next one does it.

    Raises:
        ExceptionGroup: Something of a clinic could not be done; everything else was.
    """
    count = 0
    faults: list[Exception] = []
    for clinic in every_clinic():
        try:
            count += _worked_out(clinic, now)
        except Exception as fault:  # noqa: BLE001 - one clinic's trouble is not the next one's
            faults.append(fault)
        try:
            sign_head_if_due(clinic, now)
        except Exception as fault:  # noqa: BLE001 - as above
            faults.append(fault)
    if faults:
        raise ExceptionGroup("not every clinic could be looked after", faults)
    return count


def _worked_out(clinic: UUID, now: datetime) -> int:
    acting = Acting(NOBODY, "Isovigil", clinic, "administrator", now)
    with suppress(NotAdopted):  # where nobody is judged there is no worklist to keep
        return refresh_worklist(acting) + prepare_next_day(acting)
    return 0


def sign_every_head(now: datetime) -> None:
    """Sign each clinic's log as it stands, as when the instance stops."""
    for clinic in every_clinic():
        sign_head(clinic, now)
