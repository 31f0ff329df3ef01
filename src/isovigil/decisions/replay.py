"""Was each past prescription and hand-over right by the rules, and with the knowledge, of its day?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from isovigil.calendar.window import last_instant
from isovigil.case.case import Case
from isovigil.case.chart import has_corrections, in_total_order, keeping
from isovigil.case.fact import Fact
from isovigil.case.kinds import ClinicalDecision, Dispense, Prescription, Reversal
from isovigil.decisions.finding import Finding, Gate
from isovigil.decisions.review import PastReview, review_of_the_past
from isovigil.decisions.rule import Verdict
from isovigil.law.refusal import NoRuleInForce
from isovigil.law.rulebook import Rulebook

Judged = Literal["right", "wrong", "unknowable", "no_rule"]
JUDGED: tuple[Judged, ...] = ("right", "wrong", "unknowable", "no_rule")
_GATE_OF: dict[type[Fact], Gate] = {Prescription: "prescribe", Dispense: "dispense"}


class Reason(msgspec.Struct, frozen=True):
    """One finding that stood in the way, or that a person should have looked at."""

    rule: str
    answer: str
    says: str
    needs: str | None


class ReplayedAct(msgspec.Struct, frozen=True):
    """One act, judged as it stood on its day."""

    act: str
    """The fact's id."""
    kind: Literal["prescription", "dispense"]
    on: date
    gate: Gate
    judged: Judged
    """Right: the gate was ready. Wrong: something needed was known not to be so. Unknowable: what
    stood in the way is only that nobody had recorded it by then. No rule: the day is outside the law held.
    """
    verdict: Verdict | None
    because: tuple[Reason, ...]
    to_look_at: tuple[Reason, ...]
    """Passes and advice that a person should have looked at."""
    regime: str | None
    overlays: tuple[str, ...]
    other_readings: tuple[tuple[str, Verdict], ...]
    """The same gate where an open date of law falls the other way: the regime and its verdict."""
    in_hindsight: Verdict | None
    """The verdict of the same day by the same law with every fact that is on file now; None where the
    day is outside the law held.
    """
    refusal: str | None = None


class Replay(msgspec.Struct, frozen=True):
    """Every past prescription and hand-over of one case, oldest first."""

    patient: str
    programme: str
    policy: str
    known_by: datetime
    """What is on file "now", for the hindsight."""
    acts: tuple[ReplayedAct, ...]
    rulebook: str

    def count(self, judged: Judged) -> int:
        """How many acts were judged so."""
        return sum(act.judged == judged for act in self.acts)


def replay(
    case: Case,
    law: Rulebook,
    known_by: datetime,
    *,
    programme: str | None = None,
    policy: str | None = None,
) -> Replay:
    """Judge every prescription and hand-over on file by `known_by`, each on its own day.

    A hand-over is judged with itself left out, so that it has used nothing up yet. A prescription is
    judged as it was written, so it stays; what came of it later that day is left out. Acts that were
    corrected or entered in error are not acts. Raises ReviewNotPossible where no programme is named, and
    what `Rulebook.programme` and `Rulebook.policy` raise.
    """
    acts = tuple(
        _replayed(case, law, act, known_by, programme, policy) for act in acts_that_stand(case, known_by)
    )
    return Replay(
        patient=case.patient.id,
        programme=programme or case.programme or "",
        policy=policy or case.policy,
        known_by=known_by,
        acts=acts,
        rulebook=law.digest,
    )


def acts_that_stand(case: Case, known_by: datetime) -> list[Prescription | Dispense]:
    """The prescriptions and hand-overs on file by then, oldest first, prescriptions before hand-overs."""
    zone = ZoneInfo(case.time_zone)
    known = [fact for fact in case.facts if _learned_at(fact, zone) <= known_by]
    corrected = {fact.supersedes for fact in known if fact.supersedes is not None}
    standing = [
        fact
        for fact in known
        if isinstance(fact, Prescription | Dispense) and not fact.withdrawn and fact.id not in corrected
    ]
    return sorted(standing, key=lambda fact: (fact.day, isinstance(fact, Dispense), fact.sort_key()))


def _learned_at(fact: Fact, zone: ZoneInfo) -> datetime:
    if fact.recorded_at is not None:
        return fact.recorded_at
    return last_instant(getattr(fact, "reported_on", None) or fact.day, zone)


