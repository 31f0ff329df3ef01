"""Until which day does an ended treatment still ask something of the patient?"""

from __future__ import annotations

from datetime import date

import msgspec

from isovigil.calendar.days import Period, in_words
from isovigil.case.kinds import TreatmentStop
from isovigil.law.law import Law
from isovigil.law.value import Dated


class Until(msgspec.Struct, frozen=True):
    """The day a period after the last dose ends, and where it could be read otherwise."""

    day: date
    other: Dated[Period] | None
    """The reading not taken, where it names another day."""
    other_day: date
    values: tuple[Dated[object], ...]

    @property
    def remark(self) -> str:
        """The day of the other reading in words; nothing where both name the same."""
        if self.other is None:
            return ""
        return f" Counted as {self.other.value.in_words()} it would be {in_words(self.other_day)}."


def ends_after(stop: TreatmentStop, law: Law, name: str) -> Until:
    """The end of a period that runs from the last dose, with the reading not taken where it differs."""
    period = law.period(name, stop.date)
    day = period.value.after(stop.date)
    other_name = f"{name}_in_the_other_reading"
    if not law.holds(other_name, stop.date):
        return Until(day, None, day, (period,))
    other = law.period(other_name, stop.date)
    other_day = other.value.after(stop.date)
    if other_day == day:
        return Until(day, None, day, (period,))
    return Until(day, other, other_day, (period, other))
