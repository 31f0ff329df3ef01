"""What does a plan in words say: how much, how often, with what food, until when?

Accepted, in any order inside a step, with steps joined by ``then``::

    40 mg twice daily with food until 120 mg/kg
    0.5 mg/kg daily for 4 weeks then 1 mg/kg daily with a high-fat meal until 150 mg/kg
    20 mg on alternate days, fasted, micronised, for 24 weeks, then nothing for 4 weeks

An amount followed by a number of times is the amount of each dose; ``mg/day`` and ``mg/kg/day``
are the amount of a day, shared between its doses. ``with food`` is an ordinary meal. A month is
counted as 30 days. A plan that says nothing about food is read as an ordinary meal, and says so.
"""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from isovigil.forecast.doses import HOURS_PER_DAY, Dose, DoseHistory, Meal, Product

Word = TypeVar("Word", Meal, Product)

LONGEST_PLAN_DAYS = 3 * 366
EXAMPLE = "40 mg twice daily with food until 120 mg/kg"
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_AMOUNT = re.compile(rf"{_NUMBER}\s*(mg\s*/\s*kg|mg)(\s*/\s*(?:day|d)\b)?")
_UNTIL = re.compile(
    rf"\b(?:until|to|up to)\s+(?:a\s+(?:total|cumulative dose)\s+of\s+)?{_NUMBER}\s*(mg\s*/\s*kg|mg)\b"
)
_FOR = re.compile(rf"\bfor\s+{_NUMBER}\s*(day|week|month)s?\b")
_EVERY = re.compile(r"\bevery\s+(\d+)\s+days\b")
_OFTEN: tuple[tuple[str, float, float], ...] = (
    (r"\bthree times (?:daily|a day|per day)\b|\btds\b|\btid\b", 3.0, 1.0),
    (r"\btwice (?:daily|a day|per day)\b|\bbd\b|\bbid\b", 2.0, 1.0),
    (r"\b(?:on )?alternate days\b|\bevery other day\b|\bevery second day\b", 1.0, 2.0),
    (r"\b(?:once )?(?:daily|a day|per day|every day|each day)\b|\bod\b|\bqd\b", 1.0, 1.0),
)
_MEALS: tuple[tuple[str, Meal], ...] = (
    (r"\bwith (?:a |an )?(?:high[- ]fat|fatty) (?:meal|meals|food|breakfast)\b", Meal.HIGH_FAT),
    (r"\bfasted\b|\bfasting\b|\bwithout food\b|\bon an empty stomach\b", Meal.FASTED),
    (r"\bwith (?:a |an |the )?(?:standard |ordinary )?(?:food|meals?|breakfast|dinner)\b", Meal.STANDARD),
)
_PRODUCTS: tuple[tuple[str, Product], ...] = (
    (r"\blidose\b", Product.LIDOSE),
    (r"\bmicroni[sz]ed\b", Product.MICRONISED),
    (r"\bconventional\b", Product.CONVENTIONAL),
)
_PAUSE = re.compile(r"\b(?:nothing|pause|stop|off|no drug)\b")
_FILLER = re.compile(r"\b(?:isotretinoin|capsules?|by mouth|of|and|in|doses?|taken|at|a)\b|[,.]")


class PlanNotUnderstood(ValueError):
    """A plan in words that cannot be read; every problem is listed with what is accepted."""

    def __init__(self, text: str, problems: list[str]) -> None:
        self.problems = tuple(problems)
        listed = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f'The plan "{text}" was not understood:\n{listed}\nExample: {EXAMPLE}')


class Step(msgspec.Struct, frozen=True):
    """One stretch of a plan. ``amount`` is one dose in mg or in mg/kg; 0 is a pause.

    Exactly one of ``days``, ``until_mg_per_kg`` and ``until_mg`` says when it ends; the two last
    count everything swallowed since the start of the course.
    """

    amount: float
    per_kg: bool
    every_h: float
    meal: Meal
    product: Product
    days: float | None = None
    until_mg_per_kg: float | None = None
    until_mg: float | None = None


class Plan(msgspec.Struct, frozen=True):
    """A plan as read, in its own words, with what had to be assumed."""

    text: str
    steps: tuple[Step, ...]
    assumptions: tuple[str, ...] = ()

    def doses(self, weight_kg: float, *, already_mg: float = 0.0, first_at_h: float = 0.0) -> DoseHistory:
        """The doses for a person of ``weight_kg`` who already took ``already_mg`` in this course.

        Raises PlanNotUnderstood when the plan would run longer than three years.
        """
        doses: list[Dose] = []
        total, at_h = already_mg, first_at_h
        for step in self.steps:
            mg = step.amount * (weight_kg if step.per_kg else 1.0)
            end_h = at_h + step.days * HOURS_PER_DAY if step.days is not None else float("inf")
            enough = _enough_mg(step, weight_kg)
            while at_h < end_h - 1e-6 and total < enough - 1e-6:
                if mg > 0:
                    doses.append(Dose(at_h, mg, step.meal, step.product))
                    total += mg
                at_h += step.every_h
                if at_h - first_at_h > LONGEST_PLAN_DAYS * HOURS_PER_DAY:
                    raise PlanNotUnderstood(self.text, [_too_long(step, weight_kg)])
            if step.days is not None:
                at_h = end_h
        return DoseHistory.of(doses)


