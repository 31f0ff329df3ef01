"""Which marks does each kind of lane make? Shape and place say everything; colour only repeats it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import singledispatch
from itertools import pairwise
from typing import Final

import msgspec

from isovigil.calendar.days import days_after, days_between
from isovigil.exchange.html_text import Html, tag
from isovigil.web.charts.axis import Axis, Scale, scale_over
from isovigil.web.charts.lanes import (
    Bar,
    BarLane,
    Doses,
    Forecast,
    Lane,
    Tick,
    TickLane,
    Value,
    ValueLane,
)
from isovigil.web.charts.numbers import in_digits, with_unit
from isovigil.web.components import Words

_BAR, _BAR_GAP, _TICK_ROW, _TICK = 14, 4, 20, 5.0
_BARS_LABEL: Final = 16
_VALUES, _DOSES, _NARROW_ROW = 84, 52, 32
_UNDER_THE_TITLE: Final = 28
_SIGNS: Final = {
    "ready": "M{x1} {y}l2.5 2.5l4.5 -5",
    "stop": "M{x1} {y0}l6 6m0 -6l-6 6",
    "hold": "M{x2} {y0}v6m4 0v-6",
    "waiting": "M{x1} {y}h7",
}
"""What a bar of each tone carries besides its colour: a tick, a cross, a pause, a dash."""
_ROOM_FOR_A_SIGN: Final = 13
_ROOM_FOR_A_LINE: Final = 9
"""A line nearer to the middle of a word would strike it through."""
_ROOM_FOR_A_NUMBER: Final = 30
"""Labels nearer than this would lie on each other; the table has the value all the same."""


class Place(msgspec.Struct, frozen=True):
    """Where a lane lies."""

    axis: Axis
    top: float
    height: float
    narrow: bool

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height


def height_of(lane: Lane, *, narrow: bool) -> float:
    """How high a lane is drawn."""
    if isinstance(lane, BarLane):
        rows = len(lane.rows) * (_NARROW_ROW if narrow else _TICK_ROW)
        return max(_bars_height(lane, narrow=narrow) + rows, _TICK_ROW)
    if isinstance(lane, TickLane):
        return max(len(lane.rows), 1) * (_NARROW_ROW if narrow else _TICK_ROW)
    return _DOSES if isinstance(lane, Doses) else _VALUES


def _bars_height(lane: BarLane, *, narrow: bool) -> float:
    if not lane.bars:
        return 0
    label = _BARS_LABEL if narrow and lane.bars_words else 0
    return label + len(_rows_of(lane.bars)) * (_BAR + _BAR_GAP)


@singledispatch
def draw(lane: Lane, place: Place) -> list[Html]:
    """The marks of a lane."""
    raise TypeError(f"There is no drawing for a {type(lane).__name__}.")


def _edge(place: Place) -> Html:
    return tag(
        "line", x1=place.axis.left, x2=place.axis.right, y1=place.bottom, y2=place.bottom, class_="lane-edge"
    )


# -- windows and events -----------------------------------------------------------------------------------


@draw.register
def _bars(lane: BarLane, place: Place) -> list[Html]:
    drawn = [_edge(place)]
    high = _bars_height(lane, narrow=place.narrow)
    top = place.top
    if lane.bars and lane.bars_words:
        if place.narrow:
            drawn.append(tag("text", str(lane.bars_words), x=place.axis.left, y=top + 10, class_="soft"))
            top += _BARS_LABEL
        else:
            drawn.append(_beside(lane.bars_words, place, top + _BAR / 2))
    for row, bars in enumerate(_rows_of(lane.bars)):
        y = top + row * (_BAR + _BAR_GAP)
        drawn += [_bar(bar, place.axis, y) for bar in bars if _meets(bar, place.axis)]
    rows = Place(place.axis, place.top + high, place.height - high, place.narrow)
    return drawn + list(_tick_rows(lane.rows, rows))


def _beside(words: Words, place: Place, middle: float) -> Html:
    right = place.axis.left - 8
    return tag("text", str(words), x=right, y=middle + 4, text_anchor="end", class_="soft")


def _rows_of(bars: Sequence[Bar]) -> list[list[Bar]]:
    """Bars that overlap go below each other."""
    rows: list[list[Bar]] = []
    for bar in sorted(bars, key=lambda bar: (bar.first, bar.last)):
        free = next((row for row in rows if row[-1].last < bar.first), None)
        if free is None:
            rows.append([bar])
        else:
            free.append(bar)
    return rows


def _meets(bar: Bar, axis: Axis) -> bool:
    return bar.first <= axis.until and bar.last >= axis.from_


def _bar(bar: Bar, axis: Axis, y: float) -> Html:
    left, right = axis.x(bar.first), axis.x(days_after(bar.last, 1))
    width = max(round(right - left, 1), 3)
    drawn = [tag("rect", x=left, y=y, width=width, height=_BAR, rx=3, class_=f"bar {bar.tone}")]
    if bar.tone in _SIGNS and width >= _ROOM_FOR_A_SIGN:
        x, middle = round(left + width / 2, 1), y + _BAR / 2
        path = _SIGNS[bar.tone].format(x1=x - 3.5, x2=x - 2, y=middle, y0=middle - 3)
        drawn.append(tag("path", d=path, class_=f"sign {bar.tone}"))
    return tag("g", tag("title", str(bar.words)), drawn)


@draw.register
def _ticks(lane: TickLane, place: Place) -> list[Html]:
    return [_edge(place), *_tick_rows(lane.rows, place)]


def _tick_rows(rows: Sequence[tuple[Words, tuple[Tick, ...]]], place: Place) -> Iterator[Html]:
    row_height = place.height / max(len(rows), 1)
    for row, (words, ticks) in enumerate(rows):
        top = place.top + row * row_height
        if place.narrow:
            yield tag("text", str(words), x=place.axis.left, y=top + 10, class_="soft")
            middle = top + row_height - 9
        else:
            middle = top + row_height / 2
            yield _beside(words, place, middle)
        yield from (_tick(tick, place.axis, middle) for tick in ticks if place.axis.shows(tick.day))


def _tick(tick: Tick, axis: Axis, y: float) -> Html:
    css = "mark alarm" if tick.is_alarm else "mark filled" if tick.is_filled else "mark"
    return _mark("triangle" if tick.is_alarm else tick.shape, axis.x(tick.day), y, css, str(tick.words))


def _mark(shape: str, x: float, y: float, css: str, words: str) -> Html:
    shown = tag("title", words)
    r = _TICK
    if shape == "circle":
        return tag("circle", shown, cx=x, cy=y, r=r, class_=css)
    if shape == "square":
        return tag("rect", shown, x=x - r + 0.5, y=y - r + 0.5, width=2 * r - 1, height=2 * r - 1, class_=css)
    if shape == "triangle":
        return tag("path", shown, d=f"M{x} {y - r - 1}L{x + r + 1} {y + r}H{x - r - 1}Z", class_=css)
    return tag(
        "path", shown, d=f"M{x} {y - r - 1}L{x + r + 1} {y}L{x} {y + r + 1}L{x - r - 1} {y}Z", class_=css
    )


# -- doses ------------------------------------------------------------------------------------------------


@draw.register
def _doses(lane: Doses, place: Place) -> list[Html]:
    scale = scale_over([step.mg_a_day for step in lane.steps], 0.0, place.bottom, place.top + 14)
    drawn = [_edge(place), *_scale_words(scale, place, str(lane.unit))]
    path = ""
    for step, last in lane.spans:
        if last < place.axis.from_ or step.from_ > place.axis.until:
            continue
        left, right = place.axis.x(step.from_), place.axis.x(days_after(last, 1))
        y = scale.y(step.mg_a_day)
        path += f"{'L' if path else 'M'}{left} {y}L{right} {y}"
        drawn.append(tag("text", in_digits(step.mg_a_day), x=left + 3, y=y - 4))
    return [*drawn, tag("path", d=path, class_="step-line")] if path else drawn


def _scale_words(scale: Scale, place: Place, unit: str) -> Iterator[Html]:
    low, high = scale.labels
    right = place.axis.left - 6
    yield tag("text", in_digits(high), x=right, y=scale.top + 4, text_anchor="end", class_="soft")
    yield tag("text", in_digits(low), x=right, y=scale.bottom, text_anchor="end", class_="soft")
    if unit and not place.narrow:
        yield tag("text", unit, x=2, y=place.top + _UNDER_THE_TITLE, class_="soft")
    elif unit:
        yield tag("text", unit, x=place.axis.right, y=place.top - 6, text_anchor="end", class_="soft")


# -- measured values --------------------------------------------------------------------------------------


@draw.register
def _values(lane: ValueLane, place: Place) -> list[Html]:
    values = sorted((each for each in lane.values if place.axis.shows(each.day)), key=lambda each: each.day)
    scale = scale_over(_heights(lane, values), lane.begins_at, place.bottom, place.top + 14)
    drawn = [_edge(place), *_scale_words(scale, place, str(lane.unit))]
    drawn += _bands(values, place.axis, scale)
    if lane.forecast is not None:
        drawn += _forecast(lane.forecast, place.axis, scale, _edges(values, scale))
    drawn += _lines(lane, values, place.axis, scale)
    drawn += [_value(lane, each, place.axis, scale) for each in values]
    return drawn + list(_numbers(values, place.axis, scale))


def _heights(lane: ValueLane, values: Sequence[Value]) -> list[float]:
    numbers = [each.number for each in values]
    numbers += [
        end for each in values if each.band for end in (each.band.low, each.band.high) if end is not None
    ]
    if lane.forecast is not None:
        numbers += [number for point in lane.forecast.points for number in (point.low, point.high)]
    return numbers if lane.at_least is None else [*numbers, lane.at_least]


def _bands(values: Sequence[Value], axis: Axis, scale: Scale) -> Iterator[Html]:
    """Each result's own range, from half-way to the result before until half-way to the next."""
    for place, each in enumerate(values):
        if each.band is None:
            continue
        left = axis.left if place == 0 else axis.x(_half_way(values[place - 1].day, each.day))
        is_last = place == len(values) - 1
        right = axis.right if is_last else axis.x(_half_way(each.day, values[place + 1].day))
        bottom = scale.bottom if each.band.low is None else scale.y(each.band.low)
        top = scale.top if each.band.high is None else scale.y(each.band.high)
        width = round(right - left, 1)
        yield tag("rect", x=left, y=top, width=width, height=round(bottom - top, 1), class_="band")
        for end, y in ((each.band.low, bottom), (each.band.high, top)):
            if end is not None and end > scale.low:
                yield tag("line", x1=left, x2=right, y1=y, y2=y, class_="band-edge")


