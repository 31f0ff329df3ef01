"""From which day does a regime or an overlay govern, and how sure is that day?"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from isovigil.law.source import Citation


class Announcement(msgspec.Struct, frozen=True):
    """What was said, on one day, about when a layer of law begins.

    `earliest` and `latest` are the same day when the start is known. They are the first and last
    day of a month when the source names only the month. `confirmed` is false when the start is
    only scheduled: then it may also not have begun at all.
    """

    announced_on: date
    earliest: date
    latest: date
    confirmed: bool
    read_on: date
    cite: Citation
    note: str | None = None


class Layer(msgspec.Struct, frozen=True):
    """A regime, or an overlay over one, that values may name as the place they start."""

    id: str
    kind: Literal["regime", "overlay"]
    title: str
    announcements: tuple[Announcement, ...]
    undecided_because: str | None = None
    """The sentence that names what decides, where the start is not known to the day."""
    replaces: str | None = None
    """The overlay this one takes the place of."""
    continues_into: tuple[str, ...] = ()
    """Later regimes into which an overlay was carried on; else it ends with its regime."""

    def as_known_by(self, day: date) -> Announcement | None:
        """The last announcement made by that day; None when nobody had announced it yet."""
        known = [said for said in self.announcements if said.announced_on <= day]
        return max(known, key=lambda said: said.announced_on) if known else None
