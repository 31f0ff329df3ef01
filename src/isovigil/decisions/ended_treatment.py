"""Which ended treatment still asks something of the patient, and until which day?"""

from __future__ import annotations

from datetime import date

import msgspec

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Dispense, TreatmentStart, TreatmentStop
from isovigil.decisions.course import Course
from isovigil.law.law import Law
from isovigil.law.value import Dated


def ended_treatment(course: Course) -> TreatmentStop | None:
    """The last end of treatment, while no dose has been taken since. None where none was ever taken.

    A stop is the day of the last dose, so it counts without any recorded hand-over; but where every
    recorded hand-over was reversed, nothing was taken.
    """
    if course.started_on is not None or course.last_stop is None:
        return None
    return course.remember("ended treatment", lambda: _if_anything_was_taken(course))


def _if_anything_was_taken(course: Course) -> TreatmentStop | None:
    stop = course.last_stop
    if stop is None:
        return None
    reversed_ids = course.reversed_hand_overs
    handed_over = [fact for fact in course.chart.all(Dispense) if fact.date <= stop.date]
    nothing_taken = (
        bool(handed_over)
        and all(fact.id in reversed_ids for fact in handed_over)
        and not course.chart.all(TreatmentStart)
    )
    return None if nothing_taken else stop


class Until(msgspec.Struct, frozen=True):
    """The day a period after the last dose ends, and what to say where it could be read otherwise."""

    day: date
    remark: str
    values: tuple[Dated[object], ...]


def ends_after(stop: TreatmentStop, law: Law, name: str) -> Until:
    """The end of a period that runs from the last dose, with the reading not taken where it differs."""
    period = law.period(name, stop.date)
    day = period.value.after(stop.date)
    other_name = f"{name}_in_the_other_reading"
    if not law.holds(other_name, stop.date):
        return Until(day, "", (period,))
    other = law.period(other_name, stop.date)
    other_day = other.value.after(stop.date)
    if other_day == day:
        return Until(day, "", (period,))
    remark = f" Counted as {other.value.in_words()} it would be {in_words(other_day)}."
    return Until(day, remark, (period, other))
