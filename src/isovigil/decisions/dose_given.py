"""How much isotretinoin has the patient been handed, for each kilogram of body weight?"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from isovigil.case.kinds import CapsuleCount, Dispense, Prescription, Return, Weight
from isovigil.decisions.course import Course
from isovigil.law.law import Law


class DoseGiven(NamedTuple):
    """Cumulative mg/kg of a course: in conventional equivalents, and as printed on the capsules."""

    equivalent: float
    nominal: float


def weight_on(course: Course, day: date) -> Weight | None:
    """The last weight recorded by a day; before the first one, the first."""
    weights = course.chart.all(Weight)
    earlier = [weight for weight in weights if weight.date <= day]
    found = earlier or weights[:1]
    return found[-1] if found else None


def prescription_of(course: Course, hand_over: Dispense) -> Prescription | None:
    """The prescription a hand-over was made on: the one it names, else the last one before it."""
    named = [fact for fact in course.prescriptions if fact.id == hand_over.prescription]
    earlier = [fact for fact in course.prescriptions if fact.issued_on <= hand_over.date]
    found = named or earlier
    return found[-1] if found else None


def milligrams(capsules: tuple[CapsuleCount, ...]) -> float:
    """The isotretinoin printed on some capsules, in mg."""
    return sum(item.mg * item.count for item in capsules)


def milligrams_handed_over(course: Course, hand_over: Dispense) -> float | None:
    """The mg of one hand-over: its capsules, else the prescribed daily dose for its days."""
    if hand_over.capsules is not None:
        return milligrams(hand_over.capsules)
    prescription = prescription_of(course, hand_over)
    return None if prescription is None else prescription.daily_dose_mg * hand_over.days_supply


def product_of(course: Course, hand_over: Dispense) -> str:
    """The product family handed over: as recorded, else as prescribed."""
    if hand_over.product is not None:
        return hand_over.product
    prescription = prescription_of(course, hand_over)
    return "conventional" if prescription is None else prescription.product


def dose_given(course: Course, law: Law) -> DoseGiven | None:
    """Capsules handed over minus returned, each part divided by the weight of its own day.

    None when nothing was handed over, no weight is known, or an amount cannot be told: a part of
    the sum would read as the whole.
    """
    if not course.hand_overs:
        return None
    equivalent = nominal = 0.0
    product = "conventional"
    for hand_over in course.hand_overs:
        amount = milligrams_handed_over(course, hand_over)
        weight = weight_on(course, hand_over.date)
        if amount is None or weight is None:
            return None
        product = product_of(course, hand_over)
        nominal += amount / weight.kg
        equivalent += amount * equivalence(law, product, hand_over.date) / weight.kg
    for returned in course.all(Return):
        weight = weight_on(course, returned.date)
        if weight is None:
            return None
        amount = milligrams(returned.capsules)
        nominal -= amount / weight.kg
        equivalent -= amount * equivalence(law, product, returned.date) / weight.kg
    return DoseGiven(equivalent, nominal)


def equivalence(law: Law, product: str, on: date) -> float:
    """How many mg of a conventional product one mg of this product stands for."""
    return law.number(f"dose/conventional_equivalent_{product}", on).value
