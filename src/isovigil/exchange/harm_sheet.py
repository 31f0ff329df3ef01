"""What does one report of harm hold?"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

HarmWord = Literal["pregnancy", "adverse_event"]


class Told(msgspec.Struct, frozen=True):
    """Somebody who must hear of a harm, and when they did: None while they have not."""

    to: str
    name: str
    when: str
    reported_on: date | None
    reference: str | None


class Line(msgspec.Struct, frozen=True):
    """One line of a sheet; a value of None must still be asked."""

    label: str
    value: str | None


class HarmSheet(msgspec.Struct, frozen=True):
    """One harm, ready to be copied into a report."""

    harm: HarmWord
    about: str
    """The id of the fact that the harm was recorded in: what an `adverse_event_report` names."""
    headline: str
    patient: str
    programme: str
    on: date
    addressees: tuple[Told, ...]
    known: tuple[Line, ...]
    to_ask: tuple[str, ...]
    next_steps: tuple[str, ...]
    notice: str
