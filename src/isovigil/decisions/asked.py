"""Does the programme ask this of this patient, and from which day can a new entry serve?"""

from __future__ import annotations

from datetime import date
from typing import Any

from isovigil.calendar.days import days_after, in_words
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, not_applicable, unknown
from isovigil.law.law import Law
from isovigil.law.value import Dated

EVERYONE = "everyone"
CAN_BECOME_PREGNANT = "can_become_pregnant"
UNDER_AGE = "under_age"
NOBODY = "nobody"


def asked_of(course: Course, law: Law, name: str, nothing: str) -> Dated[str] | Outcome:
    """The value that makes a requirement concern this patient today; or the outcome that says why it
    does not, or what must be known to tell.

    `name` is a value that says whom the requirement concerns: everyone, can_become_pregnant,
    under_age or nobody. `nothing` completes "This programme asks for ...", as in "no second prescriber".
    """
    today = course.today.day
    if not law.holds(name, today):
        return not_applicable(f"On this day this programme asks for {nothing}.", strength="local_default")
    concerns = law.word(name, today)
    if concerns.value == NOBODY:
        return not_applicable(
            f"Since {in_words(concerns.from_)} this programme asks for {nothing}.", values=(concerns,)
        )
    if concerns.value == UNDER_AGE:
        return _asked_under_age(course, law, concerns)
    if concerns.value == CAN_BECOME_PREGNANT:
        if course.can_become_pregnant is None:
            return category_not_recorded(concerns)
        if not course.can_become_pregnant:
            return not_applicable("The patient cannot become pregnant.", values=(concerns,))
    return concerns


def category_not_recorded(*values: Dated[Any]) -> Outcome:
    """No rule for one category is a pass while the category itself is unknown."""
    return unknown(
        "Nobody recorded whether the patient can become pregnant.",
        needs="whether the patient can become pregnant",
        whose_move="prescriber",
        values=values,
    )


def birth_date_not_recorded(*values: Dated[Any]) -> Outcome:
    """No rule about age is a pass while the age is unknown."""
    return unknown(
        "Nobody recorded the patient's date of birth.",
        needs="the patient's date of birth",
        whose_move="prescriber",
        values=values,
        task="record_fact",
    )


def _asked_under_age(course: Course, law: Law, concerns: Dated[str]) -> Dated[str] | Outcome:
    adult = law.number("eligibility/adult_age", course.today.day)
    if course.chart.is_at_least(int(adult.value)):
        return not_applicable(
            f"It concerns patients under {adult.value:g} years of age.", values=(concerns, adult)
        )
    return birth_date_not_recorded(concerns, adult) if course.patient.born_on is None else concerns


def is_under_age(course: Course, law: Law, day: date) -> bool | None:
    """Was the patient under age on a day, by the law of today? None when the date of birth is unknown."""
    age = course.chart.age_on(day)
    return None if age is None else age < law.number("eligibility/adult_age", course.today.day).value


def next_entry_day(course: Course) -> date:
    """The first day on which a new entry can serve the present cycle: today, or the day after the
    hand-over that ended the cycle before.
    """
    last = course.last_hand_over
    today = course.today.day
    return today if last is None else max(today, days_after(last.date, 1))


def joined(words: tuple[str, ...] | list[str]) -> str:
    """The words as a list in a sentence: ``a, b and c``."""
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last
