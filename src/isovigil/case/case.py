"""What is on file about one patient's therapy?"""

from __future__ import annotations

from datetime import date

import msgspec

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


class Case(msgspec.Struct, frozen=True):
    """One patient's dated facts, as read and checked. Inside the core nothing is checked again."""

    patient: Patient
    time_zone: str
    facts: tuple[Fact, ...]
    programme: str | None = None
    policy: str = DEFAULT_POLICY
