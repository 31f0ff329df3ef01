"""Has a day or an instant been reached, and when is the next one that matters?"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from isovigil.calendar.window import Window, first_instant, instant_after


class Moment:
    """The moment a question is asked, which remembers every later moment it was compared with.

    Rules never compare dates with today themselves; they ask the moment. That makes
    `holds_until` exact: between two remembered moments no comparison can come out
    differently, so no answer can change.
    """

    __slots__ = ("at", "day", "later", "zone")

    def __init__(self, at: datetime, zone: ZoneInfo) -> None:
        self.at = at
        self.zone = zone
        self.day = at.astimezone(zone).date()
        self.later: list[date | datetime] = []

    def has_reached(self, day: date) -> bool:
        """Is it that day, or later?"""
        if self.day >= day:
            return True
        self.later.append(day)
        return False

    def is_past(self, day: date) -> bool:
        """Is it later than that day?"""
        if self.day > day:
            return True
        self.later.append(date.fromordinal(day.toordinal() + 1))
        return False

    def is_inside(self, window: Window) -> bool:
        """Is today one of the window's days, by the calendar of this moment's own zone?"""
        return self.has_reached(window.opens_on) and not self.is_past(window.closes_on)

    def is_past_instant(self, last: datetime) -> bool:
        """Is a cut-off over? The cut-off second itself is still inside."""
        first_outside = instant_after(last)
        if self.at >= first_outside:
            return True
        self.later.append(first_outside)
        return False

    def instant_of(self, later: date | datetime) -> datetime:
        """A remembered moment as an instant; a day counts from its first one."""
        return later if isinstance(later, datetime) else first_instant(later, self.zone)
