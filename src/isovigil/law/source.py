"""Which document says so?"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

Strength = Literal["law", "licence", "guidance", "discretion", "local_default"]
Confidence = Literal["high", "medium", "low"]
Evidence = Literal["primary", "secondary", "general_knowledge", "own_default"]


class Source(msgspec.Struct, frozen=True):
    """One version of one document, registered once."""

    id: str
    title: str
    issuer: str
    evidence: Evidence
    read_on: date
    url: str | None = None
    published_on: date | None = None
    version: str | None = None
    supersedes: str | None = None
    note: str | None = None


class Citation(msgspec.Struct, frozen=True):
    """A registered source and the place in it."""

    source: str
    at: str
