"""How does a person with a paper calendar and a pencil count days?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


def the_day_after(day: date) -> date:
    """The next calendar day. The only date arithmetic in the oracle."""
    return day + ONE_DAY


def every_day(first: date, last: date) -> Iterator[date]:
    """Each day from `first` to `last`, both included; nothing when `last` is earlier."""
    day = first
    while day <= last:
        yield day
        day = the_day_after(day)


def turn_pages(day: date, pages: int) -> date:
    """The day reached after turning `pages` pages of a one-page-a-day calendar."""
    for _ in range(pages):
        day = the_day_after(day)
    return day


def days_between(earlier: date, later: date) -> int | None:
    """How many pages lie between two days (0 for the same day); None when `later` comes first."""
    if later < earlier:
        return None
    pages = 0
    while earlier < later:
        earlier = the_day_after(earlier)
        pages += 1
    return pages


def same_day_next_month(day: date) -> date:
    """One calendar month later, clamped: the same day number, else the last day of that month."""
    page = day
    while page.month == day.month:
        page = the_day_after(page)
    next_month = page.month
    while page.day < day.day and the_day_after(page).month == next_month:
        page = the_day_after(page)
    return page
