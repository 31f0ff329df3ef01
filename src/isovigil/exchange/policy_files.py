"""Which clinical policies are there, what does each extend, and which rules do they add?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from isovigil.exchange.problems import did_you_mean, one_of, shown
from isovigil.exchange.strict_yaml import Part
from isovigil.law.rulebook import Policy

POLICIES = "clinical"
"""The folder of the clinical policies: clinical/<policy>/policy.yaml and its topics."""

_RULE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


def read_policy(introduction: Part, name: str) -> Policy:
    """What a policy says of itself: its title, the policy it extends, and the rules it adds."""
    parts = introduction.fields(("title",), ("extends", "rules"))
    rules = read_rule_names(parts["rules"]) if parts["rules"].is_given else ()
    return Policy(name, parts["title"].text() or "", {}, parts["extends"].text(), rules)


def read_rule_names(part: Part) -> tuple[str, ...]:
    """A list of names of rules, each once."""
    rules: list[str] = []
    for item in part.items(at_least=1):
        name = item.text()
        if name is None:
            continue
        if not _RULE.fullmatch(name):
            item.refuse(f"{shown(name)} is not a rule's name such as dispensing.inside_the_window.")
        if name in rules:
            item.refuse(f"the rule {name} is listed twice.")
        rules.append(name)
    return tuple(rules)


def check_policies(policies: Mapping[str, Policy], wholes: Mapping[str, Part]) -> None:
    """A policy extends one that is held, never itself, and restates only questions that one asks."""
    for policy in policies.values():
        if policy.extends is None:
            continue
        part = wholes[f"{POLICIES}/{policy.id}/policy.yaml"]
        if policy.extends not in policies:
            meant = did_you_mean(policy.extends, tuple(policies))
            part.refuse(
                f"it extends {shown(policy.extends)}, which is no policy of this rulebook. {meant}"
                f"There are {one_of(sorted(policies))}."
            )
            continue
        line = _line(policy, policies)
        if line is None:
            part.refuse(f"{policy.id} extends itself, by way of {shown(policy.extends)}.")
            continue
        _check_rules(policy, line, part)
        _check_values(policy, line, wholes)


def _line(policy: Policy, policies: Mapping[str, Policy]) -> list[Policy] | None:
    """The policies that one extends, nearest first; None when it comes back to itself."""
    line: list[Policy] = []
    at = policy
    while at.extends is not None and at.extends in policies:
        at = policies[at.extends]
        if at is policy or at in line:
            return None
        line.append(at)
    return line


def _check_rules(policy: Policy, line: list[Policy], part: Part) -> None:
    for name in policy.rules:
        if any(name in base.rules for base in line):
            part.refuse(f"the rule {name} is listed by a policy it extends already.")


def _check_values(policy: Policy, line: list[Policy], wholes: Mapping[str, Part]) -> None:
    """A question nobody asks below is most likely misspelt, and would change nothing in silence."""
    for name, own in policy.values.items():
        part = wholes[f"{POLICIES}/{policy.id}/{name}.yaml"]
        stated = next((base.values[name] for base in line if name in base.values), None)
        if stated is None:
            known = [each for base in line for each in base.values]
            meant = did_you_mean(name, tuple(known))
            part.refuse(
                f"{policy.id} answers {name}, a question that {policy.extends} does not ask. {meant}".rstrip()
            )
        elif stated.unit != own.unit:
            part.refuse(f"its unit is {own.unit}, and {stated.home} answers {name} in {stated.unit}.")
