"""Since which day has contraception that counts been in use without a gap?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from tests.oracle.facts_seen import Fact, day_of, of_kind, written_day
from tests.oracle.one_day_at_a_time import every_day

REPORTERS = ("patient", "prescriber")

# US specification section 4.4: two separate forms, at least one of them primary.
US_PRIMARY = frozenset(
    {
        "tubal_sterilisation",
        "partner_vasectomy",
        "iud_copper",
        "iud_hormonal",
        "combined_pill",
        "patch",
        "injection",
        "implant",
        "ring",
    }
)
US_SECONDARY = frozenset({"condom", "diaphragm_spermicide", "cervical_cap_spermicide", "sponge"})

# UK specification UK-PPP-06b: one user-independent method, or two complementary user-dependent ones. Only the
# methods on which every text read agrees stand here; the timelines draw no others.
UK_ALONE = frozenset({"iud_copper", "iud_hormonal", "implant"})
UK_HORMONAL_BY_USER = frozenset({"combined_pill", "patch", "ring"})
UK_BARRIER = frozenset({"condom", "diaphragm_spermicide"})


def counts_in_the_us(entry: Fact) -> bool:
    """Abstinence, or two different listed forms of which at least one is primary."""
    if entry.get("abstinence") is True:
        return True
    first, second = entry.get("primary"), entry.get("secondary")
    listed = US_PRIMARY | US_SECONDARY
    return first in listed and second in listed and first != second and bool({first, second} & US_PRIMARY)


def counts_in_the_uk(entry: Fact) -> bool:
    """A user-independent method, or a hormonal method and a barrier together."""
    forms = {entry.get("primary"), entry.get("secondary")}
    return bool(forms & UK_ALONE) or bool(forms & UK_HORMONAL_BY_USER and forms & UK_BARRIER)


def entry_in_force(entries: list[Fact], day: date, counts: Callable[[Fact], bool]) -> bool:
    """Is the reporter's latest entry of this day still open on it, and does it count?"""
    latest = [entry for entry in entries if day_of(entry) <= day]
    if not latest:
        return False
    newest = max(day_of(entry) for entry in latest)
    return all(
        counts(entry) and (entry.get("to") is None or day <= written_day(entry["to"]))
        for entry in latest
        if day_of(entry) == newest
    )


def unbroken_since(facts: Iterable[Fact], day: date, counts: Callable[[Fact], bool]) -> date | None:
    """The first day of the unbroken run that includes `day`, by the reporter who has the earlier one."""
    earliest: date | None = None
    for reporter in REPORTERS:
        entries = [fact for fact in of_kind(facts, "contraception") if fact["reported_by"] == reporter]
        run_began: date | None = None
        for page in every_day(day_of(entries[0]), day) if entries else ():
            if not entry_in_force(entries, page, counts):
                run_began = None
            elif run_began is None:
                run_began = page
        if run_began is not None and (earliest is None or run_began < earliest):
            earliest = run_began
    return earliest