def _replayed(
    case: Case,
    law: Rulebook,
    act: Prescription | Dispense,
    known_by: datetime,
    programme: str | None,
    policy: str | None,
) -> ReplayedAct:
    kind: Literal["prescription", "dispense"] = "dispense" if isinstance(act, Dispense) else "prescription"
    gate = _GATE_OF[type(act)]
    as_it_stood = before_the_act(case, act)
    end_of_day = last_instant(act.day, ZoneInfo(case.time_zone))
    try:
        past = _review(as_it_stood, law, act, end_of_day, programme, policy)
    except NoRuleInForce as nothing:
        return ReplayedAct(
            act.id, kind, act.day, gate, "no_rule", None, (), (), None, (), (), None, str(nothing)
        )
    then = later = past.review
    if not (past.has_one_reading and _has_nothing_to_learn(as_it_stood, act, then.on, end_of_day, known_by)):
        now = _with_the_facts_of(as_it_stood, known_by, end_of_day)
        later = _review(now, law, act, end_of_day, programme, policy).review
    verdict = then.gates[gate]
    named = [finding for finding in then.findings if finding.rule in verdict.because]
    return ReplayedAct(
        act=act.id,
        kind=kind,
        on=act.day,
        gate=gate,
        judged=_judged(verdict.verdict, named),
        verdict=verdict.verdict,
        because=tuple(map(_reason, named)),
        to_look_at=tuple(_reason(each) for each in then.findings if each.amber and gate in each.gates),
        regime=then.regime.id,
        overlays=then.regime.overlays,
        other_readings=tuple((other.regime, other.gates[gate].verdict) for other in then.alternatives),
        in_hindsight=later.gates[gate].verdict,
    )


def before_the_act(case: Case, act: Prescription | Dispense) -> Case:
    """The case without what had not happened yet when the act was done."""
    later = {
        fact.id
        for fact in case.facts
        if isinstance(fact, Dispense)
        and fact.day == act.day
        and (isinstance(act, Prescription) or fact.sort_key() >= act.sort_key())
    }
    if isinstance(act, Prescription):
        later |= {
            fact.id
            for fact in case.facts
            if isinstance(fact, Prescription) and fact.day == act.day and fact.sort_key() > act.sort_key()
        }
    else:
        later.add(act.id)
    if has_corrections(case):
        later |= _corrected_by(case, later)
    return keeping(
        case,
        lambda fact: fact.id not in later and not (isinstance(fact, Reversal) and fact.dispense in later),
    )


def _corrected_by(case: Case, left_out: set[str]) -> set[str]:
    """The earlier entries of the facts left out: without their correction they would count again."""
    replaces = {fact.id: fact.supersedes for fact in case.facts if fact.supersedes is not None}
    found: set[str] = set()
    for name in left_out:
        before = replaces.get(name)
        while before is not None and before not in found:
            found.add(before)
            before = replaces.get(before)
    return found


def _review(
    case: Case,
    law: Rulebook,
    act: Prescription | Dispense,
    known_by: datetime,
    programme: str | None,
    policy: str | None,
) -> PastReview:
    instant = act.at if isinstance(act, Dispense) else None
    if instant is not None:
        return review_of_the_past(case, law, instant, known_by, programme=programme, policy=policy)
    return review_of_the_past(case, law, known_by=known_by, on=act.day, programme=programme, policy=policy)


def _has_nothing_to_learn(
    case: Case, act: Prescription | Dispense, judged_on: date, end_of_day: datetime, known_by: datetime
) -> bool:
    """Does hindsight see exactly what was seen on the day, so that it must say the same at the act's gate?

    It does where every fact dated by the act's day was known by its end, none corrects another (a correction
    dated later still counts), and no decision says when it was recorded: then the order in which things
    were recorded decides what the decision was about, and hindsight puts all of them at one moment.
    """
    if judged_on != act.day or known_by < end_of_day or has_corrections(case):
        return False
    for entry in in_total_order(case):
        if entry.day > act.day:
            break
        if entry.learned_at is None:
            if entry.learned_on > act.day:
                return False
        elif entry.learned_at > end_of_day or entry.kind is ClinicalDecision:
            return False
    return True


def _with_the_facts_of(case: Case, known_by: datetime, end_of_day: datetime) -> Case:
    """The same case as if everything on file by `known_by` had been recorded by the end of that day."""
    zone = ZoneInfo(case.time_zone)
    facts = tuple(
        msgspec.structs.replace(fact, recorded_at=end_of_day)
        for fact in case.facts
        if _learned_at(fact, zone) <= known_by and fact.day <= end_of_day.astimezone(zone).date()
    )
    return msgspec.structs.replace(case, facts=facts)


def _judged(verdict: Verdict, named: list[Finding]) -> Judged:
    if verdict == "ready":
        return "right"
    return "unknowable" if all(finding.answer == "unknown" for finding in named) else "wrong"


def _reason(finding: Finding) -> Reason:
    return Reason(finding.rule, finding.answer, finding.says, finding.needs)
