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
from isovigil.law.source import Source


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


class PolicyHeld(msgspec.Struct, frozen=True):
    """One clinical policy that a clinic can choose."""

    policy: str
    title: str
    values: int


class CoverageListed(msgspec.Struct, frozen=True):
    """Everything that can be judged, everything that is known to be missing, as of a day."""

    on: date
    rulebook: str
    programmes: tuple[ProgrammeCovered, ...]
    policies: tuple[PolicyHeld, ...]
    not_modelled: tuple[CountryKnown, ...]
    sources: tuple[Source, ...]
    """The documents that the gaps and the countries are known from."""


def coverage_listed(rulebook: Rulebook, on: date) -> CoverageListed:
    """The rulebook's own account of its limits, with what is overdue on a day."""
    known = tuple(
        CountryKnown(each.id, each.title, each.names, each.known) for each in rulebook.coverage.not_modelled
    )
    policies = tuple(PolicyHeld(each.id, each.title, len(each.values)) for each in rulebook.policies.values())
    programmes = tuple(_programmes(rulebook, on))
    gaps = [gap for each in programmes for gap in each.gaps] + [gap for each in known for gap in each.missing]
    cited = dict.fromkeys(cite.source for gap in gaps for cite in gap.cite)
    sources = tuple(rulebook.sources[name] for name in cited if name in rulebook.sources)
    return CoverageListed(on, rulebook.digest, programmes, policies, known, sources)


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


def policy_in_words(policy: PolicyHeld) -> str:
    """``balanced: The default (120 values)``."""
    return f"{policy.policy}: {policy.title} ({counted(policy.values, 'value')})"


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
    yield from ("## Clinical policies a clinic can choose", "")
    yield from (f"- {escaped(policy_in_words(policy))}" for policy in listed.policies)
    yield from ("", "## Known by name, and refused", "")
    for country in listed.not_modelled:
        also = f" ({', '.join(escaped(name) for name in country.names)})" if country.names else ""
        yield from (f"### {escaped(country.title)}{also}", "")
        yield from (f"- {escaped(gap_in_words(gap))}" for gap in country.missing)
        yield ""
    yield from ("## Sources named here", "")
    for source in listed.sources:
        linked = f" [link](<{source.url}>)" if source.url else ""
        yield f"- {escaped(source_in_words(source))}.{linked}"


def source_in_words(source: Source) -> str:
    """``us-64: The announcement of 16 June 2026, FDA``."""
    return f"{source.id}: {source.title}, {source.issuer}"


def _checked_undated(covered: ProgrammeCovered) -> str:
    told = f"last checked on {in_words(covered.last_checked)}"
    if covered.next_check is None:
        return told
    return f"{told}, to be verified again by {in_words(covered.next_check)}"
