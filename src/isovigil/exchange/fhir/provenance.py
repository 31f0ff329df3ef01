"""Who recorded which resource, when, from what, and which earlier fact does it correct?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias, get_args
from zoneinfo import ZoneInfo

from isovigil.case.words import Enterer
from isovigil.exchange.fhir.code_tables import own_code
from isovigil.exchange.fhir.days import read_instant
from isovigil.exchange.fhir.declared_values import word_of
from isovigil.exchange.fhir.intake import Entry
from isovigil.exchange.fhir.outcome import Issue
from isovigil.exchange.fhir.record import FACT_ID, plain_reference
from isovigil.exchange.fhir.resources import Provenance

_ENTERERS = get_args(Enterer)


class Recorded(NamedTuple):
    """What every fact carries, as its Provenance says it; None where it does not."""

    recorded_at: datetime | None
    entered_by: str | None
    source: str | None
    supersedes: str | None
    """The id of a fact, or the reference of a resource after ``reference:``."""

    def values(self) -> dict[str, Any]:
        """By the names of the case file; only what is said."""
        return {name: value for name, value in self._asdict().items() if value is not None}


Provenances: TypeAlias = Mapping[str, Recorded]
"""By the reference of the resource they are about."""


def provenances_of(entries: Sequence[Entry], zone: ZoneInfo, issues: list[Issue]) -> dict[str, Recorded]:
    """What the Provenances say of each resource."""
    found: dict[str, Recorded] = {}
    for entry in entries:
        one = entry.resource
        if not isinstance(one, Provenance):
            continue
        said = _said(one, zone)
        if one.recorded is not None and said.recorded_at is None:
            text = "The time of recording has no offset or is none; it is not used."
            issues.append(Issue("warning", "value", f"{entry.place}.recorded", text))
        for target in one.target:
            if target.reference is not None:
                found[plain_reference(target.reference)] = said
    return found


def _said(one: Provenance, zone: ZoneInfo) -> Recorded:
    enterers = [own for agent in one.agent if (own := own_code(agent.type)) is not None]
    source = supersedes = None
    for entity in one.entity:
        if entity.what is None:
            continue
        if entity.role == "source":
            source = entity.what.display
        elif entity.role == "revision":
            identifier = entity.what.identifier
            if identifier is not None and identifier.system == FACT_ID:
                supersedes = identifier.value
            elif entity.what.reference is not None:
                supersedes = f"reference:{entity.what.reference}"
    entered_by = word_of(enterers[0], _ENTERERS) if enterers else None
    return Recorded(read_instant(one.recorded, zone), entered_by, source, supersedes)
