"""Was the patient asked about one matter before the start, and again for each prescription?

Shared by mental health and sexual function, which the programmes treat alike.
"""

from __future__ import annotations

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Questionnaire, Visit
from isovigil.decisions.asked import asked_of, next_entry_day
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import belongs_to_cycle
from isovigil.decisions.finding import Outcome, met, not_applicable, unknown
from isovigil.law.law import Law
from isovigil.law.value import Dated

_BRIEF = "brief"


def asked_before_start(course: Course, law: Law, topic: str) -> Outcome:
    """Is there an entry about the topic (`mental_health`, `sexual_function`) from before the start?"""
    matter = topic.replace("_", " ")
    asked = asked_of(course, law, f"{topic}/baseline_concerns", f"no entry on {matter} at the start")
    if isinstance(asked, Outcome):
        return asked
    tools = law.words(f"{topic}/tools", course.today.day)
    entries = [fact for fact in course.all(Questionnaire) if fact.tool in tools.value]
    if entries:
        return _entered(course, law, topic, entries, (asked, tools))
    return unknown(
        f"No entry on {matter} is recorded before the start.",
        needs=f"an entry on {matter} ({_named(tools)})",
        whose_move="patient",
        satisfiable_from=course.today.day,
        values=(asked, tools),
        task="questionnaire",
    )


def asked_for_this_prescription(course: Course, law: Law, topic: str) -> Outcome:
    """After the first prescription: is there an entry about the topic for this one?"""
    matter = topic.replace("_", " ")
    asked = asked_of(
        course, law, f"{topic}/follow_up_concerns", f"no entry on {matter} with each prescription"
    )
    if isinstance(asked, Outcome):
        return asked
    if not course.has_started:
        return not_applicable("The first prescription needs the baseline only.", values=(asked,))
    tools = law.words(f"{topic}/tools", course.today.day)
    entries = [
        fact
        for fact in course.all(Questionnaire)
        if fact.tool in tools.value and belongs_to_cycle(fact.date, course, law)
    ]
    if entries:
        return _entered(course, law, topic, entries, (asked, tools))
    return unknown(
        f"No entry on {matter} is recorded for this prescription.",
        needs=f"an entry on {matter} ({_named(tools)})",
        whose_move="patient",
        satisfiable_from=next_entry_day(course),
        values=(asked, tools),
        task="questionnaire",
    )


def _entered(
    course: Course,
    law: Law,
    topic: str,
    entries: list[Questionnaire],
    values: tuple[Dated[object], ...],
) -> Outcome:
    """The requirement is met; an entry kept brief before that was endorsed is to be looked at."""
    endorsed = [fact for fact in entries if _depth_is_endorsed(course, law, topic, fact)]
    entry = (endorsed or entries)[-1]
    name = f"{topic}/brief_entry_from_visit"
    if law.holds(name, course.today.day):
        values = (*values, law.number(name, course.today.day))
    return met(
        f"The entry on {topic.replace('_', ' ')} is of {in_words(entry.date)}"
        + ("." if endorsed else "; a brief one was not endorsed at that point."),
        facts=[entry],
        values=values,
        amber=not endorsed,
    )


def _depth_is_endorsed(course: Course, law: Law, topic: str, entry: Questionnaire) -> bool:
    """Full enquiry at first; a brief one from so many appointments on, since the day it was endorsed."""
    if entry.depth != _BRIEF or not law.holds(f"{topic}/full_entry_expected", entry.date):
        return True
    name = f"{topic}/brief_entry_from_visit"
    if not law.holds(name, entry.date):
        return False
    appointments = {visit.date for visit in course.all(Visit) if visit.date <= entry.date}
    return len(appointments) >= law.number(name, entry.date).value


def _named(tools: Dated[tuple[str, ...]]) -> str:
    return ", ".join(tool.replace("_", " ") for tool in tools.value)
