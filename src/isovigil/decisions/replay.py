"""Was each past prescription and hand-over right by the rules, and with the knowledge, of its day?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from isovigil.case.case import Case
from isovigil.case.chart import has_corrections
from isovigil.case.fact import Fact
from isovigil.case.kinds import Dispense, Prescription
from isovigil.decisions.finding import Finding, Gate
from isovigil.decisions.past_acts import PastActs
from isovigil.decisions.past_charts import Act, learned_at
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
    past = PastActs(case, law, programme, policy)
    acts = tuple(_replayed(past, act, known_by) for act in acts_that_stand(case, known_by))
    return Replay(
        patient=case.patient.id,
        programme=programme or case.programme or "",
        policy=policy or case.policy,
        known_by=known_by,
        acts=acts,
        rulebook=law.digest,
    )


def acts_that_stand(case: Case, known_by: datetime) -> list[Act]:
    """The prescriptions and hand-overs on file by then, oldest first, prescriptions before hand-overs."""
    zone = ZoneInfo(case.time_zone)
    corrected: set[str | None] = set()
    if has_corrections(case):
        corrected = {fact.supersedes for fact in case.facts if learned_at(fact, zone) <= known_by}
    standing = [
        fact
        for fact in case.facts
        if isinstance(fact, Prescription | Dispense)
        and not fact.withdrawn
        and fact.id not in corrected
        and learned_at(fact, zone) <= known_by
    ]
    return sorted(standing, key=lambda fact: (fact.day, isinstance(fact, Dispense), fact.sort_key()))


def _replayed(acts: PastActs, act: Act, known_by: datetime) -> ReplayedAct:
    kind: Literal["prescription", "dispense"] = "dispense" if isinstance(act, Dispense) else "prescription"
    gate = _GATE_OF[type(act)]
    try:
        past = acts.judged(act, gate)
    except NoRuleInForce as nothing:
        return ReplayedAct(
            act.id, kind, act.day, gate, "no_rule", None, (), (), None, (), (), None, str(nothing)
        )
    verdict = in_hindsight = past.verdict.verdict
    agree = all(other == verdict for _, other in past.others)
    if not (agree and acts.has_nothing_to_learn(act, known_by)):
        in_hindsight = acts.verdict_in_hindsight(act, gate, past, known_by)
    named = [finding for finding in past.told if finding.rule in past.verdict.because]
    return ReplayedAct(
        act=act.id,
        kind=kind,
        on=act.day,
        gate=gate,
        judged=_judged(verdict, named),
        verdict=verdict,
        because=tuple(map(_reason, named)),
        to_look_at=tuple(_reason(each) for each in past.told if each.amber and gate in each.gates),
        regime=past.regime.id,
        overlays=past.regime.overlays,
        other_readings=past.others,
        in_hindsight=in_hindsight,
    )


def _judged(verdict: Verdict, named: list[Finding]) -> Judged:
    if verdict == "ready":
        return "right"
    return "unknowable" if all(finding.answer == "unknown" for finding in named) else "wrong"


def _reason(finding: Finding) -> Reason:
    return Reason(finding.rule, finding.answer, finding.says, finding.needs)
