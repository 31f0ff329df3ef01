"""Which of the draws made did the chosen policy need, and which were extra?"""

from __future__ import annotations

from datetime import date
from itertools import pairwise, takewhile

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Laboratory
from isovigil.decisions.course import Course
from isovigil.decisions.laboratory_results import is_above, name_of, results_on_treatment, worst_reading
from isovigil.decisions.laboratory_schedule import Schedule, scheduled_draws
from isovigil.law.law import Law


def parsimony_in_words(course: Course, law: Law, schedule: Schedule) -> str:
    """How many draws were asked for: ``2 draws since the first dose: 1 asked for, 1 extra (3 May 2024)``.

    A draw is asked for when it is the first to serve a scheduled one, or follows an abnormal result.
    Empty before the first draw.
    """
    draws = _draws(course)
    if not draws:
        return ""
    days = sorted(draws)
    needed = _needed(course, law, schedule, days) | _after_an_abnormal_one(draws, days)
    extra = [day for day in days if day not in needed]
    analytes = {fact.analyte for facts in draws.values() for fact in facts}
    beside = sorted(name_of(name) for name in analytes - set(schedule.analytes.value))
    plural = "" if len(days) == 1 else "s"
    says = f"{len(days)} draw{plural} since the first dose: {len(needed)} asked for, {len(extra)} extra"
    if extra:
        named = ", ".join(in_words(day) for day in extra[-2:])
        says += f" ({named})"
    return says + (f"; not asked for: {', '.join(beside)}." if beside else ".")


def _draws(course: Course) -> dict[date, list[Laboratory]]:
    draws: dict[date, list[Laboratory]] = {}
    for analyte in course.blood_results:
        for fact in results_on_treatment(course, analyte):
            draws.setdefault(fact.taken_on, []).append(fact)
    return draws


def _needed(course: Course, law: Law, schedule: Schedule, days: list[date]) -> set[date]:
    """The first draw that serves each scheduled one that can have been served by now."""
    last = days[-1]
    asked = takewhile(lambda one: one.counts_from <= last, scheduled_draws(course, law, schedule.plan.value))
    return {next(day for day in days if day >= one.counts_from) for one in asked}


def _after_an_abnormal_one(draws: dict[date, list[Laboratory]], days: list[date]) -> set[date]:
    return {later for earlier, later in pairwise(days) if any(_is_abnormal(fact) for fact in draws[earlier])}


def _is_abnormal(fact: Laboratory) -> bool:
    return fact.upper_limit is not None and is_above(worst_reading(fact), fact.upper_limit)
