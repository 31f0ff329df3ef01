"""Are days, months, windows and moments counted as the programmes count them?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.calendar.days import (
    Period,
    age_in_years,
    birthday,
    days_after,
    days_between,
    in_words,
    months_after,
)
from isovigil.calendar.moment import Moment
from isovigil.calendar.window import Window

EASTERN = ZoneInfo("America/New_York")
days = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("from_", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),  # clamped to the end of February
        (date(2024, 1, 31), 1, date(2024, 2, 29)),  # a leap year
        (date(2025, 1, 10), 1, date(2025, 2, 10)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_the_month(
    from_: date, months: int, expected: date
) -> None:
    assert months_after(from_, months) == expected


@given(days, st.integers(-40, 40))
def test_a_month_later_never_leaves_its_month(day: date, months: int) -> None:
    later = months_after(day, months)
    assert later.year * 12 + later.month == day.year * 12 + day.month + months
    assert later.day == day.day or days_after(later, 1).day == 1


def test_somebody_born_on_29_february_ages_on_1_march() -> None:
    born_on = date(2008, 2, 29)
    assert age_in_years(born_on, date(2026, 2, 28)) == 17
    assert age_in_years(born_on, date(2026, 3, 1)) == 18


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("P19D", date(2024, 3, 4), date(2024, 3, 23)),  # V2: 4 + 19 = 23 March
        ("P4W", date(2026, 3, 3), date(2026, 3, 31)),  # UK lead: 28 days
        ("P1M", date(2026, 3, 3), date(2026, 4, 3)),  # EU lead
        ("P1Y", date(2024, 2, 29), date(2025, 2, 28)),
        ("later of P1M and P30D", date(2025, 1, 10), date(2025, 2, 10)),  # a month is 31 days here
        ("later of P1M and P30D", date(2025, 2, 1), date(2025, 3, 3)),  # and 28 days here
    ],
)
def test_a_period_ends_where_its_counting_says(text: str, start: date, end: date) -> None:
    period = Period.parse(text)
    assert period.after(start) == end
    assert Period.parse(period.as_text()) == period


@pytest.mark.parametrize("text", ["30", "P30", "30D", "P1M1D", "-P1D", "later of P1M", ""])
def test_what_is_not_a_period_is_refused_with_what_was_written(text: str) -> None:
    with pytest.raises(ValueError, match="is not a period"):
        Period.parse(text)


def test_both_ends_of_a_window_are_inside() -> None:
    window = Window.counting_from(date(2024, 3, 4), 7)  # V1: day 1 is 4 March, day 7 is 10 March
    inside = [date(2024, 3, day) for day in range(1, 15) if date(2024, 3, day) in window]
    assert (inside[0], inside[-1], len(inside)) == (date(2024, 3, 4), date(2024, 3, 10), 7)
    assert Window.starting_after(date(2026, 3, 2), 7).closes_on == date(2026, 3, 9)  # day 0 to day 7


def test_a_window_closes_at_the_last_second_of_its_last_day_in_its_zone() -> None:
    closes_at = Window.counting_from(date(2024, 3, 4), 7).closes_at(EASTERN)
    # The clocks went forward at 02:00 on 10 March 2024, so that night is four hours behind UTC.
    assert closes_at.astimezone(UTC) == datetime(2024, 3, 11, 3, 59, 59, tzinfo=UTC)


@given(days, days)
def test_days_between_and_days_after_undo_each_other(one: date, other: date) -> None:
    assert days_after(one, days_between(one, other)) == other


@given(days, days)
def test_a_moment_remembers_exactly_the_days_it_has_not_reached(today: date, day: date) -> None:
    moment = Moment(datetime(today.year, today.month, today.day, 9, tzinfo=EASTERN), EASTERN)
    assert moment.has_reached(day) == (today >= day)
    assert moment.later == ([] if today >= day else [day])


def test_the_cut_off_second_itself_is_still_inside() -> None:
    last = datetime(2024, 3, 10, 23, 59, 59, tzinfo=EASTERN)
    assert not Moment(last, EASTERN).is_past_instant(last)
    assert Moment(last + timedelta(seconds=1), EASTERN).is_past_instant(last)


def test_a_day_in_words() -> None:
    assert in_words(date(2024, 3, 10)) == "10 March 2024"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("P7D", 7),
        ("P2W", 14),
        ("P1M", 31),
        ("P1Y", 366),
        ("later of P1M and P30D", 31),
        ("later of P1W and P10D", 10),
    ],
)
def test_a_period_never_lasts_longer_than_its_most_days(text: str, days: int):
    assert Period.parse(text).longest_days == days


def test_a_month_begun_on_31_december_and_a_year_over_29_february_last_the_most_days():
    # 31 December to 31 January is 31 days; 1 March 2023 to 1 March 2024 holds 29 February, so 366 days.
    assert days_between(date(2024, 12, 31), Period.parse("P1M").after(date(2024, 12, 31))) == 31
    assert days_between(date(2023, 3, 1), Period.parse("P1Y").after(date(2023, 3, 1))) == 366


@pytest.mark.parametrize(
    ("born_on", "years", "day"),
    [
        (date(2007, 6, 30), 18, date(2025, 6, 30)),
        (date(2004, 2, 29), 18, date(2022, 3, 1)),
        (date(2004, 2, 29), 20, date(2024, 2, 29)),
    ],
)
def test_a_birthday_is_the_first_day_of_that_age(born_on: date, years: int, day: date):
    assert birthday(born_on, years) == day
    assert age_in_years(born_on, day) == years
    assert age_in_years(born_on, days_after(day, -1)) == years - 1
