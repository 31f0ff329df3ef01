"""Does the review of one scenario case say what the case expects, and if not, where do they differ?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

import msgspec

from isovigil import load_rulebook, review
from isovigil.exchange.case_file import case_from_mapping
from isovigil.exchange.review_json import review_as_dict
from isovigil.law.refusal import NoRuleInForce, ProgrammeNotModelled
from isovigil.law.rulebook import Rulebook
from tests.scenarios.scenario_file import Expected, ExpectedReading, ScenarioCase
from tests.scenarios.scenario_patient import OnFile

REFUSALS = {"no rule in force": NoRuleInForce, "programme not modelled": ProgrammeNotModelled}
Answered = Mapping[str, Any]


@cache
def the_rulebook() -> Rulebook:
    """The rulebook as it stands, read once."""
    return load_rulebook()


def reviewed(case: ScenarioCase, patient: OnFile, law: Rulebook) -> dict[str, Any]:
    """The review of a case at its moment, as the plain values of the contract."""
    on_file = case_from_mapping(patient.as_case_file(), name=case.name)
    answer = review(
        on_file,
        law,
        at=None if case.at is None else datetime.fromisoformat(case.at),
        on=None if case.on is None else date.fromisoformat(case.on),
        known_by=None if case.known_by is None else date.fromisoformat(case.known_by),
    )
    return review_as_dict(answer)


def disagreements(case: ScenarioCase, patient: OnFile, law: Rulebook | None = None) -> list[str]:
    """Every place where the review differs from what the case expects, in words.

    `law` is the rulebook as it stands unless another one is handed in.
    """
    law = law or the_rulebook()
    if case.expect.refusal is not None:
        return refusal_disagreements(case, patient, law)
    try:
        answered = reviewed(case, patient, law)
    except (NoRuleInForce, ProgrammeNotModelled) as refused:
        return [f"it was refused: {refused}"]
    return [
        *reading_disagreements(case.expect, answered, ""),
        *clinical_disagreements(case.expect, answered),
        *finding_disagreements(case.expect, answered),
        *task_disagreements(case.expect, answered),
        *law_disagreements(case.expect, answered),
        *promise_disagreements(answered),
    ]


def refusal_disagreements(case: ScenarioCase, patient: OnFile, law: Rulebook) -> list[str]:
    """A refusal is an answer too: the right one, and nothing instead of it."""
    wanted = REFUSALS[str(case.expect.refusal)]
    try:
        answered = reviewed(case, patient, law)
    except (NoRuleInForce, ProgrammeNotModelled) as refused:
        return [] if isinstance(refused, wanted) else [f"refused, but with {refused}"]
    return [f"expected a refusal ({case.expect.refusal}), and it was judged under {answered['regime']['id']}"]


def reading_disagreements(wanted: ExpectedReading, answered: Answered, where: str) -> Iterator[str]:
    """Gates and window of one reading of the law."""
    for field in ("gates", "first_reason", "because"):
        for gate, value in getattr(wanted, field).items():
            got = answered["gates"][gate]["verdict" if field == "gates" else field]
            if got != value:
                reasons = answered["gates"][gate]["because"]
                yield f"{where}{gate} {field}: expected {value}, answered {got} (because {reasons})"
    if wanted.window is None and answered["window"] is not None:
        yield f"{where}window: expected none, answered {answered['window']}"
    elif isinstance(wanted.window, msgspec.Struct):
        yield from _differences(wanted.window, answered["window"] or {}, f"{where}window ")


def clinical_disagreements(wanted: Expected, answered: Answered) -> Iterator[str]:
    """The worst action of the clinical channel."""
    got = answered["clinical"]
    if wanted.clinical is not None and got["action"] != wanted.clinical:
        yield f"clinical: expected {wanted.clinical}, answered {got['action']} (because {got['findings']})"


def finding_disagreements(wanted: Expected, answered: Answered) -> Iterator[str]:
    """What single rules answered."""
    found = {finding["rule"]: finding for finding in answered["findings"]}
    for rule, expected in wanted.findings.items():
        if rule not in found:
            yield f"{rule}: there is no finding"
        else:
            said = f" ({found[rule]['says']})"
            yield from (each + said for each in _differences(expected, found[rule], f"{rule} "))
            for words in expected.says_names:
                if words not in found[rule]["says"]:
                    yield f"{rule} says: expected to name {words!r}, answered {found[rule]['says']!r}"
            needs = found[rule]["needs"] or ""
            if expected.needs_names and expected.needs_names not in needs:
                yield f"{rule} needs: expected to name {expected.needs_names}, answered {needs!r}"


def task_disagreements(wanted: Expected, answered: Answered) -> Iterator[str]:
    """Next steps that must be there, and that must not."""
    for task in wanted.tasks:
        if not any(not list(_differences(task, each, "")) for each in answered["tasks"]):
            yield f"tasks: none is {task}; there are {_tasks_in_short(answered)}"
    for what in wanted.no_tasks:
        if any(task["what"] == what for task in answered["tasks"]):
            yield f"tasks: {what} should not be there; there are {_tasks_in_short(answered)}"


def law_disagreements(wanted: Expected, answered: Answered) -> Iterator[str]:
    """The regime, its overlays and the other readings of the law."""
    if wanted.regime is not msgspec.UNSET and answered["regime"]["id"] != wanted.regime:
        yield f"regime: expected {wanted.regime}, answered {answered['regime']['id']}"
    if wanted.overlays is not msgspec.UNSET and answered["regime"]["overlays"] != wanted.overlays:
        yield f"overlays: expected {wanted.overlays}, answered {answered['regime']['overlays']}"
    if wanted.alternatives is msgspec.UNSET:
        return
    others = answered["alternatives"]
    if len(others) != len(wanted.alternatives):
        named = [other["regime"] for other in others]
        yield f"alternatives: expected {len(wanted.alternatives)}, answered {len(others)}: {named}"
        return
    for expected, other in zip(wanted.alternatives, others, strict=True):
        if expected.regime is not msgspec.UNSET and other["regime"] != expected.regime:
            yield f"alternatives: expected {expected.regime}, answered {other['regime']}"
        yield from reading_disagreements(expected, other, f"if {other['regime']} governs, ")


def promise_disagreements(answered: Answered) -> Iterator[str]:
    """What the contract promises of every review, whatever a case expects."""
    rules = [finding["rule"] for finding in answered["findings"]]
    asked = the_rulebook().under_policy(answered["programme"], answered["policy"]).rules
    for rule in {*rules, *asked}:
        if rules.count(rule) != 1:
            yield f"{rule} is answered {rules.count(rule)} times, and every rule is answered exactly once"
    for name, gate in answered["gates"].items():
        if gate["first_reason"] != (gate["because"][0] if gate["because"] else None):
            yield f"{name}: the first reason is not the first of {gate['because']}"
        if (gate["verdict"] == "ready") != (gate["because"] == []):
            yield f"{name}: {gate['verdict']} because {gate['because']}"
    for finding in answered["findings"]:
        if finding["answer"] == "unknown" and not finding["needs"]:
            yield f"{finding['rule']}: unknown, and nothing says what it needs"


def _differences(wanted: msgspec.Struct, answered: Answered, where: str) -> Iterator[str]:
    for field in wanted.__struct_fields__:
        value = getattr(wanted, field)
        if field in answered and value is not msgspec.UNSET and answered[field] != value:
            yield f"{where}{field}: expected {value}, answered {answered.get(field)}"


def _tasks_in_short(answered: Answered) -> list[str]:
    return [f"{task['what']} {task['opens_on']}..{task['due_on']}" for task in answered["tasks"]]
