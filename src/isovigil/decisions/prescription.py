"""May this prescription be issued as it is written?"""

from __future__ import annotations

from datetime import date

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Certification, Prescription
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import standing_prescription
from isovigil.decisions.finding import Outcome, met, not_applicable, not_met, unknown
from isovigil.decisions.pregnancy_testing import category_unknown
from isovigil.decisions.rule import PRESCRIBE_AND_DISPENSE, rule
from isovigil.law.law import Law
from isovigil.law.value import Dated

_EVERYONE = "everyone"


def _concerns(course: Course, concerned: Dated[str]) -> bool | None:
    """Does a value that concerns some patients concern this one? None when the category is unknown."""
    return True if concerned.value == _EVERYONE else course.can_become_pregnant


def judged_prescription(course: Course, law: Law) -> Prescription | None:
    """The prescription that stands, else the one that has not been handed over."""
    return standing_prescription(course, law) or course.undispensed


def _day(prescription: Prescription | None, course: Course) -> date:
    return course.today.day if prescription is None else prescription.issued_on


@rule("prescription.supply_limit", gates=PRESCRIBE_AND_DISPENSE)
def supply_limit(course: Course, law: Law) -> Outcome:
    """Is the supply within the programme's limit?"""
    prescription = judged_prescription(course, law)
    day = _day(prescription, course)
    limit = law.days("prescription/supply_limit_days", day)
    concerned = _concerns(course, law.word("prescription/supply_limit_concerns", day))
    if concerned is None:
        return category_unknown(law)
    if not concerned:
        return not_applicable("The limit concerns patients who can become pregnant.", values=(limit,))
    if prescription is None:
        return not_applicable(
            f"There is no prescription to judge; at most {limit.value} days may be supplied.",
            values=(limit,),
        )
    days = prescription.days_supply
    if days <= limit.value:
        return met(
            f"{days} days are supplied; at most {limit.value} are allowed.",
            facts=[prescription],
            values=(limit,),
        )
    return not_met(
        f"{days} days would be supplied; at most {limit.value} are allowed.",
        needs=f"a prescription for at most {limit.value} days",
        whose_move="prescriber",
        satisfiable_from=course.today.day,
        facts=[prescription],
        values=(limit,),
        task="prescription",
    )


@rule("prescription.no_refills", gates=PRESCRIBE_AND_DISPENSE)
def no_refills(course: Course, law: Law) -> Outcome:
    """Is the prescription free of refills, and written in an accepted medium?"""
    prescription = judged_prescription(course, law)
    day = _day(prescription, course)
    allowed = law.number("prescription/refills_allowed", day)
    concerned = _concerns(course, law.word("prescription/supply_limit_concerns", day))
    if concerned is None:
        return category_unknown(law)
    if not concerned:
        return not_applicable("The rule concerns patients who can become pregnant.", values=(allowed,))
    if prescription is None:
        return not_applicable("There is no prescription to judge.", values=(allowed,))
    if prescription.refills > allowed.value:
        return not_met(
            f"The prescription allows refills ({prescription.refills}).",
            needs="a prescription without refills",
            whose_move="prescriber",
            satisfiable_from=course.today.day,
            facts=[prescription],
            values=(allowed,),
            task="prescription",
        )
    refused = law.words("prescription/refused_media", day)
    if prescription.medium in refused.value:
        return not_met(
            f"The prescription was issued as {prescription.medium}.",
            needs="a written or electronic prescription, new for each supply",
            whose_move="prescriber",
            satisfiable_from=course.today.day,
            facts=[prescription],
            values=(refused,),
            task="prescription",
        )
    return met("The prescription has no refills.", facts=[prescription], values=(allowed,))


@rule("prescription.quantity_consistent", gates=PRESCRIBE_AND_DISPENSE)
def quantity_consistent(course: Course, law: Law) -> Outcome:
    """Do the capsules, the daily dose and the days of supply agree?"""
    prescription = judged_prescription(course, law)
    day = _day(prescription, course)
    tolerance = law.number("prescription/quantity_tolerance_days", day)
    if prescription is None:
        return not_applicable("There is no prescription to judge.", values=(tolerance,))
    if prescription.capsules is None:
        return not_applicable(
            "The capsules are not itemised on the prescription.",
            facts=[prescription],
            values=(tolerance,),
        )
    total = sum(item.mg * item.count for item in prescription.capsules)
    lasts = total / prescription.daily_dose_mg
    adds_up = f"{total:g} mg at {prescription.daily_dose_mg:g} mg a day last {lasts:g} days"
    limit = law.days("prescription/supply_limit_days", day)
    concerned = _concerns(course, law.word("prescription/supply_limit_concerns", day))
    is_too_much = lasts > limit.value + tolerance.value
    if concerned is not False and is_too_much and prescription.days_supply <= limit.value:
        return not_met(
            f"{adds_up}, but at most {limit.value} days may be supplied.",
            needs=f"capsules for at most {limit.value} days",
            whose_move="prescriber",
            satisfiable_from=course.today.day,
            facts=[prescription],
            values=(limit, tolerance),
            task="prescription",
        )
    if abs(lasts - prescription.days_supply) > tolerance.value:
        return not_met(
            f"{adds_up}, but {prescription.days_supply} days are prescribed.",
            needs="capsules that agree with the daily dose and the days of supply",
            whose_move="prescriber",
            satisfiable_from=course.today.day,
            facts=[prescription],
            values=(tolerance,),
            task="prescription",
        )
    return met(f"{adds_up}.", facts=[prescription], values=(tolerance,))


@rule("prescription.initiator_allowed", gates=("start", "prescribe"))
def initiator_allowed(course: Course, law: Law) -> Outcome:
    """May a professional in this role start treatment?"""
    prescription = judged_prescription(course, law)
    day = _day(prescription, course)
    name = "prescription/initiator_roles"
    if not law.holds(name, day):
        return not_applicable(
            "The programme ties starting treatment to certification, not to a role.",
            values=(law.flag("pregnancy_testing/pregnancy_excludes_treatment", day),),
        )
    roles = law.words(name, day)
    if course.has_started:
        return not_applicable("Treatment has started.", values=(roles,))
    certified = [fact for fact in course.chart.open_now(Certification) if fact.who == "prescriber"]
    stated = [fact for fact in certified if fact.role is not None]
    if not stated:
        return unknown(
            "Nobody recorded the prescriber's professional role.",
            needs="the prescriber's role",
            whose_move="prescriber",
            satisfiable_from=course.today.day,
            facts=certified,
            values=(roles,),
            task="certification",
        )
    allowed = [fact for fact in stated if fact.role in roles.value]
    if allowed:
        return met(f"A {_role(allowed[-1])} may start treatment.", facts=[allowed[-1]], values=(roles,))
    return not_met(
        f"A {_role(stated[-1])} may not start treatment (as of {in_words(day)}).",
        needs="a prescriber in one of these roles: "
        + ", ".join(role.replace("_", " ") for role in roles.value),
        whose_move="prescriber",
        satisfiable_from=course.today.day,
        facts=[stated[-1]],
        values=(roles,),
        task="certification",
    )


def _role(certification: Certification) -> str:
    return (certification.role or "professional").replace("_", " ")
