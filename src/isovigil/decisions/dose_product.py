"""Do the product, its food and the patient's kidneys and liver fit the dose?"""

from __future__ import annotations

from typing import Any, cast

from isovigil.calendar.days import days_between
from isovigil.case.kinds import CapsuleCount, Condition, Dispense, Intake, Prescription, Weight
from isovigil.decisions.advice import advised, nothing_asked
from isovigil.decisions.asked import joined
from isovigil.decisions.clearing import cleared_by
from isovigil.decisions.course import Course
from isovigil.decisions.dose import NOTHING_PRESCRIBED
from isovigil.decisions.dose_given import prescription_of
from isovigil.decisions.finding import Action, Outcome, not_applicable
from isovigil.decisions.rule import rule
from isovigil.decisions.untold import untold
from isovigil.decisions.whole_capsules import CapsulePlan, whole_capsules
from isovigil.law.law import Law
from isovigil.law.value import Dated

_FORMULATION = "dose.formulation"
_ORGANS = "dose.organ_function"
_LIVER, _KIDNEYS = "liver_insufficiency", "renal_impairment_severe"
_WITH_MEAL = "with_meal"
_IN_DOSES = {"twice": "in two doses a day", "once_or_twice": "in one or two doses a day"}


@rule(_FORMULATION, clinical=True, never_holds=True)
def formulation(course: Course, law: Law) -> Outcome:
    """Is the daily dose made of whole capsules of one product, and was that product handed over?

    Clinical specification B1 and B-6: products share strengths and are not interchangeable.
    """
    prescription = course.latest_prescription
    today = course.today.day
    family = "conventional" if prescription is None else prescription.product
    held = law.value(f"dose/capsules_{family}", today)
    often = law.word("dose/daily_frequency", today)
    values = (held, often)
    if prescription is None:
        return not_applicable(NOTHING_PRESCRIBED, values=values)
    swapped = _handed_over_as_another_product(course)
    if swapped is not None:
        return _recheck(
            f"{swapped.product} capsules were handed over on a prescription of another product, and the two "
            "are not interchangeable.",
            "a review of the dose, and the product that was prescribed",
            [swapped],
            values,
        )
    strange = _strengths_not_held(prescription.capsules, held)
    if strange:
        return _recheck(
            f"There is no {family} capsule of {joined(strange)} mg.",
            f"capsules of this product: {joined([f'{mg:g}' for mg in held.value['mg']])} mg",
            [prescription],
            values,
        )
    weight = course.chart.latest(Weight)
    plan = whole_capsules(
        prescription.daily_dose_mg, held.value["mg"], weight_kg=None if weight is None else weight.kg
    )
    if plan is not None and plan.daily_mg != prescription.daily_dose_mg and prescription.capsules is None:
        return _recheck(
            f"{prescription.daily_dose_mg:g} mg a day cannot be made of whole {family} capsules.",
            f"a daily dose in whole capsules, the nearest is {_told(plan)}",
            [prescription],
            values,
        )
    return nothing_asked(
        f"{'' if plan is None else _told(plan) + ', '}{_IN_DOSES.get(often.value, often.value)}.",
        facts=[prescription],
        values=values,
    )


def _recheck(says: str, needs: str, facts: list[Any], values: tuple[Dated[Any], ...]) -> Outcome:
    return advised(
        "recheck", says, needs=needs, whose_move="prescriber", facts=facts, values=values, task="prescription"
    )


def _handed_over_as_another_product(course: Course) -> Dispense | None:
    last = course.hand_overs[-1] if course.hand_overs else None
    if last is None or last.product is None:
        return None
    prescribed: Prescription | None = prescription_of(course, last)
    return last if prescribed is not None and prescribed.product != last.product else None


def _strengths_not_held(capsules: tuple[CapsuleCount, ...] | None, held: Dated[Any]) -> list[str]:
    return [f"{item.mg:g}" for item in capsules or () if item.mg not in held.value["mg"]]


def _told(plan: CapsulePlan) -> str:
    """A day's capsules in words, with the dose they make."""
    capsules = " and ".join(f"{count} of {mg:g} mg" for mg, count in plan.a_day)
    per_kg = "" if plan.daily_mg_per_kg is None else f", {plan.daily_mg_per_kg:.2f} mg/kg"
    return f"{plan.daily_mg:g} mg a day ({capsules}{per_kg})"


