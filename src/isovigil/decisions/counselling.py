"""Was the patient counselled for this cycle?"""

from __future__ import annotations

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Counselling
from isovigil.decisions.asked import asked_of, category_not_recorded, next_entry_day
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import belongs_to_cycle, hand_over_window, is_open_now
from isovigil.decisions.finding import Outcome, met, not_met, unknown
from isovigil.decisions.rule import PRESCRIBE_AND_DISPENSE, rule
from isovigil.law.law import Law
from isovigil.law.value import Dated

_MONTHLY = "monthly"


@rule("counselling.recorded", gates=PRESCRIBE_AND_DISPENSE)
def recorded(course: Course, law: Law) -> Outcome:
    """Is the counselling that this prescription needs recorded?"""
    today = course.today.day
    asked = asked_of(course, law, "counselling/concerns", "no record of counselling")
    if isinstance(asked, Outcome):
        return asked
    if course.can_become_pregnant is None:
        return category_not_recorded(asked)
    name = "counselling/frequency"
    if not course.can_become_pregnant:
        name = "counselling/frequency_if_cannot_become_pregnant"
    frequency = law.word(name, today)
    values = (asked, frequency)
    counselled = course.all(Counselling)
    if not counselled:
        return unknown(
            "No counselling is recorded for this course.",
            needs="a record of counselling",
            whose_move="prescriber",
            satisfiable_from=today,
            values=values,
            task="counselling",
        )
    if frequency.value == _MONTHLY:
        if not course.can_become_pregnant:
            return _opens_a_window(course, law, counselled[-1], values)
        if course.has_started:
            return _in_this_cycle(course, law, counselled, values)
    return met(
        f"The patient was counselled on {in_words(counselled[-1].date)}.",
        facts=[counselled[-1]],
        values=values,
    )


def _in_this_cycle(
    course: Course, law: Law, counselled: list[Counselling], values: tuple[Dated[object], ...]
) -> Outcome:
    """Each month anew: the counselling belongs to the cycle of the test that opens the window."""
    serving = [fact for fact in counselled if belongs_to_cycle(fact.date, course, law)]
    if serving:
        return met(
            f"The patient was counselled for this cycle on {in_words(serving[-1].date)}.",
            facts=[serving[-1]],
            values=values,
        )
    return _belongs_to_an_earlier_one(course, counselled[-1], values)


def _opens_a_window(
    course: Course, law: Law, latest: Counselling, values: tuple[Dated[object], ...]
) -> Outcome:
    """For those who cannot become pregnant it is the counselling itself that opens the window."""
    opened = hand_over_window(course, law)
    if opened is None:
        return _belongs_to_an_earlier_one(course, latest, values)
    values = (*values, law.value(opened.value_name, opened.window.opens_on))
    if is_open_now(course, law, opened.window):
        return met(
            f"The patient was counselled on {in_words(opened.window.opens_on)}.",
            facts=[opened.opened_by],
            values=values,
        )
    return _belongs_to_an_earlier_one(course, latest, values)


def _belongs_to_an_earlier_one(
    course: Course, latest: Counselling, values: tuple[Dated[object], ...]
) -> Outcome:
    return not_met(
        f"The last counselling, of {in_words(latest.date)}, belongs to an earlier cycle.",
        needs="a record of counselling for this cycle",
        whose_move="prescriber",
        satisfiable_from=next_entry_day(course),
        facts=[latest],
        values=values,
        task="counselling",
    )
