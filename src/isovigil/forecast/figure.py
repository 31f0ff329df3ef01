"""How does a forecast look on a wall, and on a telephone?

One picture, many small panels that share their time axis. The first weeks get most of the width;
after treatment the axis is compressed, and says so. Nothing is told by colour alone: scenarios
differ in dash and are labelled on the line, bands have edges, recorded values are dots.
"""

from __future__ import annotations

import msgspec

from isovigil.forecast.axes import Axes, time_axis, value_axis
from isovigil.forecast.panels import Panel, Series
from isovigil.forecast.scene import Area, Dot, Group, Line, Mark, Point, Scene, Words, rectangle, wrapped

WIDE = 1280.0
NARROW = 320.0
INK, GREY, PALE, PAPER = "#1a1a1a", "#595959", "#d9d9d9", "#ffffff"
TREATMENT = "#f1f3f5"
COLOURS = ("#0059a3", "#b34700", "#00664d", "#7a2e8e")
DASHES: tuple[tuple[float, ...], ...] = ((), (7.0, 3.0), (2.0, 2.5), (9.0, 3.0, 2.0, 3.0))
LIMIT = "#8f1d1d"
BEFORE_TREATMENT_DAYS = -60.0
RELEASE_MARK = "PERSONAL CURVES: for release by a clinician"
TIME_IN_WORDS = (
    "Time: weeks from the first dose (shaded: treatment); after the break // months after the last dose, "
    "compressed."
)
POPULATION_MARK = "Population curves: people like this on average, not a forecast for one person"


class Caption(msgspec.Struct, frozen=True):
    """The words around the panels."""

    title: str
    subtitle: str
    personal: bool
    last_dose_day: float
    end_day: float
    today_day: float | None = None
    scenarios: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    parameter_hash: str = ""
    model_version: str = ""


def figure_scene(panels: tuple[Panel, ...], caption: Caption, *, narrow: bool = False) -> Scene:
    """The whole picture: wide (four columns) or narrow (320 pixels, one column)."""
    width = NARROW if narrow else WIDE
    columns = 1 if narrow else 4 if len(panels) > 9 else 3
    margin, gap = (8.0, 8.0) if narrow else (32.0, 20.0)
    head, top = _heading(caption, width, margin, narrow)
    panel_width = (width - 2 * margin - gap * (columns - 1)) / columns
    panel_height = 214.0 if narrow else 250.0
    groups = [head]
    for place, panel in enumerate(panels):
        row, column = divmod(place, columns)
        x = margin + column * (panel_width + gap)
        y = top + row * (panel_height + gap)
        groups.append(_drawn(panel, caption, (x, y, panel_width, panel_height)))
    rows = -(-len(panels) // columns)
    foot, height = _footing(caption, width, margin, top + rows * (panel_height + gap))
    groups.append(foot)
    return Scene(width, height, caption.title, _description(panels, caption), tuple(groups))


def _heading(caption: Caption, width: float, margin: float, narrow: bool) -> tuple[Group, float]:
    """Title, subtitle, the release mark, and how to read the bands."""
    marks: list[Mark] = []
    size = 17.0 if narrow else 26.0
    y = margin
    for line in wrapped(caption.title, width - 2 * margin, size):
        y += size * 1.15
        marks.append(Words(margin, y, line, size, INK, bold=True))
    small = 11.0 if narrow else 13.0
    for line in wrapped(caption.subtitle, width - 2 * margin, small):
        y += small * 1.45
        marks.append(Words(margin, y, line, small, GREY))
    if len(caption.scenarios) > 1:
        y += 6.0
        for place, name in enumerate(caption.scenarios):
            marks.extend(_named_scenario(margin, y + small * 1.5, place, name, (width - 2 * margin, small)))
            y += small * 1.5
    release = RELEASE_MARK if caption.personal else POPULATION_MARK
    y += 8.0
    for line in wrapped(release, width - 2 * margin - 12.0, small):
        y += small * 1.5
        marks.append(Words(margin + 10.0, y, line, small, LIMIT if caption.personal else INK, bold=True))
    height = small * 1.5 * len(wrapped(release, width - 2 * margin - 12.0, small))
    marks.append(Area(rectangle(margin, y - height + 4.0, 4.0, height), LIMIT if caption.personal else INK))
    y += 10.0
    key, y = _key(width, margin, y, small)
    return Group("What this figure shows and how to read it", (*marks, *key)), y + 12.0


def _named_scenario(
    margin: float, y: float, place: int, name: str, size: tuple[float, float]
) -> tuple[Mark, Mark, Mark]:
    """The letter, the line and the plan of one scenario."""
    width, small = size
    colour, dash = COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)]
    return (
        Words(margin, y, chr(ord("A") + place), small, colour, bold=True),
        Line(((margin + 16.0, y - 4.0), (margin + 48.0, y - 4.0)), colour, 2.2, dash),
        Words(margin + 56.0, y, _cut(name, width - 56.0, small), small, INK),
    )


