"""How do lanes become one drawing in two sizes, with a table for each lane?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from isovigil.exchange.html_text import Html, tag
from isovigil.web.charts.axis import Axis, long_enough
from isovigil.web.charts.drawing import Place, draw, height_of
from isovigil.web.charts.lanes import Lane
from isovigil.web.charts.tables import answer_on, sentence_of, table_of
from isovigil.web.components import Pair, Table


class Size(msgspec.Struct, frozen=True):
    """One size of a drawing, in the units of its view box: about one pixel each."""

    name: str
    width: int
    gutter: int
    """Left of the lanes: titles and scales."""
    titles_above: bool
    most_months: int


WIDE: Final = Size("wide", 960, 150, titles_above=False, most_months=12)
NARROW: Final = Size("narrow", 300, 38, titles_above=True, most_months=3)
_RIGHT, _TOP, _BOTTOM, _BETWEEN, _TITLE = 16, 24, 22, 10, 18


class Drawn(msgspec.Struct, frozen=True):
    """The lanes as a page shows them: the style sheet picks one of the two drawings."""

    svg_wide: Html
    svg_narrow: Html
    tables: tuple[Table, ...]
    """One a lane, in the same order, with every value drawn."""
    on_selected: tuple[Pair, ...]
    """What each lane says of the selected day; empty without one."""


def timeline(
    lanes: Sequence[Lane],
    from_: date,
    until: date,
    today: date,
    selected: date | None = None,
    *,
    name: str = "timeline",
    title: str = "",
) -> Drawn:
    """Every lane on one shared axis of days.

    Args:
        lanes: From top to bottom.
        from_: The first day shown.
        until: The last; the axis is never shorter than four weeks, so that no day looks like a trend.
        today: Drawn as a line where it lies on the axis.
        selected: A day for which every lane answers.
        name: Begins the ids inside the drawing; unique on a page.
        title: The drawing's name, "Course" if empty.

    Raises:
        ValueError: `until` lies before `from_`.
    """
    last = long_enough(from_, until)
    heading = title or _("Course")
    said = _described(lanes, from_, last)
    days = _Days(from_, last, today, selected)
    return Drawn(
        _svg(lanes, WIDE, days, name, heading, said),
        _svg(lanes, NARROW, days, name, heading, said),
        tuple(table_of(lane) for lane in lanes),
        () if selected is None else tuple(answer_on(lane, selected) for lane in lanes),
    )


class _Days(msgspec.Struct, frozen=True):
    from_: date
    until: date
    today: date
    selected: date | None


def _described(lanes: Sequence[Lane], from_: date, until: date) -> str:
    period = _("From %(first)s to %(last)s.") % {
        "first": date_format(from_, "DATE_FORMAT"),
        "last": date_format(until, "DATE_FORMAT"),
    }
    return " ".join([period, *(sentence_of(lane) for lane in lanes), _("The tables list every value.")])


def _svg(lanes: Sequence[Lane], size: Size, days: _Days, name: str, title: str, said: str) -> Html:
    axis = Axis(days.from_, days.until, size.gutter, size.width - _RIGHT)
    parts: list[Html] = []
    top = float(_TOP)
    for lane in lanes:
        if size.titles_above:
            top += _TITLE
        place = Place(axis, top, height_of(lane, narrow=size.titles_above), narrow=size.titles_above)
        parts += [_title_of(lane, place), *draw(lane, place)]
        top = place.bottom + _BETWEEN
    height = round(top - _BETWEEN + _BOTTOM)
    named = f"{name}-{size.name}"
    return tag(
        "svg",
        tag("title", title, id=f"{named}-title"),
        tag("desc", said, id=f"{named}-desc"),
        _months(axis, size, height),
        _chosen(axis, days.selected, height),
        _today(axis, days.today, height, days.selected),
        parts,
        viewBox=f"0 0 {size.width} {height}",
        role="img",
        aria_labelledby=f"{named}-title",
        aria_describedby=f"{named}-desc",
        class_=f"chart__{size.name}",
        data_first=days.from_.isoformat(),
        data_last=days.until.isoformat(),
        data_left=f"{axis.left / size.width:.4f}",
        data_right=f"{axis.right / size.width:.4f}",
    )


def _title_of(lane: Lane, place: Place) -> Html:
    if place.narrow:
        return tag("text", str(lane.title), x=2, y=place.top - 6, class_="lane-title")
    return tag("text", str(lane.title), x=2, y=place.top + 12, class_="lane-title")


def _months(axis: Axis, size: Size, height: int) -> list[Html]:
    drawn = []
    for month in axis.months(size.most_months):
        x = axis.x(month)
        anchor = "start" if x < axis.left + 25 else "end" if x > axis.right - 25 else "middle"
        drawn += [
            tag("line", x1=x, x2=x, y1=_TOP, y2=height - _BOTTOM + 4, class_="grid"),
            tag("text", date_format(month, "M Y"), x=x, y=height - 4, text_anchor=anchor, class_="soft"),
        ]
    return drawn


def _today(axis: Axis, today: date, height: int, selected: date | None) -> list[Html]:
    if not axis.shows(today):
        return []
    x = axis.x(today)
    drawn = [tag("line", x1=x, x2=x, y1=_TOP - 6, y2=height - _BOTTOM + 4, class_="today")]
    if selected is None or abs(axis.x(selected) - x) > _ROOM_FOR_A_DAY:
        drawn.append(_on_top(axis, x, _("today"), "today-word"))
    return drawn


_ROOM_FOR_A_DAY: Final = 80


def _chosen(axis: Axis, selected: date | None, height: int) -> list[Html]:
    if selected is None or not axis.shows(selected):
        return []
    x = axis.x(selected)
    return [
        tag("rect", x=x - 4, y=_TOP - 6, width=8, height=height - _BOTTOM - _TOP + 10, class_="chosen"),
        _on_top(axis, x, date_format(selected, "SHORT_DATE_FORMAT"), "today-word"),
    ]


def _on_top(axis: Axis, x: float, words: str, css: str) -> Html:
    anchor = "start" if x < axis.left + 40 else "end" if x > axis.right - 40 else "middle"
    return tag("text", words, x=x, y=13, text_anchor=anchor, class_=css)
