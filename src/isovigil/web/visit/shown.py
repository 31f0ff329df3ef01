"""How do suggestions, advice and facts of a visit read?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from isovigil.case.fact import Fact
from isovigil.decisions.review import Review
from isovigil.decisions.whole_capsules import whole_capsules
from isovigil.exchange import review_words as words
from isovigil.usecases.record.symptom_words import SymptomWords
from isovigil.usecases.record.visit_read import Advice, VisitRead
from isovigil.usecases.visit.asks import Asks
from isovigil.usecases.worklist_words import step_of
from isovigil.web.course.provenance import said_of
from isovigil.web.visit.words import method_words


class AdviceLine(msgspec.Struct, frozen=True):
    """One thing the engine says to what was typed."""

    tone: str
    says: str
    step: str
    is_new: bool
    """Not said before this visit."""


class AdviceShown(msgspec.Struct, frozen=True):
    """What the engine says, and what the pharmacy would be told."""

    gates: tuple[tuple[str, str, bool], ...]
    """The words of each gate, its verdict, and whether this visit changes it."""
    lines: tuple[AdviceLine, ...]
    problems: tuple[str, ...]
    leaves_out: bool
    """An answer that is not sound yet was left out."""


class CapsulesShown(msgspec.Struct, frozen=True):
    """A dose in whole capsules."""

    a_day: str
    daily_mg: float
    daily_mg_per_kg: float | None
    to_hand_over: str


def suggestions_shown(asks: Asks) -> tuple[str, ...]:
    """What one confirm would enter for today, each with when it was said."""
    return tuple(_suggestions(asks))


def _suggestions(asks: Asks) -> Iterator[str]:
    if asks.asks_pregnancy_test and asks.methods:
        named = " + ".join(str(method_words(method)) for method in asks.methods)
        since = "" if asks.methods_since is None else date_format(asks.methods_since)
        yield _("Contraception: %(methods)s (entered %(day)s)") % {"methods": named, "day": since}
    if asks.weight_kg is not None and asks.weighed_on is not None:
        yield _("Weight: %(kg)s kg (%(day)s)") % {
            "kg": f"{asks.weight_kg:g}",
            "day": date_format(asks.weighed_on),
        }


def advice_shown(
    advice: Advice | None, read: VisitRead, problems: Sequence[str], leaves_out: bool
) -> AdviceShown:
    """The review with what was typed; without any where it cannot be judged."""
    if advice is None:
        return AdviceShown((), (), tuple(problems), leaves_out)
    before, after = advice.before, advice.after
    return AdviceShown(
        tuple(
            (words.GATES[gate], verdict.verdict, verdict.verdict != before.gates[gate].verdict)
            for gate, verdict in after.gates.items()
        ),
        tuple(_lines(before, after)),
        tuple(problems),
        leaves_out,
    )


def _lines(before: Review, after: Review) -> Iterator[AdviceLine]:
    told = {finding.rule: finding for finding in after.findings}
    said_before = {finding.rule: finding.says for finding in before.findings}
    rules = dict.fromkeys(
        [*after.clinical.findings, *(rule for gate in after.gates.values() for rule in gate.because)]
    )
    for rule in rules:
        finding = told.get(rule)
        if finding is not None:
            tone = finding.action if finding.action in ("hold", "stop", "emergency") else finding.answer
            is_new = said_before.get(rule) != finding.says
            yield AdviceLine(str(tone), finding.says, step_of(finding), is_new)


def capsules_shown(asks: Asks, daily_mg: float | None, days: int | None) -> CapsulesShown | None:
    """The nearest whole-capsule day to a dose, and what to hand over for it; None without a dose."""
    if daily_mg is None or days is None or not asks.strengths:
        return None
    plan = whole_capsules(daily_mg, asks.strengths, days=days, weight_kg=asks.weight_kg)
    if plan is None:
        return None
    return CapsulesShown(
        ", ".join(f"{count} × {mg:g} mg" for mg, count in plan.a_day),
        plan.daily_mg,
        plan.daily_mg_per_kg,
        ", ".join(f"{count} × {mg:g} mg" for mg, count in plan.to_hand_over),
    )


def facts_in_words(facts: Sequence[Fact], named: Mapping[str, SymptomWords]) -> tuple[tuple[str, str], ...]:
    """Each fact as it would stand on record: its kind with its day, and what it says."""
    return tuple(
        (f"{words.plain(fact.kind).capitalize()}, {date_format(fact.day)}", "; ".join(said_of(fact, named)))
        for fact in facts
    )
