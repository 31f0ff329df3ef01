"""Which capsules did the patient swallow in this course, as far as the record tells?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from isovigil.case.chart import Chart
from isovigil.case.kinds import (
    CapsuleCount,
    Dispense,
    Intake,
    Prescription,
    Return,
    Reversal,
    TreatmentStart,
    TreatmentStop,
)
from isovigil.forecast.doses import HOURS_PER_DAY, Dose, DoseHistory, Meal, Product

TWICE_DAILY = (
    "the hours of the doses are not recorded: each day's amount is read as two halves, 12 hours apart"
)
ALL_TAKEN = "where nothing is recorded about intake, every capsule handed over counts as taken"
ORDINARY_MEAL = "where nothing is recorded about food, doses count as taken with an ordinary meal"


class DosesOnRecord(NamedTuple):
    """The current course: its first day, its doses (hours from that day), and what was assumed.

    ``covered_until`` is the last day for which capsules were handed over; doses after the day asked
    about are still to come. ``stopped_on`` is the day of the last dose when treatment has ended.
    """

    first_day: date
    doses: DoseHistory
    covered_until: date
    stopped_on: date | None
    assumptions: tuple[str, ...]

    def cumulative_mg(self, until: date) -> float:
        """Milligrams swallowed up to and including a day."""
        hours = ((until - self.first_day).days + 1) * HOURS_PER_DAY - 1e-6
        return self.doses.cumulative_mg(hours)


class _Supply(NamedTuple):
    """Capsules handed over on one day: so much a day for so many days."""

    date: date
    mg_per_day: float
    days: int
    product: Product


def doses_on_record(chart: Chart) -> DosesOnRecord | None:
    """The doses of the latest course, or None when no hand-over counts.

    A course runs from its first hand-over (or recorded start) to the recorded stop. Supplies are
    used one after the other; a gap between them is a gap in treatment.
    """
    supplies, untold = _supplies(chart)
    stops = sorted(stop.date for stop in chart.all(TreatmentStop))
    if not supplies:
        return None
    before = [stop for stop in stops if stop < supplies[-1].date]
    after = [stop for stop in stops if stop >= supplies[-1].date]
    opened = before[-1] if before else date.min
    course = [supply for supply in supplies if supply.date > opened]
    starts = [start.date for start in chart.all(TreatmentStart) if start.date > opened]
    first = max(course[0].date, starts[0]) if starts else course[0].date
    stopped = after[0] if after else None
    days = _days_with_capsules(course, first, stopped)
    intakes = chart.all(Intake)
    doses: list[Dose] = []
    for day, mg, product in days:
        adherence, meal = _as_taken(intakes, day)
        at_h = (day - first).days * HOURS_PER_DAY
        doses += [Dose(at_h + hour, adherence * mg / 2.0, meal, product) for hour in (0.0, 12.0)]
    assumptions = [TWICE_DAILY]
    if any(not _told(intakes, day) for day, _, _ in days if day <= chart.today.day):
        assumptions.append(ALL_TAKEN)
    if any(_food(intakes, day) is None for day, _, _ in days if day <= chart.today.day):
        assumptions.append(ORDINARY_MEAL)
    history = DoseHistory.of(dose for dose in doses if dose.mg > 0)
    covered = days[-1][0] if days else first
    return DosesOnRecord(first, history, covered, stopped, (*assumptions, *untold))


def _supplies(chart: Chart) -> tuple[list[_Supply], list[str]]:
    """Every hand-over that stands, with its daily amount, and those whose amount nobody recorded."""
    reversals = (each.dispense for each in chart.all(Reversal) if each.dispense)
    undone = {entry for name in reversals for entry in chart.entries_of(name)}
    prescriptions = chart.all(Prescription)
    found, untold = [], []
    for handed in chart.all(Dispense):
        if handed.id and handed.id in undone:
            continue
        written = _prescription_of(chart, handed, prescriptions)
        if handed.capsules:
            per_day = _total_mg(handed.capsules) / handed.days_supply
        elif written is not None:
            per_day = written.daily_dose_mg
        else:
            untold.append(f"the hand-over of {handed.date} has no strength on record and is not counted")
            continue
        product = handed.product or (written.product if written is not None else "conventional")
        found.append(_Supply(handed.date, per_day, handed.days_supply, Product(product)))
    for returned in chart.all(Return):
        found = _without_returned(found, returned)
    return found, untold


def _prescription_of(
    chart: Chart, handed: Dispense, prescriptions: Sequence[Prescription]
) -> Prescription | None:
    """The prescription a hand-over names, else the latest one issued by its day."""
    entries = chart.entries_of(handed.prescription) if handed.prescription else frozenset()
    named = [each for each in prescriptions if each.id in entries]
    earlier = [each for each in prescriptions if each.issued_on <= handed.date]
    return named[-1] if named else earlier[-1] if earlier else None


def _without_returned(supplies: list[_Supply], returned: Return) -> list[_Supply]:
    """Shorten the last hand-over before the return by the days that came back."""
    places = [place for place, supply in enumerate(supplies) if supply.date <= returned.date]
    if not places:
        return supplies
    last = supplies[places[-1]]
    back = int(_total_mg(returned.capsules) / last.mg_per_day)
    shorter = last._replace(days=max(0, last.days - back))
    return [shorter if place == places[-1] else supply for place, supply in enumerate(supplies)]


def _total_mg(capsules: Sequence[CapsuleCount]) -> float:
    return sum(each.mg * each.count for each in capsules)


def _days_with_capsules(
    course: Sequence[_Supply], first: date, stopped: date | None
) -> list[tuple[date, float, Product]]:
    """Each day with its amount: supplies are used one after the other, none before it was handed over."""
    out: list[tuple[date, float, Product]] = []
    free_from = first
    for supply in course:
        day = max(free_from, supply.date)
        for _ in range(supply.days):
            if stopped is not None and day > stopped:
                return out
            out.append((day, supply.mg_per_day, supply.product))
            day += timedelta(days=1)
        free_from = day
    return out


def _told(intakes: Sequence[Intake], day: date) -> Intake | None:
    """The last recorded intake that covers the day."""
    covering = [intake for intake in intakes if intake.from_ <= day <= intake.to]
    return covering[-1] if covering else None


def _food(intakes: Sequence[Intake], day: date) -> bool | None:
    told = _told(intakes, day)
    return told.with_food if told is not None else None


def _as_taken(intakes: Sequence[Intake], day: date) -> tuple[float, Meal]:
    """Share of the day's amount taken, and with what meal; the average of a day, not its chance."""
    told = _told(intakes, day)
    meal = Meal.FASTED if _food(intakes, day) is False else Meal.STANDARD
    return (1.0 if told is None else told.adherence), meal
