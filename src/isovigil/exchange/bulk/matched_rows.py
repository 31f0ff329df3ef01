"""Which rows do lines make that are like lines that were read before?

What the careful reader makes of one line of each kind holds for all of them: their template, and who the
performers are. The rest of a row is texts, which stand in the columns already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from isovigil.exchange.bulk.doubts import Doubts
from isovigil.exchange.bulk.elements import Elements
from isovigil.exchange.bulk.lines import Lines
from isovigil.exchange.bulk.native_lines import KnownLines, Matched, Span
from isovigil.exchange.bulk.templates import REFUSED, Templates


class RowsLikeKnown(NamedTuple):
    """The rows of some lines, by the place of their template among those met."""

    matched: Matched
    met: Sequence[int]
    """The place of each of their `kinds`; 0 where the strict loader has to read the lines."""


class LinesOfAType:
    """The lines of one type that were read so far, and what those mean that are like them."""

    def __init__(self, name: str, elements: Elements, templates: Templates) -> None:
        self._name = name
        self._elements = elements
        self._templates = templates
        self.forget()

    def forget(self) -> None:
        """Begin anew: where there is no more room, or the places of templates have changed."""
        self._known = KnownLines(self._name)
        self._places: list[int] = []
        self._whom: list[int] = []
        self._met: dict[tuple[int, int], int] = {}
        """The place of each template with its performers that was met."""

    def learn(self, lines: Sequence[bytes]) -> bool:
        """Take lines that were read and kept as examples. Whether any can be one."""
        return sum(map(self._known.learn, lines)) > 0

    def rows_of(self, block: Lines) -> RowsLikeKnown:
        """The rows of the lines of a block, as far as they are like known ones."""
        if self._known.is_full:
            self.forget()
        matched = self._known.take(block)
        if matched.new_templates or matched.new_performers:
            self._work_out(block, matched)
        met: list[Any] = list(map(self._met.get, matched.kinds))
        if None in met:
            places = [self._places[template] for template, _ in matched.kinds]
            whom = [self._whom[performers] for _, performers in matched.kinds]
            met = self._templates.together(places, whom)
            self._met.update(zip(matched.kinds, met, strict=True))
        return RowsLikeKnown(matched, met)

    def _work_out(self, block: Lines, matched: Matched) -> None:
        """What the careful reader makes of one line of each kind."""
        places = self._meant(block, matched.new_templates)
        self._places += [place for place, _ in places]
        self._whom += [who for _, who in self._meant(block, matched.new_performers)]

    def _meant(self, block: Lines, spans: Sequence[Span]) -> Sequence[tuple[int, int]]:
        found = [(0, REFUSED)] * len(spans)
        if not spans:
            return found
        taken = self._elements.of(b"\n".join([block[each.start : each.end] for each in spans]))
        if not taken.places:
            return found
        doubts = Doubts(self._name, taken.columns, len(taken.places))
        parts = zip(*self._templates.parts_of_rows(self._name, taken), strict=True)
        for row, (place, part) in enumerate(zip(taken.places, parts, strict=True)):
            if row not in doubts.rows:
                found[place] = part
        return found
