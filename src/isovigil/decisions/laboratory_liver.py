"""What do the liver enzymes ask for, and can they mean a Hy's law case?"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import msgspec

from isovigil.calendar.days import days_between, in_words
from isovigil.case.fact import Fact
from isovigil.case.kinds import Laboratory
from isovigil.decisions.advice import advised, gravest, not_yet_drawn
from isovigil.decisions.clearing import cleared_by
from isovigil.decisions.closer_monitoring import closer_because
from isovigil.decisions.course import Course
from isovigil.decisions.ctcae import counting_version, graded_in_words
from isovigil.decisions.finding import Outcome
from isovigil.decisions.laboratory_advice import Judged, advise, rested_draw, still_standing
from isovigil.decisions.laboratory_bands import abnormal_before, action_of, days_above, place
from isovigil.decisions.laboratory_calm import IsGrave, calm_outcome, calm_results
from isovigil.decisions.laboratory_results import (
    Baseline,
    baseline_of,
    before_treatment,
    canonical,
    in_plain,
    is_above,
    is_from,
    latest,
    name_of,
    on_treatment,
    results,
    was_raised,
    worst_reading,
)
from isovigil.decisions.laboratory_symptoms import reported
from isovigil.decisions.rule import rule
from isovigil.law.law import Law
from isovigil.law.value import Dated

_RULE = "laboratory.liver"
_TABLE = "laboratory/liver_actions"
_BEFORE = "laboratory/liver_baseline_actions"
_DECIDING = ("alt", "ast")
_HYS_LAW = "laboratory/possible_hys_law"
_WITHIN = "laboratory/baseline_within"


@rule(_RULE, clinical=True)
def liver(course: Course, law: Law) -> Outcome:
    """What do the liver enzymes ask for?

    ALT decides; AST where ALT is missing from its draw, cannot be graded, or monitoring is closer.
    """
    enzymes = _deciding(course, law)
    if not enzymes:
        return not_yet_drawn("ALT or AST")
    calm = [said for fact in enzymes if (said := _calm(course, law, fact)) is not None]
    if len(calm) == len(enzymes):
        return _with_other_enzymes(calm[0], course, law)
    for fact in enzymes:
        emergency = _possible_hys_law(course, law, fact)
        if emergency is not None:
            return emergency
    outcomes = [_advice_standing(course, law, fact) for fact in enzymes]
    worst = gravest(outcomes)
    unknown = [one for one in outcomes if one.answer == "unknown"]
    if unknown and worst is not unknown[0]:
        worst = still_standing(unknown[0], worst)
    return _with_other_enzymes(worst, course, law)


def _with_other_enzymes(outcome: Outcome, course: Course, law: Law) -> Outcome:
    """GGT and alkaline phosphatase have no band; where somebody measured them, their grades are told."""
    for analyte in ("ggt", "alp"):
        fact = latest(course, analyte)
        if fact is None:
            continue
        counts = counting_version(law, fact).value
        told = graded_in_words(fact, baseline_of(course, law, analyte), law, counts)
        outcome = msgspec.structs.replace(
            outcome, says=f"{outcome.says} {in_plain(fact)}: {told}", facts=(*outcome.facts, fact.id)
        )
    return outcome


def _deciding(course: Course, law: Law) -> list[Laboratory]:
    alt, ast = latest(course, "alt"), latest(course, "ast")
    if ast is None:
        return [] if alt is None else [alt]
    if alt is None:
        return [ast]
    alone = alt.upper_limit is None or ast.taken_on > alt.taken_on
    return [alt, ast] if alone or closer_because(course, law) else [alt]


def _calm(course: Course, law: Law, fact: Laboratory) -> Outcome | None:
    """The outcome of an enzyme that asks for nothing, whatever else is known."""
    baseline = baseline_of(course, law, fact.analyte)
    if was_raised(baseline):
        return None
    if on_treatment(course, fact):
        return calm_outcome(_CALM_ON_TREATMENT, fact, baseline, law)
    return calm_outcome(_CALM_BEFORE, fact, None, law)


def _may_be_grave(law: Law, on: date) -> IsGrave:
    """By the law of a day: is an enzyme high enough for Hy's law, or for a rise that lasts?"""
    hys_law = law.value(_HYS_LAW, on).value
    lasting = law.value(_TABLE, on).value[-1]["lasting_above_limit"]

    def may_be_grave(fact: Laboratory) -> bool:
        limit = fact.upper_limit
        lasts = limit is not None and is_above(worst_reading(fact), lasting * limit)
        return lasts or _is_high_enough(fact, None, hys_law)

    return may_be_grave


_CALM_ON_TREATMENT = calm_results(_TABLE, _DECIDING, (_HYS_LAW,), _may_be_grave)
_CALM_BEFORE = calm_results(_BEFORE, _DECIDING, (_HYS_LAW, _TABLE, _WITHIN), _may_be_grave)


def _advice_standing(course: Course, law: Law, fact: Laboratory) -> Outcome:
    """The advice of a result; of one without a limit, together with the last one that had it."""
    now = _advice(course, law, fact)
    if now.answer != "unknown":
        return now
    graded = [one for one in results(course)[fact.analyte] if one.upper_limit is not None]
    return still_standing(now, _advice(course, law, graded[-1]) if graded else None)


def _advice(course: Course, law: Law, fact: Laboratory) -> Outcome:
    judged = _on_treatment(course, law, fact) if on_treatment(course, fact) else _before(course, law, fact)
    return advise(_RULE, course, law, judged, lambda: rested_draw(law, fact))


