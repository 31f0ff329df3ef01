"""How much isotretinoin has the patient been handed, for each kilogram of body weight?"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from isovigil.calendar.days import days_between
from isovigil.case.kinds import CapsuleCount, Dispense, Intake, Prescription, Return, Weight
from isovigil.decisions.course import Course
from isovigil.law.law import Law

_REFERENCE = "dose/weight_reference"
"""The policy's choice of the weight that divides the milligrams."""


class DoseGiven(NamedTuple):
    """Cumulative mg/kg of a course: in conventional equivalents, and as printed on the capsules."""

    equivalent: float
    nominal: float


def weight_on(course: Course, day: date) -> Weight | None:
    """The last weight recorded by a day; before the first one, the first."""
    weights = course.chart.all(Weight)
    for weight in reversed(weights):
        if weight.date <= day:
            return weight
    return weights[0] if weights else None


def reference_weight(course: Course, law: Law, day: date) -> Weight | None:
    """The weight that divides the milligrams of one day, by the policy's choice.

    `interval`: the weight of that day; `baseline`: the last before the first dose; `current`: the
    latest. (Clinical specification B-4.)
    """
    return _chosen_weight(course, law.word(_REFERENCE, course.today.day).value, day)


def _chosen_weight(course: Course, chosen: str, day: date) -> Weight | None:
    if chosen == "baseline":
        return weight_on(course, course.started_on or day)
    if chosen == "current":
        return course.chart.latest(Weight)
    return weight_on(course, day)


def prescription_of(course: Course, hand_over: Dispense) -> Prescription | None:
    """The prescription a hand-over was made on: the one it names, else the last one before it."""
    if hand_over.prescription is not None:
        entries = course.chart.entries_of(hand_over.prescription)
        for fact in reversed(course.prescriptions):
            if fact.id in entries:
                return fact
    for fact in reversed(course.prescriptions):
        if fact.issued_on <= hand_over.date:
            return fact
    return None


def milligrams(capsules: tuple[CapsuleCount, ...]) -> float:
    """The isotretinoin printed on some capsules, in mg."""
    return sum([item.mg * item.count for item in capsules])


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
    """Capsules handed over minus returned, each part divided by the weight the policy chose.

    None when nothing was handed over, no weight is known, or an amount cannot be told: a part of
    the sum would read as the whole. Worked out once for a course.
    """
    if not course.hand_overs:
        return None
    return course.remember("dose given", lambda: _add_up(course, law))


def _add_up(course: Course, law: Law) -> DoseGiven | None:
    equivalent = nominal = 0.0
    product = "conventional"
    chosen = law.word(_REFERENCE, course.today.day).value
    for hand_over in course.hand_overs:
        day = hand_over.date
        amount = milligrams_handed_over(course, hand_over)
        weight = _chosen_weight(course, chosen, day)
        if amount is None or weight is None:
            return None
        product = hand_over.product or product_of(course, hand_over)
        nominal += amount / weight.kg
        equivalent += amount * equivalence(law, product, day) / weight.kg
    for returned in course.all(Return):
        weight = _chosen_weight(course, chosen, returned.date)
        if weight is None:
            return None
        amount = milligrams(returned.capsules)
        nominal -= amount / weight.kg
        equivalent -= amount * equivalence(law, product, returned.date) / weight.kg
    return DoseGiven(equivalent, nominal)


def dose_taken(course: Course, law: Law) -> float | None:
    """Nominal mg/kg by account: the prescribed daily dose times the adherence of each recorded span.

    Spans that still run are left out. None when nothing was recorded, or no weight or prescription
    is known for a span. (Clinical specification B-4: shown beside what was handed over.)
    """
    spans = [fact for fact in course.all(Intake) if course.today.is_past(fact.to)]
    if not spans:
        return None
    taken = 0.0
    for span in spans:
        prescribed = [fact for fact in course.prescriptions if fact.issued_on <= span.from_]
        weight = reference_weight(course, law, span.from_)
        if not prescribed or weight is None:
            return None
        days = days_between(span.from_, span.to) + 1
        taken += prescribed[-1].daily_dose_mg * span.adherence * days / weight.kg
    return taken


def equivalence(law: Law, product: str, on: date) -> float:
    """How many mg of a conventional product one mg of this product stands for."""
    return law.number(f"dose/conventional_equivalent_{product}", on).value
