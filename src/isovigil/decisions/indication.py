"""Is isotretinoin indicated: is the acne severe, and have the usual treatments failed?"""

from __future__ import annotations

from datetime import date

from isovigil.calendar.days import days_after, in_words
from isovigil.case.kinds import Acne, PriorTherapy
from isovigil.decisions.asked import asked_of
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, met, not_met, unknown
from isovigil.decisions.rule import START, rule
from isovigil.law.law import Law
from isovigil.law.value import Dated

_SCALES = ("iga", "gags", "cass", "nodules")
_SIGNS = {
    "conglobata": "acne conglobata",
    "fulminans": "acne fulminans",
    "scarring": "active scarring",
}


@rule("eligibility.severe_acne", gates=START)
def severe_acne(course: Course, law: Law) -> Outcome:
    """Is the acne severe enough for the licence?

    Clinical specification A2: IGA 4, GAGS of at least 31, a site with CASS of at least 4, at least
    3 nodules, acne conglobata or fulminans, or active scarring. The cuts are dated values.
    """
    asked = asked_of(course, law, "eligibility/severe_acne_concerns", "no severity of acne")
    if isinstance(asked, Outcome):
        return asked
    cuts = {scale: law.number(f"eligibility/severe_from_{scale}", course.today.day) for scale in _SCALES}
    values = (asked, *cuts.values())
    assessed = [fact for fact in course.all(Acne) if _says_how_severe(fact)]
    if not assessed:
        return unknown(
            "Nobody recorded how severe the acne is.",
            needs="the severity of the acne, on any of the scales used",
            whose_move="prescriber",
            satisfiable_from=course.today.day,
            values=values,
            task="record_fact",
        )
    latest = assessed[-1]
    reasons = [
        f"{_scale_in_words(scale)} {score}"
        for scale in _SCALES
        if (score := _score(latest, scale)) is not None and score >= cuts[scale].value
    ]
    reasons += [name for sign, name in _SIGNS.items() if getattr(latest, sign)]
    if reasons:
        return met(
            f"Severe on {in_words(latest.date)}: {', '.join(reasons)}.",
            facts=[latest],
            values=values,
        )
    return not_met(
        f"Not severe as recorded on {in_words(latest.date)}.",
        needs="severe acne: nodular, conglobate, or at risk of permanent scarring",
        whose_move="prescriber",
        satisfiable_from=course.today.day,
        facts=[latest],
        values=values,
    )


def _score(acne: Acne, scale: str) -> int | None:
    """The score on a scale; for CASS that of the worst site."""
    if scale == "cass":
        return max(acne.cass.values(), default=None) if isinstance(acne.cass, dict) else acne.cass
    score: int | None = getattr(acne, scale)
    return score


def _says_how_severe(acne: Acne) -> bool:
    """A recorded score or a recorded sign says something; the absence of one sign alone does not."""
    return any(_score(acne, scale) is not None for scale in _SCALES) or any(
        getattr(acne, sign) for sign in _SIGNS
    )


def _scale_in_words(scale: str) -> str:
    return scale if scale == "nodules" else scale.upper()


@rule("eligibility.prior_therapy_failed", gates=START)
def prior_therapy_failed(course: Course, law: Law) -> Outcome:
    """Have a systemic antibiotic and a topical treatment failed before?

    What was tried before an earlier course still counts: history does not lapse with a course.
    """
    today = course.today.day
    asked = asked_of(course, law, "eligibility/prior_therapy_concerns", "no failed treatment before")
    if isinstance(asked, Outcome):
        return asked
    kinds = {
        "a systemic antibiotic": law.words("eligibility/prior_therapy_systemic", today),
        "a topical treatment": law.words("eligibility/prior_therapy_topical", today),
    }
    failing = law.words("eligibility/prior_therapy_failures", today)
    trial = law.period("eligibility/adequate_trial", today)
    values = (asked, *kinds.values(), failing, trial)
    chosen: list[PriorTherapy] = []
    remarks: list[str] = []
    lacking: list[str] = []
    tried_well: list[PriorTherapy] = []
    for name, kind in kinds.items():
        tried = [fact for fact in course.chart.all(PriorTherapy) if fact.what in kind.value]
        failed = [fact for fact in tried if fact.outcome in failing.value]
        if not failed:
            lacking.append(name)
            tried_well += tried
            continue
        doubts = [(_doubt(course, law, fact, trial), fact) for fact in failed]
        doubt, best = min(doubts, key=lambda pair: pair[0] is not None)
        chosen.append(best)
        remarks += [] if doubt is None else [doubt]
    if not lacking:
        return met(
            " ".join(["A systemic antibiotic and a topical treatment have failed.", *remarks]),
            facts=chosen,
            values=values,
            amber=bool(remarks),
        )
    fails = not_met if tried_well else unknown
    return fails(
        f"No failure of {' or of '.join(lacking)} is recorded.",
        needs=f"an adequate course of {' and of '.join(lacking)}, and how it went",
        whose_move="prescriber",
        satisfiable_from=today,
        facts=[*chosen, *tried_well],
        values=values,
        task="record_fact",
    )


def _doubt(course: Course, law: Law, therapy: PriorTherapy, trial: Dated[object]) -> str | None:
    """Why a failed trial may not have been an adequate one; None when it was, or could not be.

    Someone who could not tolerate a treatment, or may not take it, owes no full trial of it.
    """
    if therapy.outcome in law.words("eligibility/failures_without_full_trial", course.today.day).value:
        return None
    name = (therapy.name or therapy.what.replace("_", " ")).capitalize()
    length = law.period("eligibility/adequate_trial", course.today.day).value
    full_on = days_after(length.after(therapy.from_), -1)
    if not _lasted_until(course, therapy, full_on):
        return f"{name} was tried for less than {length.in_words()}."
    taken = law.number("eligibility/adequate_trial_adherence", course.today.day)
    if therapy.adherence is not None and therapy.adherence < taken.value:
        return f"{name} was taken less than {taken.value:.0%} of the time."
    return None


def _lasted_until(course: Course, therapy: PriorTherapy, full_on: date) -> bool:
    if therapy.to is not None and course.today.is_past(therapy.to):
        return therapy.to >= full_on
    return course.today.has_reached(full_on)
