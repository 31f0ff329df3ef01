"""Was an earlier treatment tried long enough, often enough and recently enough to have failed?

Clinical specification A3: an oral antibiotic for at least 12 weeks, together with a topical retinoid,
benzoyl peroxide or azelaic acid, at least 80 % of doses taken, ended not longer than 24 months ago;
who could not tolerate a treatment, or may not take it, owes no full trial of it.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from isovigil.calendar.days import Period, days_after
from isovigil.case.kinds import PriorTherapy
from isovigil.decisions.course import Course
from isovigil.law.law import Law


class FullTrial(NamedTuple):
    """What the law of a day calls a treatment before, its failure, and an adequate trial of it."""

    systemic: tuple[str, ...]
    topical: tuple[str, ...]
    failing: tuple[str, ...]
    """The outcomes that are a failure."""
    excused: tuple[str, ...]
    """Those after which no full trial is owed."""
    length: Period
    adherence: float
    recent: Period
    """How long ago it may have ended."""


def full_trial(law: Law, on: date) -> FullTrial:
    """What the law of a day asks of a trial; see `Law.worked_out`."""
    return FullTrial(
        law.words("eligibility/prior_therapy_systemic", on).value,
        law.words("eligibility/prior_therapy_topical", on).value,
        law.words("eligibility/prior_therapy_failures", on).value,
        law.words("eligibility/failures_without_full_trial", on).value,
        law.period("eligibility/adequate_trial", on).value,
        law.number("eligibility/adequate_trial_adherence", on).value,
        law.period("eligibility/adequate_trial_recent", on).value,
    )


def failed_treatments(course: Course, law: Law) -> list[PriorTherapy]:
    """The oral and topical treatments on file that failed, from any course."""
    trial = law.worked_out(full_trial, course.today.day)
    return [
        fact
        for fact in course.chart.all(PriorTherapy)
        if fact.outcome in trial.failing and (fact.what in trial.systemic or fact.what in trial.topical)
    ]


def doubt_about(course: Course, trial: FullTrial, therapy: PriorTherapy) -> str | None:
    """Why a failed trial may not have been an adequate one; None when it was, or could not be."""
    if therapy.outcome in trial.excused:
        return None
    full_on = days_after(trial.length.after(therapy.from_), -1)
    if not _lasted_until(course, therapy, full_on):
        return f"{_named(therapy)} was tried for less than {trial.length.in_words()}."
    if therapy.adherence is not None and therapy.adherence < trial.adherence:
        return f"{_named(therapy)} was taken less than {trial.adherence:.0%} of the time."
    if therapy.what in trial.systemic:
        return _doubt_about_an_antibiotic(course, trial, therapy)
    return None


def _named(therapy: PriorTherapy) -> str:
    return (therapy.name or therapy.what.replace("_", " ")).capitalize()


def _doubt_about_an_antibiotic(course: Course, trial: FullTrial, therapy: PriorTherapy) -> str | None:
    if therapy.to is not None and course.today.is_past(trial.recent.after(therapy.to)):
        return f"{_named(therapy)} ended more than {trial.recent.in_words()} ago."
    for fact in course.chart.all(PriorTherapy):
        if fact.what in trial.topical and (_overlap(therapy, fact) or fact.outcome in trial.excused):
            return None
    return f"{_named(therapy)} was taken without a topical treatment beside it."


def _overlap(one: PriorTherapy, other: PriorTherapy) -> bool:
    return one.from_ <= (other.to or date.max) and other.from_ <= (one.to or date.max)


def _lasted_until(course: Course, therapy: PriorTherapy, full_on: date) -> bool:
    if therapy.to is not None and course.today.is_past(therapy.to):
        return therapy.to >= full_on
    return course.today.has_reached(full_on)
