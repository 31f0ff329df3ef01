"""How is the band of a blood result said as advice, with its dates, its grades and what clears it?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from isovigil.calendar.days import days_after, in_words
from isovigil.case.kinds import ClinicalDecision, Laboratory
from isovigil.case.words import AssessmentWord
from isovigil.decisions.advice import advised, cannot_tell, graver, gravity, nothing_asked
from isovigil.decisions.clearing import cleared_by
from isovigil.decisions.course import Course
from isovigil.decisions.ctcae import counting_version, graded_in_words
from isovigil.decisions.finding import Action, Outcome
from isovigil.decisions.laboratory_bands import Placed
from isovigil.decisions.laboratory_results import (
    Baseline,
    in_plain,
    may_be_worse,
    name_of,
    results,
)
from isovigil.law.law import Law
from isovigil.law.value import Dated

_HOLDING: tuple[Action, ...] = ("hold", "stop", "emergency")
_ASSESSMENTS: tuple[AssessmentWord, ...] = ("hepatology", "lipid", "specialist")
_DAYS_AT_ONCE = (0, 0)


class Judged(msgspec.Struct, frozen=True):
    """What one result comes to: the action, the reasons beside the band, and what else is needed."""

    fact: Laboratory
    placed: Placed
    action: Action
    baseline: Baseline | None
    because: str = ""
    also_needs: str = ""
    beside: tuple[Laboratory, ...] = ()
    values: tuple[Dated[Any], ...] = ()


def _judged_in_words(judged: Judged, law: Law, counts: str) -> str:
    """The value, its band, what made the action graver, and its grades."""
    says = f"{in_plain(judged.fact)}: {judged.placed.band}."
    if judged.because:
        says += f" {judged.because}"
    graded = graded_in_words(judged.fact, judged.baseline, law, counts)
    if graded:
        says += f" {graded}"
    if may_be_worse(judged.fact):
        says += " The report gives only a bound, so the true value may be worse."
    return says


def advise(
    rule: str,
    course: Course,
    law: Law,
    judged: Judged,
    prepared: Callable[[], tuple[str, tuple[Dated[Any], ...]]] | None = None,
) -> Outcome:
    """The outcome of one judged result. `prepared` says how to prepare for the next draw."""
    fact, placed = judged.fact, judged.placed
    version = counting_version(law, fact)
    values = (placed.value, *judged.values, version)
    facts = (fact, *judged.beside)
    says = _judged_in_words(judged, law, version.value)
    action = graver(judged.action, "recheck") if may_be_worse(fact) else judged.action
    decision = _decision(rule, course, judged, action)
    if decision is not None:
        action = "reduce" if decision.decision == "reduce" else "recheck"
        says += (
            f" {decision.by} decided on {in_words(decision.date)} to {decision.decision}: "
            f"{decision.reason.rstrip('.')}."
        )
    if placed.missing is not None:
        return _ungradable(judged, says, action, facts, values)
    if action == "continue":
        return nothing_asked(says, facts=facts, values=values)
    opens, due = placed.row.get("recheck_days", _DAYS_AT_ONCE)
    preparing, preparing_values = ("", ()) if prepared is None else prepared()
    again = f"{name_of(fact.analyte)} again by {in_words(days_after(fact.taken_on, due))}{preparing}"
    parts = [placed.row.get("advice", ""), judged.also_needs, again if "recheck_days" in placed.row else ""]
    return advised(
        action,
        says,
        needs="; ".join(part for part in parts if part) or again,
        whose_move="prescriber",
        facts=(*facts, *((decision,) if decision is not None else ())),
        values=(*values, *preparing_values),
        task="laboratory",
        opens_on=days_after(fact.taken_on, opens),
        due_on=days_after(fact.taken_on, due),
    )


def _decision(rule: str, course: Course, judged: Judged, action: Action) -> ClinicalDecision | None:
    """The decision that ends the hold; the band says which assessment it needs."""
    if action not in _HOLDING:
        return None
    wanted = judged.placed.row.get("assessment")
    needs = tuple(word for word in _ASSESSMENTS if word == wanted)
    among = results(course).get(judged.fact.analyte, [])
    return cleared_by(course, rule, judged.fact, among=among, needs_assessment=needs)


def _ungradable(
    judged: Judged,
    says: str,
    action: Action,
    facts: Iterable[Laboratory],
    values: tuple[Dated[Any], ...],
) -> Outcome:
    """A result that cannot be placed is never a pass; what is known of it may still ask for more."""
    fact = judged.fact
    missing = judged.placed.missing
    return cannot_tell(
        f"{in_plain(fact)} cannot be graded: the report does not give {missing}."
        + (f" {says}" if judged.placed.place else ""),
        needs=f"{missing} for {name_of(fact.analyte)} from the report of {in_words(fact.taken_on)}, "
        "or a new result that gives it",
        whose_move="laboratory",
        task="laboratory",
        facts=facts,
        values=values,
        opens_on=fact.taken_on,
        action=graver(action, "recheck"),
    )


def still_standing(now: Outcome, stood: Outcome | None) -> Outcome:
    """A result that cannot be judged never lifts what the last one that could be judged asked for."""
    if stood is None or stood.action is None or now.action is None:
        return now
    if gravity(stood.action) <= gravity(now.action):
        return now
    return msgspec.structs.replace(
        now,
        action=stood.action,
        says=f"{now.says} Until then the last result that can be judged stands. {stood.says}",
        facts=tuple(dict.fromkeys((*now.facts, *stood.facts))),
        values=(*now.values, *stood.values),
    )


def fasting_draw(law: Law, on: Laboratory) -> tuple[str, tuple[Dated[Any], ...]]:
    """How to prepare for a lipid test, as words to append, with the values they rest on."""
    day = on.taken_on
    fast, dry = law.value("laboratory/fasting_hours", day), law.number("laboratory/alcohol_hours", day)
    low, high = fast.value
    return (
        f", fasting for {low:g} to {high:g} hours and without alcohol for {dry.value:g} hours",
        (fast, dry),
    )


def rested_draw(law: Law, on: Laboratory) -> tuple[str, tuple[Dated[Any], ...]]:
    """How to prepare for a test of liver or muscle enzymes."""
    rest = law.value("laboratory/exercise_hours", on.taken_on)
    low, high = rest.value
    return f", without hard exercise for {low:g} to {high:g} hours before", (rest,)