@rule("dose.food", clinical=True, never_holds=True)
def food(course: Course, law: Law) -> Outcome:
    """Is a product that needs a meal taken with one?

    Rule B-2: taken without food on more than half of the days, a conventional product may deliver
    less than half of the nominal dose.
    """
    prescription = course.latest_prescription
    today = course.today.day
    family = "conventional" if prescription is None else prescription.product
    taken = law.word(f"dose/food_{family}", today)
    if prescription is None:
        return not_applicable(NOTHING_PRESCRIBED, values=(taken,))
    if taken.value != _WITH_MEAL:
        return nothing_asked(f"A {family} product is taken with or without food.", values=(taken,))
    share = law.number("dose/fasted_share", today)
    told = [fact for fact in course.all(Intake) if fact.with_food is not None]
    values = (taken, share)
    if not told:
        if course.started_on is None:
            return nothing_asked(f"A {family} product is taken with a meal.", values=values)
        return untold(
            f"A {family} product is taken with a meal, and nobody recorded whether it is.",
            needs="whether the capsules are taken with food",
            whose_move="patient",
            values=values,
        )
    fasted = sum(_days(fact) for fact in told if not fact.with_food)
    days = sum(_days(fact) for fact in told)
    if fasted / days > share.value:
        exposure = law.number(f"dose/fasted_exposure_{family}", today)
        return advised(
            "recheck",
            f"Taken without food on {fasted} of {days} days, where a capsule delivers about "
            f"{exposure.value:.0%} of what it does with a meal: the cumulative dose is less than it seems.",
            needs="the capsules taken with a meal, or a product that needs none",
            whose_move="patient",
            facts=told,
            values=(*values, exposure),
        )
    return nothing_asked(f"Taken with food on {days - fasted} of {days} days.", facts=told, values=values)


def _days(span: Intake) -> int:
    return days_between(span.from_, span.to) + 1


@rule(_ORGANS, clinical=True)
def organ_function(course: Course, law: Law) -> Outcome:
    """Do liver or kidneys ask for another dose, or for none?

    Clinical specification B5 and A4: liver insufficiency and severe renal impairment.
    """
    today = course.today.day
    liver = law.word("dose/hepatic_insufficiency", today)
    kidneys = law.word("dose/severe_renal_start", today)
    present = course.chart.open_saying(Condition, (_LIVER, _KIDNEYS))
    failing = [fact for fact in present if fact.what == _LIVER]
    if failing:
        outcome = _liver(course, failing[-1], liver)
        if outcome is not None:
            return outcome
    impaired = [fact for fact in present if fact.what == _KIDNEYS]
    if impaired and kidneys.value == "low":
        return _kidneys(course, law, impaired[-1], kidneys)
    return nothing_asked(
        "Nothing recorded about liver or kidneys asks for another dose.",
        facts=[*failing, *impaired],
        values=(liver, kidneys),
        amber=bool(failing or impaired),
    )


def _liver(course: Course, condition: Condition, policy: Dated[str]) -> Outcome | None:
    blocks = policy.value == "block"
    who = ("hepatology", "specialist")
    if not blocks and cleared_by(course, _ORGANS, condition, needs_assessment=cast(Any, who)) is not None:
        return None
    action: Action = "stop" if blocks else "hold"
    return advised(
        action,
        "Liver insufficiency is recorded.",
        needs="another treatment" if blocks else "a liver specialist's assessment and a decision about it",
        whose_move="prescriber" if blocks else "specialist",
        facts=[condition],
        values=(policy,),
        task=None if blocks else "specialist_review",
    )


def _kidneys(course: Course, law: Law, condition: Condition, policy: Dated[str]) -> Outcome:
    start = law.number("dose/severe_renal_start_mg", course.today.day)
    values = (policy, start)
    first = course.prescriptions[0] if course.prescriptions else None
    says = f"Severe renal impairment: treatment begins with {start.value:g} mg a day and is raised slowly."
    too_much = first is not None and first.daily_dose_mg > start.value
    latest = course.latest_prescription
    if (
        not too_much
        or latest is None
        or latest.daily_dose_mg <= start.value
        or cleared_by(course, _ORGANS, condition) is not None
    ):
        return nothing_asked(says, facts=[condition, latest], values=values, amber=True)
    return advised(
        "reduce",
        f"{says} The first prescription says {first.daily_dose_mg:g} mg." if first is not None else says,
        needs=f"{start.value:g} mg a day to begin with, or a decision about it",
        whose_move="prescriber",
        facts=[condition, latest],
        values=values,
        task="prescription",
    )
