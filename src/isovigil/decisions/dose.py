"""Is the dose what the label, the patient's weight and the course so far allow?"""

from __future__ import annotations

from datetime import date
from math import isclose

from isovigil.calendar.days import birthday, days_after, in_words
from isovigil.case.kinds import Acne, Prescription, Weight
from isovigil.decisions.acne_severity import says_how_severe
from isovigil.decisions.advice import advised, cannot_tell, nothing_asked
from isovigil.decisions.clearing import cleared_by
from isovigil.decisions.course import Course
from isovigil.decisions.course_summary import TARGETED
from isovigil.decisions.dose_given import DoseGiven, dose_given, dose_taken, equivalence, reference_weight
from isovigil.decisions.finding import Outcome, not_applicable
from isovigil.decisions.indication import graded
from isovigil.decisions.rule import rule
from isovigil.decisions.whole_capsules import whole_capsules
from isovigil.law.law import Law

_CUMULATIVE = "dose.cumulative"
_DAILY = "dose.daily_range"
NOTHING_PRESCRIBED = "Nothing is prescribed in this course yet."


def is_above(value: float, limit: float) -> bool:
    """Is it above a limit, by more than the arithmetic of fractions can be wrong?"""
    return value > limit and not isclose(value, limit)


@rule(_DAILY, clinical=True, never_holds=True)
def daily_range(course: Course, law: Law) -> Outcome:
    """Is the daily dose for each kg of body weight within the label's range and ceiling?

    Clinical specification B1, B-3 and B-7: above the range only for adults with severe, scarring or
    truncal acne; above the ceiling for nobody.
    """
    prescription = course.latest_prescription
    today = course.today.day
    family = "conventional" if prescription is None else prescription.product
    usual = law.value(f"dose/daily_range_{family}", today)
    ceiling = law.number(f"dose/ceiling_{family}", today)
    values = (usual, ceiling)
    if prescription is None:
        return not_applicable(NOTHING_PRESCRIBED, values=values)
    weight = course.chart.latest(Weight)
    if weight is None:
        return cannot_tell(
            "Nobody recorded the patient's weight.",
            needs="the patient's weight",
            whose_move="prescriber",
            task="weight",
            facts=[prescription],
            values=values,
        )
    daily = prescription.daily_dose_mg / weight.kg
    says = f"{prescription.daily_dose_mg:g} mg a day at {weight.kg:g} kg is {daily:.2f} mg/kg a day"
    low, high = usual.value
    facts = [prescription, weight]
    if is_above(daily, ceiling.value):
        return advised(
            "reduce",
            f"{says}, above the ceiling of {ceiling.value:g}.",
            needs=_at_most(law, prescription, weight, ceiling.value, today),
            whose_move="prescriber",
            facts=facts,
            values=values,
            task="prescription",
        )
    if is_above(daily, high) and not _has_a_reason(course, law, prescription):
        return advised(
            "no_uptitrate",
            f"{says}, above the usual {high:g}: meant for adults with severe, scarring or truncal acne.",
            needs=f"the reason for it, or {_at_most(law, prescription, weight, high, today)}",
            whose_move="prescriber",
            facts=facts,
            values=values,
        )
    if daily < low and not isclose(daily, low):
        return nothing_asked(
            f"{says}, below the usual {low:g} to {high:g}.", facts=facts, values=values, amber=True
        )
    return nothing_asked(f"{says}.", facts=facts, values=values)


def _at_most(law: Law, prescription: Prescription, weight: Weight, mg_per_kg: float, today: date) -> str:
    """The largest dose within a limit, also in whole capsules of the product."""
    limit = mg_per_kg * weight.kg
    strengths = law.value(f"dose/capsules_{prescription.product}", today).value["mg"]
    plan = whole_capsules(prescription.daily_dose_mg, strengths, at_most_mg=limit, weight_kg=weight.kg)
    said = f"at most {limit:.0f} mg a day"
    if plan is None:
        return said
    return f"{said}; in whole capsules {plan.daily_mg:g} mg ({plan.daily_mg_per_kg:.2f} mg/kg)"


def _has_a_reason(course: Course, law: Law, prescription: Prescription) -> bool:
    """Is there a reason on record to pass the range, or a clinician's decision to?"""
    decided = cleared_by(course, _DAILY, prescription)
    return decided is not None or _may_pass_the_range(course, law, prescription)


def _may_pass_the_range(course: Course, law: Law, prescription: Prescription) -> bool:
    """An adult with severe, scarring or truncal acne. An age nobody recorded is no adult's."""
    adult = law.number("dose/above_range_from_age", course.today.day)
    age = course.chart.age_on(prescription.issued_on)
    if age is None or age < adult.value:
        return False
    records = course.all(Acne)
    severe = [graded(course, law, fact).severity for fact in records if says_how_severe(fact)]
    return "severe" in severe or any(fact.truncal or fact.scarring for fact in records)


