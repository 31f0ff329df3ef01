"""Is isotretinoin indicated: is the acne severe, and have the usual treatments failed?"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Acne, PriorTherapy
from isovigil.decisions.acne_severity import SCALES, SIGNS, Graded, grade, says_how_severe
from isovigil.decisions.adequate_trial import FullTrial, doubt_about, failed_treatments, full_trial
from isovigil.decisions.asked import asked_of
from isovigil.decisions.course import Course
from isovigil.decisions.finding import BINDING, Outcome, met, not_met, unknown
from isovigil.decisions.rule import START, rule
from isovigil.law.law import Law
from isovigil.law.value import Dated

_BY_PROGRAMME = "by_programme"
_PRIOR_THERAPY = "eligibility/prior_therapy_concerns"
_POLICY = "eligibility/indication_policy"
_A_BURDEN = (True, "moderate", "severe")


class Indication(NamedTuple):
    """The indication policy that judges this candidate."""

    policy: dict[str, Any]
    values: tuple[Dated[Any], ...]
    is_licence: bool
    """A licence's own indication: nothing of ours lifts what it asks for."""


def indication(law: Law, today: date, asked: Dated[str]) -> Indication:
    """The indication policy of the pack; the programme's own where it is a licence or the pack says so."""
    chosen = law.word(_POLICY, today)
    name = chosen.value
    said: Dated[Any] = chosen
    is_licence = asked.strength in BINDING
    if is_licence or name == _BY_PROGRAMME:
        said = law.value("eligibility/indication_by_programme", today)
        name = said.value.get(law.programme.id, said.value["other"])
    policy = law.value(f"eligibility/indication_{name}", today)
    return Indication(policy.value, (said, policy), is_licence)


def graded(course: Course, law: Law, acne: Acne) -> Graded:
    """How severe one record is, by the cuts of the programme."""
    cuts = law.worked_out(_cuts_of, course.today.day)
    return grade(acne, cuts.severe_from, cuts.moderate_from, cuts.area_factors, cuts.bands)


class _Cuts(NamedTuple):
    """Where the law of a day cuts the scales."""

    severe_from: dict[str, Dated[float]]
    moderate_from: dict[str, int]
    area_factors: dict[str, int]
    bands: tuple[dict[str, Any], ...]


def _cuts_of(law: Law, on: date) -> _Cuts:
    return _Cuts(
        {scale: law.number(f"eligibility/severe_from_{scale}", on) for scale in SCALES},
        law.value("eligibility/moderate_from", on).value,
        law.value("eligibility/gags_area_factors", on).value,
        law.value("eligibility/gags_bands", on).value,
    )


@rule("eligibility.severe_acne", gates=START)
def severe_acne(course: Course, law: Law) -> Outcome:
    """Is the acne severe enough for the indication?

    Clinical specification A1 and A2; which grounds suffice is the indication policy's, the cuts are
    dated values.
    """
    today = course.today.day
    asked = asked_of(course, law, "eligibility/severe_acne_concerns", "no severity of acne")
    if isinstance(asked, Outcome):
        return asked
    judged = indication(law, today, asked)
    values = (asked, *judged.values, *law.worked_out(_cuts_of, today).severe_from.values())
    records = [fact for fact in course.all(Acne) if says_how_severe(fact)]
    latest = records[-1] if records else None
    found = None if latest is None else graded(course, law, latest)
    grounds = _grounds(course, law, judged, found)
    if grounds:
        when = "" if latest is None else f" on {in_words(latest.date)}"
        says = "Severe" if found is not None and found.severity == "severe" else "Indicated"
        return met(f"{says}{when}: {', '.join(grounds)}.", facts=[latest], values=values)
    if latest is None or found is None or found.severity == "untold":
        return unknown(
            "Nobody recorded how severe the acne is." if found is None else f"{found.reasons[0]}.",
            needs="the severity of the acne, on any of the scales used",
            whose_move="prescriber",
            satisfiable_from=today,
            facts=[latest],
            values=values,
            task="record_fact",
        )
    return not_met(
        f"Not severe as recorded on {in_words(latest.date)}.",
        needs="severe acne: nodular, conglobate, or at risk of permanent scarring",
        whose_move="prescriber",
        satisfiable_from=today,
        facts=[latest],
        values=values,
    )


def _grounds(course: Course, law: Law, judged: Indication, found: Graded | None) -> list[str]:
    """Every ground of the policy that this patient has, in words."""
    severity = None if found is None else found.severity
    reasons = [] if found is None else list(found.reasons)
    grounds: list[str] = []
    for ground in judged.policy["grounds"]:
        if ground == "severe" and severity == "severe":
            grounds += reasons
        elif ground == "scarring":
            grounds += [SIGNS[ground]] if _has(course, ground) and SIGNS[ground] not in grounds else []
        elif ground == "psychosocial_burden":
            grounds += ["psychosocial burden"] if _has(course, ground) else []
        elif ground == "failed_treatment" and failed_treatments(course, law):
            grounds.append("standard treatment has failed")
        elif ground == "moderate_after_failed_treatment" and severity == "moderate":
            failed = failed_treatments(course, law)
            grounds += [*reasons, "moderate, and other treatment has failed"] if failed else []
    return grounds


