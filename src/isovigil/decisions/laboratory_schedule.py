"""Which blood draws does the policy's schedule ask for, and which is the next that was not made?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from isovigil.calendar.days import Period, days_after
from isovigil.decisions.closer_monitoring import Reason, closer_because, liver_diseases
from isovigil.decisions.course import Course
from isovigil.decisions.dose_steps import at_peak_since, last_rise
from isovigil.decisions.laboratory_results import results_on_treatment
from isovigil.law.law import Law
from isovigil.law.value import Dated


class Schedule(NamedTuple):
    """The plan that applies to this patient: what is drawn, when, and why it is closer if it is."""

    analytes: Dated[tuple[str, ...]]
    plan: Dated[dict[str, Any]]
    reasons: list[Reason]


class Draw(NamedTuple):
    """One scheduled draw: the first day it can be made, its day, and from when a result serves it."""

    opens_on: date
    due_on: date
    counts_from: date


def schedule_of(course: Course, law: Law) -> Schedule:
    """The policy's schedule, or the closer one where something asks for it."""
    today = course.today.day
    reasons = closer_because(course, law)
    if not reasons:
        return Schedule(
            law.words("laboratory/analytes", today), law.value("laboratory/schedule", today), reasons
        )
    name = "liver_disease_schedule" if liver_diseases(course, law) else "closer_schedule"
    return Schedule(
        law.words("laboratory/closer_analytes", today), law.value(f"laboratory/{name}", today), reasons
    )


@cache
def _period(text: str) -> Period:
    return Period.parse(text)


def next_draw(course: Course, law: Law, schedule: Schedule) -> Draw | None:
    """The first scheduled draw that no result serves yet; None when all are made.

    A draw is served when every analyte has a result of the day it counts from, or later.
    """
    return next_draw_after(course, law, schedule, last_complete_draw(course, schedule.analytes.value))


def next_draw_after(course: Course, law: Law, schedule: Schedule, last: date | None) -> Draw | None:
    """The first scheduled draw that is not served if the last complete one was made on a day."""
    open_draws = []
    for draw in scheduled_draws(course, law, schedule.plan.value):
        if last is None or last < draw.counts_from:
            open_draws.append(draw)
            break
    rise = _after_dose_rise(course, law, schedule.plan.value)
    if rise is not None and (last is None or last < rise.counts_from):
        open_draws.append(rise)
    return min(open_draws, key=lambda draw: draw.due_on, default=None)


def last_complete_draw(course: Course, analytes: tuple[str, ...]) -> date | None:
    """The last day by which every analyte had been drawn on treatment; None where one never was."""
    days = []
    for analyte in analytes:
        taken = results_on_treatment(course, analyte)
        if not taken:
            return None
        days.append(taken[-1].taken_on)
    return min(days, default=None)


def scheduled_draws(course: Course, law: Law, plan: dict[str, Any]) -> Iterator[Draw]:
    """The draws of a plan, each due later than the one before; endless where the plan repeats."""
    started_on = course.started_on
    assert started_on is not None
    early = law.days("laboratory/draw_counts_from_days_before", started_on).value
    due = started_on
    for asked in plan["draws"]:
        if "after_peak_dose" in asked:
            yield from _at_peak_dose(course, asked, started_on, early)
            continue
        due = _period(asked["after"]).after(started_on)
        yield _draw(due, early)
    if "then_every" not in plan:
        return
    every = _period(plan["then_every"])
    anchor, steps = due, 0
    while True:
        steps += 1
        due = Period(every.count * steps, every.unit).after(anchor)
        yield _draw(due, early)


def _draw(due: date, early: int) -> Draw:
    opens = days_after(due, -early)
    return Draw(opens, due, opens)


def _at_peak_dose(course: Course, asked: dict[str, Any], started_on: date, early: int) -> Iterator[Draw]:
    """Peak dose plus the lag, and where the policy sets a last day, a first look by that day.

    The day of the first dose is day 1. A first look that was made at the lag after the start serves
    that day, however the dose went on to rise.
    """
    lag = asked["after_peak_dose"]
    at_peak = days_after(at_peak_since(course) or started_on, lag)
    if "no_later_than_day" in asked:
        last_day = days_after(started_on, asked["no_later_than_day"] - 1)
        if at_peak > last_day:
            yield Draw(days_after(last_day, -early), last_day, days_after(started_on, lag - early))
    yield _draw(at_peak, early)


def _after_dose_rise(course: Course, law: Law, plan: dict[str, Any]) -> Draw | None:
    lag, rose_on = plan.get("after_dose_rise"), last_rise(course)
    if lag is None or rose_on is None:
        return None
    early = law.days("laboratory/draw_counts_from_days_before", rose_on).value
    return _draw(days_after(rose_on, lag), early)