def _key(width: float, margin: float, y: float, size: float) -> tuple[list[Mark], float]:
    """The key: typical line, bands, doubt about the typical line, recorded value, action limit."""
    marks: list[Mark] = []
    x = margin
    entries = (
        ("line", "typical person"), ("80", "80 in 100 people"), ("95", "95 in 100 people"),
        ("doubt", "doubt about the typical line"), ("dot", "recorded value"), ("limit", "policy threshold"),
        ("grade", "evidence: none to high"),
    )  # fmt: skip
    for kind, text in entries:
        length = 34.0 + len(text) * size * 0.54 + 12.0
        if x + length > width - margin and x > margin:
            x, y = margin, y + size * 1.5
        mid = y + size * 0.65
        if kind == "line":
            marks.append(Line(((x, mid), (x + 26, mid)), COLOURS[0], 2.2))
        elif kind in {"80", "95"}:
            marks.append(Area(rectangle(x, mid - 5, 26, 10), COLOURS[0], 0.26 if kind == "80" else 0.12))
        elif kind == "doubt":
            marks.extend(
                Line(((x, mid + dy), (x + 26, mid + dy)), COLOURS[0], 1.0, (1.5, 2.5)) for dy in (-4.0, 4.0)
            )
        elif kind == "dot":
            marks.append(Dot(x + 13, mid, 3.6, INK, PAPER))
        elif kind == "limit":
            marks.append(Line(((x, mid), (x + 26, mid)), LIMIT, 1.2, (5.0, 3.0)))
        else:
            marks.extend(_grade_marks(x + 3.0, mid, 3))
        marks.append(Words(x + 32.0, y + size, text, size, INK))
        x += length
    return marks, y + size * 1.3


def _grade_marks(x: float, y: float, filled: int) -> list[Mark]:
    """Four squares, as many filled as the evidence is good."""
    return [Area(rectangle(x + 6.5 * k, y - 2.5, 5.0, 5.0), INK if k < filled else PALE) for k in range(4)]


def _drawn(panel: Panel, caption: Caption, box: tuple[float, float, float, float]) -> Group:
    """One panel inside its box."""
    x, y, width, height = box
    marks: list[Mark] = [Words(x, y + 14.0, panel.title, 14.0, INK, bold=True)]
    if panel.rank is None:
        marks.append(Words(x, y + 29.0, _cut(panel.studies, width, 10.5), 10.5, GREY))
    else:
        marks.extend(_grade_marks(x, y + 25.5, panel.rank))
        evidence = f"{panel.grade}: {panel.studies}"
        marks.append(Words(x + 30.0, y + 29.0, _cut(evidence, width - 30.0, 10.5), 10.5, GREY))
    marks.append(Words(x, y + 44.0, _cut(panel.unit, width, 10.5), 10.5, GREY))
    left, top, bottom = x + 36.0, y + 58.0, y + height - 22.0
    horizontal = time_axis(caption.last_dose_day, caption.end_day, left, x + width - 4.0)
    vertical = value_axis(panel, top, bottom)
    marks.extend(_background(horizontal, vertical, caption, name_today=panel.key == "dose"))
    for place, series in enumerate(panel.series):
        marks.extend(_bands(series, horizontal, vertical, place, bands=place == 0))
    taken: list[Point] = []
    alone = len(panel.series) == 1
    for place, series in enumerate(panel.series):
        marks.extend(_lines(series, horizontal, vertical, place, doubt=alone))
    for place, series in enumerate(() if alone else panel.series):
        marks.extend(_letter(series, horizontal, vertical, place, taken))
    marks.extend(_limits(panel, horizontal, vertical))
    marks.extend(_own_points(panel, horizontal, vertical))
    if panel.note:
        for number, line in enumerate(wrapped(panel.note, (x + width - left) * 0.56, 10.0)):
            marks.append(Words(x + width - 6.0, top + 12.0 + 12.5 * number, line, 10.0, GREY, anchor="end"))
    return Group(_panel_words(panel), tuple(marks))


