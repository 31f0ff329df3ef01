"""How are counts drawn as SVG, so that shape and words say everything and colour only repeats it?"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10
from typing import Final, NamedTuple

from isovigil.exchange.html_text import Html, joined, tag

WIDTH: Final = 304
_LEFT, _RIGHT, _TOP = 34, 4, 12
_PLOT: Final = 170
_NICE: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_LETTER: Final = 6.2
_LEGEND_ROW: Final = 18
STYLE: Final = """\
.figure{font:11px system-ui,sans-serif}.figure text{fill:var(--ink,#1a1a1a)}
.figure .soft{fill:var(--soft,#4d4d4d)}.figure .axis{stroke:var(--line,#767676);stroke-width:1}
.figure .grid{stroke:var(--faint,#d4d4d4);stroke-width:1}
.figure .edge{stroke:var(--ink,#1a1a1a);stroke-width:.8}
.figure .good{fill:var(--good-fill,#b7dfc3)}.figure .wait{fill:var(--wait-fill,#f2c879)}
.figure .bad{fill:var(--bad-fill,#e08a80)}.figure .worst{fill:var(--worst-fill,#8f1d1d)}
.figure .plain{fill:var(--plain-fill,#bcd0e6)}.figure .hatch{stroke:var(--ink,#1a1a1a);stroke-width:1}
.figure .band{fill:none;stroke:var(--ink,#1a1a1a);stroke-width:2}
.figure .target{stroke:var(--ink,#1a1a1a);stroke-width:1.5;stroke-dasharray:5 3}
"""
TONES: Final = ("good", "wait", "bad", "worst", "plain")
_HATCHES: Final = {
    "good": "",
    "wait": "M-1 7L7 -1M-1 1L1 -1M5 7L7 5",
    "bad": "M1.5 0V6M4.5 0V6",
    "worst": "",
    "plain": "M0 3H6",
}


class Series(NamedTuple):
    """One kind of thing counted: its word, its symbol and its tone."""

    word: str
    symbol: str
    tone: str
    values: Sequence[int | None]
    """One for each place on the axis; None where hidden."""


class Bar(NamedTuple):
    """One row of a bar chart."""

    words: str
    value: float | None
    """None where it is hidden."""
    told: str
    """The value in words, written behind the bar."""
    tone: str = "plain"
    band: tuple[float, float] | None = None
    """A published range to compare with."""


def columns(name: str, title: str, labels: Sequence[str], series: Sequence[Series]) -> Html:
    """Stacked columns, one for each label, with a legend below."""
    tops = [sum(each.values[at] or 0 for each in series) for at in range(len(labels))]
    high, step = _scale(max(tops, default=0))
    legend, legend_height = _legend(series, name, _TOP + _PLOT + 34)
    drawn = [_grid(high, step), legend]
    width = (WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    every = _label_every(labels, width)
    for at, label in enumerate(labels):
        x, y = _LEFT + at * width, float(_TOP + _PLOT)
        for each in series:
            value = each.values[at]
            if not value:
                continue
            height = _PLOT * value / high
            y -= height
            said = f"{label}, {each.word}: {value:,}"
            drawn.append(_filled(name, each.tone, x + width * 0.1, y, width * 0.8, height, said))
        if any(each.values[at] is None for each in series):
            drawn.append(tag("text", "°", x=_at(x + width / 2), y=_at(y - 3), text_anchor="middle"))
        if at % every == 0:
            middle = _at(x + width / 2)
            drawn.append(tag("text", label, x=middle, y=_TOP + _PLOT + 14, text_anchor="middle"))
    return _svg(name, title, _TOP + _PLOT + 34 + legend_height, drawn)


def marked(name: str, title: str, labels: Sequence[str], series: Sequence[Series],
           marks: Sequence[tuple[float, str]]) -> Html:  # fmt: skip
    """The same, with dashed lines at places on the axis (0 is its left end, 1 its right end)."""
    drawn = columns(name, title, labels, series)
    lines = []
    for share, words in marks:
        x = _at(_LEFT + share * (WIDTH - _LEFT - _RIGHT))
        lines.append(tag("line", x1=x, x2=x, y1=_TOP, y2=_TOP + _PLOT, class_="target"))
        lines.append(tag("text", words, x=_at(x + 3), y=_TOP + 2, class_="soft"))
    return Html(drawn.removesuffix("</svg>") + joined(lines) + "</svg>")


def bars(name: str, title: str, rows: Sequence[Bar], high: float, note: str = "") -> Html:
    """Lying bars, each below its words, with its value in words and the published range as a bracket."""
    drawn: list[Html] = []
    y = 4.0
    room = WIDTH - 84.0
    for row in rows:
        for line in _lines(row.words):
            y += 13
            drawn.append(tag("text", line, x=0, y=_at(y)))
        y += 5
        width = 0.0 if row.value is None else room * min(row.value, high) / high
        drawn.append(tag("line", x1=0, x2=0, y1=_at(y - 2), y2=_at(y + 15), class_="axis"))
        if width:
            drawn.append(_filled(name, row.tone, 0, y, width, 13, f"{row.words}: {row.told}"))
        if row.band is not None:
            drawn.append(_bracket(room, high, row.band, y))
        reach = room * min(row.band[1], high) / high if row.band is not None else 0.0
        drawn.append(tag("text", row.told, x=_at(max(width, reach) + 5), y=_at(y + 11)))
        y += 18
    if note:
        for line in _lines(note):
            y += 13
            drawn.append(tag("text", line, x=0, y=_at(y), class_="soft"))
    return _svg(name, title, y + 8, drawn)


def _bracket(room: float, high: float, band: tuple[float, float], y: float) -> Html:
    left, right = (room * min(end, high) / high for end in band)
    d = f"M{_at(left)} {_at(y - 2)}V{_at(y + 15)}M{_at(left)} {_at(y + 6.5)}H{_at(right)}"
    return tag("path", d=f"{d}M{_at(right)} {_at(y - 2)}V{_at(y + 15)}", class_="band")


def _lines(text: str) -> list[str]:
    """A text in lines that fit the width."""
    lines: list[str] = []
    for word in text.split():
        if lines and (len(lines[-1]) + 1 + len(word)) * _LETTER <= WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _grid(high: float, step: float) -> Html:
    drawn = []
    for place in range(round(high / step) + 1):
        y = _at(_TOP + _PLOT * (1 - place * step / high))
        css = "grid" if place else "axis"
        drawn.append(tag("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y, class_=css))
        drawn.append(tag("text", f"{place * step:,g}", x=_LEFT - 4, y=_at(y + 4), text_anchor="end"))
    return joined(drawn)


def _scale(highest: float) -> tuple[float, float]:
    """The end of the axis and its steps: 1, 2, 2.5 or 5 times a power of ten, whole numbers at least."""
    rough = max(highest / 4, 1.0)
    size = 10.0 ** floor(log10(rough))
    step = next(nice * size for nice in _NICE if nice * size >= rough * 0.999)
    step = max(step, 1.0)
    steps = max(-(-highest // step), 1)
    return steps * step, step


def _label_every(labels: Sequence[str], width: float) -> int:
    longest = max((len(label) for label in labels), default=1) * _LETTER + 4
    return max(round(longest / width + 0.5), 1)


def _legend(series: Sequence[Series], name: str, top: float) -> tuple[Html, float]:
    drawn, x, y = [], 0.0, top
    for each in series:
        words = f"{each.symbol} {each.word}".strip()
        wide = 24 + len(words) * _LETTER
        if x and x + wide > WIDTH:
            x, y = 0.0, y + _LEGEND_ROW
        drawn.append(_filled(name, each.tone, x, y - 9, 13, 11, each.word))
        drawn.append(tag("text", words, x=_at(x + 18), y=_at(y)))
        x += wide + 6
    return joined(drawn), y - top + _LEGEND_ROW


def _filled(name: str, tone: str, x: float, y: float, width: float, height: float, said: str) -> Html:
    """A box in a colour and its own hatching, with its words as a title."""
    place = {"x": _at(x), "y": _at(y), "width": _at(width), "height": _at(height)}
    drawn = [tag("rect", tag("title", said), class_=f"{tone} edge", **place)]
    if _HATCHES[tone]:
        drawn.append(tag("rect", fill=f"url(#{name}-{tone})", pointer_events="none", **place))
    return joined(drawn)


def _svg(name: str, title: str, height: float, drawn: Sequence[Html]) -> Html:
    hatches = [
        tag("pattern", tag("path", d=hatch, class_="hatch"), id=f"{name}-{tone}", width=6, height=6,
            patternUnits="userSpaceOnUse")
        for tone, hatch in _HATCHES.items() if hatch
    ]  # fmt: skip
    return tag(
        "svg",
        tag("title", title, id=f"{name}-title"),
        tag("defs", hatches),
        list(drawn),
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        aria_labelledby=f"{name}-title",
        viewBox=f"0 0 {WIDTH} {_at(height)}",
        class_="figure",
    )


def alone(svg: Html) -> str:
    """The drawing as a file of its own, with its style."""
    opening, rest = svg.split(">", 1)
    opening = opening.replace("<svg ", f'<svg width="{2 * WIDTH}" ', 1)
    paper = '<rect width="100%" height="100%" fill="#fff"/>'
    return f"{opening}><style>{STYLE}</style>{paper}{rest}\n"


def _at(number: float) -> float:
    return round(number, 1)
