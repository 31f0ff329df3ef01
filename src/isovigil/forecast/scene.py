"""What marks make up a picture, before anybody decides how it is written to a file?

A scene is a flat list of marks in pixels, origin at the top left. The same scene is written as SVG
(no library needed) and as PNG (matplotlib), so the two never differ.
"""

from __future__ import annotations

import msgspec

Point = tuple[float, float]


class Line(msgspec.Struct, frozen=True, tag="line"):
    """An open line through points; ``dash`` is a pattern in pixels, empty for a full line."""

    points: tuple[Point, ...]
    colour: str
    width: float = 1.0
    dash: tuple[float, ...] = ()


class Area(msgspec.Struct, frozen=True, tag="area"):
    """A filled polygon."""

    points: tuple[Point, ...]
    colour: str
    opacity: float = 1.0


class Words(msgspec.Struct, frozen=True, tag="words"):
    """One line of text; ``anchor`` is start, middle or end at x, and y is the baseline."""

    x: float
    y: float
    text: str
    size: float = 12.0
    colour: str = "#1a1a1a"
    bold: bool = False
    anchor: str = "start"


class Dot(msgspec.Struct, frozen=True, tag="dot"):
    """A small circle; hollow when ``fill`` is white."""

    x: float
    y: float
    radius: float
    colour: str
    fill: str


Mark = Line | Area | Words | Dot


class Group(msgspec.Struct, frozen=True):
    """The marks of one panel, with the words that describe it to someone who cannot see it."""

    title: str
    marks: tuple[Mark, ...]


class Scene(msgspec.Struct, frozen=True):
    """A whole picture: its size, its accessible title and description, and its groups."""

    width: float
    height: float
    title: str
    description: str
    groups: tuple[Group, ...]


def rectangle(x: float, y: float, width: float, height: float) -> tuple[Point, ...]:
    """The corners of a rectangle."""
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def wrapped(text: str, width: float, size: float) -> list[str]:
    """``text`` in lines no wider than ``width`` pixels, counting 0.54 of the size for a letter."""
    longest = max(8, int(width / (0.54 * size)))
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= longest:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