def _background(horizontal: Axes, vertical: Axes, caption: Caption, *, name_today: bool) -> list[Mark]:
    """The treatment period, the grid with its numbers, and the line of today."""
    left, right, top, bottom = horizontal.start, horizontal.end, vertical.end, vertical.start
    treated = horizontal.at(caption.last_dose_day)
    marks: list[Mark] = [Area(rectangle(left, top, treated - left, bottom - top), TREATMENT)]
    for value, text in vertical.ticks:
        y = vertical.at(value)
        marks.append(Line(((left, y), (right, y)), PALE, 0.7))
        marks.append(Words(left - 4.0, y + 3.5, text, 10.5, GREY, anchor="end"))
    for value, text in horizontal.ticks:
        x = horizontal.at(value)
        marks.append(Line(((x, bottom), (x, bottom + 3.5)), GREY, 0.8))
        marks.append(Words(x, bottom + 15.0, text, 10.5, GREY, anchor="middle"))
    marks.append(Line(((left, bottom), (right, bottom)), GREY, 0.9))
    marks.append(Line(((treated, top), (treated, bottom)), GREY, 0.9, (2.0, 2.0)))
    if horizontal.high > horizontal.split:  # where the compressed months begin
        bend = horizontal.bend
        marks.extend(
            Line(((bend + at - 2.5, bottom + 5.0), (bend + at + 2.5, bottom - 5.0)), GREY, 1.2)
            for at in (-2.0, 2.5)
        )
    if caption.today_day is not None:
        x = horizontal.at(caption.today_day)
        marks.append(Line(((x, top - 4.0), (x, bottom)), INK, 1.2))
        if name_today:
            marks.append(Words(x + 4.0, top + 1.0, "today", 10.5, INK, bold=True))
    return marks


def _bands(series: Series, horizontal: Axes, vertical: Axes, place: int, *, bands: bool) -> list[Mark]:
    """Filled bands for the first scenario; edges only for the others, so they stay apart."""
    colour, marks = COLOURS[place % len(COLOURS)], list[Mark]()
    for band, opacity in ((series.band_95, 0.12), (series.band_80, 0.18)):
        if band is None:
            continue
        low = _path(series.days, band[0], horizontal, vertical)
        high = _path(series.days, band[1], horizontal, vertical)
        if bands:
            marks.append(Area((*low, *reversed(high)), colour, opacity))
        elif band is series.band_80:
            marks.extend(Line(edge, colour, 0.8, (1.0, 2.0)) for edge in (low, high))
    return marks


def _lines(series: Series, horizontal: Axes, vertical: Axes, place: int, *, doubt: bool) -> list[Mark]:
    """The typical line, and the dotted range of our doubt about it when it is the only one."""
    colour, dash = COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)]
    marks: list[Mark] = []
    if series.doubt is not None and doubt:
        marks.extend(
            Line(_path(series.days, edge, horizontal, vertical), colour, 1.0, (1.5, 2.5))
            for edge in series.doubt
        )
    if series.stepped:
        marks.append(Line(_steps(series, horizontal, vertical), colour, 2.2, dash))
    else:
        marks.append(Line(_path(series.days, series.middle, horizontal, vertical), colour, 2.2, dash))
    return marks


def _letter(series: Series, horizontal: Axes, vertical: Axes, place: int, taken: list[Point]) -> list[Mark]:
    """The scenario's letter beside its line, on white, clear of the letters already there."""
    day, value = _place_of_letter(series, horizontal, place)
    x, on_line = horizontal.at(day), vertical.at(value)
    places = [on_line + shift for shift in (-6.0, 15.0, -18.0, 27.0)]
    free = [
        y
        for y in places
        if vertical.end + 10.0 <= y <= vertical.start - 2.0
        and all(abs(y - other_y) >= 12.0 or abs(x - other_x) >= 14.0 for other_x, other_y in taken)
    ]
    y = free[0] if free else places[0]
    taken.append((x, y))
    return [
        Area(rectangle(x - 6.0, y - 10.0, 12.0, 12.5), PAPER, 0.85),
        Words(x, y, chr(ord("A") + place), 12.0, COLOURS[place % len(COLOURS)], bold=True, anchor="middle"),
    ]


