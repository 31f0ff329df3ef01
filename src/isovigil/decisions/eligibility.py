"""Is this person old enough, and have those who must agree to a start said so?"""

from __future__ import annotations

from isovigil.calendar.days import birthday, in_words
from isovigil.case import words
from isovigil.case.kinds import Attestation, Opinion
from isovigil.decisions.asked import asked_of, birth_date_not_recorded
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, met, not_met, unknown
from isovigil.decisions.rule import START, rule
from isovigil.law.law import Law
from isovigil.law.value import Dated


@rule("eligibility.minimum_age", gates=START, when_not_met="stop")
def minimum_age(course: Course, law: Law) -> Outcome:
    """Is the patient old enough?"""
    youngest = law.number("eligibility/minimum_age", course.today.day)
    if course.chart.is_at_least(int(youngest.value)):
        return met(f"The patient is at least {youngest.value:g} years of age.", values=(youngest,))
    born_on = course.patient.born_on
    if born_on is None:
        return birth_date_not_recorded(youngest)
    old_enough_on = birthday(born_on, int(youngest.value))
    return not_met(
        f"The patient is under {youngest.value:g} years of age until {in_words(old_enough_on)}.",
        needs="another treatment",
        whose_move="prescriber",
        satisfiable_from=old_enough_on,
        values=(youngest,),
    )


@rule("eligibility.no_alternative_attested", gates=START)
def no_alternative_attested(course: Course, law: Law) -> Outcome:
    """Is it attested that no other suitable effective treatment exists?"""
    asked = asked_of(course, law, "eligibility/no_alternative_concerns", "no attestation about alternatives")
    if isinstance(asked, Outcome):
        return asked
    return _attested(
        course,
        asked,
        "no_other_suitable_treatment",
        "that no other suitable effective treatment exists",
    )


@rule("eligibility.second_opinion_acknowledged", gates=START)
def second_opinion_acknowledged(course: Course, law: Law) -> Outcome:
    """Did the patient acknowledge the right to seek a second opinion?"""
    asked = asked_of(
        course,
        law,
        "eligibility/second_opinion_concerns",
        "no acknowledgement of the right to a second opinion",
    )
    if isinstance(asked, Outcome):
        return asked
    return _attested(
        course, asked, "second_opinion_right", "that the patient knows the right to a second opinion"
    )


def _attested(course: Course, asked: Dated[str], what: words.Attested, says: str) -> Outcome:
    """A form never implies an attestation: each is its own fact."""
    attested = [fact for fact in course.all(Attestation) if fact.what == what]
    if attested:
        return met(
            f"It was attested on {in_words(attested[-1].date)} {says}.",
            facts=[attested[-1]],
            values=(asked,),
        )
    return unknown(
        f"Nobody attested {says}.",
        needs=f"the attestation {says}",
        whose_move="prescriber",
        satisfiable_from=course.today.day,
        values=(asked,),
        task="attestation",
    )


@rule("eligibility.second_prescriber", gates=START)
def second_prescriber(course: Course, law: Law) -> Outcome:
    """Do two prescribers, independently of each other, support the start?"""
    today = course.today.day
    asked = asked_of(course, law, "eligibility/second_prescriber_concerns", "no second prescriber")
    if isinstance(asked, Outcome):
        return asked
    needed = law.number("eligibility/prescribers_in_support", today)
    last_words = _last_opinion_of_each(course)
    supporting = [opinion for opinion in last_words if opinion.supports_treatment]
    if len(supporting) >= needed.value:
        return met(
            f"{len(supporting)} prescribers support the start.",
            facts=supporting,
            values=(asked, needed),
        )
    soft_until = law.day("eligibility/second_prescriber_soft_until", today)
    if supporting == last_words and supporting and not course.today.is_past(soft_until.value):
        return met(
            "One prescriber supports the start; until "
            f"{in_words(soft_until.value)} the second was still being introduced.",
            facts=supporting,
            values=(asked, needed, soft_until),
            by_discretion=True,
            amber=True,
        )
    says = f"{needed.value:g} prescribers must support the start; {len(supporting)} did"
    against = len(last_words) - len(supporting)
    fails = not_met if last_words else unknown
    return fails(
        f"{says}, and {against} did not." if against else f"{says}.",
        needs="the supporting opinion of a further prescriber",
        whose_move="prescriber",
        satisfiable_from=today,
        facts=last_words,
        values=(asked, needed, soft_until),
        task="attestation",
    )


def _last_opinion_of_each(course: Course) -> list[Opinion]:
    """Each prescriber's last opinion; two spellings that differ only in case or spaces are one person."""
    by_prescriber: dict[str, Opinion] = {}
    for opinion in course.all(Opinion):
        by_prescriber["".join(opinion.by.split()).casefold()] = opinion
    return list(by_prescriber.values())
