"""Which modules declare rules? Importing this one declares them all."""

from __future__ import annotations

from isovigil.decisions import (
    contraception,
    dispensing,
    pregnancy_testing,
    prescription,
    test_before_prescription,
    test_setting,
)
from isovigil.decisions.rule import RULES

TOPICS = (
    contraception,
    dispensing,
    pregnancy_testing,
    prescription,
    test_before_prescription,
    test_setting,
)
"""Every topic that declares rules, so that none can be forgotten in silence."""

__all__ = ["RULES", "TOPICS"]
