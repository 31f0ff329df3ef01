"""Until when does the patient give no blood?"""

from __future__ import annotations

from isovigil.calendar.days import in_words
from isovigil.decisions.asked import asked_of
from isovigil.decisions.course import Course
from isovigil.decisions.ended_treatment import ends_after
from isovigil.decisions.finding import Outcome, met, not_applicable
from isovigil.decisions.rule import rule
from isovigil.law.law import Law

_DEFERRED_AFTER = "blood_donation/deferred_after"


@rule("blood_donation.deferred_until")
def deferred_until(course: Course, law: Law) -> Outcome:
    """Until when does the patient give no blood?

    During treatment, and after the last dose up to and including the last day of the period. Nobody records
    that no blood was given, so this is advice that stands and never something open.
    """
    asked = asked_of(course, law, "blood_donation/concerns", "no deferral of blood donation")
    if isinstance(asked, Outcome):
        return asked
    if course.started_on is not None:
        after = law.period(_DEFERRED_AFTER, course.today.day)
        return met(
            f"No blood donation during treatment, nor for {after.value.in_words()} after the last dose.",
            values=(asked, after),
        )
    stop = course.ended_treatment
    if stop is None:
        return not_applicable("No dose has been taken.", values=(asked,))
    until = ends_after(stop, law, _DEFERRED_AFTER)
    values = (asked, *until.values)
    if course.today.is_past(until.day):
        return not_applicable(
            f"Blood donation was deferred until {in_words(until.day)} and is possible again.",
            facts=[stop],
            values=values,
        )
    return met(
        f"No blood donation until {in_words(until.day)}, that day included.{until.remark}",
        facts=[stop],
        values=values,
    )
