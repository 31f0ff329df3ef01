"""What is modelled, since when, when was it last checked, and what is known to be missing?"""

from __future__ import annotations

from datetime import date

import msgspec

from isovigil.law.source import Citation


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

    def of(self, programme: str) -> Modelled | None:
        """The coverage of a programme that is held."""
        return next((each for each in self.modelled if each.programme == programme), None)

    def named(self, name: str) -> NotModelled | None:
        """The country or programme of that name that is not modelled, however it is capitalised."""
        wanted = plainly(name)
        for each in self.not_modelled:
            if wanted in {plainly(word) for word in (each.id, each.title, *each.names)}:
                return each
        return None


def plainly(name: str) -> str:
    """A name without the differences of writing that do not matter."""
    return name.strip().casefold().replace("-", "_").replace(" ", "_")
