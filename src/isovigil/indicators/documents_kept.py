"""Were forms, opinions, attestations and reasons for treatment on file as the law of the day asked?

Indicators A6, A7, A8, A17 and A22.
"""

from __future__ import annotations

from datetime import date

from isovigil.case.kinds import Acknowledgement, Acne, Attestation, Counselling, Opinion, PriorTherapy
from isovigil.indicators.count import NOT_ASKED, NOT_STARTED, NOTHING, Count, counted, excluded, not_concerned
from isovigil.indicators.record import AuditedCourse

_EVERYONE = "everyone"
_UNDER_AGE = "under_age"
_CAN = "can_become_pregnant"
_FAILED = frozenset({"inadequate", "intolerant", "contraindicated", "relapsed"})
_BIRTH_UNKNOWN = "nobody recorded the date of birth"


def form_of_the_right_version(course: AuditedCourse) -> Count:
    """A6: was the risk form signed in the version of its day, with every field complete?"""
    first, law = course.first_prescription, course.law
    if first is None:
        return NOTHING
    name = "documents/risk_form_version"
    if not law.holds(name, first.issued_on) or not law.holds("documents/risk_form", first.issued_on):
        return excluded(NOT_ASKED)
    left_out = _left_out(course, "documents/risk_form_concerns", first.issued_on)
    if left_out is not None:
        return left_out
    form = law.word("documents/risk_form", first.issued_on).value
    signed = [
        fact
        for fact in course.all(Acknowledgement)
        if fact.form == form and fact.signed_on <= first.issued_on and law.holds(name, fact.signed_on)
    ]
    return counted(
        any(fact.complete and fact.version == law.word(name, fact.signed_on).value for fact in signed)
    )


def two_prescribers(course: AuditedCourse) -> Count:
    """A7: did two prescribers, each by an own entry, support the start of an under-age patient?"""
    started, law = course.started_on, course.law
    if started is None:
        return excluded(NOT_STARTED)
    left_out = _left_out(course, "eligibility/second_prescriber_concerns", started)
    if left_out is not None:
        return left_out
    soft = "eligibility/second_prescriber_soft_until"
    prescribers = {
        fact.by for fact in course.all(Opinion) if fact.supports_treatment and fact.date <= started
    }
    is_enough = len(prescribers) >= law.number("eligibility/prescribers_in_support", started).value
    if not is_enough and law.holds(soft, started) and started <= law.day(soft, started).value:
        return excluded("it was not yet held to: services had until a set day to introduce it")
    return counted(is_enough)


def attested_and_told(course: AuditedCourse) -> Count:
    """A8: were "no other suitable treatment" attested and the right to a second opinion acknowledged?"""
    started = course.started_on
    if started is None:
        return excluded(NOT_STARTED)
    for name in ("eligibility/no_alternative_concerns", "eligibility/second_opinion_concerns"):
        left_out = _left_out(course, name, started)
        if left_out is not None:
            return left_out
    attested = {fact.what for fact in course.all(Attestation) if fact.date <= started}
    return counted({"no_other_suitable_treatment", "second_opinion_right"} <= attested)


def _left_out(course: AuditedCourse, name: str, on: date) -> Count | None:
    """Why a duty does not concern this course; None where it does. `name` says whom it concerns."""
    if not course.law.holds(name, on):
        return excluded(NOT_ASKED)
    concerned = course.law.word(name, on).value
    if concerned == _EVERYONE:
        return None
    if concerned == _UNDER_AGE:
        age = course.age_on(on)
        if age is None:
            return excluded(_BIRTH_UNKNOWN)
        adult = course.law.number("eligibility/adult_age", on).value
        return None if age < adult else excluded("the patient was of age")
    if concerned == _CAN:
        return not_concerned(course)
    return excluded(NOT_ASKED)


def reasons_recorded(course: AuditedCourse) -> Count:
    """A17: are the severity of the acne, and an antibiotic and a topical treatment that failed, on file?

    Entries up to the first prescription count; each carries its day.
    """
    first, law = course.first_prescription, course.law
    if first is None:
        return NOTHING
    severity = any(fact.date <= first.issued_on for fact in course.all(Acne))
    failed = {
        fact.what
        for fact in course.all(PriorTherapy)
        if fact.from_ <= first.issued_on and fact.outcome in _FAILED
    }
    systemic = law.words("eligibility/prior_therapy_systemic", first.issued_on).value
    topical = law.words("eligibility/prior_therapy_topical", first.issued_on).value
    return counted(severity and bool(failed & set(systemic)) and bool(failed & set(topical)))


def reminders_given(course: AuditedCourse) -> Count:
    """A22: are advice against donating blood, the reminder card and the pharmacist's checklist on file?"""
    if course.started_on is None:
        return excluded(NOT_STARTED)
    told = any("blood_donation" in (fact.topics or ()) for fact in course.all(Counselling))
    attested = {fact.what for fact in course.all(Attestation)}
    return counted(told and {"reminder_card", "pharmacist_checklist"} <= attested)
