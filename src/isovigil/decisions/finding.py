"""What did one rule answer, and on what grounds?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

import msgspec

from isovigil.case.fact import Fact
from isovigil.law.source import Strength
from isovigil.law.value import Dated

Answer = Literal["met", "met_by_discretion", "not_met", "unknown", "not_applicable"]
Gate = Literal["start", "prescribe", "dispense"]
Mover = Literal[
    "patient", "carer", "prescriber", "designee", "laboratory", "pharmacy", "specialist", "programme"
]
Action = Literal["continue", "recheck", "no_uptitrate", "reduce", "hold", "stop", "emergency"]
TaskWord = Literal[
    "pregnancy_test",
    "confirmatory_test",
    "end_of_treatment_test",
    "post_treatment_test",
    "counselling",
    "comprehension",
    "contraception_entry",
    "consent",
    "attestation",
    "certification",
    "prescription",
    "dispense",
    "reversal",
    "laboratory",
    "questionnaire",
    "visit",
    "weight",
    "eye_examination",
    "specialist_review",
    "report_pregnancy",
    "report_adverse_event",
    "return_capsules",
    "record_fact",
]

PASSES: frozenset[Answer] = frozenset({"met", "met_by_discretion", "not_applicable"})
"""The answers that never hold a gate. `unknown` is not among them."""

STRENGTHS: tuple[Strength, ...] = ("law", "licence", "guidance", "discretion", "local_default")
BINDING: frozenset[Strength] = frozenset({"law", "licence"})
"""Only what a statute, a REMS or a licence requires can block in the programme channel."""


class Task(msgspec.Struct, frozen=True, gc=False):
    """One next step: what, whose move, from when, by when, and the rule that asks for it."""

    what: TaskWord
    who: Mover
    opens_on: date | None
    due_on: date | None
    closes_on: date | None
    rule: str
    says: str


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """One rule's answer before it is bound to the gates: made by `met`, `not_met` and the like."""

    answer: Answer
    says: str
    needs: str | None = None
    whose_move: Mover | None = None
    satisfiable_from: date | None = None
    facts: tuple[str, ...] = ()
    values: tuple[Dated[Any], ...] = ()
    amber: bool = False
    strength: Strength | None = None
    """Only where the rule must say it itself; else the strongest of the values used."""
    action: Action | None = None
    """What the clinical channel should do; None for a rule of the programme channel."""
    gates: tuple[Gate, ...] | None = None
    """The gates this answer concerns, where they are fewer than the rule's own."""
    task: TaskWord | None = None
    due_on: date | None = None
    closes_on: date | None = None


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One rule's answer about one patient at one moment, with everything it used."""

    rule: str
    gates: tuple[Gate, ...]
    answer: Answer
    strength: Strength
    amber: bool
    says: str
    needs: str | None
    whose_move: Mover | None
    satisfiable_from: date | None
    facts: tuple[str, ...]
    values: tuple[Dated[Any], ...]
    action: Action | None
    tasks: tuple[Task, ...]


def ids(facts: Iterable[Fact | None]) -> tuple[str, ...]:
    """The ids of the facts that were there."""
    if type(facts) is list and len(facts) == 1 and facts[0] is not None:
        return (facts[0].id,)  # most findings rest on one fact
    return tuple([fact.id for fact in facts if fact is not None]) if facts else ()


def met(
    says: str,
    *,
    facts: Iterable[Fact | None] = (),
    values: tuple[Dated[Any], ...] = (),
    amber: bool = False,
    by_discretion: bool = False,
    strength: Strength | None = None,
) -> Outcome:
    """The requirement is met; `amber` when a person should still look."""
    if by_discretion and strength is None:
        strength = "discretion"
    answer: Answer = "met_by_discretion" if by_discretion else "met"
    return Outcome(answer, says, None, None, None, ids(facts) if facts else (), values, amber, strength)


def not_met(
    says: str,
    *,
    needs: str,
    whose_move: Mover,
    satisfiable_from: date | None = None,
    facts: Iterable[Fact | None] = (),
    values: tuple[Dated[Any], ...] = (),
    task: TaskWord | None = None,
    due_on: date | None = None,
    closes_on: date | None = None,
    gates: tuple[Gate, ...] | None = None,
    strength: Strength | None = None,
) -> Outcome:
    """The requirement is not met: what clears it, whose move that is, and from which day."""
    return Outcome(
        "not_met",
        says,
        needs,
        whose_move,
        satisfiable_from,
        ids(facts),
        values,
        strength=strength,
        gates=gates,
        task=task,
        due_on=due_on,
        closes_on=closes_on,
    )


def unknown(
    says: str,
    *,
    needs: str,
    whose_move: Mover,
    satisfiable_from: date | None = None,
    facts: Iterable[Fact | None] = (),
    values: tuple[Dated[Any], ...] = (),
    task: TaskWord | None = None,
    due_on: date | None = None,
    closes_on: date | None = None,
    gates: tuple[Gate, ...] | None = None,
    strength: Strength | None = None,
) -> Outcome:
    """Nobody recorded what the rule needs. Never a pass."""
    return Outcome(
        "unknown",
        says,
        needs,
        whose_move,
        satisfiable_from,
        ids(facts),
        values,
        strength=strength,
        gates=gates,
        task=task,
        due_on=due_on,
        closes_on=closes_on,
    )


def not_applicable(
    says: str,
    *,
    facts: Iterable[Fact | None] = (),
    values: tuple[Dated[Any], ...] = (),
    strength: Strength | None = None,
) -> Outcome:
    """The rule does not concern this patient, or is out of force: why, or since when."""
    named = ids(facts) if facts else ()
    return Outcome("not_applicable", says, None, None, None, named, values, False, strength)
