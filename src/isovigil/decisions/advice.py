"""What does a clinical rule advise, and how is that said as an outcome?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from isovigil.case.fact import Fact
from isovigil.decisions.finding import Action, Mover, Outcome, TaskWord, ids
from isovigil.law.source import Strength
from isovigil.law.value import Dated

ACTIONS: tuple[Action, ...] = (
    "continue",
    "recheck",
    "no_uptitrate",
    "reduce",
    "hold",
    "stop",
    "emergency",
)
"""From the mildest to the gravest."""

_GRAVITY = {action: place for place, action in enumerate(ACTIONS)}


def gravity(action: Action) -> int:
    """How grave an action is; 0 is to continue."""
    return _GRAVITY[action]


def graver(one: Action, other: Action) -> Action:
    """The graver of two actions."""
    return one if _GRAVITY[one] >= _GRAVITY[other] else other


def gravest(outcomes: list[Outcome]) -> Outcome:
    """The outcome that asks for the gravest action; of several the first."""
    if len(outcomes) == 1:
        return outcomes[0]
    return max(outcomes, key=lambda one: _GRAVITY[one.action or "continue"])


def nothing_asked(
    says: str,
    *,
    facts: Iterable[Fact | None] = (),
    values: tuple[Dated[Any], ...] = (),
    amber: bool = False,
) -> Outcome:
    """The rule was judged and asks for nothing: treatment continues as it is."""
    return Outcome("met", says, None, None, None, ids(facts), values, amber, None, "continue")


def advised(
    action: Action,
    says: str,
    *,
    needs: str,
    whose_move: Mover,
    facts: Iterable[Fact | None] = (),
    values: tuple[Dated[Any], ...] = (),
    task: TaskWord | None = None,
    opens_on: date | None = None,
    due_on: date | None = None,
    strength: Strength | None = None,
) -> Outcome:
    """Something is asked: what it is, what settles it, whose move that is, and the step with its dates."""
    return Outcome(
        "not_met",
        says,
        needs,
        whose_move,
        opens_on,
        ids(facts),
        values,
        strength=strength,
        action=action,
        task=task,
        due_on=due_on,
    )


def cannot_tell(
    says: str,
    *,
    needs: str,
    whose_move: Mover,
    task: TaskWord,
    facts: Iterable[Fact | None] = (),
    values: tuple[Dated[Any], ...] = (),
    opens_on: date | None = None,
    due_on: date | None = None,
    action: Action = "recheck",
) -> Outcome:
    """A needed result is missing or cannot be judged: never a pass, and a step that would settle it."""
    return Outcome(
        "unknown",
        says,
        needs,
        whose_move,
        opens_on,
        ids(facts),
        values,
        action=action,
        task=task,
        due_on=due_on,
    )


def not_yet_drawn(name: str) -> Outcome:
    """No result to judge: which draws are needed is the schedule's question, not this one's."""
    return Outcome(
        "not_applicable",
        f"No result of {name} is on file; laboratory.baseline and laboratory.due say which are needed.",
        strength="local_default",
    )
