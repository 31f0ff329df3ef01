"""One rule's answer about a few facts on one day, under the real rulebook: what every test here asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case import kinds
from isovigil.case.case import Case, Patient
from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.decisions.catalogue import RULES
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.law.law import Law
from isovigil.law.rulebook import Rulebook

F = TypeVar("F", bound=Fact)

US = "us_ipledge"
UK = "uk_mhra"
ZONES = {US: ZoneInfo("America/New_York"), UK: ZoneInfo("Europe/London")}
GROWN_UP = date(1990, 5, 10)


def fact(kind: type[F], **fields: Any) -> F:
    """A fact made of words that a test hands in as plain text."""
    return kind(**fields)


def day(text: str) -> date:
    """A day as the case file writes it."""
    return date.fromisoformat(text)


@lru_cache(maxsize=1)
def rulebook() -> Rulebook:
    """The rulebook that ships, read once."""
    return load_rulebook()


def law_of(programme: str, on: date, reading: int = 0) -> Law:
    """The law as known on the day; where a date is still open, reading 0 assumes the earlier law."""
    return rulebook().readings(programme, "balanced", on, [on])[reading][0]


def judged(
    rule: str,
    facts: Iterable[Fact],
    on: str,
    programme: str = US,
    born_on: date | None = GROWN_UP,
    reading: int = 0,
) -> Outcome:
    """What the rule answers on a day, from its first moment, with every fact of the day seen.

    A rule that only feeds the start gate is judged as before the first dose.
    """
    zone = ZONES[programme]
    at = day(on)
    case = Case(Patient("p-1", born_on), str(zone), tuple(facts))
    chart = Chart(case, Moment(first_instant(at, zone), zone), last_instant(at, zone))
    before = RULES[rule].gates == ("start",)
    return RULES[rule].judge(Course(chart, before_first_dose=before), law_of(programme, at, reading))


def can(on: str = "2024-01-02") -> Fact:
    """The prescriber recorded that the patient can become pregnant."""
    return fact(kinds.Category, id="category", date=day(on), can_become_pregnant=True, by="prescriber")


def cannot(on: str = "2024-01-02") -> Fact:
    """The prescriber recorded that the patient cannot become pregnant, and why."""
    return fact(
        kinds.Category,
        id="category",
        date=day(on),
        can_become_pregnant=False,
        by="prescriber",
        basis="cisgender_male",
    )


def handed_over(on: str, name: str = "hand-over") -> Fact:
    """Capsules for thirty days were handed over."""
    return fact(kinds.Dispense, id=name, date=day(on), days_supply=30)


def prescribed(on: str, name: str = "prescription") -> Fact:
    """Thirty days were prescribed."""
    return fact(kinds.Prescription, id=name, issued_on=day(on), daily_dose_mg=40, days_supply=30)


def negative(on: str, name: str = "test", setting: str = "laboratory") -> Fact:
    """A negative pregnancy test."""
    return fact(kinds.PregnancyTest, id=name, taken_on=day(on), result="negative", setting=setting)


def stopped(on: str) -> Fact:
    """The day of the last dose."""
    return fact(kinds.TreatmentStop, id="stop", date=day(on), reason="completed")