@rule(_CUMULATIVE, clinical=True, never_holds=True)
def cumulative(course: Course, law: Law) -> Outcome:
    """How far has the course come towards its cumulative dose, and does going on need a decision?

    Capsules handed over minus returned, in conventional equivalents and as printed (B-4, B-5, B-7);
    what the patient says was taken stands beside them.
    """
    today = course.today.day
    policy = law.word("dose/cumulative_policy", today)
    review = law.number("dose/cumulative_review", today)
    values = (policy, review)
    if not course.hand_overs:
        return not_applicable("No capsules were handed over in this course yet.", values=values)
    given = dose_given(course, law)
    if given is None:
        has_weight = course.chart.latest(Weight) is not None
        return cannot_tell(
            "How much was handed over for each kg cannot be told.",
            needs="the capsules or the prescription of each hand-over"
            if has_weight
            else "the patient's weight",
            whose_move="prescriber",
            task="record_fact" if has_weight else "weight",
            facts=course.hand_overs[-1:],
            values=values,
        )
    says = _how_much(course, law, given)
    last = course.hand_overs[-1]
    coming = _about_to_be_handed_over(course, law) if policy.value == "cap" else 0.0
    if is_above(given.equivalent + coming, review.value) and cleared_by(course, _CUMULATIVE, last) is None:
        passes = "is" if is_above(given.equivalent, review.value) else "with the present prescription will be"
        return advised(
            "recheck",
            f"{says} That {passes} above {review.value:g} mg/kg, beyond which little more is gained.",
            needs="a decision to end the course, or to go on and why",
            whose_move="prescriber",
            facts=[last],
            values=values,
            task="visit",
        )
    if policy.value in TARGETED:
        target = law.value("dose/cumulative_target", today)
        reached = given.equivalent >= target.value[0]
        aim = f"The course aims at {target.value[0]:g} to {target.value[1]:g}."
        return nothing_asked(
            f"{says} {'The target is reached.' if reached else aim}",
            facts=[last],
            values=(*values, target),
            amber=reached,
        )
    return nothing_asked(f"{says} The policy names no cumulative target.", facts=[last], values=values)


def _how_much(course: Course, law: Law, given: DoseGiven) -> str:
    said = f"{given.equivalent:.1f} mg/kg were handed over"
    if not isclose(given.equivalent, given.nominal):
        said += f" in conventional equivalents ({given.nominal:.1f} as printed)"
    taken = dose_taken(course, law)
    return f"{said}." if taken is None else f"{said}; by the patient's account {taken:.1f} were taken."


def _about_to_be_handed_over(course: Course, law: Law) -> float:
    """Conventional-equivalent mg/kg of the prescription that was not handed over yet."""
    prescription = course.undispensed
    if prescription is None:
        return 0.0
    weight = reference_weight(course, law, prescription.issued_on)
    if weight is None:
        return 0.0
    amount = prescription.daily_dose_mg * prescription.days_supply
    return amount * equivalence(law, prescription.product, prescription.issued_on) / weight.kg


@rule("dose.weight_current", clinical=True, never_holds=True)
def weight_current(course: Course, law: Law) -> Outcome:
    """Is the weight that the dose rests on recent enough?

    Our own default, B-3: not older than 90 days, and taken monthly under 18 years.
    """
    today = course.today.day
    oldest = law.days("dose/weight_age", today)
    under = law.number("dose/weight_under_age", today)
    young = law.period("dose/weight_age_under_age", today)
    if course.latest_prescription is None and course.started_on is None:
        return not_applicable(NOTHING_PRESCRIBED, values=(oldest,))
    weight = course.chart.latest(Weight)
    if weight is None:
        return cannot_tell(
            "Nobody recorded the patient's weight.",
            needs="the patient's weight",
            whose_move="prescriber",
            task="weight",
            opens_on=today,
            values=(oldest,),
        )
    due_on = days_after(weight.date, oldest.value + 1)
    born_on = course.patient.born_on
    if born_on is not None and not course.today.has_reached(birthday(born_on, int(under.value))):
        due_on = min(due_on, young.value.after(weight.date))
        often = f"Under {under.value:g} years of age it is taken every {young.value.in_words()}."
    else:
        often = f"It counts for {oldest.value} days."
    values = (oldest, under, young)
    says = f"The last weight is of {in_words(weight.date)}. {often}"
    if course.today.has_reached(due_on):
        return advised(
            "recheck",
            says,
            needs="the patient's weight",
            whose_move="prescriber",
            facts=[weight],
            values=values,
            task="weight",
            opens_on=due_on,
            due_on=due_on,
        )
    return nothing_asked(says, facts=[weight], values=values)
