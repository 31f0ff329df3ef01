"""Which tasks make an enrolment, and how far is each? Pure: the findings of a review in, states out.

No task judges anything. Each stands for rules, and its state is what the review found for those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args

import msgspec

from isovigil.decisions.finding import PASSES, Finding
from isovigil.decisions.review import Review

TaskName = Literal[
    "category",
    "eligibility",
    "conditions",
    "agreement",
    "certification",
    "programme",
    "consents",
    "questions",
    "contraception",
    "counselling",
    "tests",
    "baseline",
    "mood",
    "visit",
    "other",
]
State = Literal["to_do", "started", "done", "not_yet", "attention"]
TASKS: Final[tuple[TaskName, ...]] = get_args(TaskName)

RULES_OF: Final[Mapping[TaskName, tuple[str, ...]]] = {
    "category": ("category.recorded", "category.basis_documented"),
    "eligibility": (
        "eligibility.minimum_age",
        "eligibility.severe_acne",
        "eligibility.prior_therapy_failed",
    ),
    "conditions": ("eligibility.contraindications",),
    "agreement": (
        "eligibility.no_alternative_attested",
        "eligibility.second_opinion_acknowledged",
        "eligibility.second_prescriber",
    ),
    "certification": (
        "enrolment.prescriber_certified",
        "enrolment.pharmacy_certified",
        "prescription.initiator_allowed",
    ),
    "programme": ("enrolment.patient_enrolled",),
    "consents": ("enrolment.consents_signed", "documents.risk_acknowledged"),
    "questions": ("comprehension.passed",),
    "contraception": (
        "contraception.methods_accepted",
        "contraception.lead_time",
        "contraception.entries_match",
        "contraception.interactions",
    ),
    "counselling": ("counselling.recorded",),
    "tests": (
        "pregnancy_testing.not_pregnant",
        "pregnancy_testing.no_positive_test",
        "pregnancy_testing.screening_test",
        "pregnancy_testing.confirmatory_test",
    ),
    "baseline": ("laboratory.baseline",),
    "mood": ("mental_health.baseline", "sexual_function.baseline"),
    "visit": ("visits.first_in_person",),
}
ASKED_OUTRIGHT: Final[frozenset[TaskName]] = frozenset({"conditions"})
"""Facts recorded by exception: the review reads none recorded as none known, so that a task is not done
before somebody has asked."""
_SETTLES_THE_REST: Final = "category.recorded"


class TaskFound(msgspec.Struct, frozen=True):
    """One task with what the review found for it."""

    name: TaskName
    state: State
    open_ones: tuple[Finding, ...]
    """What stands in the way, in the order of the rules."""
    met: tuple[Finding, ...]


def tasks_found(review: Review, asked: frozenset[TaskName]) -> tuple[TaskFound, ...]:
    """The tasks that concern this patient, in the order in which they are done.

    `asked` names the tasks whose questions somebody has put to the patient. What holds the start gate and
    belongs to no task stands in the last one, so that nothing is left out.
    """
    told = {finding.rule: finding for finding in review.findings}
    category = told.get(_SETTLES_THE_REST)
    is_settled = category is None or category.answer in PASSES
    claimed = {rule for rules in RULES_OF.values() for rule in rules}
    rest = [each for each in review.findings if "start" in each.gates and each.rule not in claimed]
    found = []
    for name in TASKS:
        rules = RULES_OF.get(name, ())
        findings = rest if name == "other" else [told[rule] for rule in rules if rule in told]
        concerned = [each for each in findings if each.answer != "not_applicable"]
        if concerned:
            state = _state(name, concerned, is_settled=is_settled, is_asked=name in asked)
            found.append(
                TaskFound(
                    name,
                    state,
                    tuple(each for each in concerned if each.answer not in PASSES),
                    tuple(each for each in concerned if each.answer in PASSES),
                )
            )
    return tuple(found)


def _state(name: TaskName, concerned: Sequence[Finding], *, is_settled: bool, is_asked: bool) -> State:
    open_ones = [each for each in concerned if each.answer not in PASSES]
    if any(each.answer == "not_met" for each in open_ones):
        return "attention"
    if not open_ones:
        return "to_do" if name in ASKED_OUTRIGHT and not is_asked else "done"
    if not is_settled and all(not each.tasks and each.rule != _SETTLES_THE_REST for each in open_ones):
        return "not_yet"
    # A rule that is met by nothing recorded, as "no medicine is known", is no step that somebody took.
    return "started" if any(each.facts for each in concerned) else "to_do"


def forms_asked(review: Review) -> tuple[str, ...]:
    """Which consents and risk forms the programme asks of this patient, as the rules named them."""
    forms: list[str] = []
    for finding in review.findings:
        if finding.rule in RULES_OF["consents"] and finding.answer != "not_applicable":
            for dated in finding.values:
                name = dated.name.partition("/")[2]  # after the programme's
                if name.startswith("enrolment/consent_forms"):
                    forms += dated.value
                elif name == "documents/risk_form":
                    forms.append(dated.value)
    return tuple(dict.fromkeys(forms))


def version_asked(review: Review) -> str | None:
    """The version of the risk form that counts; None where the form has none."""
    for finding in review.findings:
        for dated in finding.values:
            if dated.name.endswith("/documents/risk_form_version"):
                return str(dated.value)
    return None


def forms_signed(review: Review, facts: Mapping[str, str]) -> frozenset[str]:
    """Which forms count as signed: those of the facts that a rule which is met rests on.

    `facts` names the form of each acknowledgement by its id.
    """
    met = [each for each in review.findings if each.rule in RULES_OF["consents"] and each.answer in PASSES]
    return frozenset(facts[fact] for finding in met for fact in finding.facts if fact in facts)
