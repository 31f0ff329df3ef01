"""How do suggestions, advice and facts of a visit read?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from isovigil.case.fact import Fact
from isovigil.decisions.review import Review
from isovigil.decisions.whole_capsules import whole_capsules
from isovigil.exchange import review_words as words
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.judging import Judging
from isovigil.usecases.record.patient_case import OnRecord
from isovigil.usecases.record.shown_to_sign import Advice, LineToSign, ShownToSign, hash_of_draft
from isovigil.usecases.record.sign_visit import MEANING
from isovigil.usecases.record.symptom_words import SymptomWords, symptom_words
from isovigil.usecases.visit.answers import FORM
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


def advice_shown(advice: Advice | None, problems: Sequence[str], leaves_out: bool) -> AdviceShown:
    """The review with what was typed; without any where it cannot be judged."""
    if advice is None:
        return AdviceShown((), (), tuple(problems), leaves_out)
    before, after = advice.before, advice.after
    return AdviceShown(
        _gates(before, after),
        tuple(_lines(before, after)),
        tuple(problems),
        leaves_out,
    )


def _gates(before: Review, after: Review) -> tuple[tuple[str, str, bool], ...]:
    return tuple(
        (words.GATES[gate], verdict.verdict, verdict.verdict != before.gates[gate].verdict)
        for gate, verdict in after.gates.items()
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


def told_to_sign(
    acting: Acting, judging: Judging, draft: Sequence[Mapping[str, Any]]
) -> Callable[[Advice, OnRecord], ShownToSign]:
    """How the page to sign is told in the language of the request: once to show it, once more to sign it."""

    def tell(advice: Advice, known: OnRecord) -> ShownToSign:
        return ShownToSign(
            language=get_language() or "",
            patient=str(known.patient),
            name=known.identity.name,
            second_id=known.identity.second_id,
            form=FORM,
            signer=acting.name,
            meaning=MEANING,
            facts=facts_in_words(advice.facts, symptom_words(judging, advice.after.on)),
            draft_hash=hash_of_draft(draft),
            gates=_gates(advice.before, advice.after),
            lines=tuple(
                LineToSign(line.tone, line.says, line.step) for line in _lines(advice.before, advice.after)
            ),
        )

    return tell


class Changed(msgspec.Struct, frozen=True):
    """One thing that the page to sign said and says no longer, or did not say and says now."""

    says: str
    is_new: bool


def changes_shown(before: ShownToSign, now: ShownToSign) -> tuple[Changed, ...]:
    """What the page to sign says otherwise than when it was shown; never nothing where its hash differs."""
    was, is_now = dict.fromkeys(_told_of(before)), dict.fromkeys(_told_of(now))
    gone = (Changed(each, is_new=False) for each in was if each not in is_now)
    come = (Changed(each, is_new=True) for each in is_now if each not in was)
    changed = (*gone, *come)
    return changed or (Changed(_("The form makes other entries of the same answers."), is_new=True),)


def _told_of(shown: ShownToSign) -> Iterator[str]:
    yield f"{shown.name}, {shown.second_id}"
    yield _("In the language “%(language)s”, for the signature of %(signer)s: “%(meaning)s”") % {
        "language": shown.language,
        "signer": shown.signer,
        "meaning": shown.meaning,
    }
    for name, says in shown.facts:
        yield f"{name}: {says}"
    for gate, verdict, is_changed in shown.gates:
        yield f"{gate} {words.VERDICTS[verdict].word}{_(' (with this visit)') if is_changed else ''}"
    for line in shown.lines:
        yield f"{line.says} {line.step}".strip()
