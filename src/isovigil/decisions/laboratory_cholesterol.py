"""What do total cholesterol and LDL ask for?"""

from __future__ import annotations

from isovigil.case.kinds import Laboratory
from isovigil.decisions.advice import gravest, not_yet_drawn
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome
from isovigil.decisions.laboratory_advice import Judged, advise, fasting_draw
from isovigil.decisions.laboratory_bands import abnormal_before, action_of, place
from isovigil.decisions.laboratory_calm import calm_outcome, calm_results
from isovigil.decisions.laboratory_results import baseline_of, canonical, latest, on_treatment, was_raised
from isovigil.decisions.rule import rule
from isovigil.law.law import Law

_RULE = "laboratory.cholesterol"
_TABLE = "laboratory/cholesterol_actions"
_ANALYTES = ("cholesterol", "ldl")
_CALM = calm_results(_TABLE, _ANALYTES)


@rule(_RULE, clinical=True)
def cholesterol(course: Course, law: Law) -> Outcome:
    """What do total cholesterol and LDL ask for?"""
    found = [fact for analyte in _ANALYTES if (fact := latest(course, analyte)) is not None]
    if not found:
        return not_yet_drawn("total cholesterol or LDL")
    return gravest([_advice(course, law, fact) for fact in found])


def _advice(course: Course, law: Law, fact: Laboratory) -> Outcome:
    baseline = baseline_of(course, law, fact.analyte)
    calm = calm_outcome(_CALM, fact, baseline, law)
    if calm is not None:
        return calm
    placed = place(fact, _TABLE, law)
    treated = on_treatment(course, fact)
    before = abnormal_before(course, fact, _TABLE, law, baseline) if treated and placed.place else None
    action = action_of(
        placed,
        baseline_raised=treated and was_raised(baseline),
        repeat_of=None if before is None else canonical(before),
        now=canonical(fact),
    )
    beside = () if before is None else (before,)
    return advise(
        _RULE,
        course,
        law,
        Judged(fact, placed, action, baseline, beside=beside),
        lambda: fasting_draw(law, fact),
    )
