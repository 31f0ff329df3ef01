"""How does a plan read: as an agenda, as a drawing, as a calendar?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Final

import msgspec
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from isovigil.decisions.plan_parts import Plan, Step
from isovigil.usecases.record.plan_read import PlanRead
from isovigil.web.calculator.calendars import Entry
from isovigil.web.charts import Bar, BarLane, Drawn, Tick, TickLane, timeline
from isovigil.web.components import Cell, Column, Row, Table, Words
from isovigil.web.plan.words import NEUTRAL, NEUTRAL_TITLES, OF_THE_CLINIC, SHORT, STEPS, WHO

_MOST_MOVED: Final = 12
_WEEKDAY_AND_DAY: Final = "l"


class StepShown(msgspec.Struct, frozen=True):
    """One step of one day."""

    words: Words
    who: Words
    latest: date | None
    slack: int | None
    says: str
    """In the engine's words; only for staff, and only where the step's own words say too little."""


class DayShown(msgspec.Struct, frozen=True):
    """One day of the agenda."""

    day: date
    weekday: str
    steps: tuple[StepShown, ...]


def agenda(plan: Plan, *, for_patient: bool = False) -> list[DayShown]:
    """The steps by their days, the next first; for a patient without the clinic's own paperwork."""
    told = [step for step in plan.steps if not (for_patient and _is_paperwork(step))]
    days = groupby(sorted(told, key=lambda step: step.on), key=lambda step: step.on)
    return [
        DayShown(day, date_format(day, _WEEKDAY_AND_DAY), tuple(_each_once(steps))) for day, steps in days
    ]


def _each_once(steps: Iterable[Step]) -> Iterator[StepShown]:
    """Two rules may ask for the same step on the same day; a reader does it once."""
    told = set()
    for step in steps:
        mark = (step.what, step.who, step.latest, step.says if step.what in OF_THE_CLINIC else "")
        if mark not in told:
            told.add(mark)
            yield _shown(step)


def _is_paperwork(step: Step) -> bool:
    return step.what in OF_THE_CLINIC and step.who not in ("patient", "carer")


def _shown(step: Step) -> StepShown:
    words, who = STEPS.get(step.what, step.what), WHO.get(step.who, step.who)
    return StepShown(words, who, step.latest, step.slack, step.says if step.what in OF_THE_CLINIC else "")


def drawn_plan(plan: Plan) -> Drawn | None:
    """The windows as bars, and a row of marks for each kind of step; None where there is no step."""
    if not plan.steps:
        return None
    rows: dict[str, list[Tick]] = {}
    for step in plan.steps:
        said = SHORT.get(step.what, STEPS.get(step.what, step.what))
        rows.setdefault(str(said), []).append(Tick(step.on, said))
    lanes = (
        BarLane(_("Hand-over"), tuple(_windows(plan))),
        TickLane(_("Steps"), tuple((name, tuple(ticks)) for name, ticks in rows.items())),
    )
    last = max(step.latest or step.on for step in plan.steps)
    return timeline(lanes, plan.on, max(last, plan.until), plan.on, name="plan")


def _windows(plan: Plan) -> Iterator[Bar]:
    for step in plan.steps:
        if step.what == "dispense":
            yield Bar(
                step.earliest, step.latest or step.on, _("Hand-over %(n)s") % {"n": step.cycle}, "ready"
            )


def moved_table(read: PlanRead) -> Table:
    """What a supposition changes, the first of it."""
    return Table(
        _("What that changes"),
        (Column(_("Step")), Column(_("Month of treatment")), Column(_("As planned")), Column(_("Then"))),
        tuple(
            Row(
                (
                    Cell(STEPS.get(each.what, each.what)),
                    Cell(str(each.cycle) if each.cycle else ""),
                    Cell(_day(each.before)),
                    Cell(_day(each.after)),
                )
            )
            for each in read.moved[:_MOST_MOVED]
        ),
        empty=_("Nothing: every step stays on its day."),
    )


def moves_not_followed(read: PlanRead) -> list[str]:
    """Which moves the rules, the clinic or the patient leave no room for."""
    return [
        _("%(step)s on %(day)s: no plan can follow that. The plan below is without it.")
        % {"step": STEPS.get(move.what, move.what), "day": date_format(move.on)}
        for move in read.not_followed
    ]


def _day(day: date | None) -> str:
    return _("not planned") if day is None else date_format(day)


def entries(plan: Plan) -> tuple[Entry, ...]:
    """The plan for a calendar: one entry a day and place, under a title that tells others nothing."""
    told: dict[tuple[date, str], Entry] = {}
    for step in sorted(plan.steps, key=lambda step: step.on):
        if _is_paperwork(step):
            continue
        title = str(NEUTRAL_TITLES.get(step.what, NEUTRAL))
        letter = title[:1]
        told.setdefault((step.on, title), Entry(letter, title, title, step.on, step.on))
    return tuple(told.values())


def legend(told: tuple[Entry, ...]) -> list[tuple[str, str]]:
    """What each letter of the calendar stands for."""
    return list(dict.fromkeys((each.letter, each.title) for each in told))


def remarks_shown(plan: Plan) -> list[str]:
    """What a reader must know beside the steps, in the language of the page."""
    told = [_("The last dose is planned for %(day)s.") % {"day": date_format(plan.until)}]
    gap = plan.days_without_capsules
    if gap:
        said = ngettext(
            "Without capsules on the way: %(days)s day.", "Without capsules on the way: %(days)s days.", gap
        )
        told.append(said % {"days": gap})
    told.append(_("Planned tests are supposed to be negative, and every step to be done on its day."))
    return told
