"""What does a page hand to its parts? Plain values; the tags in templatetags/pages.py draw them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
"""A text, or one that is translated when it is shown."""


class Tone(NamedTuple):
    """How one word of state is shown: a class for colour, an icon for shape, and always the word."""

    css: str
    icon: str
    word: Words


TONES: Final[dict[str, Tone]] = {
    "ready": Tone("ready", "check", _("Ready")),
    "waiting": Tone("waiting", "clock", _("Waiting")),
    "hold": Tone("hold", "pause", _("Hold")),
    "stop": Tone("stop", "cross", _("Stop")),
    "emergency": Tone("stop", "cross", _("Emergency")),
    "advice": Tone("hold", "alert", _("Advice")),
    "met": Tone("ready", "check", _("Met")),
    "met_by_discretion": Tone("ready", "check", _("Met by discretion")),
    "not_met": Tone("stop", "cross", _("Not met")),
    "unknown": Tone("hold", "question", _("Unknown")),
    "not_applicable": Tone("quiet", "dash", _("Does not apply")),
    "safety": Tone("stop", "alert", _("Safety")),
    # the status words of a task
    "done": Tone("ready", "check", _("Done")),
    "started": Tone("waiting", "clock", _("Started")),
    "to_do": Tone("waiting", "dash", _("To do")),
    "not_yet": Tone("quiet", "pause", _("Cannot start yet")),
    "attention": Tone("hold", "alert", _("Needs attention")),
}

ICONS: Final[dict[str, str]] = {
    "check": '<circle cx="8" cy="8" r="6.9"/><path d="M4.7 8.4l2.3 2.3 4.3-5"/>',
    "clock": '<circle cx="8" cy="8" r="6.9"/><path d="M8 4v4.2l2.7 1.7"/>',
    "pause": '<rect x="1.3" y="1.3" width="13.4" height="13.4" rx="3"/><path d="M6 5v6M10 5v6"/>',
    "cross": '<path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z"/><path d="M5.5 5.5l5 5m0-5l-5 5"/>',
    "alert": '<path d="M8 1.5L15.2 14.4H.8z"/><path d="M8 6v4m0 1.6v.6"/>',
    "question": '<circle cx="8" cy="8" r="6.9"/><path d="M5.9 6.2a2.1 2.1 0 1 1 2.1 2.4v1m0 1.6v.6"/>',
    "dash": '<circle cx="8" cy="8" r="6.9" stroke-dasharray="2.6 2"/><path d="M5 8h6"/>',
}
"""Strokes on a field of 16 by 16; a circle goes on, a square pauses, an octagon stops."""


class Cell(msgspec.Struct, frozen=True):
    """One cell of a table: its words, where they lead, and the state they stand for, if any."""

    words: Words
    url: str | None = None
    tone: str | None = None
    """A key of TONES; then `words` stands beside the tag and may be empty."""
    lang: str | None = None
    """The language of words that are not translated, such as a quoted law."""


class Column(msgspec.Struct, frozen=True):
    """The head of a column."""

    words: Words
    is_number: bool = False


class Row(msgspec.Struct, frozen=True):
    """A row; its first cell is its head."""

    cells: tuple[Cell, ...]
    is_chosen: bool = False


class Table(msgspec.Struct, frozen=True):
    """A table. Below 640 px its rows become blocks that name each value."""

    caption: Words
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: Words = ""
    """What to say, and do, where there is no row."""

    @property
    def headed(self) -> Sequence[tuple[Row, tuple[tuple[Column, Cell], ...]]]:
        """Each row with the column of each of its cells. Raises ValueError where their numbers differ."""
        return [(row, tuple(zip(self.columns, row.cells, strict=True))) for row in self.rows]


class Pair(msgspec.Struct, frozen=True):
    """One line of a summary list, with the one action that changes it."""

    name: Words
    value: Words
    url: str | None = None
    action: Words = ""
    """As `Change`; the name is added for those who only hear it."""


class Task(msgspec.Struct, frozen=True):
    """One line of a task list."""

    words: Words
    status: str
    """A key of TONES: to_do, started, done, not_yet or attention."""
    url: str | None = None
    hint: Words = ""


class PatientBanner(msgspec.Struct, frozen=True):
    """Whose page this is, in one glance: it stays on top while the page moves under it."""

    name: str
    url: str | None
    pairs: tuple[Pair, ...]
    tone: str | None = None
    alerts: tuple[Words, ...] = ()