def _has(course: Course, sign: str) -> bool:
    """Was the sign there when somebody last said so?"""
    said = [getattr(fact, sign) for fact in course.all(Acne) if getattr(fact, sign) is not None]
    return bool(said) and said[-1] in _A_BURDEN


@rule("eligibility.prior_therapy_failed", gates=START)
def prior_therapy_failed(course: Course, law: Law) -> Outcome:
    """Have a systemic antibiotic and a topical treatment failed before?

    What was tried before an earlier course still counts: history does not lapse with a course.
    """
    today = course.today.day
    asked = asked_of(course, law, _PRIOR_THERAPY, "no failed treatment before")
    if isinstance(asked, Outcome):
        return asked
    owed = law.worked_out(_owed_by_the_law_of, today)
    chosen: list[PriorTherapy] = []
    remarks: list[str] = []
    lacking: list[str] = []
    tried_well: list[PriorTherapy] = []
    on_file = course.chart.all(PriorTherapy)
    for name, kind in owed.kinds:
        best, doubt = _least_doubtful_failure(course, owed.trial, on_file, kind)
        if best is None:
            lacking.append(name)
            tried_well += [fact for fact in on_file if fact.what in kind]
            continue
        chosen.append(best)
        if doubt is not None:
            remarks.append(doubt)
    if not lacking:
        says = "A systemic antibiotic and a topical treatment have failed."
        return met(
            " ".join([says, *remarks]) if remarks else says,
            facts=chosen,
            values=owed.values,
            amber=bool(remarks),
        )
    excused = _owes_no_trial(course, law, owed.judged, len(lacking) < len(owed.kinds))
    if excused is not None:
        return met(excused.says, facts=chosen, values=owed.values, amber=excused.amber)
    fails = not_met if tried_well else unknown
    return fails(
        f"No failure of {' or of '.join(lacking)} is recorded.",
        needs=f"an adequate course of {' and of '.join(lacking)}, and how it went",
        whose_move="prescriber",
        satisfiable_from=today,
        facts=[*chosen, *tried_well],
        values=owed.values,
        task="record_fact",
    )


def _least_doubtful_failure(
    course: Course, trial: FullTrial, on_file: list[PriorTherapy], kind: tuple[str, ...]
) -> tuple[PriorTherapy | None, str | None]:
    """The first failure of a kind of treatment about which there is no doubt, else the first one with its
    doubt.
    """
    best: PriorTherapy | None = None
    doubt: str | None = None
    for fact in on_file:
        if fact.what in kind and fact.outcome in trial.failing:
            about_this = doubt_about(course, trial, fact)
            if best is None or (doubt is not None and about_this is None):
                best, doubt = fact, about_this
    return best, doubt


class _Owed(NamedTuple):
    """Which treatments the law of a day wants to have failed before."""

    judged: Indication
    kinds: tuple[tuple[str, tuple[str, ...]], ...]
    """What each kind of treatment is called, with the words that mean it."""
    trial: FullTrial
    values: tuple[Dated[Any], ...]


def _owed_by_the_law_of(law: Law, on: date) -> _Owed:
    asked = law.word(_PRIOR_THERAPY, on)
    judged = indication(law, on, asked)
    systemic = law.words("eligibility/prior_therapy_systemic", on)
    topical = law.words("eligibility/prior_therapy_topical", on)
    failing = law.words("eligibility/prior_therapy_failures", on)
    trial = law.period("eligibility/adequate_trial", on)
    kinds = ("a systemic antibiotic", systemic.value), ("a topical treatment", topical.value)
    values = (asked, *judged.values, systemic, topical, failing, trial)
    return _Owed(judged, kinds, full_trial(law, on), values)


class _Excused(NamedTuple):
    """Why no failed trial is owed; amber where that is our own default and a person should look."""

    says: str
    amber: bool


def _owes_no_trial(course: Course, law: Law, judged: Indication, one_failed: bool) -> _Excused | None:
    """Why the policy asks this patient for no full trial of both; None when it asks."""
    records = [fact for fact in course.all(Acne) if says_how_severe(fact)]
    severity = graded(course, law, records[-1]).severity if records else None
    owed = judged.policy["trial_owed"]
    other_ground = severity == "severe" or _has(course, "scarring") or _has(course, "psychosocial_burden")
    if owed == "unless_other_ground" and (other_ground or one_failed):
        return _Excused("By this policy one ground is enough, and there is one.", amber=False)
    if owed == "unless_severe" and (severity == "severe" or one_failed):
        first = "Severe acne is treated first with isotretinoin by this policy."
        return _Excused(first if severity == "severe" else "One kind of treatment has failed.", amber=False)
    if judged.is_licence:
        return None
    signs = [sign for sign in judged.policy["bypass"] if _has(course, sign)]
    if not signs:
        return None
    name = SIGNS.get(signs[0], signs[0].replace("_", " "))
    return _Excused(f"No failed treatment is on record; with {name} none is waited for.", amber=True)
