"""Was an earlier treatment tried long enough, often enough and recently enough to have failed?

Clinical specification A3: an oral antibiotic for at least 12 weeks, together with a topical retinoid,
benzoyl peroxide or azelaic acid, at least 80 % of doses taken, ended not longer than 24 months ago;
who could not tolerate a treatment, or may not take it, owes no full trial of it.
"""

from __future__ import annotations

from datetime import date

from isovigil.calendar.days import days_after
from isovigil.case.kinds import PriorTherapy
from isovigil.decisions.course import Course
from isovigil.law.law import Law


def failed_treatments(course: Course, law: Law) -> list[PriorTherapy]:
    """The oral and topical treatments on file that failed, from any course."""
    today = course.today.day
    failing = law.words("eligibility/prior_therapy_failures", today).value
    standard = {
        *law.words("eligibility/prior_therapy_systemic", today).value,
        *law.words("eligibility/prior_therapy_topical", today).value,
    }
    tried = course.chart.all(PriorTherapy)
    return [fact for fact in tried if fact.what in standard and fact.outcome in failing]


def doubt_about(course: Course, law: Law, therapy: PriorTherapy) -> str | None:
    """Why a failed trial may not have been an adequate one; None when it was, or could not be."""
    today = course.today.day
    if therapy.outcome in law.words("eligibility/failures_without_full_trial", today).value:
        return None
    length = law.period("eligibility/adequate_trial", today).value
    full_on = days_after(length.after(therapy.from_), -1)
    if not _lasted_until(course, therapy, full_on):
        return f"{_named(therapy)} was tried for less than {length.in_words()}."
    taken = law.number("eligibility/adequate_trial_adherence", today)
    if therapy.adherence is not None and therapy.adherence < taken.value:
        return f"{_named(therapy)} was taken less than {taken.value:.0%} of the time."
    if therapy.what in law.words("eligibility/prior_therapy_systemic", today).value:
        return _doubt_about_an_antibiotic(course, law, therapy)
    return None


def _named(therapy: PriorTherapy) -> str:
    return (therapy.name or therapy.what.replace("_", " ")).capitalize()


def _doubt_about_an_antibiotic(course: Course, law: Law, therapy: PriorTherapy) -> str | None:
    today = course.today.day
    recent = law.period("eligibility/adequate_trial_recent", today).value
    if therapy.to is not None and course.today.is_past(recent.after(therapy.to)):
        return f"{_named(therapy)} ended more than {recent.in_words()} ago."
    topical = law.words("eligibility/prior_therapy_topical", today).value
    beside = [fact for fact in course.chart.all(PriorTherapy) if fact.what in topical]
    excused = law.words("eligibility/failures_without_full_trial", today).value
    if not any(_overlap(therapy, fact) or fact.outcome in excused for fact in beside):
        return f"{_named(therapy)} was taken without a topical treatment beside it."
    return None


def _overlap(one: PriorTherapy, other: PriorTherapy) -> bool:
    return one.from_ <= (other.to or date.max) and other.from_ <= (one.to or date.max)


def _lasted_until(course: Course, therapy: PriorTherapy, full_on: date) -> bool:
    if therapy.to is not None and course.today.is_past(therapy.to):
        return therapy.to >= full_on
    return course.today.has_reached(full_on)
