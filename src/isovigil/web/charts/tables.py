"""What does a lane say without the drawing: as a table, in a sentence, of one day?"""

from __future__ import annotations

from datetime import date
from functools import singledispatch

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from isovigil.calendar.days import days_between
from isovigil.web.charts.drawing import is_outside, value_in_words
from isovigil.web.charts.lanes import BarLane, Doses, Lane, Tick, TickLane, Value, ValueLane
from isovigil.web.charts.numbers import in_digits, with_unit
from isovigil.web.components import Cell, Column, Pair, Row, Table


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


@singledispatch
def table_of(lane: Lane) -> Table:
    """Every value of a lane, the latest first."""
    raise TypeError(f"There is no table for a {type(lane).__name__}.")


@singledispatch
def sentence_of(lane: Lane) -> str:
    """What the lane shows, in one sentence."""
    raise TypeError(f"There is no sentence for a {type(lane).__name__}.")


@singledispatch
def answer_on(lane: Lane, day: date) -> Pair:
    """What the lane says of one day."""
    raise TypeError(f"There is no answer for a {type(lane).__name__}.")


# -- windows and events -----------------------------------------------------------------------------------


def _ticks(lane: BarLane) -> list[Tick]:
    return [tick for _words, ticks in lane.rows for tick in ticks]


@table_of.register
def _bar_table(lane: BarLane) -> Table:
    rows = [
        (bar.first, Row((Cell(_day(bar.first)), Cell(_day(bar.last)), Cell(bar.words, bar.url))))
        for bar in lane.bars
    ]
    rows += [
        (tick.day, Row((Cell(_day(tick.day)), Cell(""), Cell(tick.words, tick.url)))) for tick in _ticks(lane)
    ]
    rows.sort(key=lambda row: row[0], reverse=True)
    columns = (Column(_("From")), Column(_("To")), Column(_("What")))
    return Table(lane.title, columns, tuple(row for _day_of, row in rows), _("Nothing in this time."))


@sentence_of.register
def _bar_sentence(lane: BarLane) -> str:
    count = len(lane.bars) + len(_ticks(lane))
    return ngettext("%(title)s: %(count)d entry.", "%(title)s: %(count)d entries.", count) % {
        "title": lane.title,
        "count": count,
    }


@answer_on.register
def _bar_answer(lane: BarLane, day: date) -> Pair:
    words = [str(bar.words) for bar in lane.bars if bar.first <= day <= bar.last]
    words += [str(tick.words) for tick in _ticks(lane) if tick.day == day]
    return Pair(lane.title, "; ".join(words) or _("nothing on this day"))


@table_of.register
def _tick_table(lane: TickLane) -> Table:
    told = [
        (tick.day, Row((Cell(_day(tick.day)), Cell(words), Cell(tick.words, tick.url))))
        for words, ticks in lane.rows
        for tick in ticks
    ]
    told.sort(key=lambda row: row[0], reverse=True)
    columns = (Column(_("Day")), Column(lane.title), Column(_("What")))
    return Table(lane.title, columns, tuple(row for _day_of, row in told), _("Nothing in this time."))


@sentence_of.register
def _tick_sentence(lane: TickLane) -> str:
    count = sum(len(ticks) for _words, ticks in lane.rows)
    return ngettext("%(title)s: %(count)d entry.", "%(title)s: %(count)d entries.", count) % {
        "title": lane.title,
        "count": count,
    }


@answer_on.register
def _tick_answer(lane: TickLane, day: date) -> Pair:
    words = [f"{name}: {tick.words}" for name, ticks in lane.rows for tick in ticks if tick.day == day]
    return Pair(lane.title, "; ".join(words) or _("nothing on this day"))


# -- doses ------------------------------------------------------------------------------------------------


@table_of.register
def _dose_table(lane: Doses) -> Table:
    rows = [
        Row(
            (
                Cell(_day(step.from_)),
                Cell(_day(end)),
                Cell(f"{in_digits(step.mg_a_day)} {lane.unit}", step.url),
            )
        )
        for step, end in lane.spans
    ]
    columns = (Column(_("From")), Column(_("To")), Column(_("A day"), is_number=True))
    return Table(lane.title, columns, tuple(reversed(rows)), _("Nothing in this time."))


@sentence_of.register
def _dose_sentence(lane: Doses) -> str:
    if not lane.steps:
        return _("%(title)s: none.") % {"title": lane.title}
    last = lane.steps[-1]
    return _("%(title)s: %(dose)s %(unit)s a day since %(day)s.") % {
        "title": lane.title,
        "dose": in_digits(last.mg_a_day),
        "unit": lane.unit,
        "day": _day(last.from_),
    }


@answer_on.register
def _dose_answer(lane: Doses, day: date) -> Pair:
    step = next((step for step in reversed(lane.steps) if step.from_ <= day), None)
    if step is None or day > lane.until:
        return Pair(lane.title, _("nothing on this day"))
    return Pair(
        lane.title, _("%(dose)s %(unit)s a day") % {"dose": in_digits(step.mg_a_day), "unit": lane.unit}
    )


# -- measured values --------------------------------------------------------------------------------------


@table_of.register
def _value_table(lane: ValueLane) -> Table:
    rows = tuple(
        Row(
            (
                Cell(_day(each.day)),
                Cell(with_unit(value_in_words(each), lane.unit), each.url),
                _range_cell(each),
                Cell(_remark(each)),
            )
        )
        for each in sorted(lane.values, key=lambda each: each.day, reverse=True)
    )
    columns = (Column(_("Day")), Column(_("Value"), is_number=True), Column(_("Range")), Column(_("Note")))
    return Table(lane.title, columns, rows, _("Nothing was measured in this time."))


def _range_cell(each: Value) -> Cell:
    if each.band is None or (each.band.low is None and each.band.high is None):
        return Cell("")
    low, high = each.band.low, each.band.high
    if low is None:
        return Cell(_("up to %(high)s") % {"high": in_digits(high or 0.0)})
    if high is None:
        return Cell(_("from %(low)s") % {"low": in_digits(low)})
    return Cell(f"{in_digits(low)}–{in_digits(high)}")


def _remark(each: Value) -> str:
    outside = _("outside the range") if is_outside(each) else ""
    return "; ".join(str(part) for part in (each.alarm, outside, each.note) if part)


@sentence_of.register
def _value_sentence(lane: ValueLane) -> str:
    if not lane.values:
        return _("%(title)s: none.") % {"title": lane.title}
    last = max(lane.values, key=lambda each: each.day)
    count = len(lane.values)
    return ngettext(
        "%(title)s: %(count)d value, the last %(value)s on %(day)s.",
        "%(title)s: %(count)d values, the last %(value)s on %(day)s.",
        count,
    ) % {
        "title": lane.title,
        "count": count,
        "value": with_unit(value_in_words(last), lane.unit),
        "day": _day(last.day),
    }


@answer_on.register
def _value_answer(lane: ValueLane, day: date) -> Pair:
    known = [each for each in lane.values if each.day <= day]
    if not known:
        return Pair(lane.title, _("nothing until this day"))
    last = max(known, key=lambda each: each.day)
    if last.day == day:
        return Pair(lane.title, with_unit(value_in_words(last), lane.unit))
    days = days_between(last.day, day)
    return Pair(
        lane.title,
        ngettext("%(value)s, %(count)d day before", "%(value)s, %(count)d days before", days)
        % {"value": with_unit(value_in_words(last), lane.unit), "count": days},
    )
