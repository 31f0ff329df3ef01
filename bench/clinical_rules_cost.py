"""How much do the clinical rules add to a review?

    .venv/bin/python bench/clinical_rules_cost.py

Reviews one patient of the scenarios (third month of treatment, 45 facts) under the same law with and
without the rules of the policy, and prints the best of some rounds as ratios. The absolute numbers are of
the machine it ran on and say nothing about another.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec

from isovigil import load_rulebook, review
from isovigil.case.case import Case
from isovigil.exchange.case_file import case_from_mapping
from isovigil.law.rulebook import Rulebook

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.scenarios.scenario_patient import OnFile

ROUNDS, REVIEWS = 15, 60
POLICY = "balanced"


def with_rules(rulebook: Rulebook, wanted: Callable[[str], bool]) -> Rulebook:
    """The same rulebook with only some of the policy's rules."""
    policy = rulebook.parts.policies[POLICY]
    fewer = msgspec.structs.replace(policy, rules=tuple(name for name in policy.rules if wanted(name)))
    policies = {**rulebook.parts.policies, POLICY: fewer}
    return Rulebook(msgspec.structs.replace(rulebook.parts, policies=policies), rulebook.digest)


def best(case: Case, rulebook: Rulebook, on: date) -> float:
    """Seconds for one review, the best of the rounds."""
    review(case, rulebook, on=on)
    fastest = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(REVIEWS):
            review(case, rulebook, on=on)
        fastest = min(fastest, (time.perf_counter() - began) / REVIEWS)
    return fastest


def main() -> None:
    """Print what each part costs beside the programme's rules alone."""
    rulebook = load_rulebook()
    patient = OnFile.of_base("us_ipledge", "third_prescription")
    case = case_from_mapping(patient.as_case_file(), name="third_prescription")
    on = date(2024, 3, 5)
    alone = best(case, with_rules(rulebook, lambda _: False), on)
    laboratory = best(case, with_rules(rulebook, lambda name: name.startswith("laboratory.")), on)
    everything = best(case, rulebook, on)
    print(f"{len(case.facts)} facts; the programme's rules alone: 1.00 ({alone * 1e6:.0f} microseconds here)")
    print(f"with the laboratory's rules: {laboratory / alone:.2f}")
    print(f"with every clinical rule:    {everything / alone:.2f} ({everything * 1e6:.0f} microseconds here)")


if __name__ == "__main__":
    main()
