"""Since when has acceptable contraception been in use without a gap?"""

from __future__ import annotations

from datetime import date

from isovigil.calendar.days import days_after
from isovigil.case.kinds import Contraception, ContraceptionWaiver
from isovigil.decisions.course import Course
from isovigil.law.law import Law

TWO_FORMS = "two_forms_one_primary"
TIERED = "one_user_independent_or_two_complementary"
ONE_EFFECTIVE = "one_effective_preferably_two"
"""At least one effective method, preferably two with a barrier among them (UK and EU until 2018)."""


def valid_waiver(course: Course) -> ContraceptionWaiver | None:
    """An open waiver that prescriber and patient both agreed to."""
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
    policy = law.word("contraception/method_policy", on).value
    if policy == TWO_FORMS:
        return _two_forms_rejection(entry, law, on)
    return _tiered_rejection(entry, law, on, one_is_enough=policy == ONE_EFFECTIVE)


def lacks_the_preferred_second(entry: Contraception, law: Law, on: date) -> bool:
    """Is there one accepted method where the programme would rather see two?"""
    if law.word("contraception/method_policy", on).value != ONE_EFFECTIVE:
        return False
    return entry.primary is None or entry.secondary is None or entry.primary == entry.secondary


def _two_forms_rejection(entry: Contraception, law: Law, on: date) -> str | None:
    if entry.abstinence:
        return None
    primary_list = law.words("contraception/primary_methods", on).value
    listed = {*primary_list, *law.words("contraception/secondary_methods", on).value}
    if entry.primary is None or entry.secondary is None:
        return (
            "two separate forms are needed and only one is entered"
            if (entry.primary or entry.secondary)
            else "no method is entered"
        )
    if entry.primary == entry.secondary:
        return f"{in_plain(entry.primary)} is entered twice; two separate forms are needed"
    for method in (entry.primary, entry.secondary):
        if method not in listed:
            return f"{in_plain(method)} is not an accepted form"
    if entry.primary not in primary_list and entry.secondary not in primary_list:
        return (
            f"{in_plain(entry.primary)} and {in_plain(entry.secondary)} are both secondary "
            "forms; at least one must be primary"
        )
    return None


def _tiered_rejection(entry: Contraception, law: Law, on: date, *, one_is_enough: bool) -> str | None:
    methods = {method for method in (entry.primary, entry.secondary) if method is not None}
    if not methods:
        return (
            "abstinence is no method here; it needs a waiver agreed by both"
            if (entry.abstinence)
            else "no method is entered"
        )
    if methods & set(law.words("contraception/user_independent_methods", on).value):
        return None
    hormonal = methods & set(law.words("contraception/user_dependent_hormonal_methods", on).value)
    barrier = methods & set(law.words("contraception/user_dependent_barrier_methods", on).value)
    if hormonal and (barrier or one_is_enough):
        return None
    named = " and ".join(sorted(in_plain(method) for method in methods))
    if one_is_enough:
        return f"{named} is no effective method on its own; a barrier counts beside another method"
    return (
        f"{named} is neither one highly effective user-independent method nor two "
        "complementary user-dependent ones"
    )


def in_plain(method: str) -> str:
    """A method's word as people write it."""
    return {"iud_copper": "copper coil", "iud_hormonal": "hormonal coil"}.get(
        method, method.replace("_", " ")
    )


def in_use_since(course: Course, law: Law, until: date) -> date | None:
    """The first day since when accepted methods have been in use without a gap up to `until`, by
    whichever reporter's account goes back further. None when no account covers that day.
    """
    return course.remember(("in_use_since", until), lambda: _in_use_since(course, law, until))


def _in_use_since(course: Course, law: Law, until: date) -> date | None:
    if not course.chart.all(Contraception):
        return None
    accounts = [_account(course, law, reporter, until) for reporter in ("patient", "prescriber")]
    return min((start for start in accounts if start is not None), default=None)


def _account(course: Course, law: Law, reporter: str, until: date) -> date | None:
    """One reporter's unbroken run of accepted entries that covers `until`.

    Each entry stands until its own end or the same reporter's next entry.
    """
    entries = [
        fact
        for fact in course.chart.all(Contraception)
        if fact.reported_by == reporter and fact.from_ <= until
    ]
    since: date | None = None
    covered_until = until
    for entry in reversed(entries):
        ends = entry.to if entry.to is not None else covered_until
        if ends < covered_until or rejection(entry, law, until) is not None:
            break
        since = entry.from_
        covered_until = days_after(entry.from_, -1)
    return since


def lead_ends_on(course: Course, law: Law, until: date) -> date | None:
    """The first day the contraception lead is over, for the run of methods in use on `until`.

    None when nothing acceptable is in use then.
    """
    since = in_use_since(course, law, until)
    if since is None:
        return None
    return law.period("contraception/lead", until).value.after(since)
