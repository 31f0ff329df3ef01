"""Are the days of many texts read at once those of each text read alone?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from isovigil.case.time_zones import DEFAULT_TIME_ZONES
from isovigil.exchange.bulk.days_of_texts import DaysOfTexts
from isovigil.exchange.bulk.known_templates import EARLIEST, LATEST, KnownTemplates

ZONES = sorted(set(DEFAULT_TIME_ZONES.values()))
OFFSETS = ("Z", "+00:00", "-05:00", "+14:00", "-12:00", "+05:45", "+0100", "-00:00", "", "z", "+24:00", " ")
TIMES = (
    "T00:00:00",
    "T23:59:59",
    "T12:00:00.123",
    "T04:30:00.1234567",
    "T24:00:00",
    "T23:59:60",
    " 01:30:00",
    "T05",
    "T",
)
DAYS = (
    "2025-03-04", "2025-03-09", "2025-11-02", "2025-10-26", "2025-03-30", "2024-02-29",
    "2025-02-29", "0000-01-01",
    "0001-01-01", "1899-12-31", "1900-01-01", "1969-12-31", "1970-01-01", "2100-12-31", "2101-01-01",
    "9999-12-31", "2025-W10-2", "2025-02", "2025", "20250304", "", "yesterday", "2025-3-4",
    "\u0662\u0660\u0662\u0665-03-04",
)  # fmt: skip


def texts() -> Iterator[str | None]:
    yield None
    for day in DAYS:
        yield day
        yield from (f"{day}{time}{offset}" for time, offset in product(TIMES, OFFSETS))


def read_alone(known: KnownTemplates, text: str | None) -> date | None:
    day = None if text is None else known.told(text)[0]
    return day if day is not None and EARLIEST <= day <= LATEST else None


def assert_read_as_alone(zone: ZoneInfo, given: Sequence[str | None]) -> None:
    known = KnownTemplates({}, {}, zone)
    days = DaysOfTexts(zone, known.told)
    found = days.dates(days.read(pa.array(given, pa.string())))
    assert list(zip(given, found, strict=True)) == [(each, read_alone(known, each)) for each in given]


@pytest.mark.parametrize("zone", ZONES)
def test_many_texts_at_once_are_read_as_each_alone(zone: str):
    given = list(texts())
    Random(zone).shuffle(given)
    assert_read_as_alone(ZoneInfo(zone), given)
    assert_read_as_alone(ZoneInfo(zone), [])
    for each in DAYS:
        assert_read_as_alone(ZoneInfo(zone), [each])


@pytest.mark.parametrize("zone", ZONES)
def test_moments_around_every_change_of_the_clock_are_read_as_each_alone(zone: str):
    begin = datetime(2024, 1, 1, tzinfo=UTC)
    hours = [begin + timedelta(hours=hour) for hour in range(2 * 366 * 24)]
    assert_read_as_alone(ZoneInfo(zone), [each.isoformat() for each in hours])


@pytest.mark.parametrize("zone", ZONES)
def test_no_clock_is_put_forward_and_back_within_eight_days(zone: str):
    """`DaysOfTexts` asks for the beginning and end of such a while; here for each noon and midnight."""
    clock, begin = ZoneInfo(zone), datetime(1900, 1, 1, tzinfo=UTC)
    count = (LATEST - EARLIEST).days + 9
    ahead = [(begin + timedelta(days=half / 2)).astimezone(clock).utcoffset() for half in range(2 * count)]
    for start in range(2 * count - 16):
        if ahead[start] == ahead[start + 16]:
            assert len(set(ahead[start : start + 17])) == 1
