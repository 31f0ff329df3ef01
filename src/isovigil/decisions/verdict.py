"""What do the findings together say at each gate, and which reason is named first?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Final

import msgspec

from isovigil.decisions.finding import BINDING, PASSES, Action, Finding, Gate
from isovigil.decisions.rule import RULES, VERDICTS, Verdict

GATES: tuple[Gate, ...] = ("start", "prescribe", "dispense")

PRECEDENCE: tuple[str, ...] = (
    "pregnancy_testing.not_pregnant",
    "pregnancy_testing.no_positive_test",
    "eligibility.contraindications",
    "eligibility.minimum_age",
    "category.recorded",
    "category.basis_documented",
    "enrolment.patient_enrolled",
    "enrolment.prescriber_certified",
    "enrolment.consents_signed",
    "documents.risk_acknowledged",
    "eligibility.severe_acne",
    "eligibility.prior_therapy_failed",
    "eligibility.no_alternative_attested",
    "eligibility.second_opinion_acknowledged",
    "eligibility.second_prescriber",
    "visits.first_in_person",
    "mental_health.baseline",
    "sexual_function.baseline",
    "contraception.methods_accepted",
    "contraception.lead_time",
    "pregnancy_testing.screening_test",
    "pregnancy_testing.confirmatory_test",
    "pregnancy_testing.monthly_test",
    "pregnancy_testing.test_before_prescription",
    "pregnancy_testing.test_setting",
    "counselling.recorded",
    "comprehension.passed",
    "contraception.entries_match",
    "mental_health.follow_up",
    "sexual_function.follow_up",
    "visits.follow_up_mode",
    "visits.first_review",
    "prescription.initiator_allowed",
    "prescription.supply_limit",
    "prescription.no_refills",
    "prescription.quantity_consistent",
    "enrolment.pharmacy_certified",
    "dispensing.prescription_exists",
    "dispensing.once_per_prescription",
    "dispensing.no_lockout",
    "dispensing.inside_the_window",
    "dispensing.authorisation_valid",
    "contraception.interactions",
    "post_treatment.end_of_treatment_test",
    "post_treatment.test_after_treatment",
    "post_treatment.contraception_until",
    "blood_donation.deferred_until",
)
"""The order in which reasons are named: what endangers most first, then the order of the work."""

_PLACE = {name: place for place, name in enumerate(PRECEDENCE)}
_ACTIONS: tuple[Action, ...] = (
    "continue",
    "recheck",
    "no_uptitrate",
    "reduce",
    "hold",
    "stop",
    "emergency",
)
_SEVERITY = {verdict: place for place, verdict in enumerate(VERDICTS)}
_VERDICTS_KEPT: Final = 4096
NOTHING_ASKED: frozenset[Action | None] = frozenset({None, "continue"})
"""What the clinical channel says where it asks for nothing."""
_VERDICT_OF: dict[Action, Verdict] = {"hold": "hold", "stop": "stop", "emergency": "stop"}


class GateVerdict(msgspec.Struct, frozen=True):
    """One gate's verdict, the rules that make it in order of precedence, and the first of them."""

    verdict: Verdict
    first_reason: str | None
    because: tuple[str, ...]


_READY = GateVerdict("ready", None, ())


class ClinicalVerdict(msgspec.Struct, frozen=True):
    """The worst clinical action, and the rules that ask for anything but to continue."""

    action: Action
    findings: tuple[str, ...]


_CONTINUE = ClinicalVerdict("continue", ())


@cache
def in_order_of_precedence(name: str) -> tuple[int, str]:
    """Where a rule stands in the declared order; clinical rules follow by name."""
    return (_PLACE.get(name, len(PRECEDENCE)), name)


def severity(verdict: Verdict) -> int:
    """How bad a verdict is; 0 is ready."""
    return _SEVERITY[verdict]


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of some verdicts; ready when there are none."""
    return max(verdicts, key=_SEVERITY.__getitem__, default="ready")


def badness(gates: Mapping[str, GateVerdict]) -> int:
    """How bad the worst gate is: of several readings of the law, the worse one is the answer."""
    return max(severity(gate.verdict) for gate in gates.values())


def programme_verdict(finding: Finding) -> Verdict:
    """What one finding means for its gates in the programme channel.

    Only law and licence block; anything softer that is not met advises.
    """
    if finding.answer in PASSES or finding.strength not in BINDING:
        return "ready"
    rule = RULES[finding.rule]
    return rule.when_unknown if finding.answer == "unknown" else rule.when_not_met


def holds_every_gate(finding: Finding) -> bool:
    """Does the clinical action of a finding hold or stop treatment, whichever gate is asked about?"""
    return finding.action in _VERDICT_OF


def acts(finding: Finding) -> bool:
    """Does the clinical channel of a finding ask for anything but to continue?"""
    return finding.action not in NOTHING_ASKED


def clinical_verdict(findings: Iterable[Finding]) -> ClinicalVerdict:
    """The worst clinical action of any strength, and who asks for something."""
    asking = [finding for finding in findings if acts(finding)]
    if not asking:
        return _CONTINUE
    asking.sort(key=lambda f: (-_ACTIONS.index(f.action or "continue"), in_order_of_precedence(f.rule)))
    return ClinicalVerdict(asking[0].action or "continue", tuple([f.rule for f in asking]))


Reason = tuple[tuple[Gate, ...], Verdict, str]
"""The gates at which a rule stands in the way, what it says there, and its name."""


def reasons_of(findings: Iterable[Finding]) -> list[Reason]:
    """What findings say at the gates in either channel; those that are in order say nothing."""
    said: list[Reason] = []
    for finding in findings:
        verdict = programme_verdict(finding)
        if verdict != "ready" and finding.gates:
            said.append((finding.gates, verdict, finding.rule))
        if finding.action in _VERDICT_OF:
            said.append((GATES, _VERDICT_OF[finding.action], finding.rule))
    return said


def gate_verdicts(findings: Iterable[Finding], gates: Sequence[Gate] = GATES) -> dict[str, GateVerdict]:
    """The worse of the two channels at each gate; `because` names the rules that make it."""
    return verdicts_for(reasons_of(findings), gates)


def verdicts_for(reasons: Iterable[Reason], gates: Sequence[Gate] = GATES) -> dict[str, GateVerdict]:
    """The verdict at each gate for what rules say there, in whichever order they say it."""
    return dict(_verdicts(tuple(reasons), tuple(gates)))


@lru_cache(maxsize=_VERDICTS_KEPT)
def _verdicts(reasons: tuple[Reason, ...], gates: tuple[Gate, ...]) -> dict[str, GateVerdict]:
    """Worked out once: many patients are held by the same rules."""
    return {
        gate: _worst_of([(verdict, rule) for concerned, verdict, rule in reasons if gate in concerned])
        for gate in gates
    }


def _worst_of(said: list[tuple[Verdict, str]]) -> GateVerdict:
    if not said:
        return _READY
    verdict = worst([verdict for verdict, _ in said])
    rules = {rule for level, rule in said if level == verdict}
    because = tuple(sorted(rules, key=in_order_of_precedence))
    return GateVerdict(verdict, because[0], because)
