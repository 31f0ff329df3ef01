"""What would a clerk with a paper calendar answer about windows, lockouts and lead times on one day?

The second opinion on the engine: written from the specification alone, one calendar page at a time, sharing
no code with the product. It answers only where the specification is about days, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.oracle.answers import DayAnswer
from tests.oracle.eu_days import COUNTRIES, eu_answer
from tests.oracle.uk_days import UK, uk_answer
from tests.oracle.us_days import R2_STAYS, R3_BEGINS, R3_IS_LIVE, us_answer

READINGS = {
    "us_ipledge": (R2_STAYS, R3_IS_LIVE),
    "uk_mhra": (UK,),
    **{programme: (programme,) for programme in COUNTRIES},
}


def readings_on(case: Mapping[str, Any], on: date) -> tuple[str, ...]:
    """The readings of the law on this day: two in the United States once the unconfirmed date is reached."""
    readings = READINGS[case["programme"]]
    return readings[:1] if on < R3_BEGINS else readings


def day_answer(case: Mapping[str, Any], on: date, reading: str) -> DayAnswer | None:
    """Windows, lockout, lead time and test currency on this day; None while the category is unknown."""
    if case["programme"] == "us_ipledge":
        return us_answer(case, on, reading)
    if case["programme"] in COUNTRIES:
        return eu_answer(case, on, case["programme"])
    return uk_answer(case, on)
