"""What may a pharmacist be told when the capsules may not be handed over?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from isovigil.decisions.finding import Finding
from isovigil.decisions.review import Review
from isovigil.decisions.rule import Verdict

TOLD_TO_THE_PHARMACY: Final[frozenset[str]] = frozenset(
    {
        "dispensing.authorisation_valid",
        "dispensing.inside_the_window",
        "dispensing.once_per_prescription",
        "dispensing.prescription_exists",
        "enrolment.pharmacy_certified",
        "prescription.no_refills",
        "prescription.quantity_consistent",
        "prescription.supply_limit",
    }
)
"""Rules about the prescription and its hand-over alone. What others find (a test, contraception, mood) is the
clinic's: a pharmacist is told that the clinic has to move, never why."""
_WINDOW: Final = "dispensing.inside_the_window"
"""Told where there is a window that has not opened or is closed. Where there is none it names what would open
one (a test, a counselling), and that is the clinic's."""


class WhyNot(NamedTuple):
    """Why not, as far as it may be told to whoever stands at the counter."""

    verdict: Verdict
    reasons: Sequence[str]
    """What the rules that may be told say, most pressing first."""
    has_untold: bool
    """More stands in the way, which the clinic sees."""


def why_not_told_to_the_pharmacy(review: Review) -> WhyNot:
    """The dispense gate of a review, without anything that only the clinic may know."""
    gate = review.gates["dispense"]
    says = {finding.rule: finding.says for finding in review.findings if _may_be_told(finding)}
    told = [says[rule] for rule in gate.because if rule in says]
    return WhyNot(gate.verdict, told, any(rule not in says for rule in gate.because))


def _may_be_told(finding: Finding) -> bool:
    if finding.rule == _WINDOW:
        return finding.answer == "not_met"
    return finding.rule in TOLD_TO_THE_PHARMACY
