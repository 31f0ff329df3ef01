"""What is modelled, since when, when was it last checked, and what is known to be missing?"""

from __future__ import annotations

import difflib
from datetime import date
from typing import Final

import msgspec

from isovigil.law.source import Citation

_SHORTEST_GUESSED: Final = 4
"""Two letters are close to everything."""
_CLOSE_ENOUGH: Final = 0.75


class Gap(msgspec.Struct, frozen=True):
    """One thing that is known to be missing, open or taken from a weaker source than it should be."""

    says: str
    cite: tuple[Citation, ...] = ()


class Modelled(msgspec.Struct, frozen=True):
    """How far one programme is covered."""

    programme: str
    since: date
    """The first day that can be judged."""
    last_checked: date
    before: str
    """What is known about the time before, which is refused."""
    gaps: tuple[Gap, ...]
    names: tuple[str, ...] = ()
    """Other words people use for it: guessed at, never taken for it."""


class NotModelled(msgspec.Struct, frozen=True):
    """A country or programme that is known by name and cannot be judged."""

    id: str
    title: str
    names: tuple[str, ...]
    """Other words people use for it."""
    known: tuple[Gap, ...]
    """What its rules would have to say: that is what is missing."""


class Coverage(msgspec.Struct, frozen=True):
    """Everything the rulebook says about its own limits."""

    modelled: tuple[Modelled, ...]
    not_modelled: tuple[NotModelled, ...]
    nothing_read: tuple[str, ...] = ()
    """Countries about whose rules nothing was read."""

    def of(self, programme: str) -> Modelled | None:
        """The coverage of a programme that is held."""
        return next((each for each in self.modelled if each.programme == programme), None)

    def named(self, name: str) -> NotModelled | None:
        """The country or programme of that name that is not modelled, however it is capitalised."""
        wanted = plainly(name)
        for each in self.not_modelled:
            if wanted in {plainly(word) for word in (each.id, each.title, *each.names)}:
                return each
        for country in self.nothing_read:
            if wanted == plainly(country):
                return NotModelled(wanted, country, (), (Gap("Nothing about its rules was read."),))
        return None

    def meant_by(self, name: str) -> str | None:
        """The programme or country that an unknown name most likely means; None when none comes close."""
        wanted = plainly(name)
        for modelled in self.modelled:
            if wanted in modelled.names:
                return modelled.programme
        words = {each.programme: each.programme for each in self.modelled}
        words |= {name: each.programme for each in self.modelled for name in each.names}
        words |= {name: name for each in self.not_modelled for name in (each.id, *each.names)}
        words |= {plainly(country): country for country in self.nothing_read}
        long_enough = [word for word in words if len(word) >= _SHORTEST_GUESSED]
        found = difflib.get_close_matches(wanted, long_enough, n=1, cutoff=_CLOSE_ENOUGH)
        return words[found[0]] if found else None


def plainly(name: str) -> str:
    """A name without the differences of writing that do not matter."""
    return name.strip().casefold().replace("-", "_").replace(" ", "_")
