"""Are days and clock times written as five sending systems would write them?"""

from __future__ import annotations

from datetime import date

import pytest

from isovigil.exchange.fhir.days import read_day
from isovigil.synthetic_nation import clock
from tests.synthetic_nation.made_up import chance

WINTER = date(2024, 1, 15).toordinal()
SUMMER = date(2024, 7, 15).toordinal()
NINE = 9 * 60
TEN_PAST_NINE_AT_NIGHT = 21 * 60 + 10


@pytest.mark.parametrize(
    ("day", "minute", "sender", "expected"),
    [
        # Eastern standard time is 5 hours behind Greenwich, summer time 4.
        (WINTER, NINE, 1, b"2024-01-15T09:00"),
        (WINTER, NINE, 4, b"2024-01-15T14:00"),
        (SUMMER, NINE, 0, b"2024-07-15T09:00"),
        (SUMMER, NINE, 4, b"2024-07-15T13:00"),
        (SUMMER, NINE, 3, b"2024-07-15T06:00"),
        # 21:10 in summer is 01:10 of the next day in Greenwich.
        (SUMMER, TEN_PAST_NINE_AT_NIGHT, 4, b"2024-07-16T01:10"),
        (WINTER, TEN_PAST_NINE_AT_NIGHT, 4, b"2024-01-16T02:10"),
    ],
)
def test_a_clock_time_is_written_in_the_senders_offset(day: int, minute: int, sender: int, expected: bytes):
    assert clock.instant(day, minute, sender).startswith(expected)


@pytest.mark.parametrize("change", [date(2024, 3, 10), date(2024, 11, 3)])
def test_the_day_is_the_clinics_whatever_was_written_also_when_the_clocks_change(change: date):
    for offset in (-1, 0, 1):
        day = change.toordinal() + offset
        for sender in range(5):
            for minute in (8 * 60, TEN_PAST_NINE_AT_NIGHT, 22 * 60):
                found = read_day(clock.instant(day, minute, sender).decode(), clock.CLINIC)
                assert found is not None
                assert found.day == date.fromordinal(day)


def test_three_in_a_hundred_moments_are_days_alone():
    source = chance(3)
    alone = sum(len(clock.moment(SUMMER, source)) == len(b"2024-07-15") for _ in range(10_000))
    # 3 % of 10,000 with a standard deviation of sqrt(10,000 x 0.03 x 0.97) = 17.
    assert 300 - 4 * 17 < alone < 300 + 4 * 17


def test_results_are_given_out_after_every_draw_of_the_day():
    source = chance(4)
    for _ in range(200):
        drawn = read_day(clock.instant(SUMMER, clock.drawn_minute(source), 2).decode(), clock.CLINIC)
        given_out = read_day(clock.issued(SUMMER, source).decode(), clock.CLINIC)
        assert drawn is not None
        assert drawn.instant is not None
        assert given_out is not None
        assert given_out.instant is not None
        assert drawn.instant < given_out.instant
        assert drawn.day == given_out.day