def _half_way(earlier: date, later: date) -> date:
    return days_after(earlier, days_between(earlier, later) // 2)


def _edges(values: Sequence[Value], scale: Scale) -> list[float]:
    """The heights at which a limit is drawn after the last result."""
    band = values[-1].band if values else None
    return [scale.y(end) for end in (band.low, band.high) if end is not None] if band else []


def _forecast(forecast: Forecast, axis: Axis, scale: Scale, edges: Sequence[float]) -> Iterator[Html]:
    points = [point for point in forecast.points if axis.shows(point.day)]
    if not points:
        return
    upper = [f"{axis.x(point.day)} {scale.y(point.high)}" for point in points]
    lower = [f"{axis.x(point.day)} {scale.y(point.low)}" for point in reversed(points)]
    middle = [f"{axis.x(point.day)} {scale.y(point.middle)}" for point in points]
    yield tag("path", d=f"M{'L'.join([*upper, *lower])}Z", class_="forecast")
    for edge in (upper, lower, middle):
        yield tag("path", d=f"M{'L'.join(edge)}", class_="forecast-edge")
    heights = (scale.top, scale.bottom - 4)
    free = (y for y in heights if all(abs(y - 4 - edge) > _ROOM_FOR_A_LINE for edge in edges))
    y = next(free, scale.top)
    yield tag("text", str(forecast.words), x=axis.right, y=y, text_anchor="end", class_="soft")


def _lines(lane: ValueLane, values: Sequence[Value], axis: Axis, scale: Scale) -> Iterator[Html]:
    """Straight lines between neighbours. A bound, or a gap longer than usual, joins nothing."""
    css = "second-line" if lane.is_second else "first-line"
    for before, after in pairwise(values):
        is_gap = days_between(before.day, after.day) > lane.joined_within_days
        if before.censored is None and after.censored is None and not is_gap:
            yield tag(
                "line",
                x1=axis.x(before.day),
                y1=scale.y(before.number),
                x2=axis.x(after.day),
                y2=scale.y(after.number),
                class_=css,
            )


def _value(lane: ValueLane, each: Value, axis: Axis, scale: Scale) -> Html:
    x, y = axis.x(each.day), scale.y(each.number)
    words = with_unit(value_in_words(each), lane.unit)
    if each.censored is not None:
        return _bound(each, x, y, words)
    if each.is_alarm:
        return _mark("triangle", x, y, "mark alarm", words)
    shape = "square" if lane.is_second else "circle"
    return _mark(shape, x, y, "mark filled" if is_outside(each) else "mark", words)


def _bound(each: Value, x: float, y: float, words: str) -> Html:
    """A bar at the bound and an arrow to the side where the value lies."""
    tip = y + 11 if each.censored == "below" else y - 11
    wing = tip - 4 if each.censored == "below" else tip + 4
    d = f"M{x - 6} {y}H{x + 6}M{x} {y}V{tip}M{x - 3.5} {wing}L{x} {tip}L{x + 3.5} {wing}"
    return tag("path", tag("title", words), d=d, class_="mark")


def is_outside(each: Value) -> bool:
    """Does a result lie outside the range that came with it? A bound only where it surely does."""
    if each.band is None:
        return False
    low, high = each.band.low, each.band.high
    if each.censored == "below":
        return low is not None and each.number <= low
    if each.censored == "above":
        return high is not None and each.number >= high
    return (low is not None and each.number < low) or (high is not None and each.number > high)


def _numbers(values: Iterable[Value], axis: Axis, scale: Scale) -> Iterator[Html]:
    """The numbers that matter beside their marks: what is outside its range, alarms, and the last one."""
    told = list(values)
    taken = axis.right + 2 * _ROOM_FOR_A_NUMBER
    for each in reversed(told):
        x = axis.x(each.day)
        if not (each.is_alarm or is_outside(each) or each is told[-1]) or taken - x < _ROOM_FOR_A_NUMBER:
            continue
        taken = x
        words = value_in_words(each) if not each.alarm else f"{value_in_words(each)} {each.alarm}"
        css = "alarm-word" if each.is_alarm else None
        anchor = "end" if x > axis.right - 30 else "middle"
        y = scale.y(each.number) - 9
        if each.censored == "above":
            x, y, anchor = x + 9, y + 6, "start"
        yield tag("text", words, x=x, y=max(y, scale.top - 3), text_anchor=anchor, class_=css)


def value_in_words(each: Value) -> str:
    """The value as a laboratory writes it: 41, <10, >500."""
    sign = {"below": "<", "above": ">", None: ""}[each.censored]
    return f"{sign}{in_digits(each.number)}"
