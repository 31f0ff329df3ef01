"""From which day may the patient give blood again?"""

from __future__ import annotations

from isovigil.calendar.days import days_after, in_words
from isovigil.decisions.asked import asked_of
from isovigil.decisions.course import Course
from isovigil.decisions.ended_treatment import ended_treatment, ends_after
from isovigil.decisions.finding import Outcome, met, not_applicable, not_met
from isovigil.decisions.rule import rule
from isovigil.law.law import Law

_DEFERRED_AFTER = "blood_donation/deferred_after"


@rule("blood_donation.deferred_until")
def deferred_until(course: Course, law: Law) -> Outcome:
    """May the patient give blood, and if not, until when not?

    During treatment, and after the last dose up to and including the last day of the period.
    """
    asked = asked_of(course, law, "blood_donation/concerns", "no deferral of blood donation")
    if isinstance(asked, Outcome):
        return asked
    if course.started_on is not None:
        after = law.period(_DEFERRED_AFTER, course.today.day)
        return not_met(
            f"No blood donation during treatment, and for {after.value.in_words()} after the last dose.",
            needs=f"{after.value.in_words()} without a dose",
            whose_move="patient",
            values=(asked, after),
        )
    stop = ended_treatment(course)
    if stop is None:
        return not_applicable("No dose has been taken.", values=(asked,))
    until = ends_after(stop, law, _DEFERRED_AFTER)
    values = (asked, *until.values)
    if course.today.is_past(until.day):
        return met(f"Blood donation was deferred until {in_words(until.day)}.", facts=[stop], values=values)
    return not_met(
        f"No blood donation until {in_words(until.day)}, that day included.{until.remark}",
        needs="that day to be over",
        whose_move="patient",
        satisfiable_from=days_after(until.day, 1),
        facts=[stop],
        values=values,
    )
