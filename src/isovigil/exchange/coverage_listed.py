"""What is modelled and what is missing, told to a person?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from isovigil.calendar.days import in_words
from isovigil.exchange.review_markdown import escaped
from isovigil.exchange.review_words import counted
from isovigil.law.coverage import Gap
from isovigil.law.rulebook import Rulebook


class ProgrammeCovered(msgspec.Struct, frozen=True):
    """One programme: since when it can be judged, when it was last checked, and its known gaps."""

    programme: str
    title: str
    since: date
    last_checked: date
    rules: int
    values: int
    before: str
    gaps: tuple[Gap, ...]
    next_check: date | None
    overdue: tuple[str, ...]
    """The values whose day to be verified again is past."""


class CountryKnown(msgspec.Struct, frozen=True):
    """One country or programme that is known by name and refused."""

    id: str
    title: str
    names: tuple[str, ...]
    missing: tuple[Gap, ...]


class CoverageListed(msgspec.Struct, frozen=True):
    """Everything that can be judged, everything that is known to be missing, as of a day."""

    on: date
    rulebook: str
    programmes: tuple[ProgrammeCovered, ...]
    not_modelled: tuple[CountryKnown, ...]


def coverage_listed(rulebook: Rulebook, on: date) -> CoverageListed:
    """The rulebook's own account of its limits, with what is overdue on a day."""
    known = tuple(
        CountryKnown(each.id, each.title, each.names, each.known) for each in rulebook.coverage.not_modelled
    )
    return CoverageListed(on, rulebook.digest, tuple(_programmes(rulebook, on)), known)


def _programmes(rulebook: Rulebook, on: date) -> Iterable[ProgrammeCovered]:
    for each in rulebook.coverage.modelled:
        programme = rulebook.programmes.get(each.programme)
        values = programme.values if programme is not None else {}
        yield ProgrammeCovered(
            programme=each.programme,
            title=programme.title if programme is not None else each.programme,
            since=each.since,
            last_checked=each.last_checked,
            rules=len(programme.rules) if programme is not None else 0,
            values=len(values),
            before=each.before,
            gaps=each.gaps,
            next_check=min((value.reverify_by for value in values.values()), default=None),
            overdue=tuple(name for name in sorted(values) if values[name].reverify_by < on),
        )


def checked_in_words(covered: ProgrammeCovered) -> str:
    """When it was last checked, when next, and how much is overdue."""
    told = f"last checked on {in_words(covered.last_checked)}"
    if covered.overdue:
        return f"{told}; OVERDUE: {counted(len(covered.overdue), 'value')} to be verified again"
    if covered.next_check is not None:
        return f"{told}, to be verified again by {in_words(covered.next_check)}"
    return told


def gap_in_words(gap: Gap) -> str:
    """A gap with the sources it is known from."""
    cited = ", ".join(f"{cite.source} ({cite.at})" for cite in gap.cite)
    return f"{gap.says} [{cited}]" if cited else gap.says


def coverage_as_markdown(listed: CoverageListed, *, dated: bool = True) -> str:
    """The coverage as Markdown; `dated=False` leaves out what depends on the day it is printed."""
    return "\n".join(_lines(listed, dated)).strip() + "\n"


def _lines(listed: CoverageListed, dated: bool) -> Iterable[str]:
    yield from ("# What is modelled, and what is not", "")
    if dated:
        yield from (f"As of {in_words(listed.on)}.", "")
    for each in listed.programmes:
        yield from (f"## {escaped(each.programme)}: {escaped(each.title)}", "")
        yield f"- Can be judged from {in_words(each.since)} on."
        checked = checked_in_words(each) if dated else _checked_undated(each)
        yield f"- {counted(each.rules, 'rule')}, {counted(each.values, 'value')}; {checked}."
        yield f"- Before that: {escaped(each.before)}"
        yield from (f"- Overdue: `{name}`" for name in (each.overdue if dated else ()))
        if each.gaps:
            yield from ("", "Known gaps:", "")
            yield from (f"- {escaped(gap_in_words(gap))}" for gap in each.gaps)
        yield ""
    yield from ("## Known by name, and refused", "")
    for country in listed.not_modelled:
        also = f" ({', '.join(escaped(name) for name in country.names)})" if country.names else ""
        yield from (f"### {escaped(country.title)}{also}", "")
        yield from (f"- {escaped(gap_in_words(gap))}" for gap in country.missing)
        yield ""


def _checked_undated(covered: ProgrammeCovered) -> str:
    told = f"last checked on {in_words(covered.last_checked)}"
    if covered.next_check is None:
        return told
    return f"{told}, to be verified again by {in_words(covered.next_check)}"
