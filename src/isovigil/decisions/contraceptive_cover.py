"""Since when has acceptable contraception been in use without a gap?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial
from typing import NamedTuple

from isovigil.calendar.days import days_after
from isovigil.case.kinds import Contraception, ContraceptionWaiver
from isovigil.decisions.course import Course
from isovigil.law.law import Law

TWO_FORMS = "two_forms_one_primary"
TIERED = "one_user_independent_or_two_complementary"
ONE_EFFECTIVE = "one_effective_preferably_two"
"""At least one effective method, preferably two with a barrier among them (UK and EU until 2018)."""
_IN_PLAIN = {"iud_copper": "copper coil", "iud_hormonal": "hormonal coil"}


def valid_waiver(course: Course) -> ContraceptionWaiver | None:
    """An open waiver that prescriber and patient both agreed to."""
    if not course.chart.all(ContraceptionWaiver):
        return None
    for waiver in course.chart.open_now(ContraceptionWaiver):
        if {"patient", "prescriber"} <= set(waiver.agreed_by):
            return waiver
    return None


def entry_in_force(course: Course, reporter: str) -> Contraception | None:
    """The reporter's last entry, while it is open."""
    for fact in reversed(course.chart.all(Contraception)):
        if fact.reported_by == reporter:
            return fact if course.chart.is_open(fact) else None
    return None


def rejection(entry: Contraception, law: Law, on: date) -> str | None:
    """Why the programme does not accept an entry's methods; None when it does."""
    return law.worked_out(_judge_of_methods, on)(entry.primary, entry.secondary, bool(entry.abstinence))


def lacks_the_preferred_second(entry: Contraception) -> bool:
    """Is there one accepted method where a programme would rather see two?"""
    return entry.primary is None or entry.secondary is None or entry.primary == entry.secondary


_Judge = Callable[[str | None, str | None, bool], str | None]
"""Why a first and a second method, or abstinence, are not accepted; None when they are."""


def _judge_of_methods(law: Law, on: date) -> _Judge:
    """What the law of a day says of methods: many patients rely on the same."""
    policy = law.word("contraception/method_policy", on).value
    if policy == TWO_FORMS:
        primary = law.words("contraception/primary_methods", on).value
        secondary = law.words("contraception/secondary_methods", on).value
        return lru_cache(partial(_two_forms_rejection, frozenset(primary), frozenset(secondary)))
    independent = law.words("contraception/user_independent_methods", on).value
    hormonal = law.words("contraception/user_dependent_hormonal_methods", on).value
    barrier = law.words("contraception/user_dependent_barrier_methods", on).value
    tiers = _Tiers(frozenset(independent), frozenset(hormonal), frozenset(barrier), policy == ONE_EFFECTIVE)
    return lru_cache(partial(_tiered_rejection, tiers))


def _two_forms_rejection(
    primary_list: frozenset[str],
    secondary_list: frozenset[str],
    primary: str | None,
    secondary: str | None,
    abstinence: bool,
) -> str | None:
    if abstinence:
        return None
    if primary is None or secondary is None:
        return (
            "two separate forms are needed and only one is entered"
            if (primary or secondary)
            else "no method is entered"
        )
    if primary == secondary:
        return f"{in_plain(primary)} is entered twice; two separate forms are needed"
    for method in (primary, secondary):
        if method not in primary_list and method not in secondary_list:
            return f"{in_plain(method)} is not an accepted form"
    if primary not in primary_list and secondary not in primary_list:
        return (
            f"{in_plain(primary)} and {in_plain(secondary)} are both secondary "
            "forms; at least one must be primary"
        )
    return None


class _Tiers(NamedTuple):
    """The methods that count alone, those that count with another, and whether one of these is enough."""

    independent: frozenset[str]
    hormonal: frozenset[str]
    barrier: frozenset[str]
    one_is_enough: bool


def _tiered_rejection(
    tiers: _Tiers, primary: str | None, secondary: str | None, abstinence: bool
) -> str | None:
    methods = {method for method in (primary, secondary) if method is not None}
    if not methods:
        return (
            "abstinence is no method here; it needs a waiver agreed by both"
            if abstinence
            else "no method is entered"
        )
    if methods & tiers.independent:
        return None
    if methods & tiers.hormonal and (methods & tiers.barrier or tiers.one_is_enough):
        return None
    named = " and ".join(sorted(in_plain(method) for method in methods))
    if tiers.one_is_enough:
        return f"{named} is no effective method on its own; a barrier counts beside another method"
    return (
        f"{named} is neither one highly effective user-independent method nor two "
        "complementary user-dependent ones"
    )


def in_plain(method: str) -> str:
    """A method's word as people write it."""
    return _IN_PLAIN.get(method) or method.replace("_", " ")


def in_use_since(course: Course, law: Law, until: date) -> date | None:
    """The first day since when accepted methods have been in use without a gap up to `until`, by
    whichever reporter's account goes back further. None when no account covers that day.
    """
    return course.remember(("in_use_since", until), lambda: _in_use_since(course, law, until))


def _in_use_since(course: Course, law: Law, until: date) -> date | None:
    if not course.chart.all(Contraception):
        return None
    patient = _account(course, law, "patient", until)
    prescriber = _account(course, law, "prescriber", until)
    if patient is None or prescriber is None:
        return patient or prescriber
    return min(patient, prescriber)


def _account(course: Course, law: Law, reporter: str, until: date) -> date | None:
    """One reporter's unbroken run of accepted entries that covers `until`.

    Each entry stands until its own end or the same reporter's next entry.
    """
    since: date | None = None
    covered_until = until
    for entry in reversed(course.chart.all(Contraception)):
        if entry.reported_by != reporter or entry.from_ > until:
            continue
        if (entry.to is not None and entry.to < covered_until) or rejection(entry, law, until) is not None:
            break
        since = entry.from_
        covered_until = days_after(since, -1)
    return since


def lead_ends_on(course: Course, law: Law, until: date) -> date | None:
    """The first day the contraception lead is over, for the run of methods in use on `until`.

    None when nothing acceptable is in use then.
    """
    since = in_use_since(course, law, until)
    if since is None:
        return None
    return law.period("contraception/lead", until).value.after(since)
