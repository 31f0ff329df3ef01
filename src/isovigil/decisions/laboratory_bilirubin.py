"""What does the bilirubin ask for: is it Gilbert's syndrome, or a liver that is failing?"""

from __future__ import annotations

from typing import Any

from isovigil.calendar.days import days_after, in_words
from isovigil.case.kinds import Condition, Laboratory
from isovigil.decisions.advice import advised, cannot_tell, not_yet_drawn, nothing_asked
from isovigil.decisions.clearing import cleared_by
from isovigil.decisions.course import Course
from isovigil.decisions.ctcae import counting_version, graded_in_words
from isovigil.decisions.finding import Action, Outcome
from isovigil.decisions.laboratory_liver import near
from isovigil.decisions.laboratory_results import (
    baseline_of,
    canonical,
    in_plain,
    is_above,
    is_from,
    latest,
    may_be_worse,
    results,
    worst_reading,
)
from isovigil.decisions.rule import rule
from isovigil.law.law import Law
from isovigil.law.value import Dated

_RULE = "laboratory.bilirubin"


@rule(_RULE, clinical=True)
def bilirubin(course: Course, law: Law) -> Outcome:
    """What does the bilirubin ask for?

    Raised alone and unconjugated it is most likely Gilbert's syndrome. Conjugated, or with ALT of
    three times its limit, it is judged as possible liver injury (LFT-H).
    """
    found = latest(course, "bilirubin")
    if found is None:
        return not_yet_drawn("bilirubin")
    limit = found.upper_limit
    if limit is None:
        return _missing(found, "cannot be graded: the report gives no upper limit.", "its upper limit", law)
    values = (counting_version(law, found),)
    graded = graded_in_words(found, baseline_of(course, law, "bilirubin"), law, values[0].value)
    says = f"{in_plain(found)}. {graded}"
    if not is_above(worst_reading(found), limit):
        if may_be_worse(found):
            return _missing(found, "leaves open whether it is raised.", "an exact value", law)
        return nothing_asked(says, facts=[found], values=values)
    return _raised(course, law, found, says)


def _raised(course: Course, law: Law, found: Laboratory, says: str) -> Outcome:
    limits_of_injury = law.value("laboratory/possible_hys_law", found.taken_on)
    injury: dict[str, Any] = limits_of_injury.value
    within = injury["within_days"]
    enzyme = near(course, "alt", found, within) or near(course, "ast", found, within)
    direct = near(course, "bilirubin_direct", found, within)
    share = None if direct is None else canonical(direct) / canonical(found)
    most = law.number("laboratory/unconjugated_share", found.taken_on)
    conjugated = share is not None and is_above(share, most.value)
    in_limits = _in_limits(enzyme)
    with_enzyme = in_limits is not None and is_from(in_limits, injury["enzyme_from_limit"])
    if conjugated or with_enzyme:
        double = is_from(worst_reading(found), injury["bilirubin_from_limit"] * (found.upper_limit or 0))
        because = "It is conjugated." if conjugated else f"With it: {in_plain(enzyme or found)}."
        facts = tuple(fact for fact in (found, direct, enzyme) if fact is not None)
        action: Action = "emergency" if double else "hold"
        return _injury(course, f"{says} {because}", action, facts, (limits_of_injury, most))
    normal_enzyme = in_limits is not None and not is_above(in_limits, 1)
    gilbert = [fact for fact in course.chart.open_now(Condition) if fact.what == "gilbert"]
    if normal_enzyme and (share is not None or gilbert):
        known = "Gilbert's syndrome is known" if gilbert else "most likely Gilbert's syndrome"
        return nothing_asked(
            f"{says} Raised alone and not conjugated, with normal enzymes: {known}."
            if share is not None
            else f"{says} Raised alone, with normal enzymes: {known}.",
            facts=(found, direct, enzyme, *gilbert),
            values=(most,),
            amber=True,
        )
    missing = "ALT and direct bilirubin" if not normal_enzyme else "direct bilirubin"
    return _missing(found, "is raised, and nothing tells yet whether it is conjugated.", missing, law)


def _in_limits(enzyme: Laboratory | None) -> float | None:
    if enzyme is None or enzyme.upper_limit is None:
        return None
    return worst_reading(enzyme) / enzyme.upper_limit


def _injury(
    course: Course,
    says: str,
    action: Action,
    facts: tuple[Laboratory, ...],
    values: tuple[Dated[Any], ...],
) -> Outcome:
    found = facts[0]
    among = results(course)["bilirubin"]
    decision = cleared_by(course, _RULE, found, among=among, needs_assessment=("hepatology",))
    if decision is not None and all(fact.day <= decision.date for fact in facts):
        action = "reduce" if decision.decision == "reduce" else "recheck"
        says += f" {decision.by} decided on {in_words(decision.date)} to {decision.decision}."
    return advised(
        action,
        f"{says} Possible liver injury (LFT-H).",
        needs="ALT, INR and hepatology"
        + ("; stop, and assess today" if action == "emergency" else "; hold until it is explained"),
        whose_move="prescriber",
        facts=facts,
        values=values,
        task="specialist_review",
        opens_on=found.taken_on,
        due_on=found.taken_on,
    )


def _missing(found: Laboratory, says: str, needs: str, law: Law) -> Outcome:
    within = law.days("laboratory/bilirubin_recheck_days", found.taken_on)
    due_on = days_after(found.taken_on, within.value)
    return cannot_tell(
        f"{in_plain(found)} {says}",
        needs=f"{needs}, with bilirubin again by {in_words(due_on)}",
        whose_move="prescriber",
        task="laboratory",
        facts=[found],
        values=(within,),
        opens_on=found.taken_on,
        due_on=due_on,
    )
