"""Which random patients of the other European programmes try both hardest?"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from tests.oracle.eu_days import COUNTRIES
from tests.oracle.timelines import AROUND_THE_LEAD, Case, Teller

PROGRAMMES = tuple(COUNTRIES)
FIRST_DAYS = {
    "eu_ppp": date(2020, 2, 1),
    "de_amvv": date(2020, 2, 1),
    "fr_ansm": date(2020, 2, 1),
    "it_aifa": date(2020, 2, 1),
    "nl_ppp": date(2020, 2, 1),
}
EARLY_CORE = date(2005, 2, 1)
EARLY_SHARE = 0.25
"""How many patients of the core are told from the years of the first programme, before 2018."""
EARLY_LAST_DAY = date(2017, 6, 1)
ENDS_OF_MONTHS = (
    date(2024, 1, 31),
    date(2024, 3, 31),
    date(2025, 1, 31),
    date(2026, 1, 30),
    date(2026, 8, 31),
)
PAIRS: tuple[tuple[str, str | None], ...] = (
    ("implant", None),
    ("iud_copper", None),
    ("combined_pill", "condom"),
    ("ring", "condom"),
    ("withdrawal", None),
)
CERTIFIED_BEFORE = (0, 0, 0, 1, 2, 3, 4, 7, 8)
SIGNED_AFTER = (0, 0, 1)


def european_timeline(seed: int) -> tuple[Case, tuple[date, ...]]:
    """The case of this seed, in the case-file format, and the days on which to judge it."""
    dice = Random(f"europe {seed}")
    return _EuropeanTeller(dice, dice.choice(PROGRAMMES)).tell()


class _EuropeanTeller(Teller):
    """Invents one patient's therapy under one of these programmes."""

    def __init__(self, dice: Random, programme: str) -> None:
        super().__init__(dice, programme)
        self.edges = ENDS_OF_MONTHS
        self.first = FIRST_DAYS[programme]
        self.is_early = programme == "eu_ppp" and dice.random() < EARLY_SHARE
        if self.is_early:
            self.first = EARLY_CORE

    def zone(self) -> str:
        return COUNTRIES[self.programme].zone

    def opening_day(self) -> date:
        if self.is_early:
            return self.first + timedelta(days=self.dice.randint(0, (EARLY_LAST_DAY - self.first).days))
        return super().opening_day()

    def forms(self) -> dict[str, Any]:
        alone, second = self.dice.choices(PAIRS, (4, 3, 4, 2, 1))[0]
        return {"primary": alone} | ({"secondary": second} if second else {})

    def away_from_the_clinic(self, day: date) -> str:
        return "home"

    def contraception(self) -> None:
        super().contraception()
        if self.dice.random() < 0.3:  # a lead that ends on the day of a test, or next to it
            told = {fact["from"] for fact in self.facts if fact["kind"] == "contraception"}
            for test in self.tests[:1]:
                began = self.days_from(test, tuple(-days for days in AROUND_THE_LEAD))
                if began.isoformat() not in told:
                    for reporter in ("patient", "prescriber"):
                        self.add("contraception", **{"from": began}, reported_by=reporter, primary="implant")

    def prescriptions(self) -> None:
        super().prescriptions()
        for fact in [fact for fact in self.facts if fact["kind"] == "prescription"]:
            issued = date.fromisoformat(fact["issued_on"])
            if self.programme == "it_aifa" and self.dice.random() < 0.9:
                certified = issued - timedelta(days=self.dice.choice(CERTIFIED_BEFORE))
                self.add("non_pregnancy_certificate", date=certified)
            if self.programme == "de_amvv" and self.dice.random() < 0.3:
                signed = issued + timedelta(days=self.dice.choice(SIGNED_AFTER))
                fact["signed_at"] = f"{signed.isoformat()}T11:30:00+01:00"
        if self.programme == "it_aifa" and self.tests and self.dice.random() < 0.4:
            self.add(
                "non_pregnancy_certificate", date=self.days_from(self.dice.choice(self.tests), (0, 1, 3))
            )
