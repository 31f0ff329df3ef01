"""What is on file about one patient's therapy?"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import Any

import msgspec

from isovigil.calendar.once import worked_out_once
from isovigil.case.fact import Fact, Label
from isovigil.case.words import Sex

CASE_FORMAT = 1
DEFAULT_POLICY = "balanced"


class Patient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who the case is about: an opaque id, never a name."""

    id: Label
    born_on: date | None = None
    sex: Sex | None = None
    """Only for reference ranges and forecasts; it never says who can become pregnant."""


class Case(msgspec.Struct, frozen=True, dict=True):
    """One patient's dated facts, as read and checked. Inside the core nothing is checked again.

    Being a value, it may keep what was worked out about it; that is no part of its value.
    """

    patient: Patient
    time_zone: str
    facts: tuple[Fact, ...]
    programme: str | None = None
    policy: str = DEFAULT_POLICY

    @worked_out_once
    def worked_out(self) -> dict[Hashable, Any]:
        """What reviews have worked out about this case, by what it depends on, to be used again."""
        return {}
