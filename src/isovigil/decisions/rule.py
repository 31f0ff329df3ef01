"""What is a rule, and which gates does it feed?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from isovigil.decisions.course import Course
from isovigil.decisions.finding import Gate, Outcome
from isovigil.law.law import Law

Verdict = Literal["ready", "waiting", "hold", "stop"]
VERDICTS: tuple[Verdict, ...] = ("ready", "waiting", "hold", "stop")
"""From the best to the worst."""

START: tuple[Gate, ...] = ("start",)
PRESCRIBE: tuple[Gate, ...] = ("prescribe",)
DISPENSE: tuple[Gate, ...] = ("dispense",)
PRESCRIBE_AND_DISPENSE: tuple[Gate, ...] = ("prescribe", "dispense")
EVERY_GATE: tuple[Gate, ...] = ("start", "prescribe", "dispense")

RuleFunction: TypeAlias = Callable[[Course, Law], Outcome]


class Rule(msgspec.Struct, frozen=True):
    """A named question with the gates it feeds and what a failure means for them.

    A rule that feeds the start gate also holds the first prescription and the first hand-over,
    and is frozen once the first dose has been handed over, unless it feeds those gates itself.
    """

    name: str
    asks: str
    gates: tuple[Gate, ...]
    judge: RuleFunction
    when_not_met: Verdict = "waiting"
    when_unknown: Verdict = "waiting"
    clinical: bool = False
    never_holds: bool = False
    """A clinical rule that asks at most for a lower dose or a recheck: it holds and stops nothing."""


RULES: dict[str, Rule] = {}
"""Every rule by its name, filled as the topic modules are imported by `decisions.catalogue`."""


def rule(
    name: str,
    *,
    gates: tuple[Gate, ...] = (),
    when_not_met: Verdict = "waiting",
    when_unknown: Verdict = "waiting",
    clinical: bool = False,
    never_holds: bool = False,
) -> Callable[[RuleFunction], RuleFunction]:
    """Declare a function as the rule of this name. Its docstring's first line is what it asks."""

    def declare(judge: RuleFunction) -> RuleFunction:
        if name in RULES:
            raise ValueError(f"two rules are named {name}")
        asks = (judge.__doc__ or "").strip().split("\n", 1)[0]
        if not asks:
            raise ValueError(f"the rule {name} has no docstring to say what it asks")
        RULES[name] = Rule(name, asks, gates, judge, when_not_met, when_unknown, clinical, never_holds)
        return judge

    return declare
