"""Which ended treatment still asks something of the patient, and until which day?"""

from __future__ import annotations

from datetime import date
from typing import Final

import msgspec

from isovigil.calendar.days import in_words
from isovigil.case.kinds import TreatmentStop
from isovigil.decisions.course import Course
from isovigil.law.law import Law
from isovigil.law.value import Dated


def ended_treatment(course: Course) -> TreatmentStop | None:
    """The last end of treatment, while no dose has been taken since. None where none was ever taken."""
    return course.ended_treatment


_OTHER_READING: Final = "_in_the_other_reading"


class Until(msgspec.Struct, frozen=True):
    """The day a period after the last dose ends, and what to say where it could be read otherwise."""

    day: date
    remark: str
    values: tuple[Dated[object], ...]


def ends_after(stop: TreatmentStop, law: Law, name: str) -> Until:
    """The end of a period that runs from the last dose, with the reading not taken where it differs."""
    period = law.period(name, stop.date)
    day = period.value.after(stop.date)
    other_name = name + _OTHER_READING
    if not law.holds(other_name, stop.date):
        return Until(day, "", (period,))
    other = law.period(other_name, stop.date)
    other_day = other.value.after(stop.date)
    if other_day == day:
        return Until(day, "", (period,))
    remark = f" Counted as {other.value.in_words()} it would be {in_words(other_day)}."
    return Until(day, remark, (period, other))