def _place_of_letter(series: Series, horizontal: Axes, place: int) -> tuple[float, float]:
    """A point of the line near its middle; of a stepped line, the middle of its longest step."""
    if series.stepped:
        steps = list(zip(series.days, series.days[1:], series.middle, strict=False))
        start, end, amount = max(steps, key=lambda step: step[1] - step[0])
        return start + (end - start) * (0.3 + 0.2 * place), amount
    shown = [day for day in series.days if day <= horizontal.split] or list(series.days[:1])
    index = max(0, round(len(shown) * (0.42 + 0.14 * place)) - 1)
    return series.days[index], series.middle[index]


def _limits(panel: Panel, horizontal: Axes, vertical: Axes) -> list[Mark]:
    marks: list[Mark] = []
    for value, text in panel.thresholds:
        if not vertical.low <= value <= vertical.high:
            continue
        y = vertical.at(value)
        marks.append(Line(((horizontal.start, y), (horizontal.end, y)), LIMIT, 1.2, (5.0, 3.0)))
        marks.append(Words(horizontal.end - 2.0, y - 4.5, text, 10.0, LIMIT, anchor="end"))
    return marks


def _own_points(panel: Panel, horizontal: Axes, vertical: Axes) -> list[Mark]:
    """The recorded values; those of the weeks before the first dose stand at its day."""
    return [
        Dot(horizontal.at(day), vertical.at(value), 3.6, INK, PAPER)
        for day, value in panel.points
        if BEFORE_TREATMENT_DAYS <= day <= horizontal.high
    ]


def _path(days: tuple[float, ...], values: tuple[float, ...], x: Axes, y: Axes) -> tuple[Point, ...]:
    return tuple((x.at(day), y.at(value)) for day, value in zip(days, values, strict=True))


def _steps(series: Series, x: Axes, y: Axes) -> tuple[Point, ...]:
    points: list[Point] = []
    for day, amount in zip(series.days, series.middle, strict=True):
        if points:
            points.append((x.at(day), points[-1][1]))
        points.append((x.at(day), y.at(amount)))
    return (*points, (x.end, points[-1][1]))


def _footing(caption: Caption, width: float, margin: float, y: float) -> tuple[Group, float]:
    """The time axis in words, the intended use, and what produced the picture."""
    said = (
        TIME_IN_WORDS,
        *caption.statements,
        f"Model {caption.model_version}, parameters {caption.parameter_hash}.",
    )
    marks: list[Mark] = [Line(((margin, y), (width - margin, y)), PALE, 1.0)]
    y += 6.0
    for statement in said:
        for line in wrapped(statement, width - 2 * margin, 11.0):
            y += 15.0
            marks.append(Words(margin, y, line, 11.0, GREY))
    return Group("Notes", tuple(marks)), y + margin


def _description(panels: tuple[Panel, ...], caption: Caption) -> str:
    kind = "Personal" if caption.personal else "Population"
    return f"{kind} forecast. {caption.subtitle}. " + " ".join(_panel_words(panel) for panel in panels)


def _panel_words(panel: Panel) -> str:
    """The panel in a sentence, for someone who cannot see it."""
    parts = []
    for place, series in enumerate(panel.series):
        name = f"{chr(ord('A') + place)} {series.label}: " if len(panel.series) > 1 else ""
        best = (
            min(series.middle)
            if panel.key not in {"dose", "exposure", "relapse", "dry_lips"}
            else max(series.middle)
        )
        day = series.days[series.middle.index(best)]
        parts.append(f"{name}from {series.middle[0]:.3g} to {best:.3g} by week {day / 7.0:.0f}")
    body = "; ".join(parts) or panel.note or "no forecast"
    return f"{panel.title} ({panel.unit}): {body}. Evidence: {panel.grade}."


def _cut(text: str, width: float, size: float) -> str:
    """``text`` on one line; the rest is in the panel's own words."""
    longest = int(width / (0.53 * size))
    return text if len(text) <= longest else text[: longest - 1].rstrip(" ,;:") + "…"