def read_plan(text: str) -> Plan:
    """The plan that ``text`` describes; raises PlanNotUnderstood naming every problem."""
    problems: list[str] = []
    assumptions: list[str] = []
    steps: list[Step] = []
    meal, product = None, Product.CONVENTIONAL
    for number, part in enumerate(re.split(r"\bthen\b|;", text.lower()), start=1):
        step, meal, product, assumed = _read_step(part, number, meal, product, problems)
        assumptions += [said for said in assumed if said not in assumptions]
        if step is not None:
            steps.append(step)
    if problems:
        raise PlanNotUnderstood(text, problems)
    return Plan(text=text.strip(), steps=tuple(steps), assumptions=tuple(assumptions))


def _read_step(
    part: str, number: int, meal: Meal | None, product: Product, problems: list[str]
) -> tuple[Step | None, Meal | None, Product, list[str]]:
    """One step; food and product carry over from the step before unless said again."""
    before = len(problems)
    assumed: list[str] = []
    rest, ends = _take_end(part, number, problems)
    rest, paused = _take(rest, _PAUSE)
    rest, amount = _take(rest, _AMOUNT)
    rest, times, every_days = _take_often(rest)
    rest, said_meal = _take_word(rest, _MEALS)
    rest, said_product = _take_word(rest, _PRODUCTS)
    meal, product = said_meal or meal, said_product or product
    left = " ".join(_FILLER.sub(" ", rest).split())
    if left:
        problems.append(f'step {number}: "{left}" has no meaning here')
    if amount is None and paused is None:
        problems.append(f"step {number}: no amount; write for example 40 mg or 0.5 mg/kg")
    if amount is not None and paused is not None:
        problems.append(f"step {number}: both an amount and a pause")
    size = float(amount.group(1).replace(",", ".")) if amount else 0.0
    per_day = bool(amount and amount.group(3))
    if amount and size <= 0:
        problems.append(f"step {number}: the amount is {size:g}; it must be above 0")
    if amount and times is None and not per_day:
        problems.append(f"step {number}: how often? write daily, twice daily or on alternate days")
    if meal is None and amount:
        meal = Meal.STANDARD
        assumed.append("food not said: read as taken with an ordinary meal")
    if len(problems) > before:
        return None, meal, product, assumed
    doses_a_day = times or 1.0
    return (
        Step(
            amount=size / doses_a_day if per_day else size,
            per_kg=bool(amount and "kg" in amount.group(2)),
            every_h=HOURS_PER_DAY * every_days / doses_a_day,
            meal=meal or Meal.STANDARD,
            product=product,
            **ends,
        ),
        meal,
        product,
        assumed,
    )


def _take_end(part: str, number: int, problems: list[str]) -> tuple[str, dict[str, float]]:
    """When the step ends, cut out of its words."""
    rest, until = _take(part, _UNTIL)
    rest, length = _take(rest, _FOR)
    if until and length:
        problems.append(f"step {number}: both a length and a total; say one of them")
    if not until and not length:
        problems.append(f"step {number}: no end; write for example until 120 mg/kg or for 24 weeks")
    if until:
        total = float(until.group(1).replace(",", "."))
        return rest, {"until_mg_per_kg" if "kg" in until.group(2) else "until_mg": total}
    if length:
        days = float(length.group(1).replace(",", "."))
        days *= {"day": 1.0, "week": 7.0, "month": 30.0}[length.group(2)]
        if not 0 < days <= LONGEST_PLAN_DAYS:
            problems.append(f"step {number}: {days:g} days; a plan lasts up to {LONGEST_PLAN_DAYS} days")
        return rest, {"days": days}
    return rest, {}


def _take(text: str, pattern: re.Pattern[str]) -> tuple[str, re.Match[str] | None]:
    """The first match of ``pattern`` and the text without it."""
    found = pattern.search(text)
    return (text[: found.start()] + " " + text[found.end() :], found) if found else (text, None)


def _take_often(text: str) -> tuple[str, float | None, float]:
    """Doses on a dosing day and days from one to the next, cut out of the words."""
    rest, every = _take(text, _EVERY)
    if every:
        return rest, 1.0, float(every.group(1))
    for pattern, times, days in _OFTEN:
        rest, found = _take(text, re.compile(pattern))
        if found:
            return rest, times, days
    return text, None, 1.0


def _take_word(text: str, words: tuple[tuple[str, Word], ...]) -> tuple[str, Word | None]:
    """The first of ``words`` that occurs, cut out of the text."""
    for pattern, word in words:
        rest, found = _take(text, re.compile(pattern))
        if found:
            return rest, word
    return text, None


def _enough_mg(step: Step, weight_kg: float) -> float:
    """Milligrams of the whole course at which the step ends."""
    if step.until_mg_per_kg is not None:
        return step.until_mg_per_kg * weight_kg
    return step.until_mg if step.until_mg is not None else float("inf")


def _too_long(step: Step, weight_kg: float) -> str:
    goal = f"{step.until_mg_per_kg:g} mg/kg" if step.until_mg_per_kg else f"{step.until_mg or 0:g} mg"
    return f"at {weight_kg:g} kg the plan would take more than three years to reach {goal}"
