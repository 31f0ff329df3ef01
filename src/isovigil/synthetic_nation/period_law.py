"""Which law did the made-up clinics live under, as far as a planted violation needs to know it?

The generator's own small table, written from the sources and not from the rulebook: the truth it plants must
not come from the code that is to be tested against it. Sources are numbered as in the United States
specification of iPLEDGE (us-13 and so on); each row says from when on it holds.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple


class DatedNumber(NamedTuple):
    """One number of the law, from a day on."""

    asks: str
    from_: date
    value: int
    unit: str
    cite: str


FIRST_DAY: Final = date(2021, 12, 13)
"""One platform with two categories begins (us-5): no course of the made-up nation begins before it."""
LAST_DAY: Final = date(2026, 8, 7)
"""The last day before the first date announced for the 2026 modification (us-9: 8 August 2026): up to it
every reading of the law is the same, so a planted violation is one beyond doubt."""

WINDOW: Final = DatedNumber(
    "days to collect after a specimen, whose day is day 1", FIRST_DAY, 7, "d", "us-22, windows"
)
OTHER_WINDOW: Final = DatedNumber(
    "days to collect after counselling, for those who cannot become pregnant",
    FIRST_DAY,
    30,
    "d",
    "us-9; us-15",
)
BETWEEN_START_TESTS: Final = DatedNumber(
    "days from the screening to the confirmatory specimen", FIRST_DAY, 19, "d", "us-13"
)
LOCKOUT: Final = DatedNumber(
    "days from an uncollected first specimen to the next one", FIRST_DAY, 19, "d", "us-7"
)
LEAD: Final = DatedNumber(
    "days of contraception before the confirmatory test; a month of any length is over by then",
    FIRST_DAY,
    31,
    "d",
    "us-20, two forms at least 1 month before starting",
)
MENSES: Final = DatedNumber("first days of a period for the confirmatory test", FIRST_DAY, 5, "d", "us-13")
SUPPLY: Final = DatedNumber("days of supply on one prescription, for everyone", FIRST_DAY, 30, "d", "us-22")
REFILLS: Final = DatedNumber("refills on one prescription", FIRST_DAY, 0, "1", "us-22")
AFTER_TREATMENT: Final = DatedNumber(
    "days from the last dose to the last pregnancy test", FIRST_DAY, 30, "d", "us-20"
)
HOME_TEST_PROCESS: Final = DatedNumber(
    "home tests need the prescriber's written process; FDA said so in October 2023, on a day not found, so "
    "that a violation is planted from the following month on",
    date(2023, 11, 1),
    1,
    "1",
    "us-6; us-7",
)
HOME_TESTS_IN_DOUBT: Final = (date(2023, 10, 1), date(2023, 10, 31))
"""In these days nobody can say whether a home test already needed the process: none is made up in them."""

TRIGLYCERIDES_HELD_FROM: Final = DatedNumber(
    "fasting triglycerides from which treatment is held",
    FIRST_DAY,
    800,
    "mg/dL",
    "clinical specification C3, TG-4",
)
TRIGLYCERIDES_HELD_FROM_IF_RAISED: Final = DatedNumber(
    "the same where they were raised before treatment",
    FIRST_DAY,
    500,
    "mg/dL",
    "clinical specification C3, TG-3",
)
ALT_HELD_ABOVE: Final = DatedNumber(
    "times its upper limit above which ALT holds treatment",
    FIRST_DAY,
    5,
    "1",
    "clinical specification C3, LFT-4",
)

TABLE: Final = (
    WINDOW,
    OTHER_WINDOW,
    BETWEEN_START_TESTS,
    LOCKOUT,
    LEAD,
    MENSES,
    SUPPLY,
    REFILLS,
    AFTER_TREATMENT,
    HOME_TEST_PROCESS,
    TRIGLYCERIDES_HELD_FROM,
    TRIGLYCERIDES_HELD_FROM_IF_RAISED,
    ALT_HELD_ABOVE,
)