def _before(course: Course, law: Law, fact: Laboratory) -> Judged:
    """Before the first dose: a raised value is repeated, then a low start; a high one defers it."""
    placed = place(fact, _BEFORE, law)
    within = law.period(_WITHIN, fact.taken_on).value
    repeated = (placed.place > 0 or placed.has_conditions) and any(
        one.taken_on < fact.taken_on <= within.after(one.taken_on)
        for one in before_treatment(course, fact.analyte)
    )
    because = "It was repeated." if repeated and placed.place else ""
    return Judged(fact, placed, action_of(placed, repeated=repeated), None, because)


def _on_treatment(course: Course, law: Law, fact: Laboratory) -> Judged:
    baseline = baseline_of(course, law, fact.analyte)
    rows = law.value(_TABLE, fact.taken_on).value
    limits = rows[-1]["lasting_above_limit"]
    lasting = days_above(course, fact, limits)
    placed = place(fact, _TABLE, law, baseline, lasting)
    if placed.place == 0:
        return Judged(fact, placed, action_of(placed), baseline)
    before = abnormal_before(course, fact, _TABLE, law, baseline)
    raised = was_raised(baseline)
    action = action_of(
        placed,
        baseline_raised=raised,
        repeat_of=None if before is None else canonical(before),
        now=canonical(fact),
    )
    because = _because(fact, baseline, before)
    if lasting:
        because += f" It has been above {limits:g} times the upper limit in every draw for {lasting} days."
    beside = () if before is None else (before,)
    return Judged(fact, placed, action, baseline, because, beside=beside)


def _because(fact: Laboratory, baseline: Baseline | None, before: Laboratory | None) -> str:
    said = []
    if fact.upper_limit is not None:
        said.append(f"{worst_reading(fact) / fact.upper_limit:.3g} times the upper limit.")
    if baseline is not None and was_raised(baseline):
        said.append(f"The baseline was raised; {canonical(fact) / baseline.value:.3g} times the baseline.")
    if before is not None:
        higher = is_above(canonical(fact), canonical(before))
        said.append(f"It repeats {in_plain(before)} and is {'higher' if higher else 'not higher'}.")
    return " ".join(said)


# -- possible Hy's law ---------------------------------------------------------------------------


class _Evidence(NamedTuple):
    """What, beside an enzyme, makes a Hy's law case possible."""

    says: list[str]
    facts: list[Fact]


def _possible_hys_law(course: Course, law: Law, enzyme: Laboratory) -> Outcome | None:
    """LFT-H: an enzyme three times its limit with bilirubin, INR or symptoms of liver injury."""
    held = law.value(_HYS_LAW, enzyme.taken_on)
    limits: dict[str, Any] = held.value
    if not _is_high_enough(enzyme, baseline_of(course, law, enzyme.analyte), limits):
        return None
    evidence = _evidence(course, enzyme, limits)
    if not evidence.facts or _is_cleared(course, enzyme, evidence):
        return None
    return _emergency(enzyme, evidence, held)


def _is_high_enough(enzyme: Laboratory, baseline: Baseline | None, limits: dict[str, Any]) -> bool:
    limit = enzyme.upper_limit
    if limit is not None and is_from(worst_reading(enzyme), limits["enzyme_from_limit"] * limit):
        return True
    if baseline is None or not was_raised(baseline):
        return False
    own = canonical(enzyme)
    return is_from(own, limits["raised_baseline_from_base"] * baseline.value) or is_from(
        own, limits["raised_baseline_from_units"]
    )


def _evidence(course: Course, enzyme: Laboratory, limits: dict[str, Any]) -> _Evidence:
    found = _Evidence([], [])
    bilirubin = near(course, "bilirubin", enzyme, limits["within_days"])
    if bilirubin is not None and bilirubin.upper_limit is not None:
        bound = limits["bilirubin_from_limit"] * bilirubin.upper_limit
        if is_from(worst_reading(bilirubin), bound):
            found.says.append(in_plain(bilirubin))
            found.facts.append(bilirubin)
    inr = near(course, "inr", enzyme, limits["within_days"])
    if inr is not None and is_above(worst_reading(inr), limits["inr_above"]):
        found.says.append(in_plain(inr))
        found.facts.append(inr)
    for symptom in reported(course, limits["symptoms"]):
        found.says.append(f"symptoms of liver injury reported on {in_words(symptom.date)}")
        found.facts.append(symptom)
    return found


def near(course: Course, analyte: str, beside: Laboratory, days: int) -> Laboratory | None:
    """The last result of an analyte taken within so many days of another result."""
    taken = [
        one
        for one in results(course).get(analyte, ())
        if abs(days_between(beside.taken_on, one.taken_on)) <= days
    ]
    return taken[-1] if taken else None


def _is_cleared(course: Course, enzyme: Laboratory, evidence: _Evidence) -> bool:
    """By hepatology and a decision, both made when all of this was known."""
    among = results(course)[enzyme.analyte]
    decision = cleared_by(course, _RULE, enzyme, among=among, needs_assessment=("hepatology",))
    return decision is not None and all(fact.day <= decision.date for fact in evidence.facts)


def _emergency(enzyme: Laboratory, evidence: _Evidence, held: Dated[Any]) -> Outcome:
    last = max(fact.day for fact in (enzyme, *evidence.facts))
    return advised(
        "emergency",
        f"LFT-H, a possible Hy's law case: {in_plain(enzyme)} with {' and '.join(evidence.says)}.",
        needs="stop; liver injury to be assessed today: bilirubin, INR, "
        f"{name_of(enzyme.analyte)} and hepatology",
        whose_move="prescriber",
        facts=(enzyme, *evidence.facts),
        values=(held,),
        task="specialist_review",
        opens_on=last,
        due_on=last,
    )
