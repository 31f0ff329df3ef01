"""Which modules declare rules? Importing this one declares them all."""

from __future__ import annotations

from isovigil.decisions import (
    contraception,
    dispensing,
    pregnancy_testing,
    prescription,
)

TOPICS = (
    contraception,
    dispensing,
    pregnancy_testing,
    prescription,
)
"""Every topic that declares rules, so that none can be forgotten in silence."""
