"""What happened in the last weeks, drawn and listed: tests, prescriptions, hand-overs, the window?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from isovigil.calendar.days import days_after, days_between, in_words, months_after
from isovigil.calendar.moment import Moment
from isovigil.case.case import Case
from isovigil.case.chart import Chart
from isovigil.case.kinds import PregnancyTest, Prescription
from isovigil.decisions.course import Course
from isovigil.decisions.review import Review
from isovigil.exchange.html_text import Html, joined, table, tag
from isovigil.exchange.review_words import number_in_words, plain

DAYS_SHOWN_BEFORE = 70
DAYS_SHOWN_AFTER = 10
_WIDTH, _LEFT, _RIGHT = 360, 92, 12
_LANES: Sequence[tuple[str, str]] = (
    ("test", "Tests"),
    ("prescription", "Prescribed"),
    ("hand_over", "Handed over"),
    ("window", "Window"),
)
_TOP, _LANE, _BOTTOM = 24, 26, 20
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Event(NamedTuple):
    """One thing that happened: on which day, in which lane, in words, and which fact says so."""

    day: date
    lane: str
    says: str
    fact: str
    is_filled: bool


def timeline(case: Case, review: Review, prefix: str) -> Html:
    """The drawing with its table; every mark in the drawing is a row of the table."""
    first = days_after(review.on, -DAYS_SHOWN_BEFORE)
    events = [event for event in events_of(case, review) if event.day >= first]
    last = days_after(review.on, DAYS_SHOWN_AFTER)
    if review.window is not None:
        last = max(last, days_after(review.window.closes_on, 1))
    return tag(
        "div",
        tag("figure", _drawing(events, review, first, last, prefix), class_="drawing"),
        _listing(events, review),
        class_="timeline",
    )


def events_of(case: Case, review: Review) -> list[Event]:
    """What the review could see of tests, prescriptions and hand-overs that were not reversed."""
    zone = ZoneInfo(case.time_zone)
    chart = Chart(case, Moment(review.at, zone), review.known_by)
    events = [
        Event(
            test.taken_on,
            "test",
            f"Pregnancy test, {test.result}, {plain(test.setting)}",
            test.id,
            test.result != "negative",
        )
        for test in chart.all(PregnancyTest)
    ]
    events += [
        Event(
            one.issued_on,
            "prescription",
            f"Prescription, {number_in_words(one.daily_dose_mg)} mg a day for {one.days_supply} days",
            one.id,
            True,
        )
        for one in chart.all(Prescription)
    ]
    events += [
        Event(one.date, "hand_over", f"Hand-over, {one.days_supply} days", one.id, True)
        for one in Course(chart).hand_overs
    ]
    return sorted(events)


def _listing(events: Sequence[Event], review: Review) -> Html:
    rows: list[tuple[date, str, str]] = [(event.day, event.says, event.fact) for event in events]
    if review.window is not None:
        rows.append((review.window.opens_on, "Window opens", ""))
        rows.append((review.window.closes_on, "Last day of the window", ""))
    rows.append((review.on, "The day of this review", ""))
    rows.sort(key=lambda row: row[0])
    cells = [(in_words(day), says, tag("code", fact) if fact else "") for day, says, fact in rows]
    return table("The last ten weeks", ("Day", "What", "Fact"), cells, class_="stacks")


def _drawing(events: Sequence[Event], review: Review, first: date, last: date, prefix: str) -> Html:
    height = _TOP + _LANE * len(_LANES) + _BOTTOM
    scale = (_WIDTH - _LEFT - _RIGHT) / days_between(first, last)

    def across(day: date) -> float:
        return round(_LEFT + days_between(first, day) * scale, 1)

    title, described = f"{prefix}-timeline-title", f"{prefix}-timeline-desc"
    return tag(
        "svg",
        tag("title", f"Timeline up to {in_words(review.on)}", id=title),
        tag(
            "desc",
            "Pregnancy tests, prescriptions, hand-overs and the window to hand over, by day. "
            "The table that follows lists the same.",
            id=described,
        ),
        _lanes(),
        _months(first, last, across(first), scale, height),
        _window_bar(review, across(review.window.opens_on), scale) if review.window is not None else None,
        [_mark(event, across(event.day)) for event in events],
        _today(review, across(review.on), height),
        viewBox=f"0 0 {_WIDTH} {height}",
        role="img",
        aria_labelledby=f"{title} {described}",
    )


def _middle(lane: str) -> int:
    place = [name for name, _ in _LANES].index(lane)
    return _TOP + _LANE * place + _LANE // 2


def _lanes() -> Iterable[Html]:
    for lane, label in _LANES:
        y = _middle(lane)
        yield tag("text", label, x=0, y=y + 4)
        yield tag("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y, class_="lane")


def _months(first: date, last: date, left: float, scale: float, height: int) -> Iterable[Html]:
    month = months_after(first.replace(day=1), 1)
    while month <= last:
        x = round(left + days_between(first, month) * scale, 1)
        yield tag("line", x1=x, x2=x, y1=_TOP, y2=height - _BOTTOM, class_="tick")
        yield tag("text", f"1 {_MONTHS[month.month - 1]}", x=x, y=height - 5, text_anchor="middle")
        month = months_after(month, 1)


def _window_bar(review: Review, x: float, scale: float) -> Html:
    assert review.window is not None
    days = days_between(review.window.opens_on, review.window.closes_on) + 1
    y = _middle("window")
    return tag("rect", x=x, y=y - 7, width=round(days * scale, 1), height=14, class_="window")


def _mark(event: Event, x: float) -> Html:
    y = _middle(event.lane)
    shown = tag("title", f"{in_words(event.day)}: {event.says}")
    filled = "mark filled" if event.is_filled else "mark"
    if event.lane == "test":
        return tag("circle", shown, cx=x, cy=y, r=5, class_=filled)
    if event.lane == "prescription":
        return tag("rect", shown, x=x - 5, y=y - 5, width=10, height=10, class_=filled)
    return tag("path", shown, d=f"M{x} {y - 7}L{x + 7} {y}L{x} {y + 7}L{x - 7} {y}Z", class_=filled)


def _today(review: Review, x: float, height: int) -> Html:
    return joined(
        tag("line", x1=x, x2=x, y1=_TOP - 6, y2=height - _BOTTOM, class_="today"),
        tag(
            "text",
            f"{review.on.day} {_MONTHS[review.on.month - 1]}",
            x=x,
            y=12,
            text_anchor="middle",
            class_="now",
        ),
    )
