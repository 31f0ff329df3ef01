"""Which rules does this house keep beyond what ruff, mypy and import-linter check?

One file a subject. A rule is a value (`house_rule.py`): it reads source files and returns faults, says why it
exists and what to do instead, and carries one example that passes and one that fails.
"""

from tests.code_health.house_rules import (
    clock_and_chance,
    layout,
    modules,
    numerals,
    privacy,
    records,
    suppressions,
    texts,
    trials,
)
from tests.code_health.house_rules.house_rule import HouseRule

HOUSE_RULES: tuple[HouseRule, ...] = (
    *modules.RULES,
    *layout.RULES,
    *clock_and_chance.RULES,
    *numerals.RULES,
    *suppressions.RULES,
    *trials.RULES,
    *records.RULES,
    *texts.RULES,
    *privacy.RULES,
)
