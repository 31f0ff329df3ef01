"""How does a sending system write a day or a clock time of the clinic?

Five systems with five offsets write into one record; some write the day alone, and an evening draw falls on
the next day in the sender's own writing. The clinic's calendar is that of US Eastern time.
"""

from __future__ import annotations

from datetime import date, datetime
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

CLINIC: Final = ZoneInfo("America/New_York")
SHARE_DATE_ONLY: Final = 0.03
SHARE_EVENING: Final = 0.03
_OFFSETS: Final = ((b"-04:00", -240), (b"-05:00", -300), (b"-06:00", -360), (b"-07:00", -420), (b"+00:00", 0))
_LATEST: Final = 22 * 60
_EVENING: Final = 21 * 60 + 10
_OPENING: Final = 8 * 60
_OPEN_FOR: Final = 7 * 60
_IN_A_DAY: Final = 24 * 60

_days: dict[int, bytes] = {}
_offsets: dict[int, int] = {}


def day(ordinal: int) -> bytes:
    """``2024-03-11`` for a proleptic ordinal."""
    found = _days.get(ordinal)
    if found is None:
        found = _days[ordinal] = date.fromordinal(ordinal).isoformat().encode()
    return found


def _clinic_offset(ordinal: int) -> int:
    """Minutes east of Greenwich at noon of a day; the clock never changes in opening hours."""
    found = _offsets.get(ordinal)
    if found is None:
        noon = datetime.combine(date.fromordinal(ordinal), datetime.min.time(), CLINIC).replace(hour=12)
        delta = noon.utcoffset()
        assert delta is not None
        found = _offsets[ordinal] = int(delta.total_seconds()) // 60
    return found


def instant(ordinal: int, minute: int, sender: int) -> bytes:
    """A clock minute of a clinic's day as sender number 0 to 4 writes it; the seconds follow from it."""
    written, east = _OFFSETS[sender]
    minute += east - _clinic_offset(ordinal)
    if minute < 0:
        ordinal, minute = ordinal - 1, minute + _IN_A_DAY
    elif minute >= _IN_A_DAY:
        ordinal, minute = ordinal + 1, minute - _IN_A_DAY
    hour, minute = divmod(minute, 60)
    return b"%bT%02d:%02d:%02d%b" % (day(ordinal), hour, minute, (hour * 7 + minute) % 60, written)


def drawn_minute(chance: Random) -> int:
    """A minute of the day in opening hours; now and then in the evening."""
    roll = chance.random()
    return _EVENING if roll < SHARE_EVENING else _OPENING + int(roll * _OPEN_FOR)


def moment(ordinal: int, chance: Random) -> bytes:
    """A day as it is written: mostly with a time, in 3 of 100 the day alone."""
    roll = chance.random()
    if roll < SHARE_DATE_ONLY:
        return day(ordinal)
    return instant(ordinal, drawn_minute(chance), int(roll * 1000) % 5)


def issued(ordinal: int, chance: Random) -> bytes:
    """When the laboratory gave its result out: late on the day of the draw."""
    return instant(ordinal, _LATEST, int(chance.random() * 5))
